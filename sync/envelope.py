"""A message in its envelope, sealed to the gateway: made at sending, the same for the line and for the stick (ADR 0006)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from clerk_app.domain.outbox import OutboxMessage
from clerk_app.ports import UnitOfWork
from sync.protocol import Envelope, Header
from sync.strict import gzipped

Seal = Callable[[bytes, bytes], bytes]
"""(body, context) → the body sealed to the gateway's key."""


def with_receipts(uow: UnitOfWork, messages: Sequence[OutboxMessage]) -> tuple[OutboxMessage, ...]:
    """Each with the receipt that its case has here. It travels along: a gateway that was put back to an older backup may meet the case
    by any of its messages first, and the number on paper stays true."""
    known = uow.cases.receipts({each.case_id for each in messages if not each.receipt})
    return tuple(each if each.receipt else replace(each, receipt=known.get(each.case_id, "")) for each in messages)


def envelope_of(message: OutboxMessage, window_id: str, seal: Seal) -> Envelope:
    """Packed where that is smaller, then sealed under its own header."""
    packed = gzipped(message.body)
    is_smaller = len(packed) < len(message.body)
    header = Header(
        suite=message.suite,
        message_id=message.id,
        stream=message.stream,
        kind=message.kind,
        window_id=window_id,
        revision=message.revision,
        body_sha256=message.body_sha256,
        encoding="gzip" if is_smaller else "plain",
        extra={"receipt": message.receipt} if message.receipt else {},
    )
    sealed = seal(packed if is_smaller else message.body, header.context())
    return Envelope(header, message.signatures, sealed)
