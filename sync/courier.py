"""Push: what is due, pinned and oldest first; cases first, pages after (photos.py); no transaction open while the network waits.

    settle the receipts that came and lease the next in one transaction  →  send with none open, the next batch already on its way

A sender that dies leaves a lease, which runs out by itself; the same message sent again is the same case. Only a receipt
makes a message acknowledged: a time-out never does. Two messages of one stream are never under way on two connections.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace

from clerk_app.domain.outbox import Delivery, OutboxMessage, due, failed, leased
from clerk_app.errors import AppError, LineProblem, Refused
from clerk_app.ports import Centre, Clock, Ids, Receipt, Store, UnitOfWork
from sync.lanes import Lane, Lanes
from sync.pace import MOST_CHUNK, Speed
from sync.photos import Photos
from sync.settle import Outcome, settle
from sync.tally import Tally, believable, retry_after_ms

BATCH = 20
_LEASED_AT_ONCE = 100
_LOOKS = (400, 20_000, 200_000)
_LOOK_HOLDS_MS = 1000
"""What was due at a look is sent without another one for so long: a look opens nothing, but it reads hundreds of rows."""
_SETTLE_MS = 250
"""Receipts that no further lease takes along are written after so long: a disk that makes a commit durable does it for both."""


@dataclass(frozen=True, slots=True)
class PushSummary:
    """One push: messages ``sent``, receipts, refusals, ``waiting`` afterwards, payload ``bytes``, ``seconds``.

    ``trouble``: what ended it early (LineProblem, or Refused when the window itself is), or None.
    """

    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    waiting: int = 0
    bytes: int = 0
    seconds: float = 0.0
    trouble: AppError | None = None


@dataclass(slots=True)
class _Run:
    """Messages of one pass: ids that were due at the last look, leased and not sent yet, under way, and receipts that are not
    written yet."""

    ready: deque[str] = field(default_factory=deque)
    looked_ms: int = 0
    leased: deque[OutboxMessage] = field(default_factory=deque)
    flight: dict[Future[tuple[Receipt, ...]], tuple[Lane, tuple[OutboxMessage, ...], int]] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    unsettled_since_ms: int = 0
    dry: bool = False  # nothing more was due at the last look


def _never() -> bool:
    return False


def _silent(_doing: str, _bytes: int) -> None:
    return None


def _still(_case_id: str, _done: int, _all: int) -> None:
    return None


class Courier:
    """Drives the outbox over a centre. Belongs to one thread; each centre has its own while it sends.

    ``more``: further connections to the same gateway. ``most_chunk``: bytes of a page at once, however fast the line is.
    ``stopping``: leave between two requests. ``urgent``: true once for each
    new case that came in, so that the pages let it pass. ``progress(doing, bytes)``: what is being sent (Chinese) and the
    payload bytes that just went; ``moving(case id, bytes done, bytes in all)``: the page under way; both from any thread.
    """

    def __init__(
        self,
        store: Store,
        centre: Centre,
        clock: Clock,
        ids: Ids,
        *,
        more: Sequence[Centre] = (),
        batch: int = BATCH,
        most_chunk: int = MOST_CHUNK,
        stopping: Callable[[], bool] = _never,
        urgent: Callable[[], bool] = _never,
        progress: Callable[[str, int], None] = _silent,
        moving: Callable[[str, int, int], None] = _still,
    ) -> None:
        self._store, self._clock, self._ids, self._batch = store, clock, ids, batch
        self._most_chunk = most_chunk
        self._lanes = [Lane(each) for each in (centre, *more)]
        self._stopping, self._urgent, self._progress, self._moving = stopping, urgent, progress, moving
        self.speed = Speed()

    def push_once(self, *, at_once: bool = False) -> PushSummary:
        """Send everything that is due. ``at_once``: do not wait out earlier failures (the line is back, or a clerk asks).

        Raises:
            StorageProblem: the local store failed; what was sent stays leased and will be sent again.
        """
        began = self._clock.now().monotonic_ms
        tally = Tally()
        with Lanes(self._lanes) as lanes:
            photos = Photos(
                self._store,
                self._clock,
                self._ids,
                lanes,
                self.speed,
                stopping=self._stopping,
                urgent=self._urgent,
                progress=self._progress,
                moving=self._moving,
                most_chunk=self._most_chunk,
            )
            self._push_messages(lanes, tally, at_once)
            while not tally.trouble and not self._stopping() and photos.push(tally, at_once):
                self._push_messages(lanes, tally, at_once)
        with self._store.begin(reading=True) as uow:
            waiting = uow.outbox.counts().waiting
        seconds = (self._clock.now().monotonic_ms - began) / 1000
        return PushSummary(tally.sent, tally.acknowledged, tally.refused, waiting, tally.bytes, seconds, tally.trouble)

    # --- messages ------------------------------------------------------------------------------------------------------

    def _push_messages(self, lanes: Lanes, tally: Tally, at_once: bool) -> None:
        run = _Run()
        while True:
            self._send_off(lanes, run, tally, at_once)
            if not run.flight:
                self._settle(run, tally)
                if (run.dry and not run.leased) or tally.trouble or self._stopping():
                    break
                continue
            if len(run.leased) < self._batch:
                self._lease(run, tally, at_once)
                self._send_off(lanes, run, tally, at_once)
            done, _ = wait(run.flight, timeout=0.1, return_when=FIRST_COMPLETED)
            unsent = [self._collect(future, lanes, run, tally) for future in done]
            self._send_off(lanes, run, tally, at_once)  # the line does not wait for our disk
            self._give_back([message for each in unsent for message in each], tally)
            if run.receipts and self._since(run) >= _SETTLE_MS:
                self._settle(run, tally)
        self._give_back(list(run.leased), tally)

    def _send_off(self, lanes: Lanes, run: _Run, tally: Tally, at_once: bool) -> None:
        while len(run.flight) < len(lanes) and not tally.trouble and not self._stopping():
            if not run.leased and not run.dry:
                self._lease(run, tally, at_once)
            batch = self._next_batch(run)
            if not batch:
                return
            self._progress(f"正在送办件（{len(batch)} 件）", 0)
            lane = lanes.take()
            began_ms = self._clock.now().monotonic_ms
            run.flight[lanes.run(lane, _send, batch)] = lane, batch, began_ms

    def _next_batch(self, run: _Run) -> tuple[OutboxMessage, ...]:
        """The next messages in order, but none of a stream that is under way on another connection."""
        under_way = {message.stream for _, batch, _ in run.flight.values() for message in batch}
        batch: list[OutboxMessage] = []
        waiting: list[OutboxMessage] = []
        while run.leased and len(batch) < self._batch:
            message = run.leased.popleft()
            (waiting if message.stream in under_way else batch).append(message)
        run.leased.extendleft(reversed(waiting))
        return tuple(batch)

    def _lease(self, run: _Run, tally: Tally, at_once: bool) -> None:
        """The next messages; what receipts came by now are written with them."""
        if run.dry:
            return
        now = self._clock.now()
        if now.monotonic_ms - run.looked_ms > _LOOK_HOLDS_MS:
            run.ready.clear()
        with self._store.begin() as uow:
            outcome = self._write_receipts(uow, run, tally)
            taken = self._take_ready(uow, run, now.utc_ms)
            if not taken:
                run.looked_ms = now.monotonic_ms
                for look in _LOOKS:
                    is_all = self._look(uow, run, tally, look, now.utc_ms, at_once)
                    taken = self._take_ready(uow, run, now.utc_ms)
                    if taken or is_all:
                        break
            if taken:
                uow.outbox.save_all(taken)
            if taken or run.receipts:
                uow.commit()
        run.leased.extend(taken)
        run.dry = not taken
        self._count(run, tally, outcome)

    @staticmethod
    def _look(uow: UnitOfWork, run: _Run, tally: Tally, look: int, now_ms: int, at_once: bool) -> bool:
        """Note what is due among the first ``look`` that are open; True when these were all."""
        mine = {message.id for message in run.leased} | {m.id for _, batch, _ in run.flight.values() for m in batch}
        messages = [believable(each, now_ms) for each in uow.outbox.queue(look)]
        if at_once:
            messages = [replace(each, next_try_ms=0) if each.next_try_ms else each for each in messages]
        passed = tally.put_off | mine
        run.ready = deque(each.id for each in due(messages, now_ms, look) if each.id not in passed)
        return len(messages) < look

    @staticmethod
    def _take_ready(uow: UnitOfWork, run: _Run, now_ms: int) -> tuple[OutboxMessage, ...]:
        """The next of what was due at the last look and still is, leased."""
        ids = [run.ready.popleft() for _ in range(min(len(run.ready), _LEASED_AT_ONCE))]
        place = {each: n for n, each in enumerate(ids)}
        loaded = sorted(uow.outbox.load(ids), key=lambda each: place[each.id]) if ids else []
        free = (each for each in (believable(each, now_ms) for each in loaded) if each.lease_until_ms <= now_ms)
        return tuple(leased(each, now_ms) for each in free if each.state is Delivery.WAITING)

    def _collect(
        self, future: Future[tuple[Receipt, ...]], lanes: Lanes, run: _Run, tally: Tally
    ) -> tuple[OutboxMessage, ...]:
        """Receipts of one batch; its messages when there are none."""
        lane, batch, began_ms = run.flight.pop(future)
        lanes.give_back(lane)
        try:
            receipts = future.result()
        except (LineProblem, Refused) as problem:
            tally.trouble = tally.trouble or problem
            return batch
        now_ms = self._clock.now().monotonic_ms
        went = sum(len(each.body) for each in batch)
        self.speed.note(now_ms, now_ms - began_ms, went // 2)  # packed, a body is about half of what it was
        if not run.receipts:
            run.unsettled_since_ms = now_ms
        run.receipts += receipts
        tally.sent += len(batch)
        tally.add_bytes(went)
        return ()

    def _since(self, run: _Run) -> int:
        return self._clock.now().monotonic_ms - run.unsettled_since_ms

    def _settle(self, run: _Run, tally: Tally) -> None:
        if not run.receipts:
            return
        with self._store.begin() as uow:
            outcome = self._write_receipts(uow, run, tally)
            uow.commit()
        run.dry = False  # what waited for these may be due now
        self._count(run, tally, outcome)

    def _write_receipts(self, uow: UnitOfWork, run: _Run, tally: Tally) -> Outcome:
        outcome = settle(uow, self._clock.now(), run.receipts)
        if outcome.refused or outcome.held_back:
            run.ready.clear()  # what follows one of these is not due any more
        tally.put_off |= outcome.held_back
        return outcome

    def _count(self, run: _Run, tally: Tally, outcome: Outcome) -> None:
        """Receipts that are written now."""
        if not run.receipts:
            return
        run.receipts = []
        tally.acknowledged += outcome.acknowledged
        tally.refused += outcome.refused
        self._progress(f"送到 {tally.acknowledged} 件", 1)

    def _give_back(self, messages: Sequence[OutboxMessage], tally: Tally) -> None:
        """Nothing is known to have arrived: all stay waiting, each with its next try."""
        if not messages:
            return
        now_ms = self._clock.now().utc_ms
        asked_ms = retry_after_ms(tally.trouble) if tally.trouble else 0
        stopped = self._stopping()
        with self._store.begin() as uow:
            current = uow.outbox.glance([each.id for each in messages])
            uow.outbox.save_all(
                [
                    failed(each, now_ms, self._ids.fraction(), asked_ms)
                    for each in current
                    if each.state is Delivery.WAITING
                ]
            )
            uow.commit()
        if stopped:
            tally.trouble = None


def _send(centre: Centre, _lane: Lane, batch: tuple[OutboxMessage, ...]) -> tuple[Receipt, ...]:
    return centre.send(batch)
