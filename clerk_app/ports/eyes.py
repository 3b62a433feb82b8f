"""Cameras, card readers and scanners, and what they recognise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from clerk_app.domain.recognition import Seen


class Recogniser(Protocol):
    def recognise_bytes(self, image: bytes) -> Seen:
        """One encoded picture (JPEG, PNG …). BadInput when it is no picture."""
        ...


@dataclass(frozen=True, slots=True)
class CameraFound:
    """A camera of this machine. ``source``: what opens it; ``label``: what the clerk reads."""

    source: str
    label: str


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """What this window looks through; remembered on this PC, nothing personal.

    ``camera``: source; empty: the first one. ``turned``: quarter turns clockwise. ``exposure``: 0 (dark) to 100 (bright),
    None: the camera's own. ``reader``, ``scanner``: serial paths; empty: a reader is looked for by USB, a scanner is not.
    """

    camera: str = ""
    turned: int = 0
    exposure: int | None = None
    reader: str = ""
    scanner: str = ""


class DeviceDesk(Protocol):
    """Cameras and serial devices of this PC: looked for, chosen, remembered. Touches the disk: a job."""

    def cameras(self) -> tuple[CameraFound, ...]: ...
    def ports(self) -> tuple[CameraFound, ...]:
        """Serial ports, for readers and scanners."""
        ...

    def chosen(self) -> DeviceChoice: ...
    def choose(self, choice: DeviceChoice) -> None:
        """Remember and use it at once. StorageProblem when it cannot be remembered."""
        ...


class Eyes(Protocol):
    """A running camera with its recogniser. Callbacks come from its own threads; Qt gets them by signals only.

    ``on_frame(bgr, width, height)`` for the preview (raw BGR bytes), ``on_seen(Seen)`` once for each thing held still,
    ``on_problem(text)`` in the clerk's words, empty when the camera is back.
    """

    def start(
        self,
        on_frame: Callable[[bytes, int, int], None],
        on_seen: Callable[[Seen], None],
        on_problem: Callable[[str], None],
    ) -> None: ...
    def capture_page(self) -> Seen:
        """The page in the newest frame, straightened and cleaned (takes up to a second; never on the UI thread)."""
        ...

    def stop(self) -> None: ...


class SeenSource(Protocol):
    """A card reader or a scanner: things come by themselves. Callbacks come from its own thread.

    ``on_seen(Seen)``: a chip, a code, or (kind NOTHING) advice such as 请重新放一下. ``on_problem(text)`` in the clerk's
    words, empty when the device is back; a device that never was there says nothing.
    """

    def start(self, on_seen: Callable[[Seen], None], on_problem: Callable[[str], None]) -> None: ...
    def stop(self) -> None: ...
