"""What a damaged database still holds, row by row, into a new one under the same keys.

A damaged page closes SQLCipher's connection for good, so each error opens a new one and goes on behind the damage, in steps
that double while nothing can be read. Rows keep their sealed bytes; nothing is trusted that does not open afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile
from typing import Any

from sqlcipher3 import dbapi2

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.journal import first_break
from clerk_app.durable import make_folder, sync_file, sync_folder
from clerk_app.errors import AppError, EnvironmentProblem, StorageProblem
from clerk_app.ports import CipherSuite
from local_db.attachments import FOLDER, SUFFIX
from local_db.cases import SEARCH_BEHIND
from local_db.disk_words import disk_problem
from local_db.engine import FILE_NAME, connect
from local_db.faults import spoken
from local_db.schema import metadata
from local_db.unit_of_work import SqlStore

_FARTHEST = 2**20
_MISSING = """
    SELECT id FROM (
        SELECT case_id AS id FROM outbox
        UNION SELECT owner FROM attachment
        UNION SELECT case_id FROM journal
        WHERE happening ->> '$.verb' LIKE 'sync.%'
           OR happening ->> '$.verb' IN ('case.accepted', 'case.received', 'case.correction_asked')
    ) WHERE id <> '' AND id NOT IN (SELECT id FROM "case") AND id NOT IN (SELECT id FROM draft) ORDER BY id
"""


@dataclass(slots=True)
class Salvaged:
    """What came over. ``gaps``: stretches of a table that could not be read; ``lost_cases``: rows there whose content does
    not open; ``missing_cases``: ids of which journal, outbox or pages tell and whose row is gone; ``never_sent``: cases whose
    message is gone; ``lost_pages``: pages gone or damaged; ``journal_from``: where its chain breaks, or None."""

    cases: int = 0
    drafts: int = 0
    unsent: int = 0
    pages: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    gaps: dict[str, int] = field(default_factory=dict)
    lost_cases: list[str] = field(default_factory=list)
    missing_cases: list[str] = field(default_factory=list)
    never_sent: list[str] = field(default_factory=list)
    lost_pages: int = 0
    journal_from: int | None = None

    @property
    def whole(self) -> bool:
        return not (self.gaps or self.lost_cases or self.missing_cases or self.lost_pages or self.journal_from)


def salvage(damaged: Path, key: bytes, suite: CipherSuite, target: Path) -> Salvaged:
    """Everything readable of a data folder into a new, empty one. The damaged one is only read.

    Raises:
        StorageProblem: the target has a database already or cannot be written; nothing at all can be read.
    """
    if (target / FILE_NAME).exists():
        raise StorageProblem("新文件夹里已经有数据库。", what_to_do="请换一个空文件夹。")
    found = Salvaged()
    SqlStore(target, key, suite, create=True).close()
    new = connect(target / FILE_NAME, key)
    try:
        with spoken():
            new.execute("PRAGMA foreign_keys = OFF")
            for table in metadata.sorted_tables:
                new.execute("BEGIN IMMEDIATE")
                found.rows[table.name] = _copy_table(damaged / FILE_NAME, key, table.name, new, found)
                new.execute("COMMIT")
            _drop_orphans(new)
    finally:
        new.close()
    if not any(found.rows.values()):
        raise StorageProblem("这个数据库里什么都读不出来。", what_to_do="请用最近的备份恢复。")
    _copy_pages(damaged, target, key, found)
    _look_over(target, key, suite, found)
    return found


def _copy_table(source: Path, key: bytes, name: str, new: Any, found: Salvaged) -> int:
    columns = [row[1] for row in new.execute(f'PRAGMA table_info("{name}")')]
    marks, names = ", ".join("?" * len(columns)), ", ".join(f'"{column}"' for column in columns)
    count = 0
    for row in _rows(source, key, name, names, found):
        new.execute(f'INSERT OR IGNORE INTO "{name}" ({names}) VALUES ({marks})', row)  # noqa: S608 - the schema's words
        count += 1
    return count


def _rows(source: Path, key: bytes, name: str, names: str, found: Salvaged) -> Iterator[tuple[Any, ...]]:
    after, step, end = -(2**62), 1, None
    while True:
        try:
            old = connect(source, key, reading=True)
        except dbapi2.Error:
            found.gaps[name] = found.gaps.get(name, 0) + 1
            return
        try:
            wanted = f'SELECT rowid, {names} FROM "{name}" WHERE rowid > ? ORDER BY rowid'  # noqa: S608 - as above
            for row in old.execute(wanted, (after,)):
                yield row[1:]
                after, step = row[0], 1
            return
        except dbapi2.Error:
            if step == 1:
                found.gaps[name] = found.gaps.get(name, 0) + 1
            if end is None:
                end = _last_row(source, key, name)
            after, step = max(after, 0) + step, min(step * 2, _FARTHEST)
            if after > end:
                return
        finally:
            old.close()


def _last_row(source: Path, key: bytes, name: str) -> int:
    try:
        old = connect(source, key, reading=True)
    except dbapi2.Error:
        return 0
    try:
        return int(old.execute(f'SELECT max(rowid) FROM "{name}"').fetchone()[0] or 0)  # noqa: S608 - as above
    except dbapi2.Error:
        return _FARTHEST  # the end itself is damaged: look as far as a busy window gets in years
    finally:
        old.close()


def _drop_orphans(new: Any) -> None:
    new.execute("DELETE FROM draft_value WHERE draft_id NOT IN (SELECT id FROM draft)")
    new.execute("DELETE FROM outbox_blob WHERE message NOT IN (SELECT seq FROM outbox)")
    new.execute("DELETE FROM attachment WHERE blob_sha256 NOT IN (SELECT blob_sha256 FROM blob)")
    new.execute("INSERT OR REPLACE INTO config (name, value) VALUES (?, ?)", (SEARCH_BEHIND, "0"))


def _copy_pages(damaged: Path, target: Path, key: bytes, found: Salvaged) -> None:
    look = connect(target / FILE_NAME, key, reading=True)
    rows = look.execute("SELECT blob_sha256, file_name FROM blob").fetchall()
    look.close()
    for sha256, name in rows:
        source, copy = (folder / FOLDER / name[:2] / f"{name}{SUFFIX}" for folder in (damaged, target))
        try:
            if bytes_hash(source.read_bytes()) != sha256:
                raise FileNotFoundError
        except OSError:
            found.lost_pages += 1
            continue
        try:
            make_folder(copy.parent)
            copyfile(source, copy)
            copy.chmod(0o600)
            sync_file(copy)
            sync_folder(copy.parent)
        except OSError as error:
            raise disk_problem(error) from error
        found.pages += 1


def _look_over(target: Path, key: bytes, suite: CipherSuite, found: Salvaged) -> None:
    """Open everything that came over; what does not open is named and, for the search index, set aside."""
    bare = connect(target / FILE_NAME, key)
    ids = [row[0] for row in bare.execute('SELECT id FROM "case" ORDER BY seq')]
    found.missing_cases = [row[0] for row in bare.execute(_MISSING)]
    bare.execute("DELETE FROM config WHERE name = ?", (SEARCH_BEHIND,))
    bare.close()
    store = SqlStore(target, key, suite)
    try:
        for case_id in ids:
            try:
                with store.begin(reading=True) as uow:
                    uow.cases.get(case_id)
                    uow.outbox.of_case(case_id)
                found.cases += 1
            except EnvironmentProblem:
                found.lost_cases.append(case_id)
        _set_aside(store, found.lost_cases)
        with store.begin() as uow:
            uow.config.set(SEARCH_BEHIND, "0")
            uow.commit()
        with store.begin(reading=True) as uow:
            found.never_sent = list(uow.keeping.never_sent())
            found.unsent = uow.outbox.counts().waiting + uow.outbox.counts().refused
            found.journal_from = first_break(uow.journal.entries())
        try:
            with store.begin(reading=True) as uow:
                found.drafts = len(uow.drafts.all())
        except AppError:
            found.drafts = 0
    finally:
        store.close()
    store = SqlStore(target, key, suite)
    try:
        store.search_anew()
    finally:
        store.close()


def _set_aside(store: SqlStore, case_ids: list[str]) -> None:
    """A case whose content cannot be read must not stop lists: its row stays, emptied, as of an erased one."""
    with store.begin() as uow:
        for case_id in case_ids:
            uow.keeping.empty(case_id)
        if case_ids:
            uow.commit()
