"""What a damaged database still holds, row by row, into a new one under the same keys.

The file is read page by page (raw_tables.py), so that no damaged header, schema, root or inner page hides the rows behind it. What
stood on a damaged page comes from the newest rolling copy that opens, where that is no wrong (salvage_fill.py). Rows keep their
sealed bytes; nothing is trusted that does not open afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile
from typing import Any

from sqlalchemy import select

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.journal import first_break
from clerk_app.durable import make_folder, sync_file, sync_folder
from clerk_app.errors import AppError, EnvironmentProblem, StorageProblem
from clerk_app.ports import CipherSuite
from local_db.attachments import FOLDER, SUFFIX
from local_db.cases import SEARCH_BEHIND, SEARCH_CUT
from local_db.disk_words import disk_problem
from local_db.engine import FILE_NAME, connect
from local_db.faults import spoken
from local_db.raw_pages import RawPages
from local_db.raw_tables import RawTables
from local_db.salvage_fill import fill_from
from local_db.salvage_rebuild import put_away_without_key, rebuild
from local_db.schema import case, case_key, metadata
from local_db.search import CUT
from local_db.transaction import opens_case_key
from local_db.unit_of_work import SUITE, SqlStore

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
    message is gone; ``lost_pages``: pages gone or damaged; ``journal_from``: where its chain breaks, or None.

    ``rebuilt``: cases made anew of what was sent or waits to be sent. ``filled``: rows of each table that came from a rolling copy;
    ``older_cases``: cases among them, as they were then; ``numbers_lost``: serials may have been given out that this file does not
    know."""

    cases: int = 0
    drafts: int = 0
    unsent: int = 0
    pages: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    gaps: dict[str, int] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    older_cases: list[str] = field(default_factory=list)
    rebuilt: list[str] = field(default_factory=list)
    lost_cases: list[str] = field(default_factory=list)
    missing_cases: list[str] = field(default_factory=list)
    never_sent: list[str] = field(default_factory=list)
    lost_pages: int = 0
    journal_from: int | None = None
    numbers_lost: bool = False

    @property
    def whole(self) -> bool:
        return not (self.gaps or self.lost_cases or self.missing_cases or self.lost_pages or self.journal_from)


def salvage(
    damaged: Path,
    key: bytes,
    suite: CipherSuite,
    target: Path,
    *,
    copies: Sequence[Path] = (),
    salts: Sequence[bytes] = (),
) -> Salvaged:
    """Everything readable of a data folder into a new, empty one. The damaged one is only read.

    Args:
        copies: rolling copies, best first; the first one that opens fills what is lost.
        salts: what the file's first 16 bytes may have been.

    Raises:
        StorageProblem: the target has a database already or cannot be written; nothing at all can be read.
    """
    if (target / FILE_NAME).exists():
        raise StorageProblem("新文件夹里已经有数据库。", what_to_do="请换一个空文件夹。")
    found = Salvaged()
    try:
        pages = RawPages(damaged / FILE_NAME, key, salts)
    except OSError as error:
        raise _nothing() from error
    with closing(pages):
        raw = RawTables(pages)
        if not any(raw.tables[name].leaves for name in metadata.tables):
            raise _nothing()
        SqlStore(target, key, suite, create=True).close()
        new = connect(target / FILE_NAME, key)
        with closing(new), spoken():
            new.execute("PRAGMA foreign_keys = OFF")
            new.execute("DELETE FROM config")  # what founding it wrote
            for table in metadata.sorted_tables:
                new.execute("BEGIN IMMEDIATE")
                found.rows[table.name] = _copy_table(raw, table.name, new)
                new.execute("COMMIT")
            _keys_that_prove_themselves(raw, key, suite, new)
            ranges = {name: table.gaps for name, table in raw.tables.items() if table.gaps}
            found.gaps = {name: len(gaps) for name, gaps in ranges.items()}
            found.numbers_lost = "number" in ranges
            if ranges:
                fill_from(copies, key, new, ranges, found.filled, found.older_cases)
            _drop_orphans(new)
            known = [(SUITE, f'"{suite.id}"'), (SEARCH_CUT, str(CUT))]
            new.executemany("INSERT OR REPLACE INTO config (name, value) VALUES (?, ?)", known)
    _copy_pages(damaged, target, key, found)
    _look_over(target, key, suite, found)
    return found


def _nothing() -> StorageProblem:
    return StorageProblem(
        "这个数据库里什么都读不出来。", what_to_do="请用最近的备份，或者 copies 文件夹里最新的副本恢复（restore）。"
    )


def _copy_table(raw: RawTables, name: str, new: Any) -> int:
    columns = [row[1] for row in new.execute(f'PRAGMA table_info("{name}")')]
    count = 0
    for _row_id, row in raw.rows(name):
        given = [column for column in columns if column in row]
        marks, names = ", ".join("?" * len(given)), ", ".join(f'"{column}"' for column in given)
        values = [row[column] for column in given]
        count += new.execute(f'INSERT OR IGNORE INTO "{name}" ({names}) VALUES ({marks})', values).rowcount  # noqa: S608 - the schema's words
    return count


def _keys_that_prove_themselves(raw: RawTables, key: bytes, suite: CipherSuite, new: Any) -> None:
    """A case key says by its own seal whether it is whole: those on a damaged page that are come over too."""
    for row in raw.doubtful(case_key.name):
        owner, wrapped = row.get("owner"), row.get("wrapped")
        if isinstance(owner, str) and isinstance(wrapped, bytes) and opens_case_key(suite, key, owner, wrapped):
            new.execute("INSERT OR IGNORE INTO case_key (owner, wrapped) VALUES (?, ?)", (owner, wrapped))


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
    missing = [row[0] for row in bare.execute(_MISSING)]
    bare.execute("DELETE FROM config WHERE name = ?", (SEARCH_BEHIND,))
    bare.close()
    store = SqlStore(target, key, suite)
    try:
        closed = _that_do_not_open(store)
        found.rebuilt = rebuild(store, dict.fromkeys([*missing, *closed, *found.older_cases]))
        found.older_cases = [each for each in found.older_cases if each not in found.rebuilt]
        found.missing_cases = [each for each in missing if each not in found.rebuilt]
        found.lost_cases = _that_do_not_open(store)
        put_away_without_key(store, [*found.lost_cases, *found.missing_cases])
        _set_aside(store, found.lost_cases)
        with store.begin() as uow:
            uow.config.set(SEARCH_BEHIND, "0")
            uow.commit()
        with store.begin(reading=True) as uow:
            found.cases = uow.cases.count() - len(found.lost_cases)
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


def _that_do_not_open(store: SqlStore) -> list[str]:
    with store.begin(reading=True) as uow:
        ids = uow.attachments.transaction.execute(select(case.c.id).order_by(case.c.seq)).scalars().all()
    closed = []
    for case_id in ids:
        try:
            with store.begin(reading=True) as uow:
                uow.cases.get(case_id)
                uow.outbox.of_case(case_id)
        except EnvironmentProblem:
            closed.append(case_id)
    return closed


def _set_aside(store: SqlStore, case_ids: list[str]) -> None:
    """A case whose content cannot be read must not stop lists: its row stays, emptied, as of an erased one."""
    with store.begin() as uow:
        for case_id in case_ids:
            uow.keeping.empty(case_id)
        if case_ids:
            uow.commit()
