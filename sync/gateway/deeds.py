"""Who did what at the gateway: an append-only list of references. It outlives what it refers to, and holds nothing personal."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, insert, select

from clerk_app.domain.canonical import Json
from sync.gateway import schema
from sync.gateway.gateway import Gateway
from sync.gateway.store import Counter


def note(connection: Connection, at_ms: int, actor: str, act: str, thing: str) -> None:
    """Write one deed in the caller's transaction. ``thing``: an id, a number of a case, a window: never a person."""
    counter = Counter(connection, "deed")
    row = {"number": counter.next(), "at_ms": at_ms, "actor": actor[:300], "act": act, "object": thing[:200]}
    counter.keep()
    connection.execute(insert(schema.deed).values(**row))


def newest(gateway: Gateway, limit: int = 200) -> Iterator[dict[str, Json]]:
    """The newest first."""
    table = schema.deed
    with gateway.store.reading() as connection:
        rows = connection.execute(select(table).order_by(table.c.number.desc()).limit(limit)).all()
    for row in rows:
        yield {"at_ms": row.at_ms, "actor": row.actor, "act": row.act, "object": row.object}
