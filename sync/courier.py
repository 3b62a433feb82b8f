"""Push: what is due, oldest first; cases first, attachments after; no transaction open while the network waits.

    lease in one transaction  →  send with none open  →  settle in another

A sender that dies leaves a lease, which runs out by itself; the same message sent again is the same case. Only a receipt
makes a message acknowledged: a time-out never does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from clerk_app.domain.journal import Happening
from clerk_app.domain.outbox import (
    LEASE_MS,
    LONGEST_DELAY_MS,
    AttachmentRef,
    Delivery,
    OutboxMessage,
    acknowledged,
    due,
    failed,
    leased,
    refused,
)
from clerk_app.errors import AppError, EnvironmentProblem, LineProblem, Refused, StorageProblem
from clerk_app.ports import Centre, Clock, Ids, Receipt, Store
from sync.protocol import CHUNK, Code

ACTOR = "gateway"
BATCH = 20
_LEASED_AT_ONCE = 100
_LOOKS = (400, 20_000, 200_000)
_OWING_AT_ONCE = 500


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
class _Tally:
    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    bytes: int = 0
    trouble: AppError | None = None
    put_off: set[str] = field(default_factory=set)


def _never() -> bool:
    return False


def _silent(_doing: str, _bytes: int) -> None:
    return None


class Courier:
    """Drives the outbox over a centre. Belongs to one thread.

    ``stopping``: leave between two requests. ``urgent``: true once for each new case that
    came in, so that the attachments let it pass.
    ``progress(doing, bytes)``: what is being sent (Chinese) and the payload bytes that just went.
    """

    def __init__(
        self,
        store: Store,
        centre: Centre,
        clock: Clock,
        ids: Ids,
        *,
        batch: int = BATCH,
        stopping: Callable[[], bool] = _never,
        urgent: Callable[[], bool] = _never,
        progress: Callable[[str, int], None] = _silent,
    ) -> None:
        self._store, self._centre, self._clock, self._ids, self._batch = store, centre, clock, ids, batch
        self._stopping, self._urgent, self._progress = stopping, urgent, progress

    def push_once(self, *, at_once: bool = False) -> PushSummary:
        """Send everything that is due. ``at_once``: do not wait out earlier failures (the line is back, or a clerk asks).

        Raises:
            StorageProblem: the local store failed; what was sent stays leased and will be sent again.
        """
        began = self._clock.now().monotonic_ms
        tally = _Tally()
        self._push(tally, at_once)
        with self._store.begin(reading=True) as uow:
            waiting = uow.outbox.counts().waiting
        seconds = (self._clock.now().monotonic_ms - began) / 1000
        return PushSummary(tally.sent, tally.acknowledged, tally.refused, waiting, tally.bytes, seconds, tally.trouble)

    def _push(self, tally: _Tally, at_once: bool) -> None:
        while True:
            while not self._stopping() and (messages := self._lease(tally, at_once)):
                if not self._deliver(messages, tally):
                    return
            if self._stopping() or not self._push_blobs(tally, at_once):
                return

    # --- messages ------------------------------------------------------------------------------------------------------

    def _lease(self, tally: _Tally, at_once: bool) -> tuple[OutboxMessage, ...]:
        now_ms = self._clock.now().utc_ms
        with self._store.begin() as uow:
            taken: tuple[OutboxMessage, ...] = ()
            for look in _LOOKS:
                messages = [_believable(each, now_ms) for each in uow.outbox.queue(look)]
                if at_once:
                    messages = [replace(each, next_try_ms=0) for each in messages]
                ready = (each for each in due(messages, now_ms, look) if each.id not in tally.put_off)
                ids = [each.id for each in islice(ready, _LEASED_AT_ONCE)]
                place = {each: n for n, each in enumerate(ids)}
                loaded = sorted(uow.outbox.load(ids), key=lambda each: place[each.id])
                taken = tuple(leased(_believable(each, now_ms), now_ms) for each in loaded)
                if taken or len(messages) < look:
                    break
            if taken:
                uow.outbox.save_all(taken)
                uow.commit()
        return taken

    def _deliver(self, messages: Sequence[OutboxMessage], tally: _Tally) -> bool:
        """Send leased messages batch by batch; False when the line or the window ended it."""
        for start in range(0, len(messages), self._batch):
            batch = messages[start : start + self._batch]
            self._progress(f"正在送办件（{len(batch)} 件）", 0)
            try:
                if self._stopping():
                    raise LineProblem("正在退出。")
                receipts = self._centre.send(batch)
            except (LineProblem, Refused) as problem:
                tally.trouble = None if self._stopping() else problem
                self._give_back(messages[start:], problem)
                return False
            self._settle(batch, receipts, tally)
        return True

    def _settle(self, batch: Sequence[OutboxMessage], receipts_of: Sequence[Receipt], tally: _Tally) -> None:
        went = sum(len(each.body) for each in batch)
        now = self._clock.now()
        with self._store.begin() as uow:
            there = {each.id: each for each in uow.outbox.load([each.id for each in batch], bodies=False)}
            moved: list[OutboxMessage] = []
            happened: list[Happening] = []
            receipts: dict[str, str] = {}
            for message, receipt in zip(batch, receipts_of, strict=True):
                current = there.get(message.id, message)
                if receipt.status in {"stored", "duplicate"}:
                    moved.append(replace(acknowledged(current, receipt.receipt), next_try_ms=0))
                    receipts.setdefault(message.case_id, receipt.receipt)
                    happened.append(Happening(now, ACTOR, "sync.acknowledged", message.case_id, message.revision))
                    tally.acknowledged += 1
                elif receipt.code == Code.HELD:
                    moved.append(replace(current, lease_until_ms=0))
                    tally.put_off.add(message.id)
                else:
                    moved.append(refused(current, receipt.code, receipt.reason))
                    detail = {"code": receipt.code}
                    happened.append(Happening(now, ACTOR, "sync.refused", message.case_id, message.revision, detail))
                    tally.refused += 1
            uow.outbox.save_all(moved)
            uow.cases.set_receipts(receipts)
            uow.journal.append_all(happened)
            uow.commit()
        tally.sent += len(batch)
        tally.bytes += went
        self._progress(f"送到 {tally.acknowledged} 件", went)

    def _give_back(self, messages: Sequence[OutboxMessage], problem: AppError) -> None:
        """Nothing is known to have arrived: all stay waiting, each with its next try."""
        now_ms = self._clock.now().utc_ms
        with self._store.begin() as uow:
            current = uow.outbox.load([each.id for each in messages], bodies=False)
            uow.outbox.save_all(
                [
                    failed(each, now_ms, self._ids.fraction(), _retry_after_ms(problem))
                    for each in current
                    if each.state is Delivery.WAITING
                ]
            )
            uow.commit()

    # --- attachments ---------------------------------------------------------------------------------------------------

    def _push_blobs(self, tally: _Tally, at_once: bool) -> bool:
        """Send attachments of acknowledged messages. True when a new case came in between and goes first."""
        for message in self._owing():
            if (message.next_try_ms > self._clock.now().utc_ms and not at_once) or message.id in tally.put_off:
                continue
            for ref in message.attachments:
                if ref.blob_sha256 in message.blobs_done:
                    continue
                if self._stopping():
                    return False
                try:
                    whole = self._send_blob(ref, tally)
                except (EnvironmentProblem, Refused) as problem:
                    tally.trouble = None if self._stopping() else problem
                    self._put_off(message.id, problem)
                    tally.put_off.add(message.id)
                    if isinstance(problem, StorageProblem):
                        break  # this page cannot be read here; the others still can
                    return False
                if not whole:
                    return not self._stopping()
                self._mark_done(message.id, ref.blob_sha256)
        return False

    def _owing(self) -> Iterator[OutboxMessage]:
        """Acknowledged messages with attachments to go, a stretch at a time, none of it in a transaction."""
        after = 0
        while True:
            now_ms = self._clock.now().utc_ms
            with self._store.begin(reading=True) as uow:
                owing = uow.outbox.owing(_OWING_AT_ONCE, after)
            yield from (_believable(each, now_ms) for each in owing)
            if len(owing) < _OWING_AT_ONCE:
                return
            after = owing[-1].seq

    def _send_blob(self, ref: AttachmentRef, tally: _Tally) -> bool:
        """From where the gateway stands to the end; False when something more urgent came. At most one chunk goes twice."""
        offset = self._centre.blob_offset(ref.blob_sha256, ref.blob_size)
        while offset < ref.blob_size:
            if self._stopping() or self._urgent():
                return False
            with self._store.begin(reading=True) as uow:
                chunk = uow.attachments.blob_bytes(ref.blob_sha256, offset, min(CHUNK, ref.blob_size - offset))
            if not chunk:
                raise StorageProblem(
                    "一份附件在本机读不全。", what_is_safe="办件本身已送达。", what_to_do="请联系管理员。"
                )
            self._progress("正在送附件", 0)
            reached = self._centre.send_blob(ref.blob_sha256, ref.blob_size, offset, chunk)
            if reached <= offset:
                raise LineProblem("附件没有续上。", what_is_safe="附件在本机。", what_to_do="稍后自动重试。")
            offset = reached
            tally.bytes += len(chunk)
            self._progress("正在送附件", len(chunk))
        return True

    def _mark_done(self, message_id: str, blob_sha256: str) -> None:
        with self._store.begin() as uow:
            current = uow.outbox.get(message_id)
            if current is not None:
                uow.outbox.save(replace(current, blobs_done=current.blobs_done | {blob_sha256}, next_try_ms=0))
                uow.commit()

    def _put_off(self, message_id: str, problem: AppError) -> None:
        now_ms = self._clock.now().utc_ms
        with self._store.begin() as uow:
            current = uow.outbox.get(message_id)
            if current is not None:
                tried = replace(current, attempts=current.attempts + 1)
                uow.outbox.save(failed(tried, now_ms, self._ids.fraction(), _retry_after_ms(problem)))
                uow.commit()


def _believable(message: OutboxMessage, now_ms: int) -> OutboxMessage:
    """After the clock jumped back, a lease or a next try can lie years ahead: what cannot be so is not waited for."""
    if message.lease_until_ms > now_ms + LEASE_MS:
        message = replace(message, lease_until_ms=0)
    if message.next_try_ms > now_ms + LONGEST_DELAY_MS:
        message = replace(message, next_try_ms=0)
    return message


def _retry_after_ms(problem: AppError) -> int:
    """What the gateway asked for, never longer than our own longest wait."""
    seconds = problem.retry_after_s if isinstance(problem, LineProblem) else None
    return min(int(seconds * 1000), LONGEST_DELAY_MS) if seconds is not None else 0
