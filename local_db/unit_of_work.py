"""The store and its unit of work: one transaction over all repositories."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import text

from clerk_app.domain.journal import first_break
from clerk_app.errors import Bug, KeyProblem, Stopped, StorageProblem
from clerk_app.ports import CipherSuite
from local_db.attachments import SqlAttachments
from local_db.backup_file import Contents, write_backup
from local_db.cases import SEARCH_BEHIND, SEARCH_CUT, SqlCases
from local_db.drafts import SqlDrafts
from local_db.engine import BUSY_S, FILE_NAME, copy_database, make_engine, open_file
from local_db.fingerprint import PAGES_CHECKED, fingerprint
from local_db.journal import SqlJournal
from local_db.keeping import SqlKeeping
from local_db.outbox import SqlOutbox
from local_db.print_jobs import SqlPrintJobs
from local_db.search import CUT
from local_db.small_tables import SqlClerks, SqlConfig, SqlNews, SqlNumbers
from local_db.stopping import GoOn, always, between
from local_db.transaction import Transaction
from local_db.visits import SqlVisits

SUITE = "cipher.suite"
_STRETCH = 500
_AT_ONCE_WHEN_OPENING = 2_000
"""Search rows written anew while a clerk waits for the window: about a second. The rest comes in the background."""


class SqlUnitOfWork:
    """See ports.UnitOfWork."""

    def __init__(
        self,
        transaction: Transaction,
        folder: Path,
        name_key: bytes,
        busy: threading.local,
        at_entry: Callable[[SqlUnitOfWork], None] | None = None,
    ) -> None:
        self._transaction, self._busy, self._at_entry = transaction, busy, at_entry
        self._attachments = SqlAttachments(transaction, folder, name_key)
        self._drafts = SqlDrafts(transaction, self._attachments, folder)
        self._cases = SqlCases(transaction)
        self._journal = SqlJournal(transaction)
        self._outbox = SqlOutbox(transaction)
        self._print_jobs = SqlPrintJobs(transaction)
        self._numbers = SqlNumbers(transaction)
        self._news = SqlNews(transaction)
        self._clerks = SqlClerks(transaction)
        self._config = SqlConfig(transaction)
        self._keeping = SqlKeeping(transaction, self._cases, self._attachments, folder)
        self._visits = SqlVisits(transaction)

    @property
    def drafts(self) -> SqlDrafts:
        return self._drafts

    @property
    def cases(self) -> SqlCases:
        return self._cases

    @property
    def journal(self) -> SqlJournal:
        return self._journal

    @property
    def outbox(self) -> SqlOutbox:
        return self._outbox

    @property
    def print_jobs(self) -> SqlPrintJobs:
        return self._print_jobs

    @property
    def attachments(self) -> SqlAttachments:
        return self._attachments

    @property
    def numbers(self) -> SqlNumbers:
        return self._numbers

    @property
    def news(self) -> SqlNews:
        return self._news

    @property
    def clerks(self) -> SqlClerks:
        return self._clerks

    @property
    def config(self) -> SqlConfig:
        return self._config

    @property
    def keeping(self) -> SqlKeeping:
        return self._keeping

    @property
    def visits(self) -> SqlVisits:
        return self._visits

    def fingerprint(self, without: Collection[str] = ()) -> str:
        """One hash over all that is in the database now; see fingerprint.py. Raises StorageProblem."""
        return fingerprint(self._transaction, without)

    def before_commit(self, act: Callable[[], None]) -> None:
        """Something to do with the transaction's end state, still inside it."""
        self._transaction.before_commit(act)

    def commit(self) -> None:
        """See ports.UnitOfWork."""
        self._transaction.commit()

    def __enter__(self) -> Self:
        if getattr(self._busy, "inside", False):
            raise Bug("一次存取里面又开了一次存取。")  # it would wait for itself until the lock's time-out
        self._busy.inside = True
        self._transaction.is_open = True
        if self._at_entry is not None:
            try:
                self._at_entry(self)
            except BaseException as error:
                self.__exit__(type(error), error, error.__traceback__)
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._busy.inside = False
        try:
            self._transaction.close()
        except StorageProblem:
            if error is None:  # never hide the first trouble behind a failed rollback, which changes nothing
                raise


class SqlStore:
    """See ports.Store. ``key``: the database key from the vault, 32 bytes.

    Args:
        create: found the database when there is none; without it a missing file is a StorageProblem, never an empty start.

    Raises:
        StorageProblem, KeyProblem: see engine.open_file; the file was not changed.
    """

    def __init__(
        self, folder: Path, key: bytes, suite: CipherSuite, *, create: bool = False, busy_s: float = BUSY_S
    ) -> None:
        self._folder, self._key, self._suite = folder.resolve(), key, suite
        path = self._folder / FILE_NAME
        self._keeper = open_file(path, key, create=create, busy_s=busy_s)
        self._name_key = suite.derive(key, "attachment-names")
        self._writing = make_engine(path, key, reading=False, busy_s=busy_s)
        self._reading = make_engine(path, key, reading=True, busy_s=busy_s)
        self._busy = threading.local()
        self._lost: tuple[str, ...] | None = None
        self._closed = False
        try:
            self._keep_to_suite(create=create)
        except BaseException:
            self.close()
            raise
        self._keep_to_cut()
        self.search_anew(at_most=_AT_ONCE_WHEN_OPENING)

    def _keep_to_cut(self) -> None:
        with self.begin(reading=True) as uow:
            if uow.config.get(SEARCH_CUT) == CUT:
                return
            is_used = uow.cases.count() > 0
        with self.begin() as uow:
            uow.config.set(SEARCH_CUT, CUT)
            if is_used:
                uow.config.set(SEARCH_BEHIND, "0")
            uow.commit()

    def _keep_to_suite(self, *, create: bool) -> None:
        """The suite that seals what is inside is noted inside; another one would read nothing, and must write nothing."""
        with self.begin(reading=True) as uow:
            noted = uow.config.get(SUITE)
            empty = create and noted is None and uow.journal.last() is None
        if noted is not None and noted != self._suite.id:
            raise KeyProblem(
                "数据库用的是另一种加密方式。",
                what_is_safe="程序没有改动它。",
                what_to_do="请确认文件夹选对了；数据库和钥匙文件要放在一起。",
            )
        if empty:
            with self.begin() as uow:
                uow.config.set(SUITE, self._suite.id)
                uow.commit()

    def search_anew(self, *, at_most: int = 2**62, go_on: GoOn = always) -> bool:
        """After a migration that cut the search index anew: fill it, in stretches that a crash does not lose. True when
        nothing is behind. Rows of the older cut are found all the while, only more slowly."""
        with self.begin(reading=True) as uow:
            after = uow.config.get(SEARCH_BEHIND)
        done = 0
        while after is not None and done < at_most and go_on():
            with self.begin() as uow:
                last = uow.cases.index_after(int(after), _STRETCH)
                after = str(last) if last else None
                if after is None:
                    uow.config.remove(SEARCH_BEHIND)
                else:
                    uow.config.set(SEARCH_BEHIND, after)
                uow.commit()
            done += _STRETCH
        return after is None

    def begin(self, *, reading: bool = False, at_entry: Callable[[SqlUnitOfWork], None] | None = None) -> SqlUnitOfWork:
        """See ports.Store. ``at_entry``: something that is always done first in this transaction. Raises Stopped once closed."""
        self._must_be_open()
        engine = self._reading if reading else self._writing
        transaction = Transaction(engine, self._suite, self._key, reading=reading)
        return SqlUnitOfWork(transaction, self._folder, self._name_key, self._busy, at_entry)

    def quick_check(self, *, but_for: Collection[str] = ()) -> tuple[str, ...]:
        """See ports.Store. Reads the whole file: some 100 MB a second, and every page of paper but those of the file names."""
        faults = list(self.check_database())
        try:
            with self.begin(reading=True) as uow:
                faults.extend(uow.attachments.faults(but_for=but_for))
        except StorageProblem as problem:
            faults.append(problem.message)
        return tuple(faults)

    def check_pages(self, most: int, go_on: GoOn = always) -> tuple[str, ...]:
        """The next ``most`` bytes of pages, about, and those that were changed when last looked at; where it stopped is
        remembered for the next time, also when it was broken off. Raises StorageProblem, Stopped."""
        with self.begin(reading=True) as uow:
            before = uow.config.get(PAGES_CHECKED) or {"after": "", "hurt": []}
            looked = uow.attachments.faults_from(before["after"], most, before["hurt"], go_on=go_on)
        now = {"after": looked.after, "hurt": list(looked.hurt)}
        if now != before:
            with self.begin() as uow:
                uow.config.set(PAGES_CHECKED, now)
                uow.commit()
        if not looked.whole:
            raise Stopped
        return looked.words

    def check_database(self, go_on: GoOn = always) -> tuple[str, ...]:
        """Every page of the database and every link of the journal. Raises Stopped."""
        faults: list[str] = []
        with self.begin(reading=True) as uow:
            transaction = uow.attachments.transaction
            try:
                pages = transaction.execute(text("PRAGMA cipher_integrity_check")).all()
                with transaction.asking(go_on):
                    rows = [row[0] for row in transaction.execute(text("PRAGMA quick_check"))]
                if pages or rows != ["ok"]:
                    faults.append("数据库文件有损坏的地方。")
                if first_break(between(go_on, uow.journal.entries())) is not None:
                    faults.append("日志链断了，有记录被改动或缺失。")
            except StorageProblem as problem:
                faults.append(problem.message)
        return tuple(faults)

    @property
    def folder(self) -> Path:
        return self._folder

    def copy_to(self, target: Path, go_on: GoOn = always) -> None:
        """An encrypted copy of the database alone, at one moment's state, checked before it takes its name.

        Raises:
            StorageProblem: no room, or the copy does not check out. Stopped.
        """
        self._must_be_open()
        copy_database(self._folder / FILE_NAME, self._key, target, go_on=go_on)

    def backup_to(self, target: Path, made_ms: int, *, unsent_only: bool = False, go_on: GoOn = always) -> Contents:
        """A backup, whole or of what is not acknowledged; see backup_file. Raises StorageProblem, Stopped."""
        self._must_be_open()
        owed = self._lost_messages() if unsent_only else None
        return write_backup(self._folder, self._key, self._suite, target, made_ms, owed=owed, go_on=go_on)

    def _lost_messages(self) -> tuple[str, ...]:
        """Cases of which a message is gone: only a damaged disk and a salvage do that, so once is enough while the store is open."""
        if self._lost is None:
            with self.begin(reading=True) as uow:
                self._lost = uow.keeping.never_sent()
        return self._lost

    def sweep(self) -> int:
        """Remove attachment files that a crash or a rolled-back act left behind; returns how many."""
        with self.begin() as uow:
            return uow.attachments.sweep()

    def close(self) -> None:
        """See ports.Store. Folds the write-ahead log into the file when nobody else has it open. What is still under way in another
        thread ends on a connection of its own; nothing is begun any more."""
        self._closed = True
        self._writing.dispose()
        self._reading.dispose()
        self._keeper.close()  # the last one folds

    def _must_be_open(self) -> None:
        if self._closed:
            raise Stopped
