"""日结 and 交接班: figures of the day, and by name every case that is not at the gateway or not at the platform; then the slip."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from clerk_app.errors import AppError
from clerk_app.usecases.day_end import DayEnd, close_day, day_end, slip
from ui.context import Context
from ui.widgets.parts import Card, button, label, restyle, row
from ui.widgets.row_table import Cell, RowTable


class DayPage(Card):
    """``left``: the clerk is through."""

    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__((18, 16, 18, 14), gap=10)
        self._context = context
        self.end: DayEnd | None = None
        self.title = label("日结 · 交接班", "strong")
        self.figures = label("", "plain", wrap=True)
        self.books = label("", "plain", wrap=True)
        self.verdict = label("", "plain", wrap=True)
        self.table = RowTable(("还没有到", "办件", "事项", "状态"), (120, 300, 0, 330), stretch=2, name="没送到的办件")
        self.shift = button("打印交接班单")
        self.shift.clicked.connect(self._on_shift)
        self.day = button("打印日结单", "main")
        self.day.clicked.connect(self._on_day)
        back = button("返回", key="Esc")
        back.clicked.connect(self.left)
        for widget in (self.title, self.figures, self.books, self.verdict):
            self.box.addWidget(widget)
        self.box.addWidget(self.table, 1)
        self.box.addLayout(row(back, None, self.shift, self.day))

    def open(self) -> None:
        """Compare books where there is a line, then show how things stand."""
        self.verdict.setText("正在和前置对账…")
        restyle(self.verdict, tone=None)
        desk, line = self._context.desk, self._context.services.line
        self._context.jobs.run(lambda: day_end(desk, line.compare_books(desk)), self._show, owner=self)
        self.table.setFocus()

    def _show(self, end: DayEnd) -> None:
        self.end = end
        self.title.setText(f"日结 · 交接班  {end.at}  {end.window}")
        self.figures.setText("    ".join(f"{name} {count}" for name, count in end.figures))
        self.books.setText(f"对账：{end.books}")
        missing = len(end.not_at_gateway) + len(end.not_at_platform)
        if end.is_clear:
            self.verdict.setText("都送到了，没有未送达的办件。")
        else:
            back = sum(row.sync == "refused" for row in (*end.not_at_gateway, *end.not_at_platform))
            parts = [f"有 {missing} 件还没有送到，下面一件一件列着。"] if missing else []
            parts += ["会自动接着送，不用重做。"] if missing > back else []
            parts += [f"其中 {back} 件平台退回了，要人改好再送：返回，在红的那一行按 Enter。"] if back else []
            parts += [f"两边对不上 {len(end.differences)} 条。"] if end.differences else []
            self.verdict.setText("".join(parts))
        restyle(self.verdict, tone="green" if end.is_clear else "amber")
        rows = [
            _cells("前置", each.applicant, each.local_number, each.item, each.sync_text) for each in end.not_at_gateway
        ]
        rows += [
            _cells("平台", each.applicant, each.local_number, each.item, each.sync_text) for each in end.not_at_platform
        ]
        rows += [(Cell("对账"), Cell(""), Cell(line), Cell("")) for line in end.differences]
        self.table.show_rows(rows)

    @Slot()
    def _on_day(self) -> None:
        self.print_slip(shift=False)

    @Slot()
    def _on_shift(self) -> None:
        self.print_slip(shift=True)

    def print_slip(self, *, shift: bool) -> None:
        """Print the slip and put it on record."""
        end, desk, send = self.end, self._context.desk, self._context.services.print_sheet
        if end is None:
            return

        def work() -> str:
            told = send(*slip(end, shift=shift)) if send is not None else "没有打印机，没有打印。"
            close_day(desk, end, shift=shift)
            return told

        self._context.jobs.run(work, self._on_done, owner=self, failed=self._on_fault)

    def _on_done(self, words: str) -> None:
        self._context.window.say(words, "green")

    def _on_fault(self, error: AppError) -> None:
        self.verdict.setText(error.sentence())
        restyle(self.verdict, tone="red")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)


def _cells(where: str, applicant: str, number: str, item: str, state: str) -> tuple[Cell, ...]:
    return Cell(where), Cell(applicant, number), Cell(item), Cell(state)
