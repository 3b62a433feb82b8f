"""What the database of a backup or a rolling copy names: how much is in it, its pages, whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from clerk_app.domain.canonical import Json
from local_db.engine import connect
from local_db.faults import spoken


def counts_in(copy: Path, key: bytes) -> dict[str, Json]:
    """``cases``, ``drafts`` and ``unsent`` messages of a database. Raises StorageProblem."""
    with closing(connect(copy, key, reading=True)) as look, spoken():
        return {
            name: look.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own words
            for name, table in (
                ("cases", '"case"'),
                ("drafts", "draft"),
                ("unsent", "outbox WHERE state <> 'acknowledged'"),
            )
        }


def pages_in(copy: Path, key: bytes) -> list[tuple[str, str]]:
    """File name and hash of every page that a database names. Raises StorageProblem."""
    with closing(connect(copy, key, reading=True)) as look, spoken():
        rows: list[tuple[str, str]] = look.execute(
            "SELECT file_name, blob_sha256 FROM blob ORDER BY file_name"
        ).fetchall()
    return rows


def numbers_of_pages(copy: Path, key: bytes, names: Sequence[str]) -> list[str]:
    """Local numbers of the cases that hold these pages; a draft has none. Raises StorageProblem."""
    found: set[str] = set()
    with closing(connect(copy, key, reading=True)) as look, spoken():
        for name in names:
            rows = look.execute(
                'SELECT c.local_number FROM blob JOIN attachment AS a USING (blob_sha256) LEFT JOIN "case" AS c'
                " ON c.id = a.owner WHERE blob.file_name = ?",
                (name,),
            )
            found |= {row[0] or "暂存" for row in rows}
    return sorted(found)
