"""Scanners that type like a keyboard: a burst that is a code of ours is taken as one, wherever the focus is. It ends with Enter, line
feed or Tab, or, from a scanner that sends none of them, with silence.

Every key reaches the line that has the focus, as a person meant it; only when the burst turned out to be a code, the lines that it
typed into are made again as they were. Other people's codes stay typed. An input method that takes the keys for itself keeps them,
and what it composes is never touched.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from ui.at_the_windows import AtTheWindows

OURS = ("YKU", "YKA", "渝临", "yk-case:")
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ENDS = ("\r", "\n", "\t")
_TICK_MS, _TICKS = 40, 3
"""Silence is three ticks without a key. One long wait would not do: when the window was busy meanwhile, its time is up before the keys
that came in the meantime are read, and half a code would be taken; between ticks they are."""


class KeyBurst(Protocol):
    """Tells a scanner's burst from a person's typing; see devices/wedge.py."""

    def is_apart(self, at: float) -> bool:
        """Whether a key at ``at`` seconds begins another burst."""
        ...

    def key(self, text: str, at: float) -> str:
        """One key pressed at ``at`` seconds (``\\r`` for Enter, ``\\t`` for Tab); a whole code, or nothing."""
        ...

    def pause(self) -> str:
        """No further key came; a whole code, or nothing."""
        ...


class Wedge(AtTheWindows):
    """``scanned(code)``. Watches every key of the program while it lives; costs some microseconds each."""

    scanned = Signal(str)

    def __init__(self, burst: KeyBurst, parent: QObject) -> None:
        super().__init__(parent)
        self._burst = burst
        self._before: list[_Before] = []
        self._taken = False
        self._left = 0
        self._silence = QTimer(self)
        self._silence.setInterval(_TICK_MS)
        self._silence.timeout.connect(self._on_tick)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        text = "\r" if event.key() in _ENTER else event.text()
        if not text:
            return False
        at = event.timestamp() / 1000 if event.timestamp() else time.monotonic()
        if self._burst.is_apart(at):
            self._take(self._burst.pause())  # before this key reaches a line
            self._before.clear()
            self._taken = False
        if event.isAutoRepeat():
            self._burst.pause()  # a finger that rests on a key
            return False
        if text not in _ENDS:
            self._remember(QApplication.focusWidget())
        code = self._burst.key(text, at)
        if text in _ENDS:
            self._silence.stop()
            is_rest = self._taken  # CR after LF, or Tab and Enter: the second end of the same code
            return self._take(code) or is_rest
        self._taken = False
        self._left = _TICKS
        self._silence.start()
        return False

    @Slot()
    def _on_tick(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._silence.stop()
            self._take(self._burst.pause())
            self._before.clear()

    def _take(self, code: str) -> bool:
        if not code.startswith(OURS):
            return False
        for line in self._before:
            line.bring_back(code)
        self._before.clear()
        self._taken = True
        self.scanned.emit(code)
        return True

    def _remember(self, widget: object) -> None:
        if isinstance(widget, QLineEdit) and all(line.widget is not widget for line in self._before):
            at = widget.selectionStart()
            self._before.append(_Before(widget, widget.text(), widget.cursorPosition(), at, len(widget.selectedText())))


@dataclass(frozen=True, slots=True)
class _Before:
    """A line as it was when a burst began: ``start`` -1 where nothing was selected."""

    widget: QLineEdit
    text: str
    cursor: int
    start: int
    length: int

    def bring_back(self, code: str) -> None:
        """Take out what the burst typed, and put back what it typed over. A line that changed in any other way stays."""
        if not shiboken6.isValid(self.widget):
            return
        now, left = self.widget.text(), self.start if self.start >= 0 else self.cursor
        head, tail = self.text[:left], self.text[left + self.length :]
        typed = now[len(head) : len(now) - len(tail)]
        if not typed or now != head + typed + tail or typed.casefold() not in code.casefold():
            return
        self.widget.selectAll()
        if self.text:
            self.widget.insert(self.text)
        else:
            self.widget.del_()
        self.widget.setCursorPosition(self.cursor)
        if self.start >= 0:
            self.widget.setSelection(self.start, self.length)
