"""同步: what waits, what came through, what a person must look at. States in words, never a spinner alone."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel

from clerk_app.usecases.desk import Desk
from clerk_app.usecases.queries import CaseRow, SyncOverview, case_rows, sync_overview
from ui.context import Context
from ui.screens.place import Place
from ui.widgets.parts import Card, button, label, restyle
from ui.widgets.row_table import Cell, RowTable

Answer = tuple[SyncOverview, tuple[CaseRow, ...]]


class SyncScreen(Place):
    """Four figures and the table of cases; refused ones first, then what waits, then what arrived."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "sync", "同步")
        self._rows: tuple[CaseRow, ...] = ()
        now = button("立即同步", "main")
        now.clicked.connect(self._on_now)
        self.top.addWidget(now)
        figures = QHBoxLayout()
        figures.setSpacing(14)
        self._figures: dict[str, tuple[QLabel, QLabel]] = {}
        for name, title in (
            ("waiting", "待同步办件"),
            ("attachments", "待传附件"),
            ("arrived", "今天已送达前置"),
            ("refused", "需要人看一眼"),
        ):
            figure, note = label("…", "figure"), label("", "small")
            card = Card((18, 14, 18, 12), gap=4)
            for widget in (label(title, "small"), figure, note):
                card.box.addWidget(widget)
            figures.addWidget(card, 1)
            self._figures[name] = (figure, note)
        self.table = RowTable(("办件", "事项", "收件时间", "状态", ""), (300, 0, 160, 330, 90), stretch=1, name="同步")
        self.table.opened.connect(self._on_open)
        card = Card((1, 0, 1, 8), gap=0)
        card.box.addWidget(self.table)
        self.body.addLayout(figures)
        self.body.addWidget(card, 1)
        context.status.line.connect(self.on_news)

    def read(self) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: _read(desk), self._show, owner=self, lane="sync screen")

    def enter(self) -> None:
        super().enter()
        self.table.setFocus()

    @Slot()
    def _on_now(self) -> None:
        self.context.services.line.nudge()
        self.context.window.say("正在试着送，送到一件这里就变一件。", "blue")

    @Slot(int)
    def _on_open(self, at: int) -> None:
        if 0 <= at < len(self._rows):
            self.context.window.open_case(self._rows[at].case_id)

    def _show(self, answer: Answer) -> None:
        overview, rows = answer
        self._rows = rows
        self._say(
            "waiting", str(overview.waiting), f"最早一件 {overview.oldest_text}" if overview.waiting else "没有在等的"
        )
        self._say("attachments", size_text(overview.attachment_bytes), f"{overview.attachments} 页还没送完")
        self._say("arrived", str(overview.acknowledged_today), f"其中 {overview.numbered_today} 件已有平台编号")
        self._say("refused", str(overview.refused), "平台退回，数据没有丢" if overview.refused else "没有退回的")
        restyle(self._figures["refused"][0], tone="red" if overview.refused else None)
        self.table.show_rows([_cells(row) for row in rows])

    def _say(self, name: str, figure: str, note: str) -> None:
        self._figures[name][0].setText(figure)
        self._figures[name][1].setText(note)


def _read(desk: Desk) -> Answer:
    order = {"refused": 0, "waiting": 1, "attachments": 2}
    rows = sorted(case_rows(desk), key=lambda row: order.get(row.sync, 3))
    return sync_overview(desk), tuple(rows)


def _cells(row: CaseRow) -> tuple[Cell, ...]:
    state = Cell(chips=((row.sync_text, row.sync_tone),))
    if row.sync == "attachments" and row.attachments_total:
        share = row.attachments_done / row.attachments_total
        state = Cell(f"附件 {row.attachments_done}/{row.attachments_total}，断点续传", progress=share)
    name = Cell(row.applicant, row.local_number)
    return name, Cell(row.item), Cell(row.received), state, Cell(action="看", key="Enter")


def size_text(size: int) -> str:
    """18.4 MB, 620 KB, 0."""
    if size >= 1024 * 1024:
        return f"{size / 1024 / 1024:.1f} MB"
    return f"{-(-size // 1024)} KB" if size else "0"
