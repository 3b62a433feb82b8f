"""What the person reads of a case or draft that tells of them, and why a case may not be erased yet."""

from __future__ import annotations

from collections.abc import Mapping

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import STATE_NAMES, Case
from clerk_app.domain.draft import Draft
from clerk_app.domain.outbox import Delivery
from clerk_app.domain.own_data import KeptOf
from clerk_app.domain.paper import PrintState
from clerk_app.domain.sensitive import KIND_NAMES, SensitiveKind
from clerk_app.domain.service_item import FieldType, FormField
from clerk_app.domain.time import Stamp, chinese_date
from clerk_app.errors import Refused
from clerk_app.ports import Settled, UnitOfWork
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.keeping import ENDED, due_day
from clerk_app.usecases.own_places import IN_FORM, ROLE_NAMES, ROLES, roles_in, roles_in_draft, told_of
from clerk_app.usecases.showing import display_value

_LABELS = {
    "name": "姓名",
    "document_number": "证件号码",
    "sex": "性别",
    "ethnicity": "民族",
    "birth": "出生",
    "address": "住址",
    "phone": "联系电话",
}


def case_entry(desk: Desk, uow: UnitOfWork, case: Case, number: str) -> KeptOf:
    """A case, with what it says of this person; an applicant reads the form's fields too."""
    content, roles = case.content, roles_in(case.content, number)
    values = [pair for who in roles if who in ROLES for pair in _person_values(content[who])]
    if IN_FORM in roles:
        values += _told_values(desk, case, number)
    pages = 0
    if "applicant" in roles:
        values += _field_values(desk, case)
        pages = sum(len(how.get("pages", ())) for how in content.get("materials", {}).values())
    family = Settled(0, (case.id, *(part.id for part in uow.cases.parts_of(case.id))), done=True)
    day = due_day(uow, family, desk.clock.now()) if _is_done(uow, family.case_ids) else None
    return KeptOf(
        id=case.id,
        number=case.local_number,
        item=case.item.name,
        as_whom="、".join(ROLE_NAMES[who] for who in roles),
        state=STATE_NAMES[case.state],
        since=Stamp.from_json(case.received_at).local.strftime("%Y-%m-%d"),
        values=tuple(values),
        pages=pages,
        sensitive=tuple(KIND_NAMES[SensitiveKind(kind)] for kind in content.get("consents", {})),
        why_not=why_not(uow, case, number),
        gone_by_itself=f"{chinese_date(day)}自动清除" if day else "",
    )


def draft_entry(desk: Desk, draft: Draft, number: str) -> KeptOf:
    """The same of a draft."""
    roles = roles_in_draft(draft, number)
    values = [pair for who in roles if who in ROLES for pair in _person_values(draft.section(who))]
    if IN_FORM in roles:
        values += [
            (_LABELS.get(what, part), person.values[part])
            for person in told_of(draft.section("field"), number)
            for what in ("name", "document_number", "phone", "address")
            if (part := person.part(what))
        ]
    entry = draft.text("item")
    try:
        name = desk.catalogue.scheme(entry).name if entry else "还没有选事项"
    except Refused:
        name = entry
    mine = "applicant" in roles
    return KeptOf(
        id=draft.id,
        number="暂存",
        item=name,
        as_whom="、".join(ROLE_NAMES[who] for who in roles),
        state="还没有受理",
        since=Stamp(draft.saved_ms).local.strftime("%Y-%m-%d"),
        values=tuple(values),
        pages=sum(len(how.get("pages", ())) for how in draft.section("material").values() if isinstance(how, dict)),
        sensitive=tuple(KIND_NAMES[SensitiveKind(kind)] for kind in draft.section("consent")),
        why_not="" if mine else "是申请人的暂存",
        gone_by_itself="",
        is_draft=True,
    )


def why_not(uow: UnitOfWork, case: Case, number: str) -> str:
    """Why a case may not be erased because this person asks; empty when it may."""
    if "applicant" not in roles_in(case.content, number):
        return "是别人申请的件，由申请人决定"
    family = (case.id, *(part.id for part in uow.cases.parts_of(case.id)))
    cases = [found for each in family if (found := uow.cases.get(each)) is not None]
    if not all(each.state in ENDED for each in cases):
        return "还没有办结；办结或撤回以后可以删除"
    if not _is_done(uow, family):
        return "还没有送达区县前置，或者文书还没打印；送达前不能删除"
    return ""


def _is_done(uow: UnitOfWork, family: tuple[str, ...]) -> bool:
    """As ports.Settled.done, for one family."""
    messages = [message for each in family for message in uow.outbox.of_case(each)]
    owing = any(
        message.state is not Delivery.ACKNOWLEDGED
        or {ref.blob_sha256 for ref in message.attachments} - set(message.blobs_done)
        for message in messages
    )
    unprinted = {PrintState.WAITING, PrintState.SENT, PrintState.FAILED}
    jobs = [job for each in family for job in uow.print_jobs.of_case(each)]
    return bool(messages) and not owing and not any(job.state in unprinted for job in jobs)


def _person_values(person: Mapping[str, Json]) -> list[tuple[str, str]]:
    """What the person themselves reads: nothing masked, it is theirs."""
    return [(label, str(person[key])) for key, label in _LABELS.items() if person.get(key)]


def _told_values(desk: Desk, case: Case, number: str) -> list[tuple[str, str]]:
    """All that the form says of this person, and of nobody else."""
    known, found = _known_fields(desk, case), list[tuple[str, str]]()
    for person in told_of(case.content.get("fields"), number):
        group = known.get(person.field)
        members = {each.id: each for each in group.members} if group is not None and person.member >= 0 else {}
        for part, text in person.values.items():
            field = members.get(part) if person.member >= 0 else known.get(f"{person.field}.{part}")
            found.append((field.label, _shown(field, text)) if field else (part, text))
    return found


def _known_fields(desk: Desk, case: Case) -> dict[str, FormField]:
    try:
        scheme = desk.catalogue.scheme_at(case.item.id, case.item.sha256, case.content.get("parts") or None)
    except Refused:  # the entry has left the catalogue; the values are still the person's
        return {}
    return {field.id: field for field in scheme.fields}


def _field_values(desk: Desk, case: Case) -> list[tuple[str, str]]:
    known = _known_fields(desk, case)
    values = {key: str(text) for key, text in case.content.get("fields", {}).items() if text}
    return [
        (known[key].label, _shown(known[key], text)) if key in known else (key, text) for key, text in values.items()
    ]


def _shown(field: FormField, text: str) -> str:
    """Choices in words; numbers and accounts in full, for they are the person's own."""
    return display_value(field, text) if field.type in (FieldType.CHOICE, FieldType.YES_NO) else text
