"""A question with a few answers side by side: digits or arrows choose, no mouse needed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from ui.widgets.parts import button, column, label, restyle

DIGITS = 9
"""So many answers have a key of their own; later ones are reached by the arrows."""


class Choices(QWidget):
    """``picked(value)`` when a person chose. ``looked`` clears a doubt, as in Entry."""

    picked = Signal(str)
    looked = Signal()

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        *,
        small: bool = True,
        per_row: int = 0,
        several: bool = False,
    ) -> None:
        """``choices``: (value, label). ``per_row``: break into lines after so many. ``several``: digits turn answers on
        and off, the value is theirs joined by a comma."""
        super().__init__()
        self.title = title
        self.choices = tuple(choices)
        self._several = several
        self._value, self._doubtful = "", False
        self._label = label(title, "small" if small else "", wrap=True)
        self._note = label("", "fault", wrap=True)
        self._note.hide()
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._buttons: list[QPushButton] = []
        answers = QGridLayout()
        answers.setSpacing(6)
        answers.setContentsMargins(0, 0, 0, 0)
        for number, (value, words) in enumerate(self.choices, 1):
            made = button(f"{number}  {words}" if number <= DIGITS and len(self.choices) > 1 else words, "choice")
            made.setCheckable(True)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setProperty("value", value)
            made.clicked.connect(self._on_click)
            self._buttons.append(made)
            at, side = divmod(number - 1, per_row or len(self.choices))
            answers.addWidget(made, at, side)
        answers.setColumnStretch(per_row or len(self.choices), 1)
        if not title:
            self._label.hide()
        self.setLayout(column(self._label, answers, self._note, gap=4))

    def value(self) -> str:
        return self._value

    def show_value(self, value: str) -> None:
        self._value = value
        for made in self._buttons:
            mine = str(made.property("value"))
            made.setChecked(mine in value.split(",") if self._several else mine == value)

    def show_reason(self, reason: str) -> None:
        self._note.setText(reason)
        self._note.setVisible(bool(reason))

    def show_doubt(self, doubtful: bool) -> None:
        self._doubtful = doubtful
        restyle(self._label, look="plain" if doubtful else "small", tone="amber" if doubtful else None)
        self._label.setText(f"{self.title}　请核对" if doubtful else self.title)

    @property
    def doubtful(self) -> bool:
        return self._doubtful

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, count = event.key(), len(self.choices)
        here = next((at for at, (value, _) in enumerate(self.choices) if value == self._value), -1)
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            event.ignore()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and key - Qt.Key.Key_1 < count:
            self._pick(key - Qt.Key.Key_1)
        elif self._several and key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            event.ignore()
        elif key == Qt.Key.Key_Right and here + 1 < count:
            self._pick(here + 1)
        elif key == Qt.Key.Key_Left and here > 0:
            self._pick(here - 1)
        elif key == Qt.Key.Key_Space:
            self._look()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._look()
            self.focusNextChild()
        elif key == Qt.Key.Key_Down:
            self.focusNextChild()
        elif key == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()

    def _mark(self) -> None:
        for made in self._buttons:
            restyle(made, focus="yes" if self.hasFocus() else None)

    def _pick(self, at: int) -> None:
        value = self.choices[at][0]
        if self._several:
            on = set(self._value.split(",")) ^ {value}
            value = ",".join(each for each, _ in self.choices if each in on)
        self._look()
        self.show_value(value)
        self.picked.emit(value)

    def _look(self) -> None:
        if self._doubtful:
            self.show_doubt(False)
            self.looked.emit()

    def _on_click(self) -> None:
        at = self._buttons.index(self.sender())  # type: ignore[arg-type]  # only buttons are connected
        self.setFocus()
        self._pick(at)
