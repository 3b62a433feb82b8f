"""What waits for the gateway, as the store keeps it: part of a unit of work (store.py)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from clerk_app.domain.outbox import OutboxMessage


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """``waiting`` messages (cases and parts), ``attachments`` and ``attachment_bytes`` still to go, ``refused``."""

    waiting: int
    refused: int
    acknowledged: int
    attachments: int
    attachment_bytes: int
    oldest_ms: int


@dataclass(frozen=True, slots=True)
class Receipted:
    """A line of the window's book: a message that the gateway has receipted."""

    message_id: str
    case_id: str
    body_sha256: str
    receipt: str


class Outbox(Protocol):
    def add(self, message: OutboxMessage) -> int:
        """Append; ``seq`` of the argument is ignored and given here. Refused when the id is there already."""
        ...

    def open(self, limit: int = 2000) -> tuple[OutboxMessage, ...]:
        """Unsettled messages (waiting and refused) and acknowledged ones with attachments to go, oldest first."""
        ...

    def queue(self, limit: int = 2000) -> tuple[OutboxMessage, ...]:
        """The oldest waiting and refused messages, and all of pinned streams, in order of seq; as much of each as ``due``
        needs: without body, signatures and attachments. 100,000 of them cost little."""
        ...

    def load(self, ids: Sequence[str], *, bodies: bool = True) -> tuple[OutboxMessage, ...]:
        """Whole messages, or all but their bodies, in order of seq; ids that are not there are passed over."""
        ...

    def glance(self, ids: Sequence[str]) -> tuple[OutboxMessage, ...]:
        """As much of each as settling needs, in no order: without body, hash, kind, signatures and attachments. ``save_all``
        takes them, ``save`` does not."""
        ...

    def owing(self, limit: int = 500, after: int = 0) -> tuple[OutboxMessage, ...]:
        """Acknowledged messages whose attachments are still to go, after a seq, oldest first, without their bodies."""
        ...

    def save(self, message: OutboxMessage) -> None: ...
    def save_all(self, messages: Sequence[OutboxMessage]) -> None:
        """What delivery moves, for many in one step; which attachments are done is left alone (see ``save``)."""
        ...

    def pages_went(self, blobs: Mapping[str, Collection[str]]) -> None:
        """By message id: blobs that are at the gateway now, for many messages in one step. What else a message owes stays owed and
        waits for no next try; names that it does not have change nothing."""
        ...

    def wait_no_longer(self) -> None:
        """What failed before is due at once and counts from the first try again: what stood in its way is gone. Leases stay."""
        ...

    def receipted(self, since_ms: int) -> tuple[Receipted, ...]:
        """Acknowledged messages written since then, with the gateway's receipts: this side's book."""
        ...

    def sizes(self, ids: Sequence[str]) -> Mapping[str, int]:
        """About how many bytes each body has, without opening any."""
        ...

    def note_carried(self, ids: Sequence[str], bundle: str, at_ms: int) -> None:
        """These were written to a stick; a later stick replaces an earlier one. What they wait for stays as it is."""
        ...

    def carried(self, ids: Sequence[str]) -> Mapping[str, int]:
        """Which of these are on a stick, and since when (UTC ms)."""
        ...

    def get(self, message_id: str) -> OutboxMessage | None: ...
    def of_case(self, case_id: str) -> tuple[OutboxMessage, ...]: ...
    def counts(self) -> OutboxCounts: ...
