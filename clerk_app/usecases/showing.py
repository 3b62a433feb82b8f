"""What the applicant is shown before signing: the same rows on the second screen, in the hash and on paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from clerk_app.domain.application import Application, Given
from clerk_app.domain.conditions import Facts
from clerk_app.domain.deadlines import Deadline
from clerk_app.domain.form import active_fields, group_members
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.materials import WAIVERS, requirements
from clerk_app.domain.people import Verification, mask_id
from clerk_app.domain.sensitive import KIND_NAMES, SensitiveKind
from clerk_app.domain.service_item import FieldType, FormField, WayKind
from clerk_app.domain.time import short_chinese_date

Row = tuple[str, str]


def shown_rows(
    scheme: Scheme, application: Application, given: Mapping[str, Given], promised: Deadline | None, day: dt.date
) -> list[Row]:
    """Label and text of every row, in reading order; nothing that is signed is left out."""
    person, facts = application.applicant, application.facts(day)
    rows: list[Row] = [("办什么事", scheme.name)]
    if scheme.parts:
        rows.append(("包含事项", "、".join(part.name for part in scheme.parts)))
    rows.append(("申请人", f"{person.name}　{mask_id(person.document_number)}"))
    rows += _beside_rows(application)
    rows += _material_rows(scheme, application, given, day)
    known = application.known()
    for field in active_fields(scheme.fields, facts):
        value = application.fields.get(field.id) or (known.get(field.source, "") if field.source else "")
        if value:
            rows.append((field.label, display_value(field, value)))
    rows.append(("多久办好", when_done(promised, scheme, facts)))
    if application.delivery:
        rows.append(("怎么取", application.delivery_words))
    if application.consents:
        kinds = "、".join(KIND_NAMES[kind] for kind in SensitiveKind if kind in application.consents)
        rows.append(("单独同意", f"使用{kinds}，只为办这件事"))
    return rows


def _beside_rows(application: Application) -> list[Row]:
    """Agent, mandate, guardian, organisation, and where it is decided."""
    rows: list[Row] = []
    if application.organisation:
        rows.append(("申请单位", f"{application.organisation.name}　{application.organisation.uscc}"))
    if application.guardian:
        rows.append(("监护人", f"{application.guardian.name}　{mask_id(application.guardian.document_number)}"))
    if application.agent:
        rows.append(("代办人", f"{application.agent.name}　{mask_id(application.agent.document_number)}"))
        if mandate := application.mandate:
            rows.append(("委托代办", "、".join(mandate.scope) + (f"，至 {mandate.until}" if mandate.until else "")))
    if application.elsewhere:
        rows.append(("在哪里办", f"{application.elsewhere.place}（{application.elsewhere.scope}，本窗口代收）"))
    return rows


def when_done(promised: Deadline | None, scheme: Scheme, facts: Facts) -> str:
    """当场办好, or the last day with 预估 where the calendar is not known yet, or what is told in place of a day.

    Parts that have no day of their own are named beside the day of the whole.
    """
    if promised is None:
        return str(scheme.limit(facts))
    limits = [(part.name, part.limit(facts)) for part in scheme.parts]
    apart = "".join(f"；{name}：{limit}" for name, limit in limits if not limit.has_day)
    if promised.limit.on_the_spot:
        return "当场办好" + apart
    return f"{short_chinese_date(promised.day)}前" + ("（预估）" if promised.estimated else "") + apart


def display_value(field: FormField, value: str) -> str:
    """A stored value as people read it; identity and account numbers masked."""
    if field.type is FieldType.YES_NO:
        return "是" if value == "yes" else "否"
    if field.type is FieldType.CHOICE:
        return next((choice.label for choice in field.choices if choice.value == value), value)
    if field.type in (FieldType.ID_NUMBER, FieldType.DOCUMENT_NUMBER, FieldType.CARD_NUMBER):
        return mask_id(value)
    if field.type is FieldType.ACCOUNT:
        return "*" * max(len(value) - 4, 0) + value[-4:]
    if field.type is FieldType.GROUP:
        return _members_shown(field, value)
    return value


def _members_shown(field: FormField, value: str) -> str:
    """Each member as its values in the order of the group, numbers masked; a value that cannot be read shows as it is."""
    try:
        members = group_members(value)
    except ValueError:
        return value
    shown = (
        [display_value(each, member[each.id]) for each in field.members if member.get(each.id)] for member in members
    )
    return "；".join("，".join(each) for each in shown)


def _material_rows(scheme: Scheme, application: Application, given: Mapping[str, Given], day: dt.date) -> list[Row]:
    received, waived, promised, deferred, unverified = [], [], [], [], []
    for row in requirements(scheme, application.facts(day)):
        how = given.get(row.material.id)
        if not row.needed or how is None:
            continue
        name = row.material.name
        if how.way in WAIVERS:
            waived.append(name)
        elif how.way is WayKind.COMMITMENT:
            way = row.material.way(WayKind.COMMITMENT)
            promised.append(f"{name}：{way.detail}" if way and way.detail else name)
        elif how.way is WayKind.DEFER:
            deferred.append(f"{name}（{_day(how.until)}前）")
        else:
            why = f"（{how.reason}）" if how.reason else ""
            received.append((f"{name} {len(how.pages)} 页" if how.pages else name) + why)
        if how.verification is Verification.PENDING_ONLINE:
            unverified.append(name)
    if application.applicant.verification is Verification.PENDING_ONLINE:
        unverified.insert(0, "申请人身份")
    rows = [
        ("收到材料", "；".join(received)),
        ("免交材料", "、".join(waived)),
        ("书面承诺", "；".join(promised)),
        ("还要补交", "；".join(deferred)),
        ("现在不能核验", "、".join(unverified) + "（联网后自动核对）" if unverified else ""),
    ]
    return [row for row in rows if row[1]]


def _day(until: str) -> str:
    """11 月 27 日, or what stands there when it is no date (then it is among the faults too)."""
    try:
        return short_chinese_date(dt.date.fromisoformat(until))
    except ValueError:
        return until
