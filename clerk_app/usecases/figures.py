"""The figures of 同步 and of the day: what waits, what came through, what was taken. Nothing here writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from clerk_app.domain.acts import acts_of
from clerk_app.domain.case import Case, CaseKind, CaseState, Move
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.time import Stamp
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_see_cases
from clerk_app.usecases.queries import when


@dataclass(frozen=True, slots=True)
class SyncOverview:
    """The figures on top of the 同步 screen; ``attachment_bytes`` in bytes."""

    waiting: int
    refused: int
    acknowledged_today: int
    numbered_today: int
    attachments: int
    attachment_bytes: int
    oldest_text: str


def sync_overview(desk: Desk) -> SyncOverview:
    """How much waits, how much came through today."""
    today = desk.clock.now().legal_date
    with desk.store.begin(reading=True) as uow:
        counts = uow.outbox.counts()
        todays = [case for case in _since(uow, today) if _day(case) == today]
    return SyncOverview(
        waiting=counts.waiting,
        refused=counts.refused,
        acknowledged_today=sum(1 for case in todays if case.gateway_receipt),
        numbered_today=sum(1 for case in todays if case.case_number),
        attachments=counts.attachments,
        attachment_bytes=counts.attachment_bytes,
        oldest_text=when(Stamp(counts.oldest_ms)) if counts.oldest_ms else "",
    )


def today_figures(desk: Desk) -> dict[str, int]:
    """Figures of the day: taken, accepted, deferred, notices, waived papers, finished, waiting."""
    must_see_cases(desk)
    today = desk.clock.now().legal_date
    with desk.store.begin(reading=True) as uow:
        waiting = uow.outbox.counts().waiting
        cases = [case for case in _since(uow, today) if case.kind is not CaseKind.PART and _day(case) == today]
    given = [how for case in cases for how in case.content.get("materials", {}).values()]
    waivers = {WayKind.E_CERTIFICATE.value, WayKind.SHARED_DATA.value}
    return {
        "收件": len(cases),
        "受理": sum(1 for case in cases if case.accepted_on),
        "容缺受理": sum(1 for case in cases if case.state is CaseState.ACCEPTED_DEFERRED),
        "一次性告知": sum(1 for case in cases if _was_noticed(case)),
        "免交材料": sum(1 for how in given if how.get("way") in waivers),
        "已办结": sum(1 for case in cases if case.state in _ENDED),
        "待同步": waiting,
    }


_ENDED = (CaseState.FINISHED, CaseState.DELIVERED, CaseState.ARCHIVED)
"""办结, also once the result was handed over."""


def _was_noticed(case: Case) -> bool:
    """Also when the papers have come since."""
    return case.state is CaseState.CORRECTION_ASKED or any(act.move is Move.ASK_CORRECTION for act in acts_of(case))


def _since(uow: UnitOfWork, day: dt.date) -> Iterator[Case]:
    """Newest first, until a case shows that everything below it was taken before that day.

    A case is stored when it is accepted, so one accepted earlier lies below all that was stored on the day; one entered after
    an emergency carries an earlier day than its place and proves nothing.
    """
    offset = 0
    while page := uow.cases.page(limit=_AT_ONCE, offset=offset):
        yield from page
        offset += len(page)
        last = next((case for case in reversed(page) if not case.parent), None)
        if last and last.accepted_on and last.accepted_on < day and "emergency" not in last.content:
            return


_AT_ONCE = 200


def _day(case: Case) -> object:
    return Stamp.from_json(case.received_at).legal_date
