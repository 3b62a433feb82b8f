"""The district gateway as the window sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from clerk_app.domain.feed import FeedEntry
from clerk_app.domain.hall import Hall
from clerk_app.domain.outbox import OutboxMessage


@dataclass(frozen=True, slots=True)
class Receipt:
    """The gateway's answer to one message. ``status``: stored | duplicate | refused | conflict.

    ``receipt`` for the first two; ``code`` and a Chinese ``reason`` for the others.
    """

    message_id: str
    status: str
    receipt: str = ""
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewsPage:
    """Feed entries after a cursor, oldest first; ``more`` when there are further ones. ``head``: the newest cursor that the gateway
    ever gave, None when it does not say."""

    entries: tuple[FeedEntry, ...]
    more: bool
    server_ms: int
    head: int | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the gateway says of itself: its clock, and the protocol versions it speaks."""

    server_ms: int
    versions: tuple[int, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written on a stick. ``left``: messages for which there was no room any more; ``stopped``: it was broken off."""

    files: tuple[Path, ...] = ()
    cases: int = 0
    pages: int = 0
    bytes: int = 0
    left: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a receipt file from the gateway did. ``unknown``: receipts for messages of another data folder."""

    acknowledged: int
    refused: int
    pages: int
    news: int
    unknown: int


@dataclass(frozen=True, slots=True)
class BookDifference:
    """``how``: lost (the gateway has it no more), foreign (only the gateway has it) or other (another content).

    ``day``: YYYYMMDD of the receipt; ``case_id`` empty when the case is not here."""

    day: str
    message_id: str
    case_id: str
    how: str


@dataclass(frozen=True, slots=True)
class BookReport:
    """Both sides' books compared at ``at_ms``. ``ours``, ``theirs``: messages; ``sent_again``: on their way once more;
    ``answered``: False when the gateway is too old to keep such a book."""

    at_ms: int
    ours: int = 0
    theirs: int = 0
    differences: tuple[BookDifference, ...] = ()
    sent_again: int = 0
    answered: bool = True


class Centre(Protocol):
    """The district gateway, as the window sees it. Every failure is a LineProblem or a Refused."""

    def greet(self) -> Greeting: ...
    def send(self, messages: Sequence[OutboxMessage]) -> tuple[Receipt, ...]:
        """Deliver a batch; one receipt for each message, in order. Refused for the whole only when the window itself is."""
        ...

    def blob_offset(self, blob_sha256: str, blob_size: int) -> int:
        """How many bytes of a blob the gateway already holds durably."""
        ...

    def send_blob(self, blob_sha256: str, blob_size: int, offset: int, chunk: bytes) -> int:
        """Append a chunk; returns the new offset. The gateway checks the whole hash at the end."""
        ...

    def news(self, cursor: int, limit: int = 200) -> NewsPage: ...


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a one-time token buys: the hall as the gateway knows it, this window's generation, the gateway's keys.

    ``tls``: PEM texts ``authority``, ``certificate``, ``key`` where the gateway speaks TLS with its own authority; else empty.
    """

    hall: Hall
    window_id: str
    gateway_sealing_public: bytes
    gateway_signing_public: bytes
    tls: Mapping[str, str] = field(default_factory=dict, repr=False)


class Enrolment(Protocol):
    def enrol(
        self, gateway: str, token: str, hall: str, window: str, signing_public: bytes, suite: str = "intl-1"
    ) -> Enrolled:
        """Refused: the token is used, unknown or for another window, or the gateway does not speak the suite."""
        ...
