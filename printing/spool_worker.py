"""The thread that carries print jobs from the store to one printer and brings back what became of them.

A job is claimed (durably 'sent'), then handed over, then its spooler id is recorded. Dying in between leaves it 'sent'
without an id, for a person to look at; nothing is printed twice unasked. One printer, one worker: a dead printer holds up
only its own papers.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from clerk_app.domain.paper import Look, PaperSize, PrintJob, PrintState
from clerk_app.errors import AppError, DeviceProblem, EnvironmentProblem, Refused
from clerk_app.ports import Paper, PaperOrder, Printer
from clerk_app.usecases.printing import Claimed
from printing.spooler import UnknownOutcome

_LOG = logging.getLogger(__name__)
_FAILED_REASON = "打印系统没有打成，请看看打印机，再点重打"
_BUG_REASON = "这份文书没有做出来，请联系管理员；办件已保存"


class Settle(Protocol):
    """usecases.printing.settle with its desk filled in."""

    def __call__(
        self, job_id: str, state: PrintState, *, spool_ref: str = "", printer: str = "", reason: str = ""
    ) -> None: ...


class SpoolWorker:
    """Fulfils the window's SpoolControl. ``claim``, ``settle`` and ``handed_over`` are use cases with their desk filled in.

    ``on_bug`` gets what should have been impossible; the thread goes on with the next job. ``busy_s`` between looks while
    the spooler has jobs of ours, ``idle_s`` otherwise; ``nudge`` looks at once. ``is_strip``: the printer takes nothing else.
    """

    def __init__(
        self,
        printer: Printer,
        paper: Paper,
        claim: Callable[[], Claimed | None],
        settle: Settle,
        handed_over: Callable[[], Sequence[PrintJob]],
        *,
        on_bug: Callable[[Exception], None],
        busy_s: float = 2.0,
        idle_s: float = 30.0,
        is_strip: bool = False,
    ) -> None:
        self._printer, self._paper = printer, paper
        self._claim, self._settle, self._handed_over = claim, settle, handed_over
        self._is_strip = is_strip
        self._on_bug, self._busy_s, self._idle_s = on_bug, busy_s, idle_s
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._unsaved: list[tuple[str, PrintState, str, str]] = []
        self._listeners: list[Callable[[], None]] = []
        self._problem = ""
        self._thread = threading.Thread(target=self._work, name=f"spool-{printer.name or 'none'}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 30.0) -> None:
        """Finish the paper in hand and end. Returns when the thread is gone, or after the time-out."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def nudge(self) -> None:
        """Look at the queue now. Returns at once."""
        self._wake.set()

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Called from this thread whenever a print job or the printer changed."""
        self._listeners.append(callback)

    def printer_text(self) -> str:
        """At once, from memory."""
        return self._problem or f"打印机“{self._printer.name}”就绪"

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            busy = False
            try:
                busy = self._round()
            except EnvironmentProblem as problem:
                self._say(problem.sentence())
            except Exception as error:  # noqa: BLE001 - the job runner's seam: printing goes on after a bug
                self._on_bug(error)
            self._wake.wait(self._busy_s if busy or self._unsaved else self._idle_s)

    def _round(self) -> bool:
        """Record, ask, print. True while the spooler has jobs of ours."""
        self._record()
        self._say(self._printer.problem())
        self._ask()
        while not self._problem and not self._stopping.is_set():
            claimed = self._claim()
            if claimed is None or not self._print(claimed):
                break
        self._record()
        return bool(self._handed_over())

    def _print(self, claimed: Claimed) -> bool:
        """One paper; whether the printer can take a next one."""
        job = claimed.job
        try:
            pdf = self._paper.render(self._fitting(claimed.order))
            ref = self._printer.submit(pdf, claimed.title)
        except UnknownOutcome as problem:
            self._say(problem.sentence())  # the job stays 'sent' without an id: a person looks
            return False
        except DeviceProblem as problem:
            self._done(job.id, PrintState.FAILED, "", problem.sentence())
            return False
        except AppError as refusal:
            self._done(job.id, PrintState.FAILED, "", refusal.sentence())
            if not isinstance(refusal, Refused):
                self._on_bug(refusal)
            return True
        except Exception as error:  # noqa: BLE001 - one broken form must not hold up the others
            self._done(job.id, PrintState.FAILED, "", _BUG_REASON)
            self._on_bug(error)
            return True
        self._done(job.id, PrintState.SENT, ref, "")
        return True

    def _fitting(self, order: PaperOrder) -> PaperOrder:
        is_large = order.look.large if order.look else order.office.route(order.form).look.large
        return replace(order, look=Look(PaperSize.STRIP, is_large)) if self._is_strip else order

    def cancel(self, job: PrintJob) -> None:
        """Ask the printer to drop a job that it has; what became of it comes back like everything else. From any thread."""
        self._printer.cancel(job.spool_ref)
        self._wake.set()

    @property
    def name(self) -> str:
        """The printer's."""
        return self._printer.name

    def has_problem(self) -> bool:
        """At once, from memory."""
        return bool(self._problem)

    def _ask(self) -> None:
        for job in self._handed_over():
            if job.printer != self._printer.name:
                continue
            try:
                state = self._printer.state(job.spool_ref)
            except DeviceProblem:
                return  # what is wrong with the printer has been said already
            if state is not PrintState.SENT:
                reason = _FAILED_REASON if state is PrintState.FAILED else ""
                self._done(job.id, state, job.spool_ref, reason)

    def _done(self, job_id: str, state: PrintState, ref: str, reason: str) -> None:
        self._unsaved.append((job_id, state, ref, reason))
        self._record()

    def _record(self) -> None:
        """Write outcomes in order; those that the store does not take now are kept for the next round, never forgotten."""
        while self._unsaved:
            job_id, state, ref, reason = self._unsaved[0]
            self._settle(job_id, state, spool_ref=ref, printer=self._printer.name, reason=reason)
            del self._unsaved[0]
            _LOG.info("print job %s is %s", job_id, state.value)
            self._tell()

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
