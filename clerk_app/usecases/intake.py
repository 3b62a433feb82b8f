"""收件: an intake under way. Each call saves at once; ``plan`` derives everything the screen shows from the draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from clerk_app.domain.application import Application, Given, shown_hash
from clerk_app.domain.canonical import Json
from clerk_app.domain.conditions import Facts
from clerk_app.domain.deadlines import Deadline, deadline
from clerk_app.domain.draft import Draft, application_of
from clerk_app.domain.form import asked_fields, field_fault, form_faults
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.materials import (
    Answer,
    Checklist,
    answer_to,
    check,
    deferral_day,
    fault_of,
    requirements,
    suggested,
)
from clerk_app.domain.paper import Form
from clerk_app.domain.people import DocumentKind, IdentityMeans, Verification, person_faults
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.service_item import FormField, Material, Question
from clerk_app.errors import BadInput, Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.showing import Row, shown_rows

NOT_GIVEN: Json = {"way": "missing"}
"""Stored for a material when the clerk takes a suggested waiver back: then nothing is suggested again."""


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One line of the checklist. ``given`` is None while missing; ``suggested`` tells a proposal from a clerk's choice.

    ``until``: the last day a 容缺 paper may follow, None when it may not be deferred. ``faults``: why it does not count.
    """

    material: Material
    needed: bool
    required: bool
    given: Given | None
    suggested: bool
    until: dt.date | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the intake screen shows, derived from one draft at one moment."""

    draft: Draft
    application: Application
    scheme: Scheme | None
    facts: Facts
    applicant_faults: Mapping[str, str]
    doubtful: tuple[str, ...]  # applicant fields the machine is unsure of and nobody has looked at yet
    questions: tuple[Question, ...] = ()
    rows: tuple[MaterialRow, ...] = ()
    checklist: Checklist | None = None
    answer: Answer | None = None
    forms: tuple[Form, ...] = ()
    fields: tuple[FormField, ...] = ()
    field_faults: Mapping[str, str] | None = None
    promised: Deadline | None = None
    shown: tuple[Row, ...] = ()
    shown_sha256: str = ""
    signed: bool = False
    obstacles: tuple[str, ...] = ()  # why it cannot be accepted yet, whole sentences; empty: 可以受理


def open_draft(desk: Desk) -> Draft:
    """Begin an intake; it is on disk when this returns."""
    must_take_cases(desk)
    now = desk.clock.now()
    draft = Draft(
        desk.ids.new_id(),
        desk.session.login,
        now.utc_ms,
        now.utc_ms,
        {"step": "applicant", "received_at": now.to_json()},
    )
    with desk.store.begin() as uow:
        uow.drafts.open(draft)
        uow.journal.append(desk.happening("draft.open", draft.id))
        uow.commit()
    return draft


def drafts(desk: Desk) -> tuple[Draft, ...]:
    """This clerk's open drafts, newest first."""
    with desk.store.begin() as uow:
        return tuple(draft for draft in uow.drafts.all() if draft.clerk == desk.session.login)


def load(desk: Desk, draft_id: str) -> Draft:
    """Raises Refused when the draft is gone."""
    with desk.store.begin() as uow:
        return _load(uow, draft_id)


def save(desk: Desk, draft_id: str, values: Mapping[str, Json]) -> Draft:
    """Save some values (see domain/draft.py for the keys); an edit voids the signature by itself: it is bound to a hash."""
    with desk.store.begin() as uow:
        uow.drafts.save(draft_id, _checked(values), desk.clock.now().utc_ms)
        draft = _load(uow, draft_id)
        uow.commit()
    return draft


def choose(desk: Desk, draft_id: str, entry_id: str) -> Draft:
    """Choose the item or life event; answers already given are kept where the new entry asks the same."""
    desk.catalogue.scheme(entry_id)
    return save(desk, draft_id, {"item": entry_id, "parts": None})


def discard(desk: Desk, draft_id: str) -> None:
    """The applicant leaves (不办了): the draft goes, the journal keeps that it was."""
    with desk.store.begin() as uow:
        uow.drafts.close(draft_id)
        uow.journal.append(desk.happening("draft.discard", draft_id))
        uow.commit()


def take_seen(desk: Desk, draft_id: str, seen: Seen) -> Draft:
    """Take what the camera read into the applicant. Doubtful fields stay marked until a person looks at them.

    Raises:
        BadInput: nothing usable was seen.
    """
    draft = load(desk, draft_id)
    if seen.kind is SeenKind.CODE:
        values: dict[str, Json] = {
            "applicant.means": IdentityMeans.YUKUAI_CODE.value,
            "applicant.verification": Verification.PENDING_ONLINE.value,
        }
    elif seen.kind is SeenKind.ID_FRONT:
        names = {"name": "name", "sex": "sex", "ethnicity": "ethnicity", "birth": "birth", "address": "address"}
        values = {f"applicant.{ours}": seen.fields[theirs] for ours, theirs in names.items() if theirs in seen.fields}
        if seen.fields.get("id_number"):
            values["applicant.document_number"] = seen.fields["id_number"]
        values["applicant.document_kind"] = DocumentKind.RESIDENT_ID.value
        if draft.text("applicant.means") != IdentityMeans.YUKUAI_CODE.value:
            values["applicant.means"] = IdentityMeans.ID_CARD_SCAN.value
            values["applicant.verification"] = Verification.MANUAL.value
        doubtful = ["document_number" if name == "id_number" else name for name in seen.doubtful]
        values["doubtful"] = sorted(doubtful)
    elif seen.kind is SeenKind.ID_BACK:
        keys = ("authority", "valid_from", "valid_to")
        values = {f"card.{key}": seen.fields[key] for key in keys if key in seen.fields}
    else:
        raise BadInput(
            "没有看到能用的证件或二维码。", what_is_safe="已填的内容都在。", what_to_do="请放正、放近一点再试。"
        )
    return save(desk, draft_id, values)


def looked_at(desk: Desk, draft_id: str, field: str) -> Draft:
    """A person has looked at a doubtful field and lets it stand."""
    draft = load(desk, draft_id)
    left = [name for name in _doubtful(draft) if name != field]
    return save(desk, draft_id, {"doubtful": left})


def add_page(
    desk: Desk, draft_id: str, material_id: str, page: bytes, way: str, media_type: str = "image/jpeg"
) -> Draft:
    """Keep a captured page for a material, encrypted and durable when this returns."""
    with desk.store.begin() as uow:
        draft = _load(uow, draft_id)
        ref = uow.attachments.put(draft_id, page, media_type)
        before = draft.values.get(f"material.{material_id}")
        pages = list(before.get("pages", [])) if isinstance(before, dict) and before.get("way") == way else []
        if ref.sha256 not in pages:
            pages.append(ref.sha256)
        values = {f"material.{material_id}": {"way": way, "pages": pages}}
        uow.drafts.save(draft_id, _checked(values), desk.clock.now().utc_ms)
        draft = _load(uow, draft_id)
        uow.commit()
    return draft


def page_bytes(desk: Desk, draft_id: str, sha256: str) -> bytes:
    """A captured page, for looking at it again."""
    with desk.store.begin() as uow:
        return uow.attachments.read(draft_id, sha256)


def plan(desk: Desk, draft: Draft) -> Plan:
    """Derive everything shown from the draft. Pure but for the clock and the catalogue."""
    today = desk.clock.now().legal_date
    clean = replace(draft, values={k: v for k, v in draft.values.items() if v != NOT_GIVEN})
    application = application_of(clean)
    facts = application.facts(today)
    faults, doubtful = person_faults(application.applicant, today), tuple(_doubtful(draft))
    if not application.item_id:
        return Plan(draft, application, None, facts, faults, doubtful)
    scheme = desk.catalogue.scheme(application.item_id, application.parts or None, facts)
    questions = tuple(question for question in scheme.questions if question.when.holds(facts))
    answers = {**{q.id: q.default for q in questions if q.default}, **application.answers}
    application = replace(application, answers=answers)
    facts = application.facts(today)
    promised = deadline(today, scheme.promised, desk.calendar)
    cleared = {key.removeprefix("material.") for key, value in draft.values.items() if value == NOT_GIVEN}
    rows = _rows(scheme, facts, application, cleared, promised, today, desk)
    given = {row.material.id: row.given for row in rows if row.given and row.needed}
    until = {row.material.id: row.until for row in rows if row.until}
    checklist = check(scheme, facts, given, until)
    answer = answer_to(checklist)
    application = replace(application, materials=given, parts=tuple(part.id for part in scheme.parts))
    application = replace(application, delivery=application.delivery or scheme.delivery_ways[0])
    known = application.known()
    shown = shown_rows(scheme, application, given, promised, today)
    sha = shown_hash(shown)
    signed = application.signature is not None and application.signature.shown_sha256 == sha
    field_faults = form_faults(scheme.fields, application.fields, known, facts, today)
    built = Plan(
        draft=draft,
        application=application,
        scheme=scheme,
        facts=facts,
        applicant_faults=faults,
        doubtful=doubtful,
        questions=questions,
        rows=rows,
        checklist=checklist,
        answer=answer,
        fields=asked_fields(scheme.fields, facts, known),
        field_faults=field_faults,
        promised=promised,
        shown=tuple(shown),
        shown_sha256=sha,
        signed=signed,
    )
    return replace(built, obstacles=obstacles(built))


def obstacles(plan: Plan) -> tuple[str, ...]:
    """Why the case cannot be accepted as it stands: every rule that can be checked locally, all at once."""
    found = [f"申请人：{text}" for text in plan.applicant_faults.values()]
    if plan.scheme is None:
        return (*found, "还没有选事项")
    minimum = plan.scheme.min_age
    if minimum is not None and plan.facts.age is not None and plan.facts.age < minimum:
        found.append(f"这件事要年满 {minimum} 周岁，申请人现在 {plan.facts.age} 周岁")
    for question in plan.questions:
        if plan.facts.answers.get(question.id) not in {choice.value for choice in question.choices}:
            found.append(f"还没有回答：{question.text}")
    if plan.checklist:
        found += [reason for missing in plan.checklist.missing for reason in missing.reasons[:1]]
    labels = {field.id: field.label for field in plan.scheme.fields}
    found += [f"{labels[key]}：{fault}" for key, fault in (plan.field_faults or {}).items()]
    found += [f"请看一眼识别结果：{DOUBTFUL_NAMES.get(name, name)}" for name in plan.doubtful]
    if plan.application.delivery not in plan.scheme.delivery_ways:
        found.append("请选一种领取方式")
    if not plan.signed:
        signed_before = plan.application.signature is not None
        found.append("内容在签字后改过，请申请人再看一遍、重新签字" if signed_before else "申请人还没有签字确认")
    return tuple(found)


DOUBTFUL_NAMES = {
    "name": "姓名",
    "sex": "性别",
    "ethnicity": "民族",
    "birth": "出生",
    "address": "住址",
    "document_number": "身份证号码",
}


def _rows(
    scheme: Scheme,
    facts: Facts,
    application: Application,
    cleared: set[str],
    promised: Deadline,
    today: dt.date,
    desk: Desk,
) -> tuple[MaterialRow, ...]:
    rows = []
    for need in requirements(scheme, facts):
        material = need.material
        chosen = application.materials.get(material.id)
        proposal = suggested(material, today) if need.required and not chosen and material.id not in cleared else None
        latest = deferral_day(material, promised, today, desk.calendar)
        until = latest.day if latest else None
        given = chosen or proposal
        faults = fault_of(material, given, facts, until) if given and need.needed else ()
        rows.append(MaterialRow(material, need.needed, need.required, given, proposal is not None, until, faults))
    return tuple(rows)


def check_field(desk: Desk, field: FormField, text: str) -> str:
    """The fault of one typed value, for the line beside it; empty when fine."""
    return field_fault(field, text, desk.clock.now().legal_date)


def _doubtful(draft: Draft) -> list[str]:
    names = draft.values.get("doubtful") or []
    return [name for name in names if isinstance(name, str)]


def _checked(values: Mapping[str, Json]) -> dict[str, Json]:
    """Form values are texts or null, and nothing is a float (it would have no canonical form)."""
    for key, value in values.items():
        if isinstance(value, float) or (key.split(".")[0] == "field" and not isinstance(value, str | None)):
            raise BadInput("这项内容不能保存。", what_is_safe="其他内容都在。", what_to_do="请重新填写这一项。")
    return dict(values)


def _load(uow: UnitOfWork, draft_id: str) -> Draft:
    draft = uow.drafts.get(draft_id)
    if draft is None:
        raise Refused("这份暂存已经不在了。", what_to_do="它可能已经受理，请到“查询”里找。")
    return draft
