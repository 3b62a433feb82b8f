"""Synthetic people (样例) for demos, screenshots and tests; data in ``samples_people.json``.

The newborn has no id number and no card: that is what 新生儿出生 is about.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

_TABLE = Path(__file__).with_name("samples_people.json")


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """One made-up person, field by field as a resident ID card prints them (dates as YYYY-MM-DD or 长期)."""

    key: str
    name: str
    sex: str
    ethnicity: str
    birth: str
    id_number: str
    address: str
    authority: str
    valid_from: str
    valid_to: str

    @property
    def has_card(self) -> bool:
        """False for the newborn."""
        return bool(self.id_number)


@dataclass(frozen=True, slots=True)
class SampleFamily:
    """Father, mother and newborn for the life event 新生儿出生; each is a key of SAMPLE_PEOPLE."""

    key: str
    father: str
    mother: str
    newborn: str


def load_people(path: Path = _TABLE) -> tuple[Mapping[str, SamplePerson], Mapping[str, SampleFamily]]:
    """Read the table; both mappings are keyed by ``key`` and keep the file's order."""
    table = json.loads(path.read_text(encoding="utf-8"))
    people = {row["key"]: SamplePerson(**row) for row in table["people"]}
    families = {row["key"]: SampleFamily(**row) for row in table["families"]}
    return MappingProxyType(people), MappingProxyType(families)


SAMPLE_PEOPLE, SAMPLE_FAMILIES = load_people()
