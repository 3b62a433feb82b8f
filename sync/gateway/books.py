"""The gateway's side of comparing books (sync/ledger.py): what it holds of one window, by day and by message."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select

from sync.gateway import schema
from sync.gateway.gateway import Gateway
from sync.gateway.windows import Window
from sync.ledger import DAYS_LIMIT, LedgerDay, LedgerRow, Unknown, day_hash, day_of_receipt

_AT_ONCE = 300


def days(gateway: Gateway, window: Window, first: str, last: str) -> tuple[LedgerDay, ...]:
    """A line for each day that has messages of this window, between two days (YYYYMMDD, both included)."""
    by_day: dict[str, list[LedgerRow]] = {}
    with gateway.store.reading() as connection:
        for row in connection.execute(_mine(window, first, last)):
            by_day.setdefault(day_of_receipt(row.receipt), []).append(LedgerRow(row.message_id, row.body_sha256))
    told = sorted(by_day.items())[-DAYS_LIMIT:]
    return tuple(LedgerDay(day, len(rows), day_hash(rows)) for day, rows in told)


def rows(gateway: Gateway, window: Window, day: str) -> tuple[LedgerRow, ...]:
    """The messages of one day, by id."""
    with gateway.store.reading() as connection:
        found = connection.execute(_mine(window, day, day)).all()
    return tuple(sorted((LedgerRow(row.message_id, row.body_sha256) for row in found), key=lambda row: row.message_id))


def _mine(window: Window, first: str, last: str) -> Select[tuple[str, str, str]]:
    """All enrolments of the window count: a reinstalled one still answers for what it sent before."""
    messages, cases, own = schema.message, schema.case, schema.window
    kin = select(own.c.window_id).where(own.c.hall == window.hall, own.c.window == window.window)
    prefix = f"QZ{window.hall}-"
    return (
        select(messages.c.message_id, messages.c.body_sha256, cases.c.receipt)
        .join_from(messages, cases, messages.c.case_id == cases.c.case_id)
        .where(
            cases.c.hall == window.hall, cases.c.receipt >= f"{prefix}{first}-", cases.c.receipt < f"{prefix}{last}."
        )
        .where(messages.c.window_id.in_(kin))
    )


def unknown(gateway: Gateway, window: Window, asked: Sequence[LedgerRow]) -> Unknown:
    """Which of these messages are not held with this very content, and which pages of the held ones are not whole.

    A message of another hall counts as not held: nobody learns what others sent.
    """
    messages, cases, named, blobs = schema.message, schema.case, schema.attachment, schema.blob
    held: set[tuple[str, str]] = set()
    lacking: set[str] = set()
    with gateway.store.reading() as connection:
        for start in range(0, len(asked), _AT_ONCE):
            ids = [row.message_id for row in asked[start : start + _AT_ONCE]]
            query = (
                select(messages.c.message_id, messages.c.body_sha256)
                .join_from(messages, cases, messages.c.case_id == cases.c.case_id)
                .where(messages.c.message_id.in_(ids), cases.c.hall == window.hall)
            )
            here = [(row.message_id, row.body_sha256) for row in connection.execute(query)]
            held.update(here)
            pages = (
                select(named.c.blob_sha256)
                .join_from(named, blobs, named.c.blob_sha256 == blobs.c.blob_sha256)
                .where(named.c.message_id.in_([each for each, _ in here]), blobs.c.complete_ms == 0)
            )
            lacking.update(row.blob_sha256 for row in connection.execute(pages))
    missing = tuple(row.message_id for row in asked if (row.message_id, row.body_sha256) not in held)
    return Unknown(missing, tuple(sorted(lacking)))
