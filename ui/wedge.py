"""Scanners that type like a keyboard: a burst that ends with Enter and is a code of ours is taken as one, wherever the focus is.

What such a burst typed into a line on its way is taken out of it again; other people's codes stay typed, as a person meant it.
"""

from __future__ import annotations

import time
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from ui.at_the_windows import AtTheWindows

OURS = ("YKU", "YKA", "渝临", "yk-case:")
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class KeyBurst(Protocol):
    """Tells a scanner's burst from a person's typing; see devices/wedge.py."""

    def key(self, text: str, at: float) -> str:
        """One key pressed at ``at`` seconds (``\\r`` for Enter); a whole code, or nothing."""
        ...


class Wedge(AtTheWindows):
    """``scanned(code)``. Watches every key of the program while it lives; costs a few microseconds each."""

    scanned = Signal(str)

    def __init__(self, burst: KeyBurst, parent: QObject) -> None:
        super().__init__(parent)
        self._burst = burst

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        text = "\r" if event.key() in _ENTER else event.text()
        if not text:
            return False
        at = event.timestamp() / 1000 if event.timestamp() else time.monotonic()
        code = self._burst.key(text, at)
        if not code.startswith(OURS):
            return False
        _take_out(QApplication.focusWidget(), code)
        self.scanned.emit(code)
        return True


def _take_out(widget: object, code: str) -> None:
    """The line is as it was before the scanner typed into it."""
    if isinstance(widget, QLineEdit) and widget.text()[: widget.cursorPosition()].endswith(code):
        widget.setSelection(widget.cursorPosition() - len(code), len(code))
        widget.del_()
