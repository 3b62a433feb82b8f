"""The other windows of the hall, as this one may ask about them: a citizen who comes back need not find the same window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from clerk_app.domain.canonical import Json


@dataclass(frozen=True, slots=True, repr=False)
class FoundCase:
    """What a window is shown of a case of the hall. ``owner``: the window that goes on with it. No repr: a name, if masked."""

    case_id: str
    local_number: str
    receipt: str
    case_number: str
    item: str
    applicant: str
    state: str
    revision: int
    window: str
    owner: str
    result: str
    received_ms: int


@dataclass(frozen=True, slots=True, repr=False)
class TakenPage:
    """One page of a taken case, opened and proved. No repr: personal."""

    sha256: str
    media_type: str
    plain: bytes


@dataclass(frozen=True, slots=True, repr=False)
class TakenCase:
    """A whole case to go on with. ``document``: the wire form of its newest revision (domain/case.py). No repr."""

    found: FoundCase
    document: Mapping[str, Json]
    pages: tuple[TakenPage, ...]


class HallCases(Protocol):
    """Asked of the gateway, which writes each question down. Every failure is a LineProblem, or a Refused where it says no."""

    def find(self, number: str, document_kind: str = "", *, reason: str = "returned") -> tuple[FoundCase, ...]:
        """Newest first: by a document (kind and number), or by one of the case's own numbers."""
        ...

    def take(self, case_id: str, *, reason: str = "returned") -> TakenCase:
        """Move a case to this window and hand it over whole; the window that had it is told. One's own comes back unchanged."""
        ...
