"""The menu of one case and the few questions of the chosen move. Digits or arrows choose, Ctrl+Enter does it, Esc goes back.

Nothing is done before the use case has it on disk; what refuses is said here in words and the answers stay.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from clerk_app.domain.case import STATE_NAMES
from clerk_app.domain.paper import FORM_NAMES
from clerk_app.errors import AppError, Refused
from clerk_app.usecases.planning import Plan
from clerk_app.usecases.queries import CaseDetail
from clerk_app.usecases.writing import Accepted
from ui.context import Context
from ui.moves.menu import DELIVER, transfer_of
from ui.moves.offer import Done, Offer, open_asks
from ui.moves.offers import of_a_draft, offers
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.fields import Select
from ui.widgets.following_area import FollowingArea
from ui.widgets.parts import button, clear, label, row
from ui.widgets.row_table import Cell, RowTable

_AT_A_GLANCE = 6
"""Answers shown all at once, two to a row (the six ways of handing over); more are a list to open."""


class MovePanel(QWidget):
    """``done(answer of the use case)`` after a move; ``left`` when the clerk is through with the menu."""

    done = Signal(object)
    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._subject = ""  # the case's id, or the draft's
        self._offers: tuple[Offer, ...] = ()
        self._offer: Offer | None = None
        self._values: dict[str, str] = {}
        self._made: dict[str, Entry | Choices | Select] = {}
        self._shape: tuple[str, ...] = ()
        self._busy = self._direct = False
        self._title = label("", "strong", wrap=True)
        self.menu = RowTable(("",), (0,), name="这件办件能做什么", row_height=60)
        self.menu.opened.connect(self._on_opened)
        self.menu.digit.connect(self._on_digit)
        self._box = QVBoxLayout()
        self._box.setSpacing(10)
        self._box.setContentsMargins(14, 4, 14, 8)
        inner = QWidget()
        inner.setLayout(self._box)
        area = FollowingArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.menu)
        self._stack.addWidget(area)
        self.fault = label("", "plain", wrap=True, tone="red")
        self.fault.setContentsMargins(14, 0, 14, 0)
        self.fault.hide()
        self._do = button("", "main")
        self._do.clicked.connect(self.confirm)
        back = button("不做了", key="Esc")
        back.clicked.connect(self.back)
        self._top = row(self._title, None, margins=(14, 12, 14, 4))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(self._top)
        box.addWidget(self._stack, 1)
        box.addWidget(self.fault)
        box.addLayout(row(self._do, None, back, margins=(14, 0, 14, 12)))

    @property
    def offer(self) -> Offer | None:
        """The move being asked about; None while the menu is shown."""
        return self._offer

    def show_case(self, detail: CaseDetail) -> None:
        """The menu of this case; the keyboard goes to it."""
        self._subject, self._direct = detail.case.id, False
        can_check = self._context.services.check_pin is not None
        self._offers = offers(self._context.desk, detail, can_check_pin=can_check)
        self._menu()

    def show_draft(self, plan: Plan | None) -> None:
        """What may become of an intake beside 受理."""
        self._subject, self._direct = plan.draft.id if plan else "", False
        self._offers = of_a_draft(self._context.desk, plan) if plan else ()
        self._menu()

    def show_delivery(self, detail: CaseDetail) -> None:
        """Straight to the handing over."""
        self._subject, self._direct, self._offers = detail.case.id, True, (DELIVER,)
        self._begin(DELIVER)

    def show_transfer(self, case_ids: tuple[str, ...]) -> None:
        """Straight to handing several cases over with one list."""
        offer = transfer_of(case_ids)
        self._subject, self._direct, self._offers = case_ids[0], True, (offer,)
        self._begin(offer)

    def answer(self, key: str) -> Entry | Choices | Select:
        """The widget of a question that is asked now."""
        return self._made[key]

    @Slot()
    def confirm(self) -> None:
        """Do it, once; what the use case refuses is said below the questions."""
        offer, subject = self._offer, self._subject
        if self._busy or not subject:
            return
        if offer is None:
            self._on_opened(self.menu.current())
            return
        for ask in open_asks(offer, self._values):
            if not ask.optional and not self._values.get(ask.key, "").strip():
                self._say(f"请{'选' if ask.choices else '填写'}：{ask.title}")
                self._made[ask.key].setFocus()
                return
        asked = {ask.key for ask in open_asks(offer, self._values)}
        values = {key: value.strip() for key, value in self._values.items() if key in asked}
        self._busy = True
        self._do.setEnabled(False)
        self._say("")
        desk, check = self._context.desk, self._context.services.check_pin

        def work() -> Done:
            if offer.seen is not None and check is not None:
                return offer.seen(desk, subject, values, check(values["second"], values["pin"]))
            assert offer.act is not None  # noqa: S101 - errands never come here
            return offer.act(desk, subject, values)

        self._context.jobs.run(work, self._on_done, owner=self, failed=self._on_failed)

    @Slot()
    def back(self) -> None:
        """From the questions to the menu, from the menu away."""
        if self._offer is not None and not self._direct:
            self._menu()
        else:
            self.forget()
            self.left.emit()

    def forget(self) -> None:
        """Nothing of the case stays in the panel."""
        self._subject, self._offer, self._values = "", None, {}
        self._say("")
        clear(self._box)
        self._made, self._shape = {}, ()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back()
        else:
            super().keyPressEvent(event)

    # --- inside

    def _menu(self) -> None:
        self._offer, self._values = None, {}
        self._say("")
        self._title.setText("这件能办什么" if self._offers else "这件办件现在没有要做的")
        self.menu.show_rows(
            [(Cell(f"{number}  {offer.label}", offer.told),) for number, offer in enumerate(self._offers, 1)]
        )
        self._do.setVisible(False)
        self._stack.setCurrentIndex(0)
        self.menu.setFocus()

    def _begin(self, offer: Offer) -> None:
        self._offer = offer
        self._values = {ask.key: ask.default for ask in offer.asks if ask.default}
        self._shape = ()
        self._title.setText(offer.label)
        self._do.setText(f"确认{offer.label.partition('：')[0]}  Ctrl ↵")
        self._do.setVisible(True)
        self._do.setEnabled(True)
        self._say("")
        self._ask()
        self._stack.setCurrentIndex(1)
        next(iter(self._made.values()), self._do).setFocus()

    def _ask(self) -> None:
        """Build the questions asked now; what was answered stays."""
        assert self._offer is not None  # noqa: S101 - only while a move is asked about
        asks = open_asks(self._offer, self._values)
        shape = tuple(ask.key for ask in asks)
        if shape == self._shape:
            return
        focused = next((key for key, made in self._made.items() if made.hasFocus()), "")
        clear(self._box)
        self._made, self._shape = {}, shape
        self._box.addWidget(label(self._offer.told, "small", wrap=True))
        for ask in asks:
            made: Entry | Choices | Select
            if ask.choices:
                narrow = len(ask.choices) <= _AT_A_GLANCE
                made = Choices(ask.title, ask.choices, per_row=2) if narrow else Select(ask.title, ask.choices)
                made.show_value(self._values.get(ask.key, ""))
                made.picked.connect(self._on_answer)
            else:
                made = Entry(ask.title, hint=ask.hint, optional=ask.optional)
                made.show_value(self._values.get(ask.key, ""))
                made.typed.connect(self._on_answer)
                if ask.secret:
                    made.line.setEchoMode(QLineEdit.EchoMode.Password)
            made.setObjectName(f"move.{ask.key}")
            self._made[ask.key] = made
            self._box.addWidget(made)
            made.show()  # now, so that it can take the keyboard
        self._box.addStretch(1)
        if focused in self._made:
            self._made[focused].setFocus()

    def _say(self, text: str) -> None:
        self.fault.setText(text)
        self.fault.setVisible(bool(text))

    @Slot(int)
    def _on_digit(self, number: int) -> None:
        self._on_opened(number - 1)

    @Slot(int)
    def _on_opened(self, at: int) -> None:
        if not 0 <= at < len(self._offers) or not self._subject:
            return
        offer, case_id = self._offers[at], self._subject
        if offer.errand == "rate":
            self._context.window.invite_rating(case_id)
            self.back()
        elif offer.errand:
            self.forget()
            self.left.emit()
            self._context.window.open_errand(case_id, offer.errand)
        else:
            self._begin(offer)

    @Slot(str)
    def _on_answer(self, value: str) -> None:
        self._values[self.sender().objectName().removeprefix("move.")] = value
        self._say("")
        self._ask()

    def _on_done(self, answer: Done) -> None:
        self._busy = False
        first, count = (answer[0], len(answer)) if isinstance(answer, tuple) else (answer, 1)
        self._context.window.say((f"{count} 件一起，" if count > 1 else "") + _told(first), "green")
        self._context.services.spool.nudge()
        self._context.services.line.nudge()
        self.forget()
        self.left.emit()
        self.done.emit(answer)

    def _on_failed(self, error: AppError) -> None:
        self._busy = False
        self._do.setEnabled(True)
        text = error.sentence()
        if isinstance(error, Refused) and error.reasons != (error.message,):
            text += "\n" + "\n".join(f"· {reason}" for reason in error.reasons)
        self._say(text)


def _told(answer: Accepted) -> str:
    papers = "、".join(FORM_NAMES[job.form] for job in answer.jobs)
    return f"已办好：{STATE_NAMES[answer.case.state]}" + (f"。正在打印{papers}。" if papers else "。")
