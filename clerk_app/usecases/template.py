"""``case template``: the JSON a case of an entry takes, and synthetic cases made from it.

Synthetic people carry the unassigned area code 500199 and are marked by it; they go through the very same rules.
"""

from __future__ import annotations

import base64
import datetime as dt
import random
from collections.abc import Callable, Mapping
from dataclasses import replace

from clerk_app.domain.application import Application, Given
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.codes import uscc_check_digit
from clerk_app.domain.conditions import Facts
from clerk_app.domain.draft import Draft
from clerk_app.domain.form import active_fields, group_text
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.materials import WAIVERS
from clerk_app.domain.parties import Organisation
from clerk_app.domain.people import IdentityMeans, Person, Verification, id_check_digit
from clerk_app.domain.sensitive import KIND_NAMES, Consent, ConsentBy, SensitiveKind
from clerk_app.domain.service_item import FieldType, FormField, WayKind
from clerk_app.domain.signing import Signature
from clerk_app.errors import Refused
from clerk_app.usecases.accept import draft_values
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.intake import MaterialRow, Plan, plan

Page = tuple[bytes, str]
SURNAMES = "冉田向彭杨李张刘陈周何罗谭龚黄"
GIVEN = "桂芳志强文娟秀英大明启芬光荣建国永红春梅世友伦㛃䶮"
STREETS = ("样例路", "演示街", "示范巷", "试行大道")


SIGNATURE: Json = {
    "paper": {"kind": "paper"},
    "pad": {"kind": "pad", "shown_sha256": "…", "strokes": [[[0, 0, 0, 500]]]},
    "thumb": {
        "kind": "thumb",
        "shown_sha256": "…",
        "thumb": {"read_by": "念的人", "witness": "见证人", "witness_is": "单位或关系", "page": {"base64": "…"}},
    },
    "note": (
        '签在纸上的写 {"kind": "paper"}，不用指纹，签过的纸留存；签字板的、按指印的（不会写字）要绑定内容指纹：'
        "先交一次，退回的一行里有 shown（给申请人看的内容）和 shown_sha256"
    ),
}
"""How a signature is made for a case written by hand; one of the kinds goes under ``signature``."""


def template(desk: Desk, entry_id: str, answers: Mapping[str, str]) -> Json:
    """What a case of this entry takes: questions, materials with their ways, typed fields and which are prefilled."""
    scheme = desk.catalogue.scheme(entry_id, None, Facts(answers))
    must_be_asked(scheme, answers)
    today = desk.clock.now().legal_date
    facts = Facts({**{q.id: q.default for q in scheme.questions if q.default}, **answers}, scheme.min_age, False)
    return {
        "format": "application/1",
        "item": scheme.id,
        "name": scheme.name,
        "kind": scheme.kind,
        "version": scheme.version,
        "sample": scheme.is_sample,
        "parts": [part.id for part in scheme.parts],
        **({"organisation": {"name": "…", "uscc": "…"}} if scheme.organisations_only else {}),
        "questions": [
            {"id": q.id, "text": q.text, "choices": {c.value: c.label for c in q.choices}, "default": q.default}
            for q in scheme.questions
        ],
        "materials": [
            {
                "id": m.id,
                "name": m.name,
                "need": m.need.value,
                "needed_now": m.when.holds(facts),
                "ways": [way.kind.value for way in m.ways],
            }
            for m in scheme.materials
        ],
        "fields": [_field_json(field, facts) for field in scheme.fields],
        "delivery": list(scheme.delivery_ways),
        "consents": {
            kind.value: {"name": KIND_NAMES[kind], "write": {"by": "applicant", "how": "paper"}}
            for kind in SensitiveKind
        },
        "signature": SIGNATURE,
        "paper_reason": "能免交的材料要收纸质的，在 materials 里写 reason",
        "key": "可不写；写了，同一个 key 再交一次答的还是同一件",
        "as_of": today.isoformat(),
    }


def must_be_asked(scheme: Scheme, answers: Mapping[str, str]) -> None:
    """Raises Refused when an answer is to a question that this entry does not ask, or none of its choices."""
    choices = {question.id: {choice.value for choice in question.choices} for question in scheme.questions}
    unknown = [key for key, value in answers.items() if value not in choices.get(key, set())]
    if unknown:
        raise Refused(
            "情形写得不对，这个事项没有这样的问题或选项。",
            reasons=tuple(
                f"{key}：可选 {'、'.join(sorted(choices.get(key, set()))) or '（没有这个问题）'}" for key in unknown
            ),
        )


def samples(
    desk: Desk, entry_id: str, answers: Mapping[str, str], rng: random.Random, page: Callable[[random.Random], Page]
) -> Json:
    """One filled, valid synthetic case as ``case accept`` takes it, its pages inside as base64."""
    entries = [*(item.id for item in desk.catalogue.items()), *(event.id for event in desk.catalogue.life_events())]
    chosen = rng.choice(entries) if entry_id == "any" else entry_id
    pages: dict[str, Page] = {}
    application = _filled(desk, chosen, answers, rng, page, pages)
    data = application.to_json()
    for given in data["materials"].values():
        given["pages"] = [
            {"media_type": pages[sha][1], "base64": base64.b64encode(pages[sha][0]).decode("ascii")}
            for sha in given["pages"]
        ]
    return data


def _filled(
    desk: Desk,
    entry_id: str,
    answers: Mapping[str, str],
    rng: random.Random,
    page: Callable[[random.Random], Page],
    pages: dict[str, Page],
) -> Application:
    today = desk.clock.now().legal_date
    scheme = desk.catalogue.scheme(entry_id)
    applicant = _person(rng, today, max(scheme.min_age or 0, 20))
    picked: dict[str, str] = {}
    while new := [q for q in scheme.questions if q.id not in picked]:  # answers may choose parts that ask more
        picked |= {q.id: answers.get(q.id) or rng.choice(q.choices).value for q in new}
        scheme = desk.catalogue.scheme(entry_id, None, Facts(picked))
    if picked.get("applicant_role") == ("father" if applicant.sex == "女" else "mother"):
        number = _other_sex(applicant.document_number)
        applicant = replace(applicant, document_number=number, sex="").with_known_from_number()
    application = Application(entry_id, applicant, answers=picked)
    if scheme.organisations_only:
        application = replace(application, organisation=Organisation("样例有限公司", _organisation_code(rng)))
    view = _plan(desk, application)
    given = {row.material.id: _give(row, rng, page, pages) for row in view.rows if row.required}
    fields: dict[str, str] = {}
    for field in active_fields(_scheme(view).fields, view.facts):
        if not (field.source and application.known().get(field.source)):
            made = _value(field, rng, today)
            last = field.type is FieldType.DATE and field.id.endswith("to")
            fields[field.id] = _sensible(field.id, today.isoformat() if last else made, application, today)
    for key in [each for each in fields if each.endswith(".id_number")]:
        who = key.removesuffix(".id_number")
        birth = fields.get(f"{who}.birth", "").replace("-", "") or fields[key][6:14]
        if fields.keys() & {f"{who}.birth", f"{who}.sex"}:
            first17 = f"500199{birth}44{2 if fields.get(f'{who}.sex') == '女' else 1}"
            fields[key] = first17 + id_check_digit(first17)
    filled = replace(
        application,
        parts=tuple(part.id for part in _scheme(view).parts),
        answers={q.id: picked[q.id] for q in view.questions if q.id in picked},
        materials=given,
        fields=fields,
        delivery=rng.choice(_scheme(view).delivery_ways),
    )
    filled = replace(
        filled, consents={kind.value: Consent(ConsentBy.APPLICANT) for kind in _plan(desk, filled).unconsented}
    )
    return replace(filled, signature=Signature("pad", _plan(desk, filled).shown_sha256, _strokes(rng)))


def _plan(desk: Desk, application: Application) -> Plan:
    now = desk.clock.now()
    return plan(desk, Draft("0" * 32, "", now.utc_ms, now.utc_ms, draft_values(application, now)))


def _scheme(view: Plan) -> Scheme:
    if view.scheme is None:
        raise Refused("没有这个事项。")
    return view.scheme


def _person(rng: random.Random, today: dt.date, at_least: int) -> Person:
    age_days = rng.randint(at_least * 366, max(at_least + 25, 45) * 365)
    birth = today - dt.timedelta(days=age_days)
    first17 = f"500199{birth:%Y%m%d}{rng.randint(0, 999):03d}"
    name = rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.randint(1, 2)))
    return Person(
        name,
        document_number=first17 + id_check_digit(first17),
        ethnicity=rng.choice(("汉族", "土家族", "苗族")),
        address=f"重庆市演示区演示镇{rng.choice(STREETS)}{rng.randint(1, 99)}号",
        phone=f"138{rng.randint(0, 99_999_999):08d}",
        means=IdentityMeans.MANUAL,
        verification=Verification.MANUAL,
    ).with_known_from_number()


def _give(row: MaterialRow, rng: random.Random, page: Callable[[random.Random], Page], pages: dict[str, Page]) -> Given:
    way = rng.choice([way.kind for way in row.material.ways])
    if way in (WayKind.CAPTURE, WayKind.ON_SITE):
        taken = page(rng)
        sha = bytes_hash(taken[0])
        pages[sha] = taken
        waived = any(row.material.way(kind) for kind in WAIVERS)
        return Given(way, (sha,), reason="样例：申请人自愿交纸质件" if waived and way is WayKind.CAPTURE else "")
    if way is WayKind.DEFER and row.until:
        return Given(way, until=row.until.isoformat())
    if way in (WayKind.E_CERTIFICATE, WayKind.SHARED_DATA):
        return Given(way, verification=Verification.PENDING_ONLINE)
    return Given(way)


def _value(field: FormField, rng: random.Random, today: dt.date) -> str:
    match field.type:
        case FieldType.NAME:
            return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, 2))
        case FieldType.ID_NUMBER:
            return _person(rng, today, 25).document_number
        case FieldType.TIME:
            return f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
        case FieldType.DATE_TIME:
            return f"{(today - dt.timedelta(days=rng.randint(1, 300))).isoformat()} {rng.randint(8, 17):02d}:30"
        case FieldType.USCC:
            return _organisation_code(rng)
        case FieldType.GROUP:
            return group_text(
                {each.id: _value(each, rng, today) for each in field.members} for _ in range(rng.randint(1, 3))
            )
        case FieldType.DATE_OR_LONG:
            return (today + dt.timedelta(days=rng.randint(100, 3000))).isoformat()
        case FieldType.DATE:
            return (today - dt.timedelta(days=rng.randint(5, 300))).isoformat()
        case FieldType.PHONE:
            return f"139{rng.randint(0, 99_999_999):08d}"
        case FieldType.NUMBER | FieldType.MONEY:
            return str(rng.randint(1, 300))
        case FieldType.ACCOUNT:
            return "62" + "".join(str(rng.randint(0, 9)) for _ in range(17))
        case FieldType.CARD_NUMBER:
            return f"A{rng.randint(0, 99_999_999):08d}"
        case FieldType.CHOICE:
            return rng.choice(field.choices).value
        case FieldType.YES_NO:
            return rng.choice(("yes", "no"))
        case FieldType.ADDRESS:
            return f"重庆市演示区演示镇{rng.choice(STREETS)}{rng.randint(1, 99)}号"
    return "样例"


def _sensible(field_id: str, made: str, application: Application, today: dt.date) -> str:
    """What was drawn, but where the second look would rightly stop at it (domain/contradictions.py)."""
    if field_id in ("mother.id_number", "father.id_number"):
        odd = int(made[16]) % 2 == 1
        return made if odd is (field_id == "father.id_number") else _other_sex(made)
    first = today.replace(day=1)
    fixed = {
        "family.children_now": "1",
        "family.birth_order": "2",
        "family.due_date": (today + dt.timedelta(days=120)).isoformat(),
        "pension.paid_from": first.replace(year=today.year - 20).isoformat(),
        "pension.paid_to": first.isoformat(),
        "pension.paid_months": "204",
        "org.legal_representative": application.applicant.name,
    }
    return "汉族" if field_id.endswith(".ethnicity") else fixed.get(field_id, made)


def _other_sex(number: str) -> str:
    first17 = number[:16] + str((int(number[16]) + 1) % 10)
    return first17 + id_check_digit(first17)


def _organisation_code(rng: random.Random) -> str:
    """A synthetic 统一社会信用代码 with the unassigned area code 500199."""
    body = f"92500199MA{rng.randint(0, 9_999_999):07d}"
    return body + uscc_check_digit(body)


def _strokes(rng: random.Random) -> tuple[tuple[tuple[int, int, int, int], ...], ...]:
    start = rng.randint(1000, 3000)
    return tuple(
        tuple((start + stroke * 1500 + n * 60, 2000 + n * 400, (stroke * 20 + n) * 12, 500) for n in range(12))
        for stroke in range(3)
    )


def _field_json(field: FormField, facts: Facts) -> Json:
    return {
        "id": field.id,
        "label": field.label,
        "type": field.type.value,
        "required": field.required,
        "needed_now": field.when.holds(facts),
        "prefilled_from": field.source or None,
        "choices": {choice.value: choice.label for choice in field.choices},
        **({"members": [_field_json(each, facts) for each in field.members]} if field.members else {}),
    }
