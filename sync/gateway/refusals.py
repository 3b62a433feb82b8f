"""What was refused, for the administrator: which window, which message, which number, how often. Never what was in it.

What came in after all is refused no more; other content under a number that is taken stays told, for it is kept and waits for a person.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from clerk_app.ports import Receipt
from sync.gateway import schema
from sync.gateway.windows import Window
from sync.protocol import Code
from sync.settle import HELD

_SETTLED = delete(schema.refusal).where(
    schema.refusal.c.window_id == bindparam("window"),
    schema.refusal.c.message_id.in_(bindparam("ids", expanding=True)),
    schema.refusal.c.code.not_in([Code.CONFLICT.value, Code.NOT_OWNER.value]),
)
_NOT_NOTED = frozenset({Code.HELD.value})
"""What only waits for another message is no news."""


def note(connection: Connection, window: Window, now_ms: int, receipts: Sequence[Receipt]) -> None:
    """Count the refusals among these receipts, in the caller's transaction, and forget those of messages that are held now."""
    table = schema.refusal
    came = [each.message_id for each in receipts if each.status in HELD]
    if came:
        connection.execute(_SETTLED, {"window": window.window_id, "ids": came})
    for receipt in receipts:
        if not receipt.code or receipt.code in _NOT_NOTED or not receipt.message_id:
            continue
        key = {"window_id": window.window_id, "message_id": receipt.message_id, "code": receipt.code}
        mine = (
            table.c.window_id == window.window_id,
            table.c.message_id == receipt.message_id,
            table.c.code == receipt.code,
        )
        times = connection.execute(select(table.c.times).where(*mine)).scalar()
        if times is None:
            connection.execute(insert(table).values(**key, first_ms=now_ms, last_ms=now_ms, times=1))
        else:
            connection.execute(update(table).where(*mine).values(last_ms=now_ms, times=times + 1))
