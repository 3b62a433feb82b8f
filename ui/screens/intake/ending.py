"""How an intake ends: which use case takes it, that it does so once, and why another ending is not to be had now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from clerk_app.domain.draft import Draft
from clerk_app.errors import AppError, Refused
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.emergency import enter_draft, is_entry
from clerk_app.usecases.intake import Plan
from clerk_app.usecases.writing import Accepted
from ui.context import Context
from ui.screens.intake import errand
from ui.screens.intake.session import DraftSession

Said = tuple[str, str]
"""A sentence and its tone."""


class Ending(QObject):
    """One ending at a time: ``taken(Accepted)`` when it is on disk. While ``busy`` nobody else's intake may begin, for the number of
    this one is what the clerk waits for; ``running`` tells when the use case itself begins and ends."""

    running = Signal(bool)
    taken = Signal(object)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._start = ""
        self.busy = False

    def once_saved(self, session: DraftSession, then: Callable[[], None]) -> None:
        """What is typed goes to disk, then ``then``; a key struck twice is struck once."""
        if not self.busy:
            self.busy = True
            session.settle(lambda: self._let(then))

    def finish(self, session: DraftSession, act: Callable[..., Accepted], *, late_papers: bool) -> None:
        """Run the use case. ``late_papers``: it takes what follows for a case that was taken before."""
        if not self.busy:
            self.busy = True
            self._start = "还不能收：" if late_papers else "还不能受理："
            self.running.emit(True)
            session.finish(act, self._on_taken, self._on_refused)

    def _let(self, then: Callable[[], None]) -> None:
        self.busy = False
        then()

    def _on_taken(self, accepted: Accepted) -> None:
        self._over()
        self.taken.emit(accepted)

    def _on_refused(self, error: AppError) -> None:
        self._over()
        if isinstance(error, Refused) and len(error.reasons) > 1:
            self._context.window.say(f"{self._start}{'；'.join(error.reasons)}。", "red")
        else:
            self._context.say_error(error)

    def _over(self) -> None:
        self.busy = False
        self.running.emit(False)


def accepting(draft: Draft) -> Callable[[Desk, str], Accepted]:
    """受理, as it is for a new applicant, for papers that follow, for a slip taken by hand."""
    if errand.errand_of(draft):
        return errand.finish
    return enter_draft if is_entry(draft) else accept_draft


def no_notice(plan: Plan | None) -> Said | None:
    """Why there is nothing to tell the applicant in writing now; None when there is."""
    if plan is not None and is_entry(plan.draft):
        return "应急补录的件已经受理过：这里只补受理，缺的材料可以容缺。", "grey"
    if plan is None or plan.checklist is None or not plan.checklist.missing:
        return "材料都齐了，不用告知。", "green"
    if plan.applicant_faults or plan.doubtful:
        return "申请人还没有填对，先回第 1 步核对，再打印告知书。", "amber"
    return None


def no_moves(plan: Plan | None) -> Said | None:
    """Why this intake has no menu; None when it has."""
    if plan is None:
        return "先填申请人，或者选要办的事。", "grey"
    if errand.errand_of(plan.draft):
        return "这件已经收过，到“查询”里办。", "grey"
    if is_entry(plan.draft):
        return "应急补录只补受理：填好后按 F9。", "grey"
    return None
