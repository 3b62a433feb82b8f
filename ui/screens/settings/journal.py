"""日志: for the auditor and the supervisor. Who did what when, by case number; never the content of a case."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog

from clerk_app.usecases.journal_view import JournalRow, journal_rows
from ui.context import Context
from ui.screens.settings.page import Page
from ui.screens.settings.parts import Doing, keeper_of
from ui.widgets.parts import Card, button, row
from ui.widgets.row_table import Cell, RowTable

AT_ONCE = 200


class JournalPage(Page):
    """Newest first; older ones on demand; the proof that nothing was touched; an export that proves itself."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            context, "日志", "只有时间、人、做了什么、办件编号，没有办件内容。每一条都连着前一条，改过就对不上。"
        )
        self._rows: tuple[JournalRow, ...] = ()
        self.table = RowTable(
            ("第几条", "时间", "谁", "做了什么", "办件", "附注"),
            (70, 190, 110, 210, 285, 0),
            stretch=5,
            name="日志",
            row_height=40,
        )
        self.table.setMinimumHeight(330)
        card = Card((1, 0, 1, 8), gap=0)
        card.box.addWidget(self.table)
        self.older = button("看更早的")
        self.older.clicked.connect(self._on_older)
        self.take = button("导出给审计")
        self.take.clicked.connect(self._on_take)
        self.doing = Doing("核对有没有被动过")
        self.doing.box.insertLayout(0, row(self.older, self.take, None))
        self.doing.wanted.connect(self._on_verify)
        self.body.addWidget(card, 1)
        self.body.addWidget(self.doing)

    def read(self) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: journal_rows(desk, AT_ONCE), self._show, owner=self)

    def _show(self, rows: tuple[JournalRow, ...]) -> None:
        self._rows = rows
        self.table.show_rows([_cells(each) for each in rows])
        self.older.setVisible(bool(rows) and rows[-1].seq > 1)

    @Slot()
    def _on_older(self) -> None:
        desk, before = self.context.desk, self._rows[-1].seq if self._rows else 0
        self.context.jobs.run(lambda: journal_rows(desk, AT_ONCE, before), self._on_more, owner=self)

    def _on_more(self, rows: tuple[JournalRow, ...]) -> None:
        at = self.table.current()
        self._show((*self._rows, *rows))
        self.older.setVisible(bool(rows) and rows[-1].seq > 1)
        self.table.choose(at)

    @Slot()
    def _on_verify(self) -> None:
        context = self.context
        self.doing.run(context, lambda: keeper_of(context).verify_journal(), self._on_whole, "正在逐条核对")

    def _on_whole(self, words: str) -> None:
        self.doing.say(words)

    @Slot()
    def _on_take(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "导出日志", "journal.jsonl", "日志 (*.jsonl)")
        if name:
            self.export(Path(name))

    def export(self, path: Path) -> None:
        """Into a file that does not exist yet."""
        context = self.context
        self.doing.run(context, lambda: keeper_of(context).export_journal(path), self._on_taken, "正在导出")

    def _on_taken(self, count: int) -> None:
        self.doing.say(f"已导出 {count} 条，带签名；别的电脑上用 clerk-app journal verify 核对。")
        self.read()


def _cells(each: JournalRow) -> tuple[Cell, ...]:
    return (
        Cell(str(each.seq)),
        Cell(each.when),
        Cell(each.who),
        Cell(each.what),
        Cell(each.number),
        Cell(each.detail, faint=True),
    )
