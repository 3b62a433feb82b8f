"""What a receipt does at the window, whichever way it came, by line or by stick: one transaction for many of them.

Only a receipt makes a message acknowledged, and a receipt that stands is never taken back by another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clerk_app.domain.journal import Happening
from clerk_app.domain.outbox import Delivery, OutboxMessage, acknowledged, refused
from clerk_app.domain.time import Stamp
from clerk_app.ports import Receipt, UnitOfWork
from sync.protocol import Code

ACTOR = "gateway"
HELD = frozenset({"stored", "duplicate"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many are acknowledged and refused now, and the ids of those that wait for an earlier one."""

    acknowledged: int
    refused: int
    held_back: frozenset[str]


def settle(uow: UnitOfWork, now: Stamp, receipts: Sequence[Receipt]) -> Outcome:
    """Write receipts inside the caller's transaction. A receipt for a message that is not here changes nothing."""
    if not receipts:
        return Outcome(0, 0, frozenset())
    there = {each.id: each for each in uow.outbox.glance([each.message_id for each in receipts])}
    moved: list[OutboxMessage] = []
    happened: list[Happening] = []
    numbers: dict[str, str] = {}
    arrived = turned_back = 0
    held_back: set[str] = set()
    for receipt in receipts:
        current = there.get(receipt.message_id)
        if current is None:
            continue
        if receipt.status in HELD:
            arrived += 1
            numbers.setdefault(current.case_id, receipt.receipt)
            if current.state is not Delivery.ACKNOWLEDGED:
                moved.append(replace(acknowledged(current, receipt.receipt), next_try_ms=0))
                happened.append(Happening(now, ACTOR, "sync.acknowledged", current.case_id, current.revision))
        elif receipt.code == Code.HELD:
            moved.append(replace(current, lease_until_ms=0))
            held_back.add(current.id)
        elif current.state is Delivery.WAITING:
            turned_back += 1
            moved.append(refused(current, receipt.code, receipt.reason))
            detail = {"code": receipt.code}
            happened.append(Happening(now, ACTOR, "sync.refused", current.case_id, current.revision, detail))
    uow.outbox.save_all(moved)
    uow.cases.set_receipts(numbers)
    uow.journal.append_all(happened)
    return Outcome(arrived, turned_back, frozenset(held_back))
