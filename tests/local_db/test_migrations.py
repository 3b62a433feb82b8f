"""Migrations: the revisions and schema.py agree, a failed one leaves nothing, and start-up does not pay for Alembic."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlcipher3 import dbapi2

import local_db.upgrade
from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.canonical import bytes_hash
from clerk_app.errors import StorageProblem
from local_db.cases import SEARCH_CUT
from local_db.engine import connect, make_engine
from local_db.schema import VERSION, metadata
from local_db.unit_of_work import SqlStore
from tests.local_db.crash_writer import accept

KEY = bytes(range(32))
SUITE = InternationalSuite(os.urandom)
ROOT = Path(__file__).parents[2]


def test_the_revisions_make_the_schema(tmp_path: Path) -> None:
    SqlStore(tmp_path, KEY, SUITE, create=True).close()
    engine = make_engine(tmp_path / "clerk.db", KEY, reading=True)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: not str(name).startswith("case_search")}
        )
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == f"{VERSION:04d}"
    config = Config()
    config.set_main_option("script_location", str(ROOT / "local_db" / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [f"{VERSION:04d}"]
    assert all(not hasattr(script.module, "downgrade") for script in scripts.walk_revisions())


def test_a_migration_happens_wholly_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = local_db.upgrade.upgrade

    def breaks_off(connection: Connection) -> None:
        real(connection)
        connection.exec_driver_sql("CREATE TABLE clerk (twice)")

    with monkeypatch.context() as patch:
        patch.setattr(local_db.upgrade, "upgrade", breaks_off)
        with pytest.raises(Exception, match="程序错误"):
            SqlStore(tmp_path, KEY, SUITE, create=True)
    raw = connect(tmp_path / "clerk.db", KEY)
    assert raw.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    assert raw.execute("PRAGMA user_version").fetchone() == (0,)
    raw.close()
    store = SqlStore(tmp_path, KEY, SUITE)
    assert accept(store)
    store.close()


def test_a_full_disk_during_the_first_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def small(path: Path, key: bytes, **options: bool) -> dbapi2.Connection:
        connection = connect(path, key, **options)
        connection.execute("PRAGMA max_page_count = 8")
        return connection

    with monkeypatch.context() as patch:
        patch.setattr("local_db.engine.connect", small)
        with pytest.raises(StorageProblem, match="磁盘满了"):
            SqlStore(tmp_path, KEY, SUITE, create=True)
    SqlStore(tmp_path, KEY, SUITE).close()


def test_opening_an_up_to_date_database_imports_no_alembic(tmp_path: Path) -> None:
    SqlStore(tmp_path, KEY, SUITE, create=True).close()
    code = (
        "import os, sys; from pathlib import Path; from local_db.unit_of_work import SqlStore\n"
        "from clerk_app.crypto.international import InternationalSuite\n"
        "SqlStore(Path(sys.argv[1]), bytes(range(32)), InternationalSuite(os.urandom)).close()\n"
        "print([name for name in ('alembic', 'mako', 'keyring') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("version", range(1, VERSION))
def test_a_database_of_each_earlier_schema_comes_along_whole(tmp_path: Path, version: int) -> None:
    folder = tmp_path / "data"
    shutil.copytree(Path(__file__).parent / "files" / f"schema_{version:04d}", folder)
    raw = connect(folder / "clerk.db", KEY)
    tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%'")]
    kept = [name for name in tables if not name.startswith(("case_search", "alembic"))]
    columns = {name: ", ".join(f'"{row[1]}"' for row in raw.execute(f'PRAGMA table_info("{name}")')) for name in kept}
    before = {name: raw.execute(f'SELECT {columns[name]} FROM "{name}"').fetchall() for name in kept}
    assert raw.execute("PRAGMA user_version").fetchone() == (version,)
    raw.close()
    store = SqlStore(folder, KEY, SUITE)
    with store.begin(reading=True) as uow:
        assert [case.id for case in uow.cases.search("sxm")] == ["c2"]  # the new index holds the old cases
        assert [message.id for message in uow.outbox.queue()] == ["mc2", "mc3", "mc4"][: version + 1]
        draft = uow.drafts.get("d1")
        assert draft is not None
        assert draft.values["applicant.name"] == "冉样例"
        for case in uow.cases.page():
            page = case.id.encode() * 3000
            assert uow.attachments.read(case.id, bytes_hash(page)) == page
    assert store.quick_check() == ()
    store.close()
    for path in (folder / "clerk.db", folder / f"clerk.before-{version}.db"):
        raw = connect(path, KEY)
        for name in kept:
            rows = raw.execute(f'SELECT {columns[name]} FROM "{name}"').fetchall()
            assert [row for row in rows if row[0] != SEARCH_CUT] == before[name], name
        raw.close()


def test_no_migration_without_its_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    shutil.copytree(Path(__file__).parent / "files" / "schema_0001", folder)

    def no_room(path: Path) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr("local_db.engine.sync_file", no_room)
        with pytest.raises(StorageProblem, match="磁盘满了"):
            SqlStore(folder, KEY, SUITE)
    raw = connect(folder / "clerk.db", KEY)
    assert raw.execute("PRAGMA user_version").fetchone() == (1,)
    raw.close()
    assert not list(folder.glob("*.new*"))
    SqlStore(folder, KEY, SUITE).close()
