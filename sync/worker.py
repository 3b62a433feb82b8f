"""The line's own thread: push and pull, wait, again; it says how the line is and never touches the screen itself.

Online it looks every ``idle_s`` and at each nudge. Offline it knocks (hello) at growing intervals up to ``LONGEST_KNOCK_S``
and, when the door opens, sends at once whatever had been put off: a delay that grew during an outage does not outlast it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from clerk_app.domain.feed import FeedEntry
from clerk_app.domain.outbox import delay_after
from clerk_app.errors import AppError, LineProblem, Refused, ShutOut
from clerk_app.ports import Centre, Clock, Ids, Store, UnitOfWork
from sync.courier import Courier
from sync.news import pull_once

IDLE_S = 15.0
LONGEST_KNOCK_S, LONGEST_ASKED_S = 10.0, 60.0
_LOOK_S = 1.0
_COUNT_SHARE = 20
"""What waits is counted anew at each receipt as long as that takes no more than a twentieth of the time."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LineStatus:
    """How the line is, for the pill and the sync screen.

    ``waiting`` and ``refused`` count messages, ``attachments`` pages still to go. ``sending``: what goes just now, in
    Chinese, else empty. ``speed_bps``: payload bytes per second, lately. ``last_ok_ms``: UTC of the last good exchange, 0
    for never in this run. ``problem``: in the clerk's words; empty when all is well. ``next_try_ms``: UTC of the next try
    after a failure, else 0. ``stuck``: ``problem`` where waiting will not mend it. ``wants_enrolling``: a new
    enrolment would. ``held``: a clerk broke the sending off.
    ``moving``: case id → (bytes done, bytes in all) of its
    page under way. ``done`` of ``total`` messages of the push at hand.
    """

    online: bool = False
    waiting: int = 0
    refused: int = 0
    attachments: int = 0
    sending: str = ""
    speed_bps: int = 0
    last_ok_ms: int = 0
    problem: str = ""
    attachment_bytes: int = 0
    next_try_ms: int = 0
    stuck: str = ""
    wants_enrolling: bool = False
    held: bool = False
    moving: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    done: int = 0
    total: int = 0


def _nothing() -> None:
    return None


def _never() -> bool:
    return False


def _wait(event: threading.Event, seconds: float) -> None:
    event.wait(seconds)


class SyncWorker:
    """``on_status`` is called from the line's own threads (Qt gets it by a signal). ``interrupt`` breaks off every request.
    ``more``: further connections. ``changed``: whether the line may have come or gone since it was asked last; asked every
    second. ``after``: further work of a good round, such as comparing books."""

    def __init__(
        self,
        store: Store,
        centre: Centre,
        clock: Clock,
        ids: Ids,
        apply: Callable[[UnitOfWork, FeedEntry], None],
        on_status: Callable[[LineStatus], None],
        *,
        interrupt: Callable[[], None] = _nothing,
        on_bug: Callable[[BaseException], None] | None = None,
        idle_s: float = IDLE_S,
        wait: Callable[[threading.Event, float], None] = _wait,
        more: Sequence[Centre] = (),
        changed: Callable[[], bool] = _never,
        after: Callable[[], None] = _nothing,
    ) -> None:
        self._store, self._centre, self._clock, self._ids = store, centre, clock, ids
        self._apply, self._on_status, self._interrupt, self._on_bug = apply, on_status, interrupt, on_bug
        self._idle_s, self._wait, self._changed, self._after = idle_s, wait, changed, after
        self._held, self._lock = threading.Event(), threading.Lock()
        self._counted_ms = self._count_took_ms = 0
        self._stop, self._wake = threading.Event(), threading.Event()
        self._status = LineStatus()
        self._failures, self._jitter = 0, 0.5
        self._asked_s = 0.0
        self._first = True
        self._courier = Courier(
            store,
            centre,
            clock,
            ids,
            more=more,
            stopping=self._must_leave,
            urgent=self._nudged_meanwhile,
            progress=self._progress,
            moving=self._moving,
        )
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def nudge(self) -> None:
        """Something is to be sent, or a clerk asks to try now. From any thread. What is held stays held."""
        self._wake.set()

    def hold(self) -> None:
        """Break off what is being sent and send nothing more until ``resume``. From any thread; nothing is lost."""
        self._held.set()
        self._wake.set()

    def resume(self) -> None:
        """Go on after ``hold``, now."""
        self._held.clear()
        self._wake.set()

    def _must_leave(self) -> bool:
        return self._stop.is_set() or self._held.is_set()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """End after the exchange at hand is broken off; True when the thread is gone. Nothing is lost by stopping."""
        self._stop.set()
        self._wake.set()
        self._interrupt()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _nudged_meanwhile(self) -> bool:
        nudged = self._wake.is_set() and not self._stop.is_set()
        if nudged:
            self._wake.clear()
        return nudged

    def _run(self) -> None:
        self._publish(self._status)  # what waits is visible before the first answer or time-out
        while not self._stop.is_set():
            nudged = self._wake.is_set()
            self._wake.clear()
            if self._held.is_set():
                self._publish(replace(self._status, sending="", moving={}, held=True, next_try_ms=0))
            else:
                self._round(nudged)
            if not self._stop.is_set():
                self._rest(self._next_wait_s())

    def _rest(self, seconds: float) -> None:
        """Wait, in short stretches, so that a line that comes or goes is seen at once."""
        while seconds > 0 and not self._wake.is_set() and not self._stop.is_set():
            self._wait(self._wake, min(seconds, _LOOK_S))
            seconds -= _LOOK_S
            if not self._held.is_set() and self._changed():
                return

    def _round(self, nudged: bool) -> None:
        try:
            if not self._status.online or self._first:
                self._centre.greet()
            at_once = nudged or not self._status.online
            with self._lock:
                total = self._status.waiting
                self._status = replace(self._status, held=False, done=0, total=total)
            pushed = self._courier.push_once(at_once=at_once)
            if pushed.trouble is not None:
                raise pushed.trouble
            if not self._must_leave():
                pulled = pull_once(self._store, self._centre, self._apply, stopping=self._stop.is_set)
                problem = "有新消息要升级本程序后才能读；送件不受影响。" if pulled.stopped else ""
                self._after()
                self._well(problem)
        except AppError as error:
            if not self._stop.is_set():
                self._unwell(error)
        except Exception as error:  # noqa: BLE001 - the job runner's seam: the line must outlive a fault of ours
            _log.error("sync round failed: %s", type(error).__name__)
            if self._on_bug is not None:
                self._on_bug(error)
            self._failures, self._jitter = self._failures + 1, self._ids.fraction()
            self._publish(
                replace(self._status, sending="", problem="同步出了内部错误，已记下。办件都在本机，稍后自动重试。")
            )

    def _well(self, problem: str) -> None:
        self._failures, self._first, self._asked_s = 0, False, 0.0
        now_ms = self._clock.now().utc_ms
        self._publish(
            replace(
                self._status,
                online=True,
                sending="",
                last_ok_ms=now_ms,
                problem=problem,
                next_try_ms=0,
                stuck="",
                wants_enrolling=False,
                moving={},
            )
        )

    def _unwell(self, error: AppError) -> None:
        self._failures, self._jitter = self._failures + 1, self._ids.fraction()
        self._asked_s = error.retry_after_s or 0.0 if isinstance(error, LineProblem) else 0.0
        online = self._status.online and not isinstance(error, LineProblem)
        shut_out = isinstance(error, ShutOut)
        stuck = error.sentence() if shut_out or isinstance(error, Refused) else ""
        next_ms = self._clock.now().utc_ms + int(self._next_wait_s() * 1000)
        self._publish(
            replace(
                self._status,
                online=online,
                sending="",
                moving={},
                problem=error.sentence(),
                next_try_ms=next_ms,
                stuck=stuck,
                wants_enrolling=shut_out,
            )
        )

    def _next_wait_s(self) -> float:
        if self._failures:
            own = min(delay_after(self._failures, 1.0) / 1000, LONGEST_KNOCK_S)
            return max(own * (0.5 + 0.5 * self._jitter), min(self._asked_s, LONGEST_ASKED_S))
        return self._idle_s

    def _progress(self, doing: str, count: int) -> None:
        """From the courier's threads."""
        with self._lock:
            online = self._status.online or count > 0
            status = replace(self._status, online=online, sending=doing, speed_bps=self._courier.speed.bps)
        now_ms = self._clock.now().monotonic_ms
        recount = count > 0 and now_ms - self._counted_ms >= _COUNT_SHARE * self._count_took_ms
        self._publish(status, recount=recount)
        if recount:
            self._counted_ms = self._clock.now().monotonic_ms
            self._count_took_ms = self._counted_ms - now_ms

    def _moving(self, case_id: str, done: int, size: int) -> None:
        with self._lock:
            others = {key: value for key, value in self._status.moving.items() if key != case_id}
            self._status = replace(self._status, moving=others | ({case_id: (done, size)} if done < size else {}))

    def _publish(self, status: LineStatus, *, recount: bool = True) -> None:
        if self._stop.is_set():  # the next clerk's worker speaks now
            return
        if recount:
            try:
                with self._store.begin(reading=True) as uow:
                    counts = uow.outbox.counts()
            except AppError as error:
                status = replace(status, problem=status.problem or error.sentence())
            else:
                status = replace(
                    status,
                    waiting=counts.waiting,
                    refused=counts.refused,
                    attachments=counts.attachments,
                    attachment_bytes=counts.attachment_bytes,
                    done=max(status.total - counts.waiting, 0),
                )
        with self._lock:
            self._status = status
        self._on_status(status)
