"""The outbox: what a clerk's act leaves for the gateway. Bodies are fixed for ever; only delivery moves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, insert, select, text, update

from clerk_app.domain.canonical import Json
from clerk_app.domain.outbox import SETTLED, AttachmentRef, Delivery, OutboxMessage
from clerk_app.errors import Bug
from clerk_app.ports import OutboxCounts, Receipted
from local_db.outbox_rows import (
    CARRY,
    GOES_NO_MORE,
    MOVE,
    MOVING,
    PAGES_WENT,
    PINNED,
    QUEUED,
    WITHOUT_BODY,
    bare,
    moving,
    state_of,
)
from local_db.schema import carried, outbox_blob
from local_db.schema import outbox as table
from local_db.transaction import Transaction, as_text, from_text


class SqlOutbox:
    """See ports.Outbox."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, message: OutboxMessage) -> int:
        """See ports.Outbox."""
        to_go = {ref.blob_sha256 for ref in message.attachments} - message.blobs_done
        columns = moving(message) | {
            "is_open": message.state not in SETTLED or (message.state is Delivery.ACKNOWLEDGED and bool(to_go)),
            "id": message.id,
            "stream": message.stream,
            "case_id": message.case_id,
            "revision": message.revision,
            "kind": message.kind,
            "sealed": self._transaction.seal_bytes(message.case_id, message.body, f"outbox:{message.id}"),
            "body_sha256": message.body_sha256,
            "suite": message.suite,
            "signatures": as_text(dict(message.signatures)),
            "created_ms": message.created_ms,
        }
        seq: int = self._transaction.execute(insert(table).returning(table.c.seq), columns).scalar_one()
        rows = [
            {
                "message": seq,
                "position": position,
                "sha256": ref.sha256,
                "blob_sha256": ref.blob_sha256,
                "size": ref.size,
                "blob_size": ref.blob_size,
                "media_type": ref.media_type,
                "done": ref.blob_sha256 in message.blobs_done,
            }
            for position, ref in enumerate(message.attachments)
        ]
        if rows:
            self._transaction.execute(insert(outbox_blob), rows)
        return seq

    def open(self, limit: int = 2000) -> tuple[OutboxMessage, ...]:
        """See ports.Outbox."""
        return self._messages(
            self._transaction.execute(select(table).where(text("is_open")).order_by(table.c.seq).limit(limit)).all()
        )

    def queue(self, limit: int = 2000) -> tuple[OutboxMessage, ...]:
        """See ports.Outbox. Answered from one index; nothing is opened."""
        unsettled = (text("is_open"), table.c.state != Delivery.ACKNOWLEDGED.value)
        streams = list(self._transaction.execute(PINNED).scalars())
        wanted = select(*QUEUED).where(*unsettled).order_by(table.c.seq)
        rows: list[Any] = list(self._transaction.execute(wanted.limit(limit)))
        if streams and len(rows) == limit:
            later = wanted.where(table.c.seq > rows[-1].seq, table.c.stream.in_(streams[:500]))
            rows += self._transaction.execute(later)
        return tuple(bare(*row) for row in rows)

    def load(self, ids: Sequence[str], *, bodies: bool = True) -> tuple[OutboxMessage, ...]:
        """See ports.Outbox."""
        rows: list[Any] = []
        columns = table.c if bodies else WITHOUT_BODY
        for start in range(0, len(ids), 500):
            wanted = select(*columns).where(table.c.id.in_(ids[start : start + 500]))
            rows += self._transaction.execute(wanted)
        return self._messages(sorted(rows, key=lambda row: int(row.seq)), bodies=bodies)

    def glance(self, ids: Sequence[str]) -> tuple[OutboxMessage, ...]:
        """See ports.Outbox."""
        rows: list[Any] = []
        for start in range(0, len(ids), 500):
            rows += self._transaction.execute(select(*MOVING).where(table.c.id.in_(ids[start : start + 500])))
        return tuple(bare(*row) for row in rows)

    def owing(self, limit: int = 500, after: int = 0) -> tuple[OutboxMessage, ...]:
        """See ports.Outbox."""
        owes = select(*WITHOUT_BODY).where(
            text("is_open"), table.c.state == Delivery.ACKNOWLEDGED.value, table.c.seq > after
        )
        return self._messages(self._transaction.execute(owes.order_by(table.c.seq).limit(limit)).all(), bodies=False)

    def save(self, message: OutboxMessage) -> None:
        """See ports.Outbox. Only what delivery moves is written."""
        seq = self._transaction.execute(select(table.c.seq).where(table.c.id == message.id)).scalar_one_or_none()
        if seq is None:
            raise Bug("待发列表里没有这条消息。")
        if message.attachments:
            self._transaction.execute(
                update(outbox_blob)
                .where(outbox_blob.c.message == seq)
                .values(done=outbox_blob.c.blob_sha256.in_(sorted(message.blobs_done)))
            )
        self.save_all([message])

    def save_all(self, messages: Sequence[OutboxMessage]) -> None:
        """See ports.Outbox."""
        rows = [[message.id, *moving(message).values()] for message in messages]
        for start in range(0, len(rows), 500):
            self._transaction.execute(MOVE, {"rows": as_text(rows[start : start + 500])})

    def pages_went(self, blobs: Mapping[str, Collection[str]]) -> None:
        """See ports.Outbox."""
        rows: list[Json] = [[each, blob] for each, named in blobs.items() for blob in named]
        for start in range(0, len(rows), 500):
            told = {"rows": as_text(rows[start : start + 500])}
            for statement in PAGES_WENT:
                self._transaction.execute(statement, told)

    def wait_no_longer(self) -> None:
        """See ports.Outbox."""
        put_off = update(table).where(text("is_open"), table.c.next_try_ms > 0)
        self._transaction.execute(put_off.values(next_try_ms=0, attempts=0))

    def receipted(self, since_ms: int) -> tuple[Receipted, ...]:
        """See ports.Outbox."""
        columns = select(table.c.id, table.c.case_id, table.c.body_sha256, table.c.receipt)
        wanted = columns.where(table.c.state == Delivery.ACKNOWLEDGED.value, table.c.created_ms >= since_ms)
        rows = self._transaction.execute(wanted.order_by(table.c.seq))
        return tuple(Receipted(row.id, row.case_id, row.body_sha256, row.receipt) for row in rows)

    def sizes(self, ids: Sequence[str]) -> dict[str, int]:
        """See ports.Outbox. The sealed length is a few bytes more."""
        found: dict[str, int] = {}
        for start in range(0, len(ids), 500):
            wanted = select(table.c.id, func.length(table.c.sealed).label("size"))
            rows = self._transaction.execute(wanted.where(table.c.id.in_(ids[start : start + 500])))
            found |= {row.id: row.size for row in rows}
        return found

    def note_carried(self, ids: Sequence[str], bundle: str, at_ms: int) -> None:
        """See ports.Outbox."""
        rows = [{"message": each, "bundle": bundle, "at_ms": at_ms} for each in ids]
        if rows:
            self._transaction.execute(CARRY, rows)

    def carried(self, ids: Sequence[str]) -> dict[str, int]:
        """See ports.Outbox."""
        found: dict[str, int] = {}
        for start in range(0, len(ids), 500):
            wanted = select(carried.c.message, carried.c.at_ms).where(carried.c.message.in_(ids[start : start + 500]))
            found |= {row.message: row.at_ms for row in self._transaction.execute(wanted)}
        return found

    def get(self, message_id: str) -> OutboxMessage | None:
        """See ports.Outbox."""
        found = self._messages(self._transaction.execute(select(table).where(table.c.id == message_id)).all())
        return found[0] if found else None

    def of_case(self, case_id: str) -> tuple[OutboxMessage, ...]:
        """See ports.Outbox; oldest first."""
        return self._messages(
            self._transaction.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.seq)).all()
        )

    def counts(self) -> OutboxCounts:
        """See ports.Outbox. A page shared by package and parts counts once; pages of refused messages do not go."""
        by_state = {
            row.state: row
            for row in self._transaction.execute(
                select(table.c.state, func.count().label("n"), func.min(table.c.created_ms).label("oldest")).group_by(
                    table.c.state
                )
            )
        }
        to_go = (
            select(outbox_blob.c.blob_sha256, outbox_blob.c.blob_size)
            .join(table, and_(table.c.seq == outbox_blob.c.message, table.c.state.not_in(GOES_NO_MORE)))
            .where(~outbox_blob.c.done)
            .distinct()
            .subquery()
        )
        blobs = self._transaction.execute(
            select(func.count().label("n"), func.coalesce(func.sum(to_go.c.blob_size), 0).label("size")).select_from(
                to_go
            )
        ).one()
        waiting = by_state.get(Delivery.WAITING.value)
        refused = by_state.get(Delivery.REFUSED.value)
        acknowledged = by_state.get(Delivery.ACKNOWLEDGED.value)
        return OutboxCounts(
            waiting=waiting.n if waiting else 0,
            refused=refused.n if refused else 0,
            acknowledged=acknowledged.n if acknowledged else 0,
            attachments=blobs.n,
            attachment_bytes=blobs.size,
            oldest_ms=waiting.oldest if waiting else 0,
        )

    def _messages(self, rows: Sequence[Any], *, bodies: bool = True) -> tuple[OutboxMessage, ...]:
        if bodies:
            self._transaction.fetch_keys(row.case_id for row in rows)
        blobs: dict[int, list[Any]] = {row.seq: [] for row in rows}
        seqs = list(blobs)
        for start in range(0, len(seqs), 500):
            wanted = (
                select(outbox_blob)
                .where(outbox_blob.c.message.in_(seqs[start : start + 500]))
                .order_by(outbox_blob.c.message, outbox_blob.c.position)
            )
            for blob in self._transaction.execute(wanted):
                blobs[blob.message].append(blob)
        return tuple(self._message(row, blobs[row.seq], bodies) for row in rows)

    def _message(self, row: Any, blobs: Sequence[Any], bodies: bool) -> OutboxMessage:
        return OutboxMessage(
            id=row.id,
            seq=row.seq,
            stream=row.stream,
            case_id=row.case_id,
            revision=row.revision,
            kind=row.kind,
            body=self._transaction.open_bytes(row.case_id, row.sealed, f"outbox:{row.id}") if bodies else b"",
            body_sha256=row.body_sha256,
            suite=row.suite,
            signatures=from_text(row.signatures),
            created_ms=row.created_ms,
            priority=row.priority,
            attachments=tuple(
                AttachmentRef(blob.sha256, blob.blob_sha256, blob.size, blob.blob_size, blob.media_type)
                for blob in blobs
            ),
            state=state_of(row.state),
            attempts=row.attempts,
            next_try_ms=row.next_try_ms,
            lease_until_ms=row.lease_until_ms,
            receipt=row.receipt,
            refusal_code=row.refusal_code,
            refusal_reason=row.refusal_reason,
            blobs_done=frozenset(blob.blob_sha256 for blob in blobs if blob.done),
        )
