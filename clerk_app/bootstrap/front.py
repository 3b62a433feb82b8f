"""Opening the window: the front door at once, what lies behind it while the sign-in page is already there.

Imports nothing that the sign-in page does not need (``tests/bootstrap/test_front.py`` holds it to that).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from clerk_app.bootstrap.crash import excepthook
from clerk_app.bootstrap.display import RememberedDisplay
from clerk_app.bootstrap.noted import HALL_FILE, noted_hall, noted_logins, staging_of
from clerk_app.errors import AppError
from clerk_app.settings import Settings
from local_db.single_instance import WindowLock
from printing.fonts import BOLD, REGULAR

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

    from clerk_app.ports import Protection
    from clerk_app.usecases.desk import Desk
    from ui.services import WindowServices

JOB_THREADS = 3


class JobThreads:
    """The pool that runs jobs, made with the first one; at the end everything begun is finished."""

    def __init__(self, threads: int = JOB_THREADS) -> None:
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> object:
        """Called by one thread only."""
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="job")
        return self._pool.submit(fn, *args)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()


class Front:
    """See ui.front_door.FrontDoor. Close it when the window is closed: workers stop, the store closes."""

    def __init__(self, settings: Settings, executor: JobThreads, hint: str = "") -> None:
        self._settings = settings
        self._building, self._built = threading.Lock(), ExitStack()
        self._services: WindowServices | None = None
        self.executor = executor
        self.hall = noted_hall(settings.data)
        self.logins = noted_logins(settings.data)
        self.login_names: dict[str, str] = {}
        self.sign_in_hint = hint
        self.training = settings.training
        self.opens_again = False
        self.fonts = (REGULAR, BOLD)
        self.display = RememberedDisplay(settings.data)
        self.train = None if settings.demo else self._train

    def complete(self) -> WindowServices:
        """See ui.front_door.FrontDoor."""
        with self._building:
            if self._services is None:
                from clerk_app.bootstrap.logs import window_log
                from clerk_app.bootstrap.window import services_for

                self._built.enter_context(window_log(self._settings.data))
                made = services_for(self._settings, self.executor, self.sign_in_hint, self.display)
                self._services = self._built.enter_context(made)
            return self._services

    def close(self) -> None:
        """What was built ends, in order. ``opens_again`` says then whether another version of the program is to open it anew."""
        with self._building:
            updates = self._services.updates if self._services is not None else None
            self._services = None
            self._built.close()
            self.opens_again = updates is not None and updates.start_again

    def sign_in(self, login: str, pin: str) -> Desk:
        """See WindowServices."""
        return self.complete().sign_in(login, pin)

    def known_logins(self) -> tuple[str, ...]:
        """See WindowServices."""
        return noted_logins(self._settings.data)

    def protection(self) -> Protection:
        """See WindowServices."""
        found = self.complete().protection
        assert found is not None  # noqa: S101 - services_for always gives it
        return found()

    def recover(self, login: str, pin: str, papers: Sequence[str]) -> None:
        """See WindowServices."""
        recover = self.complete().recover
        assert recover is not None  # noqa: S101 - services_for always gives it
        recover(login, pin, papers)

    def enrol_anew(self, login: str, pin: str, gateway: str, code: str, say: Callable[[str], None]) -> Desk:
        """See WindowServices."""
        enrol_anew = self.complete().enrol_anew
        assert enrol_anew is not None  # noqa: S101 - services_for always gives it
        return enrol_anew(login, pin, gateway, code, say)

    def _train(self) -> None:
        from clerk_app.bootstrap.start_training import start_training

        start_training(self._settings.data)


def open_window(settings: Settings, hint: str = "", arguments: Sequence[str] = (), brought: Path | None = None) -> int:
    """Open the window on a data folder that is set up; returns the exit code when it is closed.

    ``arguments`` go to Qt; see ui.app.run for those of our own, and for ``brought``.

    Raises:
        StorageProblem: never set up, or its window is open already. KeyProblem: its keys are missing or damaged.
    """
    noted_hall(settings.data)
    with WindowLock(settings.data), JobThreads() as executor:
        from ui.app import run

        front = Front(settings, executor, hint)
        try:
            sys.excepthook = excepthook
            code = run(front, ["clerk-app", *arguments], brought)
        finally:
            front.close()
    if front.opens_again:
        from clerk_app.bootstrap.proof import start_again

        start_again(sys.argv[1:])
    return code


def open_first(data: Path) -> bool:
    """On a folder without a window, or with one that has no people: the steps of the first start. Whether a window may open now."""
    if not _first_run_wanted(data):
        return True
    from clerk_app.bootstrap.first_run import FirstRunDesk
    from printing.fonts import FALLBACK
    from ui.first_run import open_steps

    with JobThreads(1) as executor:
        return open_steps(FirstRunDesk(data), executor, (REGULAR, BOLD, FALLBACK))


def _first_run_wanted(data: Path) -> bool:
    """As first_run.wanted, without loading it where everything is plainly there."""
    try:
        if (data / HALL_FILE).exists() and noted_logins(data) and not staging_of(data).is_dir():
            return False
    except AppError:
        return False  # a window that is damaged is no new one: opening it says what is wrong
    from clerk_app.bootstrap.first_run import wanted

    return wanted(data)


def say_in_a_window(error: AppError) -> None:
    """Why the window could not be opened, for somebody who started it from an icon and sees no terminal."""
    from printing.fonts import FALLBACK
    from ui.plain_word import say_plainly

    say_plainly(error, (REGULAR, BOLD, FALLBACK))
