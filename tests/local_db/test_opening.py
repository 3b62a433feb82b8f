"""Opening the database: the settings that durability stands on, and every file that is not what it should be."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from clerk_app.crypto.guomi import GuomiSuite
from clerk_app.crypto.international import InternationalSuite
from clerk_app.errors import EnvironmentProblem, KeyProblem, StorageProblem
from local_db.engine import connect
from local_db.schema import VERSION
from local_db.single_instance import WindowLock
from local_db.unit_of_work import SqlStore
from tests.local_db.crash_writer import accept

KEY = bytes(range(32))
SUITE = InternationalSuite(os.urandom)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed database of some size."""
    folder = tmp_path_factory.mktemp("grown")
    store = SqlStore(folder, KEY, SUITE, create=True)
    for _ in range(60):
        accept(store)
    store.close()
    return folder


@pytest.fixture
def folder(grown: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(grown, tmp_path / "data"))


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / "clerk.db").read_bytes()).hexdigest()


def refused(folder: Path, key: bytes = KEY) -> EnvironmentProblem:
    """The problem that opening gives; the file must be as before, and the sentence whole and calm."""
    before = digest(folder)
    with pytest.raises(EnvironmentProblem) as caught:
        SqlStore(folder, key, SUITE, busy_s=0.05)
    assert digest(folder) == before
    assert caught.value.what_is_safe
    assert caught.value.what_to_do
    assert not any("a" <= char <= "z" for char in caught.value.sentence())
    return caught.value


# --- settings


@pytest.mark.parametrize("reading", [True, False])
def test_the_pragmas_of_every_unit_of_work(folder: Path, reading: bool) -> None:
    store = SqlStore(folder, KEY, SUITE)
    with store.begin(reading=reading) as uow:
        uow.cases.count()

        def pragma(name: str) -> object:
            return uow.attachments.transaction.execute(text(f"PRAGMA {name}")).scalar()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2
        assert pragma("foreign_keys") == 1
        assert pragma("temp_store") == 2
        assert pragma("secure_delete") == 1
        assert pragma("cipher_version")
        assert pragma("user_version") == VERSION
        assert pragma("query_only") == int(reading)
    store.close()


def test_the_file_is_for_this_user_only(folder: Path, tmp_path: Path) -> None:
    store = SqlStore(tmp_path / "deep" / "new", KEY, SUITE, create=True)
    accept(store)
    for path in (tmp_path / "deep" / "new").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path.name
    store.close()


# --- files that are not what they should be


def test_a_missing_file_is_never_an_empty_start(tmp_path: Path) -> None:
    with pytest.raises(StorageProblem, match="没有数据库文件"):
        SqlStore(tmp_path, KEY, SUITE)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_key(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    problem = refused(folder, bytes(32))
    assert capfd.readouterr() == ("", "")  # SQLCipher would otherwise write English to the clerk's terminal
    assert isinstance(problem, KeyProblem)
    assert "钥匙" in problem.message


def test_a_foreign_plain_database(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "clerk.db") as foreign:
        foreign.execute("CREATE TABLE t (a)")
    foreign.close()
    assert "没有加密" in refused(tmp_path).message


def test_a_foreign_encrypted_database_with_the_same_key(tmp_path: Path) -> None:
    (tmp_path / "clerk.db").touch()
    foreign = connect(tmp_path / "clerk.db", KEY)
    foreign.execute("CREATE TABLE t (a)")
    foreign.close()
    assert "别的程序" in refused(tmp_path).message


def test_a_foreign_file(tmp_path: Path) -> None:
    (tmp_path / "clerk.db").write_bytes(random.Random(1).randbytes(20_000))
    assert isinstance(refused(tmp_path), KeyProblem)


@pytest.mark.parametrize("size", [0, 100])
def test_a_file_cut_to_nothing(folder: Path, size: int) -> None:
    os.truncate(folder / "clerk.db", size)
    assert "不完整" in refused(folder).message


def test_a_newer_database_is_left_alone(folder: Path) -> None:
    connection = connect(folder / "clerk.db", KEY)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    problem = refused(folder)
    assert "更新版本" in problem.message
    assert "升级" in problem.what_to_do


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "clerk.db").mkdir()
    with pytest.raises(StorageProblem, match="读写失败"):
        SqlStore(tmp_path, KEY, SUITE)


def read_all(store: SqlStore) -> int:
    with store.begin(reading=True) as uow:
        list(uow.journal.entries())
        return len(uow.cases.page(limit=1000)) + len(uow.outbox.open())


@pytest.mark.parametrize("seed", range(12))
def test_random_damage_is_found_and_never_read_as_data(folder: Path, seed: int) -> None:
    chance, path = random.Random(seed), folder / "clerk.db"
    data = bytearray(path.read_bytes())
    at = chance.randrange(4096, len(data) - 4096)
    data[at : at + 4096] = chance.randbytes(4096)
    path.write_bytes(data)
    try:
        store = SqlStore(folder, KEY, SUITE)
    except EnvironmentProblem:
        return
    try:
        assert any("损坏" in fault for fault in store.quick_check())
        try:
            assert read_all(store) == 120
        except StorageProblem as problem:
            assert "损坏" in problem.message  # noqa: PT017 - reading may also miss the damaged page altogether
    finally:
        store.close()


def test_a_file_cut_in_the_middle(folder: Path) -> None:
    os.truncate(folder / "clerk.db", 5 * 4096)
    try:
        store = SqlStore(folder, KEY, SUITE)
    except EnvironmentProblem:
        return
    with pytest.raises(StorageProblem):
        read_all(store)
    store.close()


# --- others at the same file


@pytest.fixture
def locked(folder: Path) -> Iterator[Path]:
    other = connect(folder / "clerk.db", KEY)
    other.execute("BEGIN EXCLUSIVE")
    yield folder
    other.rollback()
    other.close()


def test_another_writer_makes_one_wait_and_then_say_so(locked: Path) -> None:
    store = SqlStore(locked, KEY, SUITE, busy_s=0.05)
    with store.begin() as uow, pytest.raises(StorageProblem, match="占用"):
        uow.numbers.next("day")
    assert read_all(store) == 120  # looking goes on
    store.close()


def test_two_programs_may_found_it_at_once(tmp_path: Path) -> None:
    stores: list[SqlStore] = []
    start = threading.Barrier(3)

    def found() -> None:
        start.wait(20)
        stores.append(SqlStore(tmp_path, KEY, SUITE, create=True))

    threads = [threading.Thread(target=found) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(stores) == 3
    accept(stores[0])
    assert [read_all(store) for store in stores] == [2, 2, 2]
    for store in stores:
        store.close()


def test_one_window_per_folder(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from local_db.single_instance import WindowLock\n"
    code += "with WindowLock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StorageProblem, match="已经开着"), WindowLock(tmp_path):
        pass
    holder.kill()
    holder.communicate()
    with WindowLock(tmp_path), pytest.raises(StorageProblem), WindowLock(tmp_path):
        pass
    with WindowLock(tmp_path):
        pass


def test_a_database_of_another_suite_is_not_opened_and_not_touched(tmp_path: Path) -> None:
    SqlStore(tmp_path, KEY, GuomiSuite(os.urandom), create=True).close()
    before = (tmp_path / "clerk.db").read_bytes()
    with pytest.raises(KeyProblem, match="另一种加密方式"):
        SqlStore(tmp_path, KEY, SUITE)
    assert (tmp_path / "clerk.db").read_bytes() == before
    SqlStore(tmp_path, KEY, GuomiSuite(os.urandom)).close()
