"""What every screen is given: the desk of the signed-in clerk, background jobs, bridges, and ways to reach the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from clerk_app.usecases.desk import Desk
from ui.applicant_window import ApplicantWindow
from ui.jobs import Failed, Jobs
from ui.services import WindowServices
from ui.workers import CameraBridge, StatusBridge


class Window(Protocol):
    """What a screen may ask of the main window."""

    def go(self, screen_id: str) -> None: ...
    def say(self, text: str, tone: str = "blue") -> None:
        """Show a sentence above the work; an empty one takes it away."""
        ...

    def unsay(self, text: str) -> None:
        """Take this sentence away, if no other has come since."""
        ...

    def open_draft(self, draft_id: str) -> None: ...
    def open_case(self, number: str) -> None: ...
    def new_client(self) -> None: ...
    def open_errand(self, case_id: str, kind: str) -> None:
        """Papers that follow for a case: ``correct`` or ``supplement``, in the intake."""
        ...

    def invite_rating(self, case_id: str) -> None:
        """Ask the applicant on their own screen."""
        ...

    def looked_at(self) -> tuple[str, str]:
        """The item or life event in the intake and the element of it in front; empty when there is none."""
        ...

    def case_open(self) -> bool:
        """A case is under the clerk's hands in the intake, begun and not ended."""
        ...

    def lock_now(self) -> None:
        """As Ctrl+L: everything is saved, somebody signs in again."""
        ...

    def come_back(self, sign_in: Callable[[], Desk], page_id: str, word: str) -> None:
        """The window has new keys: everything is saved, and the clerk goes on at this page of 设置, on the desk that ``sign_in`` (a
        job) brings, with ``word`` said."""
        ...

    def place_changed(self) -> None:
        """The footer's keys may be others now."""
        ...

    def counts_changed(self) -> None:
        """Badges may be others now."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """One per signed-in clerk."""

    services: WindowServices
    desk: Desk
    jobs: Jobs
    camera: CameraBridge
    status: StatusBridge
    applicant: ApplicantWindow
    window: Window
    say_error: Failed


class Screen(Protocol):
    """What a place of the rail does. ``widget`` is shown; ``enter`` is called each time it comes to the front."""

    @property
    def widget(self) -> QWidget: ...
    def enter(self) -> None: ...
    def place(self) -> str:
        """Screen id, or screen/step, for the footer."""
        ...

    def act(self, action_id: str) -> bool:
        """Do an action of ``actions.py``; False when it means nothing here."""
        ...

    def leave(self, then: Callable[[], None]) -> None:
        """Put everything typed on disk, then go on. Called before locking and closing."""
        ...
