"""How the window looks on this PC: chosen by a clerk, remembered here, nothing personal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

SCALES = (100, 125, 150, 175, 200)


@dataclass(frozen=True, slots=True)
class DisplayChoice:
    """``scale``: percent, one of ``SCALES``, from the next start on. ``motion``: blinking and sliding allowed."""

    contrast: bool = False
    scale: int = 100
    motion: bool = True


class DisplayDesk(Protocol):
    """Where the choice is kept."""

    def chosen(self) -> DisplayChoice:
        """Answers at once, from memory."""
        ...

    def choose(self, choice: DisplayChoice) -> None:
        """Remember it. StorageProblem when the disk refuses; a job."""
        ...
