"""A receipt printer emulated behind a real pty: what comes out is read as a picture, and its answers decide the state."""

from __future__ import annotations

import os
import pty
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from clerk_app.domain.numbering import case_qr
from clerk_app.domain.paper import Form, Look, PaperSize, PrintState
from clerk_app.errors import DeviceProblem
from printing.paper import ReportlabPaper
from printing.receipt_printer import DOTS, ReceiptPrinter, strip_bytes
from printing.specimens.orders import Length, specimen
from printing.spooler import UnknownOutcome

PAPER = ReportlabPaper()
STRIP = PAPER.render(specimen(Form.F1, look=Look(PaperSize.STRIP)))
NOW, IN_ORDER = b"\x10\x04\x04", b"\x1dr\x01"


@dataclass
class Roll:
    """The other end of the line: keeps what it is sent and answers as the manual of such printers says."""

    device: Path
    has_paper: bool = True
    is_mute: bool = False
    runs_out: bool = False
    received: bytearray = field(default_factory=bytearray)

    def answer(self, data: bytes) -> bytes:
        if self.is_mute:
            return b""
        reply = b""
        if NOW in data:
            reply += bytes([0x12 if self.has_paper else 0x72])
        if IN_ORDER in data:
            reply += bytes([0x0C if self.runs_out else 0x00])
        return reply


@contextmanager
def printer_on_a_line(*, has_paper: bool = True, is_mute: bool = False, runs_out: bool = False) -> Iterator[Roll]:
    master, slave = pty.openpty()
    roll = Roll(Path(os.ttyname(slave)), has_paper, is_mute, runs_out)

    def serve() -> None:
        tail = b""
        while True:
            try:
                data = os.read(master, 4096)
            except OSError:
                return
            roll.received += data
            reply = roll.answer(tail + data)
            tail = b"" if reply else data[-2:]
            if reply:
                os.write(master, reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield roll
    finally:
        os.close(slave)
        os.close(master)


def dots(stream: bytes) -> np.ndarray:
    """The picture that the raster commands (GS v 0) draw."""
    bands, at = [], 0
    while (at := stream.find(b"\x1dv0", at)) >= 0:
        wide = stream[at + 4] + 256 * stream[at + 5]
        tall = stream[at + 6] + 256 * stream[at + 7]
        body = np.frombuffer(stream[at + 8 : at + 8 + wide * tall], np.uint8).reshape(tall, wide)
        bands.append(np.unpackbits(body, axis=1))
        at += 8 + wide * tall
    return np.where(np.vstack(bands) == 1, 0, 255).astype(np.uint8)


def test_the_strip_comes_out_as_it_was_drawn_and_is_printed_when_the_printer_says_so() -> None:
    with printer_on_a_line() as roll:
        printer = ReceiptPrinter("小票机", roll.device, patience_s=20)
        assert printer.problem() == ""
        ref = printer.submit(STRIP, "a")
        assert printer.state(ref) is PrintState.PRINTED
        picture = dots(bytes(roll.received))
    assert picture.shape[1] == DOTS
    code = case_qr(specimen(Form.F1).case.local_number)
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [code, code]  # one strip for each side
    assert 0.02 < (picture == 0).mean() < 0.25
    assert bytes(roll.received).index(b"\x1b@") < 10
    assert bytes(roll.received).count(b"\x1dV") == 2  # cut between them


def test_no_paper_is_told_before_anything_is_sent() -> None:
    with printer_on_a_line(has_paper=False) as roll:
        assert "没有纸了" in ReceiptPrinter("小票机", roll.device).problem()


def test_a_roll_that_ends_in_the_middle_is_a_failure() -> None:
    with printer_on_a_line(runs_out=True) as roll:
        printer = ReceiptPrinter("小票机", roll.device, patience_s=20)
        assert printer.state(printer.submit(STRIP, "a")) is PrintState.FAILED


def test_a_printer_that_never_answers_is_not_called_printed() -> None:
    with printer_on_a_line(is_mute=True) as roll:
        printer = ReceiptPrinter("小票机", roll.device, answer_s=0.1)
        assert printer.problem() == ""
        ref = printer.submit(STRIP, "a")
        assert printer.state(ref) is PrintState.SENT
    assert printer.state("小票机-1-1") is PrintState.SENT  # of an earlier run


def test_a_printer_that_is_gone_takes_nothing(tmp_path: Path) -> None:
    printer = ReceiptPrinter("小票机", tmp_path / "lp0")
    assert "没有连上" in printer.problem()
    with pytest.raises(DeviceProblem, match="没有连上") as told:
        printer.submit(STRIP, "a")
    assert not isinstance(told.value, UnknownOutcome)


def test_a_printer_that_stops_taking_bytes_may_have_printed() -> None:
    master, slave = pty.openpty()  # nobody reads: the line fills up
    try:
        with pytest.raises(UnknownOutcome, match="中途断开"):
            ReceiptPrinter("小票机", Path(os.ttyname(slave)), patience_s=0.3).submit(STRIP, "a")
    finally:
        os.close(slave)
        os.close(master)


def test_a_file_in_place_of_a_device_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "office.json"
    file.write_bytes(b"precious")
    printer = ReceiptPrinter("小票机", file)
    assert "不是打印机" in printer.problem()
    with pytest.raises(DeviceProblem, match="不是打印机"):
        printer.submit(STRIP, "a")
    assert file.read_bytes() == b"precious"


def test_the_library_complains_of_nothing_on_the_console(capfd: pytest.CaptureFixture[str]) -> None:
    assert strip_bytes(STRIP)
    assert capfd.readouterr() == ("", "")


def test_a_plain_file_takes_the_bytes_of_every_form(tmp_path: Path) -> None:
    for form in (Form.F2, Form.F15, Form.F17):
        data = strip_bytes(PAPER.render(specimen(form, Length.LONG, Look(PaperSize.STRIP))))
        assert dots(data).shape[1] == DOTS
