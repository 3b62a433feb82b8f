"""A voice for those who cannot read the screen."""

from __future__ import annotations

from typing import Protocol


class Speaker(Protocol):
    """Reads aloud. No call waits for the voice."""

    def speak(self, text: str) -> None:
        """Begin to read; what was being read stops. DeviceProblem when the voice cannot be started."""
        ...

    def stop(self) -> None:
        """Be quiet at once; nothing happens when it is."""
        ...

    @property
    def speaking(self) -> bool:
        """Whether the voice is still at it."""
        ...
