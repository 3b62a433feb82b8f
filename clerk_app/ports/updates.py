"""Versions of the program on this PC, and what the window may ask about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from clerk_app.domain.releases import Policy
from clerk_app.domain.versions import Versions


class Programs(Protocol):
    """The versions that lie on this PC, and which of them runs. Every method raises StorageProblem."""

    def read(self) -> Versions: ...
    def change(self, change: Callable[[Versions], Versions]) -> Versions:
        """Durable, with no other process in between; ``change`` may raise ValueError, and then nothing is changed."""
        ...

    def policy(self) -> Policy: ...
    def set_policy(self, policy: Policy) -> None: ...


@dataclass(frozen=True, slots=True)
class UpdateState:
    """``running``: the version of this very program. ``offered``: a newer one, ``notes`` what is new in it, ``to_fetch`` about how many
    bytes have to come (-1: not known yet). ``ready``: whole on this PC. ``back_to``: where 换回 leads, empty when nowhere.
    ``looked_ms``: when a repository was last asked, 0 never. ``words``: what stands in the way, or what came of it last."""

    running: str
    versions: Versions
    policy: Policy = field(default_factory=Policy)
    offered: str = ""
    notes: str = ""
    to_fetch: int = -1
    wait_text: str = ""
    back_to: str = ""
    looked_ms: int = 0
    words: str = ""
    tone: str = ""


class UpdateDesk(Protocol):
    """For the clerk who is signed in. The methods are jobs; they raise AppError in the clerk's words."""

    @property
    def start_again(self) -> bool:
        """Whether another version is to open the window anew once it is closed."""
        ...

    def state(self) -> UpdateState: ...
    def look(self) -> UpdateState:
        """Ask the gateway now."""
        ...

    def fetch(self, progress: Callable[[int, int], None], stopping: Callable[[], bool]) -> UpdateState:
        """Bring what is offered now, whatever the line costs. ``progress(done, all)`` in bytes."""
        ...

    def take_file(self, path: Path, progress: Callable[[int, int], None]) -> UpdateState:
        """Bring what a bundle file offers."""
        ...

    def put_to_use(self, *, case_open: bool) -> UpdateState:
        """What is ready runs from the next start on; the window is to be closed now, and opens again by itself."""
        ...

    def go_back(self) -> UpdateState:
        """The version from before runs from the next start on; the window is to be closed now, and opens again by itself."""
        ...

    def set_by_itself(self, by_itself: bool) -> UpdateState: ...
    def set_metered(self, metered: bool) -> UpdateState: ...
    def set_pin(self, pinned: bool) -> UpdateState:
        """Stay at the version that runs now, or not."""
        ...
