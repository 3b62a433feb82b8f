"""One live gateway for a module; each test takes its own window."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_db.unit_of_work import SqlStore
from tests.sync.hall import OPENED, GatewayProcess, Window, enrol, new_store
from tests.sync.postgresql import serving

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _close_centres() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """A real PostgreSQL of this session's; calling it gives the URL of a fresh database."""
    with (
        tempfile.TemporaryDirectory(prefix="clerk-pg-", ignore_cleanup_errors=True) as folder,
        serving(Path(folder)) as fresh,
    ):
        yield fresh


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """A gateway's database: SQLite in its folder, or a real PostgreSQL. Whoever takes this runs on both."""
    if request.param == "sqlite":
        return ""
    fresh: Callable[[], str] = request.getfixturevalue("postgresql")
    return fresh()


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[GatewayProcess]:
    with GatewayProcess(tmp_path_factory.mktemp("gateway"), database=database) as process:
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
