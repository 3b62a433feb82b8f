"""Comparing books with the gateway: what this window has receipts for, and what the gateway holds, by day and by message.

A gateway that was put back to last night's backup has lost what came after; its windows notice by the day's hash and send it
again, with the receipt that was given then, so that what is printed stays true. Nothing is ever taken away by a comparison.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from clerk_app.domain.journal import Happening
from clerk_app.domain.outbox import Delivery, OutboxMessage
from clerk_app.ports import BookDifference, BookReport, Clock, Receipted, Store, UnitOfWork
from sync.ledger import KNOWN_LIMIT, LedgerDay, LedgerRow, Unknown, day_hash, day_of_receipt, differences
from sync.settle import ACTOR

DAYS = 31
_FIRST_DAY = "20000101"
"""A PC whose battery is dead believes in earlier ones; no receipt has one."""


class Books(Protocol):
    """The gateway's side. Every failure is a LineProblem or a Refused."""

    def ledger(self, first: str, last: str) -> tuple[LedgerDay, ...] | None: ...
    def ledger_day(self, day: str) -> tuple[LedgerRow, ...]: ...
    def known(self, rows: Sequence[LedgerRow]) -> Unknown: ...


@dataclass(frozen=True, slots=True)
class _Found:
    differences: tuple[BookDifference, ...]
    lost: tuple[str, ...]
    lacking: frozenset[str]


def compare(store: Store, books: Books, clock: Clock, *, days: int = DAYS) -> BookReport:
    """Compare the last ``days`` days (before the newest receipt, or today), name every difference, and put on their way again what
    the gateway lost.

    Raises:
        LineProblem, Refused: from the gateway; nothing was changed. StorageProblem: from the store.
    """
    now = clock.now()
    with store.begin(reading=True) as uow:
        ours = uow.outbox.receipted(0)  # by the receipt's day, whenever it was written
    today = max(now.local.strftime("%Y%m%d"), _FIRST_DAY)
    newest = max((day_of_receipt(row.receipt) for row in ours), default="") or today
    first = _days_before(min(today, newest), days)  # receipts have the gateway's days, however wrong this PC's clock is
    by_day: dict[str, list[Receipted]] = {}
    for row in ours:
        if (day := day_of_receipt(row.receipt)) >= first:
            by_day.setdefault(day, []).append(row)
    told = books.ledger(first, max([*by_day, today]))
    if told is None:
        return BookReport(now.utc_ms, answered=False)
    theirs = {each.day: each for each in told}
    found = [_one_day(books, day, by_day.get(day, []), theirs.get(day)) for day in sorted({*by_day, *theirs})]
    lost = [each for day in found for each in day.lost]
    lacking = frozenset(each for day in found for each in day.lacking)
    again = _send_again(store, clock, lost, lacking)
    return BookReport(
        now.utc_ms,
        ours=sum(len(rows) for rows in by_day.values()),
        theirs=sum(each.count for each in told),
        differences=tuple(each for day in found for each in day.differences),
        sent_again=again,
    )


def _days_before(day: str, days: int) -> str:
    try:
        before = dt.date(int(day[:4]), int(day[4:6]), int(day[6:])) - dt.timedelta(days=days)
    except ValueError:
        return _FIRST_DAY
    return max(f"{before:%Y%m%d}", _FIRST_DAY)


def _one_day(books: Books, day: str, ours: list[Receipted], theirs: LedgerDay | None) -> _Found:
    rows = [LedgerRow(each.message_id, each.body_sha256) for each in ours]
    if theirs is not None and (theirs.count, theirs.sha256) == (len(rows), day_hash(rows)):
        return _Found((), (), _lacking(books, rows)[1])
    held = {row.message_id: row.body_sha256 for row in (books.ledger_day(day) if theirs else ())}
    named = differences({row.message_id: row.body_sha256 for row in rows}, held)
    lost, lacking = _lacking(books, rows)
    cases = {each.message_id: each.case_id for each in ours}
    told = tuple(BookDifference(day, each, cases.get(each, ""), how) for each, how in sorted(named.items()))
    return _Found(told, tuple(each for each in lost if named.get(each) == "lost"), lacking)


def _lacking(books: Books, rows: list[LedgerRow]) -> tuple[list[str], frozenset[str]]:
    """(messages that are not held, pages that are not whole)."""
    lost: list[str] = []
    pages: set[str] = set()
    for start in range(0, len(rows), KNOWN_LIMIT):
        unknown = books.known(rows[start : start + KNOWN_LIMIT])
        lost += unknown.messages
        pages |= set(unknown.blobs)
    return lost, frozenset(pages)


def _send_again(store: Store, clock: Clock, lost: list[str], lacking: frozenset[str]) -> int:
    """How many messages are on their way again, for themselves or for a page."""
    if not lost and not lacking:
        return 0
    now = clock.now()
    with store.begin() as uow:
        again = [_waiting_again(each) for each in uow.outbox.load(lost, bodies=False)]
        mended = {each.id: each for each in _with_pages(uow, lacking)}
        mended |= {each.id: each for each in again}
        if lost:  # it went back in time, and so did its feed
            uow.news.begin_again()
        for message in mended.values():
            uow.outbox.save(message)
            uow.journal.append(Happening(now, ACTOR, "sync.lost_there", message.case_id, message.revision))
        uow.commit()
    return len(mended)


def _with_pages(uow: UnitOfWork, lacking: frozenset[str]) -> list[OutboxMessage]:
    """Acknowledged messages that thought a page done which is not."""
    ids = [each.message_id for each in uow.outbox.receipted(0)] if lacking else []
    found: list[OutboxMessage] = []
    for start in range(0, len(ids), 500):
        loaded = uow.outbox.load(ids[start : start + 500], bodies=False)
        found += [replace(each, blobs_done=each.blobs_done - lacking) for each in loaded if each.blobs_done & lacking]
    return found


def _waiting_again(message: OutboxMessage) -> OutboxMessage:
    """As before it was receipted, but for the receipt itself, which travels along and stays true."""
    return replace(message, state=Delivery.WAITING, attempts=0, next_try_ms=0, lease_until_ms=0, blobs_done=frozenset())
