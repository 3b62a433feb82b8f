"""Forgetting: a settled case loses its key, its pages, its messages and its search words; numbers, dates and journal stay."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import disk_usage

from sqlalchemy import ColumnElement, TextClause, delete, func, select, text, update

from clerk_app.domain.outbox import never_sent
from clerk_app.ports import Settled
from local_db.attachments import SqlAttachments
from local_db.cases import SqlCases
from local_db.disk_words import disk_problem
from local_db.journal import SqlJournal
from local_db.schema import case as table
from local_db.schema import outbox, print_job
from local_db.transaction import Transaction

_UNPRINTED = ("waiting", "sent", "failed")


class SqlKeeping:
    """See ports.Keeping."""

    def __init__(self, transaction: Transaction, cases: SqlCases, attachments: SqlAttachments, folder: Path) -> None:
        self._transaction, self._cases, self._attachments, self._folder = transaction, cases, attachments, folder
        self._journal = SqlJournal(transaction)

    def settled(self, limit: int = 200, after: int = 0) -> tuple[Settled, ...]:
        """See ports.Keeping."""
        wanted = select(table.c.seq, table.c.id).where(text("NOT erased"), table.c.parent == "", table.c.seq > after)
        found = []
        for row in self._transaction.execute(wanted.order_by(table.c.seq).limit(limit)):
            parts = self._transaction.execute(select(table.c.id).where(table.c.parent == row.id)).scalars()
            family = (row.id, *parts)
            messages = self._transaction.execute(select(outbox.c.is_open).where(outbox.c.case_id.in_(family))).scalars()
            waits = list(messages)
            waits += [True] * len(self._unsent(table.c.id.in_(family), by_word=False))
            prints = self._transaction.execute(
                select(print_job.c.seq).where(print_job.c.case_id.in_(family), print_job.c.state.in_(_UNPRINTED))
            ).first()
            found.append(Settled(row.seq, family, bool(waits) and not any(waits) and prints is None))
        return tuple(found)

    def never_sent(self) -> tuple[str, ...]:
        """See ports.Keeping."""
        return self._unsent(text("NOT erased"), by_word=True)

    def _unsent(self, which: ColumnElement[bool] | TextClause, *, by_word: bool) -> tuple[str, ...]:
        written = (
            select(func.count(outbox.c.revision.distinct())).where(outbox.c.case_id == table.c.id).scalar_subquery()
        )
        wanted = select(table.c.id, table.c.revision, table.c.gateway_receipt).where(which, table.c.revision > written)
        found = []
        for row in self._transaction.execute(wanted.order_by(table.c.seq)).all():
            messages = select(outbox.c.revision).where(outbox.c.case_id == row.id)
            there = set(self._transaction.execute(messages).scalars())
            if by_word and row.gateway_receipt:
                there.add(1)
            told = (entry.happening for entry in self._journal.of_case(row.id))
            if never_sent(row.revision, there, told, by_word=by_word):
                found.append(row.id)
        return tuple(found)

    def erase(self, case_ids: Sequence[str]) -> None:
        """See ports.Keeping."""
        for case_id in case_ids:
            self._attachments.forget(case_id)
            self._transaction.execute(delete(outbox).where(outbox.c.case_id == case_id))
            self._transaction.execute(delete(print_job).where(print_job.c.case_id == case_id))
            self._transaction.destroy_key(case_id)
            self.empty(case_id)

    def empty(self, case_id: str) -> None:
        """What is left of a case without its key."""
        self._transaction.execute(update(table).where(table.c.id == case_id).values(sealed=b"", erased=True))
        seq = self._transaction.execute(select(table.c.seq).where(table.c.id == case_id)).scalar_one_or_none()
        if seq is not None:
            self._cases.index_after(seq - 1, 1)

    def free_bytes(self) -> int:
        """See ports.Keeping."""
        try:
            return disk_usage(self._folder).free
        except OSError as error:
            raise disk_problem(error) from error
