"""How an intake ends: which use case takes it, and why another ending is not to be had now."""

from __future__ import annotations

from collections.abc import Callable

from clerk_app.domain.draft import Draft
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.emergency import enter_draft, is_entry
from clerk_app.usecases.intake import Plan
from clerk_app.usecases.writing import Accepted
from ui.screens.intake import errand

Said = tuple[str, str]
"""A sentence and its tone."""


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
