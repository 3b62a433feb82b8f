"""What the window needs before anybody has signed in, light enough to be painted at once; everything else is behind ``complete``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from clerk_app.domain.hall import Hall
    from clerk_app.ports import DisplayDesk, Protection
    from clerk_app.usecases.desk import Desk
    from ui.jobs import Threads
    from ui.services import EnrolAnew, WindowServices


class FrontDoor(Protocol):
    """The part of ``WindowServices`` (see there) that the sign-in page stands on. ``fonts``: those of the first page."""

    @property
    def hall(self) -> Hall: ...
    @property
    def logins(self) -> tuple[str, ...]: ...
    @property
    def login_names(self) -> Mapping[str, str]: ...
    @property
    def sign_in_hint(self) -> str: ...
    @property
    def training(self) -> bool: ...
    @property
    def fonts(self) -> tuple[Path, ...]: ...
    @property
    def display(self) -> DisplayDesk | None: ...
    @property
    def executor(self) -> Threads: ...
    @property
    def sign_in(self) -> Callable[[str, str], Desk]: ...
    @property
    def known_logins(self) -> Callable[[], tuple[str, ...]] | None: ...
    @property
    def protection(self) -> Callable[[], Protection] | None: ...
    @property
    def recover(self) -> Callable[[str, str, Sequence[str]], None] | None: ...
    @property
    def enrol_anew(self) -> EnrolAnew | None: ...
    @property
    def train(self) -> Callable[[], None] | None: ...

    def complete(self) -> WindowServices:
        """Everything else, loaded and wired: up to a second on an old PC, so a job. The same answer each time.

        Raises:
            AppError: this folder cannot be worked with; nothing was changed.
        """
        ...
