"""What may stand in the middle of the intake: its six steps, the one-time notice, the menu of moves; built when first wanted."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from clerk_app.usecases.intake import Plan
from ui.context import Context
from ui.moves.panel import MovePanel
from ui.screens.intake.applicant import ApplicantStep
from ui.screens.intake.confirm import ConfirmStep
from ui.screens.intake.form import FormStep
from ui.screens.intake.items import ItemStep
from ui.screens.intake.materials import MaterialStep
from ui.screens.intake.notice import NoticePage
from ui.screens.intake.receipt import ReceiptStep
from ui.screens.intake.session import DraftSession
from ui.screens.intake.side import SidePanel
from ui.screens.intake.step import CONFIRM, ITEM, Step


class IntakePages(QStackedWidget):
    """The first five steps belong to one draft and go with it; receipt, notice and menu stay.

    ``renamed``: what the main button does, or the receipt's summary, is another; ``moves_left``, ``moved(Accepted)``: the menu was
    left, or something done.
    """

    renamed = Signal()
    moves_left = Signal()
    moved = Signal(object)

    def __init__(self, context: Context, side: SidePanel) -> None:
        super().__init__()
        self._context, self._side = context, side
        self._session: DraftSession | None = None
        self._builders: tuple[Callable[[], Step], ...] = ()
        self._steps: dict[int, Step] = {}
        self.notice = NoticePage(context.desk)
        self.addWidget(self.notice)
        self._receipt: ReceiptStep | None = None
        self._moves: MovePanel | None = None

    def begin(self, session: DraftSession) -> None:
        """Another draft: its steps will be new ones."""
        context, side, old = self._context, self._side, tuple(self._steps.values())
        self._session = session
        self._builders = (
            lambda: ApplicantStep(session),
            lambda: ItemStep(context, session),
            lambda: MaterialStep(context, session, side),
            lambda: FormStep(session),
            lambda: self._confirming(ConfirmStep(context, session, side)),
        )
        self._steps = {}
        for gone in old:
            self.removeWidget(gone.widget)
            gone.widget.setParent(None)
            gone.widget.deleteLater()
        if self._receipt is not None:
            self._receipt.forget()

    def _confirming(self, made: ConfirmStep) -> ConfirmStep:
        made.thumbing.connect(self.renamed)
        return made

    def step(self, at: int) -> Step:
        """One of the first five; no client waits for steps that are not reached."""
        if at not in self._steps:
            self._steps[at] = self._builders[at]()
            self.addWidget(self._steps[at].widget)
            self._steps[at].show_plan(self._session.plan if self._session else None)
        return self._steps[at]

    def show_plan(self, plan: Plan) -> None:
        """Every step that is there shows the draft as it is now."""
        for step in self._steps.values():
            step.show_plan(plan)

    @property
    def item(self) -> ItemStep:
        step = self.step(ITEM)
        assert isinstance(step, ItemStep)  # noqa: S101 - built above
        return step

    @property
    def confirm(self) -> ConfirmStep | None:
        """The step where the applicant signs, once it was reached."""
        step = self._steps.get(CONFIRM)
        return step if isinstance(step, ConfirmStep) else None

    @property
    def receipt(self) -> ReceiptStep:
        if self._receipt is None:
            self._receipt = ReceiptStep(self._context)
            self._receipt.changed.connect(self.renamed)
            self.addWidget(self._receipt)
        return self._receipt

    @property
    def moves(self) -> MovePanel:
        """The menu of what may become of this intake beside 受理."""
        if self._moves is None:
            self._moves = MovePanel(self._context)
            self._moves.left.connect(self.moves_left)
            self._moves.done.connect(self.moved)
            self.addWidget(self._moves)
        return self._moves

    @property
    def moving(self) -> bool:
        """The menu is in front."""
        return self._moves is not None and self.currentWidget() is self._moves
