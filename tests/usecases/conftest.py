"""Every use case runs on the store in memory and on the real encrypted one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.ports import Store
from clerk_app.usecases.desk import Desk
from local_db.unit_of_work import SqlStore
from tests.fakes.desk import SUITE, a_desk
from tests.fakes.fake_store import FakeStore


@pytest.fixture(params=["fake", "sql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = FakeStore(SUITE)
    if request.param == "sql":
        made = SqlStore(tmp_path, SUITE.new_key(), SUITE, create=True)
    yield made
    made.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    return a_desk(store)
