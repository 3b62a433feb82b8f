"""Push: what is due, pinned and oldest first; cases first, pages after (photos.py); no transaction open while the network waits.

    settle the receipts that came and lease the next in one transaction  →  send with none open, the next batch already on its way

A sender that dies leaves a lease, which runs out by itself; the same message sent again is the same case. Only a receipt
makes a message acknowledged: a time-out never does. Two messages of one stream are never under way on two connections, and what
follows one that was turned away does not go, leased or not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Any

from clerk_app.domain.outbox import Delivery, Order, OutboxMessage, failed
from clerk_app.errors import AppError, LineProblem, Refused
from clerk_app.ports import Centre, Clock, Ids, Receipt, Store
from sync.lanes import Lane, Lanes
from sync.pace import MOST_CHUNK, Speed
from sync.photos import Photos
from sync.settle import HELD
from sync.tally import Tally, retry_after_ms
from sync.turns import Turned, Turns

BATCH = 20
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
    """Messages of one pass: leased and not sent yet, under way, turned away by the line, and receipts that are not written yet.
    ``turn``: what goes on in the window's own books meanwhile. ``stopped`` at what was not taken since the turn began;
    ``withdrawn``: leased before that was known, and goes no more."""

    turns: Turns
    leased: deque[OutboxMessage] = field(default_factory=deque)
    flight: dict[Future[tuple[Receipt, ...]], tuple[Lane, tuple[OutboxMessage, ...], int]] = field(default_factory=dict)
    unsent: list[OutboxMessage] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    unsettled_since_ms: int = 0
    turn: Future[Turned] | None = None
    stopped: Order = field(default_factory=Order)
    withdrawn: list[str] = field(default_factory=list)
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
        run = _Run(Turns(self._store, self._clock, at_once=at_once))
        while True:
            self._send_off(lanes, run, tally)
            if run.turn is None:
                self._give_back(run, tally)
                self._begin_turn(lanes, run, tally)
            under_way: list[Future[Any]] = [*run.flight, *([run.turn] if run.turn else [])]
            if not under_way:
                break
            done, _ = wait(under_way, timeout=0.1, return_when=FIRST_COMPLETED)
            for future in [each for each in run.flight if each in done]:
                self._collect(future, lanes, run, tally)
            self._send_off(lanes, run, tally)  # the line does not wait for our disk
            if run.turn is not None and run.turn.done():
                self._end_turn(run.turn.result(), run, tally)
        run.unsent.extend(run.leased)
        self._give_back(run, tally)

    def _send_off(self, lanes: Lanes, run: _Run, tally: Tally) -> None:
        while len(run.flight) < len(lanes) and self._may_send(tally):
            batch = self._next_batch(run)
            if not batch:
                return
            self._progress(f"正在送办件（{len(batch)} 件）", 0)
            lane = lanes.take()
            began_ms = self._clock.now().monotonic_ms
            run.flight[lanes.run(lane, _send, batch)] = lane, batch, began_ms

    def _may_send(self, tally: Tally) -> bool:
        return not tally.trouble and not self._stopping()

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

    # --- the window's own books, beside the line ----------------------------------------------------------------------------

    def _begin_turn(self, lanes: Lanes, run: _Run, tally: Tally) -> None:
        """Where there is something to write, or the lanes will soon want more."""
        has_room = len(run.leased) < self._batch * len(lanes) and self._may_send(tally)
        is_time = bool(run.receipts) and (not run.flight or self._since(run) >= _SETTLE_MS)
        if not is_time and (run.dry or not has_room):
            return
        receipts, run.receipts = run.receipts, []
        withdrawn, run.withdrawn = run.withdrawn, []
        run.stopped = Order()  # what was turned away is written down before anything is leased
        mine = {message.id for message in run.leased} | {m.id for _, batch, _ in run.flight.values() for m in batch}
        run.turn = lanes.beside(run.turns.take, receipts, withdrawn, tally.put_off | mine, may_lease=has_room)

    def _end_turn(self, turned: Turned, run: _Run, tally: Tally) -> None:
        run.turn, outcome = None, turned.outcome
        run.leased.extend(_still_going(run, turned.taken))
        run.dry = turned.is_dry
        tally.put_off |= outcome.held_back
        tally.acknowledged += outcome.acknowledged
        tally.refused += outcome.refused
        if outcome.acknowledged or outcome.refused:
            self._progress(f"送到 {tally.acknowledged} 件", 1)

    # --- what became of it ---------------------------------------------------------------------------------------------------

    def _collect(self, future: Future[tuple[Receipt, ...]], lanes: Lanes, run: _Run, tally: Tally) -> None:
        """Receipts of one batch; its messages when there are none."""
        lane, batch, began_ms = run.flight.pop(future)
        lanes.give_back(lane)
        try:
            receipts = future.result()
        except (LineProblem, Refused) as problem:
            tally.trouble = tally.trouble or problem
            run.unsent.extend(batch)
            return
        now_ms = self._clock.now().monotonic_ms
        went = sum(len(each.body) for each in batch)
        self.speed.note(now_ms, now_ms - began_ms, went // 2)  # packed, a body is about half of what it was
        if not run.receipts:
            run.unsettled_since_ms = now_ms
        run.receipts += receipts
        turned_away = {each.message_id for each in receipts if each.status not in HELD}
        if turned_away:
            for each in batch:
                if each.id in turned_away:
                    run.stopped.stop_at(each)
            run.leased = deque(_still_going(run, run.leased))
        tally.sent += len(batch)
        tally.add_bytes(went)

    def _since(self, run: _Run) -> int:
        return self._clock.now().monotonic_ms - run.unsettled_since_ms

    def _give_back(self, run: _Run, tally: Tally) -> None:
        """Nothing is known to have arrived: all stay waiting, each with its next try."""
        if not run.unsent:
            return
        now_ms = self._clock.now().utc_ms
        asked_ms = retry_after_ms(tally.trouble) if tally.trouble else 0
        stopped = self._stopping()
        with self._store.begin() as uow:
            current = uow.outbox.glance([each.id for each in run.unsent])
            uow.outbox.save_all(
                [
                    failed(each, now_ms, self._ids.fraction(), asked_ms)
                    for each in current
                    if each.state is Delivery.WAITING
                ]
            )
            uow.commit()
        run.unsent.clear()
        if stopped:
            tally.trouble = None


def _still_going(run: _Run, messages: Iterable[OutboxMessage]) -> list[OutboxMessage]:
    """But for what follows a message that was turned away."""
    going: list[OutboxMessage] = []
    for each in messages:
        if run.stopped.holds(each):
            run.stopped.stop_at(each)
            run.withdrawn.append(each.id)
        else:
            going.append(each)
    return going


def _send(centre: Centre, _lane: Lane, batch: tuple[OutboxMessage, ...]) -> tuple[Receipt, ...]:
    return centre.send(batch)
