"""A small database with what the gateway has not acknowledged: drafts, waiting and refused cases with their families, and
whatever a window needs to go on (people, numbers, keys, the journal's chain). Settled cases stay behind.

It is a database like any other, under the same key, so that a backup made of it is restored by the same commands.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from clerk_app.durable import make_folder, sync_file
from clerk_app.errors import StorageProblem
from local_db.cases import SEARCH_BEHIND
from local_db.disk_words import disk_problem
from local_db.engine import check_copy, connect, mark_as_copy, open_file
from local_db.faults import spoken
from local_db.schema import SEALED_UNDER, case_key, metadata
from local_db.stopping import GoOn, always, asking

_WANTED = """
    CREATE TEMP TABLE wanted AS
    WITH unsent(id) AS (
        SELECT case_id FROM old.outbox WHERE is_open OR state <> 'acknowledged'
        UNION SELECT id FROM old."case" AS c WHERE NOT EXISTS (SELECT 1 FROM old.outbox WHERE case_id = c.id) AND NOT c.erased
        UNION SELECT id FROM temp.owed
    )
    SELECT id FROM unsent UNION SELECT id FROM old.draft
    UNION SELECT c.parent FROM old."case" AS c JOIN unsent ON unsent.id = c.id WHERE c.parent <> ''
    UNION SELECT c.id FROM old."case" AS c JOIN unsent ON unsent.id = c.parent
"""
_SOME = {
    "case": "id IN (SELECT id FROM wanted)",
    "attachment": "owner IN (SELECT id FROM wanted)",
    "blob": "blob_sha256 IN (SELECT blob_sha256 FROM old.attachment WHERE owner IN (SELECT id FROM wanted))",
    "outbox": "case_id IN (SELECT id FROM wanted) OR case_id = ''",
    "outbox_blob": "message IN (SELECT seq FROM old.outbox WHERE case_id IN (SELECT id FROM wanted) OR case_id = '')",
    "print_job": "case_id IN (SELECT id FROM wanted)",
}
"""Every other table comes whole, and of the keys those of whatever came."""
_KEYS = "owner IN (" + " UNION ".join(f'SELECT "{own}" FROM main."{name}"' for name, own in SEALED_UNDER.items()) + ")"  # noqa: S608


def copy_unsent(source: Path, key: bytes, target: Path, owed: Sequence[str] = (), go_on: GoOn = always) -> None:
    """Write it at one moment's state while others work on, checked. ``owed``: further cases, of which some message is lost.

    Raises StorageProblem, Stopped; a leftover is removed first.
    """
    try:
        for ending in ("", "-wal", "-shm", "-journal"):
            target.with_name(target.name + ending).unlink(missing_ok=True)
        make_folder(target.parent)
        open_file(target, key, create=True).close()
        with spoken(), closing(connect(target, key)) as here, asking(here, go_on):
            here.execute("ATTACH DATABASE ? AS old KEY ?", (source.absolute().as_uri() + "?mode=rw", f"x'{key.hex()}'"))
            here.execute("PRAGMA foreign_keys = OFF")
            here.execute("BEGIN")
            here.execute("CREATE TEMP TABLE owed (id TEXT)")
            here.executemany("INSERT INTO temp.owed VALUES (?)", [(case_id,) for case_id in owed])
            here.execute(_WANTED)
            for table in sorted(metadata.sorted_tables, key=lambda each: each is case_key):  # the keys last
                names = ", ".join(f'"{column.name}"' for column in table.columns)
                wanted = _KEYS if table is case_key else _SOME.get(table.name, "1")
                rows = f'SELECT {names} FROM old."{table.name}" WHERE {wanted}'  # noqa: S608 - the schema's words
                here.execute(f'INSERT INTO main."{table.name}" ({names}) {rows}')
            here.execute("INSERT OR REPLACE INTO main.config (name, value) VALUES (?, '0')", (SEARCH_BEHIND,))
            mark_as_copy(here)
            here.execute("COMMIT")
            if here.execute("PRAGMA main.foreign_key_check").fetchone() is not None:
                raise StorageProblem("没送达的办件没有抄全。", what_is_safe="本机数据没有受影响。")
            here.execute("DETACH DATABASE old")
            here.execute("PRAGMA journal_mode = DELETE")
        check_copy(target, key, go_on)
        sync_file(target)
    except OSError as error:
        raise disk_problem(error) from error
