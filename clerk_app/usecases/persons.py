"""个人信息的查阅、更正、删除 (个人信息保护法 45, 46, 47 条): everything this window keeps of one person, put right or taken out.

The person stands at the counter and shows a document; the clerk who serves them looks. Every look, correction and erasure is in the
journal by case and kind, never with content. What may not be erased yet is said with its reason and its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json
from clerk_app.domain.case import STATE_NAMES, Case
from clerk_app.domain.draft import Draft
from clerk_app.domain.message import MessageKind
from clerk_app.domain.named_in_form import NamedPerson, named_in_form, with_changes
from clerk_app.domain.outbox import Delivery
from clerk_app.domain.own_data import Erased, Kept, KeptOf
from clerk_app.domain.paper import PrintState
from clerk_app.domain.people import mask_id, name_fault, tidy_id_number
from clerk_app.domain.rights import Right
from clerk_app.domain.sensitive import KIND_NAMES, SensitiveKind
from clerk_app.domain.service_item import FieldType, FormField
from clerk_app.domain.time import Stamp, chinese_date
from clerk_app.errors import Refused
from clerk_app.ports import Settled, UnitOfWork
from clerk_app.usecases.counting_prints import SAVED
from clerk_app.usecases.desk import Desk, must
from clerk_app.usecases.keeping import ENDED, due_day
from clerk_app.usecases.looking import IN_FULL, LOOKED, PAPER, kinds_of
from clerk_app.usecases.own_entry import LISTED, corrected, entries_of, forget, taken_in
from clerk_app.usecases.showing import display_value
from clerk_app.usecases.writing import find_case, send

__all__ = ["CORRECTABLE", "Erased", "Kept", "KeptOf", "correct", "erase", "kept_of", "number_of"]

MOST = 200
ROLES = {"applicant": "申请人", "agent": "代办人", "guardian": "监护人"}
IN_FORM = "form"
"""Somebody that the form tells of: they see what it says of them, and the case stays the applicant's."""
ROLE_NAMES = {**ROLES, IN_FORM: "表里写到的人"}
CORRECTABLE: Mapping[str, str] = {"name": "姓名", "phone": "联系电话", "address": "住址"}
"""What can be put right here; a wrong document number makes another person: that case is voided and taken anew."""


def kept_of(desk: Desk, number: str) -> Kept:
    """查阅: what is kept of the person with this document number; journalled for each case, draft and entry before it is shown.

    Raises:
        Refused: no right, or nothing is kept of such a person.
    """
    must(desk, Right.PERSON_DATA)
    number = tidy_id_number(number)
    with desk.store.begin() as uow:
        cases, drafts, listed = _cases_of(uow, number), _drafts_of(uow, number), taken_in(uow, number)
        if not cases and not drafts and not listed:
            raise Refused("这个窗口没有这个人的信息。", what_to_do="请核对证件号码；在别的窗口办的，请到那个窗口查。")
        looks = sum(each.happening.verb in _LOOKS for case in cases for each in uow.journal.of_case(case.id))
        entries = (
            *(_case_entry(desk, uow, case, number) for case in cases),
            *(_draft_entry(desk, d, number) for d in drafts),
            *entries_of(uow, listed),
        )
        uow.journal.append_all(
            [
                *(desk.happening(_ASKED, case.id, case.revision, **_kinds(kinds_of(case))) for case in cases),
                *(
                    desk.happening(_ASKED, draft.id, 0, **_kinds("+".join(sorted(draft.section("consent")))))
                    for draft in drafts
                ),
                *(desk.happening(_ASKED, person.id) for person in listed),
            ]
        )
        uow.commit()
    name = next((text for each in entries for label, text in each.values if label == "姓名"), "")
    return Kept(name, mask_id(number), entries, looks)


def number_of(desk: Desk, case_id: str) -> str:
    """The document number of a case's applicant, so that the person need not spell it; for ``kept_of`` only."""
    must(desk, Right.PERSON_DATA)
    with desk.store.begin(reading=True) as uow:
        applicant = find_case(uow, case_id).content.get("applicant") or {}
    return str(applicant.get("document_number", ""))


def correct(desk: Desk, number: str, changes: Mapping[str, str], reason: str) -> int:
    """更正: name, phone or address, in every case that still holds them and every draft. Each case gets a revision of its own, which
    goes to the gateway; the old value leaves with the old revision. Returns how many cases and drafts changed.

    Raises:
        Refused: no right, no reason, nothing to change, a value that cannot be, or nothing is kept.
    """
    must(desk, Right.PERSON_DATA)
    wanted = {name: text.strip() for name, text in changes.items() if text.strip()}
    if not wanted or set(wanted) - set(CORRECTABLE):
        raise Refused("请写要更正成什么：姓名、联系电话或住址。", what_is_safe="原来的内容没有变。")
    if "name" in wanted and (fault := name_fault(wanted["name"])):
        raise Refused(f"姓名：{fault}。", what_is_safe="原来的内容没有变。")
    if not reason.strip():
        raise Refused("请写明凭什么更正，例如“核对了身份证”。", what_is_safe="原来的内容没有变。")
    number, changed = tidy_id_number(number), 0
    with desk.store.begin() as uow:
        for case in _cases_of(uow, number):
            changed += _correct_case(desk, uow, case, number, wanted, reason.strip())
        for draft in _drafts_of(uow, number):
            values = _draft_changes(draft, number, wanted)
            if all(draft.values.get(key) == text for key, text in values.items()):
                continue
            uow.drafts.save(draft.id, values, desk.clock.now().utc_ms)
            uow.journal.append(desk.happening("person.corrected", draft.id, keys="+".join(sorted(wanted))))
            changed += 1
        changed += corrected(desk, uow, taken_in(uow, number), wanted)
        if not changed:
            raise Refused("没有要改的：写的和存着的一样，或者没有这个人的信息。", what_is_safe="原来的内容没有变。")
        uow.commit()
    return changed


def erase(desk: Desk, number: str) -> Erased:
    """删除: drafts at once; cases that are ended, delivered to the gateway and printed, at once too, before their term. The rest
    stays, each with its reason. Where a person is only agent or guardian or stands in the form, the applicant's case stays theirs.

    Raises:
        Refused: no right, or nothing is kept of such a person.
    """
    must(desk, Right.PERSON_DATA)
    number = tidy_id_number(number)
    stays, cases, drafts = list[tuple[str, str]](), 0, 0
    with desk.store.begin() as uow:
        found, open_drafts, listed = _cases_of(uow, number), _drafts_of(uow, number), taken_in(uow, number)
        if not found and not open_drafts and not listed:
            raise Refused("这个窗口没有这个人的信息。", what_to_do="请核对证件号码。")
        for draft in open_drafts:
            if "applicant" in _who(draft, number):
                uow.drafts.close(draft.id)
                uow.journal.append(desk.happening("person.erased", draft.id, rule="asked"))
                drafts += 1
            else:
                stays.append(("暂存", "是申请人的暂存"))
        for case in found:
            if why := _why_not(uow, case, number):
                stays.append((case.local_number, why))
                continue
            family = (case.id, *(part.id for part in uow.cases.parts_of(case.id)))
            uow.keeping.erase(family)
            uow.journal.append_all([desk.happening("person.erased", each, rule="asked") for each in family])
            cases += 1
        entries, why = forget(desk, uow, listed)
        stays += [(LISTED, why)] if why else []
        uow.commit()
    return Erased(cases, drafts, tuple(stays), entries)


# --- inside

_ASKED = "person.looked"
_LOOKS = frozenset({IN_FULL, LOOKED, PAPER, SAVED})


def _kinds(kinds: str) -> dict[str, str]:
    return {"kinds": kinds} if kinds else {}


def _cases_of(uow: UnitOfWork, number: str) -> list[Case]:
    """Cases (a life event once) in which this very number is applicant, agent or guardian, or stands in the form."""
    if not number:
        return []
    return [case for case in uow.cases.search(number, MOST) if not case.parent and _roles(case.content, number)]


def _drafts_of(uow: UnitOfWork, number: str) -> list[Draft]:
    return [draft for draft in uow.drafts.all() if number and _who(draft, number)]


def _who(draft: Draft, number: str) -> list[str]:
    who = [who for who in ROLES if tidy_id_number(draft.text(f"{who}.document_number")) == number]
    return who or ([IN_FORM] if _told_of(draft.section("field"), number) else [])


def _roles(content: Mapping[str, Json], number: str) -> list[str]:
    people = {who: content.get(who) for who in ROLES}
    who = [who for who, each in people.items() if isinstance(each, dict) and each.get("document_number") == number]
    return who or ([IN_FORM] if _told_of(content.get("fields"), number) else [])


def _told_of(fields: Json, number: str) -> list[NamedPerson]:
    return [person for person in named_in_form(fields) if person.document_number == number]


def _draft_changes(draft: Draft, number: str, wanted: Mapping[str, str]) -> dict[str, Json]:
    who = _who(draft, number)
    if who != [IN_FORM]:
        return {f"{each}.{name}": text for each in who for name, text in wanted.items()}
    fields = draft.section("field")
    changed = dict(fields)
    for person in _told_of(fields, number):
        changed = with_changes(changed, person, wanted)
    return {f"field.{key}": text for key, text in changed.items() if text != fields[key]}


def _case_entry(desk: Desk, uow: UnitOfWork, case: Case, number: str) -> KeptOf:
    content, roles = case.content, _roles(case.content, number)
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
        why_not=_why_not(uow, case, number),
        gone_by_itself=f"{chinese_date(day)}自动清除" if day else "",
    )


def _draft_entry(desk: Desk, draft: Draft, number: str) -> KeptOf:
    roles = _who(draft, number)
    values = [pair for who in roles if who in ROLES for pair in _person_values(draft.section(who))]
    if IN_FORM in roles:
        values += [
            (_LABELS.get(what, part), person.values[part])
            for person in _told_of(draft.section("field"), number)
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


_LABELS = {
    "name": "姓名",
    "document_number": "证件号码",
    "sex": "性别",
    "ethnicity": "民族",
    "birth": "出生",
    "address": "住址",
    "phone": "联系电话",
}


def _person_values(person: Mapping[str, Json]) -> list[tuple[str, str]]:
    """What the person themselves reads: nothing masked, it is theirs."""
    return [(label, str(person[key])) for key, label in _LABELS.items() if person.get(key)]


def _told_values(desk: Desk, case: Case, number: str) -> list[tuple[str, str]]:
    """All that the form says of this person, and of nobody else."""
    known, found = _known_fields(desk, case), list[tuple[str, str]]()
    for person in _told_of(case.content.get("fields"), number):
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


def _why_not(uow: UnitOfWork, case: Case, number: str) -> str:
    if "applicant" not in _roles(case.content, number):
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


def _correct_case(desk: Desk, uow: UnitOfWork, case: Case, number: str, wanted: Mapping[str, str], reason: str) -> bool:
    """The next revision with the person put right, sent on; False when it says so already."""
    changed = False
    for each in (case, *uow.cases.parts_of(case.id)):
        roles = _roles(each.content, number)
        people = {who: {**each.content[who], **wanted} for who in roles if who in ROLES}
        if IN_FORM in roles:
            people["fields"] = dict(each.content["fields"])
            for person in _told_of(each.content["fields"], number):
                people["fields"] = with_changes(people["fields"], person, wanted)
        if all(each.content[key] == right for key, right in people.items()):
            continue
        now = desk.clock.now()
        note: dict[str, Json] = {
            "at": now.to_json(),
            "by": desk.session.login,
            "keys": sorted(wanted),
            "reason": reason,
            "revision": each.revision + 1,
        }
        corrected = [*each.content.get("corrected", []), note]
        moved = replace(each, revision=each.revision + 1, content={**each.content, **people, "corrected": corrected})
        Application.from_json(moved.content)  # never store what could not be read again
        uow.cases.save(moved)
        send(desk, uow, moved, MessageKind.AMENDED, now, share_from=moved.parent)
        uow.journal.append(desk.happening("person.corrected", moved.id, moved.revision, keys="+".join(sorted(wanted))))
        changed = True
    return changed
