"""One reader on an open line: ask, answer, ask again; and one whole card read.

Times follow the drivers seen in public: a second for a question, three for the text. A frame that came damaged is asked for
again; a card that was lifted too early is said to be so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from clerk_app.devices.chip.frames import Answer, AnswerReader, BadFrame, Command, Status, request
from clerk_app.devices.chip.photo import WLT_SIZE
from clerk_app.devices.chip.text_block import SIZE, ChipText, read_text_block
from clerk_app.domain.documents import mod_11_2
from clerk_app.errors import DeviceProblem

_PATIENCE, _LONG_PATIENCE = 1.0, 3.0  # seconds
_TRIES = 3
_DAMAGED = {Status.BAD_CHECKSUM, Status.BAD_LENGTH, Status.BAD_COMMAND}


class Line(Protocol):
    """A serial line, open. DeviceProblem when it is gone."""

    def write(self, data: bytes) -> None: ...
    def read(self, timeout: float) -> bytes:
        """What came within ``timeout`` seconds, empty when nothing did."""
        ...

    def close(self) -> None: ...


class Outcome(StrEnum):
    """What one look at the reader came to."""

    READ = "read"
    NO_CARD = "no_card"
    LAY_AGAIN = "lay_again"  # lifted too early, or badly laid
    NOT_OURS = "not_ours"  # some other card


@dataclass(frozen=True, slots=True, repr=False)
class Chip:
    """What a chip holds. No repr: it must never reach a log. ``photo``: WLT, see photo.py."""

    text: ChipText
    photo: bytes


class Session:
    """Speaks to the reader on ``line``. ``clock`` gives monotonic seconds."""

    def __init__(self, line: Line, clock: Callable[[], float]) -> None:
        self._line, self._clock = line, clock
        self._answers = AnswerReader()

    def check(self) -> None:
        """Ask whether the reader is well. DeviceProblem when it is not, or does not answer."""
        answer = self.ask(Command.SAM_STATUS)
        if answer.status != Status.OK:
            raise DeviceProblem(
                "读卡器自检没有通过。",
                what_is_safe="已填的内容都在。",
                what_to_do="请拔下再插上；还不行请报修。可以先用摄像头或手工输入。",
            )

    def look(self) -> tuple[Outcome, Chip | None]:
        """Find a card, select it, read it. DeviceProblem when the reader is gone or silent."""
        found = self.ask(Command.FIND)
        if found.status != Status.FOUND:
            return Outcome.NO_CARD, None
        if self.ask(Command.SELECT).status != Status.OK:
            return Outcome.LAY_AGAIN, None
        answer = self.ask(Command.READ_BASE, _LONG_PATIENCE)
        if answer.status in {Status.WRONG_CARD, Status.CARD_REJECTS_SAM, Status.SAM_REJECTS_CARD, Status.UNVERIFIED}:
            return Outcome.NOT_OURS, None
        if answer.status != Status.OK:
            return Outcome.LAY_AGAIN, None
        chip = chip_of(answer.data)
        if chip is None:
            return Outcome.LAY_AGAIN, None
        return Outcome.READ, self._with_newest_address(chip)

    def _with_newest_address(self, chip: Chip) -> Chip:
        """Some cards carry a later address in a place of its own; most say that there is none."""
        answer = self.ask(Command.READ_NEWEST_ADDRESS)
        if answer.status != Status.OK or len(answer.data) != 70 or "address" not in chip.text.fields:
            return chip
        try:
            address = answer.data.decode("utf-16-le").replace("\x00", " ").strip()
        except UnicodeDecodeError:
            return chip
        fields = {**chip.text.fields, "address": address} if address else chip.text.fields
        return Chip(ChipText(chip.text.document, fields), chip.photo)

    def ask(self, command: Command, patience: float = _PATIENCE) -> Answer:
        """One question and its answer, asked again when either came damaged.

        Raises:
            DeviceProblem: no whole answer after three tries, or the line is gone.
        """
        for _ in range(_TRIES):
            self._answers.clear()
            self._line.write(request(command))
            answer = self._answer(patience)
            if answer is not None and answer.status not in _DAMAGED:
                return answer
        raise DeviceProblem(
            "读卡器没有回应。",
            what_is_safe="已填的内容都在。",
            what_to_do="请检查读卡器的连线；可以先用摄像头或手工输入。",
        )

    def _answer(self, patience: float) -> Answer | None:
        """None when nothing whole came in time, or what came was damaged."""
        end = self._clock() + patience
        while (left := end - self._clock()) > 0:
            piece = self._line.read(left)
            try:
                answer = self._answers.feed(piece)
            except BadFrame:
                return None
            if answer is not None:
                return answer
        return None


def chip_of(data: bytes) -> Chip | None:
    """The content of a read: lengths, text, photo (and perhaps fingerprints, which are not taken). None when it is damaged."""
    if len(data) < 4:
        return None
    text_size, photo_size = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
    rest = data[4:]
    if len(rest) != text_size + photo_size:
        if len(rest) < 2:
            return None
        prints, rest = int.from_bytes(rest[:2], "big"), rest[2:]
        if len(rest) != text_size + photo_size + prints:
            return None
    if text_size != SIZE or photo_size not in {0, WLT_SIZE}:
        return None
    try:
        chip = Chip(read_text_block(rest[:text_size]), rest[text_size : text_size + photo_size])
    except ValueError:
        return None
    return chip if _bears_its_check(chip.text.fields["id_number"]) else None


def _bears_its_check(number: str) -> bool:
    """The line's own check is eight bits of XOR, which one bent frame in 256 passes; an 18-sign number has a check as well."""
    return len(number) != 18 or (
        number[:17].isdigit() and number[:17].isascii() and mod_11_2(number[:17]) == number[17]
    )
