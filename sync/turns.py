"""The window's own books while the line is busy: receipts that came are written and the next messages leased, in one transaction.

One fsync for both. A turn goes on beside the lanes (lanes.py), one at a time; only it touches what is due meanwhile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from clerk_app.domain.outbox import Delivery, OutboxMessage, due, leased
from clerk_app.domain.time import Stamp
from clerk_app.ports import Clock, Receipt, Store, UnitOfWork
from sync.envelope import with_receipts
from sync.settle import Outcome, settle
from sync.tally import believable

_LEASED_AT_ONCE = 100
_LOOKS = (400, 20_000, 200_000)
_LOOK_HOLDS_MS = 1000
"""What was due at a look is sent without another one for so long: a look opens nothing, but it reads hundreds of rows."""


@dataclass(frozen=True, slots=True)
class Turned:
    """``taken``: messages leased, in order. ``is_dry``: nothing more is due. ``outcome`` of the receipts."""

    taken: tuple[OutboxMessage, ...]
    is_dry: bool
    outcome: Outcome


class Turns:
    """Turns of one pass over the outbox. ``at_once``: earlier failures are not waited out."""

    def __init__(self, store: Store, clock: Clock, *, at_once: bool) -> None:
        self._store, self._clock, self._at_once = store, clock, at_once
        self._ready = deque[str]()  # ids that were due at the last look
        self._looked_ms = 0

    def take(
        self, receipts: Sequence[Receipt], withdrawn: Sequence[str], passed: Collection[str], *, may_lease: bool
    ) -> Turned:
        """Write the receipts, let go of what is ``withdrawn``, and lease what is next, but for ``passed`` and what waits for it.

        Raises:
            StorageProblem: nothing of it was kept; what was sent stays leased and will be sent again.
        """
        now = self._clock.now()
        taken: tuple[OutboxMessage, ...] = ()
        if now.monotonic_ms - self._looked_ms > _LOOK_HOLDS_MS:
            self._ready.clear()
        with self._store.begin() as uow:
            outcome = settle(uow, now, receipts)
            if outcome.refused or outcome.held_back:
                self._ready.clear()  # what follows one of these is not due any more
            if withdrawn:
                uow.outbox.save_all([replace(each, lease_until_ms=0) for each in uow.outbox.glance(withdrawn)])
            if may_lease:
                taken = self._lease(uow, now, {*passed, *outcome.held_back})
            if taken or receipts or withdrawn:
                uow.commit()
        return Turned(taken, may_lease and not taken, outcome)

    def _lease(self, uow: UnitOfWork, now: Stamp, passed: Collection[str]) -> tuple[OutboxMessage, ...]:
        taken = self._take_ready(uow, now.utc_ms)
        if not taken:
            self._looked_ms = now.monotonic_ms
            for look in _LOOKS:
                is_all = self._look(uow, look, now.utc_ms, passed)
                taken = self._take_ready(uow, now.utc_ms)
                if taken or is_all:
                    break
        uow.outbox.save_all(taken)
        return with_receipts(uow, taken)

    def _look(self, uow: UnitOfWork, look: int, now_ms: int, passed: Collection[str]) -> bool:
        """Note what is due among the first ``look`` that are open; True when these were all."""
        messages = [believable(each, now_ms) for each in uow.outbox.queue(look)]
        if self._at_once:
            messages = [replace(each, next_try_ms=0) if each.next_try_ms else each for each in messages]
        messages = [replace(each, lease_until_ms=now_ms + 1) if each.id in passed else each for each in messages]
        self._ready = deque(each.id for each in due(messages, now_ms, look))
        return len(messages) < look

    def _take_ready(self, uow: UnitOfWork, now_ms: int) -> tuple[OutboxMessage, ...]:
        """The next of what was due at the last look and still is, leased."""
        ids = [self._ready.popleft() for _ in range(min(len(self._ready), _LEASED_AT_ONCE))]
        place = {each: n for n, each in enumerate(ids)}
        loaded = sorted(uow.outbox.load(ids), key=lambda each: place[each.id]) if ids else []
        free = (each for each in (believable(each, now_ms) for each in loaded) if each.lease_until_ms <= now_ms)
        return tuple(leased(each, now_ms) for each in free if each.state is Delivery.WAITING)
