"""The append-only feed: entries for a window, a hall or the district, read from a cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select

from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from clerk_app.domain.feed import FeedEntry, IfUnknown, Scope
from sync.gateway import schema
from sync.gateway.gateway import Gateway
from sync.gateway.store import Counter
from sync.gateway.windows import Window

PAGE_CHARACTERS = 1_500_000
"""Bodies of one page together, but always at least one entry: an answer must stay below the client's limit."""
LARGEST_ENTRY = 1_000_000


def window_target(hall: str, window: str) -> str:
    """News for a window outlives its enrolment: a reinstalled window reads on."""
    return f"{hall}/{window}"


def owner_target(case: Row[*tuple[Any, ...]]) -> str:
    """The window that goes on with a case now, which need not be the one that took it."""
    return window_target(case.hall, case.owner or case.window)


def append(
    connection: Connection,
    at_ms: int,
    kind: str,
    body: Mapping[str, Json],
    *,
    scope: Scope = Scope.WINDOW,
    target: str = "",
    if_unknown: IfUnknown = IfUnknown.KEEP,
) -> int:
    """Add an entry in the caller's transaction; cursors grow in the order of commits, for their row is locked.

    A cursor is never below the clock's milliseconds: a gateway that came back from an older backup goes on beyond everything that
    any window has read, so that no news is passed over.
    """
    counter = Counter(connection, "feed")
    cursor = counter.next(at_ms)
    counter.keep()
    values = {"scope": scope.value, "target": target, "kind": kind, "body": canonical_bytes(dict(body)).decode()}
    connection.execute(insert(schema.feed).values(cursor=cursor, if_unknown=if_unknown.value, at_ms=at_ms, **values))
    return cursor


def append_all(connection: Connection, at_ms: int, kind: str, told: Sequence[tuple[str, Mapping[str, Json]]]) -> None:
    """Many entries of one kind, each for its window: (target, body). As ``append``, with a few statements for all."""
    if not told:
        return
    counter = Counter(connection, "feed")
    common = {"scope": Scope.WINDOW.value, "kind": kind, "if_unknown": IfUnknown.KEEP.value, "at_ms": at_ms}
    rows = [
        {**common, "cursor": counter.next(at_ms), "target": target, "body": canonical_bytes(dict(body)).decode()}
        for target, body in told
    ]
    counter.keep()
    connection.execute(insert(schema.feed), rows)


def publish(
    gateway: Gateway,
    kind: str,
    body: Mapping[str, Json],
    *,
    scope: Scope = Scope.DISTRICT,
    target: str = "",
    if_unknown: IfUnknown = IfUnknown.KEEP,
) -> int:
    """Add one entry by itself (a notice, or a kind of a later version). Returns its cursor."""
    with gateway.store.transaction() as connection:
        at_ms = gateway.clock.now().utc_ms
        return append(connection, at_ms, kind, body, scope=scope, target=target, if_unknown=if_unknown)


def page(gateway: Gateway, window: Window, cursor: int, limit: int) -> tuple[tuple[FeedEntry, ...], bool]:
    """Up to ``limit`` entries after ``cursor`` that concern this window, and whether there are more."""
    feed = schema.feed
    mine = or_(
        and_(feed.c.scope == Scope.WINDOW.value, feed.c.target == window_target(window.hall, window.window)),
        and_(feed.c.scope == Scope.HALL.value, feed.c.target == window.hall),
        feed.c.scope == Scope.DISTRICT.value,
    )
    query = select(feed).where(feed.c.cursor > cursor, mine).order_by(feed.c.cursor).limit(limit + 1)
    with gateway.store.reading() as connection:
        rows = connection.execute(query).all()
    sizes = accumulate(len(row.body) for row in rows[:limit])
    fitting = max(1, sum(1 for size in sizes if size <= PAGE_CHARACTERS))
    entries = tuple(
        FeedEntry(row.cursor, Scope(row.scope), row.kind, parse_json(row.body), IfUnknown(row.if_unknown))
        for row in rows[:fitting]
    )
    return entries, len(rows) > fitting


def head(gateway: Gateway) -> int:
    """The newest cursor ever given, 0 before the first: a window that has read further knows that this gateway went back."""
    with gateway.store.reading() as connection:
        return int(connection.execute(select(func.max(schema.feed.c.cursor))).scalar() or 0)
