"""同步: what waits, what came through, what a person must look at. States in words, never a spinner alone."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from clerk_app.usecases.desk import Desk
from clerk_app.usecases.figures import SyncOverview, sync_overview
from clerk_app.usecases.mending import pin
from clerk_app.usecases.queries import CaseRow, sync_rows
from ui.context import Context
from ui.screens.place import Place
from ui.screens.sync.day import DayPage
from ui.screens.sync.mend import MendPage
from ui.screens.sync.stick import StickBar
from ui.screens.sync.words import size_text
from ui.services import LineState
from ui.widgets.empty_state import EmptyState
from ui.widgets.parts import Card, button, label, restyle
from ui.widgets.row_table import Cell, RowTable

Answer = tuple[SyncOverview, tuple[CaseRow, ...]]
_ACTION = {"refused": "更正后重送", "waiting": "置顶", "attachments": "置顶"}


class SyncScreen(Place):
    """Four figures and the table of cases; refused ones first, then what waits, then what arrived."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "sync", "同步")
        self._rows: tuple[CaseRow, ...] = ()
        self._overview: SyncOverview | None = None
        self.stick = StickBar(context)
        self.stick.changed.connect(self.read)
        self.hold = button("先停一停")
        self.hold.clicked.connect(self._on_hold)
        day = button("日结 · 交接班")
        day.clicked.connect(self._on_day)
        now = button("立即同步", "main")
        now.clicked.connect(self._on_now)
        for widget in (day, self.stick.export, self.stick.take, self.hold, now):
            self.top.addWidget(widget)
        self._figures: dict[str, tuple[QLabel, QLabel]] = {}
        self.table = RowTable(("办件", "事项", "收件时间", "状态", ""), (300, 0, 160, 330, 130), stretch=1, name="同步")
        self.table.opened.connect(self._on_act)
        self.table.space.connect(self._on_look)
        self.mend = MendPage(context)
        self.mend.left.connect(self._on_list)
        self.day = DayPage(context)
        self.day.left.connect(self._on_list)
        self.stack = QStackedWidget()
        for page in (self._list(), self.mend, self.day):
            self.stack.addWidget(page)
        self.body.addWidget(self.stick)
        self.body.addWidget(self.stack, 1)
        context.status.line.connect(self.on_news)
        self._say_line()

    def _list(self) -> QWidget:
        figures = QHBoxLayout()
        figures.setSpacing(14)
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
        card = Card((1, 0, 1, 8), gap=0)
        self._empty = EmptyState("sync", "还没有办件", "受理的每一件都会列在这里：等着送、送到了、退回来的。")
        self._empty.hide()
        card.box.addWidget(self.table)
        card.box.addWidget(self._empty)
        hint = label("Enter 做右边那一步；空格 打开办件。关上窗口也不丢，下次打开接着送。", "small")
        made = QWidget()
        box = QVBoxLayout(made)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(14)
        self.stuck = label("", "fault", wrap=True)
        self.stuck.hide()
        box.addWidget(self.stuck)
        box.addLayout(figures)
        box.addWidget(card, 1)
        box.addWidget(hint)
        return made

    def read(self) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: _read(desk), self._show, owner=self, lane="sync screen")

    def enter(self) -> None:
        super().enter()
        self._on_list()

    def hear(self) -> None:
        self._say_line()
        super().hear()

    @Slot()
    def _on_list(self) -> None:
        self.stack.setCurrentIndex(0)
        self.table.setFocus()
        self.read()

    @Slot()
    def _on_day(self) -> None:
        self.stack.setCurrentWidget(self.day)
        self.day.open()

    @Slot()
    def _on_now(self) -> None:
        self.context.services.line.resume()
        self.context.window.say("正在试着送，送到一件这里就变一件。", "blue")

    @Slot()
    def _on_hold(self) -> None:
        line = self.context.services.line
        if line.status().held:
            line.resume()
        else:
            line.hold()
            self.context.window.say("已停下，送到一半的下次接着送。办件都在本机。", "blue")

    @Slot(int)
    def _on_act(self, at: int) -> None:
        if not 0 <= at < len(self._rows):
            return
        row = self._rows[at]
        if row.sync == "refused":
            self.stack.setCurrentWidget(self.mend)
            self.mend.open(row.case_id)
        elif row.sync in _ACTION:
            desk = self.context.desk
            self.context.jobs.run(lambda: pin(desk, row.case_id), self._on_pinned, owner=self)
        else:
            self.context.window.open_case(row.case_id)

    @Slot()
    def _on_look(self) -> None:
        if 0 <= (at := self.table.current()) < len(self._rows):
            self.context.window.open_case(self._rows[at].case_id)

    def _on_pinned(self, _count: int) -> None:
        self.context.services.line.nudge()
        self.context.window.say("已置顶，下一个就送它；同一件事的几件一起往前排。", "blue")
        self.read()

    def _show(self, answer: Answer) -> None:
        self._overview, self._rows = answer
        overview = self._overview
        oldest = f"最早一件 {overview.oldest_text}" if overview.waiting else "没有在等的"
        self._say("waiting", str(overview.waiting), oldest)
        self._say("attachments", size_text(overview.attachment_bytes), "")
        self._say("arrived", str(overview.acknowledged_today), f"其中 {overview.numbered_today} 件已有平台编号")
        self._say("refused", str(overview.refused), "平台退回，数据没有丢" if overview.refused else "没有退回的")
        restyle(self._figures["refused"][0], tone="red" if overview.refused else None)
        self._say_line()
        line = self.context.services.line.status()
        self.table.show_rows([_cells(row, line) for row in self._rows])
        self.table.setVisible(bool(self._rows))
        self._empty.setVisible(not self._rows)

    def _say_line(self) -> None:
        """What the line itself knows: speed, how long, the next try."""
        line = self.context.services.line.status()
        self.hold.setText("接着送" if line.held else "先停一停")
        self.stuck.setText(line.stuck)
        self.stuck.setVisible(bool(line.stuck))
        if self._overview is None:
            return
        pages, wait = self._overview.attachments, line.wait_text
        left = f"{pages} 页还没送完" if pages else "没有要送的"
        self._figures["attachments"][1].setText(f"按当前网速{wait}" if pages and wait else left)
        if self._overview.waiting and line.held:
            self._figures["waiting"][1].setText("已停下，点“接着送”")
        elif self._overview.waiting and line.next_try:
            self._figures["waiting"][1].setText(f"没送成，{line.next_try} 再试")

    def _say(self, name: str, figure: str, note: str) -> None:
        self._figures[name][0].setText(figure)
        self._figures[name][1].setText(note)


def _read(desk: Desk) -> Answer:
    return sync_overview(desk), sync_rows(desk)


def _cells(row: CaseRow, line: LineState) -> tuple[Cell, ...]:
    state = Cell(chips=((row.sync_text, row.sync_tone),))
    if row.sync == "attachments" and row.attachments_total:
        share = (row.attachments_done + line.moving.get(row.case_id, 0.0)) / row.attachments_total
        state = Cell(f"附件 {row.attachments_done}/{row.attachments_total}，断点续传", progress=min(share, 1.0))
    name = Cell(row.applicant, row.local_number)
    act = Cell(action=_ACTION.get(row.sync, "看"), key="Enter")
    return name, Cell(row.item), Cell(row.received), state, act
