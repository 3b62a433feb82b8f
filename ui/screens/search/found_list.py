"""The cases that were found, page by page; Space marks those that go over to another office together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot

from clerk_app.domain.case import MOVES, Move
from clerk_app.usecases.queries import CaseRow
from ui.screens.search.case_view import tone_of
from ui.widgets.empty_state import EmptyState
from ui.widgets.parts import Card, label
from ui.widgets.row_table import Cell, RowTable

WIDTH = 430


class FoundList(Card):
    """``chosen(case id)``; ``more``: the end has come in sight; ``unmarkable(CaseRow)``: one that cannot go along."""

    chosen = Signal(str)
    more = Signal()
    unmarkable = Signal(object)

    def __init__(self) -> None:
        super().__init__((1, 0, 1, 8), gap=0)
        self.rows: list[CaseRow] = []
        self._filling = False
        self.marked: dict[str, CaseRow] = {}
        self.table = RowTable(("办件", "状态"), (0, 150), name="办件")
        self.table.chosen.connect(self._on_row)
        self.table.opened.connect(self._on_row)
        self.table.space.connect(self._on_mark)
        self.table.more.connect(self.more)
        self._none = EmptyState("search", "没有找到", "可以试编号的后四位；别的窗口收的按 Ctrl H。")
        self._none.hide()
        self.marks = label("", "plain", wrap=True, tone="blue")
        self.marks.setContentsMargins(16, 8, 16, 2)
        self.marks.hide()
        self.setFixedWidth(WIDTH)
        self.box.addWidget(self.table, 1)
        self.box.addWidget(self._none, 1)
        self.box.addWidget(self.marks)

    def show_found(self, rows: Sequence[CaseRow], wanted: str, *, more: bool) -> None:
        """These instead of the others. ``wanted``: id or number of the case that is looked at, which stays so where it is not among
        them; empty: the first. ``more``: the list goes on."""
        self.rows = list(rows)
        self._filling = True  # a row that is chosen only because the list is new is nobody's wish
        self.table.show_rows([self._cells(row) for row in rows], more=more)
        at = next((at for at, row in enumerate(rows) if not wanted or wanted in _names(row)), -1)
        self.table.choose(at)
        self._filling = False
        self._none.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self._on_row(at)

    def append(self, rows: Sequence[CaseRow], page: int, *, more: bool) -> None:
        """What follows; a case that came meanwhile moved the others down by less than ``page``."""
        here = {row.case_id for row in self.rows[-page:]}
        new = [row for row in rows if row.case_id not in here]
        self.rows += new
        self.table.append_rows([self._cells(row) for row in new], more=more)

    def in_sight(self) -> list[str]:
        """Ids of the cases that a person sees now."""
        return [self.rows[at].case_id for at in self.table.in_sight()]

    def show_again(self, rows: Sequence[CaseRow]) -> None:
        """Those in sight as they are now."""
        now = {row.case_id: row for row in rows}
        for at in self.table.in_sight():
            if (row := now.get(self.rows[at].case_id)) is not None:
                self.rows[at] = row
                self.table.put_row(at, self._cells(row))

    def unmark(self) -> None:
        were, self.marked = set(self.marked), {}
        self._show_marks(were)

    @Slot()
    def _on_mark(self) -> None:
        """Space: this case goes along with the others, or not any more."""
        at = self.table.current()
        if not 0 <= at < len(self.rows):
            return
        row = self.rows[at]
        if row.state not in MOVES[Move.TRANSFER][0]:
            self.unmarkable.emit(row)
            return
        if self.marked.pop(row.case_id, None) is None:
            self.marked[row.case_id] = row
        self._show_marks({row.case_id})

    def _show_marks(self, changed: set[str]) -> None:
        count = len(self.marked)
        self.marks.setText(f"已选 {count} 件　F12 一起转办　Esc 不选了")
        self.marks.setVisible(bool(count))
        for at, row in enumerate(self.rows):
            if row.case_id in changed:
                self.table.put_row(at, self._cells(row))

    @Slot(int)
    def _on_row(self, at: int) -> None:
        if 0 <= at < len(self.rows) and not self._filling:
            self.chosen.emit(self.rows[at].case_id)

    def _cells(self, row: CaseRow) -> tuple[Cell, ...]:
        mark = "☑ " if row.case_id in self.marked else ""
        named = Cell(f"{mark}{row.applicant}　{row.item}", row.local_number)
        return named, Cell(chips=((row.state_text, tone_of(row)),))


def _names(row: CaseRow) -> tuple[str, ...]:
    """What a case may be asked for by."""
    return row.case_id, row.local_number, row.gateway_receipt, row.case_number
