"""A place typed by name or by its initials (wzq), with the matching ones below the line: arrows choose, Enter takes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ui.widgets.entry import Entry
from ui.widgets.parts import column
from ui.widgets.row_table import Cell, RowTable

MOST, ROW = 4, 34


def matching(places: Sequence[tuple[str, str]], text: str) -> tuple[str, ...]:
    """Names that hold the text or whose initials begin with it, those that begin with it first."""
    wanted = text.strip().lower()
    found = [name for name, initials in places if wanted and (wanted in name or initials.startswith(wanted))]
    return tuple(sorted(found, key=lambda name: not name.startswith(wanted)))


class PlaceEntry(QWidget):
    """``picked(name)`` when a place was taken; where others than the proposed ones may stand, what was typed counts too."""

    picked = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._places: tuple[tuple[str, str], ...] = ()
        self._free = False
        self._found: tuple[str, ...] = ()
        self.entry = Entry(title)
        self.entry.typed.connect(self._on_typed)
        self.entry.left.connect(self._on_left)
        self.entry.line.installEventFilter(self)
        self.list = RowTable(("",), (0,), name=title, row_height=ROW)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(self._take)
        self.list.hide()
        self.setFocusProxy(self.entry)
        self.setLayout(column(self.entry, self.list, gap=2))

    def offer(self, places: Sequence[tuple[str, str]], *, free: bool, hint: str) -> None:
        """The places to choose from. ``free``: others may be typed as well."""
        self._places, self._free = tuple(places), free
        self.entry.line.setPlaceholderText(hint)

    def show_value(self, text: str) -> None:
        if not self.entry.line.hasFocus():
            self.entry.show_value(text)

    def show_reason(self, reason: str) -> None:
        self.entry.show_reason(reason)

    def insist(self) -> None:
        self.entry.insist()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.entry.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            if self.entry.line.composing or self.list.isHidden():
                return False
            if step := steps.get(Qt.Key(event.key())):
                self.list.step(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
                self._take()
                return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self._found = matching(self._places, text)[:MOST]
        if text in self._found:
            self._found = ()  # written out: nothing is left to propose
            self.picked.emit(text)
        elif self._free or not text:
            self.picked.emit(text)
        self.list.show_rows([(Cell(name),) for name in self._found])
        self.list.choose(0)
        self.list.setFixedHeight(ROW * max(len(self._found), 1) + 2)
        self.list.setVisible(bool(self._found))

    @Slot()
    def _take(self) -> None:
        at = self.list.current()
        if 0 <= at < len(self._found):
            name = self._found[at]
            self.entry.line.setText(name)
            self._found = ()
            self.list.hide()
            self.picked.emit(name)

    @Slot(str)
    def _on_left(self, text: str) -> None:
        """Initials are no place: the one they mean is taken when only one is meant."""
        if len(self._found) == 1:
            self._take()
        self.list.hide()
