"""Typed input: a labelled line with the reason beside a wrong value, doubtful values tinted until a person looked at them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ui.widgets.parts import column, label, restyle


class Line(QLineEdit):
    """A line edit that knows whether an input method is composing, and when it was left or confirmed."""

    confirmed = Signal()
    left = Signal()
    space = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.composing = False
        self.watch_space = False

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self.composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        if enter:
            if not self.composing:
                self.confirmed.emit()
            return
        if self.watch_space and event.key() == Qt.Key.Key_Space and not self.composing:
            self.space.emit()
            return
        super().keyPressEvent(event)

    def setText(self, text: str) -> None:
        """A long text that nobody is writing in shows its beginning."""
        super().setText(text)
        if not self.hasFocus():
            self.setCursorPosition(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.composing = False
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.setCursorPosition(0)
        self.left.emit()


class Entry(QWidget):
    """A labelled line. ``typed(text)`` on each edit by a person, ``looked`` when a doubtful value was looked at.

    The reason for a fault is shown once the field was left or ``insist`` was called, so that an empty form is no wall of red.
    """

    typed = Signal(str)
    looked = Signal()
    left = Signal(str)

    def __init__(self, title: str, *, hint: str = "", optional: bool = False) -> None:
        super().__init__()
        self.title = title
        self._label = label(f"{title}（选填）" if optional else title, "small")
        self.line = Line()
        self.line.setAccessibleName(title)
        self.line.setPlaceholderText(hint)
        self.setFocusProxy(self.line)
        self._fault = label("", "fault", wrap=True)
        self._note = label("", "small")
        self._touched, self._reason, self._doubtful = False, "", False
        inner = QHBoxLayout(self.line)
        inner.setContentsMargins(0, 0, 12, 0)
        inner.addStretch(1)
        inner.addWidget(self._note)
        self.setLayout(column(self._label, self.line, self._fault, gap=3))
        self._fault.hide()
        self.line.textEdited.connect(self._on_edit)
        self.line.left.connect(self._on_left)
        self.line.confirmed.connect(self._on_confirmed)
        self.line.space.connect(self._look)

    def text(self) -> str:
        return self.line.text()

    def show_value(self, text: str) -> None:
        """Show a value from outside, unless it stands there or an input method is composing in it."""
        if text != self.line.text() and not self.line.composing:
            self.line.setText(text)

    def show_reason(self, reason: str) -> None:
        self._reason = reason
        self._paint()

    def show_doubt(self, doubtful: bool) -> None:
        self._doubtful = doubtful
        self.line.watch_space = doubtful
        self._paint()

    def insist(self) -> None:
        """From now on the fault is shown even if nothing was typed."""
        self._touched = True
        self._paint()

    @property
    def doubtful(self) -> bool:
        return self._doubtful

    @property
    def reason(self) -> str:
        """The fault as shown, empty while it is held back."""
        return self._reason if self._touched or self.line.text() else ""

    def _paint(self) -> None:
        fault = self.reason
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))
        self._note.setText("请核对" if self._doubtful else "")
        restyle(self._note, tone="amber" if self._doubtful else None, look="plain" if self._doubtful else "small")
        self.line.setTextMargins(0, 0, self._note.sizeHint().width() + 8 if self._doubtful else 0, 0)
        restyle(self.line, mark="fault" if fault else "doubt" if self._doubtful else None)
        self.line.setAccessibleDescription("；".join(part for part in (fault, self._note.text()) if part))

    def _on_edit(self, text: str) -> None:
        if self._doubtful:
            self._look()
        self.typed.emit(text)

    def _look(self) -> None:
        if self._doubtful:
            self.show_doubt(False)
            self.looked.emit()

    def _on_confirmed(self) -> None:
        self._look()
        self.line.focusNextChild()

    def _on_left(self) -> None:
        if self.line.text():
            self._touched = True
            self._paint()
        self.left.emit(self.line.text())
