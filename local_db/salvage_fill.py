"""What stood on a damaged page, from a rolling copy: only rows whose place in the damaged file could not be read, and nothing that
was erased since, as far as journal and cases tell.

The rows of a copy have the row ids of the file it was made of. A case that comes so is as it was then; its messages go again under
their own ids, so that nothing reaches the gateway twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from clerk_app.domain.journal import HEAD
from clerk_app.errors import AppError
from local_db.engine import check_copy, connect
from local_db.schema import metadata

_GONE = """
    CREATE TEMP TABLE gone AS SELECT case_id AS id FROM main.journal
    WHERE happening ->> '$.verb' IN ('case.erased', 'person.erased', 'draft.discard', 'draft.expired', 'register.erased',
                                     'register.ended')
    UNION SELECT id FROM main."case" WHERE erased
"""
_OWNERS = (
    '(SELECT id FROM main."case" WHERE NOT erased UNION SELECT id FROM main.draft'
    " UNION SELECT id FROM main.listed_person)"
)
_CASES = '(SELECT id FROM main."case" WHERE NOT erased)'
_WHEN: Mapping[str, str] = {
    "journal": "1",
    "clerk": "1",
    "config": f"name <> '{HEAD}'",
    "number": "1",
    "feed_cursor": "1",
    "feed_kept": "1",
    "case": "id NOT IN (SELECT id FROM gone) AND NOT erased",
    "draft": 'id NOT IN (SELECT id FROM gone) AND id NOT IN (SELECT id FROM main."case")',
    "listed_person": "id NOT IN (SELECT id FROM gone)",
    "draft_value": "draft_id IN (SELECT id FROM main.draft)",
    "visit": "person IN (SELECT id FROM main.listed_person)",
    "case_key": f"owner IN {_OWNERS}",
    "attachment": f"owner IN {_OWNERS}",
    "blob": "blob_sha256 IN (SELECT blob_sha256 FROM main.attachment)",
    "outbox": f"case_id = '' OR case_id IN {_CASES}",
    "outbox_blob": "message IN (SELECT seq FROM main.outbox)",
    "carried": "message IN (SELECT id FROM main.outbox)",
    "print_job": f"case_id IN {_CASES}",
}
"""Which rows of the copy may come, in the order in which they come."""


def fill_from(
    copies: Sequence[Path],
    key: bytes,
    new: Any,
    ranges: Mapping[str, Sequence[tuple[int, int]]],
    filled: dict[str, int],
    older_cases: list[str],
) -> None:
    """From the first copy that opens and is whole. ``filled`` and ``older_cases`` are told what came."""
    for path in copies:
        with suppress(AppError, dbapi2.Error, OSError):
            check_copy(path, key)
            with closing(connect(path, key, reading=True)) as copy:
                _fill(copy, new, ranges, filled, older_cases)
            return


def _fill(
    copy: Any,
    new: Any,
    ranges: Mapping[str, Sequence[tuple[int, int]]],
    filled: dict[str, int],
    older_cases: list[str],
) -> None:
    there = {row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for name, allowed in _WHEN.items():
        if name == "case":
            new.execute(_GONE)
        if name not in ranges or name not in there:
            continue
        before = _ids(new) if name == "case" else set()
        come = _take(copy, new, name, allowed, ranges[name])
        if come:
            filled[name] = come
        if name == "case":
            older_cases += sorted(_ids(new) - before)


def _take(copy: Any, new: Any, name: str, allowed: str, ranges: Sequence[tuple[int, int]]) -> int:
    has = {row[1] for row in copy.execute(f'PRAGMA table_info("{name}")')}
    columns = [column.name for column in metadata.tables[name].columns if column.name in has]
    names, marks = ", ".join(f'"{each}"' for each in columns), ", ".join("?" * len(columns))
    new.execute("DROP TABLE IF EXISTS temp.come")
    new.execute(f'CREATE TEMP TABLE come AS SELECT {names} FROM main."{name}" WHERE 0')  # noqa: S608 - the schema's words
    for low, high in ranges:
        wanted = f'SELECT {names} FROM "{name}" WHERE rowid > ? AND rowid <= ?'  # noqa: S608 - as above
        bounds = (max(low, -(2**63)), min(high, 2**63 - 1))
        for row in copy.execute(wanted, bounds):
            new.execute(f"INSERT INTO temp.come VALUES ({marks})", row)  # noqa: S608 - as above
    insert = f'INSERT OR IGNORE INTO main."{name}" ({names}) SELECT {names} FROM temp.come WHERE {allowed}'  # noqa: S608
    return int(new.execute(insert).rowcount)


def _ids(new: Any) -> set[str]:
    return {row[0] for row in new.execute('SELECT id FROM main."case"')}
