"""A scroll area that keeps what has the keyboard in sight, however it came to it."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from ui.widgets.finger_scroll import by_finger


class FollowingArea(QScrollArea):
    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        by_finger(self)
        self._settled = QTimer(self)  # a widget just built has no place yet
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self.follow)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def minimumSizeHint(self) -> QSize:
        """As wide as its content needs: it scrolls up and down, and nothing is cut off at the right."""
        least = super().minimumSizeHint()
        inside = cast("QWidget | None", self.widget())
        if inside is None:
            return least
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(max(least.width(), inside.minimumSizeHint().width() + bar), least.height())

    @Slot()
    def follow(self) -> None:
        """Scroll to the keyboard, with a little room around it."""
        focus = QApplication.focusWidget()  # None is no child either
        if self.isVisible() and self.isAncestorOf(focus):
            self.ensureWidgetVisible(focus, 20, 60)

    def _on_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isAncestorOf(now):
            self._settled.start(0)
