"""本厅别的窗口: who comes back to another counter is not sent away. Found by a document or a number, at the gateway, for a reason that
is written down; going on with a case brings it here whole, and the window that had it is told.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clerk_app.domain.case import STATE_NAMES, Case, CaseState
from clerk_app.domain.people import DocumentKind, looks_like_citizen_number
from clerk_app.domain.rights import Right, may
from clerk_app.errors import AppError
from clerk_app.ports import FoundCase
from clerk_app.usecases.hall_cases import find, go_on_with
from ui.context import Context
from ui.jobs import Job
from ui.screens.intake.applicant import DOCUMENTS
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.fields import Select
from ui.widgets.parts import button, label, restyle, row
from ui.widgets.row_table import Cell, RowTable

REASONS = (("returned", "回来续办"), ("delivery", "来领结果"), ("inquiry", "来问进度"))
CASE_NUMBER = "case"
KINDS = ((CASE_NUMBER, "办件编号：回执号、平台编号"), *((kind.value, f"{words}号码") for kind, words in DOCUMENTS))
_STATES = {state.value: STATE_NAMES[state] for state in CaseState}


class HallPanel(QWidget):
    """``taken(case id)``: it is here now. ``left``: the clerk is through with it."""

    taken = Signal(str)
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._found: tuple[FoundCase, ...] = ()
        self._under_way: Job[tuple[FoundCase, ...]] | Job[Case] | None = None
        self.number = Entry("号码", hint="证件号码、回执号或平台编号")
        self.number.typed.connect(self._on_typed)
        self.kind = Select("是什么号码", KINDS)
        self.reason = Choices("群众来做什么", REASONS)
        self.reason.show_value(REASONS[0][0])
        self._ask = button("查本厅", "main", key="Ctrl ↵")
        self._ask.clicked.connect(self.confirm)
        back = button("不查了", key="Esc")
        back.clicked.connect(self.left)
        self.words = label("", "plain", wrap=True)
        self.table = RowTable(("办件", "在哪"), (0, 150), name="本厅查到的办件")
        self.table.opened.connect(self._on_take)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 12)
        box.setSpacing(10)
        box.addWidget(label("本厅别的窗口", "strong"))
        box.addWidget(label("问区县前置，要有网；谁查了什么，两边日志都记下。", "small", wrap=True))
        for widget in (self.number, self.kind, self.reason):
            box.addWidget(widget)
        box.addLayout(row(self._ask, None, back))
        box.addWidget(self.words)
        box.addWidget(self.table, 100)
        box.addStretch(1)  # nothing found yet: what is asked stays together at the top
        self._show(())

    def begin(self, number: str) -> None:
        """Another citizen: what was found for the one before is gone."""
        self._stop()
        self._show(())
        self._say("")
        self.reason.show_value(REASONS[0][0])
        self.number.show_value(number)
        self._on_typed(number)
        self.number.setFocus()

    def forget(self) -> None:
        """Nobody comes back to what was found for somebody else."""
        self._stop()
        self.number.show_value("")
        self._show(())
        self._say("")

    @Slot()
    def confirm(self) -> None:
        """Ask; with a case chosen in the list, go on with it."""
        if self._under_way is not None:
            return
        if self.table.hasFocus() and self._found:
            self._on_take(self.table.current())
            return
        number, reason = self.number.text().strip(), self.reason.value()
        kind = "" if self.kind.value() == CASE_NUMBER else self.kind.value()
        desk, open_hall = self._context.desk, self._context.services.hall_cases
        if open_hall is None:
            return
        self._say("正在问区县前置　Esc 不等了", "blue")

        def work() -> tuple[FoundCase, ...]:
            with open_hall(desk) as hall:
                return find(desk, hall, number, kind, reason=reason)

        self._under_way = self._context.jobs.run(work, self._on_found, owner=self, failed=self._on_failed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._under_way is not None:
            self._stop()
            self._say("没有等前置的回答。", "grey")
        else:
            self.left.emit()

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        """A citizen number tells by its look; others are numbers of a case unless the clerk says otherwise."""
        known = looks_like_citizen_number(text.strip())
        if known or self.kind.value() in ("", CASE_NUMBER, DocumentKind.RESIDENT_ID.value):
            self.kind.show_value(DocumentKind.RESIDENT_ID.value if known else CASE_NUMBER)

    @Slot(int)
    def _on_take(self, at: int) -> None:
        """Enter on a case: it comes to this window."""
        desk, open_hall = self._context.desk, self._context.services.hall_cases
        if self._under_way is not None or open_hall is None or not 0 <= at < len(self._found):
            return
        case_id, reason = self._found[at].case_id, self.reason.value()
        if not may(desk.session.role, Right.TAKE_CASES):
            self._say("您的岗位只能查看，请受理窗口的同事续办。", "grey")
            return
        self._say("正在转到本窗口，材料一起取来　Esc 不等了", "blue")

        def work() -> Case:
            with open_hall(desk) as hall:
                return go_on_with(desk, hall, case_id, reason=reason)

        self._under_way = self._context.jobs.run(work, self._on_taken, owner=self, failed=self._on_failed)

    def _on_found(self, found: tuple[FoundCase, ...]) -> None:
        self._under_way = None
        self._show(found)
        if not found:
            self._say("本厅没有查到。请核对号码，或换一种号码再查。", "amber")
            self.number.setFocus()
        elif may(self._context.desk.session.role, Right.TAKE_CASES):
            self._say(f"查到 {len(found)} 件。选一件按 Enter，转到本窗口续办。", "green")
            self.table.setFocus()
        else:
            self._say(f"查到 {len(found)} 件。", "green")
            self.table.setFocus()

    def _on_taken(self, case: Case) -> None:
        self._under_way = None
        self._context.window.say(f"{case.local_number} 已转到本窗口，可以续办。", "green")
        self._context.window.counts_changed()
        self.forget()
        self.taken.emit(case.id)

    def _on_failed(self, error: AppError) -> None:
        self._under_way = None
        self._say(error.sentence(), "red")

    def _stop(self) -> None:
        """The answer is not wanted any more; a case on its way here still comes whole or not at all."""
        if self._under_way is not None:
            self._under_way.cancel()
            self._under_way = None

    def _show(self, found: tuple[FoundCase, ...]) -> None:
        self._found = found
        self.table.setVisible(bool(found))
        self.table.show_rows([_cells(each) for each in found])

    def _say(self, text: str, tone: str = "grey") -> None:
        restyle(self.words, tone=tone)
        self.words.setText(text)
        self.words.setVisible(bool(text))


def _cells(found: FoundCase) -> tuple[Cell, ...]:
    number = found.case_number or found.receipt or found.local_number
    state = _STATES.get(found.state, found.state)
    return (
        Cell(f"{found.applicant}　{found.item}", number),
        Cell(chips=((state, "blue"),), sub=f"{found.owner} 号窗口" + (f"，{found.result}" if found.result else "")),
    )
