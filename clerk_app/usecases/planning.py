"""What an intake comes to: ``plan`` derives everything that the screen shows, and every obstacle, from one draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from clerk_app.domain.application import Application, Given, shown_hash
from clerk_app.domain.canonical import Json
from clerk_app.domain.conditions import Facts
from clerk_app.domain.consents import kinds_in, missing_consents
from clerk_app.domain.deadlines import Deadline, promised_day
from clerk_app.domain.draft import Draft, application_of
from clerk_app.domain.form import active_fields, asked_fields, fitted_fields, form_faults, tidy
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.materials import (
    WAIVERS,
    Answer,
    Checklist,
    answer_to,
    asked_needlessly,
    check,
    deferral_day,
    fault_of,
    requirements,
    suggested,
)
from clerk_app.domain.paper import Form
from clerk_app.domain.people import IdentityMeans, Verification, person_faults
from clerk_app.domain.precheck import Finding, Known, findings
from clerk_app.domain.sensitive import KIND_NAMES, SensitiveKind, is_child
from clerk_app.domain.service_item import FormField, Material, Question
from clerk_app.domain.time import Stamp
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.asking import situation_of
from clerk_app.usecases.beside import beside, with_mandate
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.knowing import known_of
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
    promised: Deadline | None = None  # None where the limit says no day, only a text (scheme.promised)
    shown: tuple[Row, ...] = ()
    shown_sha256: str = ""
    signed: bool = False
    obstacles: tuple[str, ...] = ()  # why it cannot be accepted yet, whole sentences; empty: 可以受理
    agent_faults: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()  # 智能预审: shown before signing, refuses nothing by itself
    sensitive: tuple[SensitiveKind, ...] = ()  # kinds of sensitive data in it
    unconsented: tuple[SensitiveKind, ...] = ()  # those that still want 单独同意; no acceptance without it
    beside: tuple[str, ...] = ()  # guardian, mandate, organisation, 通办: what refuses


def plan(desk: Desk, draft: Draft, uow: UnitOfWork | None = None) -> Plan:
    """Derive everything shown from the draft, the clock, the catalogue and what this window's store knows of the applicant.

    Args:
        uow: the transaction one stands in; without it the look into the store is one of its own.
    """
    desk = at_the_taking(desk, draft)
    if uow is not None:
        return _planned(desk, draft, known_of(uow, application_of(without_cleared(draft)), draft.id))
    with desk.store.begin(reading=True) as look:
        known = known_of(look, application_of(without_cleared(draft)), draft.id)
    return _planned(desk, draft, known)


@dataclass(frozen=True, slots=True)
class Then:
    """A clock that stands at the moment of an earlier taking."""

    stamp: Stamp

    def now(self) -> Stamp:
        return self.stamp


def at_the_taking(desk: Desk, draft: Draft) -> Desk:
    """What was taken by hand while the system was down is judged by the day it was taken (应急): age, terms, days."""
    taken = draft.values.get("emergency.taken_at")
    return replace(desk, clock=Then(Stamp.from_json(taken))) if isinstance(taken, Mapping) else desk


def _planned(desk: Desk, draft: Draft, store_knows: Known) -> Plan:
    today = desk.clock.now().legal_date
    application = _honest(application_of(without_cleared(draft)), draft.text("code.checked"))
    facts = application.facts(today)
    faults, doubtful = person_faults(application.applicant, today), tuple(doubtful_of(draft))
    agent_faults = person_faults(application.agent, today) if application.agent else {}
    if not application.item_id:
        return Plan(draft, application, None, facts, faults, doubtful, agent_faults=agent_faults)
    scheme, questions, facts = situation_of(desk, application, facts, draft.text("pinned"))
    documents = {who: person.document_kind for who, person in application.people().items() if person is not None}
    scheme = replace(scheme, fields=fitted_fields(scheme.fields, documents))
    active = {field.id: field for field in active_fields(scheme.fields, facts)}
    fields = {key: tidy(active[key], text, today) for key, text in application.fields.items() if key in active}
    application = replace(application, answers=dict(facts.answers), fields=fields)
    promised = promised_day(today, scheme.limit(facts), desk.calendar)
    cleared = {key.removeprefix("material.") for key, value in draft.values.items() if value == NOT_GIVEN}
    application = with_mandate(application, promised, today)
    rows = _rows(scheme, facts, application, cleared, promised, today, desk, barred=store_knows.barred)
    given = {row.material.id: row.given for row in rows if row.given and row.needed}
    until = {row.material.id: row.until for row in rows if row.until}
    checklist = check(scheme, facts, given, until, today, barred=store_knows.barred)
    answer = answer_to(checklist)
    application = replace(application, materials=given, parts=tuple(part.id for part in scheme.parts))
    application = replace(application, delivery=application.delivery or scheme.delivery_ways[0])
    known = application.known()
    shown = shown_rows(scheme, application, given, promised, today)
    sha = shown_hash(shown, application)
    signature = application.signature
    signed = (
        signature is not None and signature.is_there and signature.shown_sha256 == sha and not application.thumb_faults
    )
    field_faults = form_faults(scheme.fields, application.fields, known, facts, today)
    sensitive = kinds_in(application, active, {row.material.id: row.material for row in rows}, today)
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
        agent_faults=agent_faults,
        findings=findings(scheme, application, store_knows, today),
        sensitive=sensitive,
        unconsented=missing_consents(application, sensitive, today),
        beside=beside(scheme, application, today),
    )
    return replace(built, obstacles=obstacles(built))


def _honest(application: Application, checked: str) -> Application:
    """Nothing taken at the counter is verified without a line, whoever says so (promise 10). ``checked``: the number that the
    gateway resolved the applicant's 渝快码 to, as long as it is still the applicant's."""
    materials = {
        key: replace(given, verification=Verification.PENDING_ONLINE) if given.way in WAIVERS else given
        for key, given in application.materials.items()
    }
    person = application.applicant
    if person.means is IdentityMeans.YUKUAI_CODE or person.verification is Verification.VERIFIED:
        online = person.means is IdentityMeans.YUKUAI_CODE and bool(checked) and checked == person.document_number
        person = replace(person, verification=Verification.VERIFIED if online else Verification.PENDING_ONLINE)
    return replace(application, materials=materials, applicant=person)


def unanswered(plan: Plan) -> tuple[str, ...]:
    """Situation questions without an answer they offer, as sentences: until then nobody knows what is missing."""
    return tuple(
        f"还没有回答：{question.text}"
        for question in plan.questions
        if plan.facts.answers.get(question.id) not in {choice.value for choice in question.choices}
    )


def unsure(plan: Plan) -> tuple[str, ...]:
    """What the machine read with doubt and nobody has looked at yet."""
    return tuple(f"请看一眼识别结果：{DOUBTFUL_NAMES.get(name, name)}" for name in plan.doubtful)


def obstacles(plan: Plan) -> tuple[str, ...]:
    """Why the case cannot be accepted as it stands: every rule that can be checked locally, all at once."""
    found = [f"申请人：{text}" for text in plan.applicant_faults.values()]
    found += [f"代办人：{text}" for text in plan.agent_faults.values()]
    found += plan.beside
    if plan.scheme is None:
        return (*found, "还没有选事项", *unsure(plan))
    minimum, age = plan.scheme.min_age, plan.facts.age
    if minimum is not None and age is None:
        found.append(f"这件事要年满 {minimum} 周岁，请填写申请人的出生日期")
    elif minimum is not None and age is not None and age < minimum:
        found.append(f"这件事要年满 {minimum} 周岁，申请人现在 {age} 周岁")
    found += unanswered(plan)
    for missing in plan.checklist.missing if plan.checklist else ():
        handed_in = missing.material.id in plan.application.materials
        found += missing.reasons if handed_in else missing.reasons[:1]
    found += [
        f"{row.material.name}可以免交：要收纸质的请写明原因，或者改成免交"
        for row in plan.rows
        if row.needed and row.given and asked_needlessly(row.material, row.given)
    ]
    labels = {field.id: field.label for field in plan.scheme.fields}
    found += [f"{labels[key]}：{fault}" for key, fault in (plan.field_faults or {}).items()]
    found += unsure(plan)
    if plan.unconsented:
        found.append(unconsented_text(plan))
        found += [f"单独同意：{text}" for text in plan.application.consent_faults]
    if plan.application.delivery not in plan.scheme.delivery_ways:
        found.append("请选一种领取方式")
    elif plan.application.is_mailed and not plan.application.mail_to:
        found.append("选了邮寄，请填写申请人的住址，好知道寄到哪里")
    if faults := plan.application.thumb_faults:
        found += [f"按指印：{text}" for text in faults.values()]
    elif not plan.signed:
        signed_before = plan.application.signature is not None
        found.append("内容在签字后改过，请申请人再看一遍、重新签字" if signed_before else "申请人还没有签字确认")
    return tuple(found)


def unconsented_text(plan: Plan) -> str:
    """The obstacle of a missing 单独同意, as a sentence."""
    names = "、".join(KIND_NAMES[kind] for kind in plan.unconsented)
    who = "监护人" if is_child(plan.facts.age) else "申请人"
    return f"请{who}单独同意使用：{names}"


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
    promised: Deadline | None,
    today: dt.date,
    desk: Desk,
    *,
    barred: bool,
) -> tuple[MaterialRow, ...]:
    rows = []
    for need in requirements(scheme, facts):
        material = need.material
        chosen = application.materials.get(material.id)
        proposal = suggested(material, today) if need.required and not chosen and material.id not in cleared else None
        latest = deferral_day(material, promised, today, desk.calendar)
        until = latest.day if latest else None
        given = chosen or proposal
        faults = fault_of(material, given, facts, until, today, barred=barred) if given and need.needed else ()
        rows.append(MaterialRow(material, need.needed, need.required, given, proposal is not None, until, faults))
    return tuple(rows)


def without_cleared(draft: Draft) -> Draft:
    return replace(draft, values={key: value for key, value in draft.values.items() if value != NOT_GIVEN})


def doubtful_of(draft: Draft) -> list[str]:
    names = draft.values.get("doubtful") or []
    return [name for name in names if isinstance(name, str)]
