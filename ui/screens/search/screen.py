"""查询: cases by number or name; the chosen one with its life line, numbers, papers. Several may be marked and handed on together."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from clerk_app.usecases.looking import look_at_case
from clerk_app.usecases.queries import CaseDetail, CaseRow, rows_again, search
from ui.context import Context
from ui.moves.panel import MovePanel
from ui.screens.papers import Papers
from ui.screens.place import Place
from ui.screens.search.case_view import CaseView
from ui.screens.search.found_list import FoundList
from ui.screens.search.hall_panel import HallPanel
from ui.widgets.empty_state import EmptyState
from ui.widgets.entry import Line
from ui.widgets.parts import Card, button, line

PAGE = 100
"""Rows read at once; the next page comes when the last row is in sight."""
LEAST_VIEW = 320
"""At a big scale the page scrolls; a life line of one sign in a line is none."""


class SearchScreen(Place):
    """A list on the left, one case on the right. Space marks a case for the list that goes over to another office."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "search", "查询")
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
        self.found = FoundList()
        self.table = self.found.table
        self.found.chosen.connect(self._load)
        self.found.more.connect(self._on_more)
        self.found.unmarkable.connect(self._on_unmarkable)
        self.view = CaseView(context)
        self.view.setMinimumWidth(LEAST_VIEW)
        self.view.looked.connect(self._read_case)
        self.papers = Papers(context)
        self._aside = QStackedWidget()
        self._aside.addWidget(self.papers)
        self._case: CaseDetail | None = None
        if context.services.hall_cases is not None:
            elsewhere = button("查本厅别的窗口", key="Ctrl H")
            elsewhere.clicked.connect(self._on_hall)
            self.top.addWidget(elsewhere)
        can = button("这件能办什么", key="F12")
        can.clicked.connect(self._on_moves)
        self.top.addWidget(can)
        right = Card((0, 0, 0, 10), gap=0)
        self._nothing = EmptyState("search", "左边选一件", "这里看它走到哪一步、有哪些编号和文书。")
        self._chosen = QWidget()
        self._chosen.hide()
        both = QHBoxLayout(self._chosen)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self.view, 5)
        both.addWidget(line("faint-line", vertical=True))
        both.addWidget(self._aside, 4)
        right.box.addWidget(self._nothing)
        right.box.addWidget(self._chosen)
        whole = QHBoxLayout()
        whole.setSpacing(14)
        whole.addWidget(self.found)
        whole.addWidget(right, 1)
        self.body.addLayout(whole, 1)
        context.status.line.connect(self.on_news)
        context.status.paper.connect(self.on_news)

    def enter(self) -> None:
        super().enter()
        self.field.setFocus()

    def leave(self, then: Callable[[], None]) -> None:
        """Nobody comes back to a number that lies open."""
        self.view.applicant.cover()
        if self._asks_the_hall:
            self.hall.forget()
            self._aside.setCurrentWidget(self.papers)
        then()

    def act(self, action_id: str) -> bool:
        if action_id == "moves":
            self._on_moves()
        elif action_id == "unmask":
            self.view.applicant.toggle()
        elif action_id == "hall":
            self._on_hall()
        elif action_id == "next" and self._asks_the_hall:
            self.hall.confirm()
        elif action_id == "next" and isinstance(self._aside.currentWidget(), MovePanel):
            self.moves.confirm()
        else:
            return super().act(action_id)
        return True

    @cached_property
    def moves(self) -> MovePanel:
        """What can become of a case; built when it is first wanted, as is the next one."""
        made = MovePanel(self.context)
        made.left.connect(self._on_moves_left)
        made.done.connect(self._on_moved)
        self._aside.addWidget(made)
        return made

    @cached_property
    def hall(self) -> HallPanel:
        """The other windows of the hall."""
        made = HallPanel(self.context)
        made.left.connect(self._on_moves_left)
        made.taken.connect(self._on_taken)
        self._aside.addWidget(made)
        return made

    @property
    def _asks_the_hall(self) -> bool:
        return isinstance(self._aside.currentWidget(), HallPanel)

    @property
    def case_id(self) -> str:
        """The case shown on the right, empty when there is none."""
        return self._case.case.id if self._case is not None else ""

    def open_case(self, number: str) -> None:
        """Show one case at once, by id or any number."""
        self._wanted = number
        self.field.blockSignals(True)
        self.field.clear()
        self.field.blockSignals(False)
        self._load(number)

    def read(self) -> None:
        desk, text = self.context.desk, self.field.text()
        self.context.jobs.run(lambda: (text, search(desk, text, PAGE)), self._show, owner=self)

    def hear(self) -> None:
        """A long list that somebody has gone down stays where it is: what they see is read again, no more."""
        if len(self.found.rows) <= PAGE:
            super().hear()
        elif self.isVisible():
            desk, seen = self.context.desk, self.found.in_sight()
            self.context.jobs.run(lambda: rows_again(desk, seen), self.found.show_again, owner=self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            if not self.field.composing and (step := steps.get(Qt.Key(event.key()))):
                self.table.step(step)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.found.marked:
            self.found.unmark()
        elif event.key() == Qt.Key.Key_Escape and self.view.applicant.is_open:
            self.view.applicant.cover()
        else:
            super().keyPressEvent(event)

    # --- several at once

    @Slot(object)
    def _on_unmarkable(self, row: CaseRow) -> None:
        self.context.window.say(f"{row.local_number} 现在是“{row.state_text}”，不能转办。", "grey")

    @Slot()
    def _on_moves(self) -> None:
        if self.found.marked:
            self._aside.setCurrentWidget(self.moves)
            self.moves.show_transfer(tuple(self.found.marked))
        elif self._case is None:
            self.context.window.say("先选一件办件。", "grey")
        else:
            self._aside.setCurrentWidget(self.moves)
            self.moves.show_case(self._case)

    @Slot()
    def _on_hall(self) -> None:
        """What this window does not have, another one of the hall may."""
        if self.context.services.hall_cases is None:
            self.context.window.say("这里没有接区县前置，查不了别的窗口。", "grey")
            return
        self._show_right()
        self._aside.setCurrentWidget(self.hall)
        self.hall.begin(self.field.text().strip())

    @Slot(str)
    def _on_taken(self, case_id: str) -> None:
        """It is here now, as any other."""
        self._aside.setCurrentWidget(self.papers)
        self.open_case(case_id)
        self.read()

    @Slot()
    def _on_moves_left(self) -> None:
        self._aside.setCurrentWidget(self.papers)
        self.table.setFocus()

    @Slot()
    def _on_moved(self) -> None:
        self.found.unmark()
        self.read()
        self._read_case()

    # --- the list and the chosen one

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
        self.found.show_found(rows, self._wanted, more=len(rows) == PAGE)

    @Slot()
    def _on_more(self) -> None:
        """The next page, while the clerk goes on looking."""
        desk, text, held = self.context.desk, self.field.text(), len(self.found.rows)
        after = self.found.rows[-1].case_id if held else ""
        self.context.jobs.run(
            lambda: (text, held, search(desk, text, PAGE, held=held, after=after)), self._append, owner=self
        )

    def _append(self, answer: tuple[str, int, tuple[CaseRow, ...]]) -> None:
        text, held, rows = answer
        if text == self.field.text() and held == len(self.found.rows):
            self.found.append(rows, PAGE, more=len(rows) == PAGE)

    @Slot()
    def _read_case(self) -> None:
        if self._case is not None:
            self._load(self._case.case.id)

    @Slot(str)
    def _load(self, number: str) -> None:
        self._wanted = number
        desk = self.context.desk
        self.context.jobs.run(lambda: look_at_case(desk, number), self._show_case, owner=self, lane="case detail")

    def _show_right(self) -> None:
        self._nothing.hide()
        self._chosen.show()

    def _show_case(self, detail: CaseDetail) -> None:
        if self._wanted not in (
            detail.case.id,
            detail.row.local_number,
            detail.row.gateway_receipt,
            detail.row.case_number,
        ):
            return
        self._wanted = detail.case.id
        if self._case is not None and self._case.case.id != detail.case.id and not self.found.marked:
            if "moves" in vars(self):
                self.moves.forget()
            self._aside.setCurrentWidget(self.papers)
        self._case = detail
        self._show_right()
        self.view.show_detail(detail)
        self.papers.show_jobs(detail.case.id, detail.jobs)
