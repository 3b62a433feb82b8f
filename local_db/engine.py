"""Opening the encrypted file: SQLCipher with a raw key, WAL, synchronous=FULL, and every way that this can go wrong.

The file is never changed before its key, its kind and its version are known. ``cipher_memory_security`` stays off: it
made each unit of work seven times slower (2.2 ms against 0.3 ms) to guard memory that Python copies freely anyway.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from clerk_app.domain.numbering import COPIED
from clerk_app.durable import make_folder, sync_file, sync_folder
from clerk_app.errors import Bug, KeyProblem, StorageProblem
from local_db.disk_words import disk_problem
from local_db.faults import damaged, in_words, spoken
from local_db.schema import VERSION
from local_db.stopping import GoOn, always, asking, look_up

FILE_NAME = "clerk.db"
APPLICATION_ID = 0x596B4361
BUSY_S = 5.0
_PLAIN_HEADER = b"SQLite format 3\0"
_SMALLEST = 512
_PAGES_AT_ONCE = 4096
_TELL = "请把这句话告诉技术支持。"
_KEPT = {"reading": 2, "writing": 1}
_FOLD_AT_PAGES = 4000
"""Folding the log into the file costs two fsyncs and writes each page again: at 16 MB, not at SQLite's 4 (a fifth faster)."""
_CACHE_KIB = {"reading": 24 * 1024, "writing": 8 * 1024}
BEFORE_UPGRADE = "clerk.before-{version}.db"
"""The verified copy that is made before a migration; it stays until the next one."""


class NewerDatabase(StorageProblem):
    """A newer program wrote this database; this one cannot open it and does not touch it."""


def connect(path: Path, key: bytes, *, reading: bool = False, any_thread: bool = False, busy_s: float = BUSY_S) -> Any:
    """A connection of the driver with every PRAGMA set; it issues no BEGIN of its own.

    Raises:
        sqlcipher3.dbapi2.Error: see faults.in_words.
    """
    connection = dbapi2.connect(
        path.absolute().as_uri() + "?mode=rw",
        uri=True,
        timeout=busy_s,
        isolation_level=None,
        check_same_thread=not any_thread,
    )
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")  # it would write English to the clerk's terminal
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")  # nothing in the clear, not even a sort
        connection.execute("PRAGMA secure_delete = ON")  # an erased case key leaves no trace in free pages
        connection.execute("PRAGMA trusted_schema = OFF")
        if reading:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def make_engine(path: Path, key: bytes, *, reading: bool, busy_s: float = BUSY_S) -> Engine:
    """A unit of work has its connection for itself; between two, one writer and a few readers are kept, with pages that need
    not be decrypted again: looking for a name among a million cases is mostly that, and a courier that settles what it read a
    moment ago does a third less. Writers take the write lock at once (BEGIN IMMEDIATE), so that what a use case reads is
    still true when it writes."""

    kind = "reading" if reading else "writing"

    def made() -> Any:
        connection = connect(path, key, reading=reading, any_thread=True, busy_s=busy_s)
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB[kind]}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_FOLD_AT_PAGES}")
        return connection

    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=made,
        hide_parameters=True,  # personal data never stands in an exception
        poolclass=QueuePool,
        pool_size=_KEPT[kind],
        max_overflow=64,
        pool_use_lifo=True,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def open_file(path: Path, key: bytes, *, create: bool, busy_s: float = BUSY_S) -> Any:
    """Check the file, bring it up to date, and return the keeper: an idle connection that keeps the WAL in use, or else
    SQLite would fold and remove it after every unit of work.

    Raises:
        StorageProblem: missing, foreign, damaged, locked, full, of a newer version. KeyProblem: the key does not fit.
    """
    _check_before(path, create=create)
    keeper = _try_to_open(path, key, busy_s)
    try:
        with spoken():
            _check_after(keeper)
            if keeper.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                keeper.execute("PRAGMA journal_mode = WAL")
            if (version := keeper.execute("PRAGMA user_version").fetchone()[0]) < VERSION:
                _upgrade(path, key, busy_s, version)
    except BaseException:
        keeper.close()
        raise
    return keeper


def _check_before(path: Path, *, create: bool) -> None:
    try:
        if create and not path.exists():
            make_folder(path.parent)
            path.touch(mode=0o600)
        with path.open("rb") as file:
            head = file.read(len(_PLAIN_HEADER))
            size = file.seek(0, 2)
    except FileNotFoundError as error:
        raise StorageProblem(
            "数据文件夹里没有数据库文件。",
            what_is_safe="程序没有改动任何文件。",
            what_to_do="请确认文件夹选对了；如果数据库被移走，请把它放回原处，不要重新初始化。",
        ) from error
    except OSError as error:
        raise disk_problem(error) from error
    if head == _PLAIN_HEADER:
        raise StorageProblem(
            "数据文件夹里的数据库不是本程序的（没有加密）。",
            what_is_safe="程序没有改动它。",
            what_to_do="请确认文件夹选对了。",
        )
    if size < _SMALLEST and not (create and size == 0):
        raise damaged("数据库文件是空的或不完整。")


def _try_to_open(path: Path, key: bytes, busy_s: float) -> Any:
    try:
        keeper = connect(path, key, any_thread=True, busy_s=busy_s)
        try:
            keeper.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            keeper.close()
            raise
    except dbapi2.Error as error:
        if str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_NOTADB"):
            # SQLCipher cannot tell a wrong key from a damaged first page: both fail its integrity check.
            raise KeyProblem(
                "数据库打不开：钥匙与它不配，或文件开头已损坏，或它不是本程序的数据库。",
                what_is_safe="程序没有改动它。",
                what_to_do="请确认文件夹选对了；不要重装，先把整个数据文件夹复制一份，再联系技术支持。",
            ) from error
        raise in_words(error) from error
    return keeper


def _check_after(keeper: Any) -> None:
    application, version = (
        keeper.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    tables = keeper.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise StorageProblem(
            "这个数据库是别的程序的。", what_is_safe="程序没有改动它。", what_to_do="请确认文件夹选对了。"
        )
    if version > VERSION:
        raise NewerDatabase(
            "数据库是更新版本的程序写的，本版打不开。",
            what_is_safe="程序没有改动它，办件都在，一件没丢。",
            what_to_do="请升级程序后再打开。",
        )


def _upgrade(path: Path, key: bytes, busy_s: float, version: int) -> None:
    """In one transaction, a verified copy beside it before; another program may have done it while this one waited."""
    if version:
        copy_database(path, key, path.with_name(BEFORE_UPGRADE.format(version=version)), mark=False)
    engine = make_engine(path, key, reading=False, busy_s=busy_s)
    try:
        with engine.begin() as connection:
            if connection.exec_driver_sql("PRAGMA user_version").scalar_one() < VERSION:
                from local_db.upgrade import upgrade

                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                try:
                    upgrade(connection)
                except IntegrityError as error:  # ours: the clerk has done nothing twice
                    raise Bug("数据库没有升级成。", what_is_safe="升级前的样子没有变。", what_to_do=_TELL) from error
    finally:
        engine.dispose()


def copy_database(source: Path, key: bytes, target: Path, *, mark: bool = True, go_on: GoOn = always) -> None:
    """An encrypted copy at one moment's state while others work on: written beside, checked, then renamed over ``target``.

    ``mark``: it says of itself that it is a copy (numbering.COPIED), for the day when somebody puts it in the place of its original.

    Raises:
        StorageProblem: no room, or the copy does not check out; an older ``target`` is untouched. Stopped: nothing is left of it.
    """
    fresh = target.with_name(target.name + ".new")
    with spoken():
        try:
            _remove(fresh)
            make_folder(target.parent)
            fresh.touch(mode=0o600)
            with closing(connect(source, key, reading=True)) as here, closing(connect(fresh, key)) as there:
                here.backup(there, pages=_PAGES_AT_ONCE, progress=lambda *_done: look_up(go_on))
                there.execute("PRAGMA journal_mode = DELETE")
                if mark:
                    mark_as_copy(there)
            check_copy(fresh, key, go_on)
            sync_file(fresh)
            fresh.replace(target)
            sync_folder(target.parent)
        except OSError as error:
            raise disk_problem(error) from error
        finally:
            _remove(fresh)


def check_ours(path: Path) -> None:
    """Before a key is tried: there is a file, and it can be a database of ours. Raises StorageProblem."""
    _check_before(path, create=False)


def mark_as_copy(connection: Any) -> None:
    """See numbering.COPIED."""
    connection.execute("INSERT OR REPLACE INTO config (name, value) VALUES (?, '1')", (COPIED,))


def check_copy(path: Path, key: bytes, go_on: GoOn = always) -> None:
    """Read every page of a copy. Raises StorageProblem or KeyProblem when it is not whole, Stopped."""
    with closing(_try_to_open(path, key, BUSY_S)) as copy, spoken(), asking(copy, go_on):
        pages = copy.execute("PRAGMA cipher_integrity_check").fetchall()
        look_up(go_on)
        rows = [row[0] for row in copy.execute("PRAGMA quick_check")]
        if pages or rows != ["ok"]:
            raise damaged("数据库的副本没有通过检查。")


def _remove(path: Path) -> None:
    for name in (path.name, path.name + "-wal", path.name + "-shm", path.name + "-journal"):
        path.with_name(name).unlink(missing_ok=True)
