"""出件: finished cases whose result has come back. Handing over and signing for it come with a later version."""

from __future__ import annotations

from PySide6.QtCore import Slot

from clerk_app.domain.case import CaseState
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.queries import CaseRow, case_rows
from ui.context import Context
from ui.screens.place import Place
from ui.widgets.parts import Card, label
from ui.widgets.row_table import Cell, RowTable


class DeliveryScreen(Place):
    """What came back, newest first."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "delivery", "出件")
        self._rows: tuple[CaseRow, ...] = ()
        self.table = RowTable(("办件", "事项", "平台编号", "结果", ""), (300, 0, 230, 230, 90), stretch=1, name="出件")
        self.table.opened.connect(self._on_open)
        self._empty = label("还没有办结的件。结果一到，这里就会列出来。", "soft")
        self._empty.setContentsMargins(20, 14, 20, 14)
        card = Card((1, 4, 1, 8), gap=0)
        card.box.addWidget(self._empty)
        card.box.addWidget(self.table, 1)
        self.body.addWidget(card, 1)
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
            self.context.window.open_case(self._rows[at].case_id)


def _finished(desk: Desk) -> tuple[CaseRow, ...]:
    return tuple(row for row in case_rows(desk, 1000) if row.state is CaseState.FINISHED)


def _cells(row: CaseRow) -> tuple[Cell, ...]:
    outcome = f"已办结，结果已到 · {row.outcome}" if row.outcome else "已办结，结果已到"
    return (
        Cell(row.applicant, row.local_number),
        Cell(row.item),
        Cell(row.case_number or "—"),
        Cell(chips=((outcome, "green"),)),
        Cell(action="看", key="Enter"),
    )
