"""The first start of a window, step by step on screen: enrolling, the first administrator, the recovery key, devices.

A window is founded in a folder beside its own and comes to its place by one rename, so that a kill leaves either nothing or a whole
one; a window without people goes on where it was left.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from clerk_app.bootstrap.devices import remembered
from clerk_app.bootstrap.house import found_window, house, open_store
from clerk_app.bootstrap.loose_paper import sheet_printer
from clerk_app.bootstrap.noted import HALL_FILE, noted_hall, staging_of
from clerk_app.bootstrap.people import add_clerk
from clerk_app.bootstrap.spool import system_printer
from clerk_app.bootstrap.start_training import start_training
from clerk_app.crypto.suites import DEFAULT
from clerk_app.domain.hall import Hall, Role
from clerk_app.durable import write_durably
from clerk_app.errors import StorageProblem
from clerk_app.settings import Settings
from clerk_app.usecases import people_of_window as people
from clerk_app.usecases import setup
from local_db.engine import FILE_NAME as DATABASE

READY = "setup.ready"
"""Written last beside the vault: this folder is whole and only its place is wrong."""


def wanted(data: Path) -> bool:
    """Whether this folder has no window yet, or one that nobody can sign in to. Mends what a kill left half moved."""
    _finish(data)
    if (data / DATABASE).exists() and house(Settings(data)).vault.logins():
        return False  # a window in use whose noted hall is gone is no first run
    return not (data / HALL_FILE).exists() or not house(Settings(data)).vault.logins()


def _finish(data: Path) -> None:
    """Bring a whole window to its place; throw away a half one, which nobody has used."""
    staging = staging_of(data)
    if not staging.is_dir():
        return
    try:
        if not (staging / READY).exists():
            shutil.rmtree(staging)
            return
        if data.is_dir():
            data.rmdir()  # refuses a folder that holds anything
        staging.rename(data)
        (data / READY).unlink()
    except OSError as error:
        raise StorageProblem(
            "数据文件夹里已有别的文件，窗口没有放进去。",
            what_is_safe="里面的文件没有动。",
            what_to_do="请换一个空文件夹。",
        ) from error


def found_whole(
    data: Path,
    gateway: str,
    token: str,
    hall: str,
    window: str,
    suite: str = DEFAULT,
    furnish: Callable[[Path], None] = lambda _folder: None,
) -> Hall:
    """Found a window beside its place, let ``furnish`` add to it there, and bring it to its place by one rename.

    Raises:
        StorageProblem: the folder holds something already. Besides: see house.found_window, and what ``furnish`` raises.
    """
    _finish(data)
    if data.is_dir() and any(data.iterdir()):
        raise StorageProblem(
            "数据文件夹里已有别的文件。", what_is_safe="里面的文件没有动。", what_to_do="请换一个空文件夹。"
        )
    staging = staging_of(data)
    founded = found_window(staging, gateway, token, hall, window, suite)
    furnish(staging)
    write_durably(staging / READY, b"whole\n")
    _finish(data)
    return founded


class FirstRunDesk:
    """See ui.first_run.FirstSteps."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def hall_words(self) -> str:
        """See FirstSteps."""
        if not (self._data / HALL_FILE).exists():
            return ""
        hall = noted_hall(self._data)
        return f"{hall.name} · {hall.window} 号窗口"

    def enrol(self, hall: str, window: str, gateway: str, token: str) -> str:
        """See FirstSteps."""
        found_whole(self._data, gateway, token, hall, window)
        return self.hall_words()

    def add_admin(self, login: str, name: str, pin: str) -> str:
        """See FirstSteps."""
        add_clerk(self._data, login, name or login, Role.ADMIN, pin, by="")
        return house(Settings(self._data)).vault.strength(pin)

    def recovery_papers(self, login: str, pin: str) -> tuple[str, ...]:
        """See FirstSteps."""
        home = house(Settings(self._data))
        opened = home.vault.unlock(login, pin)
        store = open_store(home, opened)
        try:
            clerk = setup.sign_in(store, home.clock, login, opened.signing_public)
            people.recovery_is_made(store, home.clock, people.Acting(login, clerk.role), 2)
            return home.vault.make_recovery(opened, 2)
        finally:
            store.close()

    def print_sheet(self, title: str, pairs: Sequence[tuple[str, str]], notes: Sequence[str]) -> str:
        """See FirstSteps."""
        home = house(Settings(self._data))
        return sheet_printer(system_printer(""), noted_hall(self._data), home)(title, pairs, notes)

    def see(self) -> str:
        """See FirstSteps."""
        from clerk_app.devices.video_capture import cameras

        chosen = remembered(self._data).camera
        names = [label for _source, label in cameras()]
        return f"找到 {len(names)} 个：{'、'.join(names)}" if names or chosen else ""

    def practise(self) -> None:
        """See FirstSteps."""
        start_training(self._data)
