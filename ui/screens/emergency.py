"""应急补录: what was taken by hand while the system was down. Left the numbers kept for hand slips and what became of each; right
the slip about to be entered: its number, when it was taken and by whom. The entry itself is done in 受理.
"""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout

from clerk_app.domain.form import parse_date
from clerk_app.errors import AppError, BadInput
from clerk_app.usecases.emergency import HandRow, begin_entry, ledger, reserve
from ui.context import Context
from ui.screens.place import Place
from ui.widgets.empty_state import EmptyState
from ui.widgets.entry import Entry
from ui.widgets.parts import Card, button, column, label, line, row
from ui.widgets.row_table import Cell, RowTable

AT_ONCE = 10
STEPS = (
    "1. 办不了了：用这里的手工编号，照应急登记表逐件手写，请申请人签字。",
    "2. 又能办了：选编号，填当时的时间和经办人，开始补录。",
    "3. 期限从当时算起；补录完打印应急登记表，一个编号只能补一次。",
)


class EmergencyScreen(Place):
    """Enter on a free number goes to its slip; on one that is through, to its case."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "emergency", "应急补录")
        self._rows: tuple[HandRow, ...] = ()
        self._count = label("", "soft")
        self.top.insertWidget(1, self._count)
        more = button(f"再留 {AT_ONCE} 个手工编号")
        more.clicked.connect(self._on_reserve)
        self.top.addWidget(more)
        self.table = RowTable(("手工编号", "补录成的办件", ""), (250, 0, 130), stretch=1, name="手工编号")
        self.table.chosen.connect(self._on_row)
        self.table.opened.connect(self._on_open)
        self._empty = EmptyState("emergency", "还没有留手工编号", "先留几个，写在手工登记表上，停电断网时用。")
        card = Card((1, 4, 1, 8), gap=0)
        card.box.addWidget(self._empty)
        card.box.addWidget(self.table, 1)
        self.number = label("", "subtitle")
        self.day = Entry("哪天收的", hint="如 20261120")
        self.time = Entry("几点收的", hint="如 09:40")
        self.by = Entry("谁收的", hint="照登记表上的经办人写")
        self.day.left.connect(self._on_day)
        self.fault = label("", "plain", wrap=True, tone="red")
        self.fault.hide()
        self.start = button("开始补录", "main", "Ctrl ↵")
        self.start.clicked.connect(self._on_start)
        side = Card((18, 16, 18, 16), gap=10)
        side.box.addLayout(
            column(
                label("照手工登记表填", "strong"),
                self.number,
                self.day,
                self.time,
                self.by,
                self.fault,
                row(self.start, None),
                line("faint-line"),
                *(label(text, "small", wrap=True) for text in STEPS),
                None,
                gap=8,
            )
        )
        side.setFixedWidth(360)
        both = QHBoxLayout()
        both.setSpacing(14)
        both.addWidget(card, 1)
        both.addWidget(side)
        self.body.addLayout(both, 1)

    def enter(self) -> None:
        super().enter()
        self.table.setFocus()

    def read(self) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: ledger(desk), self._show, owner=self, lane="emergency screen")

    def act(self, action_id: str) -> bool:
        if action_id == "next":
            self._on_start()
            return True
        return super().act(action_id)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._say("")

    def _show(self, rows: tuple[HandRow, ...]) -> None:
        self._rows = tuple(sorted(rows, key=lambda each: (bool(each.case_id), each.number)))
        done = sum(1 for each in rows if each.case_id)
        self._count.setText(f"留了 {len(rows)} 个，已补录 {done} 个，还有 {len(rows) - done} 个没有用" if rows else "")
        self.table.show_rows([_cells(each) for each in self._rows])
        self._empty.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self._on_row(self.table.current())

    def _row(self) -> HandRow | None:
        at = self.table.current()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    @Slot(int)
    def _on_row(self, _: int) -> None:
        chosen = self._row()
        is_open = chosen is not None and not chosen.case_id
        self.number.setText(chosen.number if chosen else "先留手工编号")
        self.start.setEnabled(is_open)
        self.start.setText("接着补录  Ctrl ↵" if chosen and chosen.draft else "开始补录  Ctrl ↵")

    @Slot(int)
    def _on_open(self, _: int) -> None:
        chosen = self._row()
        if chosen is None:
            return
        if chosen.case_id:
            self.context.window.open_case(chosen.case_id)
        else:
            self.day.setFocus()

    @Slot(str)
    def _on_day(self, text: str) -> None:
        if clean := parse_date(text, self.context.desk.clock.now().legal_date):
            self.day.show_value(clean)

    @Slot()
    def _on_start(self) -> None:
        chosen = self._row()
        if chosen is None or chosen.case_id:
            self.context.window.say("先选一个还没有补录的手工编号。", "grey")
            return
        desk, number, by = self.context.desk, chosen.number, self.by.text()
        try:
            taken = moment(self.day.text(), self.time.text(), desk.clock.now().legal_date)
        except BadInput as error:
            self._say(error.sentence())
            (self.time if "几点" in error.message else self.day).setFocus()
            return
        if not by.strip():
            self._say("请写明当时是谁收的。")
            self.by.setFocus()
            return
        self._say("")
        self.context.jobs.run(
            lambda: begin_entry(desk, number, taken, by), self._on_begun, owner=self, failed=self._on_failed
        )

    def _on_begun(self, draft_id: str) -> None:
        self.context.window.open_draft(draft_id)

    def _on_failed(self, error: AppError) -> None:
        self._say(error.sentence())

    def _say(self, text: str) -> None:
        self.fault.setText(text)
        self.fault.setVisible(bool(text))

    @Slot()
    def _on_reserve(self) -> None:
        desk = self.context.desk
        self.context.jobs.run(lambda: reserve(desk, AT_ONCE), self._on_reserved, owner=self)

    def _on_reserved(self, numbers: tuple[str, ...]) -> None:
        self.context.window.say(f"留好了：{numbers[0]} 到 {numbers[-1]}。请抄到手工登记表上。", "green")
        self.read()
        self.table.setFocus()


def moment(day: str, time: str, today: dt.date) -> dt.datetime:
    """When it was taken, local time. Raises BadInput naming what is not right."""
    iso = parse_date(day, today)
    if not iso:
        raise BadInput("哪天收的没有填对。", what_to_do="写成 20261120。")
    digits = time.strip().replace("：", ":").replace(":", "")
    if not (digits.isascii() and digits.isdigit() and 3 <= len(digits) <= 4):
        raise BadInput("几点收的没有填对。", what_to_do="写成 09:40。")
    hour, minute = int(digits[:-2]), int(digits[-2:])
    if hour > 23 or minute > 59:
        raise BadInput("几点收的没有填对。", what_to_do="写成 09:40。")
    return dt.datetime.combine(dt.date.fromisoformat(iso), dt.time(hour, minute))


def _cells(each: HandRow) -> tuple[Cell, ...]:
    if each.case_id:
        what = Cell(f"{each.applicant}　{each.item}", f"{each.local_number}　{each.entered} 补录")
        return Cell(each.number), what, Cell(action="看办件", key="Enter")
    words = "补录了一半，在暂存里" if each.draft else "还没有补录，或者没有用"
    return Cell(each.number), Cell(words, faint=True), Cell(action="补录", key="Enter")
