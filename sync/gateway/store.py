"""The gateway's database: SQLite (WAL, synchronous=FULL) in its data folder, or PostgreSQL by URL."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    bindparam,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from clerk_app.errors import StorageProblem
from sync.gateway.group import GroupCommit
from sync.gateway.schema import counter

FILE = "gateway.db"
BUSY_S = 10
SCHEMA = "0002"
"""The newest step in migrations/versions."""
ORDINAL_BLOCK = 500
_UPGRADE_LOCK = 0x636C65726B
_T = TypeVar("_T")


class GatewayFull(StorageProblem):
    """No room left on the gateway's disk."""


class GatewayStore:
    """Transactions on the gateway's tables; safe to use from several threads and processes."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self._engine = _open(folder, database_url)
        self._reader = self._engine.execution_options(reading=True)
        self._looker = self._engine.execution_options(looking=True)
        self._group = GroupCommit(self.transaction)
        self._ordinal_lock = threading.Lock()
        self._ordinals = range(0)
        try:
            with self.transaction() as connection:
                self._bring_up_to_date(connection)
        except StorageProblem:
            self.close()
            raise

    @property
    def kind(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    def together(self, job: Callable[[Connection], _T], order: str = "") -> _T:
        """Run a job in a transaction that other threads' jobs may share: one commit makes all of them durable.

        The job may be run a second time, alone, when another one spoils the shared transaction. ``order``: what it locks first.

        Raises:
            StorageProblem: nothing of this job was kept. Whatever else the job raises.
        """
        return self._group.run(job, order)

    def ordinals(self, count: int) -> Iterator[int]:
        """``count`` numbers that no other case has, growing within this process; taken in blocks, so that processes do not queue
        for one row. Numbers that are not used leave gaps, which mean nothing. Not to be called inside a transaction."""
        with self._ordinal_lock:
            if len(self._ordinals) < count:
                with self.transaction() as connection:
                    counter_row = Counter(connection, "case")
                    first = counter_row.next()
                    last = counter_row.next(first + count + ORDINAL_BLOCK)
                    counter_row.keep()
                self._ordinals = range(first, last + 1)
            mine, self._ordinals = self._ordinals[:count], self._ordinals[count:]
        return iter(mine)

    def _bring_up_to_date(self, connection: Connection) -> None:
        if self.kind == "postgresql":  # several processes may start at once
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
        versions = inspect(connection).has_table("alembic_version")
        held = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if versions else ""
        if held == SCHEMA:
            return
        if held and held > SCHEMA:
            raise StorageProblem(
                "这个前置数据库是更新的版本建的。",
                what_is_safe="没有改动任何数据。",
                what_to_do="请用新版本的程序启动。",
            )
        from sync.gateway.upgrade import upgrade

        upgrade(connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Committed and durable when the block is left well; nothing at all otherwise.

        Raises:
            StorageProblem: the database failed (GatewayFull when the disk is full).
        """
        with self._guarded(self._engine) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view; waits for no writer. Raises StorageProblem."""
        with self._guarded(self._reader) as connection:
            yield connection

    def look(self, statement: Select[Any], parameters: Mapping[str, object]) -> Sequence[Row[*tuple[Any, ...]]]:
        """The rows of one query, which is a consistent view by itself. Raises StorageProblem."""
        with self._guarded(self._looker) as connection:
            return connection.execute(statement, parameters).all()

    @contextmanager
    def _guarded(self, engine: Engine) -> Iterator[Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise storage_problem(error) from error

    def close(self) -> None:
        self._engine.dispose()


_PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "wal_autocheckpoint=4000",  # folding costs two fsyncs each time: less often than at SQLite's 1,000 pages
    f"busy_timeout={BUSY_S * 1000}",
)
_MINE = counter.c.scope == bindparam("of")
_COUNTED = select(counter.c.value).where(_MINE).with_for_update()
_COUNT_BEGINS, _COUNT_GOES_ON = insert(counter), update(counter).where(_MINE)


class Counter:
    """Numbers of one scope, from 1, gapless among committed transactions: the row is locked until the transaction ends.

    ``next`` counts in memory; ``keep`` writes the last one, in the same transaction.
    """

    def __init__(self, connection: Connection, scope: str) -> None:
        self._connection, self._scope = connection, scope
        self._stored: int | None = connection.execute(_COUNTED, {"of": scope}).scalar()
        self._value = self._stored or 0

    def next(self, at_least: int = 0) -> int:
        """The next number, or ``at_least`` where that is more: what follows the clock never repeats after a restore."""
        self._value = max(self._value + 1, at_least)
        return self._value

    def pass_over(self, number: int) -> None:
        """Numbers up to this one were given before."""
        self._value = max(self._value, number)

    def keep(self) -> None:
        """Raises IntegrityError when another transaction began the scope meanwhile: try again."""
        if self._stored is None:
            self._connection.execute(_COUNT_BEGINS, {"scope": self._scope, "value": self._value})
        elif self._stored != self._value:
            self._connection.execute(_COUNT_GOES_ON, {"of": self._scope, "value": self._value})


def storage_problem(error: BaseException) -> StorageProblem:
    """A database or file error as one of ours; its text never carries parameters."""
    said = str(getattr(error, "orig", error)).lower()
    if "full" in said or "no space" in said:
        return GatewayFull(
            "前置磁盘已满。", what_is_safe="已回执的办件都在。", what_to_do="请腾出空间，窗口会自动重送。"
        )
    return StorageProblem(
        "前置的数据库暂时不能用。", what_is_safe="已回执的办件都在。", what_to_do="请检查数据目录和磁盘后重启前置。"
    )


def _open_server(database_url: str) -> Engine:
    try:
        # Each worker's threads share the pool; what a lost server took with it is noticed before it is used.
        return create_engine(database_url, pool_pre_ping=True, pool_size=8, max_overflow=24, pool_timeout=BUSY_S)
    except (SQLAlchemyError, ImportError) as error:
        raise StorageProblem(
            "数据库地址不对，或没有装它的驱动。", what_to_do="请写成 postgresql+psycopg://用户@主机/库名。"
        ) from error


def _keep_a_log(raw: Any) -> None:
    """While another process founds the database, or folds its log as it ends, SQLite says at once that it is locked."""
    until = time.monotonic() + BUSY_S
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)


def _open(folder: Path, database_url: str) -> Engine:
    if database_url and not database_url.startswith("sqlite"):
        return _open_server(database_url)
    engine = create_engine(
        database_url or f"sqlite:///{folder / FILE}", connect_args={"timeout": BUSY_S, "check_same_thread": False}
    )

    def on_connect(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # transactions begin where we say, not where sqlite3 guesses
        for pragma in _PRAGMAS:
            raw.execute(f"PRAGMA {pragma}").close()
        _keep_a_log(raw)

    def on_begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("looking"):  # SQLite gives a single query its own moment
            connection.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine
