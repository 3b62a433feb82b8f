"""clerk-app salvage: what a damaged folder still holds, into a new one that can be worked in at once.

The keys are opened in a folder aside, so that the damaged one is only read. Rows that no page and no copy gave back are made of what
else tells of them: accounts of the key slots and the journal, the hall of window.json.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clerk_app.bootstrap.house import House, house, only_login
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.bootstrap.safekeeping import copies
from clerk_app.bootstrap.spare_keys import noted_salts, put_keys
from clerk_app.crypto.device_secret import FILE_NAME as DEVICE_FILE
from clerk_app.crypto.vault_file import read_vault
from clerk_app.durable import write_durably
from clerk_app.errors import AppError, StorageProblem
from clerk_app.ports import Unlocked
from clerk_app.settings import Settings
from clerk_app.usecases import people_of_window, setup
from local_db.salvage import Salvaged, salvage
from local_db.unit_of_work import SqlStore

Unlock = Callable[[Path], tuple[House, Unlocked]]


@dataclass(frozen=True, slots=True)
class Saved:
    """``reopened``: logins whose account was made anew; ``enrolled``: False when the window's own keys are gone, so that it has to be
    enrolled again before it can send."""

    found: Salvaged
    reopened: tuple[str, ...]
    enrolled: bool


def save_what_is_there(damaged: Path, target: Path, unlock: Unlock) -> Saved:
    """``unlock`` opens the keys that lie in the folder it is given.

    Raises:
        KeyProblem: the keys do not open. StorageProblem: nothing can be read, or the target cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="clerk-app-keys-") as name:  # key slots only: sealed, and nothing personal
        aside = Path(name)
        put_keys(damaged, aside)
        put_device_secret(damaged, aside)
        home, opened = unlock(aside)
        found = salvage(
            damaged,
            opened.database_key,
            home.suite,
            target,
            copies=tuple(reversed(copies(damaged))),
            salts=tuple(noted_salts(damaged)),
        )
        put_keys(aside, target)
        put_device_secret(aside, target)
    slots = [(slot.login, slot.public_key) for slot in read_vault(target).slots]
    store = SqlStore(target, opened.database_key, home.suite)
    try:
        reopened = people_of_window.reopen(store, home.clock, slots)
        enrolled = _know_the_window(store, damaged)
        if found.numbers_lost or found.older_cases:
            setup.restored(store, home.clock)
    finally:
        store.close()
    return Saved(found, reopened, enrolled)


def put_device_secret(source: Path, target: Path) -> None:
    """Where it is a file of the folder. Raises StorageProblem."""
    if not (source / DEVICE_FILE).is_file():
        return
    try:
        write_durably(target / DEVICE_FILE, (source / DEVICE_FILE).read_bytes())
    except OSError as error:
        raise StorageProblem("设备密钥没有写成。", what_to_do="请检查磁盘空间和文件夹权限，再试一次。") from error


def unlock_with(papers: Sequence[str], login: str, pin: Callable[[], str]) -> Unlock:
    """By two recovery papers, or by a clerk's PIN; ``login`` empty: the only clerk there is."""

    def unlock(folder: Path) -> tuple[House, Unlocked]:
        home = house(Settings(folder), moving_in=bool(papers))
        if papers:
            return home, home.vault.unlock_recovery(papers)
        return home, home.vault.unlock(login or only_login(home), pin())

    return unlock


def _know_the_window(store: SqlStore, damaged: Path) -> bool:
    """Hall from beside the vault where the settings lost it; whether the window's own keys are still there."""
    with store.begin() as uow:
        if uow.config.get(setup.HALL) is None:
            try:
                uow.config.set(setup.HALL, noted_hall(damaged).to_json())
                uow.commit()
            except AppError:
                return False
    with store.begin(reading=True) as uow:
        return setup.is_enrolled(uow)
