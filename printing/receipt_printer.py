"""A receipt printer (热敏小票机) by ESC/POS, without a spooler: the strip as a picture, so that every name prints.

'printed' only when the printer itself says so: behind the last line stands a status request that it answers in order (GS r), so
its answer means that everything before has been taken off. A printer that never answers leaves the paper 'sent'.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import select
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image

from clerk_app.domain.paper import PrintState
from clerk_app.errors import DeviceProblem
from printing.preview import rendering
from printing.spooler import UnknownOutcome

DOTS = 576
"""Across an 80 mm strip at 203 dpi: 72 mm are printed."""

_BAND = 256
"""Rows sent at once: small printers have a small buffer."""

_KEPT = "这份文书还在打印队列里。"
_STATUS_NOW, _STATUS_IN_ORDER = (
    b"\x10\x04\x04",
    b"\x1dr\x01",
)  # DLE EOT 4: paper sensor at once; GS r 1: after what came before
_NO_PAPER = 0b0110_0000
_NO_PAPER_IN_ORDER = 0b0000_1100


class _NoDevice(OSError):
    """What stands in the settings is a file, not a device: writing would destroy it."""


class ReceiptPrinter:
    """One device file (``/dev/usb/lp0``, a serial line, a pty). It may take nothing for ``patience_s`` seconds, and ``answer_s``
    to say that all is on paper."""

    def __init__(self, name: str, device: Path, *, patience_s: float = 20.0, answer_s: float = 20.0) -> None:
        self._name, self._device, self._patience_s, self._answer_s = name, device, patience_s, answer_s
        self._states: dict[str, PrintState] = {}
        self._count = 0

    @property
    def name(self) -> str:
        return self._name

    def problem(self) -> str:
        """Why it cannot print now, in the clerk's words; empty when ready. A printer that does not answer may still print."""
        try:
            with self._open() as line:
                answer = self._ask(line, _STATUS_NOW, 0.3)
        except _NoDevice:
            return f"小票机“{self._name}”的设备写错了：那是一个文件，不是打印机。{_KEPT}请管理员改设置里的 device。"
        except OSError:
            return f"小票机“{self._name}”没有连上。{_KEPT}请看看有没有开机、接好线。"
        if answer and answer[-1] & _NO_PAPER:
            return f"小票机“{self._name}”没有纸了。{_KEPT}请换一卷纸，换好后会接着打。"
        return ""

    def submit(self, pdf: bytes, title: str) -> str:
        """Print at once; returns a job id of this run of the program.

        Raises:
            UnknownOutcome: it broke off in the middle; the paper may have come out.
            DeviceProblem: nothing went out.
        """
        data = strip_bytes(pdf)
        try:
            with self._open() as line:
                self._send(line, data)
                answer = self._ask(line, _STATUS_IN_ORDER, self._answer_s)
        except _NoDevice as error:
            raise DeviceProblem(
                f"小票机“{self._name}”的设备写错了：那是一个文件，不是打印机。",
                what_is_safe=f"那个文件没有动过；{_KEPT}",
                what_to_do="请管理员改设置里的 device。",
            ) from error
        except FileNotFoundError as error:
            raise DeviceProblem(
                f"小票机“{self._name}”没有连上。", what_is_safe=_KEPT, what_to_do="请看看有没有开机。"
            ) from error
        except OSError as error:
            raise UnknownOutcome(
                f"小票机“{self._name}”中途断开，可能已经打了一部分。",
                what_is_safe="办件已保存。",
                what_to_do="请看一眼小票机。",
            ) from error
        self._count += 1
        ref = f"{self._name}-{os.getpid()}-{self._count}"
        if not answer:
            self._states[ref] = PrintState.SENT
        else:
            self._states[ref] = PrintState.FAILED if answer[-1] & _NO_PAPER_IN_ORDER else PrintState.PRINTED
        return ref

    def state(self, spool_ref: str) -> PrintState:
        """What the printer said; SENT when it said nothing, and for a job of an earlier run."""
        return self._states.get(spool_ref, PrintState.SENT)

    def cancel(self, spool_ref: str) -> None:
        """What went to a receipt printer is on paper."""

    @contextlib.contextmanager
    def _open(self) -> Iterator[int]:
        if sys.platform == "win32":
            raise FileNotFoundError("no device files here: on Windows a receipt printer is a queue of the system's")
        line = os.open(self._device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            if not stat.S_ISCHR(os.fstat(line).st_mode):
                raise _NoDevice
            if os.isatty(line):
                _as_raw(line)
            yield line
        finally:
            os.close(line)

    def _send(self, line: int, data: bytes) -> None:
        """All bytes, as fast as the printer takes them. Raises OSError when it takes none for so long."""
        rest = memoryview(data)
        while rest:
            _, ready, _ = select.select([], [line], [], self._patience_s)
            if not ready:
                raise TimeoutError("the printer takes nothing")
            with contextlib.suppress(BlockingIOError):
                rest = rest[os.write(line, rest[:4096]) :]

    def _ask(self, line: int, question: bytes, patience_s: float) -> bytes:
        """The answer to a status request; empty when none comes in time."""
        self._send(line, question)
        ready, _, _ = select.select([line], [], [], patience_s)
        if not ready:
            return b""
        try:
            return os.read(line, 64)
        except BlockingIOError:
            return b""


def _as_raw(line: int) -> None:
    """A terminal line would turn line feeds and echo: bytes go through as they are."""
    if sys.platform == "win32":
        return
    import tty

    tty.setraw(line)


def strip_bytes(pdf: bytes) -> bytes:
    """ESC/POS for every page: initialise, the page in bands of dots, feed, cut."""
    from escpos.printer import Dummy

    logging.getLogger("escpos").setLevel(logging.ERROR)
    printer = Dummy()
    media = {"width": {"mm": 80, "pixels": DOTS}}  # unknown, it would be complained of on stderr with every band
    printer.profile.profile_data = {**printer.profile.profile_data, "media": media}
    printer.hw("INIT")
    for picture in _pictures(pdf):
        for top in range(0, picture.height, _BAND):
            band = picture.crop((0, top, DOTS, min(top + _BAND, picture.height)))
            printer.image(band, impl="bitImageRaster", center=False)
        printer.cut()
    return bytes(printer.output)


def _pictures(pdf: bytes) -> Iterator[Image.Image]:
    with rendering():
        document = pypdfium2.PdfDocument(io.BytesIO(pdf))
        try:
            for number in range(len(document)):
                page = document[number]
                wide = page.get_width()
                picture = page.render(scale=DOTS / (wide - 2 * _MARGIN), grayscale=True).to_pil()
                edge = (picture.width - DOTS) // 2
                # Above the middle grey becomes paper: hairlines and soft labels stay, as on a laser printer set to draft.
                yield (
                    picture.crop((edge, 0, edge + DOTS, picture.height))
                    .point(lambda grey: 255 if grey > 176 else 0)
                    .convert("1")
                )
        finally:
            document.close()


_MARGIN = 11.34
"""Points beside the printed 72 mm of the strip."""
