"""What one push has done so far, and the two small judgements that messages and pages share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from clerk_app.domain.outbox import LEASE_MS, LONGEST_DELAY_MS, OutboxMessage
from clerk_app.errors import AppError, LineProblem


@dataclass(slots=True)
class Tally:
    """Counts of one push. ``put_off``: ids that this push does not try again. Bytes are added from several threads."""

    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    bytes: int = 0
    trouble: AppError | None = None
    put_off: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add_bytes(self, count: int) -> None:
        with self._lock:
            self.bytes += count


def believable(message: OutboxMessage, now_ms: int) -> OutboxMessage:
    """After the clock jumped back, a lease or a next try can lie years ahead: what cannot be so is not waited for."""
    if message.lease_until_ms > now_ms + LEASE_MS:
        message = replace(message, lease_until_ms=0)
    if message.next_try_ms > now_ms + LONGEST_DELAY_MS:
        message = replace(message, next_try_ms=0)
    return message


def retry_after_ms(problem: AppError) -> int:
    """What the gateway asked for, never longer than our own longest wait."""
    seconds = problem.retry_after_s if isinstance(problem, LineProblem) else None
    return min(int(seconds * 1000), LONGEST_DELAY_MS) if seconds is not None else 0
