"""Who a form tells of beside those at the counter: a newborn's mother, a spouse, members of a household, shareholders.

Known by the ids of the vocabulary: what stands before the dot is one person (``mother.name``, ``mother.id_number``), and each member of
a group is one. A test holds the words here against every field of the shipped vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from clerk_app.domain.canonical import Json
from clerk_app.domain.form import group_members, group_text
from clerk_app.domain.people import tidy_id_number

_PARTS: Mapping[str, re.Pattern[str]] = {
    "name": re.compile(r"(?:.*_)?(?:name|handler|carer|head|physician|officer|representative)"),
    "document_number": re.compile(r"(?:.*_)?(?:id_number|document_number|id|number)"),
    "phone": re.compile(r"(?:.*_)?phone"),
    "address": re.compile(r"(?:.*_)?(?:address|residence|mailing|place)"),
}


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """``field``: a group's id, or what stands before the dot; ``member``: the place in the group, -1 where it is none. ``values``:
    everything the form says of them, by the part of the id behind the dot."""

    field: str
    member: int
    values: Mapping[str, str]

    def part(self, what: str) -> str:
        """The id's part that holds ``name``, ``document_number``, ``phone`` or ``address``; empty when there is none."""
        return next((part for part in self.values if _PARTS[what].fullmatch(part)), "")

    def told(self, what: str) -> str:
        """The value of that part; empty when there is none."""
        return self.values.get(self.part(what), "")

    @property
    def document_number(self) -> str:
        """Tidied; empty for what is named but is nobody with a document, such as a card."""
        return tidy_id_number(self.told("document_number")) if self.told("name") else ""


def named_in_form(fields: Json) -> tuple[NamedPerson, ...]:
    """Everybody with a name, in the order of the form. What is not of its form names nobody."""
    if not isinstance(fields, Mapping):
        return ()
    single: dict[str, dict[str, str]] = {}
    found: list[NamedPerson] = []
    for key, text in fields.items():
        if not isinstance(text, str) or not text:
            continue
        if text.startswith("["):
            try:
                found += [NamedPerson(key, n, member) for n, member in enumerate(group_members(text))]
            except ValueError:
                continue
        else:
            before, dot, part = key.rpartition(".")
            single.setdefault(before if dot else key, {})[part if dot else key] = text
    people = [NamedPerson(before, -1, values) for before, values in single.items()] + found
    return tuple(person for person in people if person.told("name"))


def with_changes(fields: Mapping[str, str], person: NamedPerson, wanted: Mapping[str, str]) -> dict[str, str]:
    """The form with some of a person's values put right, where it holds them. ``wanted``: by ``name``, ``phone``, ``address``."""
    parts = {person.part(what): text for what, text in wanted.items() if person.part(what)}
    if person.member < 0:
        here = {
            f"{person.field}.{part}" if f"{person.field}.{part}" in fields else part: text
            for part, text in parts.items()
        }
        return {**fields, **here}
    members = list(group_members(fields[person.field]))
    members[person.member] = {**members[person.member], **parts}
    return {**fields, person.field: group_text(members)}
