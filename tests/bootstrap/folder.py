"""A founded data folder without a gateway: real vault, real database, cheap PIN stretching."""

from __future__ import annotations

import os
from pathlib import Path

from clerk_app.bootstrap.house import house, note_hall, open_store
from clerk_app.bootstrap.people import add_clerk
from clerk_app.domain.hall import Hall, Role
from clerk_app.ports import Enrolled
from clerk_app.settings import Settings
from clerk_app.usecases import setup

PIN = "246810"
HALL = Hall("500199", "演示镇便民服务中心", "演示", "03", 1, "http://127.0.0.1:1", sample=True)


def found(data: Path, *people: tuple[str, Role], suite_id: str = "intl-1") -> Path:
    """Found the folder and add the people, the first of whom adds the others; all have the same PIN."""
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
