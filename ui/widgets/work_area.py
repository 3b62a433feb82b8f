"""Where the places stand, one in front. On a small screen or at a big scale it scrolls, so that nothing is ever cut off."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QSizePolicy, QStackedWidget, QWidget

from ui.widgets.following_area import FollowingArea

LEAST = QSize(320, 200)


class _Front(QStackedWidget):
    """As small as the place in front allows; the others do not count. The keyboard is never nowhere: when what had it is gone or
    hidden (a list that turned out empty), the first part of the place in front that can have it gets it."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(self._on_front)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def minimumSizeHint(self) -> QSize:
        front = cast("QWidget | None", self.currentWidget())
        return front.minimumSizeHint() if front is not None else QSize()

    def heightForWidth(self, width: int) -> int:
        """The least there is too: a place that scrolls inside must not be stretched to all it holds."""
        return self.minimumSizeHint().height()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is None and self.isVisible():
            QTimer.singleShot(0, self, self._take_the_keyboard)

    @Slot()
    def _take_the_keyboard(self) -> None:
        nobody = QApplication.focusWidget() is None and QApplication.activeWindow() is self.window()
        if nobody and self.isVisible():
            self.setFocus()
            self.focusNextChild()

    @Slot()
    def _on_front(self) -> None:
        self.updateGeometry()


class WorkArea(FollowingArea):
    """``places`` is the stack inside."""

    def minimumSizeHint(self) -> QSize:
        """This one scrolls both ways: the last resort."""
        return LEAST

    def __init__(self) -> None:
        super().__init__()
        self.places = _Front()
        self.setWidget(self.places)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
