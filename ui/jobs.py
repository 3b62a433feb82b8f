"""Background work: one class runs callables on the injected executor and brings results back to the GUI thread.

A worker never touches Qt but for one signal, connected to a method of ``Jobs`` itself, which lives in the GUI thread; the
callbacks of a job are then called there. Jobs of one lane run one after the other in the order of asking (a draft's saves
must never overtake each other). AppErrors go to ``failed``; anything else is a bug and goes to sys.excepthook.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar, cast

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot

from clerk_app.errors import AppError

T = TypeVar("T")
Failed = Callable[[AppError], None]


class Threads(Protocol):
    """What runs jobs: any ``concurrent.futures.Executor``."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> object:
        """Raises RuntimeError when it has ended."""
        ...


class Job(Generic[T]):
    """One piece of work under way. ``cancel`` drops its result; long work looks at ``cancelled`` and stops by itself."""

    def __init__(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Failed, owner: QObject, lane: str
    ) -> None:
        self.work, self.done, self.failed, self.owner, self.lane = work, done, failed, owner, lane
        self._cancelled = threading.Event()
        self.result: T | None = None
        self.error: BaseException | None = None

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """The result is not wanted any more. What was begun on disk still finishes: a save is never half."""
        self._cancelled.set()


class Jobs(QObject):
    """Owns all background work of the window. Create it in the GUI thread."""

    busy_changed = Signal(bool)
    _finished = Signal(object)

    def __init__(self, executor: Threads, say_error: Failed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor, self._say_error = executor, say_error
        self._lanes: dict[str, deque[Job[object]]] = {}
        self._running: set[Job[object]] = set()
        self._closed = False
        self._when_idle: Callable[[], None] | None = None
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        *,
        owner: QObject,
        failed: Failed | None = None,
        lane: str = "",
    ) -> Job[T]:
        """Run ``work`` on the executor, then ``done(result)`` or ``failed(error)`` in the GUI thread.

        Args:
            owner: when it is gone, nobody is called.
            failed: for an AppError; by default the window says it in a calm sentence.
            lane: jobs of the same non-empty lane keep their order.
        """
        job = Job(work, done, failed or self._say_error, owner, lane)
        erased = cast("Job[object]", job)
        if lane:
            queue = self._lanes.setdefault(lane, deque())
            queue.append(erased)
            if len(queue) > 1:
                return job
        self._start(erased)
        return job

    def pending(self) -> int:
        """Jobs begun or queued and not yet delivered."""
        return len(self._running) + sum(max(len(queue) - 1, 0) for queue in self._lanes.values())

    def close(self, when_idle: Callable[[], None]) -> None:
        """Deliver nothing any more, let queued saves finish, then call ``when_idle``."""
        self._closed, self._when_idle = True, when_idle
        if not self._running:
            when_idle()

    def _start(self, job: Job[object]) -> None:
        self._running.add(job)
        if len(self._running) == 1:
            self.busy_changed.emit(True)
        try:
            self._executor.submit(self._work, job)
        except RuntimeError:  # the executor is shut down: the program is ending, and nobody waits for this any more
            job.cancel()
            self._running.discard(job)

    def _work(self, job: Job[object]) -> None:
        """In the worker thread."""
        try:
            if not job.cancelled:
                job.result = job.work()
        except AppError as error:
            job.error = error
        except Exception as error:  # noqa: BLE001 - the job runner is one of the three seams
            job.error = error
        if shiboken6.isValid(self):
            self._finished.emit(job)

    @Slot(object)
    def _deliver(self, job: Job[object]) -> None:
        self._running.discard(job)
        try:
            if not (job.cancelled or self._closed) and shiboken6.isValid(job.owner):
                _hand_over(job)
        finally:
            self._go_on(job.lane)

    def _go_on(self, lane: str) -> None:
        if lane:
            queue = self._lanes[lane]
            queue.popleft()
            if queue:
                self._start(queue[0])
            else:
                del self._lanes[lane]
        if not self._running:
            self.busy_changed.emit(False)
            if self._when_idle:
                self._when_idle()


def _hand_over(job: Job[object]) -> None:
    if job.error is None:
        job.done(job.result)
    elif isinstance(job.error, AppError):
        job.failed(job.error)
    else:
        sys.excepthook(type(job.error), job.error, job.error.__traceback__)
