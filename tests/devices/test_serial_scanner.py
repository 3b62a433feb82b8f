"""Serial scanners: terminators, silence, prefixes, 4 KB, and a real pseudo-terminal."""

from __future__ import annotations

import contextlib
import os
import queue
import tty

from hypothesis import given
from hypothesis import strategies as st

from clerk_app.devices.serial_scanner import LONGEST, CodeLines, SerialScanner
from clerk_app.domain.recognition import Seen, SeenKind


def test_terminators_and_silence() -> None:
    lines = CodeLines()
    assert lines.feed(b"YKU0123456789\r\n") == ["YKU0123456789"]
    assert lines.feed(b"YKA01\nYKA02\r") == ["YKA01", "YKA02"]
    assert lines.feed(b"YKU-no-end") == []
    assert lines.pause() == ["YKU-no-end"]
    assert lines.pause() == []


def test_too_long_is_dropped_up_to_the_pause() -> None:
    lines = CodeLines()
    assert lines.feed(b"x" * (LONGEST + 1) + b"\n") == []
    assert lines.feed(b"YKU0001\n") == ["YKU0001"]
    assert lines.feed(b"x" * LONGEST + b"\n") == ["x" * LONGEST]


def test_old_chinese_and_unreadable_bytes() -> None:
    lines = CodeLines()
    assert lines.feed("演示街道".encode("gb18030") + b"\n") == ["演示街道"]
    assert lines.feed(b"\xff\xff\xff\xff\xff\n") == []
    assert lines.feed(b"ab\x00\x07cdef\n") == []


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_any_bytes_never_raise_and_memory_is_bounded(pieces: list[bytes]) -> None:
    lines = CodeLines()
    for piece in pieces:
        for text in lines.feed(piece):
            assert 4 <= len(text) <= LONGEST
            assert text.isprintable()
        assert len(lines._held) <= LONGEST


@given(st.text(st.characters(categories=["L", "N"]), min_size=4, max_size=60), st.lists(st.integers(1, 9), max_size=30))
def test_a_code_comes_whole_however_it_is_cut(text: str, cuts: list[int]) -> None:
    lines, wire, found = CodeLines(), text.encode() + b"\r\n", []
    for cut in [*cuts, len(wire)]:
        found += lines.feed(wire[:cut])
        wire = wire[cut:]
    assert found == [text]


def _scanned_until_heard(line: int, code: bytes, seen: queue.Queue[Seen]) -> Seen:
    """Opening a serial line throws away what came before, so a scan before the driver listens is gone: scan again."""
    for _ in range(100):
        os.write(line, code)
        with contextlib.suppress(queue.Empty):
            return seen.get(timeout=0.3)
    raise AssertionError("nothing was heard")


def test_through_a_real_terminal() -> None:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    seen: queue.Queue[Seen] = queue.Queue()
    scanner = SerialScanner(os.ttyname(theirs), pause=0.02)
    scanner.start(seen.put, lambda _: None)
    try:
        assert _scanned_until_heard(ours, b"YKU89ab\r\n", seen).text == "YKU89ab"
        os.write(ours, b"YKA-without-end")
        last = next(each for each in iter(lambda: seen.get(timeout=30), None) if each.text != "YKU89ab")
        assert (last.kind, last.text) == (SeenKind.CODE, "YKA-without-end")
    finally:
        scanner.stop()
        os.close(ours)
        os.close(theirs)
