"""应急受理: taken by hand while the system was down, under numbers reserved beforehand; entered later with that number and that
time (F16), and reconciled, so that no sheet is forgotten or entered twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.case import Case, Move
from clerk_app.domain.draft import Draft
from clerk_app.domain.numbering import hand_number
from clerk_app.domain.paper import Form, PrintJob
from clerk_app.domain.people import mask_name
from clerk_app.domain.rights import Right, may
from clerk_app.domain.time import Stamp, Trust
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.accept import Entered, enter_application
from clerk_app.usecases.desk import Desk, must_see_cases, must_take_cases
from clerk_app.usecases.planning import plan
from clerk_app.usecases.settling import ending_of, write_case
from clerk_app.usecases.writing import Accepted, numbers_for, order_papers

CHANNEL = "应急（手工）"
_BOOK = "emergency.book"


@dataclass(frozen=True, slots=True)
class HandRow:
    """One reserved number and what became of it; without a case it is still to be entered, or the sheet was not used.

    ``item``, ``applicant`` (masked) and ``entered`` (minutes) say which case; ``draft``: its entry was begun.
    """

    number: str
    case_id: str = ""
    local_number: str = ""
    item: str = ""
    applicant: str = ""
    entered: str = ""
    draft: bool = False

    def to_json(self) -> Json:
        return {"number": self.number, "case_id": self.case_id or None, "local_number": self.local_number or None}


def reserve(desk: Desk, count: int) -> tuple[str, ...]:
    """Numbers to write on hand slips, from this window's own row, never given twice.

    Raises:
        Refused: more than 200 at once.
    """
    must_take_cases(desk)
    if not 1 <= count <= 200:
        raise Refused("一次可以留 1 到 200 个手工编号。")
    with desk.store.begin() as uow:
        scope = f"hand:{desk.hall.generation}"
        numbers = tuple(
            hand_number(desk.hall.code, desk.hall.window, desk.hall.generation, uow.numbers.next(scope))
            for _ in range(count)
        )
        book = _book(uow)
        uow.config.set(_BOOK, {**book, **dict.fromkeys(numbers, "")})
        uow.journal.append(desk.happening("emergency.reserved", count=str(count)))
        uow.commit()
    return numbers


def enter(
    desk: Desk,
    application: Application,
    pages: Sequence[tuple[bytes, str]] = (),
    *,
    number: str,
    taken_at: dt.datetime,
) -> Accepted:
    """补录: the case has its own local number; the hand number and the time of the taking stay with it, and its days count from
    then. Entering the same sheet again answers the same case.

    Raises:
        Refused: a number that was not reserved here, a time ahead of now, or a rule of the acceptance itself.
    """
    must_take_cases(desk)
    now = desk.clock.now()
    taken = _taken(now, taken_at)
    with desk.store.begin(reading=True) as uow:
        if number not in _book(uow):
            raise Refused("这个手工编号不是本窗口留的。", what_to_do="请照登记表核对编号。")
    kept = {"emergency": {"number": number, "taken_at": taken.to_json(), "entered_at": now.to_json()}}
    entered = Entered(_id_of(number), kept, taken)
    by_hand = Application.from_json({**application.to_json(), "channel": CHANNEL})
    accepted = enter_application(desk, by_hand, pages, entered)
    with desk.store.begin() as uow:
        if _book(uow).get(number) != accepted.case.id:
            more = _register(desk, uow, number, accepted.case, now)
            accepted = Accepted(accepted.case, accepted.parts, accepted.jobs + more)
        uow.commit()
    return accepted


def ledger(desk: Desk) -> tuple[HandRow, ...]:
    """Every reserved number with its case: what has none is still open (对账)."""
    if not may(desk.session.role, Right.SUPERVISE):
        must_see_cases(desk)
    with desk.store.begin(reading=True) as uow:
        rows = []
        for number, case_id in sorted(_book(uow).items()):
            case = uow.cases.get(case_id) if case_id else None
            rows.append(_entered_row(number, case) if case else HandRow(number, draft=_begun(uow, number)))
    return tuple(rows)


def begin_entry(desk: Desk, number: str, taken_at: dt.datetime, taken_by: str) -> str:
    """The draft in which one hand slip is entered, for the window's own intake; one that was begun is opened again.

    Args:
        taken_at: when the applicant was here, local time. taken_by: who took it, as the slip says.

    Raises:
        Refused: a number that was not reserved here or is entered already, a time ahead of now, nobody named.
    """
    must_take_cases(desk)
    now = desk.clock.now()
    taken = _taken(now, taken_at)
    if not taken_by.strip():
        raise Refused("请写明当时是谁收的。", what_to_do="照登记表上的经办人写。")
    own = _id_of(number)
    values: dict[str, Json] = {
        "step": "applicant",
        "channel": CHANNEL,
        "received_at": taken.to_json(),
        "emergency.number": number,
        "emergency.taken_at": taken.to_json(),
        "emergency.taken_by": taken_by.strip(),
    }
    with desk.store.begin() as uow:
        _must_be_open(uow, number)
        if uow.drafts.get(own) is None:
            uow.drafts.open(Draft(own, desk.session.login, now.utc_ms, now.utc_ms, values))
            uow.journal.append(desk.happening("draft.open", own))
        else:  # begun before: what the slip says may have been mended, what was entered stays
            uow.drafts.save(own, {key: value for key, value in values.items() if key != "step"}, now.utc_ms)
        uow.commit()
    return own


def is_entry(draft: Draft) -> bool:
    """Whether a draft enters a hand slip."""
    return bool(draft.text("emergency.number"))


def enter_draft(desk: Desk, draft_id: str) -> Accepted:
    """受理 of an entered slip: case, message, papers, F16, the book and the draft's end in one transaction.

    Raises:
        Refused: a rule of the acceptance says no, or the number was entered meanwhile.
    """
    must_take_cases(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        if before := uow.cases.get(draft_id):
            return Accepted(before, uow.cases.parts_of(before.id), uow.print_jobs.of_case(before.id))
        draft = uow.drafts.get(draft_id)
        if draft is None or not is_entry(draft):
            raise Refused("这份补录已经不在了。", what_to_do="请到应急补录里重新开始。")
        number, taken = draft.text("emergency.number"), draft.values["emergency.taken_at"]
        _must_be_open(uow, number)
        view = plan(desk, draft, uow)
        kept = {
            "number": number,
            "taken_at": taken,
            "taken_by": draft.text("emergency.taken_by"),
            "entered_at": now.to_json(),
        }
        ending = ending_of(view, Move.ACCEPT, None)
        accepted = write_case(desk, uow, view, Stamp.from_json(taken), ending, {"emergency": kept})
        more = _register(desk, uow, number, accepted.case, now)
        uow.drafts.close(draft_id)
        uow.commit()
    return Accepted(accepted.case, accepted.parts, accepted.jobs + more)


def _register(desk: Desk, uow: UnitOfWork, number: str, case: Case, now: Stamp) -> tuple[PrintJob, ...]:
    """The book, the journal and F16."""
    uow.config.set(_BOOK, {**_book(uow), number: case.id})
    uow.journal.append(desk.happening("emergency.entered", case.id, case.revision))
    numbers = numbers_for(desk, uow, (Form.F16,), now.legal_date)
    return order_papers(desk, uow, case, (Form.F16,), now, number=numbers[Form.F16.value], cases=case.id)


def _taken(now: Stamp, taken_at: dt.datetime) -> Stamp:
    zone = dt.timezone(dt.timedelta(minutes=now.offset_min))
    moment = taken_at if taken_at.tzinfo else taken_at.replace(tzinfo=zone)
    taken = Stamp(int(moment.timestamp() * 1000), now.offset_min, 0, Trust.UNCHECKED)
    if taken.utc_ms > now.utc_ms:
        raise Refused("手工受理的时间不能晚于现在。", what_to_do="请照登记表核对时间。")
    return taken


def _id_of(number: str) -> str:
    """The case id of a slip: the same slip never makes two cases."""
    return bytes_hash(f"hand:{number}".encode())[:32]


def _must_be_open(uow: UnitOfWork, number: str) -> None:
    book = _book(uow)
    if number not in book:
        raise Refused("这个手工编号不是本窗口留的。", what_to_do="请照登记表核对编号。")
    if book[number]:
        raise Refused(
            "这个手工编号已经补录过了。", what_is_safe="先前那件没有变。", what_to_do="请核对登记表上的编号。"
        )


def _begun(uow: UnitOfWork, number: str) -> bool:
    return uow.drafts.get(_id_of(number)) is not None


def _entered_row(number: str, case: Case) -> HandRow:
    entered = case.content.get("emergency", {}).get("entered_at")
    name = str((case.content.get("applicant") or {}).get("name", ""))
    when = Stamp.from_json(entered).local.strftime("%m-%d %H:%M") if entered else ""
    return HandRow(number, case.id, case.local_number, case.item.name, mask_name(name), when)


def _book(uow: UnitOfWork) -> dict[str, str]:
    return dict(uow.config.get(_BOOK) or {})
