"""The hash-chained journal; each link is computed inside the transaction that writes it.

The newest entry's number and digest are noted beside the chain (``HEAD``), and the next entry is linked to that note: when the
end of the journal was taken out, whatever is written afterwards leaves a gap that stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import exists, func, insert, select

from clerk_app.domain.journal import GENESIS, HEAD, Happening, JournalEntry, happening_json, link
from clerk_app.domain.time import Stamp
from local_db.faults import damaged
from local_db.schema import case, draft
from local_db.schema import journal as table
from local_db.small_tables import SqlConfig
from local_db.transaction import Transaction, as_text, from_text

_STEP = 1000


class SqlJournal:
    """See ports.Journal."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._config = SqlConfig(transaction)

    def append(self, happening: Happening) -> JournalEntry:
        """See ports.Journal."""
        return self.append_all([happening])[0]

    def append_all(self, happenings: Sequence[Happening]) -> tuple[JournalEntry, ...]:
        """See ports.Journal."""
        last = self._transaction.execute(
            select(table.c.seq, table.c.digest).order_by(table.c.seq.desc()).limit(1)
        ).one_or_none()
        seq, digest = (last.seq, last.digest) if last else (0, GENESIS)
        noted = self._config.get(HEAD)
        if noted and noted["seq"] >= seq:  # more than is there: the end was taken out, and the gap must show for ever
            seq, digest = noted["seq"], noted["digest"]
        entries: list[JournalEntry] = []
        for happening in happenings:
            entries.append(link(seq + 1, digest, happening))
            seq, digest = entries[-1].seq, entries[-1].digest
        if entries:
            self._transaction.execute(insert(table), [_row(entry) for entry in entries])
            self._config.set(HEAD, {"seq": seq, "digest": digest})
        return tuple(entries)

    def last(self) -> JournalEntry | None:
        """See ports.Journal."""
        row = self._transaction.execute(select(table).order_by(table.c.seq.desc()).limit(1)).one_or_none()
        return _entry(row) if row is not None else None

    def of_case(self, case_id: str) -> tuple[JournalEntry, ...]:
        """See ports.Journal."""
        rows = self._transaction.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.seq))
        return tuple(_entry(row) for row in rows)

    def page(self, limit: int, before: int = 0) -> tuple[JournalEntry, ...]:
        """See ports.Journal."""
        wanted = select(table).order_by(table.c.seq.desc()).limit(limit)
        rows = self._transaction.execute(wanted.where(table.c.seq < before) if before else wanted)
        return tuple(_entry(row) for row in rows)

    def unmentioned(self, limit: int = 20) -> tuple[str, ...]:
        """See ports.Journal."""
        verb = func.json_extract(table.c.happening, "$.verb")
        told = exists().where(table.c.case_id == case.c.id, verb.like("case.%"))
        begun = exists().where(table.c.case_id == draft.c.id, verb == "draft.open")
        cases = self._transaction.execute(select(case.c.id).where(~told).limit(limit)).scalars().all()
        drafts = self._transaction.execute(select(draft.c.id).where(~begun).limit(limit)).scalars().all()
        return (*cases, *drafts)[:limit]

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


def _row(entry: JournalEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "case_id": entry.happening.case_id,
        "happening": as_text(happening_json(entry.happening)),
        "previous": entry.previous,
        "digest": entry.digest,
    }


def _entry(row: Any) -> JournalEntry:
    data = from_text(row.happening)
    try:
        happening = Happening(
            Stamp.from_json(data["at"]),
            data["actor"],
            data["verb"],
            row.case_id,  # the column that is searched, not the hashed text: where they differ the digest does not fit
            data["revision"],
            data["detail"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise damaged("日志有一条读不出来。") from error
    return JournalEntry(row.seq, happening, row.previous, row.digest)
