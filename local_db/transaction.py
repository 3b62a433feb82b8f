"""One transaction on one connection, with the key hierarchy: what every repository stands on.

database key ──derive 'case-keys'──► wraps the case key of each draft or case ──► seals values, wraps blob keys
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, Result, delete, insert, select
from sqlalchemy.exc import DBAPIError

from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from clerk_app.errors import Bug
from clerk_app.ports import CipherSuite
from local_db.faults import damaged, spoken
from local_db.schema import case_key
from local_db.stopping import GoOn, asking

Rows = Sequence[Mapping[str, Any]] | Mapping[str, Any] | None


class Transaction:
    """Begins with its first statement, ends with ``commit`` or ``close``; after a commit the next statement begins anew."""

    def __init__(self, engine: Engine, suite: CipherSuite, database_key: bytes, *, reading: bool = False) -> None:
        self._engine, self.suite, self._reading = engine, suite, reading
        self._case_keys_key = suite.derive(database_key, "case-keys")
        self._connection: Connection | None = None
        self._keys: dict[str, bytes] = {}
        self._before_commit: list[Callable[[], None]] = []
        self._after_commit: list[Callable[[], None]] = []
        self.is_open = self._is_broken = False

    def execute(self, statement: Executable, rows: Rows = None) -> Result[Any]:
        """Run a statement and fetch all it returns. Raises a member of the error tree, never the driver's."""
        with spoken(reading=self._reading), self._once_broken_gone():
            result: Result[Any] = self._begun().execute(statement, rows)
            return result.freeze()() if isinstance(result, CursorResult) and result.returns_rows else result

    def change(self, statement: Executable) -> int:
        """Run an update or delete; returns how many rows it met."""
        with spoken(reading=self._reading), self._once_broken_gone():
            return self._begun().execute(statement).rowcount

    @contextmanager
    def asking(self, go_on: GoOn) -> Iterator[None]:
        """A long statement inside is broken off soon after ``go_on`` says no, with Stopped."""
        with asking(self._begun().connection.driver_connection, go_on):
            yield

    @contextmanager
    def _once_broken_gone(self) -> Iterator[None]:
        """A damaged page closes SQLCipher's connection for good, and after an I/O error nobody knows what one is worth: such a
        one is never lent again."""
        try:
            yield
        except DBAPIError:
            if self._reading and self._connection is not None:
                self._connection.invalidate()
            self._is_broken = True
            raise

    def _begun(self) -> Connection:
        if not self.is_open:
            raise Bug("一次存取已经结束，却还在使用。")
        if self._connection is None:
            connection = self._engine.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def before_commit(self, act: Callable[[], None]) -> None:
        """Something that must see the transaction's end state, such as whether a closed draft became a case."""
        self._before_commit.append(act)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Something that may only happen once the transaction is on disk, such as removing a blob's file."""
        self._after_commit.append(act)

    def commit(self) -> None:
        """Returns when it is on disk. StorageProblem leaves the outcome unknown."""
        if not self.is_open:
            raise Bug("一次存取已经结束，却还在使用。")
        while self._before_commit:
            self._before_commit.pop(0)()
        after, self._after_commit = self._after_commit, []
        if self._connection is not None:
            with spoken(), self._once_broken_gone():
                self._connection.commit()
            self._drop()
        for act in after:
            act()

    def close(self) -> None:
        """Roll back whatever is not committed."""
        self.is_open = False
        self._before_commit, self._after_commit = [], []
        if self._connection is not None:
            with spoken():
                try:
                    self._connection.rollback()
                finally:
                    self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        is_broken, self._is_broken = self._is_broken, False
        self._keys.clear()
        if connection is not None:
            if is_broken and not connection.invalidated:
                connection.invalidate()
            connection.close()

    # --- keys

    def key_of(self, owner: str, *, create: bool) -> bytes:
        """The case key of a draft or case, made at first need.

        Raises:
            StorageProblem: there is none (erased or never made), or it does not open.
        """
        if owner in self._keys:
            return self._keys[owner]
        wrapped = self.execute(select(case_key.c.wrapped).where(case_key.c.owner == owner)).scalar_one_or_none()
        context = _key_context(owner)
        if wrapped is None:
            if not create:
                raise damaged("这件办件的内容已被清除或打不开。")
            key = self.suite.new_key()
            sealed = self.suite.seal(self._case_keys_key, key, context)
            self.execute(insert(case_key), {"owner": owner, "wrapped": sealed})
        else:
            key = self.open_with(self._case_keys_key, wrapped, context)
        self._keys[owner] = key
        return key

    def fetch_keys(self, owners: Iterable[str]) -> None:
        """Get many case keys in few steps, before many rows are opened."""
        missing = [owner for owner in dict.fromkeys(owners) if owner not in self._keys]
        for start in range(0, len(missing), 500):
            wanted = select(case_key.c.owner, case_key.c.wrapped).where(
                case_key.c.owner.in_(missing[start : start + 500])
            )
            for row in self.execute(wanted):
                self._keys[row.owner] = self.open_with(self._case_keys_key, row.wrapped, _key_context(row.owner))

    def destroy_key(self, owner: str) -> None:
        """Erase for ever whatever is sealed for this owner, once committed."""
        self._keys.pop(owner, None)
        self.execute(delete(case_key).where(case_key.c.owner == owner))

    def seal(self, owner: str, value: Json, context: str) -> bytes:
        """A JSON value (no floats: ValueError) sealed for a case; ``context`` is its place, so that none can be moved."""
        return self.seal_bytes(owner, canonical_bytes(value), context)

    def open(self, owner: str, sealed: bytes, context: str) -> Json:
        """Raises StorageProblem when it does not open."""
        return parse_json(self.open_bytes(owner, sealed, context))

    def seal_bytes(self, owner: str, plain: bytes, context: str) -> bytes:
        return self.suite.seal(self.key_of(owner, create=True), plain, context.encode("utf-8"))

    def open_bytes(self, owner: str, sealed: bytes, context: str) -> bytes:
        """Raises StorageProblem when it does not open."""
        return self.open_with(self.key_of(owner, create=False), sealed, context.encode("utf-8"))

    def open_with(self, key: bytes, sealed: bytes, context: bytes) -> bytes:
        """Raises StorageProblem when it does not open."""
        try:
            return self.suite.open(key, sealed, context)
        except ValueError as error:
            raise damaged("有一条记录的内容打不开，可能已损坏。") from error


def opens_case_key(suite: CipherSuite, database_key: bytes, owner: str, wrapped: bytes) -> bool:
    """Whether a row of ``case_key`` is whole and this owner's."""
    try:
        suite.open(suite.derive(database_key, "case-keys"), wrapped, _key_context(owner))
    except ValueError:
        return False
    return True


def _key_context(owner: str) -> bytes:
    return b"case-key:" + owner.encode("utf-8")


def as_text(value: Json) -> str:
    """JSON for a column."""
    return canonical_bytes(value).decode("utf-8")


def from_text(text: str) -> Json:
    """What ``as_text`` wrote. Raises StorageProblem."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise damaged() from error
