"""特殊群体台账 as a list: who, what to mind, until when they consented."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from clerk_app.domain.special_groups import GROUP_NAMES, Listed
from ui.widgets.empty_state import EmptyState
from ui.widgets.parts import Card, button, for_fingers, row
from ui.widgets.row_table import Cell, RowTable


class Register(Card):
    """``opened(Listed)``: somebody of it; ``added``: somebody new is wanted."""

    opened = Signal(object)
    added = Signal()

    def __init__(self) -> None:
        super().__init__((1, 4, 1, 8), gap=0)
        self.people: tuple[Listed, ...] = ()
        self.table = RowTable(
            ("姓名", "要注意什么", "同意到"), (150, 0, 140), stretch=1, name="特殊群体台账", row_height=56
        )
        self.table.opened.connect(self._on_opened)
        self._empty = EmptyState("visits", "台账里还没有人", "点“新添一位”，要本人或监护人单独同意才能存。")
        new = button("新添一位")
        for_fingers(new)
        new.clicked.connect(self.added)
        self.box.addWidget(self._empty)
        self.box.addWidget(self.table, 1)
        self.box.addLayout(row(new, None, margins=(14, 8, 14, 6)))

    def show_people(self, people: tuple[Listed, ...]) -> None:
        self.people = people
        self.table.show_rows([_cells(person) for person in people])
        self._empty.setVisible(not people)
        self.table.setVisible(bool(people))

    @Slot(int)
    def _on_opened(self, at: int) -> None:
        if 0 <= at < len(self.people):
            self.opened.emit(self.people[at])


def _cells(person: Listed) -> tuple[Cell, ...]:
    groups = "、".join(GROUP_NAMES[group] for group in person.groups)
    until = person.consent.until.isoformat() if person.consent else ""
    return Cell(person.name, groups), Cell(person.needs or person.address, person.grid), Cell(until)
