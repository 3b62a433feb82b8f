"""The journal: every move of a case and every look at unmasked data, hash-chained, without personal data.

It holds references only (case id, revision, clerk id, closed words), so that it outlives the erasure of a case (ADR 0008).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from clerk_app.domain.canonical import Json, content_hash
from clerk_app.domain.time import Stamp

GENESIS = "0" * 64
CHECKPOINTS = "journal.checkpoints"
"""Where a store keeps the window's signed ones (``Config``; usecases/journal_out.py)."""
HEAD = "journal.head"
"""Where a store notes {"seq", "digest"} of the newest entry beside the chain (``Config``), so that a lost end shows."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What is about to be journalled. ``detail``: closed words and references only, never personal data."""

    at: Stamp
    actor: str
    verb: str
    case_id: str = ""
    revision: int = 0
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One link of the chain. ``seq`` starts at 1 and has no gaps."""

    seq: int
    happening: Happening
    previous: str
    digest: str


def link(seq: int, previous: str, happening: Happening) -> JournalEntry:
    """Chain a happening to the entry before it (``GENESIS`` for the first)."""
    return JournalEntry(seq, happening, previous, _digest(seq, previous, happening))


def first_break(entries: Iterable[JournalEntry]) -> int | None:
    """The sequence number where the chain is broken (removed, changed or reordered), or None when it is whole."""
    previous, expected = GENESIS, 1
    for entry in entries:
        if entry.seq != expected or entry.previous != previous:
            return expected
        if entry.digest != _digest(entry.seq, entry.previous, entry.happening):
            return entry.seq
        previous, expected = entry.digest, expected + 1
    return None


def happening_json(happening: Happening) -> Json:
    """The canonical form that is hashed and stored."""
    return {
        "at": happening.at.to_json(),
        "actor": happening.actor,
        "verb": happening.verb,
        "case_id": happening.case_id,
        "revision": happening.revision,
        "detail": dict(happening.detail),
    }


def _digest(seq: int, previous: str, happening: Happening) -> str:
    return content_hash({"seq": seq, "previous": previous, "happening": happening_json(happening)})
