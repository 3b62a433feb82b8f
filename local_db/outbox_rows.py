"""Rows of the outbox and the statements that move many of them at once; outbox.py runs them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, text

from clerk_app.domain.outbox import Delivery, OutboxMessage
from local_db.faults import damaged
from local_db.schema import carried
from local_db.schema import outbox as table


def bare(
    seq: int,
    id: str,  # noqa: A002 - the column's name
    stream: str,
    case_id: str,
    state: str,
    priority: int,
    attempts: int,
    next_try_ms: int,
    lease_until_ms: int,
    revision: int = 0,
    receipt: str = "",
    code: str = "",
    reason: str = "",
) -> OutboxMessage:
    """In the order of ``QUEUED`` and ``MOVING``: a row is taken apart at once, for thousands of them are looked at."""
    return OutboxMessage(
        id=id,
        seq=seq,
        stream=stream,
        case_id=case_id,
        revision=revision,
        kind="",
        body=b"",
        body_sha256="",
        suite="",
        signatures={},
        created_ms=0,
        priority=priority,
        state=state_of(state),
        attempts=attempts,
        next_try_ms=next_try_ms,
        lease_until_ms=lease_until_ms,
        receipt=receipt,
        refusal_code=code,
        refusal_reason=reason,
    )


def state_of(told: str) -> Delivery:
    state = _STATES.get(told)
    if state is None:
        raise damaged("待发列表有一条读不出来。")
    return state


_STATES = {each.value: each for each in Delivery}


def moving(message: OutboxMessage) -> dict[str, Any]:
    """In the order of ``MOVE``."""
    return {
        "priority": message.priority,
        "state": message.state.value,
        "attempts": message.attempts,
        "next_try_ms": message.next_try_ms,
        "lease_until_ms": message.lease_until_ms,
        "receipt": message.receipt,
        "refusal_code": message.refusal_code,
        "refusal_reason": message.refusal_reason,
    }


GOES_NO_MORE = (Delivery.REFUSED.value, Delivery.REPLACED.value)
CARRY = insert(carried).prefix_with("OR REPLACE")
MOVE = text(
    """
    UPDATE outbox
    SET (priority, state, attempts, next_try_ms, lease_until_ms, receipt, refusal_code, refusal_reason) = (
            row.value ->> 1, row.value ->> 2, row.value ->> 3, row.value ->> 4, row.value ->> 5, row.value ->> 6,
            row.value ->> 7, row.value ->> 8
        ),
        is_open = row.value ->> 2 <> 'replaced' AND (
            row.value ->> 2 <> 'acknowledged'
            OR EXISTS (SELECT 1 FROM outbox_blob WHERE message = outbox.seq AND NOT done)
        )
    FROM json_each(:rows) AS row
    WHERE outbox.id = row.value ->> 0
    """
)
"""One statement for many messages: a statement for each cost more than all the rest of settling."""
PAGES_WENT = tuple(
    text(statement)
    for statement in (
        """
        UPDATE outbox_blob SET done = 1
        FROM json_each(:rows) AS row JOIN outbox ON outbox.id = row.value ->> 0
        WHERE outbox_blob.message = outbox.seq AND outbox_blob.blob_sha256 = row.value ->> 1
        """,
        """
        UPDATE outbox SET next_try_ms = 0,
            is_open = state <> 'replaced' AND (
                state <> 'acknowledged' OR EXISTS (SELECT 1 FROM outbox_blob WHERE message = outbox.seq AND NOT done)
            )
        WHERE id IN (SELECT value ->> 0 FROM json_each(:rows))
        """,
    )
)
PINNED = select(table.c.stream).where(text("is_open AND priority > 0")).distinct()  # the words of its index
WITHOUT_BODY = tuple(column for column in table.c if column.name != "sealed")
QUEUED = tuple(
    table.c[name]
    for name in ("seq", "id", "stream", "case_id", "state", "priority", "attempts", "next_try_ms", "lease_until_ms")
)
MOVING = (*QUEUED, *(table.c[name] for name in ("revision", "receipt", "refusal_code", "refusal_reason")))
