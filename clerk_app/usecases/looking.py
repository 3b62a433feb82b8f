"""Opening a case that holds sensitive data leaves a trace of its own: who opened it, when, which kinds; never what they are."""

from __future__ import annotations

from clerk_app.domain.case import Case
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.queries import CaseDetail, case_detail

LOOKED = "sensitive.looked"
AGAIN_MS = 10 * 60_000
"""Leafing through a list and back is one look."""


def look_at_case(desk: Desk, number: str) -> CaseDetail:
    """``queries.case_detail`` for a person's eyes: the look is journalled before anything is shown.

    Raises:
        Refused: no such case, or the role sees none.
    """
    detail = case_detail(desk, number)
    if _kinds(detail.case):
        _note(desk, detail.case)
    return detail


def _kinds(case: Case) -> str:
    return "+".join(sorted(case.content.get("consents", {})))


def _note(desk: Desk, case: Case) -> None:
    now_ms = desk.clock.now().utc_ms
    with desk.store.begin() as uow:
        for entry in reversed(uow.journal.of_case(case.id)):
            if entry.happening.verb == LOOKED and entry.happening.actor == desk.session.login:
                if 0 <= now_ms - entry.happening.at.utc_ms < AGAIN_MS:
                    return
                break
        uow.journal.append(desk.happening(LOOKED, case.id, case.revision, kinds=_kinds(case)))
        uow.commit()
