"""The tables of a damaged file: which leaves are whose, also where the schema, a root or an inner page does not open.

Every page is looked at once. A tree is walked from its root as far as it opens. What hangs below a page that does not open, or has
lost its name with a page of the schema, is a tree top without an owner; it goes to the one broken table whose rows have its form.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table

from local_db.raw_pages import (
    INDEX_INNER,
    INNER,
    LEAF,
    RawPages,
    Record,
    Unreadable,
    Value,
    children_of,
    kind_of,
    records_of,
)
from local_db.schema import metadata

Range = tuple[int, int]
"""Row ids after the first and up to the second."""
EVERYTHING: Range = (-(2**63), 2**63)
_BAD = 0xFF
_MOST_PAGES = 2**32 - 2


@dataclass(slots=True)
class RawTable:
    """``columns`` as they lie in the file. ``leaves`` in order, ``strays`` among them: found without their inner page. ``gaps``: row
    ids that may be lost, a range for each damaged leaf."""

    name: str
    columns: tuple[str, ...]
    root: int = 0
    leaves: list[int] = field(default_factory=list)
    strays: list[int] = field(default_factory=list)
    gaps: list[Range] = field(default_factory=list)
    broken: bool = False


class RawTables:
    """Raises OSError when the file cannot be read at all."""

    def __init__(self, pages: RawPages) -> None:
        self._pages = pages
        self._kinds = bytearray(pages.count + 1)
        self._parent = array("I", bytes(4 * (pages.count + 1)))
        self._inner: dict[int, list[tuple[int, int | None]]] = {}
        self._cut_short = False
        for number in range(1, pages.count + 1):
            self._look_at(number)
        self._roots: dict[str, int] = {}
        self._sql: dict[str, str] = {}
        self._schema_pages: set[int] = set()
        self._read_schema()
        self.tables = {table.name: self._table(table) for table in metadata.sorted_tables}
        for table in self.tables.values():
            self._walk_from_root(table)
        self._give_out_tops()
        self._count_the_unknown()

    @property
    def bad(self) -> list[int]:
        """Pages that do not open."""
        return [number for number in range(1, self._pages.count + 1) if self._kinds[number] == _BAD]

    def rows(self, name: str) -> Iterator[tuple[int, dict[str, Value]]]:
        """Row ids and readable rows of a table by column; a row that is not readable becomes a gap."""
        table = self.tables[name]
        alias = _alias(metadata.tables[name])
        for number in table.leaves:
            for row_id, record in self._records(number):
                if record is None or len(record) > len(table.columns):
                    table.gaps.append((row_id - 1, row_id))
                    continue
                row = dict(zip(table.columns, record, strict=False))
                if alias:
                    row[alias] = row_id
                yield row_id, row

    def doubtful(self, name: str) -> Iterator[dict[str, Value]]:
        """Rows of a table's damaged leaves, as far as SQLite's form holds: none of them is proved by anything."""
        table = self.tables[name]
        if not table.gaps:
            return
        for number in (n for n in self.bad if n == table.root or self._belongs(n, table.root)):
            with suppress(Unreadable, OSError):
                page = self._pages.page(number, unproved=True)
                if kind_of(page, number) == LEAF:
                    for _row_id, record in records_of(self._pages, page, number):
                        if record is not None and len(record) == len(table.columns):
                            yield dict(zip(table.columns, record, strict=True))

    # --- inside

    def _belongs(self, number: int, root: int) -> bool:
        for _depth in range(20):
            if number == root:
                return True
            if not (number := self._parent[number]):
                return False
        return False

    def _look_at(self, number: int) -> None:
        try:
            page = self._pages.page(number)
            kind = kind_of(page, number)
            if kind in {INNER, INDEX_INNER}:
                most = _MOST_PAGES if self._pages.verified else self._pages.count
                below = [(child, key) for child, key in children_of(page, number) if 1 < child <= most]
                for child, _key in below:
                    if child <= self._pages.count:
                        self._parent[child] = number
                    else:
                        self._cut_short = True
                if kind == INNER:
                    self._inner[number] = below
        except (Unreadable, OSError):
            kind = _BAD
        self._kinds[number] = kind

    def _kind(self, number: int) -> int:
        return (
            self._kinds[number] if number <= self._pages.count else _BAD
        )  # beyond the end of a file that was cut short

    def _records(self, number: int) -> Iterator[tuple[int, Record | None]]:
        with suppress(Unreadable, OSError):
            yield from records_of(self._pages, self._pages.page(number), number)

    def _leaves(self, top: int, bounds: Range) -> Iterator[tuple[int, Range]]:
        """Leaves below a page with their row ids' bounds, damaged pages too."""
        todo, seen = [(top, bounds)], set[int]()
        while todo:
            number, (low, high) = todo.pop()
            if number in seen:
                continue
            seen.add(number)
            if number not in self._inner:
                yield number, (low, high)
                continue
            below, after = list[tuple[int, Range]](), low
            for child, key in self._inner[number]:
                until = high if key is None else key
                below.append((child, (after, until)))
                after = until
            todo += reversed(below)

    def _read_schema(self) -> None:
        if not self._pages.count:
            return
        first = [number for number, _bounds in self._leaves(1, EVERYTHING)]
        for number in (*first, *self._tops()):
            if self._kind(number) != LEAF:
                continue
            for _row_id, record in self._records(number):
                if record is None or not _is_schema(record):
                    break
                self._schema_pages.add(number)
                kind, name, _of, root, sql = record
                if isinstance(root, int) and root > 0:
                    self._roots[f"{kind!s}:{name!s}"] = root
                    self._sql[str(name)] = str(sql or "")

    def _tops(self) -> list[int]:
        """Pages of table trees that hang below no other page."""
        numbers = range(2, self._pages.count + 1)
        return [n for n in numbers if self._kinds[n] in {LEAF, INNER} and not self._parent[n]]

    def _table(self, table: Table) -> RawTable:
        names = _columns_of(self._sql.get(table.name, "")) or tuple(column.name for column in table.columns)
        return RawTable(table.name, names, self._roots.get(f"table:{table.name}", 0))

    def _walk_from_root(self, table: RawTable) -> None:
        if table.root < 2:
            table.broken = True
            return
        for number, bounds in self._leaves(table.root, EVERYTHING):
            if self._kind(number) == LEAF:
                table.leaves.append(number)
            else:
                table.broken = True
                table.gaps.append(bounds)

    def _give_out_tops(self) -> None:
        named = set(self._roots.values()) | self._schema_pages
        for top in self._tops():
            if top in named:
                continue
            below = [number for number, _bounds in self._leaves(top, EVERYTHING)]
            sample = next((row for n in below if self._kind(n) == LEAF for _id, row in self._records(n) if row), None)
            if sample is None:
                continue
            fitting = [
                each for each in self.tables.values() if each.broken and _fits(metadata.tables[each.name], sample)
            ]
            if len(fitting) != 1:
                continue
            table = fitting[0]
            strays = [number for number in below if self._kind(number) == LEAF]
            table.leaves += strays
            table.strays += strays
            table.gaps += [EVERYTHING for number in below if self._kind(number) != LEAF]
            if not table.root:
                table.root = top

    def _count_the_unknown(self) -> None:
        """A damaged inner page cost nothing when all that hung below it was found: then no damaged page is left unexplained."""
        roots = set(self._roots.values())
        loose = self._cut_short or any(n > 1 and not self._parent[n] and n not in roots for n in self.bad)
        for table in self.tables.values():
            found = [row_id for number in table.strays for row_id, _row in self._records(number)]
            gaps = [gap for gap in table.gaps if not any(gap[0] < row_id <= gap[1] for row_id in found)]
            inner_lost = len(gaps) < len(table.gaps) or (table.broken and not table.root)
            table.gaps = gaps + [EVERYTHING] * (loose and (inner_lost or bool(table.strays)))


def _is_schema(record: Record) -> bool:
    return len(record) == 5 and record[0] in {"table", "index", "trigger", "view"} and isinstance(record[1], str)


def _columns_of(sql: str) -> tuple[str, ...]:
    if not sql.upper().startswith("CREATE TABLE"):
        return ()
    with closing(sqlite3.connect(":memory:")) as scratch:
        try:
            scratch.execute(sql)
            name = scratch.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchone()[0]
            return tuple(row[1] for row in scratch.execute(f'PRAGMA table_info("{name}")'))
        except sqlite3.Error:
            return ()


def _alias(table: Table) -> str:
    """The column that is the row id itself, and so stands as NULL in the record."""
    keys = list(table.primary_key.columns)
    return keys[0].name if len(keys) == 1 and isinstance(keys[0].type, Integer) else ""


def _fits(table: Table, record: Record) -> bool:
    columns = list(table.columns)
    least = next((n for n, column in enumerate(columns) if column.server_default is not None), len(columns))
    if not least <= len(record) <= len(columns):
        return False
    alias = _alias(table)
    if not all(_may_be(column, value, column.name == alias) for column, value in zip(columns, record, strict=False)):
        return False
    return _TELLS[table.name](record) if table.name in _TELLS else True


def _may_be(column: Column[object], value: Value, is_alias: bool) -> bool:
    if value is None:
        return is_alias or bool(column.nullable)
    if is_alias:
        return False
    if isinstance(column.type, Integer | Boolean):
        return isinstance(value, int)
    return isinstance(value, bytes if isinstance(column.type, LargeBinary) else str)


def _is_hash(value: Value) -> bool:
    return isinstance(value, str) and len(value) == 64


_TELLS: dict[str, Callable[[Record], bool]] = {
    "number": lambda record: record[0] not in {"outbox", "version"},
    "journal": lambda record: _is_hash(record[4]),
    "feed_kept": lambda record: not _is_hash(record[4]),
    "blob": lambda record: _is_hash(record[0]),
    "carried": lambda record: not _is_hash(record[0]),
}
"""What tells tables of the same form apart."""
