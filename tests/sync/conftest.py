"""One live gateway for a module; each test takes its own window."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_db.unit_of_work import SqlStore
from tests.sync.hall import OPENED, GatewayProcess, Window, enrol, new_store

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _close_centres() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with GatewayProcess(tmp_path_factory.mktemp("gateway")) as process:
        yield process


@pytest.fixture
def window(gateway: GatewayProcess) -> Window:
    number = f"{next(_numbers):02d}"
    return enrol(gateway.url, gateway.token(window=number), window=number)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = new_store(tmp_path / "window")
    yield opened
    opened.close()
