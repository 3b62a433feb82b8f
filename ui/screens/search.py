"""查询: cases by number or name; the chosen one with its life line, numbers, papers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from clerk_app.domain.case import CaseState
from clerk_app.domain.rating import RatingState
from clerk_app.usecases.queries import CaseDetail, CaseRow, case_detail, search
from ui.context import Context
from ui.moves.panel import MovePanel
from ui.screens.papers import Papers
from ui.screens.place import Place
from ui.widgets.entry import Line
from ui.widgets.parts import Card, button, chip, clear, column, label, line
from ui.widgets.row_table import Cell, RowTable

RATED = {RatingState.RATED: "已评价", RatingState.NOT_RATED: "没有评价"}
"""That it was rated, never how."""


class SearchScreen(Place):
    """A list on the left, one case on the right."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "search", "查询")
        self._rows: tuple[CaseRow, ...] = ()
        self._wanted = ""
        self.field = Line()
        self.field.setPlaceholderText("办件编号、姓名、事项")
        self.field.setAccessibleName("查办件")
        self.field.setFixedWidth(420)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self._on_text)
        self.field.confirmed.connect(self._on_enter)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.timeout.connect(self.read)
        self.top.insertWidget(1, self.field)
        self.table = RowTable(("办件", "状态"), (0, 150), name="办件")
        self.table.chosen.connect(self._on_row)
        self.table.opened.connect(self._on_row)
        self._none = label("没有找到。可以试编号的后四位", "small")
        self._none.setContentsMargins(16, 10, 16, 0)
        self._none.hide()
        left = Card((1, 0, 1, 8), gap=0)
        left.setFixedWidth(430)
        left.box.addWidget(self._none)
        left.box.addWidget(self.table, 1)
        self._detail = QVBoxLayout()
        self._detail.setContentsMargins(18, 14, 14, 12)
        self._detail.setSpacing(10)
        inner = QWidget()
        inner.setLayout(self._detail)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        self.papers = Papers(context)
        self.moves = MovePanel(context)
        self.moves.left.connect(self._on_moves_left)
        self.moves.done.connect(self.read)
        self._aside = QStackedWidget()
        self._aside.addWidget(self.papers)
        self._aside.addWidget(self.moves)
        self._case: CaseDetail | None = None
        can = button("这件能办什么", key="F12")
        can.clicked.connect(self._on_moves)
        self.top.addWidget(can)
        right = Card((0, 0, 0, 10), gap=0)
        both = QHBoxLayout()
        both.setSpacing(0)
        both.addWidget(area, 5)
        both.addWidget(line("faint-line", vertical=True))
        both.addWidget(self._aside, 4)
        right.box.addLayout(both)
        whole = QHBoxLayout()
        whole.setSpacing(14)
        whole.addWidget(left)
        whole.addWidget(right, 1)
        self.body.addLayout(whole, 1)
        context.status.line.connect(self.on_news)
        context.status.paper.connect(self.on_news)

    def enter(self) -> None:
        super().enter()
        self.field.setFocus()

    def act(self, action_id: str) -> bool:
        if action_id == "moves":
            self._on_moves()
        elif action_id == "next" and self._aside.currentWidget() is self.moves:
            self.moves.confirm()
        else:
            return super().act(action_id)
        return True

    @Slot()
    def _on_moves(self) -> None:
        if self._case is None:
            self.context.window.say("先选一件办件。", "grey")
        else:
            self._aside.setCurrentWidget(self.moves)
            self.moves.show_case(self._case)

    @Slot()
    def _on_moves_left(self) -> None:
        self._aside.setCurrentWidget(self.papers)
        self.table.setFocus()

    def open_case(self, number: str) -> None:
        """Show one case at once, by id or any number."""
        self._wanted = number
        self.field.blockSignals(True)
        self.field.clear()
        self.field.blockSignals(False)
        self._load(number)

    def read(self) -> None:
        desk, text = self.context.desk, self.field.text()
        self.context.jobs.run(lambda: (text, search(desk, text)), self._show, owner=self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            if not self.field.composing and (step := steps.get(Qt.Key(event.key()))):
                self.table.step(step)
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def _on_text(self) -> None:
        self._wanted = ""
        self._wait.start(120)

    @Slot()
    def _on_enter(self) -> None:
        self.table.setFocus()

    def _show(self, answer: tuple[str, tuple[CaseRow, ...]]) -> None:
        text, rows = answer
        if text != self.field.text():
            return
        self._rows = rows
        at = next((at for at, row in enumerate(rows) if row.case_id == self._wanted), 0)
        self.table.show_rows([_cells(row) for row in rows])
        self._none.setVisible(not rows)
        if rows:
            self.table.choose(at)
            self._on_row(at)

    @Slot(int)
    def _on_row(self, at: int) -> None:
        if 0 <= at < len(self._rows):
            self._load(self._rows[at].case_id)

    def _load(self, number: str) -> None:
        self._wanted = number
        desk = self.context.desk
        self.context.jobs.run(lambda: case_detail(desk, number), self._show_case, owner=self, lane="case detail")

    def _show_case(self, detail: CaseDetail) -> None:
        if self._wanted not in (
            detail.case.id,
            detail.row.local_number,
            detail.row.gateway_receipt,
            detail.row.case_number,
        ):
            return
        self._wanted = detail.case.id
        if self._case is not None and self._case.case.id != detail.case.id:
            self.moves.forget()
            self._aside.setCurrentWidget(self.papers)
        self._case = detail
        row = detail.row
        clear(self._detail)
        self._detail.addWidget(label(row.item, "subtitle", wrap=True))
        tags = QHBoxLayout()
        tags.addWidget(chip(row.state_text, _tone(row)))
        tags.addWidget(chip(row.sync_text, row.sync_tone))
        tags.addStretch(1)
        self._detail.addLayout(tags)
        facts = [
            ("申请人", row.applicant),
            ("受理编号", row.local_number),
            ("前置回执", row.gateway_receipt or "还没有"),
            ("平台编号", row.case_number or "还没有"),
            ("收件时间", row.received),
        ]
        if elsewhere := detail.case.content.get("elsewhere"):
            facts.append(("办理地", f"{elsewhere['place']}（{elsewhere['scope']}，本窗口代收）"))
        if detail.rating in RATED:
            facts.append(("评价", RATED[detail.rating]))
        if row.attention:
            facts.append(("请看一眼", row.attention))
        if row.refusal:
            facts.append(("退回原因", row.refusal))
        self._detail.addLayout(_pairs(facts))
        self._section("材料", [(name, how) for name, how in detail.materials])
        self._section("包含事项", [(part.item, part.state_text) for part in detail.parts])
        self._section("办理", [_act(act) for act in detail.acts])
        self._section("经过", [(when, f"{what}　{who}") for when, what, who in detail.journal])
        self._detail.addStretch(1)
        self.papers.show_jobs(detail.case.id, detail.jobs)

    def _section(self, title: str, pairs: list[tuple[str, str]]) -> None:
        if pairs:
            self._detail.addWidget(line("faint-line"))
            self._detail.addLayout(column(label(title, "strong"), _pairs(pairs), gap=6))


def _pairs(pairs: list[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    for at, (name, value) in enumerate(pairs):
        grid.addWidget(label(name, "small", wrap=len(name) > 16), at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(value, wrap=True), at, 1)
    return grid


def _act(act: tuple[str, str, str, str]) -> tuple[str, str]:
    when, what, who, why = act
    return when, f"{what}　{who}" + (f"：{why}" if why else "")


def _tone(row: CaseRow) -> str:
    if row.state in (CaseState.FINISHED, CaseState.DELIVERED, CaseState.ACCEPTED):
        return "green"
    waiting = (CaseState.CORRECTION_ASKED, CaseState.ACCEPTED_DEFERRED, CaseState.RETURNED)
    return "amber" if row.state in waiting else "grey"


def _cells(row: CaseRow) -> tuple[Cell, ...]:
    return Cell(f"{row.applicant}　{row.item}", row.local_number), Cell(chips=((row.state_text, _tone(row)),))
