"""A scroll area that keeps what has the keyboard in sight, however it came to it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget


class FollowingArea(QScrollArea):
    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self._settled = QTimer(self)  # a widget just built has no place yet
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self.follow)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    @Slot()
    def follow(self) -> None:
        """Scroll to the keyboard, with a little room around it."""
        focus = QApplication.focusWidget()  # None is no child either
        if self.isVisible() and self.isAncestorOf(focus):
            self.ensureWidgetVisible(focus, 20, 60)

    def _on_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isAncestorOf(now):
            self._settled.start(0)
