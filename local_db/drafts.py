"""暂存 drafts, value by value."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from shutil import disk_usage

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from clerk_app.domain.canonical import Json
from clerk_app.domain.draft import Draft
from clerk_app.errors import Refused, StorageProblem
from local_db.attachments import SqlAttachments
from local_db.disk_words import disk_problem
from local_db.schema import case, draft, draft_value
from local_db.transaction import Transaction

RESERVE = 256 * 1024 * 1024
"""Bytes that no new intake may touch: room for all that is open, its papers and its messages."""


class SqlDrafts:
    """See ports.Drafts."""

    def __init__(self, transaction: Transaction, attachments: SqlAttachments, folder: Path) -> None:
        self._transaction, self._attachments, self._folder = transaction, attachments, folder

    def must_have_room(self) -> None:
        """See ports.Drafts."""
        try:
            free = disk_usage(self._folder).free
        except OSError as error:
            raise disk_problem(error) from error
        if free < RESERVE:
            raise StorageProblem(
                "磁盘快满了，先不能开新的收件。",
                what_is_safe="已存的办件和正在办的都不受影响，可以办完。",
                what_to_do="请先同步，再腾出磁盘空间。",
            )

    def open(self, opened: Draft) -> None:
        """See ports.Drafts."""
        self.must_have_room()
        self._transaction.execute(
            insert(draft),
            {"id": opened.id, "clerk": opened.clerk, "opened_ms": opened.opened_ms, "saved_ms": opened.saved_ms},
        )
        self._put(opened.id, opened.values)

    def save(self, draft_id: str, values: Mapping[str, Json], at_ms: int) -> None:
        """See ports.Drafts."""
        if not self._transaction.change(update(draft).where(draft.c.id == draft_id).values(saved_ms=at_ms)):
            raise Refused(
                "这份暂存已经不在了。", what_is_safe="其他暂存没有受影响。", what_to_do="请看它是否已经受理。"
            )
        self._put(draft_id, values)

    def get(self, draft_id: str) -> Draft | None:
        """See ports.Drafts."""
        row = self._transaction.execute(select(draft).where(draft.c.id == draft_id)).one_or_none()
        return self._draft(row) if row is not None else None

    def all(self) -> tuple[Draft, ...]:
        """See ports.Drafts."""
        rows = self._transaction.execute(select(draft).order_by(draft.c.saved_ms.desc(), draft.c.id.desc()))
        return tuple(self._draft(row) for row in rows)

    def close(self, draft_id: str) -> None:
        """See ports.Drafts. Whether a case of the same id took the pages over is looked at when committing."""
        self._transaction.execute(delete(draft).where(draft.c.id == draft_id))
        self._transaction.before_commit(lambda: self._forget(draft_id))

    def _forget(self, draft_id: str) -> None:
        for table in (case, draft):
            if self._transaction.execute(select(table.c.id).where(table.c.id == draft_id)).first():
                return
        self._attachments.forget(draft_id)
        self._transaction.destroy_key(draft_id)

    def _put(self, draft_id: str, values: Mapping[str, Json]) -> None:
        gone = [key for key, value in values.items() if value is None]
        if gone:
            here = draft_value.c.draft_id == draft_id
            self._transaction.execute(delete(draft_value).where(here, draft_value.c.key.in_(gone)))
        rows = [
            {"draft_id": draft_id, "key": key, "sealed": self._transaction.seal(draft_id, value, f"draft:{key}")}
            for key, value in values.items()
            if value is not None
        ]
        if rows:
            new = upsert(draft_value)
            self._transaction.execute(
                new.on_conflict_do_update(index_elements=["draft_id", "key"], set_={"sealed": new.excluded.sealed}),
                rows,
            )

    def _draft(self, row: Row[tuple[object, ...]]) -> Draft:
        wanted = select(draft_value).where(draft_value.c.draft_id == row.id).order_by(draft_value.c.key)
        values = {
            value.key: self._transaction.open(row.id, value.sealed, f"draft:{value.key}")
            for value in self._transaction.execute(wanted)
        }
        return Draft(row.id, row.clerk, row.opened_ms, row.saved_ms, values)
