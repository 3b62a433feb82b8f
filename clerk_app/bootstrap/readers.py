"""A card reader for the command line and the demo: a real one on its serial line, or the emulated one with a sample card."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager

from clerk_app.bootstrap.eyes import SAMPLE_PERSON
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.errors import DeviceProblem

DEMO = "demo"
AUTO = "auto"


def read_card(reader: str, seconds: float = 10.0) -> Seen:
    """The first card laid on ``reader`` (a serial path, ``auto`` or ``demo``) within ``seconds``.

    Raises:
        DeviceProblem: no reader, or no card in that time.
    """
    from clerk_app.devices.sam_v import SamVReader

    with _path_of(reader) as path:
        found: queue.Queue[Seen | str] = queue.Queue()
        driver = SamVReader(path, clock=time.monotonic)
        driver.start(found.put, found.put)
        try:
            return _first_chip(found, time.monotonic() + seconds)
        finally:
            driver.stop()


def _first_chip(found: queue.Queue[Seen | str], end: float) -> Seen:
    advice = ""
    while (left := end - time.monotonic()) > 0:
        try:
            told = found.get(timeout=left)
        except queue.Empty:
            break
        if isinstance(told, Seen) and told.kind is SeenKind.CHIP:
            return told
        advice = told if isinstance(told, str) else told.advice
    raise DeviceProblem(advice or "没有读到卡。", what_to_do="请检查读卡器，把身份证放上去再试。")


@contextmanager
def _path_of(reader: str) -> Iterator[str]:
    if reader != DEMO:
        yield "" if reader == AUTO else reader
        return
    from clerk_app.devices.chip.emulator import Emulator
    from clerk_app.devices.chip.sample_chip import citizen_chip
    from clerk_app.devices.sample_people import SAMPLE_PEOPLE

    emulator = Emulator()
    try:
        emulator.lay(citizen_chip(SAMPLE_PEOPLE[SAMPLE_PERSON]))
        yield emulator.path
    finally:
        emulator.stop()
