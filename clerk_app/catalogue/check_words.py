"""Words that must come from a list, and names that stand for one thing only: a misspelt department would be a department of its own.

Departments and kinds of e-certificates are data (``vocabulary.json``); a catalogue that does not list them is not held to a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from clerk_app.catalogue.problems import Problem
from clerk_app.catalogue.vocabulary import Vocabulary
from clerk_app.domain.service_item import LifeEvent, Material, ServiceItem, WayKind

LEVELS = ("市级", "区县", "乡镇", "村（社区）")
"""行使层级 as far as a hall of a district or township takes for it (data sheet §2.4 use_level, said shortly)."""


def word_problems(entry: ServiceItem | LifeEvent, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """Unknown level, department and kinds of e-certificates of one entry, each with its place."""
    if isinstance(entry, ServiceItem):
        if entry.level not in ("", *LEVELS):
            yield "level", f"只能是：{'、'.join(LEVELS)}"
        yield from _department("department.name", entry.department.name, vocabulary.departments)
    else:
        yield from _department("lead", entry.lead, vocabulary.departments)
    yield from _certificates(entry.materials, vocabulary.certificates)


def same_names(entries: Mapping[str, ServiceItem | LifeEvent]) -> Iterator[Problem]:
    """Two entries (by file) that a clerk could not tell apart in the list of finds."""
    seen: dict[str, str] = {}
    for file, entry in entries.items():
        if seen.setdefault(entry.name, file) != file:
            yield Problem(file, "name", f"和 {seen[entry.name]} 同名，窗口分不清是哪一个")


def _department(place: str, name: str, known: Sequence[str]) -> Iterator[tuple[str, str]]:
    if known and name and name not in known:
        yield place, f"没有“{name}”这个部门，写错了请改；真有的，请先登记到 vocabulary.json 的 departments"


def _certificates(materials: Iterable[Material], known: Sequence[str]) -> Iterator[tuple[str, str]]:
    for index, material in enumerate(materials):
        for number, way in enumerate(material.ways):
            if not known or way.kind is not WayKind.E_CERTIFICATE:
                continue
            for name in way.detail.split("、"):
                if name not in known:
                    place = f"materials[{index}].ways[{number}].detail"
                    yield (
                        place,
                        f"没有“{name}”这种电子证照，写错了请改；真有的，请先登记到 vocabulary.json 的 certificates",
                    )
