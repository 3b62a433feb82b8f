"""What a turn in the window's own books may and may not do while the lanes are busy: order, leases, faults of the disk."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from clerk_app.domain.outbox import LEASE_MS, OutboxMessage
from clerk_app.domain.time import Stamp
from clerk_app.errors import StorageProblem
from clerk_app.ports import Receipt
from local_db.unit_of_work import SqlStore
from sync.courier import Courier
from tests.sync.hall import CountedIds, GatewayProcess, ShiftedClock, Window, sample_case, signed_message, take
from tests.sync.test_deliver import courier, held


def add_revision(store: SqlStore, window: Window, case_id: str, revision: int) -> str:
    """The case's next message; the case itself stays as it is here."""
    message = signed_message(window, sample_case(case_id, revision=revision))
    with store.begin() as uow:
        uow.outbox.add(message)
        uow.commit()
    return message.id


def test_what_follows_a_refused_message_does_not_go_with_the_next_batch(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    take(store, window, sample_case("first-1"), change=lambda message: replace(message, signatures={}))
    later = [add_revision(store, window, "first-1", revision) for revision in (2, 3)]
    take(store, window, sample_case("first-2"))
    one_by_one = Courier(store, window.centre(gateway.url), window.clock, CountedIds(), batch=1)
    summary = one_by_one.push_once(at_once=True)
    assert (summary.acknowledged, summary.refused, summary.waiting) == (1, 1, 2)
    assert set(held(gateway, "first-")) == {"first-2"}
    with store.begin(reading=True) as uow:
        assert [(each.lease_until_ms, each.next_try_ms) for each in uow.outbox.load(later)] == [(0, 0)] * 2
    assert one_by_one.push_once(at_once=True).sent == 0


def test_what_follows_a_held_message_goes_after_it(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    """Seven that swell fill what the gateway opens at once: the eighth is held for another batch, and goes before what follows it."""
    for n in range(7):
        take(store, window, sample_case(f"swell-{n}", noise="x" * 3_800_000))
    take(store, window, sample_case("swollen-1"))
    add_revision(store, window, "swollen-1", 2)
    sent: list[str] = []
    centre = window.centre(gateway.url, 20)
    real = centre.send

    def noted(messages: Sequence[OutboxMessage]) -> tuple[Receipt, ...]:
        receipts = real(messages)
        sent.extend(f"{each.message_id} {each.code}" for each in receipts if "swollen" in each.message_id)
        return receipts

    centre.send = noted  # type: ignore[method-assign]
    by_eight = Courier(store, centre, window.clock, CountedIds(), batch=8)
    while by_eight.push_once(at_once=True).waiting:
        pass
    assert sent == ["m-swollen-1-1 R115", "m-swollen-1-1 ", "m-swollen-1-2 "]


def test_what_follows_a_message_that_is_too_large_waits_too(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    """Both are in one batch, of which only the second could be sent at all."""
    take(store, window, sample_case("giant-1", noise=os.urandom(2_500_000).hex()))
    add_revision(store, window, "giant-1", 2)
    take(store, window, sample_case("giant-2"))
    summary = courier(store, window, gateway.url).push_once(at_once=True)
    assert (summary.acknowledged, summary.refused, summary.waiting) == (1, 1, 1)
    assert set(held(gateway, "giant-")) == {"giant-2"}


def test_what_follows_a_refused_message_waits_where_a_batch_goes_in_two_requests(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    noise = os.urandom(1_300_000).hex()
    take(store, window, sample_case("wide-1", noise=noise), change=lambda message: replace(message, signatures={}))
    take(store, window, sample_case("wide-2", noise=noise))
    add_revision(store, window, "wide-1", 2)
    summary = courier(store, window, gateway.url).push_once(at_once=True)
    assert (summary.acknowledged, summary.refused, summary.waiting) == (1, 1, 1)
    assert set(held(gateway, "wide-")) == {"wide-2"}


class HurriedClock(ShiftedClock):
    """A third of a second goes by between two looks at it."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def now(self) -> Stamp:
        self.looks += 1
        return replace(super().now(), monotonic_ms=self.looks * 300)


def test_no_more_is_leased_than_the_lanes_soon_need(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    """On a slow line each batch's receipts are written alone: that must not take the whole queue along."""
    with store.begin() as uow:
        for n in range(400):
            uow.outbox.add(signed_message(window, sample_case(f"queue-{n:03d}")))
        uow.commit()
    most = 0

    def look(_doing: str, _bytes: int) -> None:
        nonlocal most
        with store.begin(reading=True) as uow:
            now_ms = window.clock.now().utc_ms
            most = max(most, sum(each.lease_until_ms > now_ms for each in uow.outbox.queue()))

    slow = Courier(store, window.centre(gateway.url), HurriedClock(), CountedIds(), batch=20, progress=look)
    assert slow.push_once().acknowledged == 400
    assert 100 <= most <= 140


class FaultyStore:
    """A store whose disk fails once, at a turn's end or at its beginning, as the test likes."""

    def __init__(self, store: SqlStore, fails_at: int, *, at_commit: bool) -> None:
        self._store, self._fails_at, self._at_commit = store, fails_at, at_commit
        self._lock, self.turns = threading.Lock(), 0

    def begin(self, *, reading: bool = False) -> Any:
        uow = self._store.begin(reading=reading)
        if reading:
            return uow
        with self._lock:
            self.turns += 1
            if self.turns != self._fails_at:
                return uow
        if not self._at_commit:
            raise StorageProblem("磁盘读写出错。")

        def fail() -> None:
            raise StorageProblem("磁盘读写出错。")

        uow.commit = fail  # type: ignore[method-assign]
        return uow


@pytest.mark.parametrize("at_commit", [True, False])
@pytest.mark.parametrize("fails_at", [1, 2, 3, 4])
def test_a_fault_of_the_disk_in_a_turn_loses_nothing(
    gateway: GatewayProcess, window: Window, store: SqlStore, fails_at: int, at_commit: bool
) -> None:
    """Lanes are under way then; what they bring is asked for again, and is the same case."""
    prefix = f"{window.enrolled.window_id}-f"
    for n in range(150):
        take(store, window, sample_case(f"{prefix}{n}"), [os.urandom(50)] if n % 50 == 0 else [])
    add_revision(store, window, f"{prefix}0", 2)
    faulty: Any = FaultyStore(store, fails_at, at_commit=at_commit)
    centres = [window.centre(gateway.url) for _ in range(3)]
    with pytest.raises(StorageProblem):
        Courier(faulty, centres[0], window.clock, CountedIds(), more=centres[1:], batch=5).push_once()
    window.clock.shift_ms = LEASE_MS + 1000
    again = Courier(store, centres[0], window.clock, CountedIds(), more=centres[1:], batch=5).push_once()
    assert (again.waiting, again.refused, again.trouble) == (0, 0, None)
    assert len(held(gateway, prefix)) == 150
    with store.begin(reading=True) as uow:
        assert uow.outbox.counts().acknowledged == 151
        assert uow.outbox.counts().attachments == 0
        assert uow.outbox.open() == ()
