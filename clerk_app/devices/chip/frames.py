"""SAM-V frames: AA AA AA 96 69, two length bytes, the content, and the XOR of length and content.

A request carries a command and a parameter, an answer three status bytes; the third says how it went. Stray bytes between
frames happen on real lines, so the reader looks for the preamble and never trusts a length before the XOR has agreed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import reduce

PREAMBLE = b"\xaa\xaa\xaa\x96\x69"
LONGEST = 0x0900 + 16  # bytes of content; the longest known answer carries three fingerprints' worth, 0x090A
SHORTEST = 4  # three status bytes and the XOR


class Command(IntEnum):
    """Command and parameter as one number."""

    RESET = 0x10FF
    SAM_STATUS = 0x11FF
    SAM_ID = 0x12FF
    FIND = 0x2001
    SELECT = 0x2002
    READ_BASE = 0x3001
    READ_BASE_FINGERPRINT = 0x3010
    READ_NEWEST_ADDRESS = 0x3003


class Status(IntEnum):
    """SW3: how the last command went."""

    OK = 0x90
    FOUND = 0x9F
    ABSENT = 0x91
    BAD_CHECKSUM = 0x10
    BAD_LENGTH = 0x11
    BAD_COMMAND = 0x21
    CARD_REJECTS_SAM = 0x31
    SAM_REJECTS_CARD = 0x32
    UNVERIFIED = 0x33
    WRONG_CARD = 0x40
    READ_FAILED = 0x41
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    NOT_FOUND = 0x80
    NOT_SELECTED = 0x81


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. ``status``: SW3, known or not. ``data``: what follows the status bytes."""

    status: int
    data: bytes = b""


class BadFrame(ValueError):
    """Bytes that begin like an answer and are none: wrong XOR or an impossible length. Holds no content."""


def checksum(data: bytes) -> int:
    return reduce(lambda one, other: one ^ other, data, 0)


def request(command: Command) -> bytes:
    """The bytes of a command without data."""
    body = b"\x00\x03" + int(command).to_bytes(2, "big")
    return PREAMBLE + body + bytes([checksum(body)])


def answer(status: int, data: bytes = b"") -> bytes:
    """The bytes of an answer, as a reader sends them."""
    content = b"\x00\x00" + bytes([status]) + data
    body = (len(content) + 1).to_bytes(2, "big") + content
    return PREAMBLE + body + bytes([checksum(body)])


class AnswerReader:
    """Cuts answers out of a stream that comes in any pieces. Keeps at most one frame and a preamble's worth of bytes."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Answer | None:
        """Take what came; the next whole answer, or None while it is not all there.

        Raises:
            BadFrame: a frame with a wrong XOR or an impossible length; what was held of it is thrown away.
        """
        self._held += data
        start = self._held.find(PREAMBLE)
        if start < 0:
            del self._held[: max(0, len(self._held) - len(PREAMBLE) + 1)]
            return None
        del self._held[:start]
        if len(self._held) < len(PREAMBLE) + 2:
            return None
        length = int.from_bytes(self._held[5:7], "big")
        if not SHORTEST <= length <= LONGEST:
            del self._held[: len(PREAMBLE)]
            raise BadFrame("impossible length")
        whole = len(PREAMBLE) + 2 + length
        if len(self._held) < whole:
            return None
        body = bytes(self._held[5:whole])
        del self._held[:whole]
        if checksum(body[:-1]) != body[-1]:
            raise BadFrame("wrong checksum")
        return Answer(body[4], body[5:-1])

    def clear(self) -> None:
        """Forget a half frame: the next command starts anew."""
        self._held.clear()
