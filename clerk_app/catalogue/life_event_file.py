"""One file of ``life_events/`` → ``LifeEvent``: which items belong to it, what is chosen by itself, what is settled."""

from __future__ import annotations

from collections.abc import Mapping

from clerk_app.catalogue.item_file import (
    read_fields,
    read_limit,
    read_limits_when,
    read_materials,
    read_questions,
)
from clerk_app.catalogue.reading import ID, VERSION, Reading
from clerk_app.catalogue.vocabulary import Vocabulary
from clerk_app.domain.canonical import Json
from clerk_app.domain.service_item import LifeEvent, LifeEventPart, LimitUnit, TimeLimit

_NEEDED = ("format", "id", "name", "version", "lead", "parts", "limits", "origins")
_KNOWN = (*_NEEDED, "questions", "aliases", "materials", "fields")


def read_life_event(data: bytes, vocabulary: Vocabulary, reading: Reading) -> LifeEvent | None:
    """Read a life event file; None when there are faults, which are left in ``reading.problems``."""
    before = len(reading.problems)
    root = reading.root(data)
    if len(reading.problems) > before:
        return None
    reading.keys(root, "", _KNOWN, _NEEDED)
    limits = reading.object(root, "limits", "") or {}
    reading.keys(limits, "limits", ("promised", "when"), ("promised",) if "limits" in root else ())
    event = LifeEvent(
        id=reading.text(root, "id", pattern=ID),
        name=reading.text(root, "name", filled=True),
        version=reading.text(root, "version", pattern=VERSION),
        lead=reading.text(root, "lead", filled=True),
        parts=_parts(reading, root),
        promised=read_limit(reading, limits, "promised", "limits") or TimeLimit(LimitUnit.ON_THE_SPOT),
        questions=read_questions(reading, root),
        aliases=reading.texts(root, "aliases"),
        origins=reading.origins(root),
        sha256=vocabulary.hash_with(root),
        materials=read_materials(reading, root, vocabulary),
        fields=read_fields(reading, root, vocabulary),
        limits_when=read_limits_when(reading, limits),
    )
    return event if len(reading.problems) == before else None


def _parts(reading: Reading, root: Mapping[str, Json]) -> tuple[LifeEventPart, ...]:
    parts: list[LifeEventPart] = []
    for place, each in reading.objects(root, "parts", ""):
        reading.keys(each, place, ("item", "chosen", "when", "department", "answers"), ("item",))
        settled = reading.object(each, "answers", place) or {}
        parts.append(
            LifeEventPart(
                item_id=reading.text(each, "item", place, pattern=ID),
                chosen=reading.truth(each, "chosen", place, default=True),
                when=reading.condition(each, "when", place),
                department=reading.text(each, "department", place),
                answers={key: reading.text(settled, key, f"{place}.answers", filled=True) for key in settled},
            )
        )
    if "parts" in root and not parts:
        reading.wrong("parts", "一件事至少要有一个事项")
    reading.unique([part.item_id for part in parts], "parts")
    return tuple(parts)
