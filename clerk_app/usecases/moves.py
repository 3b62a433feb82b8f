"""What can happen to a case that was taken: decline, refer, withdraw, return, void, transfer. One transaction each.

Each function answers ``Accepted`` (the case as it is now, parts that moved with it, papers ordered) and raises Refused when
role, state or reason do not fit; then nothing changed. ``number``: case id or any of its numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from clerk_app.domain.acts import last_act
from clerk_app.domain.application import Application
from clerk_app.domain.case import Case, CaseKind, CaseState, Move, Outcome
from clerk_app.domain.hall import Role
from clerk_app.domain.message import MessageKind
from clerk_app.domain.paper import Form
from clerk_app.domain.refusing import VOID_WITHIN_MS, DeclineKind
from clerk_app.domain.rights import Right, may
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.news import finish_package
from clerk_app.usecases.settling import decline_step, refer_step
from clerk_app.usecases.witness import Witness
from clerk_app.usecases.writing import (
    Accepted,
    Step,
    find_case,
    numbers_for,
    order_papers,
    parts_follow,
    take_step,
)

MAY_WITNESS = frozenset(role for role in Role if may(role, Right.TAKE_CASES) or may(role, Right.SUPERVISE))
"""Whose eyes count as the second pair when a case is voided."""


def decline(desk: Desk, number: str, kind: DeclineKind, reason: str, basis: str, instead: str = "") -> Accepted:
    """不予受理 of a case that was only taken in (收件, 补正): F3 with reason, provision, where to go instead, remedies."""
    must_take_cases(desk)
    return _one(desk, number, decline_step(kind, reason, basis, instead))


def refer(desk: Desk, number: str, where: str) -> Accepted:
    """引导到别处 of a case that was only taken in: F15."""
    must_take_cases(desk)
    return _one(desk, number, refer_step(where))


def withdraw(desk: Desk, number: str, reason: str = "") -> Accepted:
    """撤回 by the applicant, who need give no reason: F12, papers go back. All open parts of a life event go with it."""
    must_take_cases(desk)
    step = Step(Move.WITHDRAW, MessageKind.WITHDRAWN, reason.strip(), forms=(Form.F12,))
    return _one(desk, number, step, outcome=Outcome.WITHDRAWN.value)


def return_overdue(desk: Desk, number: str, last_day: dt.date | None = None) -> Accepted:
    """退件 because papers did not follow in time: F12.

    Args:
        last_day: the day written on the correction notice, where the case itself does not know one.

    Raises:
        Refused: the day is not over yet, or no day was ever set.
    """
    if not may(desk.session.role, Right.SUPERVISE):
        must_take_cases(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        until = last_day_of(case) or last_day
        if until is None:
            raise Refused("这件办件没有记下补交日期。", what_to_do="请写明告知书上的补正期限。")
        if now.legal_date <= until:
            raise Refused(f"还没有到期，最晚 {until.isoformat()}。", what_is_safe="办件没有变。")
        step = Step(
            Move.RETURN,
            MessageKind.RETURNED,
            f"到 {until.isoformat()} 没有补齐材料",
            "overdue",
            {"until": until.isoformat()},
            (Form.F12,),
        )
        done = _moved(desk, uow, case, step, now, outcome=Outcome.TERMINATED.value)
        uow.commit()
    return done


def last_day_of(case: Case) -> dt.date | None:
    """The last day on which papers may still follow: the latest 容缺 day, or the period of the correction notice."""
    if case.state is CaseState.ACCEPTED_DEFERRED:
        given = Application.from_json(case.content).materials.values()
        days = [dt.date.fromisoformat(how.until) for how in given if how.way is WayKind.DEFER and how.until]
        return max(days, default=None)
    asked = last_act(case, Move.ASK_CORRECTION)
    return dt.date.fromisoformat(asked.text("until")) if asked and asked.text("until") else None


def void(desk: Desk, number: str, reason: str, seen_by: Witness) -> Accepted:
    """作废 of a case taken by mistake minutes ago: reason, a second clerk's eyes, a printed notice, the platform told.

    Args:
        seen_by: proof that a second clerk stood by (usecases/witness.py); it is spent by this.

    Raises:
        Refused: too late, no reason, or the second clerk is the first one, unknown, closed or of another role.
    """
    must_take_cases(desk)
    if not reason.strip():
        raise Refused("作废要写明原因。", what_to_do="请写几个字，例如“选错了人”。")
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        taken = _taken_ms(uow, case)
        if case.parent:
            raise Refused("一件事的分件不能单独作废。", what_to_do="请作废整件，或者让申请人撤回这一项。")
        if not 0 <= now.utc_ms - taken <= VOID_WITHIN_MS:
            minutes = VOID_WITHIN_MS // 60_000
            raise Refused(f"受理超过 {minutes} 分钟，不能作废了。", what_to_do="请申请人撤回，或报管理部门处理。")
        second = _witnessed(desk, uow, seen_by)
        step = Step(Move.VOID, MessageKind.VOIDED, reason.strip(), detail={"second": second}, forms=(Form.VOID,))
        done = _moved(desk, uow, case, step, now)
        uow.journal.append(desk.happening("case.void_witnessed", case.id, done.case.revision, second=second))
        uow.commit()
    return done


MOST_SHEETS = 100_000


def transfer(desk: Desk, numbers: Sequence[str], to: str, sheets: int = 0) -> tuple[Accepted, ...]:
    """转办: cases taken here and decided elsewhere go over together, with one list (F14) for both sides to sign.

    Args:
        to: the receiving centre or department. sheets: paper sheets that go along, counted by hand.

    Raises:
        Refused: nothing to hand over, no receiver, no possible number of sheets, or one of the cases cannot go; then none goes.
    """
    must_take_cases(desk)
    if not to.strip() or not numbers:
        raise Refused("交接单要写明交给谁、交哪些办件。")
    if not 0 <= sheets <= MOST_SHEETS:
        raise Refused(f"一起交的页数应是 0 到 {MOST_SHEETS}。", what_is_safe="办件没有变。")
    now = desk.clock.now()
    with desk.store.begin() as uow:
        cases = [find_case(uow, number) for number in dict.fromkeys(numbers)]
        ids = [case.id for case in cases]
        detail = {"to": to.strip(), "cases": ids, "sheets": sheets}
        step = Step(Move.TRANSFER, MessageKind.TRANSFERRED, detail=detail)
        done = [_moved(desk, uow, case, step, now) for case in cases]
        first = done[0].case
        listed = numbers_for(desk, uow, (Form.F14,), now.legal_date)
        number = listed[Form.F14.value]
        jobs = order_papers(
            desk, uow, first, (Form.F14,), now, number=number, cases=",".join(ids), to=to.strip(), sheets=str(sheets)
        )
        uow.commit()
    return (Accepted(first, done[0].parts, jobs), *done[1:])


def _one(desk: Desk, number: str, step: Step, **changes: object) -> Accepted:
    now = desk.clock.now()
    with desk.store.begin() as uow:
        done = _moved(desk, uow, find_case(uow, number), step, now, **changes)
        uow.commit()
    return done


def _moved(desk: Desk, uow: UnitOfWork, case: Case, step: Step, now: Stamp, **changes: object) -> Accepted:
    moved, jobs = take_step(desk, uow, case, step, now, **changes)
    parts: tuple[Case, ...] = ()
    if moved.kind is CaseKind.PACKAGE:
        parts = parts_follow(desk, uow, moved, step, now, **changes)
    elif moved.parent:
        finish_package(uow, moved.parent, now)
    return Accepted(moved, parts, jobs)


def _witnessed(desk: Desk, uow: UnitOfWork, seen_by: Witness) -> str:
    other = uow.clerks.get(seen_by.login)
    if other is not None and other.role not in MAY_WITNESS:
        raise Refused("作废要另一位窗口人员在场确认。", what_to_do="请另一位同事输入自己的登录名和 PIN。")
    return seen_by.spend(desk, uow)


def _taken_ms(uow: UnitOfWork, case: Case) -> int:
    """When the case was taken, by the journal: the day on the paper may lie earlier (应急)."""
    entries = [entry for entry in uow.journal.of_case(case.id) if entry.happening.verb.startswith("case.")]
    return entries[0].happening.at.utc_ms if entries else Stamp.from_json(case.received_at).utc_ms
