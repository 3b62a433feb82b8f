"""Printers: a real CUPS scheduler says what became of each paper; the folder takes samples only."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.domain.life_event import scheme_of_item
from clerk_app.domain.paper import Form, PrintState
from clerk_app.errors import DeviceProblem, Refused
from printing.paper import ReportlabPaper
from printing.spooler import CupsPrinter, FolderPrinter, NoPrinter, UnknownOutcome, system_printer
from tests.printing.cups import Cups
from tests.printing.orders import HALL, ITEM, order

PDF = ReportlabPaper().render(order(Form.F2))


def final(printer: CupsPrinter, ref: str) -> PrintState:
    """What the scheduler says in the end; each question is a process of its own, so this does not spin."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if (state := printer.state(ref)) is not PrintState.SENT:
            return state
    return PrintState.SENT


def test_a_paper_comes_out_whole_and_is_printed_only_then(cups: Cups) -> None:
    tray = cups.tray("whole")
    printer = CupsPrinter("whole")
    assert printer.problem() == ""
    ref = printer.submit(PDF, "受理通知书 渝临500199-W03G1-20261121-0009")
    assert final(printer, ref) is PrintState.PRINTED
    assert [path.read_bytes() for path in tray.iterdir()] == [PDF]


def test_a_stopped_printer_says_so_and_its_papers_wait(cups: Cups) -> None:
    tray = cups.tray("stopped")
    printer = CupsPrinter("stopped")
    cups.run("/usr/sbin/cupsdisable", "-r", "out of paper", "stopped")
    assert "停着" in printer.problem()
    ref, other = printer.submit(PDF, "a"), printer.submit(PDF, "b")
    assert printer.state(ref) is PrintState.SENT
    assert list(tray.iterdir()) == []
    cups.run("cancel", other)
    assert final(printer, other) is PrintState.CANCELLED
    cups.run("/usr/sbin/cupsenable", "stopped")
    assert final(printer, ref) is PrintState.PRINTED
    assert len(list(tray.iterdir())) == 1


def test_a_printer_that_gives_up_has_failed(cups: Cups) -> None:
    cups.tray("broken", policy="abort-job")
    printer = CupsPrinter("broken")
    assert final(printer, printer.submit(PDF, "a")) is PrintState.FAILED


def test_an_unknown_printer_is_named_and_takes_nothing(cups: Cups) -> None:
    printer = CupsPrinter("nobody")
    assert "没有找到打印机“nobody”" in printer.problem()
    with pytest.raises(DeviceProblem) as refused:
        printer.submit(PDF, "a")
    assert not isinstance(refused.value, UnknownOutcome)
    with pytest.raises(DeviceProblem):
        printer.state("nobody-1")


def test_a_job_that_the_spooler_no_longer_knows_is_not_called_printed(cups: Cups) -> None:
    cups.tray("forgetful")
    assert CupsPrinter("forgetful").state("forgetful-9999") is PrintState.SENT


def test_the_users_default_queue_is_the_printer(cups: Cups) -> None:
    cups.tray("chosen")
    cups.run("/usr/sbin/lpadmin", "-d", "chosen")
    assert system_printer().name == "chosen"


def test_a_pc_without_a_print_system_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert isinstance(system_printer(), NoPrinter)
    assert "没有找到打印机" in CupsPrinter("any").problem()
    assert "没有找到打印机" in NoPrinter().problem()
    for printer in (NoPrinter(), CupsPrinter("any")):
        with pytest.raises(DeviceProblem, match="没有找到打印机"):
            printer.submit(PDF, "a")


def test_a_print_system_that_talks_nonsense_is_not_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command = tmp_path / "lp"
    command.write_text("#!/bin/sh\ncat > /dev/null\necho hello\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(UnknownOutcome, match="可能已经打印"):
        CupsPrinter("any").submit(PDF, "a")


def test_the_folder_keeps_samples_and_never_overwrites(tmp_path: Path) -> None:
    printer = FolderPrinter(tmp_path)
    title = "受理通知书 渝临500199-W03G1-20261121-0009/1"
    first, second = printer.submit(PDF, title), printer.submit(PDF, title)
    assert first == "受理通知书_渝临500199-W03G1-20261121-0009_1.pdf"
    assert second != first
    assert {path.name for path in tmp_path.iterdir()} == {first, second}
    assert (tmp_path / first).read_bytes() == PDF
    assert printer.state(first) is PrintState.PRINTED
    assert printer.state("gone.pdf") is PrintState.FAILED


def test_the_folder_refuses_a_real_paper(tmp_path: Path) -> None:
    plain = order(Form.F2, scheme=scheme_of_item(replace(ITEM, origins={})))
    real = replace(
        plain, hall=replace(HALL, sample=False), case=replace(plain.case, item=replace(plain.case.item, sample=False))
    )
    with pytest.raises(Refused, match="不是样例"):
        FolderPrinter(tmp_path).submit(ReportlabPaper().render(real), "a")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    printer = FolderPrinter(tmp_path / "gone")
    assert "写不进去" in printer.problem()
    with pytest.raises(DeviceProblem):
        printer.submit(PDF, "a")
