"""An address that begins with a place of Chongqing: initials (wzfs) or the start of a name propose its first half."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent

from clerk_app.domain.divisions import Place
from ui.widgets.entry import Entry
from ui.widgets.row_table import Cell, RowTable

MOST, ROW = 4, 34
LONGEST = 12
"""Longer than any half address that still wants proposals."""

FindPlaces = Callable[[str, int], Sequence[Place]]


class AddressEntry(Entry):
    """Arrows choose, Enter takes, Esc puts the list away; whatever else is typed stays as it is."""

    def __init__(self, title: str, find: FindPlaces, *, hint: str = "", optional: bool = False) -> None:
        super().__init__(title, hint=hint, optional=optional)
        self._find = find
        self._proposed: tuple[str, ...] = ()
        self.list = RowTable(("",), (0,), name=f"{title}：找到的地方", row_height=ROW)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.clicked.connect(self._take)
        self.list.hide()
        if (box := self.layout()) is not None:
            box.addWidget(self.list)
        self.line.installEventFilter(self)
        self.typed.connect(self._on_typed_text)
        self.line.left.connect(self._put_away)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if self.line.composing or self.list.isHidden() or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return False
            if step := {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key())):
                self.list.step(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._put_away()
                return True
        return super().eventFilter(watched, event)

    @Slot(str)
    def _on_typed_text(self, text: str) -> None:
        wanted = text.strip()
        found = self._find(wanted, MOST) if 2 <= len(wanted) <= LONGEST else ()
        self._proposed = tuple(place.address for place in found if not place.became and place.address != wanted)
        self.list.show_rows([(Cell(words),) for words in self._proposed])
        self.list.choose(0)
        self.list.setFixedHeight(ROW * max(len(self._proposed), 1) + 2)
        self.list.setVisible(bool(self._proposed))

    @Slot()
    def _take(self) -> None:
        at = self.list.current()
        if 0 <= at < len(self._proposed):
            self.line.setText(self._proposed[at])
            self._put_away()
            self.line.setFocus()
            self.typed.emit(self.line.text())

    @Slot()
    def _put_away(self) -> None:
        self._proposed = ()
        self.list.hide()
