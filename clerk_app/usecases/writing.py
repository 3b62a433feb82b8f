"""What every act on a case writes, inside the caller's transaction: the next revision, its journal entry, its signed outbox
message and its print jobs. Acceptance and all later moves go through here, so that none can forget a part.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from clerk_app.domain.acts import Act, with_act
from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.case import MOVE_NAMES, MOVES, STATE_NAMES, Case, CaseState, Move, NotAllowed
from clerk_app.domain.message import MessageKind, message_body
from clerk_app.domain.numbering import DocumentNumber, LocalNumber, document_serial, local_scope
from clerk_app.domain.outbox import AttachmentRef, OutboxMessage
from clerk_app.domain.paper import Form, PrintJob
from clerk_app.domain.precheck import Finding
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk

NUMBERED_FORMS: Mapping[Form, str] = {form: form.letters for form in Form if form.letters}
"""The kind letters in each form's 文号."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an act produced; handed out only after it was durable. ``parts``: the cases of a life event that moved too.
    ``findings``: what 智能预审 saw in an application that was entered whole, where no window showed it."""

    case: Case
    parts: tuple[Case, ...] = ()
    jobs: tuple[PrintJob, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One move and what belongs to it. ``kind`` None: nothing is sent for this revision (a later one of the same act is).

    ``content``: keys of the case's content that this act sets. ``reason`` and ``detail`` stay in the case, sealed.
    """

    move: Move
    kind: MessageKind | None
    reason: str = ""
    code: str = ""
    detail: Mapping[str, Json] = field(default_factory=dict)
    forms: tuple[Form, ...] = ()
    content: Mapping[str, Json] = field(default_factory=dict)


def find_case(uow: UnitOfWork, number: str) -> Case:
    """By id or any of its numbers. Raises Refused when there is none."""
    case = uow.cases.get(number) or uow.cases.find(number)
    if case is None:
        raise Refused("没有找到这件办件。", what_to_do="请核对编号，或者按姓名再找一次。")
    return case


def an_act(desk: Desk, step: Step, now: Stamp) -> Act:
    """The act as it is kept in the case."""
    return Act(step.move, now, desk.session.login, desk.hall.window, step.reason, step.code, step.detail)


def take_step(
    desk: Desk, uow: UnitOfWork, case: Case, step: Step, now: Stamp, **changes: Any
) -> tuple[Case, tuple[PrintJob, ...]]:
    """Move a stored case on. ``changes``: further fields of the case (accepted_on, deadline, outcome).

    Raises:
        Refused: the state machine has no such move, or somebody else was first.
    """
    try:
        moved = case.moved(step.move)
    except NotAllowed as error:
        raise Refused(
            f"这件办件现在是“{STATE_NAMES[case.state]}”，不能{MOVE_NAMES[step.move]}。",
            what_is_safe="办件没有变。",
            what_to_do="请打开这件办件看看它的经过。",
        ) from error
    content = with_act({**case.content, **step.content}, an_act(desk, step, now))
    numbers = numbers_for(desk, uow, step.forms, now.legal_date)
    moved = replace(moved, content=content, document_numbers={**case.document_numbers, **numbers}, **changes)
    uow.cases.save(moved)
    if step.kind is not None:
        send(desk, uow, moved, step.kind, now, share_from=moved.parent)
    uow.journal.append(desk.happening(_verb(step, moved), moved.id, moved.revision, move=step.move.value))
    return moved, order_papers(desk, uow, moved, step.forms, now)


_VERBS: Mapping[Move, str] = {
    Move.SUPPLEMENT: "case.supplemented",
    Move.SUPPLEMENT_PART: "case.supplemented",
    Move.END_SPECIAL: "case.special_ended",
}
"""What the journal calls a move whose state alone would not tell it."""


def _verb(step: Step, case: Case) -> str:
    return _VERBS.get(step.move, f"case.{case.state.value}")


def numbers_for(desk: Desk, uow: UnitOfWork, forms: Sequence[Form], day: dt.date) -> dict[str, str]:
    """A fresh 文号 for each form that has one."""
    return {form.value: str(document_number(desk, uow, form, day)) for form in forms if form in NUMBERED_FORMS}


def order_papers(
    desk: Desk, uow: UnitOfWork, case: Case, forms: Sequence[Form], now: Stamp, **detail: str
) -> tuple[PrintJob, ...]:
    """Print jobs for a revision; each keeps its own 文号, since a later paper of the same kind gets another."""
    jobs = []
    for form in forms:
        number = case.document_numbers.get(form.value, "")
        own = {"number": number, **detail} if number else dict(detail)
        job = PrintJob(desk.ids.new_id(), case.id, case.revision, form, now.utc_ms, detail=own)
        uow.print_jobs.add(job)
        jobs.append(job)
    return tuple(jobs)


def local_number(desk: Desk, uow: UnitOfWork, day: dt.date) -> LocalNumber:
    """The next local number of this window; a transaction that is rolled back takes none."""
    hall = desk.hall
    serial = uow.numbers.next(local_scope(hall.generation, day))
    return LocalNumber(hall.code, hall.window, hall.generation, day, serial)


def document_number(desk: Desk, uow: UnitOfWork, form: Form, day: dt.date) -> DocumentNumber:
    """The next 文号 of a form. Raises Refused when the window's block is used up."""
    hall = desk.hall
    count = uow.numbers.next(f"paper:{form.value}:{hall.generation}:{day.year}")
    try:
        serial = document_serial(hall.window, hall.generation, count)
    except ValueError as error:
        raise Refused("本窗口今年的文书号段用完了。", what_to_do="请管理员重新登记本窗口，换一段号。") from error
    return DocumentNumber(f"{hall.short}{NUMBERED_FORMS[form]}", day.year, serial)


def send(desk: Desk, uow: UnitOfWork, case: Case, kind: MessageKind, now: Stamp, *, share_from: str = "") -> None:
    """Write the outbox message: made and signed once, here, in the transaction of the act. A part shares the pages of its
    package (``share_from``)."""
    refs: dict[str, AttachmentRef] = {}
    for page in Application.from_json(case.content).pages:
        refs[page] = (
            uow.attachments.share(case.id, share_from, page) if share_from else uow.attachments.ref(case.id, page)
        )
    keys = {sha: uow.attachments.key(case.id, sha) for sha in refs}
    message_id = bytes_hash(f"{case.id}:{case.revision}:{kind.value}".encode())[:32]
    body = message_body(message_id, kind, case, tuple(refs.values()), keys)
    uow.outbox.add(
        OutboxMessage(
            id=message_id,
            seq=0,
            stream=case.parent or case.id,
            case_id=case.id,
            revision=case.revision,
            kind=kind.value,
            body=body,
            body_sha256=bytes_hash(body),
            suite=desk.signer.suite_id,
            signatures=desk.signer.sign(body),
            created_ms=now.utc_ms,
            attachments=tuple(refs.values()),
        )
    )


def parts_follow(
    desk: Desk, uow: UnitOfWork, package: Case, step: Step, now: Stamp, **changes: Any
) -> tuple[Case, ...]:
    """What happens to a life event happens to each of its parts that can still move so; those that ended keep their end."""
    alone = replace(step, forms=(), content={})
    movable = [part for part in uow.cases.parts_of(package.id) if _can(part.state, step.move)]
    return tuple(take_step(desk, uow, part, alone, now, **changes)[0] for part in movable)


def _can(state: CaseState, move: Move) -> bool:
    return state in MOVES[move][0]
