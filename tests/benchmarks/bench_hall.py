"""A hall for benchmarks: a gateway process, an enrolled window, a signed-in clerk, all in one folder."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from clerk_app.bootstrap.demo import HALL, LOGIN, NAME, PIN, WINDOW
from clerk_app.bootstrap.eyes import sample_page
from clerk_app.bootstrap.gateway import GatewayProcess, gateway_office
from clerk_app.bootstrap.house import House, found_window, house, sign_in
from clerk_app.bootstrap.people import add_clerk
from clerk_app.domain.hall import Role
from clerk_app.settings import Settings
from clerk_app.usecases.desk import Desk

PageMaker = Callable[[random.Random], tuple[bytes, str]]


@contextmanager
def opened_hall(folder: Path) -> Iterator[tuple[House, Desk, PageMaker]]:
    """House, desk and a maker of sample pages; everything is stopped at the end."""
    gateway = GatewayProcess(folder / "gateway")
    try:
        with gateway_office(folder / "gateway") as office:
            token = office.enrol_token(HALL, WINDOW)
        data = folder / "window"
        found_window(data, gateway.url, token, HALL, WINDOW)
        add_clerk(data, LOGIN, NAME, Role.CLERK, PIN, by="")
        home = house(Settings(data))
        desk = sign_in(home, LOGIN, PIN)
        try:
            yield home, desk, sample_page
        finally:
            desk.store.close()
    finally:
        gateway.stop()
