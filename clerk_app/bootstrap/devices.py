"""Which camera, reader and scanner this PC uses: found, chosen, remembered in ``devices.json`` (nothing personal)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from clerk_app.domain.canonical import canonical_bytes, parse_json
from clerk_app.domain.recognition import Seen
from clerk_app.durable import write_durably
from clerk_app.errors import StorageProblem
from clerk_app.ports import CameraFound, DeviceChoice, Eyes, SeenSource

FILE = "devices.json"
NO_DEVICE = "none"
"""Written as reader or scanner by somebody who wants none looked for."""


def remembered(data: Path) -> DeviceChoice:
    """The choice of last time; the defaults where there is none or the file is not of its form."""
    try:
        values = parse_json((data / FILE).read_bytes())
        choice = DeviceChoice(**values) if isinstance(values, dict) else DeviceChoice()
    except (OSError, ValueError, TypeError):
        return DeviceChoice()
    texts = (choice.camera, choice.reader, choice.scanner)
    fine = all(isinstance(each, str) for each in texts) and choice.turned in range(4)
    fine = fine and (choice.exposure is None or choice.exposure in range(101))
    return choice if fine else DeviceChoice()


def remember(data: Path, choice: DeviceChoice) -> None:
    """Write it down durably. StorageProblem when the disk refuses."""
    try:
        write_durably(data / FILE, canonical_bytes(asdict(choice)))
    except OSError as error:
        raise StorageProblem(
            "设备的选择没有存住。", what_is_safe="办件都在。", what_to_do="请检查磁盘空间。"
        ) from error


def serial_sources(choice: DeviceChoice) -> tuple[SeenSource, ...]:
    """The reader (looked for by USB when none is named) and the scanner (only when one is named)."""
    from clerk_app.devices.registry import CARD_READERS, SERIAL_SCANNERS

    sources = []
    if choice.reader != NO_DEVICE:
        sources += [driver.make(choice.reader, time.monotonic) for driver in CARD_READERS]
    if choice.scanner not in {"", NO_DEVICE}:
        sources += [driver.make(choice.scanner, time.monotonic) for driver in SERIAL_SCANNERS]
    return tuple(sources)


class ChosenEyes:
    """The port's Eyes and DeviceDesk in one: what was chosen runs, and another choice takes its place at once.

    ``build(choice)`` makes the eyes; ``fixed`` names a camera that the command line asked for: it wins until somebody
    chooses on screen.
    """

    def __init__(self, data: Path, build: Callable[[DeviceChoice], Eyes], fixed: str = "") -> None:
        self._data, self._build = data, build
        self._choice = remembered(data)
        if fixed:
            self._choice = replace(self._choice, camera=fixed)
        self._eyes = build(self._choice)
        self._started: (
            tuple[Callable[[bytes, int, int], None], Callable[[Seen], None], Callable[[str], None]] | None
        ) = None

    def start(
        self,
        on_frame: Callable[[bytes, int, int], None],
        on_seen: Callable[[Seen], None],
        on_problem: Callable[[str], None],
    ) -> None:
        """See ports.Eyes."""
        self._started = (on_frame, on_seen, on_problem)
        self._eyes.start(*self._started)

    def capture_page(self) -> Seen:
        """See ports.Eyes."""
        return self._eyes.capture_page()

    def stop(self) -> None:
        """See ports.Eyes."""
        self._started = None
        self._eyes.stop()

    def cameras(self) -> tuple[CameraFound, ...]:
        """The machine's cameras; the chosen one is always among them."""
        from clerk_app.devices.video_capture import cameras

        found = tuple(CameraFound(source, label) for source, label in cameras())
        now = self._choice.camera
        known = not now or any(each.source == now for each in found)
        return found if known else (*found, CameraFound(now, "正在用的" if Path(now).exists() else "没有接上"))

    def ports(self) -> tuple[CameraFound, ...]:
        """Serial ports of the machine."""
        from clerk_app.devices.serial_line import serial_ports

        return tuple(CameraFound(path, label) for path, label in serial_ports())

    def chosen(self) -> DeviceChoice:
        return self._choice

    def choose(self, choice: DeviceChoice) -> None:
        """See ports.DeviceDesk."""
        remember(self._data, choice)
        self._choice = choice
        started = self._started
        self._eyes.stop()
        self._eyes = self._build(choice)
        if started is not None:
            self._eyes.start(*started)
