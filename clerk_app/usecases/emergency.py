"""应急受理: taken by hand while the system was down, under numbers reserved beforehand; entered later with that number and that
time (F16), and reconciled, so that no sheet is forgotten or entered twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.hall import Role
from clerk_app.domain.numbering import hand_number
from clerk_app.domain.paper import Form
from clerk_app.domain.time import Stamp, Trust
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.accept import Entered, enter_application
from clerk_app.usecases.desk import Desk, must_see_cases, must_take_cases
from clerk_app.usecases.writing import Accepted, numbers_for, order_papers

CHANNEL = "应急（手工）"
_BOOK = "emergency.book"


@dataclass(frozen=True, slots=True)
class HandRow:
    """One reserved number and what became of it; without a case it is still to be entered, or the sheet was not used."""

    number: str
    case_id: str = ""
    local_number: str = ""

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
    zone = dt.timezone(dt.timedelta(minutes=now.offset_min))
    moment = taken_at if taken_at.tzinfo else taken_at.replace(tzinfo=zone)
    taken = Stamp(int(moment.timestamp() * 1000), now.offset_min, 0, Trust.UNCHECKED)
    if taken.utc_ms > now.utc_ms:
        raise Refused("手工受理的时间不能晚于现在。", what_to_do="请照登记表核对时间。")
    with desk.store.begin(reading=True) as uow:
        if number not in _book(uow):
            raise Refused("这个手工编号不是本窗口留的。", what_to_do="请照登记表核对编号。")
    kept = {"emergency": {"number": number, "taken_at": taken.to_json(), "entered_at": now.to_json()}}
    entered = Entered(bytes_hash(f"hand:{number}".encode())[:32], kept, taken)
    by_hand = Application.from_json({**application.to_json(), "channel": CHANNEL})
    accepted = enter_application(desk, by_hand, pages, entered)
    with desk.store.begin() as uow:
        book = _book(uow)
        if book.get(number) != accepted.case.id:
            uow.config.set(_BOOK, {**book, number: accepted.case.id})
            uow.journal.append(desk.happening("emergency.entered", accepted.case.id, accepted.case.revision))
            numbers = numbers_for(desk, uow, (Form.F16,), now.legal_date)
            more = order_papers(
                desk, uow, accepted.case, (Form.F16,), now, number=numbers[Form.F16.value], cases=accepted.case.id
            )
            accepted = Accepted(accepted.case, accepted.parts, accepted.jobs + more)
        uow.commit()
    return accepted


def ledger(desk: Desk) -> tuple[HandRow, ...]:
    """Every reserved number with its case: what has none is still open (对账)."""
    if desk.session.role is not Role.SUPERVISOR:
        must_see_cases(desk)
    with desk.store.begin(reading=True) as uow:
        rows = []
        for number, case_id in sorted(_book(uow).items()):
            case = uow.cases.get(case_id) if case_id else None
            rows.append(HandRow(number, case_id, case.local_number if case else ""))
    return tuple(rows)


def _book(uow: UnitOfWork) -> dict[str, str]:
    return dict(uow.config.get(_BOOK) or {})
