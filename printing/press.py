"""The press: papers are made in a process of their own, so that drawing one never holds up the window (a form takes 30 to 140 ms
of pure computing, and one interpreter does one thing at a time).

The parent writes an order (8 bytes of length, a pickle; both ends are this program, and the pipe is nobody else's), the child
answers ``P`` with the PDF, ``R`` with the sentences of a refusal, or ``B``. ``V`` asks for a PDF's pages as pictures, which holds
an interpreter up as long. Whatever goes wrong between them, the paper is made here instead: slower for the window, never lost.
Everything that draws is loaded only then.
"""

from __future__ import annotations

import json
import logging
import pickle
import struct
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import IO, TYPE_CHECKING

from clerk_app.domain.office import Office
from clerk_app.domain.paper import Form
from clerk_app.errors import Refused
from clerk_app.ports import FileSigner, PaperOrder
from printing.page_picture import WIDTH, PagePicture

if TYPE_CHECKING:
    from printing.paper import ReportlabPaper

_LOG = logging.getLogger(__name__)
_LENGTH = struct.Struct(">cQ")
_KINDS = (b"O", b"V", b"P", b"R", b"B")
_MOST = 256 * 1024 * 1024
_PATIENCE_S = 30.0


class Press:
    """Fulfils the Paper port. ``command`` starts a program that calls ``serve`` on its standard streams."""

    def __init__(self, office: Office, command: Sequence[str]) -> None:
        self._office, self._command = office, tuple(command)
        self._at_hand: tuple[Office, ReportlabPaper] | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()

    def forms(self) -> tuple[Form, ...]:
        """Forms that can be printed."""
        return tuple(Form)

    def use(self, office: Office) -> None:
        """From now on in another office's words."""
        with self._one_at_a_time:
            self._office = office

    def warm(self) -> None:
        """Start the child now, so that the first paper does not wait for it. Returns at once."""
        with self._one_at_a_time:
            self._running()

    def render(self, order: PaperOrder) -> bytes:
        """The PDF of one form. Raises Refused as ReportlabPaper does."""
        with self._one_at_a_time:
            made = self._by_child(b"O", pickle.dumps(replace(order, office=self._office)))
        return made if made is not None else self._here().render(order)

    def pictures(self, pdf: bytes, width: int = WIDTH) -> tuple[PagePicture, ...]:
        """Every page as a picture, ``width`` pixels wide."""
        with self._one_at_a_time:
            made = self._by_child(b"V", pickle.dumps((pdf, width)))
        if made is not None:
            pages: tuple[PagePicture, ...] = pickle.loads(made)  # noqa: S301 - from our own child, by a pipe of our own
            return pages
        from printing.preview import page_pictures

        return page_pictures(pdf, width)

    def file(self, order: PaperOrder, signer: FileSigner | None) -> bytes:
        """The same pages to be kept as a file; keys and seals stay in this process. Raises as ReportlabPaper.file does."""
        return self._here().finished(self.render(order), order, signer)

    def close(self) -> None:
        """End the child. A later paper starts another one."""
        with self._one_at_a_time:
            self._drop()

    def _here(self) -> ReportlabPaper:
        """The same in this process."""
        from printing.paper import ReportlabPaper

        office = self._office
        if self._at_hand is None or self._at_hand[0] is not office:
            self._at_hand = office, ReportlabPaper(office)
        return self._at_hand[1]

    def _by_child(self, kind: bytes, asked: bytes) -> bytes | None:
        child = self._running()
        if child is None or child.stdin is None or child.stdout is None:
            return None
        watch = threading.Timer(_PATIENCE_S, child.kill)
        watch.start()
        try:
            _send(child.stdin, kind, asked)
            kind, answer = _receive(child.stdout)
        except (OSError, ValueError, EOFError):
            _LOG.warning("the press broke off; the paper is made here")
            self._drop()
            return None
        finally:
            watch.cancel()
        if kind == b"R":
            told = json.loads(answer)
            raise Refused(told[0], what_is_safe=told[1], what_to_do=told[2])
        return answer if kind == b"P" else None

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._drop()
        try:
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError:
            _LOG.warning("no press could be started; papers are made here")
        return self._child

    def _drop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    _LOG.info("the press was gone already")
        child.wait()


def serve(orders: IO[bytes], papers: IO[bytes]) -> None:
    """The child: make papers, and pictures of them, until nobody asks any more."""
    from printing.glyphs import BOLD_NAME, REGULAR_NAME, face
    from printing.paper import ReportlabPaper
    from printing.preview import page_pictures

    for name in (REGULAR_NAME, BOLD_NAME):
        face(name)
    maker = ReportlabPaper()
    while True:
        try:
            asked, data = _receive(orders)
        except EOFError:
            return
        try:
            wanted = pickle.loads(data)  # noqa: S301 - from our own parent, by a pipe of our own
            kind, answer = b"P", maker.render(wanted) if asked == b"O" else pickle.dumps(page_pictures(*wanted))
        except Refused as refused:
            told = [refused.message, refused.what_is_safe, refused.what_to_do]
            kind, answer = b"R", json.dumps(told).encode()
        except Exception:  # noqa: BLE001 - the parent makes the paper again and meets the bug itself, where it is reported
            kind, answer = b"B", b""
        _send(papers, kind, answer)


def _send(stream: IO[bytes], kind: bytes, data: bytes) -> None:
    stream.write(_LENGTH.pack(kind, len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """Kind and data. Raises EOFError at the end, ValueError for what is no message."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    kind, length = _LENGTH.unpack(head)
    if kind not in _KINDS or length > _MOST:
        raise ValueError("not a message of the press")
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return kind, data
