"""A SAM-V reader that is not there: the other end of a pseudo-terminal, for tests and the demo (Linux).

It keeps the reader's own state machine (idle, found, selected), and can be as bad as real lines are: answers in pieces,
stray bytes, wrong checksums and lengths, a card lifted half way.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from dataclasses import dataclass, replace
from enum import Enum

from clerk_app.devices.chip.frames import PREAMBLE, Command, Status, answer, checksum
from clerk_app.devices.chip.sample_chip import SampleChip
from clerk_app.errors import DeviceProblem

SAM_ID = bytes.fromhex("05000100d1c83400fc9bdb0e5a4b1f00")


@dataclass(frozen=True, slots=True)
class Faults:
    """How the line misbehaves. Counts are of the next answers only and run down to nothing."""

    piece: int = 0  # bytes written at once; 0: whole answers
    noise: bytes = b""  # before each answer
    wrong_checksums: int = 0
    wrong_lengths: int = 0
    silences: int = 0
    lifted_reads: int = 0  # the card goes while its text is on the line: half an answer, then no card
    fingerprint: int = 0  # bytes of fingerprint that come with a read: 512, 1024 …
    keeps_answering: bool = False  # finds a card that was read already and still lies there


class _State(Enum):
    IDLE, FOUND, SELECTED = range(3)


class Emulator:
    """Open ``path`` as a serial port. Call ``stop`` in the end; the line is gone then, as when the plug is pulled."""

    def __init__(self, faults: Faults | None = None) -> None:
        if sys.platform == "win32":
            raise DeviceProblem("这个系统上没有模拟读卡器。", what_to_do="请接上真的读卡器，或在 Linux 上演示。")
        import tty

        self._ours, theirs = os.openpty()
        tty.setraw(theirs)
        self.path = os.ttyname(theirs)
        self._theirs = theirs
        self._lock = threading.Condition()
        self._faults = faults or Faults()
        self._card: SampleChip | None = None
        self._state, self._was_read = _State.IDLE, False
        self._reads = 0
        self._held = bytearray()
        self._end, self._end_write = os.pipe()
        self._thread = threading.Thread(target=self._run, name="card-emulator", daemon=True)
        self._thread.start()

    def lay(self, card: SampleChip) -> None:
        """A card is laid down, in place of any other."""
        with self._lock:
            self._card, self._was_read, self._state = card, False, _State.IDLE

    def lift(self) -> None:
        with self._lock:
            self._card, self._state = None, _State.IDLE

    def misbehave(self, faults: Faults) -> None:
        with self._lock:
            self._faults = faults

    def wait_for_reads(self, count: int, timeout: float) -> bool:
        """Until a card was read ``count`` times in all."""
        with self._lock:
            return self._lock.wait_for(lambda: self._reads >= count, timeout)

    def stop(self) -> None:
        """Pull the plug."""
        os.write(self._end_write, b"x")
        self._thread.join(5)
        for handle in (self._ours, self._theirs, self._end, self._end_write):
            os.close(handle)

    def _run(self) -> None:
        while True:
            ready, _, _ = select.select([self._ours, self._end], [], [])
            if self._end in ready:
                return
            self._held += os.read(self._ours, 4096)
            while (body := self._next_request()) is not None:
                with self._lock:
                    self._send(self._reply(body))

    def _next_request(self) -> bytes | None:
        """Length, content and XOR of the next request, right or wrong; None while it is not all there."""
        start = self._held.find(PREAMBLE)
        if start < 0:
            del self._held[: max(0, len(self._held) - 4)]
            return None
        del self._held[:start]
        if len(self._held) < 7:
            return None
        whole = 7 + int.from_bytes(self._held[5:7], "big")
        if len(self._held) < whole:
            return None
        body = bytes(self._held[5:whole])
        del self._held[:whole]
        return body

    def _reply(self, body: bytes) -> bytes:
        if len(body) < 5:
            return answer(Status.BAD_LENGTH)
        if checksum(body[:-1]) != body[-1]:
            return answer(Status.BAD_CHECKSUM)
        try:
            command = Command(int.from_bytes(body[2:4], "big"))
        except ValueError:
            return answer(Status.BAD_COMMAND)
        match command:
            case Command.RESET | Command.SAM_STATUS:
                return answer(Status.OK)
            case Command.SAM_ID:
                return answer(Status.OK, SAM_ID)
            case Command.FIND:
                return self._find()
            case Command.SELECT:
                return self._select()
            case Command.READ_BASE | Command.READ_BASE_FINGERPRINT:
                return self._read(with_prints=command is Command.READ_BASE_FINGERPRINT)
            case Command.READ_NEWEST_ADDRESS:
                return self._newest_address()

    def _find(self) -> bytes:
        if self._card is None or (self._was_read and not self._faults.keeps_answering):
            self._state = _State.IDLE
            return answer(Status.NOT_FOUND)
        self._state = _State.FOUND
        return answer(Status.FOUND, bytes(4))

    def _select(self) -> bytes:
        if self._card is None or self._state is _State.IDLE:
            return answer(Status.NOT_SELECTED)
        self._state = _State.SELECTED
        return answer(Status.OK, bytes(8))

    def _read(self, *, with_prints: bool) -> bytes:
        if self._card is None or self._state is not _State.SELECTED:
            return answer(Status.READ_FAILED)
        prints = bytes(self._faults.fingerprint or 512) if with_prints or self._faults.fingerprint else b""
        sizes = len(self._card.text).to_bytes(2, "big") + len(self._card.photo).to_bytes(2, "big")
        if prints:
            sizes += len(prints).to_bytes(2, "big")
        whole = answer(Status.OK, sizes + self._card.text + self._card.photo + prints)
        if self._faults.lifted_reads > 0:
            self._faults = replace(self._faults, lifted_reads=self._faults.lifted_reads - 1)
            self._card, self._state = None, _State.IDLE
            return whole[: len(whole) // 2]
        self._was_read = True
        self._reads += 1
        self._lock.notify_all()
        return whole

    def _newest_address(self) -> bytes:
        if self._card is None or self._state is not _State.SELECTED:
            return answer(Status.READ_FAILED)
        if not self._card.newest_address:
            return answer(Status.ABSENT)
        return answer(Status.OK, self._card.newest_address.ljust(35).encode("utf-16-le")[:70])

    def _send(self, data: bytes) -> None:
        faults = self._faults
        if faults.silences > 0:
            self._faults = replace(faults, silences=faults.silences - 1)
            return
        if faults.wrong_checksums > 0:
            self._faults = replace(faults, wrong_checksums=faults.wrong_checksums - 1)
            data = data[:-1] + bytes([data[-1] ^ 0x5A])
        elif faults.wrong_lengths > 0:
            self._faults = replace(faults, wrong_lengths=faults.wrong_lengths - 1)
            data = data[:5] + b"\x7f\xff" + data[7:]
        data = faults.noise + data
        step = faults.piece or len(data)
        for start in range(0, len(data), step):
            os.write(self._ours, data[start : start + step])
