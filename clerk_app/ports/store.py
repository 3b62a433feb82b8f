"""The store: drafts, cases, journal, outbox, print jobs and pages, joined in one unit of work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case, CaseState
from clerk_app.domain.draft import Draft
from clerk_app.domain.feed import FeedEntry
from clerk_app.domain.hall import Clerk
from clerk_app.domain.journal import Happening, JournalEntry
from clerk_app.domain.numbering import Gap
from clerk_app.domain.outbox import AttachmentRef
from clerk_app.domain.paper import PrintJob
from clerk_app.domain.special_groups import Listed
from clerk_app.domain.visits import Visit
from clerk_app.ports.outbox import Outbox


class Drafts(Protocol):
    def must_have_room(self) -> None:
        """StorageProblem while there is still room to finish what is open: never in the middle of an intake."""
        ...

    def open(self, draft: Draft) -> None:
        """A new intake, when there is room for one (``must_have_room``)."""
        ...

    def save(self, draft_id: str, values: Mapping[str, Json], at_ms: int) -> None:
        """Upsert each key; a null value removes the key. Refused when the draft is gone."""
        ...

    def get(self, draft_id: str) -> Draft | None: ...
    def all(self) -> tuple[Draft, ...]:
        """Newest saved first."""
        ...

    def close(self, draft_id: str) -> None:
        """Remove the draft's values; its pages stay when a case of the same id holds them."""
        ...


class Cases(Protocol):
    def add(self, case: Case) -> None:
        """Refused when the id, or a local number outside of parts, is there already."""
        ...

    def save(self, case: Case) -> None:
        """Store the next revision; Refused when the stored one is not exactly one older (somebody else was first).

        The numbers from outside are left alone: see ``set_numbers``."""
        ...

    def set_numbers(self, case_id: str, *, gateway_receipt: str = "", case_number: str = "") -> None:
        """Numbers from outside; they never change once set (Bug when a different one comes)."""
        ...

    def set_receipts(self, receipts: Mapping[str, str]) -> None:
        """Gateway receipts by case id, many in few steps: a receipt once set stands, a case that is not there is passed over."""
        ...

    def receipts(self, ids: Collection[str]) -> Mapping[str, str]:
        """Gateway receipts by case id, of those that have one."""
        ...

    def get(self, case_id: str) -> Case | None: ...
    def find(self, number: str) -> Case | None:
        """By local number, gateway receipt, platform number or id."""
        ...

    def page(self, *, limit: int = 100, offset: int = 0) -> tuple[Case, ...]:
        """Newest first; parts follow their package."""
        ...

    def in_states(self, states: Collection[CaseState]) -> tuple[Case, ...]:
        """All that stand so, in the order of ``page``; the others are not opened."""
        ...

    def parts_of(self, package_id: str) -> tuple[Case, ...]: ...
    def search(self, text: str, limit: int = 50, after: str = "") -> tuple[Case, ...]:
        """Newest first: by name, pinyin or initials, address, item, numbers (four signs and more; last four of a document).

        ``after``: the id of the last case of the page before.
        """
        ...

    def count(self) -> int: ...


class Journal(Protocol):
    def append(self, happening: Happening) -> JournalEntry: ...
    def append_all(self, happenings: Sequence[Happening]) -> tuple[JournalEntry, ...]:
        """Many at once, in their order."""
        ...

    def last(self) -> JournalEntry | None: ...
    def of_case(self, case_id: str) -> tuple[JournalEntry, ...]: ...
    def entries(self) -> Iterator[JournalEntry]: ...
    def page(self, limit: int, before: int = 0) -> tuple[JournalEntry, ...]:
        """Newest first; ``before``: entries with a smaller seq only, 0 for the end of the journal."""
        ...

    def unmentioned(self, limit: int = 20) -> tuple[str, ...]:
        """Ids of cases that no ``case.*`` entry and of drafts that no ``draft.open`` entry is about: theirs were taken out."""
        ...


class PrintJobs(Protocol):
    def add(self, job: PrintJob) -> None: ...
    def save(self, job: PrintJob) -> None: ...
    def get(self, job_id: str) -> PrintJob | None: ...
    def open(self) -> tuple[PrintJob, ...]:
        """Waiting, sent and failed ones, oldest first."""
        ...

    def of_case(self, case_id: str) -> tuple[PrintJob, ...]: ...


class Attachments(Protocol):
    """Content-addressed, encrypted, written durably before the transaction that names them commits."""

    def put(self, owner: str, plain: bytes, media_type: str) -> AttachmentRef:
        """Keep a page for a draft or case (the same id). The same bytes for the same owner are kept once."""
        ...

    def share(self, owner: str, other_owner: str, sha256: str) -> AttachmentRef:
        """Let ``owner`` (a part case) hold a page of ``other_owner`` too: the same blob, the key wrapped again."""
        ...

    def read(self, owner: str, sha256: str) -> bytes:
        """The plain bytes, checked against the hash. StorageProblem when the blob is damaged or gone."""
        ...

    def ref(self, owner: str, sha256: str) -> AttachmentRef: ...
    def key(self, owner: str, sha256: str) -> bytes: ...
    def blob_bytes(self, blob_sha256: str, offset: int, count: int) -> bytes:
        """A stretch of the ciphertext for sending."""
        ...


class Numbers(Protocol):
    def next(self, scope: str) -> int:
        """The next serial of a scope, from 1, gapless within committed transactions and never repeated."""
        ...

    def skip(self, gap: Gap) -> None:
        """Pass over serials of every scope, also of scopes that begin later: after an older backup was put back, some may be on paper
        already. See numbering.Gap."""
        ...


class News(Protocol):
    def cursor(self) -> int: ...
    def move_cursor(self, cursor: int) -> None:
        """Forward only; an older cursor changes nothing."""
        ...

    def begin_again(self) -> None:
        """Read from the front: the gateway went back to an older backup and gives cursors out a second time. Applying what was
        applied before changes nothing."""
        ...

    def keep(self, entry: FeedEntry) -> None:
        """An entry of a kind not known yet, kept for a newer version."""
        ...


class Clerks(Protocol):
    def add(self, clerk: Clerk) -> None:
        """Refused when the login is there already."""
        ...

    def save(self, clerk: Clerk) -> None:
        """Change name, role, key or active by login. Bug when there is none."""
        ...

    def get(self, login: str) -> Clerk | None: ...
    def all(self) -> tuple[Clerk, ...]: ...


class Config(Protocol):
    """Small durable settings by name: the hall, window keys, gateway keys."""

    def get(self, name: str) -> Json:
        """None when it was never set."""
        ...

    def set(self, name: str, value: Json) -> None: ...
    def remove(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Settled:
    """A case with its parts that is not erased yet. ``done``: it was sent, every message of it is here and acknowledged, no
    page is still to go and nothing waits to be printed."""

    seq: int
    case_ids: tuple[str, ...]
    done: bool


class Keeping(Protocol):
    """What is kept, and forgetting it."""

    def settled(self, limit: int = 200, after: int = 0) -> tuple[Settled, ...]:
        """Cases not erased yet, after a seq, oldest first."""
        ...

    def never_sent(self) -> tuple[str, ...]:
        """Ids of cases not erased with a revision that had to be sent, has no message here, and of which nothing tells that
        the gateway has it."""
        ...

    def erase(self, case_ids: Sequence[str]) -> None:
        """Destroy the keys of these cases: content, pages, messages, papers and search words are gone for good. Numbers,
        dates, states and the journal stay."""
        ...

    def free_bytes(self) -> int:
        """Room on the disk of the data folder."""
        ...


class Visits(Protocol):
    """The register of special groups (台账) and its visits, sealed under each person's own key."""

    def keep(self, person: Listed) -> None:
        """Write a person of the register, new or changed."""
        ...

    def person(self, person_id: str) -> Listed | None: ...
    def people(self) -> tuple[Listed, ...]:
        """Everybody in the register, in the order they came."""
        ...

    def forget(self, person_id: str) -> None:
        """Destroy a person's key: the entry and all visits are gone for good. Nothing happens where there is none."""
        ...

    def save(self, visit: Visit) -> None:
        """Write a visit, new or changed, of a person in the register."""
        ...

    def visit(self, visit_id: str) -> Visit | None: ...
    def between(self, first: dt.date, last: dt.date) -> tuple[Visit, ...]:
        """Visits of these days, both included, by day and time."""
        ...

    def of_person(self, person_id: str) -> tuple[Visit, ...]:
        """All visits of one person, oldest first."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Leaving the block without ``commit`` changes nothing. Never crosses threads.

    ``commit`` returns only when the data is on disk (synchronous=FULL). A StorageProblem from commit leaves the outcome
    unknown: look again before retrying.
    """

    @property
    def drafts(self) -> Drafts: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def print_jobs(self) -> PrintJobs: ...
    @property
    def attachments(self) -> Attachments: ...
    @property
    def numbers(self) -> Numbers: ...
    @property
    def news(self) -> News: ...
    @property
    def clerks(self) -> Clerks: ...
    @property
    def config(self) -> Config: ...
    @property
    def keeping(self) -> Keeping: ...
    @property
    def visits(self) -> Visits: ...
    def commit(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Store(Protocol):
    """The data folder's database. Each thread begins its own units of work, never one inside another (Bug)."""

    def begin(self, *, reading: bool = False) -> UnitOfWork:
        """A transaction that holds the write lock from its first step on, so that what it reads is still true when it
        writes. ``reading``: it only looks, at one moment's state; it waits for nobody and nobody for it; a write is a Bug.
        """
        ...

    def quick_check(self) -> tuple[str, ...]:
        """Faults found in the file, in the clerk's words; empty when whole."""
        ...

    def close(self) -> None: ...
