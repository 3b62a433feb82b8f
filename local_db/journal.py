"""The hash-chained journal; each link is computed inside the transaction that writes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert, select

from clerk_app.domain.journal import GENESIS, Happening, JournalEntry, happening_json, link
from clerk_app.domain.time import Stamp
from local_db.faults import damaged
from local_db.schema import journal as table
from local_db.transaction import Transaction, as_text, from_text

_STEP = 1000


class SqlJournal:
    """See ports.Journal."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def append(self, happening: Happening) -> JournalEntry:
        """See ports.Journal."""
        last = self._transaction.execute(
            select(table.c.seq, table.c.digest).order_by(table.c.seq.desc()).limit(1)
        ).one_or_none()
        entry = link(last.seq + 1 if last else 1, last.digest if last else GENESIS, happening)
        self._transaction.execute(
            insert(table),
            {
                "seq": entry.seq,
                "case_id": happening.case_id,
                "happening": as_text(happening_json(happening)),
                "previous": entry.previous,
                "digest": entry.digest,
            },
        )
        return entry

    def of_case(self, case_id: str) -> tuple[JournalEntry, ...]:
        """See ports.Journal."""
        rows = self._transaction.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.seq))
        return tuple(_entry(row) for row in rows)

    def entries(self) -> Iterator[JournalEntry]:
        """See ports.Journal; read in stretches, so that a long journal needs little memory."""
        after = 0
        while True:
            wanted = select(table).where(table.c.seq > after).order_by(table.c.seq).limit(_STEP)
            rows = self._transaction.execute(wanted).all()
            for row in rows:
                yield _entry(row)
            if len(rows) < _STEP:
                return
            after = rows[-1].seq


def _entry(row: Any) -> JournalEntry:
    data = from_text(row.happening)
    try:
        happening = Happening(
            Stamp.from_json(data["at"]),
            data["actor"],
            data["verb"],
            data["case_id"],
            data["revision"],
            data["detail"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise damaged("日志有一条读不出来。") from error
    return JournalEntry(row.seq, happening, row.previous, row.digest)
