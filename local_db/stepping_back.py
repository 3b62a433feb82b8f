"""After a new version of the program was taken back: the database goes back with it, if nothing was taken in the meantime.

Before a migration a checked copy is laid aside (engine.BEFORE_UPGRADE). What this program knows of both is compared in full, row by
row; only when the two hold the same does the copy take the database's place, and the newer one is kept beside it. Else nothing is
touched: the newer database waits, whole, for a program that can read it.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from shutil import copyfile

from clerk_app.durable import sync_file, sync_folder
from clerk_app.errors import AppError, StorageProblem
from clerk_app.ports import CipherSuite
from local_db.disk_words import disk_problem
from local_db.engine import BEFORE_UPGRADE, FILE_NAME, check_copy, connect, make_engine
from local_db.faults import spoken
from local_db.fingerprint import fingerprint
from local_db.schema import VERSION, metadata
from local_db.transaction import Transaction

LAID_ASIDE = "clerk.newer-{version}.db"


def step_back(folder: Path, key: bytes, suite: CipherSuite, uncounted: Collection[str] = ()) -> bool:
    """Whether the database of before is in its place again. False: something was taken since, or it cannot be proved that nothing
    was; then everything stays as it is. ``uncounted``: names of settings that a sign-in writes by itself.

    Raises:
        StorageProblem: the disk, or another program has the database open; the newer database is still in its place.
    """
    newer, before = folder / FILE_NAME, folder / BEFORE_UPGRADE.format(version=VERSION)
    if not before.is_file() or not _holds_the_same(newer, before, key, suite, uncounted):
        return False
    check_copy(before, key)
    with spoken(), closing(connect(newer, key)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        # Folds the write-ahead log into the file and removes it: an old log must never meet another database.
        if connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0] != "delete":
            raise StorageProblem("数据库还被别的程序开着。", what_is_safe="数据都在。", what_to_do="请先关掉它再试。")
    fresh = newer.with_name(newer.name + ".new")
    try:
        _keep(newer, folder / LAID_ASIDE.format(version=version))
        copyfile(before, fresh)
        sync_file(fresh)
        fresh.replace(newer)
        sync_folder(folder)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise disk_problem(error) from error
    return True


def _keep(newer: Path, aside: Path) -> None:
    aside.unlink(missing_ok=True)
    try:
        os.link(newer, aside)
    except OSError:  # a file system without links
        copyfile(newer, aside)
        sync_file(aside)


def _holds_the_same(newer: Path, before: Path, key: bytes, suite: CipherSuite, uncounted: Collection[str]) -> bool:
    """Every table that this program knows holds the same rows in both; a table that it does not know is empty."""
    known = set(metadata.tables)
    try:
        with spoken(), closing(connect(newer, key, reading=True)) as connection:
            names = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
            virtual = [name for name, sql in names if str(sql or "").upper().startswith("CREATE VIRTUAL")]
            for name, _sql in names:
                derived = any(name == each or name.startswith(f"{each}_") for each in virtual)
                if name in known or derived or name.startswith(("sqlite_", "alembic_")):
                    continue
                quoted = name.replace('"', '""')
                if connection.execute(f'SELECT 1 FROM "{quoted}" LIMIT 1').fetchone():  # noqa: S608 - its own catalogue
                    return False
        return _told(newer, key, suite, uncounted) == _told(before, key, suite, uncounted)
    except AppError:
        return (
            False  # a column that this program knows is not there any more, or a page is damaged: nothing can be proved
        )


def _told(path: Path, key: bytes, suite: CipherSuite, uncounted: Collection[str]) -> str:
    engine = make_engine(path, key, reading=True)
    transaction = Transaction(engine, suite, key, reading=True)
    transaction.is_open = True
    try:
        return fingerprint(transaction, uncounted)
    finally:
        transaction.close()
        engine.dispose()
