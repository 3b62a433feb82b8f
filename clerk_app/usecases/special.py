"""特殊程序 of a case that was accepted: begin with a written notice (F9), end with what came of it (F9 again).

Between the two the promised days stand still, as long as the applicant was told (domain/pauses.py). Each is one transaction:
revision, journal, message, paper.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from clerk_app.domain.acts import with_act
from clerk_app.domain.canonical import Json
from clerk_app.domain.case import MOVES, Case, CaseKind, CaseState, Move
from clerk_app.domain.deadlines import workdays_between
from clerk_app.domain.message import MessageKind
from clerk_app.domain.paper import Form, PrintJob
from clerk_app.domain.pauses import renewed_deadline, running
from clerk_app.domain.people import mask_name
from clerk_app.domain.procedures import SPECIAL_NAMES, SpecialKind, SpecialProcedure
from clerk_app.domain.rights import Right, may
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_see_cases, must_take_cases
from clerk_app.usecases.writing import Accepted, Step, an_act, find_case, take_step

LONGEST_DAYS = 366
"""Ours (拟): a notice of a longer procedure is taken for a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """``reason``: why it is needed. ``basis``: the rule it rests on, from the item's data or the department's letter, never from
    this program. ``until``: the last day that the notice tells."""

    kind: SpecialKind
    reason: str
    basis: str
    until: dt.date


@dataclass(frozen=True, slots=True)
class RunningRow:
    """One procedure under way. ``overdue``: past the day the applicant was told; the promised days count again."""

    case_id: str
    local_number: str
    item: str
    applicant: str
    name: str
    until: dt.date
    overdue: bool


def listed(desk: Desk, case: Case) -> tuple[SpecialProcedure, ...]:
    """The procedures that the case's own item names, by the rules it began with; none when its entry is gone."""
    try:
        scheme = desk.catalogue.scheme_at(case.item.id, case.item.sha256, case.content.get("parts") or None)
    except Refused:
        return ()
    return tuple(dict.fromkeys(each for item in (scheme.item, *scheme.parts) if item for each in item.special))


def begin(desk: Desk, number: str, procedure: Procedure) -> Accepted:
    """特殊程序开始: the clock stands from the next day on until ``procedure.until`` at the latest; F9 tells so.

    A life event as a whole takes along its parts that stand under review; a part can go alone.

    Raises:
        Refused: role, state or parts do not fit; no reason, no basis, or a day that lies not ahead; nothing changed.
    """
    _must_handle(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        procedure = _with_basis(desk, case, procedure)
        _must_be_whole(procedure, now.legal_date)
        days = workdays_between(now.legal_date, procedure.until, desk.calendar)
        detail: dict[str, Json] = {
            "basis": procedure.basis.strip(),
            "until": procedure.until.isoformat(),
            "workdays": days,
        }
        step = Step(
            Move.BEGIN_SPECIAL,
            MessageKind.SPECIAL_BEGUN,
            procedure.reason.strip(),
            procedure.kind.value,
            detail,
            (Form.F9,),
        )
        done = _with_parts(desk, uow, case, step, now, procedure.until)
        uow.commit()
    return done


def end(desk: Desk, number: str, result: str) -> Accepted:
    """特殊程序结束: back to review; the promised day is counted anew, and F9 tells it.

    Raises:
        Refused: role or state do not fit, or it is not said what came of it; nothing changed.
    """
    _must_handle(desk)
    if not result.strip():
        raise Refused("请写明特殊程序的结果。", what_is_safe="办件没有变。", what_to_do="例如“检测合格”“听证已举行”。")
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        runs = running(case)
        code = runs.kind.value if runs else ""
        counted = min(now.legal_date, runs.until) if runs else now.legal_date
        detail: dict[str, Json] = {
            "since": runs.since.isoformat() if runs else "",
            "until": counted.isoformat(),
            "workdays": workdays_between(runs.since, counted, desk.calendar) if runs else 0,
            "late": bool(runs and runs.overdue(now.legal_date)),
        }
        step = Step(Move.END_SPECIAL, MessageKind.SPECIAL_ENDED, result.strip(), code, detail, (Form.F9,))
        done = _with_parts(desk, uow, case, step, now, now.legal_date)
        uow.commit()
    return done


def under_way(desk: Desk) -> tuple[RunningRow, ...]:
    """Procedures that run now, the earliest told day first; past that day a person has to look."""
    must_see_cases(desk)
    today = desk.clock.now().legal_date
    rows = list[RunningRow]()
    with desk.store.begin(reading=True) as uow:
        for case in uow.cases.in_states({CaseState.SPECIAL_PROCEDURE}):
            runs = running(case)
            if runs is None:
                continue
            name = mask_name(str(case.content.get("applicant", {}).get("name", "")))
            told = SPECIAL_NAMES[runs.kind]
            overdue = runs.overdue(today)
            rows.append(RunningRow(case.id, case.local_number, case.item.name, name, told, runs.until, overdue))
    return tuple(sorted(rows, key=lambda row: (row.until, row.local_number)))


# --- inside


def _must_handle(desk: Desk) -> None:
    """Window staff keep the counter's side of it; a supervisor may too. Ours (拟): no source says who."""
    if not may(desk.session.role, Right.SUPERVISE):
        must_take_cases(desk)


def _with_basis(desk: Desk, case: Case, procedure: Procedure) -> Procedure:
    """What the clerk left open the item's own data may say."""
    if procedure.basis.strip():
        return procedure
    known = next((each.basis for each in listed(desk, case) if each.kind is procedure.kind), "")
    return replace(procedure, basis=known)


def _must_be_whole(procedure: Procedure, today: dt.date) -> None:
    """What the notice has to say (data sheet §4 F9: 依据, 所需时间; 行政许可法 45 条 识)."""
    if not procedure.reason.strip():
        raise Refused("特殊程序要写明原因。", what_is_safe="办件没有变。", what_to_do="请写清为什么要做。")
    if not procedure.basis.strip():
        raise Refused("特殊程序要写明依据。", what_is_safe="办件没有变。", what_to_do="请照部门的通知写，不要自己编。")
    if procedure.until <= today:
        raise Refused("预计结束的日期要在今天以后。", what_is_safe="办件没有变。", what_to_do="请核对日期。")
    if (procedure.until - today).days > LONGEST_DAYS:
        raise Refused("预计结束的日期太远了。", what_is_safe="办件没有变。", what_to_do="请核对日期。")


def _with_parts(desk: Desk, uow: UnitOfWork, case: Case, step: Step, now: Stamp, until: dt.date) -> Accepted:
    """The case and, of a whole life event, each part that can go along; every one keeps its own promised day."""
    done, jobs = _moved(desk, uow, case, step, now, until)
    parts: tuple[Case, ...] = ()
    if done.kind is CaseKind.PACKAGE:
        alone = Step(step.move, step.kind, step.reason, step.code, step.detail)
        movable = [part for part in uow.cases.parts_of(done.id) if part.state in MOVES[step.move][0]]
        parts = tuple(_moved(desk, uow, part, alone, now, until)[0] for part in movable)
    return Accepted(done, parts, jobs)


def _moved(
    desk: Desk, uow: UnitOfWork, case: Case, step: Step, now: Stamp, until: dt.date
) -> tuple[Case, tuple[PrintJob, ...]]:
    """One case moved, its promised day counted anew with this act in it; the paper tells both days."""
    with_it = replace(case, content=with_act(case.content, an_act(desk, step, now)))
    due = renewed_deadline(with_it, desk.calendar, until)
    told = {
        **step.detail,
        "due_before": case.deadline["day"] if case.deadline else "",
        "due": due.day.isoformat() if due else "",
    }
    kept = due.to_json() if due else case.deadline
    return take_step(desk, uow, case, replace(step, detail=told), now, deadline=kept)
