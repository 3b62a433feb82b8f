"""The database after a version was taken back: of before where nothing was taken since, untouched in every other case."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path

import pytest

import local_db.engine
import local_db.upgrade
from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.draft import Draft
from clerk_app.domain.journal import Happening
from clerk_app.domain.time import Stamp
from clerk_app.errors import StorageProblem
from local_db.engine import BEFORE_UPGRADE, FILE_NAME, NewerDatabase, connect
from local_db.salvage import salvage
from local_db.schema import VERSION
from local_db.stepping_back import step_back
from local_db.unit_of_work import SqlStore
from tests.contracts.test_store_contract import make_case, make_message

KEY = bytes(range(32))
SUITE = InternationalSuite(os.urandom)
NEW_TABLE = "CREATE TABLE colour (name TEXT PRIMARY KEY)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = SqlStore(tmp_path / "d", KEY, SUITE, create=True)
    with store.begin() as uow:
        uow.cases.add(make_case("c1"))
        uow.outbox.add(make_message("m1", "c1"))
        uow.drafts.open(Draft("d1", "wangmin", 5, 6, {"applicant.name": "冉样例"}))
        uow.journal.append(Happening(Stamp(1), "wangmin", "case.accepted", "c1", 1))
        uow.commit()
    store.close()
    return tmp_path / "d"


def newer(folder: Path, monkeypatch: pytest.MonkeyPatch, *statements: str) -> SqlStore:
    """Open it with a program of the next schema, which migrates it."""
    with monkeypatch.context() as patch:

        def upgrade(connection) -> None:
            for statement in statements or ("ALTER TABLE draft ADD COLUMN colour TEXT NOT NULL DEFAULT ''", NEW_TABLE):
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION + 1}")

        patch.setattr(local_db.engine, "VERSION", VERSION + 1)
        patch.setattr(local_db.upgrade, "upgrade", upgrade)
        return SqlStore(folder, KEY, SUITE)


def version(path: Path) -> int:
    with closing(connect(path, KEY, reading=True)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_nothing_was_taken_and_the_database_of_before_is_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = newer(folder, monkeypatch)
    with store.begin() as uow:
        uow.journal.append(Happening(Stamp(9), "wangmin", "sign_in"))
        uow.config.set("journal.checkpoints", [1])
        uow.commit()
    store.close()
    with pytest.raises(NewerDatabase):
        SqlStore(folder, KEY, SUITE)
    assert step_back(folder, KEY, SUITE, ("journal.checkpoints",))
    assert version(folder / f"clerk.newer-{VERSION + 1}.db") == VERSION + 1, "the newer one is kept beside"
    store = SqlStore(folder, KEY, SUITE)
    with store.begin(reading=True) as uow:
        assert [draft.id for draft in uow.drafts.all()] == ["d1"]
        assert uow.cases.get("c1") is not None
        assert [entry.happening.verb for entry in uow.journal.entries()] == ["case.accepted"]
    assert store.quick_check() == ()
    store.close()


def take_case(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.cases.add(make_case("c2"))
        uow.commit()


def take_draft(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.drafts.save("d1", {"applicant.name": "冉样例二"}, 7)
        uow.commit()


def write_journal(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.journal.append(Happening(Stamp(9), "wangmin", "pin.changed"))
        uow.commit()


def write_where_the_old_one_cannot_look(store: SqlStore) -> None:
    with closing(connect(store.folder / FILE_NAME, KEY)) as connection:
        connection.execute("INSERT INTO colour VALUES ('blue')")


@pytest.mark.parametrize("act", [take_case, take_draft, write_journal, write_where_the_old_one_cannot_look])
def test_whatever_was_taken_keeps_the_newer_database(folder: Path, monkeypatch: pytest.MonkeyPatch, act) -> None:
    store = newer(folder, monkeypatch)
    act(store)
    store.close()
    before = (folder / FILE_NAME).read_bytes()
    assert not step_back(folder, KEY, SUITE)
    assert (folder / FILE_NAME).read_bytes() == before
    newer(folder, monkeypatch).close()  # a program that can read it opens it as it was left


def test_what_cannot_be_compared_is_not_touched(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer(folder, monkeypatch, "ALTER TABLE visit RENAME COLUMN day TO date").close()
    assert not step_back(folder, KEY, SUITE)
    assert version(folder / FILE_NAME) == VERSION + 1


def test_without_a_copy_from_before_nothing_is_done(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer(folder, monkeypatch).close()
    (folder / BEFORE_UPGRADE.format(version=VERSION)).unlink()
    assert not step_back(folder, KEY, SUITE)


def test_a_damaged_copy_from_before_is_not_put_in_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer(folder, monkeypatch).close()
    copy = folder / BEFORE_UPGRADE.format(version=VERSION)
    told = bytearray(copy.read_bytes())
    told[-2000] ^= 1
    copy.write_bytes(bytes(told))
    with suppress(StorageProblem):
        assert not step_back(folder, KEY, SUITE)
    assert version(folder / FILE_NAME) == VERSION + 1


def test_an_open_program_keeps_its_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = newer(folder, monkeypatch)
    with pytest.raises(StorageProblem):
        step_back(folder, KEY, SUITE)
    store.close()
    assert version(folder / FILE_NAME) == VERSION + 1


def test_killed_at_the_last_moment_it_is_one_or_the_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rename fails as if the power went: the newer database is whole, without a log that could meet another file."""
    newer(folder, monkeypatch).close()
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.name == f"{FILE_NAME}.new":
            raise OSError("gone")
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(StorageProblem):
            step_back(folder, KEY, SUITE)
    assert not (folder / f"{FILE_NAME}-wal").exists()
    assert version(folder / FILE_NAME) == VERSION + 1
    assert step_back(folder, KEY, SUITE)
    assert version(folder / FILE_NAME) == VERSION


def test_salvage_reads_what_a_newer_program_wrote(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The other way out: the older program carries the cases into a folder of its own."""
    store = newer(folder, monkeypatch)
    take_case(store)
    take_draft(store)
    store.close()
    found = salvage(folder, KEY, SUITE, tmp_path / "new")
    assert (found.cases, found.drafts, found.unsent, found.whole) == (2, 1, 1, True)
    store = SqlStore(tmp_path / "new", KEY, SUITE)
    with store.begin(reading=True) as uow:
        assert uow.drafts.all()[0].values["applicant.name"] == "冉样例二"
    store.close()
