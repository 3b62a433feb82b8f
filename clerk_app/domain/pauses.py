"""What does not count in the promised days: waiting for the applicant's corrections, and 特殊程序 (行政许可法 45 条, 必知 9).

Of a special procedure only the time that the applicant was told in writing is left out: past the day on the notice (F9) the
clock goes on by itself (D2 第32点: notice with the expected days). Pure rules over the acts kept in a case.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clerk_app.domain.acts import Act, acts_of, last_act
from clerk_app.domain.case import Case, CaseState, Move
from clerk_app.domain.deadlines import Deadline, Pause, WorkCalendar, deadline
from clerk_app.domain.procedures import SpecialKind


@dataclass(frozen=True, slots=True)
class RunningProcedure:
    """A procedure that runs now. ``until``: the last day the applicant was told; the clock stands until then."""

    kind: SpecialKind
    since: dt.date
    until: dt.date
    reason: str
    basis: str

    def overdue(self, today: dt.date) -> bool:
        return today > self.until


def running(case: Case) -> RunningProcedure | None:
    """What runs now; None when nothing does."""
    act = last_act(case, Move.BEGIN_SPECIAL) if case.state is CaseState.SPECIAL_PROCEDURE else None
    if act is None:
        return None
    return RunningProcedure(SpecialKind(act.code), act.day, _told(act), act.reason, act.text("basis"))


def pauses_of(case: Case, today: dt.date) -> tuple[Pause, ...]:
    """Every stretch since the acceptance that does not count: waiting for the applicant's corrections, and special procedures
    as far as their time was told. One that still lasts ends ``today``."""
    return (*_corrections(case, today), *_procedures(case, today))


def renewed_deadline(case: Case, calendar: WorkCalendar, today: dt.date) -> Deadline | None:
    """The promised day with all that does not count taken out; the promise itself stays as it was pinned at acceptance.

    None where the case was not accepted or its promise has no day."""
    if case.accepted_on is None or case.deadline is None:
        return None
    return deadline(case.accepted_on, Deadline.from_json(case.deadline).limit, calendar, pauses_of(case, today))


def _procedures(case: Case, today: dt.date) -> list[Pause]:
    pauses, begun = list[Pause](), None
    for act in acts_of(case):
        if act.move is Move.BEGIN_SPECIAL:
            begun = act
        elif act.move is Move.END_SPECIAL and begun is not None:
            pauses.append(Pause(begun.day, min(act.day, _told(begun))))
            begun = None
    if begun is not None:
        pauses.append(Pause(begun.day, min(today, _told(begun))))
    return pauses


def _corrections(case: Case, today: dt.date) -> list[Pause]:
    """A notice before the acceptance is no pause: the clock had not begun."""
    pauses, is_accepted, since = list[Pause](), False, None
    for act in acts_of(case):
        if act.move is Move.ASK_CORRECTION and is_accepted and since is None:
            since = act.day
        elif act.move in (Move.ACCEPT, Move.ACCEPT_DEFERRED):
            if since is not None:
                pauses.append(Pause(since, act.day))
            is_accepted, since = True, None
    return [*pauses, Pause(since, today)] if since is not None else pauses


def _told(act: Act) -> dt.date:
    """The last day on the notice."""
    return dt.date.fromisoformat(act.text("until"))
