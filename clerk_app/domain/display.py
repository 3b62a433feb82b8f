"""How the window looks on this PC: chosen by a clerk, nothing personal."""

from __future__ import annotations

from dataclasses import dataclass

SCALES = (100, 125, 150, 175, 200)


@dataclass(frozen=True, slots=True)
class DisplayChoice:
    """``scale``: percent, one of ``SCALES``, from the next start on. ``motion``: blinking and sliding allowed."""

    contrast: bool = False
    scale: int = 100
    motion: bool = True
