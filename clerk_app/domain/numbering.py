"""Three numbers, never mixed: local (printed, valid for ever), gateway receipt (已送达前置), platform number (已进渝快办).

The local number carries the enrolment generation, so that a reinstalled window never repeats one. The city's own
case-number rule (统一赋码) is not public: the platform number comes from outside and is opaque here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clerk_app.domain.time import Stamp

_LOCAL = re.compile(r"渝临([0-9A-Z]{2,20})-W([0-9A-Z]{1,6})G([0-9]{1,4})-([0-9]{8})-([0-9]{4,6})")
_PART = re.compile(r"/[0-9]{1,2}")
OLD_QR_PREFIX = "yk-case:"
"""What codes printed by earlier versions have before the number."""

SKIPPED = 200
"""Serials passed over when an older state comes back: more than one window gives out between two backups of one day."""
COPIED = "copy.made"
"""A setting that stands in copies of a database alone: whoever opens one, put in its place by a command or by hand, first passes over
serials."""
FLOOR = "numbers.floor"
"""Where a row of serials begins that the older state does not know: a Gap as {"count", "until", "minute"}."""
_BLOCKS, _BLOCK = 10_000, 600
_LOCAL_SCOPE = "local:"


@dataclass(frozen=True, slots=True)
class Gap:
    """What is passed over when an older state comes back: ``count`` serials of every row; ``until``: the legal date it came back on
    (ISO); ``minute``: of that day, from 0.

    Local numbers of that day go on in a block of the minute's own (10201, 10801 … 873601), so that the same backup restored twice
    on one day repeats none, whatever the first one gave out. Numbers of papers have no room for that (9,999 a year).
    """

    count: int
    until: str
    minute: int

    def behind(self, scope: str, value: int) -> int:
        """The last serial not to be given out in the row ``…:day``, ``…:year`` or without a date, where ``value`` was the last
        one known; 0 in a new row that the lost days cannot have begun."""
        dated = scope.rpartition(":")[2]
        if not value and dated > self.until:
            return 0
        behind = value + self.count
        if scope.startswith(_LOCAL_SCOPE) and dated == self.until:
            return max(behind, _BLOCKS + _BLOCK * self.minute + self.count)
        return behind

    def to_json(self) -> dict[str, int | str]:
        return {"count": self.count, "until": self.until, "minute": self.minute}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Gap:
        """Also of what earlier versions wrote, which knew no minute."""
        return cls(int(data["count"]), str(data["until"]), int(data.get("minute", 0)))


def gap_at(now: Stamp, times: int = 1) -> Gap:
    """What an older state that comes back now passes over; ``times``: how often that same state came back, this time included."""
    local = now.local
    return Gap(SKIPPED * times, now.legal_date.isoformat(), local.hour * 60 + local.minute)


def local_scope(generation: int, day: dt.date) -> str:
    """The row of local numbers of one legal date."""
    return f"{_LOCAL_SCOPE}{generation}:{day.isoformat()}"


@dataclass(frozen=True, slots=True)
class LocalNumber:
    """渝临500199-W03G1-20261121-0009: hall, window, enrolment generation, legal date, daily serial."""

    hall: str
    window: str
    generation: int
    day: dt.date
    serial: int

    def __str__(self) -> str:
        return f"渝临{self.hall}-W{self.window}G{self.generation}-{self.day:%Y%m%d}-{self.serial:04d}"

    @classmethod
    def parse(cls, text: str) -> LocalNumber:
        """Raises ValueError when the text is no local number."""
        match = _LOCAL.fullmatch(text.strip())
        if not match:
            raise ValueError("not a local number")
        hall, window, generation, day, serial = match.groups()
        return cls(hall, window, int(generation), dt.datetime.strptime(day, "%Y%m%d").date(), int(serial))  # noqa: DTZ007 - a legal date has no zone


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """文号 机关简称+〔年〕+序号+号, drawn from a block reserved for one window, e.g. 演示受〔2026〕第 30009 号."""

    prefix: str
    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.prefix}〔{self.year}〕第 {self.serial:04d} 号"


def document_serial(window: str, generation: int, count: int) -> int:
    """The ``count``-th serial (from 1) of this window's block, unique in the hall without a line.

    Each window and enrolment generation owns a block of 10,000 a year: window 03 in its first generation has
    3010001…3019999. Windows named with letters lie above all numbered ones, so that A3 and 3 never meet.

    Raises:
        ValueError: the block is used up, the window was enrolled over 99 times (the hall must give it a new number), or
            the window's name could not stand in a local number either.
    """
    if not 1 <= count <= 9999 or not 1 <= generation <= 99:
        raise ValueError("the window's block of document numbers is used up")
    if not re.fullmatch(r"[0-9A-Z]{1,6}", window):
        raise ValueError("a window is named by up to six capital letters and digits")
    window_number = int(window) if window.isdigit() else 1_000_000 + int(window, 36)
    return (window_number * 100 + generation) * 10_000 + count


def case_qr(local_number: str) -> str:
    """The case QR holds the number and nothing else (data sheet §4 frame, §5)."""
    return local_number


def number_in_qr(text: str) -> str:
    """The number in a code on a paper of ours, of today or of an earlier version; empty when it is none."""
    tidy = text.strip("\r\n ")
    if tidy.startswith(OLD_QR_PREFIX):
        return tidy.removeprefix(OLD_QR_PREFIX)
    whole, slash, part = tidy.partition("/")
    if slash and not _PART.fullmatch(f"/{part}"):
        return ""
    return tidy if _LOCAL.fullmatch(whole) else ""


def hand_number(hall: str, window: str, generation: int, serial: int) -> str:
    """应急500199-W03G1-0007: for slips written by hand while the system is down; never one of the three numbers."""
    return f"应急{hall}-W{window}G{generation}-{serial:04d}"
