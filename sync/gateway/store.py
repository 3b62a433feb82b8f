"""The gateway's database: SQLite (WAL, synchronous=FULL) in its data folder, or any other by URL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from clerk_app.errors import StorageProblem
from sync.gateway.schema import counter, metadata

FILE = "gateway.db"
BUSY_S = 10


class GatewayFull(StorageProblem):
    """No room left on the gateway's disk."""


class GatewayStore:
    """Transactions on the gateway's tables; safe to use from several threads and processes."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self._engine = _open(folder, database_url)
        self._reader = self._engine.execution_options(reading=True)
        try:
            metadata.create_all(self._engine)
        except SQLAlchemyError as error:
            raise storage_problem(error) from error

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


class Counter:
    """Numbers of one scope, from 1, gapless among committed transactions: the row is locked until the transaction ends.

    ``next`` counts in memory; ``keep`` writes the last one, in the same transaction.
    """

    def __init__(self, connection: Connection, scope: str) -> None:
        self._connection, self._scope = connection, scope
        query = select(counter.c.value).where(counter.c.scope == scope).with_for_update()
        self._stored: int | None = connection.execute(query).scalar()
        self._value = self._stored or 0

    def next(self) -> int:
        self._value += 1
        return self._value

    def keep(self) -> None:
        """Raises IntegrityError when another transaction began the scope meanwhile: try again."""
        if self._stored is None:
            self._connection.execute(insert(counter).values(scope=self._scope, value=self._value))
        elif self._stored != self._value:
            self._connection.execute(update(counter).where(counter.c.scope == self._scope).values(value=self._value))


def storage_problem(error: BaseException) -> StorageProblem:
    """A database or file error as one of ours; its text never carries parameters."""
    text = str(getattr(error, "orig", error)).lower()
    if "full" in text or "no space" in text:
        return GatewayFull(
            "前置磁盘已满。", what_is_safe="已回执的办件都在。", what_to_do="请腾出空间，窗口会自动重送。"
        )
    return StorageProblem(
        "前置的数据库暂时不能用。", what_is_safe="已回执的办件都在。", what_to_do="请检查数据目录和磁盘后重启前置。"
    )


def _open(folder: Path, database_url: str) -> Engine:
    if database_url and not database_url.startswith("sqlite"):
        return create_engine(database_url, pool_pre_ping=True)
    engine = create_engine(
        database_url or f"sqlite:///{folder / FILE}", connect_args={"timeout": BUSY_S, "check_same_thread": False}
    )

    def on_connect(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # transactions begin where we say, not where sqlite3 guesses
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_S * 1000}"):
            raw.execute(f"PRAGMA {pragma}").close()

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine
