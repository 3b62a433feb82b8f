"""How the window looks on this PC: chosen by a clerk, remembered here, nothing personal."""

from __future__ import annotations

from typing import Protocol

from clerk_app.domain.display import SCALES, DisplayChoice

__all__ = ["SCALES", "DisplayChoice", "DisplayDesk"]


class DisplayDesk(Protocol):
    """Where the choice is kept."""

    def chosen(self) -> DisplayChoice:
        """Answers at once, from memory."""
        ...

    def choose(self, choice: DisplayChoice) -> None:
        """Remember it. StorageProblem when the disk refuses; a job."""
        ...
