"""出件: finished cases whose result has come back; Enter hands the result over or mails it (F13), signed for on paper."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout

from clerk_app.domain.case import CaseState, Outcome
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.looking import look_at_case
from clerk_app.usecases.queries import CaseDetail, CaseRow, case_rows
from ui.context import Context
from ui.moves.panel import MovePanel
from ui.screens.place import Place
from ui.widgets.empty_state import EmptyState
from ui.widgets.parts import Card
from ui.widgets.row_table import Cell, RowTable

SIDE = 432
"""Two ways of handing over side by side, their words whole."""
_NUMBER = 2  # the column of the platform's number


class DeliveryScreen(Place):
    """What came back, newest first."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "delivery", "出件")
        self._rows: tuple[CaseRow, ...] = ()
        self.table = RowTable(("办件", "事项", "平台编号", "结果", ""), (250, 0, 210, 120, 110), stretch=1, name="出件")
        self.table.opened.connect(self._on_open)
        self._empty = EmptyState("delivery", "还没有要出的件", "结果一到，这里就会列出来。")
        card = Card((1, 4, 1, 8), gap=0)
        card.box.addWidget(self._empty)
        card.box.addWidget(self.table, 1)
        self.moves = MovePanel(context)
        self.moves.done.connect(self.read)
        self.moves.left.connect(self._on_left)
        self._side = Card((0, 0, 0, 0), gap=0)
        self._side.box.addWidget(self.moves)
        self._side.setFixedWidth(SIDE)
        self._side.hide()
        both = QHBoxLayout()
        both.setSpacing(14)
        both.addWidget(card, 1)
        both.addWidget(self._side)
        self.body.addLayout(both, 1)
        context.status.line.connect(self.on_news)

    def read(self) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: _finished(desk), self._show, owner=self, lane="delivery screen")

    def enter(self) -> None:
        super().enter()
        self.table.setFocus()

    def _show(self, rows: tuple[CaseRow, ...]) -> None:
        self._rows = rows
        self.table.show_rows([_cells(row) for row in rows])
        self._empty.setVisible(not rows)
        self.table.setVisible(bool(rows))

    @Slot(int)
    def _on_open(self, at: int) -> None:
        if 0 <= at < len(self._rows):
            desk, case_id = self.context.desk, self._rows[at].case_id
            self.context.jobs.run(lambda: look_at_case(desk, case_id), self._show_panel, owner=self)

    def act(self, action_id: str) -> bool:
        if action_id == "next" and self._side.isVisible():
            self.moves.confirm()
        elif action_id == "moves":
            at = self.table.current()
            if 0 <= at < len(self._rows):
                self.context.window.open_case(self._rows[at].case_id)
        else:
            return super().act(action_id)
        return True

    def leave(self, then: Callable[[], None]) -> None:
        self.moves.forget()
        self._put_away()
        then()

    def _show_panel(self, detail: CaseDetail) -> None:
        self.table.setColumnHidden(_NUMBER, True)  # the panel takes its room; the matter must be readable beside it
        self._side.show()
        self.moves.show_delivery(detail)

    def _put_away(self) -> None:
        self._side.hide()
        self.table.setColumnHidden(_NUMBER, False)

    @Slot()
    def _on_left(self) -> None:
        self._put_away()
        self.table.setFocus()


def _finished(desk: Desk) -> tuple[CaseRow, ...]:
    return tuple(row for row in case_rows(desk, 1000) if row.state is CaseState.FINISHED)


def _cells(row: CaseRow) -> tuple[Cell, ...]:
    good = row.outcome in ("", Outcome.GRANTED.value)
    return (
        Cell(row.applicant, row.local_number),
        Cell(row.item),
        Cell(row.case_number or "—"),
        Cell(chips=((row.outcome or "已办结", "green" if good else "amber"),)),
        Cell(action="出件", key="Enter"),
    )
