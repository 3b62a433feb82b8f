"""What the office owes and until when: the five-day rule for notices (intakes left as drafts too), overdue papers, identities
that did not match.

Five working days after the taking without acceptance or notice: a licence is accepted by law from the day of the taking
(行政许可法 32 条); other business has no such rule and only turns red. It is flagged, a supervisor confirms it, it is never hidden.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clerk_app.domain.application import Application
from clerk_app.domain.case import Case, CaseState, Move
from clerk_app.domain.deadlines import promised_day, workdays_between
from clerk_app.domain.draft import Draft
from clerk_app.domain.identity import identity_of, with_identity
from clerk_app.domain.lint import FIVE
from clerk_app.domain.message import MessageKind
from clerk_app.domain.paper import Form
from clerk_app.domain.people import VERIFICATION_MOVES, Verification, mask_name
from clerk_app.domain.rights import Right, may
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused
from clerk_app.usecases.completing import waits_since
from clerk_app.usecases.desk import Desk, must_see_cases, must_take_cases
from clerk_app.usecases.moves import last_day_of
from clerk_app.usecases.settling import split
from clerk_app.usecases.writing import Accepted, Step, find_case, take_step

PERMIT = "01"
RED_FROM = 4
_OWED = frozenset({CaseState.RECEIVED, CaseState.CORRECTION_RECEIVED})
_FOLLOWING = frozenset({CaseState.ACCEPTED_DEFERRED, CaseState.CORRECTION_ASKED})


@dataclass(frozen=True, slots=True)
class OwedRow:
    """One case that waits for the office's answer. ``days``: working days since; ``tone``: green, amber, red.

    ``deemed``: by law accepted already (licences only); a supervisor confirms. ``draft``: an intake nobody finished; it has no
    number yet, and ``case_id`` is that of the draft.
    """

    case_id: str
    local_number: str
    item: str
    applicant: str
    days: int
    last_day: dt.date
    tone: str
    deemed: bool
    text: str
    draft: bool = False


@dataclass(frozen=True, slots=True)
class FollowingRow:
    """One case that waits for the applicant's papers. ``until`` None: the day stands on paper only."""

    case_id: str
    local_number: str
    item: str
    applicant: str
    until: dt.date | None
    overdue: bool


def owed_answers(desk: Desk) -> tuple[OwedRow, ...]:
    """收件 and 补正收件 without an answer yet, and drafts in which somebody applied for something, the most urgent first; red
    from the fourth working day."""
    must_see_cases(desk)
    today = desk.clock.now().legal_date
    with desk.store.begin(reading=True) as uow:
        rows = [_owed(desk, case, today) for case in uow.cases.in_states(_OWED)]
        rows += [_owed_draft(desk, draft, today) for draft in uow.drafts.all() if _somebody_applied(draft)]
    return tuple(sorted(rows, key=lambda row: (-row.days, row.local_number)))


def following_papers(desk: Desk) -> tuple[FollowingRow, ...]:
    """容缺 and 补正 cases whose papers are still to come, the earliest day first."""
    must_see_cases(desk)
    today = desk.clock.now().legal_date
    with desk.store.begin(reading=True) as uow:
        rows = [
            FollowingRow(
                case.id,
                case.local_number,
                case.item.name,
                _masked(case),
                until := last_day_of(case),
                until is not None and today > until,
            )
            for case in uow.cases.in_states(_FOLLOWING)
            if not case.parent
        ]
    return tuple(sorted(rows, key=lambda row: (row.until or dt.date.max, row.local_number)))


def confirm_deemed(desk: Desk, number: str) -> Accepted:
    """视为受理, confirmed by a supervisor: accepted from the day of the taking, the promised day counted from then (F2).

    Raises:
        Refused: not a supervisor, no licence, the five days are not over, or the case has its answer.
    """
    if not may(desk.session.role, Right.SUPERVISE):
        raise Refused("视为受理要督导人员确认。")
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        if case.state is not CaseState.RECEIVED or not _owed(desk, case, now.legal_date).deemed:
            raise Refused("这件办件没有到“视为受理”的时候。", what_is_safe="办件没有变。")
        day = Stamp.from_json(case.received_at).legal_date
        application = Application.from_json(case.content)
        facts = application.facts(day)
        scheme = desk.catalogue.scheme_at(case.item.id, case.item.sha256, application.parts or None, facts)
        promised = promised_day(day, scheme.limit(facts), desk.calendar)
        reason = f"{FIVE} 个工作日内没有告知，自收到材料之日起视为受理"
        step = Step(Move.ACCEPT, MessageKind.ACCEPTED, reason, "deemed", forms=(Form.F2,))
        due = promised.to_json() if promised else None
        case, jobs = take_step(desk, uow, case, step, now, accepted_on=day, deadline=due)
        uow.journal.append(desk.happening("case.deemed_accepted", case.id, case.revision))
        parts = split(desk, uow, case, scheme, application, now) if scheme.parts else ()
        uow.commit()
    return Accepted(case, parts, jobs)


def settle_identity(desk: Desk, number: str, reason: str) -> Case:
    """A person has looked at a mismatch and compared face and document: 人工核验, with the reason.

    Raises:
        Refused: no reason, or there is nothing to settle.
    """
    must_take_cases(desk)
    if not reason.strip():
        raise Refused("请写明怎么核对的。")
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        if Verification.MANUAL not in VERIFICATION_MOVES[identity_of(case)]:
            raise Refused("这件办件的身份核验不用人工处理。")
        case = with_identity(case, Verification.MANUAL, now, reason.strip())
        uow.cases.save(case)
        uow.journal.append(desk.happening("case.identity_settled", case.id, case.revision))
        uow.commit()
    return case


def _owed(desk: Desk, case: Case, today: dt.date) -> OwedRow:
    days, last, tone, text = _five_days(desk, waits_since(case).legal_date, today)
    deemed = days > FIVE and case.state is CaseState.RECEIVED and _is_permit(desk, case)
    if deemed:
        text = f"已过 {FIVE} 个工作日没有告知，依法视为受理，请督导确认"
    return OwedRow(case.id, case.local_number, case.item.name, _masked(case), days, last, tone, deemed, text)


def _owed_draft(desk: Desk, draft: Draft, today: dt.date) -> OwedRow:
    days, last, tone, text = _five_days(desk, _begun(draft).legal_date, today)
    name = mask_name(draft.text("applicant.name"))
    try:
        entry = desk.catalogue.scheme(draft.text("item")).name
    except Refused:  # the entry is gone: its id still tells which it was
        entry = draft.text("item")
    text = f"草稿（{draft.clerk}）还没有提交：{text}"
    return OwedRow(draft.id, "", entry, name, days, last, tone, deemed=False, text=text, draft=True)


def _somebody_applied(draft: Draft) -> bool:
    return bool(draft.text("item") and draft.text("applicant.name"))


def _begun(draft: Draft) -> Stamp:
    """When the applicant came: as the draft says it (a hand-taken one earlier), else when it was opened."""
    taken = draft.values.get("received_at")
    return Stamp.from_json(taken) if isinstance(taken, dict) else Stamp(draft.opened_ms)


def _five_days(desk: Desk, since: dt.date, today: dt.date) -> tuple[int, dt.date, str, str]:
    """Working days gone, the last day, the tone and the sentence."""
    days = workdays_between(since, today, desk.calendar)
    last = since
    while workdays_between(since, last, desk.calendar) < FIVE:
        last += dt.timedelta(days=1)
    text = f"第 {days} 个工作日，最迟 {last.isoformat()} 告知或者受理"
    if days > FIVE:
        text = f"已过 {FIVE} 个工作日还没有答复，请马上处理"
    tone = "red" if days >= RED_FROM else "amber" if days >= RED_FROM - 1 else "green"
    return days, last, tone, text


def _is_permit(desk: Desk, case: Case) -> bool:
    parts = case.content.get("parts") or None
    try:
        scheme = desk.catalogue.scheme_at(case.item.id, case.item.sha256, parts)
    except Refused:  # the entry is gone: nothing is claimed about it
        return False
    items = (scheme.item,) if scheme.item else scheme.parts
    return any(item.task_type == PERMIT for item in items)


def _masked(case: Case) -> str:
    return mask_name(str(case.content.get("applicant", {}).get("name", "")))
