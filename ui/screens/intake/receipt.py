"""Step 6, 回执: the numbers, the last day, how the paper stands. The three numbers stay apart for ever."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from clerk_app.domain.case import STATE_NAMES, Case, CaseState
from clerk_app.domain.deadlines import Deadline
from clerk_app.domain.time import chinese_date, short_chinese_date
from clerk_app.errors import AppError
from clerk_app.usecases.accept import Accepted
from clerk_app.usecases.queries import CaseDetail, case_detail
from ui.context import Context
from ui.screens.papers import Papers
from ui.widgets.parts import button, chip, label, line, set_chip

NUMBERS = ("前置回执", "平台编号")


class ReceiptStep(QWidget):
    """What came of it. It reads the case again whenever the line or the printer has news, and says ``changed``."""

    id, title = "receipt", "回执"
    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._case: Case | None = None
        self._reading = self._read_again = False
        self._state = chip()
        self._number = label("", "figure")
        self._number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._numbers = {name: label("") for name in NUMBERS}
        self._deadline = label("", "subtitle")
        self._open = label("", "plain", wrap=True, tone="amber")
        self._elsewhere = label("", "plain", wrap=True, tone="blue")
        self._parts = label("", "small", wrap=True)
        self._paper = label("", "small")
        self.papers = Papers(context)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for at, (name, value) in enumerate(self._numbers.items()):
            value.setWordWrap(True)
            grid.addWidget(label(name, "soft"), at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, at, 1)
        left = QVBoxLayout()
        left.setContentsMargins(20, 18, 20, 16)
        left.setSpacing(10)
        left.addWidget(self._state, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(label("受理编号（始终有效）", "small"))
        left.addWidget(self._number)
        left.addWidget(line("faint-line"))
        left.addLayout(grid)
        left.addWidget(line("faint-line"))
        left.addWidget(label("多久办好", "small"))
        left.addWidget(self._deadline)
        left.addWidget(self._open)
        left.addWidget(self._elsewhere)
        left.addWidget(self._parts)
        left.addStretch(1)
        rate = button("请申请人评价", "small", "F11")
        rate.clicked.connect(self.invite)
        left.addWidget(rate, 0, Qt.AlignmentFlag.AlignLeft)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 12)
        right.addWidget(self.papers)
        box = QHBoxLayout(self)
        box.setContentsMargins(1, 0, 1, 0)
        box.setSpacing(0)
        box.addLayout(left, 1)
        box.addWidget(line("faint-line", vertical=True))
        box.addLayout(right, 1)
        context.status.line.connect(self._on_news)
        context.status.paper.connect(self._on_news)

    @property
    def widget(self) -> QWidget:
        return self

    @property
    def number(self) -> QLabel:
        return self._number

    def show_accepted(self, accepted: Accepted) -> None:
        """Only what was read back after the commit is ever shown here."""
        self._case = accepted.case
        self._show(accepted.case)
        self._parts.setText(
            "\n".join(f"/{_serial(part)}　{part.item.name}　{_last_day(part)}" for part in accepted.parts)
        )
        self._parts.setVisible(bool(accepted.parts))
        self.papers.show_jobs(accepted.case.id, accepted.jobs)

    def enter(self) -> None:
        self._on_news()

    @Slot()
    def invite(self) -> None:
        """F11: the applicant may rate, on their own screen."""
        if self._case is not None:
            self._context.window.invite_rating(self._case.parent or self._case.id)

    def summary(self) -> tuple[str, str, str]:
        return (self.papers.main_text() or "已存好", "已存好，断电也在", "green")

    def act(self, action_id: str) -> bool:
        return False

    def forget(self) -> None:
        """The next client: nothing of this one stays."""
        self._case = None
        self.papers.show_jobs("", ())

    @Slot()
    def _on_news(self) -> None:
        if self._case is None or not self.isVisible():
            return
        if self._reading:
            self._read_again = True
            return
        self._reading, self._read_again = True, False
        desk, case_id = self._context.desk, self._case.id
        self._context.jobs.run(
            lambda: case_detail(desk, case_id), self._on_detail, owner=self, failed=self._on_unreadable
        )

    def _on_unreadable(self, error: AppError) -> None:
        self._reading = False
        self._context.say_error(error)

    def _on_detail(self, detail: CaseDetail) -> None:
        self._reading = False
        if self._case is None or detail.case.id != self._case.id:
            return
        self._case = detail.case
        self._show(detail.case)
        self.papers.show_jobs(detail.case.id, detail.jobs)
        self.changed.emit()
        if self._read_again:
            self._on_news()

    def _show(self, case: Case) -> None:
        waiting = case.state is CaseState.CORRECTION_ASKED
        deferred = case.state is CaseState.ACCEPTED_DEFERRED
        tone = "grey" if case.state in _NOT_TAKEN else "amber" if waiting or deferred else "green"
        set_chip(self._state, STATE_NAMES[case.state], tone)
        self._number.setText(case.local_number)
        self._numbers["前置回执"].setText(case.gateway_receipt or "排队中，有网就送")
        self._numbers["平台编号"].setText(case.case_number or "等渝快办发号")
        self._deadline.setText(_last_day(case))
        until = sorted({how.get("until", "") for how in case.content.get("materials", {}).values()} - {""})
        self._open.setText(f"还有材料要在 {spoken_day(until[0])}前补齐" if until else "")
        self._open.setVisible(bool(until) and case.state not in _NOT_TAKEN)
        place = case.content.get("elsewhere") or {}
        self._elsewhere.setText(f"由{place['place']}办理（{place['scope']}），请转办并打印交接单" if place else "")
        self._elsewhere.setVisible(bool(place))


_NOT_TAKEN = {CaseState.DECLINED: "没有受理，不计办理时间", CaseState.NOT_OURS: "不在这里办，不计办理时间"}


def spoken_day(iso: str) -> str:
    """11 月 27 日 for an ISO date; what is no date stays as it is."""
    try:
        return short_chinese_date(dt.date.fromisoformat(iso))
    except ValueError:
        return iso


def _serial(part: Case) -> str:
    """The part's own serial behind the number of the whole."""
    return part.local_number.rpartition("/")[2]


def _last_day(case: Case) -> str:
    if case.state in _NOT_TAKEN:
        return _NOT_TAKEN[case.state]
    if case.state is CaseState.CORRECTION_ASKED:
        return "补齐材料后开始计算"
    if not case.deadline:  # no day can be counted: what the applicant was told stands here
        return str(dict(case.content.get("notes", {}).get("shown", [])).get("多久办好", "—"))
    limit = Deadline.from_json(case.deadline)
    if limit.limit.on_the_spot:
        return "当场办好"
    return f"{chinese_date(limit.day)}前" + ("（预估）" if limit.estimated else f"（{limit.limit}）")
