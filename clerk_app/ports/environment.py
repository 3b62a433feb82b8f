"""Time, ids and chance: the only sources of what is never the same twice."""

from __future__ import annotations

from typing import Protocol

from clerk_app.domain.time import Stamp


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> Stamp: ...


class Ids(Protocol):
    """The only source of ids and chance."""

    def new_id(self) -> str:
        """A fresh id, 32 hexadecimal digits, sortable by time of making."""
        ...

    def fraction(self) -> float:
        """0 ≤ x < 1, for jitter."""
        ...
