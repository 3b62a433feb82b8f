"""Where one person stands in what this window keeps: as whom in which case and draft, found by the very document number."""

from __future__ import annotations

from collections.abc import Mapping

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case
from clerk_app.domain.draft import Draft
from clerk_app.domain.named_in_form import NamedPerson, named_in_form, with_changes
from clerk_app.domain.people import tidy_id_number
from clerk_app.ports import UnitOfWork

MOST = 200
ROLES = {"applicant": "申请人", "agent": "代办人", "guardian": "监护人"}
IN_FORM = "form"
"""Somebody that the form tells of: they see what it says of them, and the case stays the applicant's."""
ROLE_NAMES = {**ROLES, IN_FORM: "表里写到的人"}


def cases_of(uow: UnitOfWork, number: str) -> list[Case]:
    """Cases (a life event once) in which this very number is applicant, agent or guardian, or stands in the form."""
    if not number:
        return []
    return [case for case in uow.cases.search(number, MOST) if not case.parent and roles_in(case.content, number)]


def drafts_of(uow: UnitOfWork, number: str) -> list[Draft]:
    """Drafts in which this very number is applicant, agent or guardian, or stands in the form."""
    return [draft for draft in uow.drafts.all() if number and roles_in_draft(draft, number)]


def roles_in_draft(draft: Draft, number: str) -> list[str]:
    """As whom: of ROLES, else IN_FORM, else nothing."""
    who = [who for who in ROLES if tidy_id_number(draft.text(f"{who}.document_number")) == number]
    return who or ([IN_FORM] if told_of(draft.section("field"), number) else [])


def roles_in(content: Mapping[str, Json], number: str) -> list[str]:
    """As whom in a case's content: of ROLES, else IN_FORM, else nothing."""
    people = {who: content.get(who) for who in ROLES}
    who = [who for who, each in people.items() if isinstance(each, dict) and each.get("document_number") == number]
    return who or ([IN_FORM] if told_of(content.get("fields"), number) else [])


def told_of(fields: Json, number: str) -> list[NamedPerson]:
    """What the form's fields say of this person."""
    return [person for person in named_in_form(fields) if person.document_number == number]


def draft_changes(draft: Draft, number: str, wanted: Mapping[str, str]) -> dict[str, Json]:
    """The values that put the person right, in each place where the draft tells of them."""
    who = roles_in_draft(draft, number)
    if who != [IN_FORM]:
        return {f"{each}.{name}": text for each in who for name, text in wanted.items()}
    fields = draft.section("field")
    changed = dict(fields)
    for person in told_of(fields, number):
        changed = with_changes(changed, person, wanted)
    return {f"field.{key}": text for key, text in changed.items() if text != fields[key]}
