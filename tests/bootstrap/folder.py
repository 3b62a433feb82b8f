"""A founded data folder without a gateway: real vault, real database, cheap PIN stretching."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from pathlib import Path

from clerk_app.bootstrap.house import house, note_hall, open_store
from clerk_app.bootstrap.people import add_clerk
from clerk_app.crypto.vault import FileVault
from clerk_app.domain.hall import Hall, Role
from clerk_app.ports import Enrolled
from clerk_app.settings import Settings
from clerk_app.usecases import setup

PIN = "246810"
HALL = Hall("500199", "演示镇便民服务中心", "演示", "03", 1, "http://127.0.0.1:1", sample=True)


def found(data: Path, *people: tuple[str, Role], suite_id: str = "intl-1") -> Path:
    """A founded folder with the people, the first of whom added the others; all have the same PIN.

    Founded once for each set of people and then copied: two folders of the same people have the same keys.
    """
    os.environ["CLERK_APP_PIN"] = PIN
    cost = repr((FileVault.__init__.__kwdefaults__ or {}).get("cost"))
    shutil.copytree(_template(people, suite_id, cost), data, symlinks=True)
    return data


@functools.cache
def _template(people: tuple[tuple[str, Role], ...], suite_id: str, cost: str) -> Path:
    place = Path(tempfile.mkdtemp(prefix="clerk-found-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return found_anew(place / "d", *people, suite_id=suite_id)


def found_anew(data: Path, *people: tuple[str, Role], suite_id: str = "intl-1") -> Path:
    """The same by itself, with keys of its own; who may not be added leaves it as far as it came."""
    os.environ["CLERK_APP_PIN"] = PIN
    home = house(Settings(data), suite_id=suite_id)
    home.vault.create()
    store = open_store(home, home.vault.unlock_setup(), create=True)
    window, gateway = home.suite.new_signing_pair(), home.suite.new_signing_pair()
    sealing = home.suite.new_sealing_pair()
    setup.enrolled(store, home.clock, Enrolled(HALL, "w1", sealing[1], gateway[1]), *window)
    store.close()
    note_hall(data, HALL)
    for login, role in people:
        add_clerk(data, login, login, role, PIN, by=people[0][0])
    return data
