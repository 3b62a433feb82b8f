"""What leads on and back in an intake, by key or button: the next step, 一次性告知, the menu of moves, 受理."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from clerk_app.usecases.accept import Accepted
from ui.context import Context
from ui.screens.intake import errand
from ui.screens.intake.ending import Ending, accepting, no_moves, no_notice
from ui.screens.intake.pages import IntakePages
from ui.screens.intake.session import DraftSession
from ui.screens.intake.standstill import Standstill
from ui.screens.intake.step import CONFIRM, RECEIPT
from ui.screens.intake.way import Way


class Onward(QObject):
    """``step(at)``: this step is to come to the front. ``notice``: 一次性告知 is. ``menu``: the menu of moves is there."""

    step = Signal(int)
    notice = Signal()
    menu = Signal()

    def __init__(self, context: Context, pages: IntakePages, ending: Ending, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._pages, self._ending = context, pages, ending
        self.standstill = Standstill(context.window)
        self._session: DraftSession | None = None
        self._way = Way()

    def begin(self, session: DraftSession, way: Way) -> None:
        """Another client."""
        self._session, self._way = session, way

    @property
    def thumbing(self) -> bool:
        """A fingerprint is being taken on the step of signing."""
        confirm = self._pages.confirm
        return self._way.at == CONFIRM and confirm is not None and confirm.by_thumb

    @Slot()
    def go(self) -> None:
        """Ctrl+Enter, or the main button: whatever is next here."""
        confirm = self._pages.confirm
        if self._pages.moving:
            self._pages.moves.confirm()
        elif self._way.at == RECEIPT:
            self._context.window.new_client()
        elif self.thumbing and confirm is not None:
            confirm.aloud.confirm()
        elif self._way.at == CONFIRM and not self._way.noticing:
            self.accept()
        else:
            self.session.settle(self._go_on)

    @Slot()
    def back(self) -> None:
        if (before := self._way.before) is not None:
            self.step.emit(before)

    @Slot(int)
    def choose(self, at: int) -> None:
        """A step was chosen above."""
        if self._way.is_open(at):
            self.step.emit(at)
        elif self._way.at < RECEIPT:
            self._context.window.say("这件的申请人和事项已经定了，这里只收后补的材料。", "grey")

    @Slot()
    def tell_once(self) -> None:
        """F8."""
        if self._way.errand is None:
            self.session.settle(self._show_notice)
        elif self._way.takes_notice:
            self.session.settle(lambda: self._finish(errand.finish))

    def open_menu(self) -> None:
        """F12: 先收件, 不予受理, 引导单."""
        self.session.settle(self._show_menu)

    def accept(self) -> None:
        """F9."""
        self._ending.once_saved(self.session, self._accept)

    @property
    def session(self) -> DraftSession:
        assert self._session is not None  # noqa: S101 - set before anything can be pressed
        return self._session

    def _go_on(self) -> None:
        if self._way.noticing:
            if act := self._pages.notice.ending():
                self._finish(act)
        elif self._way.brings_late_papers:
            self._finish(errand.finish)
        elif self._way.at == CONFIRM:
            self._accept()
        elif reason := self._pages.step(self._way.at).blocked():
            self.standstill.say(reason, self.session.plan)
        else:
            self._context.window.say("")
            self.step.emit(self._way.at + 1)

    def _show_notice(self) -> None:
        plan = self.session.plan
        if said := no_notice(plan):
            self._context.window.say(*said)
        else:
            self._way.noticing = True
            self._context.window.say("")
            self._pages.notice.show_plan(plan)
            self.notice.emit()

    def _show_menu(self) -> None:
        if said := no_moves(self.session.plan):
            self._context.window.say(*said)
            return
        moves = self._pages.moves
        moves.show_draft(self.session.plan)
        self._pages.setCurrentWidget(moves)
        moves.menu.setFocus()
        self.menu.emit()

    def _accept(self) -> None:
        plan = self.session.plan
        if self._way.at != CONFIRM:
            self.step.emit(CONFIRM)
        if plan is None or plan.obstacles:
            first = plan.obstacles[0] if plan and plan.obstacles else "还没有选事项"
            self.standstill.say(f"还不能受理：{first}", plan)
            return
        self._finish(accepting(plan.draft))

    def _finish(self, act: Callable[..., Accepted]) -> None:
        self._ending.finish(self.session, act, late_papers=self._way.errand is not None)
