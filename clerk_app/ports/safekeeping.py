"""What the window may ask of the vault and its keepers: people, protection, copies, room. Everything here touches disk or
stretches a PIN, so it never runs in a thread that a clerk waits for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from clerk_app.domain.hall import Clerk, Role


@dataclass(frozen=True, slots=True)
class Protection:
    """``key_store``: the device secret lies in the PC's own key store. ``words``: what protects the keys, what is lost.
    ``suite``: the ciphers' id. ``recovery``: papers were made."""

    key_store: bool
    words: str
    suite: str
    recovery: bool


@dataclass(frozen=True, slots=True)
class CopiesState:
    """Rolling copies (``made_ms`` of each, oldest first; their bytes together) and the second copy (empty: nowhere).

    ``second_ms``: when the second copy was last written, 0 when never. ``overdue``: a rolling copy should have been made.
    """

    made_ms: tuple[int, ...]
    size: int
    kept_count: int
    kept_days: int
    overdue: bool
    second: str = ""
    second_there: bool = False
    second_ms: int = 0
    unsent: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """``cases``: how many more fit, about; the rest in bytes. ``reserve`` is never used up by new cases."""

    cases: int
    free: int
    used: int
    reserve: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a restore would bring back: it was read whole, nothing was written."""

    made_ms: int
    cases: int
    unsent: int
    drafts: int
    pages: int
    hurt: str = ""
    """What is not whole in it because it was not whole where it was made, in words."""


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing that a person should know: a closed word, a calm sentence, and how grave (amber or red)."""

    kind: str
    text: str
    tone: str = "amber"


class Safekeeping(Protocol):
    """For the clerk who is signed in. ``own``: this clerk's own PIN or passphrase again, for whatever touches keys.

    Every method raises AppError in the clerk's words: Refused without the right, KeyProblem for a wrong PIN.
    """

    def people(self) -> tuple[tuple[Clerk, bool], ...]:
        """Everybody ever added, and whether a PIN of theirs opens anything."""
        ...

    def add(self, own: str, login: str, name: str, role: Role, pin: str) -> str:
        """A new person; returns a plain warning about a weak PIN, or nothing."""
        ...

    def change_role(self, own: str, login: str, role: Role) -> None: ...
    def set_pin(self, own: str, login: str, pin: str) -> str:
        """A new PIN for somebody else, or for oneself; a warning as above."""
        ...

    def remove(self, own: str, login: str) -> None: ...
    def make_recovery(self, own: str, people: int) -> tuple[str, ...]:
        """Papers, shown once and kept nowhere."""
        ...

    def protection(self) -> Protection: ...
    def weakness(self, pin: str) -> str:
        """What this PIN does not protect against on this PC; empty when it is fine."""
        ...

    def copies(self) -> CopiesState: ...
    def copy_now(self) -> str:
        """A rolling copy and the second one; what came of it, in words."""
        ...

    def back_up(self, target: Path) -> Trial:
        """A whole backup into one file."""
        ...

    def set_second(self, folder: Path | None) -> None: ...
    def try_restore(self, own: str, path: Path) -> Trial: ...
    def room(self) -> Room: ...
    def verify_journal(self) -> str:
        """What the chain and its signed checkpoints prove, in words. Raises StorageProblem when they do not hold."""
        ...

    def export_journal(self, path: Path) -> int:
        """Signed, for an auditor; how many entries."""
        ...

    def warnings(self) -> tuple[Warned, ...]:
        """What the housekeeper found, and whether the gateway takes this window no more; answers from memory."""
        ...
