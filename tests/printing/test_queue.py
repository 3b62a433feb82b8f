"""The print queue on a real scheduler: out of paper, cancelled, restarted in between, two printers of which one is dead."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.bootstrap.spool import SpoolDesk
from clerk_app.domain.office import Office, Route
from clerk_app.domain.paper import Form, Look, PaperSize, PrintState
from clerk_app.errors import Refused
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.handwritten_papers import order_by_hand
from clerk_app.usecases.printing import cancel_waiting, claim_next, order_of, reprint, settle
from local_db.unit_of_work import SqlStore
from printing.paper import ReportlabPaper
from printing.spooler import CupsPrinter, media_of
from tests.fakes.desk import SUITE, a_desk, fill, pension
from tests.printing.cups import Cups
from tests.printing.orders import order

PAPER = ReportlabPaper()
PDF = PAPER.render(order(Form.F2))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = SqlStore(tmp_path, bytes(range(32)), SUITE, create=True)
    yield a_desk(store)
    store.close()


def until(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Ask again and again; every question goes to another process or the disk, so this does not spin."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
    return False


def states(desk: Desk, case_id: str) -> dict[str, PrintState]:
    with desk.store.begin(reading=True) as uow:
        return {f"{job.form.name}.{job.copy_number}": job.state for job in uow.print_jobs.of_case(case_id)}


def test_a_printer_without_paper_says_so_and_goes_on_when_there_is_some(cups: Cups) -> None:
    tray = cups.tray("hungry")
    printer = CupsPrinter("hungry")
    ref = printer.submit(PDF, "a")
    assert until(lambda: "没有纸了" in printer.problem())
    assert printer.state(ref) is PrintState.SENT
    (tray / "paper").write_text("")
    assert until(lambda: printer.state(ref) is PrintState.PRINTED)
    assert until(lambda: printer.problem() == "")
    assert len(list(tray.glob("*.pdf"))) == 1


def test_a_queue_that_takes_nothing_is_a_problem(cups: Cups) -> None:
    cups.tray("closed")
    cups.run("/usr/sbin/cupsreject", "closed")
    assert "停着" in CupsPrinter("closed").problem()


def test_a_cancelled_paper_does_not_come_out(cups: Cups) -> None:
    tray = cups.tray("regret")
    printer = CupsPrinter("regret")
    cups.run("/usr/sbin/cupsdisable", "regret")
    ref = printer.submit(PDF, "a")
    printer.cancel(ref)
    assert until(lambda: printer.state(ref) is PrintState.CANCELLED)
    cups.run("/usr/sbin/cupsenable", "regret")
    other = printer.submit(PDF, "b")
    assert until(lambda: printer.state(other) is PrintState.PRINTED)
    assert len(list(tray.iterdir())) == 1


def test_a_restart_of_the_print_system_loses_and_repeats_nothing(cups: Cups) -> None:
    tray = cups.tray("restarted")
    printer = CupsPrinter("restarted")
    cups.run("/usr/sbin/cupsdisable", "restarted")
    refs = [printer.submit(PDF, name) for name in ("a", "b")]
    cups.stop()
    assert "没有" in printer.problem()
    cups.start()
    assert [printer.state(ref) for ref in refs] == [PrintState.SENT] * 2
    cups.run("/usr/sbin/cupsenable", "restarted")
    assert until(lambda: [printer.state(ref) for ref in refs] == [PrintState.PRINTED] * 2)
    assert len(list(tray.iterdir())) == 2


def test_the_paper_asked_for_is_named_to_the_spooler() -> None:
    plain = order(Form.F2)
    assert media_of(PDF) == "A4"
    assert media_of(PAPER.render(replace(plain, look=Look(PaperSize.A5)))) == "A5"
    assert media_of(PAPER.render(replace(plain, look=Look(PaperSize.STRIP)))).startswith("Custom.227x")


def test_each_form_goes_to_its_own_printer_and_a_dead_one_holds_up_only_its_own(cups: Cups, desk: Desk) -> None:
    good, dead = cups.tray("good"), cups.tray("dead")
    cups.run("/usr/sbin/cupsdisable", "dead")
    case = accept_draft(desk, fill(desk, pension()).id).case
    order_by_hand(desk, case.id, Form.F17)
    office = Office(routes={Form.F17.value: Route("dead", Look(PaperSize.A5)), "*": Route()})
    spool = SpoolDesk(CupsPrinter("good"), ReportlabPaper(office), office)
    spool.start(desk)
    try:
        assert until(lambda: states(desk, case.id)["F2.1"] is PrintState.PRINTED)
        assert states(desk, case.id)["F17.1"] is PrintState.WAITING
        assert "dead" in spool.printer_text()
        cups.run("/usr/sbin/cupsenable", "dead")
        spool.nudge()
        assert until(lambda: states(desk, case.id)["F17.1"] is PrintState.PRINTED)
        assert "就绪" in spool.printer_text()
    finally:
        spool.stop()
    (sheet,) = dead.iterdir()
    assert media_of(sheet.read_bytes()) == "A5"
    assert len(list(good.iterdir())) == len(states(desk, case.id)) - 1


def test_the_window_restarted_in_between_prints_each_paper_once(cups: Cups, desk: Desk) -> None:
    tray = cups.tray("twice")
    cups.run("/usr/sbin/cupsdisable", "twice")
    case = accept_draft(desk, fill(desk, pension()).id).case
    claimed = claim_next(desk)  # the hand-over as the window does it; then it dies before the printer is done
    assert claimed is not None
    printer = CupsPrinter("twice")
    settle(desk, claimed.job.id, PrintState.SENT, spool_ref=printer.submit(PDF, "a"), printer="twice")
    again = SpoolDesk(CupsPrinter("twice"), ReportlabPaper())
    cups.run("/usr/sbin/cupsenable", "twice")
    again.start(desk)
    try:
        assert until(lambda: set(states(desk, case.id).values()) == {PrintState.PRINTED})
    finally:
        again.stop()
    assert len(list(tray.iterdir())) == len(states(desk, case.id))


def test_a_waiting_paper_is_dropped_and_can_be_asked_for_again(desk: Desk) -> None:
    case = accept_draft(desk, fill(desk, pension()).id).case
    with desk.store.begin(reading=True) as uow:
        job = next(job for job in uow.print_jobs.of_case(case.id) if job.form is Form.F2)
    assert cancel_waiting(desk, job.id).state is PrintState.CANCELLED
    taken = [each.job.form for each in iter(lambda: claim_next(desk), None)]
    assert Form.F2 not in taken
    with desk.store.begin(reading=True) as uow:
        assert "print.cancelled" in [entry.happening.verb for entry in uow.journal.of_case(case.id)]
    again = reprint(desk, case.id, Form.F2, "还是要一份大字的", Look(PaperSize.A4, large=True))
    assert order_of(desk, again.id).look == Look(PaperSize.A4, large=True)
    assert reprint(desk, case.id, Form.F2, "再一份").detail["large"] == "yes"


def test_what_is_printed_cannot_be_cancelled_and_what_was_handed_over_is_asked_back(cups: Cups, desk: Desk) -> None:
    tray = cups.tray("asked")
    case = accept_draft(desk, fill(desk, pension()).id).case
    cups.run("/usr/sbin/cupsdisable", "asked")
    office = Office()
    spool = SpoolDesk(CupsPrinter("asked"), ReportlabPaper(office), office)
    with desk.store.begin(reading=True) as uow:
        (job,) = [job for job in uow.print_jobs.of_case(case.id) if job.form is Form.F2]
    assert spool.cancel(job.id) is PrintState.WAITING  # nobody is signed in
    claimed = claim_next(desk, lambda each: each.id == job.id)
    assert claimed is not None
    printer = CupsPrinter("asked")
    settle(desk, job.id, PrintState.SENT, spool_ref=printer.submit(PDF, "a"), printer="asked")
    spool.start(desk)
    try:
        assert spool.cancel(job.id) is PrintState.SENT
        assert until(lambda: states(desk, case.id)["F2.1"] is PrintState.CANCELLED)
    finally:
        spool.stop()
    assert list(tray.iterdir()) == []
    cups.run("/usr/sbin/cupsenable", "asked")
    with pytest.raises(Refused, match="不在"):
        cancel_waiting(desk, "0" * 32)
    other = reprint(desk, case.id, Form.F2, "要")
    for state in (PrintState.SENT, PrintState.PRINTED):
        settle(desk, other.id, state, spool_ref="x-1")
    with pytest.raises(Refused, match="已打印"):
        cancel_waiting(desk, other.id)
