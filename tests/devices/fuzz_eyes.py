"""Chance at work on frames, code texts and reader bytes: endless rounds, each repeatable by its seed.

A find is an exception that is not the one promised, or an answer that must never be: a sure card from rubbish, a page too
large, a chip from a frame whose checksum is wrong.
"""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import qrcode

from clerk_app.bootstrap.demo_codes import DEMO_SECRET
from clerk_app.bootstrap.eyes import classify
from clerk_app.devices.chip import sample_chip
from clerk_app.devices.chip.frames import Status, answer
from clerk_app.devices.chip.session import Outcome, Session
from clerk_app.devices.eyes import FrameRecogniser, page_of_bytes
from clerk_app.devices.recognition.code import read_codes
from clerk_app.devices.recognition.recognise import recognise
from clerk_app.devices.sample_people import SAMPLE_PEOPLE
from clerk_app.devices.serial_scanner import CodeLines
from clerk_app.devices.watcher import Watcher
from clerk_app.devices.wedge import WedgeBuffer
from clerk_app.devices.yukuai import make_demo_code, verify_demo_code
from clerk_app.domain.documents import mod_11_2
from clerk_app.domain.recognition import Seen
from clerk_app.errors import AppError, BadInput, DeviceProblem
from tests.devices.frames import FOLDER, committed

_STEMS = tuple(sorted(file.stem for file in FOLDER.glob("*.jpg")))
_PAGE_LIMIT = 300_000


@dataclass(frozen=True, slots=True)
class Find:
    seed: int
    what: str


def rounds(kind: str, seed: int) -> Iterator[Find | None]:
    """One item for each execution from ``seed`` on; None when nothing was found."""
    for number in itertools.count(seed):
        try:
            KINDS[kind](random.Random(number))
        except Exception as error:  # noqa: BLE001 - whatever comes out of here is the find
            yield Find(number, f"{type(error).__name__}: {error}"[:200])
        else:
            yield None


_READ_WHOLE = 0.08  # of the frames: those that go through the text recogniser at their full size, half a second each
_SIDES = (1, 2, 3, 7, 31, 32, 33, 63, 64, 100, 160, 240)  # pixels; small frames are quick and as likely to find a fault


def one_frame(rng: random.Random) -> None:
    """A sample frame, torn, or one of rubbish; as pixels or as the bytes of a picture file."""
    whole = rng.random() < _READ_WHOLE
    frame = _torn(_frame(rng.choice(_STEMS)), rng) if whole else _RUBBISH[rng.choice(tuple(_RUBBISH))](rng)
    if rng.random() < 0.3 and frame.dtype == np.uint8:
        _one_file(frame, rng)
        return
    if rng.random() < 0.3:
        _watched(frame, rng)
    _judged(recognise(frame))


def _judged(seen: Seen) -> None:
    assert len(seen.page_jpeg) <= _PAGE_LIMIT, "page too large"
    assert all(0 <= value <= 1 for value in seen.confidence.values()), "confidence out of range"
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in seen.outline), "outline out of the frame"
    known = {person.id_number for person in SAMPLE_PEOPLE.values()}
    number = seen.fields.get("id_number", "")
    assert seen.confidence.get("id_number", 0) < 0.95 or number in known, "a sure number that stands nowhere"


def _watched(frame: np.ndarray, rng: random.Random) -> None:
    """Frames of several sizes one after another, as from a camera that changes its mind."""
    offered: list[Seen] = []
    watcher = Watcher(recognise, offered.append, submit=lambda job: job())
    sizes = (frame, frame, _small(rng), frame, _RUBBISH["desk"](rng))
    for at, each in enumerate(sizes[: rng.randrange(1, len(sizes) + 1)]):
        watcher.look(each, at * 0.2)
    for seen in offered:
        _judged(seen)


def _side(rng: random.Random) -> int:
    return rng.choice(_SIDES) if rng.random() < 0.7 else rng.randrange(1, 300)


def _pixels(rng: random.Random, *shape: int) -> np.ndarray:
    return np.random.default_rng(rng.randrange(1 << 30)).integers(0, 256, shape, dtype=np.uint8)


def _small(rng: random.Random) -> np.ndarray:
    """A sample frame, shrunk out of all proportion, and torn."""
    size = _side(rng), _side(rng)
    return _torn(np.asarray(cv2.resize(_frame(rng.choice(_STEMS)), size, interpolation=cv2.INTER_AREA), np.uint8), rng)


def _cut(rng: random.Random) -> np.ndarray:
    """A piece of a sample frame: a card's corner, half a code."""
    frame, tall, wide = _frame(rng.choice(_STEMS)), _side(rng), _side(rng)
    y, x = rng.randrange(720 - tall), rng.randrange(1280 - wide)
    return np.ascontiguousarray(frame[y : y + tall, x : x + wide])


def _shapes(rng: random.Random) -> np.ndarray:
    """Bright outlines on dark ground, with nothing in them: cards, sheets and slivers of neither kind."""
    frame = np.full((180, 320, 3), rng.randrange(90), np.uint8)
    for _ in range(rng.randrange(1, 4)):
        points = np.array(
            [[rng.randrange(-40, 360), rng.randrange(-40, 220)] for _ in range(rng.randrange(3, 6))], np.int32
        )
        cv2.fillPoly(frame, [points], [rng.randrange(256) for _ in range(3)])
    return frame


def _numbers(rng: random.Random) -> np.ndarray:
    """What is no picture yet: floats, some of them no numbers, beyond any grey; wide integers; booleans."""
    shape = (_side(rng), _side(rng), 3)
    frame = _pixels(rng, *shape).astype(rng.choice([np.float32, np.float64, np.int16, np.int64, np.uint16, bool]))
    if frame.dtype.kind == "f":
        frame[rng.randrange(shape[0])] = rng.choice([np.nan, np.inf, -np.inf, 1e30])
    return frame


_RUBBISH: Mapping[str, Callable[[random.Random], np.ndarray]] = {
    "dot": lambda rng: _pixels(rng, rng.randrange(1, 4), rng.randrange(1, 4), 3),
    "noise": lambda rng: _pixels(rng, _side(rng), _side(rng), 3),
    "flat": lambda rng: np.full((_side(rng), _side(rng), 3), rng.choice([0, 1, 127, 254, 255]), np.uint8),
    "channels": lambda rng: _pixels(rng, _side(rng), _side(rng), rng.choice([1, 2, 3, 4, 5])),
    "grey": lambda rng: _pixels(rng, _side(rng), _side(rng)),
    "empty": lambda rng: np.zeros(rng.choice([(0, 0, 3), (0, 64, 3), (64, 0, 3), (0, 0), (0,)]), np.uint8),
    "sliver": lambda rng: _pixels(rng, *rng.sample([rng.choice([1, 2, 40]), rng.randrange(2000, 9000)], 2), 3),
    "strides": lambda rng: _pixels(rng, 2 * _side(rng), 2 * _side(rng), 3)[::2, ::-2, ::-1],
    "desk": lambda rng: np.asarray(cv2.resize(_frame("empty_desk"), (_side(rng), _side(rng))), np.uint8),
    "small": _small,
    "cut": _cut,
    "shapes": _shapes,
    "numbers": _numbers,
}


def _one_file(frame: np.ndarray, rng: random.Random) -> None:
    if frame.ndim < 2 or 0 in frame.shape or (frame.ndim == 3 and frame.shape[2] not in {1, 3, 4}):
        return
    _, data = cv2.imencode(rng.choice([".jpg", ".png"]), frame)
    raw = _changed(bytes(data), rng)
    if rng.random() < 0.4:
        raw = raw[: rng.randrange(len(raw) + 1)]  # the end is missing
    for read in (FrameRecogniser().recognise_bytes, page_of_bytes):
        try:
            _judged(read(raw))
        except BadInput:
            continue


def one_code(rng: random.Random) -> None:
    """A code text, good or bent, through everything that reads code texts."""
    good = make_demo_code("demo-liu_guifang", secret=DEMO_SECRET, now=1_795_000_000)
    texts = [
        good,
        "YKU0123",
        "yk-case:YL-1",
        "YKA",
        "".join(chr(rng.randrange(1, 0xD7FF)) for _ in range(rng.randrange(80))),
    ]
    text = _changed(rng.choice(texts).encode("utf-8", "surrogatepass"), rng).decode("utf-8", "replace")
    classify(text)
    with contextlib.suppress(AppError):
        verify_demo_code(text, secret=DEMO_SECRET, now=1_795_000_000)
    lines, wedge = CodeLines(), WedgeBuffer()
    lines.feed(text.encode("utf-8", "surrogatepass"))
    lines.pause()
    for at, sign in enumerate(text):
        wedge.key(sign, at * rng.random() * 0.2)
    if rng.random() < 0.2:
        raw = _changed(text.encode("utf-8", "surrogatepass"), rng)[:200] or b"x"
        code = qrcode.QRCode(border=4, box_size=3)
        code.add_data(raw)
        code.make(fit=True)
        grey = np.asarray(code.make_image().get_image().convert("L"))
        for found in read_codes(np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)):
            found.text.encode("utf-8")


class _TornLine:
    """A reader's answers, bent and in pieces; a clock that only moves when asked."""

    def __init__(self, rng: random.Random) -> None:
        self._rng, self._now, self.bent = rng, 0.0, False
        self._waiting = bytearray()
        person = rng.choice([each for each in SAMPLE_PEOPLE.values() if each.has_card])
        chip = sample_chip.citizen_chip(person)
        sizes = b"\x01\x00\x04\x00"
        self.number = person.id_number
        self._answers = {
            b"\x11\xff": answer(Status.OK), b"\x20\x01": answer(Status.FOUND, bytes(4)),
            b"\x20\x02": answer(Status.OK, bytes(8)), b"\x30\x01": answer(Status.OK, sizes + chip.text + chip.photo),
            b"\x30\x03": answer(Status.ABSENT),
        }  # fmt: skip

    def write(self, data: bytes) -> None:
        whole = self._answers.get(data[7:9], answer(Status.BAD_COMMAND))
        if self._rng.random() < 0.5:
            self.bent = True
            whole = _changed(whole, self._rng)
        self._waiting += whole

    def read(self, timeout: float) -> bytes:
        self._now += 0.05
        size = self._rng.randrange(1, 900)
        piece = bytes(self._waiting[:size])
        del self._waiting[:size]
        if not piece:
            self._now += timeout
        return piece

    def close(self) -> None:
        self._waiting.clear()

    def clock(self) -> float:
        return self._now


def one_reading(rng: random.Random) -> None:
    """A whole look at a reader whose line is bad."""
    line = _TornLine(rng)
    try:
        outcome, chip = Session(line, line.clock).look()
    except DeviceProblem:
        return
    assert (chip is not None) == (outcome is Outcome.READ), "a chip without a reading"
    if chip is not None:
        number = chip.text.fields["id_number"]
        borne_out = len(number) != 18 or mod_11_2(number[:17]) == number[17]
        assert number == line.number or (line.bent and borne_out), "a number that its own check digit denies"


def _torn(frame: np.ndarray, rng: random.Random) -> np.ndarray:
    height, width = frame.shape[:2]
    for _ in range(rng.randrange(1, 4)):
        y, x = rng.randrange(height), rng.randrange(width)
        patch = frame[y : y + rng.randrange(1, height + 1), x : x + rng.randrange(1, width + 1)]
        what = rng.randrange(5)
        if what == 0:
            patch[:] = rng.randrange(256)
        elif what == 1:
            patch[:] = patch[::-1]
        elif what == 2:
            patch[:] = np.random.default_rng(rng.randrange(1 << 30)).integers(0, 256, patch.shape, dtype=np.uint8)
        elif what == 3:
            patch[:] = 255 - patch
        else:
            patch[:] = np.roll(patch, rng.randrange(-90, 90), axis=1)
    if rng.random() < 0.3:
        frame = np.ascontiguousarray(frame[: rng.randrange(1, height + 1), : rng.randrange(1, width + 1)])
    if rng.random() < 0.1:
        frame = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
    return frame


def _changed(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.randrange(0, 6)):
        what = rng.randrange(4)
        at = rng.randrange(len(out) + 1)
        if what == 0 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif what == 1:
            del out[at : at + rng.randrange(1, 40)]
        elif what == 2:
            out[at:at] = rng.randbytes(rng.randrange(1, 40))
        else:
            out[at:at] = out[max(0, at - rng.randrange(1, 60)) : at]
    return bytes(out)


@lru_cache(maxsize=16)
def _kept(stem: str) -> bytes:
    return committed(stem).tobytes()


def _frame(stem: str) -> np.ndarray:
    return np.frombuffer(_kept(stem), np.uint8).reshape(720, 1280, 3).copy()


KINDS: Mapping[str, Callable[[random.Random], None]] = {"frames": one_frame, "codes": one_code, "reader": one_reading}
