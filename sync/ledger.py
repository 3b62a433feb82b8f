"""THE WIRE CONTRACT of comparing books: what the gateway holds of one window, by day and by message.

    GET  /v1/ledger?from=YYYYMMDD&to=YYYYMMDD    one line a day: how many messages, and one hash over all of them
    GET  /v1/ledger/{YYYYMMDD}                   that day's messages, to name each difference
    POST /v1/known                               of these messages: which the gateway does not hold, and which pages it lacks

The day of a message is the day in its case's gateway receipt (QZ500199-20261122-000001): both sides know it, and no clock
decides. A gateway that came back from an older backup does not know what it lost; a window that sees another hash for a day
asks by message and sends again what is not known. Nothing is settled by a comparison: only a receipt settles.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clerk_app.domain.canonical import canonical_bytes, parse_json
from sync.strict import a_hash, a_list, a_number, a_text, an_id, an_object

LEDGER, KNOWN = "/v1/ledger", "/v1/known"
DAYS_LIMIT = 400
KNOWN_LIMIT = 500
ROWS_LIMIT = 100_000
_DAY = re.compile(r"20[0-9]{6}")
_RECEIPT_DAY = re.compile(r"QZ[0-9A-Z]{2,20}-(20[0-9]{6})-[0-9]{6,9}")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One message as both sides know it."""

    message_id: str
    body_sha256: str


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """``day``: YYYYMMDD. ``sha256``: ``day_hash`` over the day's messages."""

    day: str
    count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """``messages``: ids that the gateway does not hold. ``blobs``: pages it lacks of messages that it does hold."""

    messages: tuple[str, ...]
    blobs: tuple[str, ...]


def is_day(text: str) -> bool:
    """True for YYYYMMDD of this century."""
    return _DAY.fullmatch(text) is not None


def day_of_receipt(receipt: str) -> str:
    """YYYYMMDD of a gateway receipt; empty when it has none (a report about a guide)."""
    match = _RECEIPT_DAY.fullmatch(receipt)
    return match[1] if match else ""


def day_hash(rows: Iterable[LedgerRow]) -> str:
    """SHA-256 over the rows in the order of their ids: one hash for one set, whoever holds it."""
    digest = hashlib.sha256()
    for row in sorted(rows, key=lambda each: each.message_id):
        digest.update(f"{row.message_id} {row.body_sha256}\n".encode())
    return digest.hexdigest()


def ledger_bytes(days: Sequence[LedgerDay], server_ms: int) -> bytes:
    rows = [{"day": each.day, "count": each.count, "sha256": each.sha256} for each in days]
    return canonical_bytes({"days": rows, "server_ms": server_ms})


def ledger_from_bytes(data: bytes) -> tuple[LedgerDay, ...]:
    """Raises ValueError when the data is no ledger."""
    days = []
    for each in a_list(an_object(parse_json(data)), "days", DAYS_LIMIT):
        row = an_object(each)
        day = a_text(row, "day", 8)
        if not is_day(day):
            raise ValueError("a day is YYYYMMDD")
        days.append(LedgerDay(day, a_number(row, "count"), a_hash(row, "sha256")))
    return tuple(days)


def rows_bytes(rows: Sequence[LedgerRow], server_ms: int) -> bytes:
    """The messages of one day, or those that a window asks about."""
    told = [{"message_id": each.message_id, "body_sha256": each.body_sha256} for each in rows]
    return canonical_bytes({"messages": told, "server_ms": server_ms})


def rows_from_bytes(data: bytes, limit: int = ROWS_LIMIT) -> tuple[LedgerRow, ...]:
    """Raises ValueError when the data is no such list."""
    rows = (an_object(each) for each in a_list(an_object(parse_json(data)), "messages", limit))
    return tuple(LedgerRow(an_id(row, "message_id"), a_hash(row, "body_sha256")) for row in rows)


def unknown_bytes(unknown: Unknown, server_ms: int) -> bytes:
    return canonical_bytes({"unknown": list(unknown.messages), "blobs": list(unknown.blobs), "server_ms": server_ms})


def unknown_from_bytes(data: bytes) -> Unknown:
    """Raises ValueError when the data is no such answer."""
    fields = an_object(parse_json(data))
    messages = [{"id": each} for each in a_list(fields, "unknown", KNOWN_LIMIT)]
    blobs = [{"sha256": each} for each in a_list(fields, "blobs", ROWS_LIMIT)]
    return Unknown(tuple(an_id(each, "id") for each in messages), tuple(a_hash(each, "sha256") for each in blobs))


def differences(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """Message id → ``lost`` (only we hold it), ``foreign`` (only they do) or ``other`` (another content)."""
    named = dict.fromkeys(ours.keys() - theirs.keys(), "lost")
    named |= dict.fromkeys(theirs.keys() - ours.keys(), "foreign")
    return named | {each: "other" for each in ours.keys() & theirs.keys() if ours[each] != theirs[each]}
