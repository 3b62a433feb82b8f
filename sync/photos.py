"""Pages go after the cases: small ones first, from where the gateway stands, a stretch at a time, over a few connections.

A stretch is as large as the line carries in about a second and a half (pace.py), so that a cut costs little and a new case need
not wait long: it goes before the next stretch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace

from clerk_app.domain.outbox import AttachmentRef, OutboxMessage, failed
from clerk_app.errors import AppError, EnvironmentProblem, LineProblem, Refused, StorageProblem
from clerk_app.ports import Centre, Clock, Ids, Store
from sync.lanes import Lane, Lanes
from sync.pace import GOAL_MS, Speed, first_chunk, next_chunk
from sync.tally import Tally, believable, retry_after_ms

_AT_ONCE = 500
_NOTE_MS, _NOTE_MANY = 400, 40


@dataclass(frozen=True, slots=True)
class _Page:
    """One blob to go; ``message_ids``: everything that waits for it; ``case_id`` of the first."""

    ref: AttachmentRef
    case_id: str
    message_ids: tuple[str, ...]


@dataclass(slots=True)
class _Run:
    """One pass over what is owed. ``whole``: pages that arrived and are not noted here yet; ``noting``: some that are, just now."""

    flight: dict[Future[bool], tuple[Lane, _Page]] = field(default_factory=dict)
    whole: list[_Page] = field(default_factory=list)
    noting: Future[None] | None = None
    noted_ms: int = 0
    failed_pages: list[tuple[_Page, AppError]] = field(default_factory=list)


class Photos:
    """``stopping`` and ``urgent`` as in the courier; ``moving(case id, bytes done, bytes in all)`` of the page under way."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Ids,
        lanes: Lanes,
        speed: Speed,
        *,
        stopping: Callable[[], bool],
        urgent: Callable[[], bool],
        progress: Callable[[str, int], None],
        moving: Callable[[str, int, int], None],
        most_chunk: int,
    ) -> None:
        self._store, self._clock, self._ids, self._lanes, self._speed = store, clock, ids, lanes, speed
        self._stopping, self._urgent, self._progress, self._moving = stopping, urgent, progress, moving
        self._most_chunk = most_chunk
        self._lock = threading.Lock()
        self._break_off = self._interrupted = False

    def push(self, tally: Tally, at_once: bool) -> bool:
        """Send what is owed. True when a new case came in between and goes first.

        Raises:
            StorageProblem: the local store failed; what went stays at the gateway and is found there.
        """
        run = _Run(noted_ms=self._now_ms())
        self._break_off = self._interrupted = False
        pages = self._pages(tally, at_once)
        more = True
        while True:
            while more and not self._break_off and len(run.flight) < len(self._lanes):
                page = next(pages, None)
                if page is None:
                    more = False
                    break
                lane = self._lanes.take()
                run.flight[self._lanes.run(lane, self._send, page, tally)] = lane, page
            if not run.flight:
                break
            done, _ = wait(run.flight, timeout=0.1, return_when=FIRST_COMPLETED)
            for future in done:
                self._collect(future, *run.flight.pop(future), run, tally)
            self._must_leave()
            self._begin_noting(run)
        self._end_noting(run)
        self._put_off(run, tally)
        return self._interrupted and not self._stopping()

    def _must_leave(self) -> bool:
        """Whether something goes first; from any lane."""
        with self._lock:
            if not self._break_off and (self._stopping() or self._urgent()):
                self._break_off = self._interrupted = True
            return self._break_off

    def _collect(self, future: Future[bool], lane: Lane, page: _Page, run: _Run, tally: Tally) -> None:
        self._lanes.give_back(lane)
        try:
            if future.result():
                run.whole.append(page)
        except StorageProblem as problem:  # this page cannot be read here; the others still can
            run.failed_pages.append((page, problem))
            tally.trouble = tally.trouble or problem
        except (EnvironmentProblem, Refused) as problem:
            run.failed_pages.append((page, problem))
            if not self._stopping():
                tally.trouble = problem
            self._break_off = True

    # --- what is owed -----------------------------------------------------------------------------------------------------

    def _pages(self, tally: Tally, at_once: bool) -> Iterator[_Page]:
        """Blobs to go, pinned first, then small before large, each once."""
        given: set[str] = set()
        after = 0
        while True:
            now_ms = self._clock.now().utc_ms
            with self._store.begin(reading=True) as uow:
                owing = uow.outbox.owing(_AT_ONCE, after)
            ready = [believable(each, now_ms) for each in owing if each.id not in tally.put_off]
            ready = [each for each in ready if at_once or each.next_try_ms <= now_ms]
            waiting: dict[str, list[str]] = {}
            for message in ready:
                for ref in _to_go(message):
                    waiting.setdefault(ref.blob_sha256, []).append(message.id)
            for message in sorted(ready, key=lambda each: (-each.priority, _weight(each), each.seq)):
                for ref in sorted(_to_go(message), key=lambda each: each.blob_size):
                    if ref.blob_sha256 not in given and message.id not in tally.put_off:
                        given.add(ref.blob_sha256)
                        yield _Page(ref, message.case_id, tuple(waiting[ref.blob_sha256]))
            if len(owing) < _AT_ONCE:
                return
            after = owing[-1].seq

    # --- one page, in a lane's own thread ------------------------------------------------------------------------------------

    def _send(self, centre: Centre, lane: Lane, page: _Page, tally: Tally) -> bool:
        """True when the gateway has it whole; False when it was broken off between two stretches."""
        ref = page.ref
        chunk = min(lane.chunk or first_chunk(self._speed.bps, len(self._lanes)), self._most_chunk)
        offset = 0 if ref.blob_size <= chunk else centre.blob_offset(ref.blob_sha256, ref.blob_size)
        while offset < ref.blob_size:
            if self._must_leave():
                return False
            with self._store.begin(reading=True) as uow:
                data = uow.attachments.blob_bytes(ref.blob_sha256, offset, min(chunk, ref.blob_size - offset))
            if not data:
                raise StorageProblem(
                    "一份附件在本机读不全。", what_is_safe="办件本身已送达。", what_to_do="请联系管理员。"
                )
            began_ms = self._now_ms()
            reached = centre.send_blob(ref.blob_sha256, ref.blob_size, offset, data)
            took_ms = self._now_ms() - began_ms
            if reached <= offset:
                raise LineProblem("附件没有续上。", what_is_safe="附件在本机。", what_to_do="稍后自动重试。")
            if len(data) == chunk or took_ms > GOAL_MS:  # a short last stretch says nothing of how much is too much
                lane.chunk = next_chunk(len(data), took_ms)
                chunk = min(lane.chunk, self._most_chunk)
            offset = reached
            tally.add_bytes(len(data))
            self._speed.note(self._now_ms(), took_ms, len(data))
            self._progress("正在送附件", len(data))
            self._moving(page.case_id, offset, ref.blob_size)
        return True

    # --- what became of it ---------------------------------------------------------------------------------------------------

    def _begin_noting(self, run: _Run) -> None:
        """Beside the lanes: the line does not wait for our disk. Raises StorageProblem of what was noted before."""
        if run.noting is not None and run.noting.done():
            run.noting.result()
            run.noting = None
        is_time = len(run.whole) >= _NOTE_MANY or self._now_ms() - run.noted_ms >= _NOTE_MS
        if run.whole and is_time and run.noting is None:
            pages, run.whole, run.noted_ms = run.whole, [], self._now_ms()
            run.noting = self._lanes.beside(self._note, pages)

    def _end_noting(self, run: _Run) -> None:
        if run.noting is not None:
            run.noting.result()
        self._note(run.whole)

    def _note(self, pages: Sequence[_Page]) -> None:
        """Pages that arrived, many in one transaction."""
        if not pages:
            return
        arrived: dict[str, set[str]] = {}
        for page in pages:
            for message_id in page.message_ids:
                arrived.setdefault(message_id, set()).add(page.ref.blob_sha256)
        with self._store.begin() as uow:
            uow.outbox.pages_went(arrived)
            uow.commit()

    def _put_off(self, run: _Run, tally: Tally) -> None:
        if not run.failed_pages:
            return
        now_ms = self._clock.now().utc_ms
        trouble = {message_id: problem for page, problem in run.failed_pages for message_id in page.message_ids}
        tally.put_off |= set(trouble)
        with self._store.begin() as uow:
            for message in uow.outbox.load(list(trouble), bodies=False):
                tried = replace(message, attempts=message.attempts + 1)
                asked_ms = retry_after_ms(trouble[message.id])
                uow.outbox.save(failed(tried, now_ms, self._ids.fraction(), asked_ms))
            uow.commit()

    def _now_ms(self) -> int:
        return self._clock.now().monotonic_ms


def _to_go(message: OutboxMessage) -> list[AttachmentRef]:
    return [ref for ref in message.attachments if ref.blob_sha256 not in message.blobs_done]


def _weight(message: OutboxMessage) -> int:
    return sum(ref.blob_size for ref in _to_go(message))
