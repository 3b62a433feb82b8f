"""The spool worker: nothing lost, nothing printed twice unasked, one bad paper never holds up the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from clerk_app.domain.paper import PRINT_MOVES, Form, PrintJob, PrintState
from clerk_app.errors import DeviceProblem, StorageProblem
from clerk_app.ports import Printer
from clerk_app.usecases.printing import UNKNOWN, Claimed
from printing.paper import ReportlabPaper
from printing.spool_worker import SpoolWorker
from printing.spooler import CupsPrinter, NoPrinter, UnknownOutcome
from tests.printing.cups import Cups
from tests.printing.orders import order

PAPER = ReportlabPaper()


class Queue:
    """Print jobs in memory, with the moves of the real state machine, and a condition to wait on instead of sleeping."""

    def __init__(self, *forms: Form) -> None:
        self.jobs = {str(n): PrintJob(str(n), "case", 1, form, 0) for n, form in enumerate(forms)}
        self.changed = threading.Condition()
        self.full_disk = 0

    def claim(self) -> Claimed | None:
        with self.changed:
            job = next((job for job in self.jobs.values() if job.state is PrintState.WAITING), None)
            if job is None:
                return None
            taken = self.jobs[job.id] = replace(job, state=PrintState.SENT, reason=UNKNOWN)
            made = replace(order(Form.F2), form=job.form)
            return Claimed(taken, made, f"paper {job.id}")

    def settle(
        self, job_id: str, state: PrintState, *, spool_ref: str = "", printer: str = "", reason: str = ""
    ) -> None:
        with self.changed:
            if self.full_disk:
                self.full_disk -= 1
                raise StorageProblem("磁盘满了。")
            job = self.jobs[job_id]
            assert state is job.state or state in PRINT_MOVES[job.state]
            self.jobs[job_id] = replace(
                job, state=state, spool_ref=spool_ref or job.spool_ref, printer=printer, reason=reason
            )
            self.changed.notify_all()

    def handed_over(self) -> Sequence[PrintJob]:
        with self.changed:
            return [job for job in self.jobs.values() if job.state is PrintState.SENT and job.spool_ref]

    def wait(self, done: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(done, timeout=30), self.jobs

    def states(self) -> list[PrintState]:
        return [job.state for job in self.jobs.values()]


@dataclass
class Desk:
    """A printer that a test drives: ``submit_with`` may raise what a spooler does on a bad day."""

    name: str = "desk"
    trouble: str = ""
    printed: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    submit_with: Callable[[str], None] = lambda title: None

    def problem(self) -> str:
        return self.trouble

    def submit(self, pdf: bytes, title: str) -> str:
        assert pdf.startswith(b"%PDF")
        self.printed.append(title)
        self.submit_with(title)
        return f"desk-{len(self.printed)}"

    def state(self, spool_ref: str) -> PrintState:
        return PrintState.PRINTED

    def cancel(self, spool_ref: str) -> None:
        self.cancelled.append(spool_ref)


@contextmanager
def running(
    printer: Printer, queue: Queue, bugs: list[Exception] | None = None, told: threading.Event | None = None
) -> Iterator[SpoolWorker]:
    found: list[Exception] = []
    worker = SpoolWorker(
        printer, PAPER, queue.claim, queue.settle, queue.handed_over, on_bug=found.append, busy_s=0.05, idle_s=30
    )
    if told:
        worker.subscribe(told.set)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
    if bugs is None:
        assert found == []
    else:
        bugs.extend(found)


def test_papers_go_through_a_real_spooler_and_are_printed_when_it_says_so(cups: Cups) -> None:
    tray = cups.tray("worker")
    queue = Queue(Form.F6, Form.F7, Form.F2)
    with running(CupsPrinter("worker"), queue):
        queue.wait(lambda: queue.states() == [PrintState.PRINTED] * 3)
    assert len(list(tray.iterdir())) == 3
    assert all(job.spool_ref.startswith("worker-") and job.printer == "worker" for job in queue.jobs.values())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the thread dies on purpose
def test_dying_after_the_hand_over_repeats_nothing() -> None:
    queue, printer = Queue(Form.F2), Desk()

    def die(title: str) -> None:
        raise SystemExit  # the thread ends here, as the program would

    printer.submit_with = die
    with running(printer, queue):
        pass
    assert printer.printed == ["paper 0"]
    job = queue.jobs["0"]
    assert (job.state, job.spool_ref, job.reason) == (PrintState.SENT, "", UNKNOWN)

    again = Desk()
    with running(again, queue) as worker:
        queue.jobs["1"] = PrintJob("1", "case", 1, Form.F2, 0)
        worker.nudge()
        queue.wait(lambda: queue.jobs["1"].state is PrintState.PRINTED)
    assert again.printed == ["paper 1"]
    assert queue.jobs["0"] == job


def test_an_answer_that_never_came_leaves_the_job_for_a_person() -> None:
    queue, printer = Queue(Form.F2), Desk()

    def silence(title: str) -> None:
        raise UnknownOutcome("打印系统没有回话。")

    printer.submit_with = silence
    told = threading.Event()
    with running(printer, queue, told=told) as worker:
        assert told.wait(10)
        assert "没有回话" in worker.printer_text()
    assert printer.printed == ["paper 0"]
    assert queue.jobs["0"].reason == UNKNOWN
    assert queue.jobs["0"].spool_ref == ""


def test_a_paper_that_was_not_taken_has_failed_and_says_why() -> None:
    queue, printer = Queue(Form.F2), Desk()

    def refuse(title: str) -> None:
        raise DeviceProblem("打印系统没有收下这份文书。")

    printer.submit_with = refuse
    with running(printer, queue):
        queue.wait(lambda: queue.states() == [PrintState.FAILED])
    assert "没有收下" in queue.jobs["0"].reason


def test_one_bad_paper_does_not_hold_up_the_next() -> None:
    queue = Queue(Form.F11, Form.F2)  # a case without a result has no completion notice: refused
    with running(Desk(), queue):
        queue.wait(lambda: queue.states() == [PrintState.FAILED, PrintState.PRINTED])
    assert "没有这种文书要写的内容" in queue.jobs["0"].reason


def test_a_bug_in_one_paper_is_reported_and_the_next_comes_out() -> None:
    queue, printer = Queue(Form.F2, Form.F2), Desk()
    bugs: list[Exception] = []

    def stumble(title: str) -> None:
        if title == "paper 0":
            raise ZeroDivisionError

    printer.submit_with = stumble
    with running(printer, queue, bugs):
        queue.wait(lambda: queue.states() == [PrintState.FAILED, PrintState.PRINTED])
    assert [type(bug) for bug in bugs] == [ZeroDivisionError]
    assert "联系管理员" in queue.jobs["0"].reason


def test_a_full_disk_after_the_hand_over_is_recorded_later_and_prints_once() -> None:
    queue, printer = Queue(Form.F2), Desk()
    queue.full_disk = 3
    with running(printer, queue):
        queue.wait(lambda: queue.states() == [PrintState.PRINTED])
    assert printer.printed == ["paper 0"]
    assert queue.jobs["0"].spool_ref == "desk-1"


def test_jobs_wait_while_the_printer_cannot_print() -> None:
    queue, printer = Queue(Form.F2), Desk(trouble="打印机停着。")
    told = threading.Event()
    with running(printer, queue, told=told) as worker:
        assert told.wait(10)
        assert worker.printer_text() == "打印机停着。"
        assert queue.states() == [PrintState.WAITING]
        printer.trouble = ""
        worker.nudge()
        queue.wait(lambda: queue.states() == [PrintState.PRINTED])
        assert "就绪" in worker.printer_text()


def test_without_a_printer_nothing_is_claimed() -> None:
    queue = Queue(Form.F2)
    told = threading.Event()
    worker = SpoolWorker(NoPrinter(), PAPER, queue.claim, queue.settle, queue.handed_over, on_bug=lambda bug: None)
    worker.subscribe(told.set)
    worker.start()
    assert told.wait(10)
    worker.stop()
    assert "没有找到打印机" in worker.printer_text()
    assert queue.states() == [PrintState.WAITING]
