"""Every look at what a case holds in full, or at a case that holds sensitive data, leaves a trace before anything is shown.

Who looked, when, at which kinds or for what; never what it says. Window and command line come through here alike: a screen or a
command that shows content calls nothing below (``tests/usecases/test_looking.py`` holds them to it). Lists and masked rows leave none.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from clerk_app.domain.case import Case
from clerk_app.domain.journal import Happening
from clerk_app.ports import PaperOrder, UnitOfWork
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.printing import order_of
from clerk_app.usecases.queries import CaseDetail, case_detail

LOOKED, IN_FULL, PAPER = "sensitive.looked", "unmask", "paper.looked"
AGAIN_MS = 10 * 60_000
"""Leafing through a list and back is one look."""


class For(StrEnum):
    """What somebody has a case's whole content before them for, as a closed word."""

    MENDING = "mending"
    COMPLETING = "completing"


PURPOSES: Mapping[For, str] = {
    For.MENDING: "更正退回件",
    For.COMPLETING: "收补交材料",
}


def look_at_case(desk: Desk, number: str) -> CaseDetail:
    """``queries.case_detail`` for a person's eyes: of a case with sensitive data the look is journalled before anything is shown.

    Raises:
        Refused: no such case, or the role sees none.
    """
    detail = case_detail(desk, number)
    if kinds := kinds_of(detail.case):
        _note(desk, detail.case, LOOKED, kinds=kinds)
    return detail


def open_in_full(desk: Desk, number: str, what_for: For) -> CaseDetail:
    """The same for who gets all of it to work on; every case leaves a trace here.

    Raises:
        Refused: no such case, or the role sees none.
    """
    detail = case_detail(desk, number)
    note_in_full(desk, detail.case, what_for)
    return detail


def look_at_paper(desk: Desk, job_id: str) -> PaperOrder:
    """A case's paper for the screen: names, addresses and fields stand on it in full, numbers masked.

    Raises:
        Refused: the role sees no cases, or the job is gone.
    """
    order = order_of(desk, job_id)
    _note(desk, order.case, PAPER, form=order.form.value)
    return order


def note_in_full(desk: Desk, case: Case, what_for: For) -> None:
    """For a use case that gathers what is shown by itself: to be called before it gives anything out."""
    _note(desk, case, IN_FULL, **{"for": what_for.value})


def kinds_of(case: Case) -> str:
    """The sensitive kinds that a case holds, joined by +; empty for an ordinary one."""
    return "+".join(sorted(case.content.get("consents", {})))


def _note(desk: Desk, case: Case, verb: str, **detail: str) -> None:
    happening = desk.happening(verb, case.id, case.revision, **detail)
    with desk.store.begin() as uow:
        if not _is_before_them(uow, happening):
            uow.journal.append(happening)
            uow.commit()


def _is_before_them(uow: UnitOfWork, happening: Happening) -> bool:
    """Whether the same clerk looked at the same a moment ago, or has just done something in this case: then its paper is theirs."""
    now_ms = happening.at.utc_ms
    for entry in reversed(uow.journal.of_case(happening.case_id)):
        before = entry.happening
        if before.actor != happening.actor or not 0 <= now_ms - before.at.utc_ms < AGAIN_MS:
            continue
        if (before.verb, before.detail) == (happening.verb, happening.detail):
            return True
        if happening.verb == PAPER and before.verb.startswith("case."):
            return True
    return False
