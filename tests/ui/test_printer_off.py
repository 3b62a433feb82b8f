"""A printer that is switched off between accepting and the paper: the window says that the paper waits, and it comes out once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.spool import SpoolDesk
from clerk_app.domain.paper import PrintState
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.printing import prints_of
from printing.paper import ReportlabPaper
from printing.spooler import REASONS
from tests.ui.counter import ask, counter, only_case, signed_in
from tests.ui.hall import Place
from tests.ui.test_main_job import fill_form, to_form
from ui.screens.papers import COMES_BY_ITSELF

NAME = "窗口"
OFF = f"打印机“{NAME}”{REASONS['shutdown']}"


@dataclass
class Switch:
    """A printer with a switch; what it says is what CUPS says of one that is off."""

    name: str = NAME
    is_on: bool = True
    came_out: list[str] = field(default_factory=list)

    def problem(self) -> str:
        return "" if self.is_on else OFF

    def submit(self, pdf: bytes, title: str) -> str:
        assert pdf.startswith(b"%PDF")
        assert self.is_on
        self.came_out.append(title)
        return f"{NAME}-{len(self.came_out)}"

    def state(self, spool_ref: str) -> PrintState:
        return PrintState.PRINTED

    def cancel(self, spool_ref: str) -> None:
        """Nothing here is ever asked back."""


@pytest.fixture
def printer() -> Switch:
    return Switch()


@pytest.fixture
def hall(pool: ThreadPoolExecutor, tmp_path: Path, printer: Switch) -> Iterator[Place]:
    """The real spooler of the window on a real store."""
    made = counter(pool, tmp_path / "hall")
    spool = SpoolDesk(printer, ReportlabPaper())
    desk = made.desk

    def sign_in(_login: str, _pin: str) -> Desk:
        spool.start(desk)
        return desk

    made.services = replace(made.services, spool=spool, sign_in=sign_in)
    yield made
    spool.stop()


def test_a_paper_waits_for_its_printer_in_plain_words_and_comes_out_once(
    qapp_themed: QApplication, qtbot: QtBot, hall: Place, printer: Switch
) -> None:
    with signed_in(hall, qtbot) as hands:
        to_form(hands)
        fill_form(hands)
        hands.go("confirm")
        hands.sign_and_wait()
        printer.is_on = False  # somebody pulled the plug
        hands.press("F9")
        hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
        receipt = hands.intake.receipt
        hands.until(lambda: receipt.papers.waiting.isVisible() and hands.idle())
        assert receipt.papers.waiting.text() == f"！{OFF}{COMES_BY_ITSELF}"
        assert all("等待打印" in line for line in receipt.papers._table.spoken())
        assert OFF in hands.view.footer._facts.text()
        case = only_case(hall)
        assert states(hall, case.id) == {PrintState.WAITING}
        assert printer.came_out == []
        printer.is_on = True
        hall.services.spool.nudge()  # as it looks by itself now and then
        hands.until(lambda: states(hall, case.id) == {PrintState.PRINTED})
        hands.until(lambda: all("已打印" in line for line in receipt.papers._table.spoken()))
        assert not receipt.papers.waiting.isVisible()
        for _ in range(2):
            hall.services.spool.nudge()
        hands.press("Ctrl+N")
        hands.rest()
    assert sorted(printer.came_out) == sorted(set(printer.came_out)), "each paper once"
    assert len(printer.came_out) == 2


def states(hall: Place, case_id: str) -> set[PrintState]:
    return {job.state for job in ask(hall, lambda: prints_of(hall.desk, case_id))}
