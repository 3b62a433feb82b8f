"""A citizen comes back to this window with a case that another window of the hall took: find it, and go on with it here.

The gateway knows who may ask and writes each question down; this window writes it down too. A taken case has one owner: the window
that had it is told (``case.moved``), and what it still sends of later revisions is kept aside at the gateway.
"""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import Case, case_from_document
from clerk_app.errors import BadInput, LineProblem
from clerk_app.ports import FoundCase, HallCases, UnitOfWork
from clerk_app.usecases.desk import Desk, must_see_cases, must_take_cases


def find(
    desk: Desk, hall: HallCases, number: str, document_kind: str = "", *, reason: str = "returned"
) -> tuple[FoundCase, ...]:
    """Cases of the hall, newest first, by the applicant's document or by one of the case's numbers.

    Raises:
        BadInput: no number. Refused: the role may not see cases. LineProblem: no line; this cannot be known without one.
    """
    must_see_cases(desk)
    number = number.strip()
    if not number:
        raise BadInput("请先填号码。", what_to_do="可以填证件号码、回执号或平台编号。")
    found = hall.find(number, document_kind, reason=reason)
    with desk.store.begin() as uow:
        told = {"found": str(len(found)), "reason": reason, "mark": _mark(desk, uow, number)}
        uow.journal.append(desk.happening("hall.looked_up", "", 0, **told))
        uow.commit()
    return found


def _mark(desk: Desk, uow: UnitOfWork, number: str) -> str:
    """So that an auditor sees the same number asked for twice. A bare hash of a document number gives it away to whoever tries the
    few that there can be; the salt stays in the store and leaves with no export."""
    salt = uow.config.get(_SALT)
    if salt is None:
        salt = desk.ids.new_id()
        uow.config.set(_SALT, salt)
    return bytes_hash(f"{salt} {number}".encode())[:12]


_SALT = "hall.mark_salt"


def go_on_with(desk: Desk, hall: HallCases, case_id: str, *, reason: str = "returned") -> Case:
    """Take a case of the hall over and keep it here, with its pages; doing it again changes nothing.

    What this window has not sent yet of the same case is never overwritten: its own later revision stays.

    Raises:
        Refused: the role may not take cases, or the case is not of this hall. LineProblem: no line, or a broken answer.
    """
    must_take_cases(desk)
    taken = hall.take(case_id, reason=reason)
    try:
        case = case_from_document(taken.document)
    except (ValueError, KeyError, TypeError) as error:
        raise LineProblem("前置给的办件读不懂。", what_is_safe="本机没有变。", what_to_do="请联系管理员。") from error
    if case.id != case_id or case.hall != desk.hall.code:
        raise LineProblem("前置给的不是这一件。", what_is_safe="本机没有变。", what_to_do="请联系管理员。")
    case = replace(case, gateway_receipt=taken.found.receipt, case_number=taken.found.case_number)
    with desk.store.begin() as uow:
        held = uow.cases.get(case.id)
        if held is not None and held.revision >= case.revision:
            return held
        for page in taken.pages:
            uow.attachments.put(case.id, page.plain, page.media_type)
        if held is None:
            uow.cases.add(case)
        else:
            uow.cases.save(case)
        had = taken.found.window
        uow.journal.append(desk.happening("case.taken_over", case.id, case.revision, window=had, reason=reason))
        uow.commit()
    return case
