"""智能预审: what can be seen before the applicant signs. A finding says which rule, where the rule comes from, what to do; none
refuses by itself (what refuses stands among the obstacles).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clerk_app.domain.application import Application
from clerk_app.domain.contradictions import Values, contradictions
from clerk_app.domain.form import LONG_TERM
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.parties import ADULT, WORKING
from clerk_app.domain.people import (
    DocumentKind,
    Person,
    birth_of,
    id_number_fault,
    mask_id,
    needs_rare_check,
    sex_of,
)
from clerk_app.domain.service_item import FieldType

_CARD = "居民身份证的有效期限，过期应换领【识，居民身份证法】"
_NUMBER = "GB 11643-1999，号码里有出生日期和性别"
_GUARDIAN = "民法典 17、18、23、27 条【识】"
_SENSE = "本程序的常识核对【拟】"


@dataclass(frozen=True, slots=True)
class Finding:
    """``rule``: a closed word. ``text``: what was seen. ``source``: where the rule comes from, with its tag.

    ``pending``: it can only be settled on line (待联网核验).
    """

    rule: str
    text: str
    what_to_do: str
    source: str
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """A case of the same person at this window. ``entries``: its entry's id and, of a life event, those of its parts."""

    number: str
    state: str
    entries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What this window's own store says of the applicant: ``barred`` after a broken promise (失信, 告知承诺 refused);
    ``earlier``: cases of the same person that are not taken back."""

    barred: bool = False
    earlier: tuple[Earlier, ...] = ()


def findings(scheme: Scheme, application: Application, known: Known, today: dt.date) -> tuple[Finding, ...]:
    """Everything that a second look finds, in the order in which a clerk would ask."""
    return (
        *_cards(application, today),
        *_people(application, today),
        *_values(scheme, application, today),
        *_contradictions(scheme, application, today),
        *_conditions(scheme, application, today),
        *_earlier(scheme, known),
        *_promises(application, known),
    )


def _cards(application: Application, today: dt.date) -> list[Finding]:
    labels = {"applicant": "", "agent": "代办人的", "guardian": "监护人的"}
    return [
        each
        for who, person in application.people().items()
        if person is not None
        for each in _card(labels[who] + _card_name(person.document_kind), person.valid_to, today)
    ]


def _card_name(kind: DocumentKind) -> str:
    return "身份证" if kind in (DocumentKind.RESIDENT_ID, DocumentKind.TEMPORARY_ID) else "证件"


def _card(card: str, valid_to: str, today: dt.date) -> list[Finding]:
    text = valid_to.strip()
    if not text or text == LONG_TERM:
        return []
    try:
        last = dt.date.fromisoformat(text.replace(".", "-"))
    except ValueError:
        return [Finding("card_date", f"{card}的有效期没有读清", "请看一眼证件上的有效期。", _CARD)]
    if last < today:
        told = f"{card}已于 {last.isoformat()} 到期"
        return [Finding("card_expired", told, "请提醒换证；能用别的有效证件的，换一种核验。", _CARD)]
    return []


def _people(application: Application, today: dt.date) -> list[Finding]:
    found, applicant = list[Finding](), application.applicant
    for label, person in (("申请人", applicant), ("代办人", application.agent), ("监护人", application.guardian)):
        if person is not None and needs_rare_check(person.name):
            told = f"{label}姓名里有系统字库以外的字"
            found.append(Finding("rare_name", told, "请对照证件核对生僻字。", "GB 18030-2022（必知 19）"))
    for label, other in (("代办人", application.agent), ("监护人", application.guardian)):
        if other is not None and other.document_number and _same(other, applicant):
            told = f"{label}和申请人是同一个证件号"
            found.append(Finding("same_person", told, f"本人办理的，请把{label}清空。", _SENSE))
    age = applicant.age_on(today)
    if application.organisation is None and age is not None and WORKING <= age < ADULT and not application.guardian:
        told = f"申请人 {age} 周岁，还不满 {ADULT} 周岁"
        found.append(Finding("minor", told, "不是以自己劳动收入生活的，请监护人一起办。", _GUARDIAN))
    acting = (("法定代表人", applicant if application.organisation else None), ("代办人", application.agent))
    for label, one in acting:
        years = one.age_on(today) if one is not None else None
        if years is not None and WORKING <= years < ADULT:
            told = f"{label} {years} 周岁，还不满 {ADULT} 周岁"
            found.append(Finding("minor", told, f"不是以自己劳动收入生活的，不能做{label}，请换成年人来。", _GUARDIAN))
    mandate = application.mandate if application.agent is not None and application.organisation is None else None
    if mandate is not None and not mandate.relation.strip():
        told = "没有写代办人和申请人是什么关系"
        found.append(
            Finding("mandate_relation", told, "请问一声再填上，授权委托书上要写。", "授权委托书的双方关系【拟】")
        )
    return found


def _same(one: Person, other: Person) -> bool:
    return (one.document_kind, one.document_number) == (other.document_kind, other.document_number)


def _values(scheme: Scheme, application: Application, today: dt.date) -> list[Finding]:
    values, known = application.fields, application.known()
    found, labels = list[Finding](), {field.id: field.label for field in scheme.fields}
    for field in scheme.fields:
        typed = values.get(field.id, "")
        read = known.get(field.source, "") if field.source else ""
        if typed and read and typed != read:
            told = f"{field.label}和证件上的不一样"
            found.append(Finding("field_and_document", told, "请对照证件核对；证件错了的，记下数据有误。", _SENSE))
        if field.type is FieldType.ID_NUMBER and typed:
            found += _against_number(field.id.rpartition(".")[0], typed, values, labels, today)
        if field.type is FieldType.DATE and typed > today.isoformat() and _is_past(field.id):
            found.append(Finding("future_date", f"{field.label}晚于今天", "请核对日期。", _SENSE))
    for first, last in _spans(values):
        if values[first] > values[last]:
            told = f"{labels.get(first, first)}晚于{labels.get(last, last)}"
            found.append(Finding("span", told, "请核对两个日期。", _SENSE))
    return found


def _against_number(
    who: str, number: str, values: Mapping[str, str], labels: Mapping[str, str], today: dt.date
) -> list[Finding]:
    if id_number_fault(number, today):
        return []
    told = list[Finding]()
    birth, sex = values.get(f"{who}.birth", ""), values.get(f"{who}.sex", "")
    if birth and birth != birth_of(number).isoformat():
        label = labels.get(f"{who}.birth", "出生日期")
        told.append(
            Finding("birth_and_number", f"{label}与 {mask_id(number)} 里的不一致", "请核对号码和日期。", _NUMBER)
        )
    if sex in ("男", "女") and sex != sex_of(number):
        label = labels.get(f"{who}.sex", "性别")
        told.append(Finding("sex_and_number", f"{label}与 {mask_id(number)} 里的不一致", "请核对号码和性别。", _NUMBER))
    return told


def _is_past(field_id: str) -> bool:
    return field_id.rpartition(".")[2] in ("birth", "date", "arrived", "loss_date", "marriage_date")


def _spans(values: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    pairs = ((key, key[: -len("from")] + "to") for key in values if key.endswith("from"))
    return [(first, last) for first, last in pairs if values[first] and values.get(last)]


def _contradictions(scheme: Scheme, application: Application, today: dt.date) -> list[Finding]:
    known = application.known()
    texts = {each.id: application.fields.get(each.id) or known.get(each.source, "") for each in scheme.fields}
    items = (scheme.item,) if scheme.item else scheme.parts
    conditions = tuple(text for item in items for text in item.conditions)
    seen = Values(application, texts, {each.id: each.label for each in scheme.fields}, conditions, today)
    return [Finding(each.rule, each.text, each.what_to_do, each.source) for each in contradictions(seen)]


def _conditions(scheme: Scheme, application: Application, today: dt.date) -> list[Finding]:
    found = list[Finding]()
    items = (scheme.item,) if scheme.item else scheme.parts
    told = [text for item in items for text in item.conditions if "户籍" in text or "居住" in text]
    address = application.applicant.address
    if told and address and "重庆" not in address:
        source = f"本事项受理条件：{told[0]}"
        found.append(Finding("residence", "身份证住址不在重庆", "请核对户籍或者居住条件，能共享核验的先核验。", source))
    natural = any("自然人" in item.applicant_types for item in items)
    if items and not natural and application.organisation is None:
        found.append(
            Finding(
                "organisation", "这件事由单位申请", "请填写单位名称、统一社会信用代码和法定代表人。", "本事项服务对象"
            )
        )
    for item in items if scheme.event else ():
        age = application.applicant.age_on(today)
        if item.min_age is not None and age is not None and age < item.min_age:
            told_age = f"“{item.name}”要年满 {item.min_age} 周岁，申请人 {age} 周岁"
            found.append(Finding("age", told_age, "给别人办的请核对是谁；不符合的，这一项先不选。", "本事项受理条件"))
    return found


def _earlier(scheme: Scheme, known: Known) -> list[Finding]:
    rule = "同一人同一事项不重复受理【拟】"
    names = {scheme.id: scheme.name, **{part.id: part.name for part in scheme.parts}}
    found = [
        Finding("repeat", f"本窗口已有同一人同一事项的办件 {number}（{state}）", "请先打开那一件看看，避免重复。", rule)
        for number, state in ((each.number, each.state) for each in known.earlier if scheme.id in each.entries)
    ] + [
        Finding(
            "repeat",
            f"本窗口的办件 {each.number}（{each.state}）里已有同一人的“{'、'.join(names[key] for key in sorted(shared))}”",
            "请先打开那一件看看，避免重复；给另一个人办的，接着办。",
            rule,
        )
        for each in known.earlier
        if scheme.id not in each.entries and (shared := each.entries & set(names))
    ]
    note = "别的窗口有没有重复申请，联网后才知道"
    return [*found, Finding("repeat_elsewhere", note, "不用等，联网后自动核对。", rule, pending=True)]


def _promises(application: Application, known: Known) -> list[Finding]:
    if not known.barred:
        return []
    source = "告知承诺：失信后不再适用（必知 17）"
    who = "申请单位" if application.organisation else "申请人"
    return [
        Finding(
            "promise_broken", f"{who}有未履行的承诺，不能用告知承诺", "请交原来的材料；有异议的可以申请核实。", source
        )
    ]
