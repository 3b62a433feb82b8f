"""One frozen Settings: everything that the start of the program decides and nothing that a hall decides (that is Hall)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """``data``: the data folder, made absolute here. ``camera``: index, device path, video file or folder of pictures; None: the
    first camera.

    ``demo``: the demo hall with its own gateway. ``training``: such a hall, and every screen says so. ``printer``: the system's
    queue name; empty: the default one.
    """

    data: Path
    camera: str | None = None
    printer: str = ""
    demo: bool = False
    training: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", self.data.absolute())

    @property
    def database(self) -> Path:
        return self.data / "clerk.db"

    @property
    def exports(self) -> Path:
        """Only where somebody exports on purpose, or sample papers of the demo."""
        return self.data / "export"
