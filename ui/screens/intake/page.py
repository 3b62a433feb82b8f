"""受理: the intake of one client from identifying to receipt. Owns the draft session and shows the step that it stands at."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from clerk_app.domain.canonical import Json
from clerk_app.usecases import visiting
from clerk_app.usecases.accept import Accepted
from clerk_app.usecases.intake import Plan
from ui.context import Context
from ui.moves.panel import MovePanel
from ui.screens.intake.cursor import Cursor
from ui.screens.intake.ending import Ending
from ui.screens.intake.errand import errand_of
from ui.screens.intake.frame import IntakeFrame
from ui.screens.intake.onward import Onward
from ui.screens.intake.pages import IntakePages
from ui.screens.intake.precheck import precheck, steps_done
from ui.screens.intake.receipt import ReceiptStep
from ui.screens.intake.seeing import Seeing
from ui.screens.intake.session import DraftSession
from ui.screens.intake.side import SidePanel
from ui.screens.intake.step import APPLICANT, CONFIRM, FORM, ITEM, MATERIALS, RECEIPT, STEP_IDS, TITLES, Step
from ui.screens.intake.way import Way
from ui.widgets.parts import all_for_fingers, column


class IntakeScreen(QWidget):
    """The first place of the rail."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setProperty("look", "ground")
        self._context = context
        self.side = SidePanel(context.camera)
        self._frame = IntakeFrame(self.side)
        self._head, self._stepper, self._bar = self._frame.head, self._frame.stepper, self._frame.bar
        self._pages = IntakePages(context, self.side)
        self._pages.renamed.connect(self._on_renamed)
        self._pages.moves_left.connect(self._front)
        self._pages.moved.connect(self._on_accepted)
        self._frame.hold(self._pages)
        self._back, self._notice, self._next = self._bar.back, self._bar.notice, self._bar.on
        self.setLayout(column(self._frame, gap=0))
        self._session: DraftSession | None = None
        self._way = Way()
        self._ending = Ending(context, self)
        self._ending.running.connect(self._next.setDisabled)
        self._ending.taken.connect(self._on_accepted)
        self._onward = Onward(context, self._pages, self._ending, self)
        self._onward.step.connect(self._show)
        self._onward.notice.connect(self._front)
        self._onward.menu.connect(self._on_renamed)
        self._stepper.wanted.connect(self._onward.choose)
        self._pages.notice.left.connect(self._onward.back)
        self._back.clicked.connect(self._onward.back)
        self._notice.clicked.connect(self._onward.tell_once)
        self._next.clicked.connect(self._onward.go)
        self._seeing = Seeing(context, self.side, self)
        self._cursor = Cursor(self, lambda: self.session)
        self._start("")

    @property
    def widget(self) -> QWidget:
        return self

    @property
    def session(self) -> DraftSession:
        assert self._session is not None  # noqa: S101 - set in the constructor and only ever replaced
        return self._session

    @property
    def at(self) -> str:
        """The step in front."""
        return self._way.step_id

    def step(self, step_id: str) -> Step:
        """One of the first five steps."""
        return self._pages.step(STEP_IDS.index(step_id))

    @property
    def receipt(self) -> ReceiptStep:
        """The last step."""
        return self._pages.receipt

    @Slot()
    def _make_receipt(self) -> None:
        if self._way.at != RECEIPT:  # it may be there already, with what came of it
            self.receipt.forget()

    def enter(self) -> None:
        self._front()

    def place(self) -> str:
        beside = (
            "notice"
            if self._way.noticing
            else "moves"
            if self._pages.moving
            else "thumb"
            if self._onward.thumbing
            else ""
        )
        return f"intake/{beside or self.at}"

    def leave(self, then: Callable[[], None]) -> None:
        self.session.settle(then)

    def act(self, action_id: str) -> bool:
        match action_id:
            case "next":
                self._onward.go()
            case "back":
                self._onward.back()
            case "rate" if self._way.at == RECEIPT:
                self.receipt.invite()
            case "accept" if self._way.at in (FORM, CONFIRM):
                self._onward.accept()
            case "notice" if self._way.at == MATERIALS:
                self._onward.tell_once()
            case "moves" if self._way.at < RECEIPT:
                self._onward.open_menu()
            case "take_seen":
                self._seeing.take()
            case _ if self._way.noticing or self._pages.moving:
                return False  # what the step behind would do is not to be seen
            case _:
                return self._way.at < RECEIPT and self._pages.step(self._way.at).act(action_id)
        return True

    def new_client(self) -> None:
        """下一位: what stands here is saved and waits under 暂存. Not while a case is being taken: its receipt is what comes next."""
        if self._ending.busy:
            return
        if self._way.at < RECEIPT:
            self._cursor.put_aside()
        self._start("")

    def resume(self, draft_id: str, unsaved: Mapping[str, Json] | None = None) -> None:
        """Open a draft where it was left."""
        if self._ending.busy:
            return
        self._start(draft_id)
        if unsaved:
            self.session.edit(unsaved)
        if draft_id:
            self.session.load(self._on_resumed)

    def left_off(self) -> tuple[str, Mapping[str, Json]]:
        """The open draft's id and what the disk has not taken yet; nothing once the case is accepted."""
        return ("", {}) if self._way.at == RECEIPT else (self.session.draft_id, self.session.unsaved())

    def begin_with(self, entry_id: str) -> None:
        """An item was chosen in the search on top: take it for this client, or for the next one."""
        if self._ending.busy:
            return
        if self._way.at == RECEIPT:
            self._start("")
        self._show(ITEM)
        self._pages.item.take(entry_id)

    def _start(self, draft_id: str) -> None:
        old = self._session
        if old is not None:
            old.changed.disconnect(self._on_plan)
            old.saved.disconnect(self._head.show_saved)
            old.settle(old.deleteLater)
        context = self._context
        session = DraftSession(context.desk, context.jobs, context.say_error, self, draft_id)
        self._session = session
        self._session.changed.connect(self._on_plan)
        self._session.saved.connect(self._head.show_saved)
        self._pages.begin(session)
        self._way = Way()
        self._onward.begin(session, self._way)
        all_for_fingers(self, on=False)
        self._head.show_plan(None)
        self._head.show_saved("")
        self.side.show_nothing()
        self._context.applicant.be_quiet()
        self._context.window.say("")
        self._show(APPLICANT)

    @Slot(int)
    def _show(self, at: int) -> None:
        confirm = self._pages.confirm
        if self._way.at == CONFIRM and at != CONFIRM and confirm is not None:
            confirm.leave()
        self._way.go(at)
        if at < RECEIPT and self.session.plan is not None:
            self.session.edit({"step": STEP_IDS[at]})
        self._front()

    @Slot()
    def _front(self) -> None:
        if self._way.noticing:
            self._pages.setCurrentWidget(self._pages.notice)
            self._pages.notice.setFocus()
        elif self._way.at == RECEIPT:
            self._pages.setCurrentWidget(self.receipt)
            self.receipt.enter()
            self._next.setFocus()
        else:
            step = self._pages.step(self._way.at)
            self._pages.setCurrentWidget(step.widget)
            step.show_plan(self.session.plan)
            step.enter()
            if self._way.at == CONFIRM:
                QTimer.singleShot(0, self, self._make_receipt)  # before it is wanted: 受理 itself is answered at once
        self._paint()
        self._context.window.place_changed()

    @Slot(object)
    def _on_plan(self, plan: Plan) -> None:
        all_for_fingers(self, plan.draft.text("channel") == visiting.CHANNEL)
        self._onward.standstill.show_plan(plan)
        self._head.show_plan(plan)
        self._pages.show_plan(plan)
        if self._way.noticing:
            self._pages.notice.show_plan(plan)
        self.side.show_doubts(plan.doubtful)
        self._paint()
        self._context.window.counts_changed()

    @Slot()
    def _on_renamed(self) -> None:
        self._paint()
        self._context.window.place_changed()

    @Slot()
    def _paint(self) -> None:
        plan = self.session.plan
        shown = (
            self.receipt
            if self._way.at == RECEIPT
            else self._pages.notice
            if self._way.noticing
            else self._pages.step(self._way.at)
        )
        self._bar.show_summary(*shown.summary())
        self._bar.setVisible(
            not self._pages.moving and not self._onward.thumbing
        )  # they have a button of their own on its key
        way = self._way
        self._stepper.show_step(way.at, way.done(steps_done(plan)))
        self._back.setVisible(way.before is not None)
        self._notice.setVisible(way.takes_notice)
        self._notice.setText("先收下，还没齐  F8" if way.errand else "一次性告知  F8")
        self._bar.name_on(way.at, TITLES, noticing=way.noticing, brings_late_papers=way.brings_late_papers)
        if way.is_checked and plan and plan.scheme:
            self.side.show_notes(precheck(self._context.desk, plan))
        else:
            self.side.show_recognised()

    @property
    def moves(self) -> MovePanel:
        """The menu of what may become of this intake beside 受理."""
        return self._pages.moves

    @Slot(object)
    def _on_accepted(self, accepted: Accepted) -> None:
        self._context.applicant.be_quiet("已经办好，请拿好回执")
        self.receipt.show_accepted(accepted)
        self._context.window.say("")
        self._show(RECEIPT)
        self._context.services.spool.nudge()
        self._context.services.line.nudge()
        self._context.window.counts_changed()

    def _on_resumed(self, plan: Plan) -> None:
        self._way.errand = of_another = errand_of(plan.draft)
        step = plan.draft.text("step")
        at = STEP_IDS.index(step) if step in STEP_IDS[:RECEIPT] else APPLICANT
        self._show(max(at, self._way.first))
        self._cursor.take_up(plan.draft)
        if of_another:
            self._context.window.say(f"{of_another.name} {of_another.number}：把送来的材料拍进来。", "blue")
