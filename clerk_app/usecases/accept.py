"""受理: the case, its journal entry, its outbox message and its print jobs in ONE transaction, durable before it is shown.

The draft's id becomes the case id and the message id is made from it, so that trying again after an unknown outcome
(a commit that reported failure can be there after reopening) finds the case instead of making a second one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.case import Case, CaseKind, CaseState, CatalogueVersion
from clerk_app.domain.deadlines import promised_day
from clerk_app.domain.draft import Draft
from clerk_app.domain.life_event import LIFE_EVENT, Scheme
from clerk_app.domain.materials import Answer, forms_for
from clerk_app.domain.message import MessageKind, message_body
from clerk_app.domain.numbering import DocumentNumber, LocalNumber, document_serial
from clerk_app.domain.outbox import AttachmentRef, OutboxMessage
from clerk_app.domain.paper import Form, PrintJob
from clerk_app.domain.service_item import ServiceItem, WayKind
from clerk_app.domain.time import Stamp
from clerk_app.errors import Bug, Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.planning import Plan, plan, unanswered

NUMBERED_FORMS: Mapping[Form, str] = {Form.F1: "收", Form.F2: "受", Form.F4: "补", Form.F6: "容", Form.F7: "诺"}
"""The kind letter in each form's 文号, after the hall's short name."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a commit produced; read back only after it was durable."""

    case: Case
    parts: tuple[Case, ...]
    jobs: tuple[PrintJob, ...]


def accept_draft(desk: Desk, draft_id: str) -> Accepted:
    """受理 what stands in a draft.

    Raises:
        Refused: a rule says no (``reasons`` lists every one of them at once), or a one-time notice was given already.
        StorageProblem: the disk failed; call again with the same draft, nothing is doubled.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, notice=False)


def give_notice(desk: Desk, draft_id: str) -> Accepted:
    """一次性告知: take in what is there and list everything missing at once (F1 + F4); the case waits for correction.

    Raises:
        Refused: nothing is missing, the applicant, item or situation is not known yet, or it was accepted already.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, notice=True)


def accept_application(desk: Desk, application: Application, pages: Sequence[tuple[bytes, str]] = ()) -> Accepted:
    """受理 a whole application at once (command line, later: forms from elsewhere) through the very same rules.

    ``pages``: (bytes, media type) of every page that the materials name by SHA-256.

    Raises:
        Refused: a rule says no, or a named page was not handed over.
    """
    must_take_cases(desk)
    now = desk.clock.now()
    by_hash = {bytes_hash(data): (data, media_type) for data, media_type in pages}
    wanted = {page for given in application.materials.values() for page in given.pages}
    if wanted - set(by_hash):
        raise Refused("有材料页没有一起交上来。", what_is_safe="没有留下半份数据。", what_to_do="请把缺的页补上再试。")
    draft = Draft(desk.ids.new_id(), desk.session.login, now.utc_ms, now.utc_ms, draft_values(application, now))
    view = plan(desk, draft)
    _must_be_acceptable(view)
    named = dict.fromkeys(page for given in view.application.materials.values() for page in given.pages)
    with desk.store.begin() as uow:
        for page in named:
            uow.attachments.put(draft.id, *by_hash[page])
        accepted = _write(desk, uow, view, now, notice=False)
        uow.commit()
    return accepted


def draft_values(application: Application, now: Stamp) -> dict[str, Json]:
    """The flat draft form of an application (the inverse of domain.draft.application_of)."""
    data = application.to_json()
    values: dict[str, Json] = {
        "item": application.item_id,
        "parts": list(application.parts),
        "received_at": now.to_json(),
    }
    sections = {"answers": "answer", "materials": "material", "fields": "field"}
    for name, prefix in sections.items():
        values |= {f"{prefix}.{key}": value for key, value in data[name].items()}
    values |= {f"applicant.{key}": value for key, value in data["applicant"].items()}
    values |= {f"agent.{key}": value for key, value in (data["agent"] or {}).items()}
    return values | {"delivery": application.delivery, "signature": data["signature"], "channel": application.channel}


def _settle(desk: Desk, draft_id: str, *, notice: bool) -> Accepted:
    now = desk.clock.now()
    with desk.store.begin() as uow:
        if before := uow.cases.get(draft_id):
            if notice is not (before.accepted_on is None):
                raise _settled_otherwise(before)
            return _read_back(uow, before)
        draft = uow.drafts.get(draft_id)
        if draft is None:
            raise Refused("这份暂存已经不在了。", what_to_do="请到“查询”里找这件办件。")
        view = plan(desk, draft)
        if notice:
            _must_miss_something(view)
        else:
            _must_be_acceptable(view)
        accepted = _write(desk, uow, view, now, notice=notice)
        uow.drafts.close(draft_id)
        uow.commit()
    return accepted


def _settled_otherwise(before: Case) -> Refused:
    if before.accepted_on is None:
        return Refused("这件办件出过一次性告知书，还没有受理。", what_to_do="请到“查询”里找到它，补齐后再受理。")
    return Refused("这件办件已经受理了，不用再告知。", what_to_do="请到“查询”里找到它。")


def _must_be_acceptable(view: Plan) -> None:
    if view.obstacles:
        raise Refused(
            "还不能受理。", reasons=view.obstacles, what_is_safe="已填的都保存着。", what_to_do="请按列出的逐项补齐。"
        )


def _must_miss_something(view: Plan) -> None:
    if view.scheme is None or view.applicant_faults or view.agent_faults or view.doubtful:
        raise Refused("请先核对申请人并选好事项，再出一次性告知书。", reasons=view.obstacles)
    if questions := unanswered(view):
        raise Refused(
            "情况还没有问清，告知书会不全。",
            reasons=questions,
            what_is_safe="已填的都保存着。",
            what_to_do="请先答完。",
        )
    if view.checklist is None or not view.checklist.missing:
        raise Refused("材料是齐的，不需要一次性告知。", what_to_do="可以直接受理。")


def _write(desk: Desk, uow: UnitOfWork, view: Plan, now: Stamp, *, notice: bool) -> Accepted:
    """Everything of one act inside the caller's transaction."""
    scheme, application = view.scheme, view.application
    if scheme is None:
        raise Refused("还没有选事项。")
    day = now.legal_date
    forms = _forms(view, notice=notice)
    content = dict(application.to_json())
    content["notes"] = _notes(view, notice=notice)
    case = Case(
        id=view.draft.id,
        kind=CaseKind.PACKAGE if scheme.kind == LIFE_EVENT else CaseKind.SINGLE,
        state=_state(view, notice=notice),
        revision=1,
        local_number=str(_local_number(desk, uow, day)),
        item=_pin(scheme.id, scheme.name, scheme.version, scheme.sha256, desk.hall.sample or scheme.is_sample),
        hall=desk.hall.code,
        window=desk.hall.window,
        clerk=desk.session.login,
        received_at=view.draft.values.get("received_at") or now.to_json(),
        accepted_on=None if notice else day,
        deadline=view.promised.to_json() if view.promised and not notice else None,
        content=content,
        document_numbers={form.value: str(_document_number(desk, uow, form, day)) for form in forms},
    )
    parts = (
        ()
        if notice
        else tuple(_part(desk, case, scheme, application, item, n) for n, item in enumerate(scheme.parts, 1))
    )
    uow.cases.add(case)
    kind = MessageKind.CORRECTION if notice else MessageKind.ACCEPTED
    _send(desk, uow, case, kind, application, now, share_from="")
    uow.journal.append(desk.happening(f"case.{case.state.value}", case.id, case.revision, trust=now.trust.value))
    for part in parts:
        uow.cases.add(part)
        _send(desk, uow, part, kind, Application.from_json(part.content), now, share_from=case.id)
        uow.journal.append(desk.happening("case.accepted", part.id, part.revision, package=case.id))
    jobs = tuple(PrintJob(desk.ids.new_id(), case.id, case.revision, form, now.utc_ms) for form in forms)
    for job in jobs:
        uow.print_jobs.add(job)
    return Accepted(case, parts, jobs)


def _forms(view: Plan, *, notice: bool) -> tuple[Form, ...]:
    if view.checklist is None or view.answer is None:
        raise Bug("a plan with a scheme has a checklist and an answer")
    return forms_for(Answer.ASK_CORRECTION if notice else view.answer, view.checklist)


def _state(view: Plan, *, notice: bool) -> CaseState:
    if notice:
        return CaseState.CORRECTION_ASKED
    return CaseState.ACCEPTED_DEFERRED if view.answer is Answer.ACCEPT_DEFERRED else CaseState.ACCEPTED


def _notes(view: Plan, *, notice: bool) -> Json:
    """What the papers need later and the answers alone do not say: names and reasons as they were told."""
    missing = view.checklist.missing if view.checklist and notice else ()
    return {
        "shown_sha256": view.shown_sha256,
        "shown": [list(row) for row in view.shown],
        "missing": [[item.material.name, list(item.reasons)] for item in missing],
    }


def _pin(entry_id: str, name: str, version: str, sha256: str, sample: bool) -> CatalogueVersion:
    return CatalogueVersion(entry_id, name, version, sha256, sample)


def _local_number(desk: Desk, uow: UnitOfWork, day: dt.date) -> LocalNumber:
    hall = desk.hall
    serial = uow.numbers.next(f"local:{hall.generation}:{day.isoformat()}")
    return LocalNumber(hall.code, hall.window, hall.generation, day, serial)


def _document_number(desk: Desk, uow: UnitOfWork, form: Form, day: dt.date) -> DocumentNumber:
    hall = desk.hall
    count = uow.numbers.next(f"paper:{form.value}:{hall.generation}:{day.year}")
    try:
        serial = document_serial(hall.window, hall.generation, count)
    except ValueError as error:
        raise Refused("本窗口今年的文书号段用完了。", what_to_do="请管理员重新登记本窗口，换一段号。") from error
    return DocumentNumber(f"{hall.short}{NUMBERED_FORMS[form]}", day.year, serial)


def _part(desk: Desk, package: Case, scheme: Scheme, application: Application, item: ServiceItem, n: int) -> Case:
    """One linked case of a life event, with only the materials and fields that its item or the event as a whole asks
    for, and with the answers that the life event settles for it."""
    shared = scheme.event
    materials = {material.id for material in (*item.materials, *(shared.materials if shared else ()))}
    fields = {field.id for field in (*item.fields, *(shared.fields if shared else ()))}
    settled = next((part.answers for part in scheme.event.parts if part.item_id == item.id), {}) if scheme.event else {}
    own = replace(
        application,
        item_id=item.id,
        parts=(),
        answers={**application.answers, **settled},
        materials={key: given for key, given in application.materials.items() if key in materials},
        fields={key: value for key, value in application.fields.items() if key in fields},
    )
    day = package.accepted_on
    if day is None:
        raise Refused("一件事还没有受理，不能拆分。")
    promised = promised_day(day, item.promised, desk.calendar)
    return replace(
        package,
        id=bytes_hash(f"{package.id}:{item.id}".encode())[:32],
        kind=CaseKind.PART,
        state=CaseState.ACCEPTED if not _deferred(own) else CaseState.ACCEPTED_DEFERRED,
        local_number=f"{package.local_number}/{n}",
        item=_pin(item.id, item.name, item.version, item.sha256, desk.hall.sample or item.is_sample),
        deadline=promised.to_json() if promised else None,
        content={**own.to_json(), "notes": {"shown_sha256": package.content["notes"]["shown_sha256"]}},
        parent=package.id,
        document_numbers={},
    )


def _deferred(application: Application) -> bool:
    return any(given.way is WayKind.DEFER for given in application.materials.values())


def _send(
    desk: Desk, uow: UnitOfWork, case: Case, kind: MessageKind, application: Application, now: Stamp, *, share_from: str
) -> None:
    """Write the outbox message: made and signed once, here, in the transaction of the act."""
    refs: dict[str, AttachmentRef] = {}
    for given in application.materials.values():
        for page in given.pages:
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


def _read_back(uow: UnitOfWork, case: Case) -> Accepted:
    return Accepted(case, uow.cases.parts_of(case.id), uow.print_jobs.of_case(case.id))
