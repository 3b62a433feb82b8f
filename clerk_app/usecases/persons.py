"""个人信息的查阅、更正、删除 (个人信息保护法 45, 46, 47 条): everything this window keeps of one person, put right or taken out.

The person stands at the counter and shows a document; the clerk who serves them looks. Every look, correction and erasure is in the
journal by case and kind, never with content. What may not be erased yet is said with its reason and its day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case
from clerk_app.domain.message import MessageKind
from clerk_app.domain.named_in_form import with_changes
from clerk_app.domain.own_data import Erased, Kept, KeptOf
from clerk_app.domain.people import mask_id, name_fault, tidy_id_number
from clerk_app.domain.rights import Right
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.counting_prints import SAVED
from clerk_app.usecases.desk import Desk, must
from clerk_app.usecases.looking import IN_FULL, LOOKED, PAPER, kinds_of
from clerk_app.usecases.own_entry import LISTED, corrected, entries_of, forget, taken_in
from clerk_app.usecases.own_places import (
    IN_FORM,
    ROLES,
    cases_of,
    draft_changes,
    drafts_of,
    roles_in,
    roles_in_draft,
    told_of,
)
from clerk_app.usecases.own_sheet import case_entry, draft_entry, why_not
from clerk_app.usecases.writing import find_case, send

__all__ = ["CORRECTABLE", "Erased", "Kept", "KeptOf", "correct", "erase", "kept_of", "number_of"]

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
        cases, drafts, listed = cases_of(uow, number), drafts_of(uow, number), taken_in(uow, number)
        if not cases and not drafts and not listed:
            raise Refused("这个窗口没有这个人的信息。", what_to_do="请核对证件号码；在别的窗口办的，请到那个窗口查。")
        looks = sum(each.happening.verb in _LOOKS for case in cases for each in uow.journal.of_case(case.id))
        entries = (
            *(case_entry(desk, uow, case, number) for case in cases),
            *(draft_entry(desk, d, number) for d in drafts),
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
        for case in cases_of(uow, number):
            changed += _correct_case(desk, uow, case, number, wanted, reason.strip())
        for draft in drafts_of(uow, number):
            values = draft_changes(draft, number, wanted)
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
        found, open_drafts, listed = cases_of(uow, number), drafts_of(uow, number), taken_in(uow, number)
        if not found and not open_drafts and not listed:
            raise Refused("这个窗口没有这个人的信息。", what_to_do="请核对证件号码。")
        for draft in open_drafts:
            if "applicant" in roles_in_draft(draft, number):
                uow.drafts.close(draft.id)
                uow.journal.append(desk.happening("person.erased", draft.id, rule="asked"))
                drafts += 1
            else:
                stays.append(("暂存", "是申请人的暂存"))
        for case in found:
            if why := why_not(uow, case, number):
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


def _correct_case(desk: Desk, uow: UnitOfWork, case: Case, number: str, wanted: Mapping[str, str], reason: str) -> bool:
    """The next revision with the person put right, sent on; False when it says so already."""
    changed = False
    for each in (case, *uow.cases.parts_of(case.id)):
        roles = roles_in(each.content, number)
        people = {who: {**each.content[who], **wanted} for who in roles if who in ROLES}
        if IN_FORM in roles:
            people["fields"] = dict(each.content["fields"])
            for person in told_of(each.content["fields"], number):
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
