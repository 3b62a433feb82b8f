"""统计: the figures of today in one strip, and below them everything that waits for a person, the most urgent first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clerk_app.usecases.desk import Desk
from clerk_app.usecases.figures import today_figures
from clerk_app.usecases.today import DueRow, due
from ui.context import Context
from ui.screens.place import Place
from ui.widgets.empty_state import EmptyState
from ui.widgets.parts import Card, clear, label
from ui.widgets.row_table import Cell, RowTable

Seen = tuple[dict[str, int], tuple[DueRow, ...]]


class StatsScreen(Place):
    """Enter opens the case, or goes on with the intake."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "stats", "统计 · 今天")
        self._rows: tuple[DueRow, ...] = ()
        self._figures = QHBoxLayout()
        self._figures.setSpacing(10)
        self.body.addLayout(self._figures)
        self.table = RowTable(
            ("要有人办的", "事项", "轮到谁", "什么时候", ""), (250, 0, 150, 320, 120), stretch=1, name="要有人办的"
        )
        self.table.opened.connect(self._on_open)
        self._empty = EmptyState("done", "现在没有要催的", "该答复的都答复了，没有快到期的补正和容缺。")
        card = Card((1, 4, 1, 8), gap=0)
        card.box.addWidget(self._empty)
        card.box.addWidget(self.table, 1)
        self.body.addWidget(card, 1)
        self.body.addWidget(
            label(
                "收件后五个工作日内要一次性告知或者受理，第四天标红。数字只算本窗口今天的件，一件事按一件算。", "small"
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        context.status.line.connect(self.on_news)

    def enter(self) -> None:
        super().enter()
        self.table.setFocus()

    def read(self) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: _look(desk), self._show, owner=self, lane="stats screen")

    def _show(self, seen: Seen) -> None:
        figures, self._rows = seen
        clear(self._figures)
        for name, count in figures.items():
            self._figures.addWidget(_card(name, count), 1)
        self.table.show_rows([_cells(row) for row in self._rows])
        self.table.setVisible(bool(self._rows))
        self._empty.setVisible(not self._rows)
        if not self._rows:
            self.setFocus()

    @Slot(int)
    def _on_open(self, at: int) -> None:
        if not 0 <= at < len(self._rows):
            return
        row = self._rows[at]
        if row.draft:
            self.context.window.open_draft(row.case_id)
        else:
            self.context.window.open_case(row.case_id)


def _look(desk: Desk) -> Seen:
    return today_figures(desk), due(desk)


def _cells(row: DueRow) -> tuple[Cell, ...]:
    return (
        Cell(row.applicant or "还没有填姓名", row.local_number or "暂存，还没有编号"),
        Cell(row.item),
        Cell(row.what),
        Cell(chips=((row.text, row.tone),)),
        Cell(action="接着办" if row.draft else "看办件", key="Enter"),
    )


def _card(name: str, count: int) -> QWidget:
    card = Card((14, 8, 14, 8), gap=0)
    card.box.addWidget(label(name, "small"))
    card.box.addWidget(label(str(count), "figure"))
    card.setAccessibleName(f"{name} {count}")
    return card
