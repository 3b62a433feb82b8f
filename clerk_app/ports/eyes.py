"""Cameras and what they recognise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from clerk_app.domain.recognition import Seen


class Recogniser(Protocol):
    def recognise_bytes(self, image: bytes) -> Seen:
        """One encoded picture (JPEG, PNG …). BadInput when it is no picture."""
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
