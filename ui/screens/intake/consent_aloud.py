"""单独同意 of somebody who cannot write: each kind is read to them and asked by itself, before a witness, and the finger is pressed."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from clerk_app.domain.consents import who_consents
from clerk_app.domain.sensitive import BY_NAMES, SensitiveKind
from clerk_app.domain.signing import CONSENT_PICTURE
from clerk_app.usecases.consent import consent_by_thumb
from clerk_app.usecases.intake import Plan
from ui.consent_page import FREE_TO_SAY_NO, what_for, why
from ui.context import Context
from ui.screens.intake.present import NO, YES, Present
from ui.screens.intake.session import DraftSession
from ui.screens.intake.side import SidePanel
from ui.widgets.choices import Choices
from ui.widgets.following_area import FollowingArea
from ui.widgets.parts import Card, button, clear, column, label, row


class ConsentPanel(Card):
    """``agreed`` once each was agreed to by itself and it is on disk; ``refused`` as soon as one was not."""

    agreed = Signal()
    refused = Signal()
    left = Signal()

    def __init__(self, context: Context, session: DraftSession, side: SidePanel) -> None:
        super().__init__((16, 12, 16, 12), gap=8)
        self._session = session
        self._answers: dict[SensitiveKind, Choices] = {}
        self.present = Present(context, session, side, CONSENT_PICTURE, self)
        self._title = label("", "strong", wrap=True)
        self._kinds = QGridLayout()
        self._kinds.setHorizontalSpacing(16)
        self._kinds.setVerticalSpacing(10)
        self._kinds.setColumnStretch(0, 1)
        inner = QWidget()
        inner.setLayout(column(self._kinds, label(FREE_TO_SAY_NO, "soft", wrap=True), None, gap=12))
        self._area = FollowingArea()
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(inner)
        self.do = button("按过指印，都同意", "main", "Ctrl ↵")
        self.do.clicked.connect(self.confirm)
        self._back = button("返回", key="Esc")
        self._back.clicked.connect(self.left)
        self.box.addWidget(self._title)
        self.box.addLayout(self.present.people)
        self.box.addWidget(self._area, 1)
        self.box.addWidget(self.present.picture)
        self.box.addLayout(row(self.present.state, None, self.present.shoot, self._back, self.do))

    def open(self, plan: Plan) -> None:
        """Ask anew each kind that wants a consent."""
        self.show()
        who = BY_NAMES[who_consents(plan.application, self._session.today())]
        self._title.setText(f"{who}不会写字：一项一项念给本人听，问同意不同意，请见证人在旁，再按指印")
        self._ask(plan)
        self.present.open(plan)
        first = next(iter(self._answers.values()))
        (first if self.present.witness.text() else self.present.witness).setFocus()

    def show_plan(self, plan: Plan | None) -> None:
        """The draft as saved. Other kinds than were asked are asked from the start."""
        if plan is None or self.isHidden():
            return
        if plan.unconsented and set(plan.unconsented) != set(self._answers):
            self._ask(plan)
        self.present.show_plan(plan)

    @property
    def answers(self) -> tuple[Choices, ...]:
        """The question of each kind, in the order in which they are asked."""
        return tuple(self._answers.values())

    def turn(self, pages: int) -> None:
        """Read on."""
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())

    def confirm(self) -> None:
        """All is there: it is kept. Else the keyboard goes to what is missing, with the reason beside it."""
        faults = self.present.faults()
        open_yet = [kind for kind, answer in self._answers.items() if answer.value() != YES]
        self.present.show_faults(faults)
        for kind, answer in self._answers.items():
            answer.show_reason("念完以后，问本人同不同意" if kind in open_yet else "")
        if faults or open_yet:
            people, first = self.present.lines(), [self._answers[kind] for kind in open_yet]
            places = [people[name] for name in people if name in faults] + first + [self.present.picture]
            places[0].setFocus()
            return
        read = tuple(self._answers)
        self.present.settle_picture()
        self._session.change(lambda desk, draft_id: consent_by_thumb(desk, draft_id, read), self._on_kept)

    def _ask(self, plan: Plan) -> None:
        clear(self._kinds)
        self._answers = {}
        for at, kind in enumerate(plan.unconsented):
            answer = Choices("本人怎么说", ((YES, "同意"), (NO, "不同意")))
            answer.setAccessibleName(f"{what_for(kind)}，本人怎么说")
            answer.picked.connect(self._on_answer)
            self._answers[kind] = answer
            told = label(what_for(kind), "strong", wrap=True)
            self._kinds.addLayout(column(told, label(why(kind), wrap=True), None, gap=4), at, 0)
            self._kinds.addWidget(answer, at, 1)
        self._in_order()

    def _in_order(self) -> None:
        """The keyboard goes down the panel, through questions that were not there when it was built."""
        present = self.present
        down = (*present.lines().values(), *self.answers, present.picture, present.shoot, self._back, self.do)
        for before, after in pairwise(down):
            self.setTabOrder(before, after)

    @Slot(str)
    def _on_answer(self, answer: str) -> None:
        if answer == NO:
            self.refused.emit()
            return
        for each in self._answers.values():
            if each.value():
                each.show_reason("")

    def _on_kept(self, plan: Plan) -> None:
        if not plan.unconsented:
            self.agreed.emit()
