"""The Protocols that the core needs; adapters fulfil them, bootstrap joins them, fakes mirror them in tests/fakes.

Every method may raise EnvironmentProblem (see errors.py) when its surroundings fail; what else it raises is said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case
from clerk_app.domain.conditions import Facts
from clerk_app.domain.draft import Draft
from clerk_app.domain.feed import FeedEntry
from clerk_app.domain.hall import Clerk, Hall
from clerk_app.domain.journal import Happening, JournalEntry
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.outbox import AttachmentRef, OutboxMessage
from clerk_app.domain.paper import Form, PrintJob, PrintState
from clerk_app.domain.recognition import Seen
from clerk_app.domain.service_item import LifeEvent, ServiceItem
from clerk_app.domain.time import Stamp

# --- time, ids, chance -------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> Stamp: ...


class Ids(Protocol):
    """The only source of ids and chance."""

    def new_id(self) -> str:
        """A fresh id, 32 hexadecimal digits, sortable by time of making."""
        ...

    def fraction(self) -> float:
        """0 ≤ x < 1, for jitter."""
        ...


# --- ciphers -----------------------------------------------------------------------------------------------------------


class CipherSuite(Protocol):
    """One set of ciphers behind one interface; its ``id`` stands in every header and file made with it.

    ``open*`` raise ValueError when the key is wrong or the data was changed: never a half result.
    """

    @property
    def id(self) -> str: ...
    def new_key(self) -> bytes: ...
    def seal(self, key: bytes, plain: bytes, context: bytes) -> bytes: ...
    def open(self, key: bytes, sealed: bytes, context: bytes) -> bytes: ...
    def derive(self, key: bytes, purpose: str) -> bytes: ...
    def keyed_hash(self, key: bytes, data: bytes) -> str: ...
    def stretch(self, secret: bytes, salt: bytes, cost: Mapping[str, int]) -> bytes: ...
    def seal_blob(self, key: bytes, plain: bytes) -> bytes:
        """Chunked ciphertext (64 KiB plain per chunk), the same bytes on disk and on the wire."""
        ...

    def open_blob(self, key: bytes, blob: bytes) -> bytes: ...
    def new_signing_pair(self) -> tuple[bytes, bytes]:
        """(private, public)."""
        ...

    def sign(self, private: bytes, data: bytes) -> bytes: ...
    def verify(self, public: bytes, signature: bytes, data: bytes) -> bool: ...
    def new_sealing_pair(self) -> tuple[bytes, bytes]:
        """(private, public) for ``seal_to``."""
        ...

    def seal_to(self, public: bytes, plain: bytes, context: bytes) -> bytes: ...
    def open_sealed(self, private: bytes, sealed: bytes, context: bytes) -> bytes: ...


class Signer(Protocol):
    """Signs a message body for clerk and window, at acceptance, when the clerk's key is at hand."""

    @property
    def suite_id(self) -> str: ...
    def sign(self, body: bytes) -> Mapping[str, Json]: ...


@dataclass(frozen=True, slots=True, repr=False)
class Unlocked:
    """What opening a key slot yields. No repr: it must never reach a log."""

    login: str
    database_key: bytes
    signing_private: bytes
    signing_public: bytes


class Vault(Protocol):
    """Key slots beside the database, as in LUKS: each clerk's PIN with the device's secret opens the database key."""

    def create(self) -> None:
        """Found a new vault with a random database key and a one-time set-up slot. StorageProblem when one exists."""
        ...

    def unlock(self, login: str, pin: str) -> Unlocked:
        """KeyProblem: wrong PIN, unknown login, or still waiting after wrong PINs."""
        ...

    def unlock_setup(self) -> Unlocked:
        """By the one-time set-up key; KeyProblem when it was destroyed."""
        ...

    def add_slot(self, opened: Unlocked, login: str, pin: str) -> Unlocked:
        """A slot for a clerk with a new signing key; destroys the set-up key. Refused: PIN too short or login taken."""
        ...

    def must_be_good(self, login: str, pin: str) -> None:
        """Refused: no usable login, or a PIN too short (six digits, or a passphrase of ten signs)."""
        ...

    def renew_slot(self, opened: Unlocked, login: str, pin: str) -> Unlocked:
        """Another PIN for a clerk: the keys are wrapped again, nothing is encrypted again. Whoever ``opened`` their own
        slot keeps their signing key; otherwise there is a new one, and a slot that was missing is made."""
        ...

    def remove_slot(self, login: str) -> None:
        """This clerk's PIN opens nothing any more. Refused for the last slot; nothing happens where there is none."""
        ...

    def make_recovery(self, opened: Unlocked, people: int) -> tuple[str, ...]:
        """A new recovery key as papers for 2…9 people, any two of whom open the vault; older papers open nothing more."""
        ...

    def has_recovery(self) -> bool: ...
    def unlock_recovery(self, papers: Sequence[str]) -> Unlocked:
        """By two papers; the result has no login and no signing key. KeyProblem when they do not open it."""
        ...

    def move_in(self, opened: Unlocked) -> None:
        """On another PC: a new device secret. All slots go, for their device secret stayed behind."""
        ...

    def strength(self, pin: str) -> str:
        """A plain warning where this PIN alone protects too little on this PC; empty when it is fine."""
        ...

    def logins(self) -> tuple[str, ...]: ...
    def protection(self) -> str:
        """In the clerk's words, what protects the keys on this PC and what is lost when no key store is there."""
        ...


# --- the store ---------------------------------------------------------------------------------------------------------


class Drafts(Protocol):
    def open(self, draft: Draft) -> None: ...
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

    def get(self, case_id: str) -> Case | None: ...
    def find(self, number: str) -> Case | None:
        """By local number, gateway receipt, platform number or id."""
        ...

    def page(self, *, limit: int = 100, offset: int = 0) -> tuple[Case, ...]:
        """Newest first; parts follow their package."""
        ...

    def parts_of(self, package_id: str) -> tuple[Case, ...]: ...
    def search(self, text: str, limit: int = 50) -> tuple[Case, ...]:
        """Newest first: by name, pinyin or initials, address, item, numbers (four signs and more; last four of a document)."""
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


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """``waiting`` messages (cases and parts), ``attachments`` and ``attachment_bytes`` still to go, ``refused``."""

    waiting: int
    refused: int
    acknowledged: int
    attachments: int
    attachment_bytes: int
    oldest_ms: int


class Outbox(Protocol):
    def add(self, message: OutboxMessage) -> int:
        """Append; ``seq`` of the argument is ignored and given here. Refused when the id is there already."""
        ...

    def open(self, limit: int = 2000) -> tuple[OutboxMessage, ...]:
        """Unsettled messages (waiting and refused) and acknowledged ones with attachments to go, oldest first."""
        ...

    def queue(self, limit: int = 2000) -> tuple[OutboxMessage, ...]:
        """The oldest waiting and refused messages, and all of pinned streams, in order of seq; as much of each as ``due``
        needs: without body, signatures and attachments. 100,000 of them cost little."""
        ...

    def load(self, ids: Sequence[str], *, bodies: bool = True) -> tuple[OutboxMessage, ...]:
        """Whole messages, or all but their bodies, in order of seq; ids that are not there are passed over."""
        ...

    def owing(self, limit: int = 500, after: int = 0) -> tuple[OutboxMessage, ...]:
        """Acknowledged messages whose attachments are still to go, after a seq, oldest first, without their bodies."""
        ...

    def save(self, message: OutboxMessage) -> None: ...
    def save_all(self, messages: Sequence[OutboxMessage]) -> None:
        """What delivery moves, for many in one step; which attachments are done is left alone (see ``save``)."""
        ...

    def get(self, message_id: str) -> OutboxMessage | None: ...
    def of_case(self, case_id: str) -> tuple[OutboxMessage, ...]: ...
    def counts(self) -> OutboxCounts: ...


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

    def skip(self, count: int) -> None:
        """Pass over so many serials of every scope: after an older backup was put back, some may be on paper already."""
        ...


class News(Protocol):
    def cursor(self) -> int: ...
    def move_cursor(self, cursor: int) -> None:
        """Forward only; an older cursor changes nothing."""
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
    """A case with its parts that is not erased yet. ``done``: it was sent, every message of it is acknowledged, no page is
    still to go and nothing waits to be printed."""

    seq: int
    case_ids: tuple[str, ...]
    done: bool


class Keeping(Protocol):
    """What is kept, and forgetting it."""

    def settled(self, limit: int = 200, after: int = 0) -> tuple[Settled, ...]:
        """Cases not erased yet, after a seq, oldest first."""
        ...

    def erase(self, case_ids: Sequence[str]) -> None:
        """Destroy the keys of these cases: content, pages, messages, papers and search words are gone for good. Numbers,
        dates, states and the journal stay."""
        ...

    def free_bytes(self) -> int:
        """Room on the disk of the data folder."""
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


# --- the catalogue -----------------------------------------------------------------------------------------------------


class HitLike(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def department(self) -> str: ...


class Catalogue(Protocol):
    """A loaded catalogue. Unknown ids raise Refused."""

    @property
    def version(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    def items(self) -> tuple[ServiceItem, ...]: ...
    def life_events(self) -> tuple[LifeEvent, ...]: ...
    def item(self, item_id: str) -> ServiceItem: ...
    def life_event(self, event_id: str) -> LifeEvent: ...
    def scheme(self, entry_id: str, chosen: Collection[str] | None = None, facts: Facts | None = None) -> Scheme:
        """The scheme of an item or life event; ``chosen`` None means the default parts under ``facts``."""
        ...

    def hash_of(self, entry_id: str) -> str:
        """The hash that a draft or case pins for this entry now; empty when there is no such entry."""
        ...

    def scheme_at(
        self, entry_id: str, sha256: str, chosen: Collection[str] | None = None, facts: Facts | None = None
    ) -> Scheme:
        """As ``scheme``, by the rules of the version in which the entry had that hash; an empty hash means now.

        Refused also when that version was not kept."""
        ...

    def search(self, text: str, limit: int = 10) -> Sequence[HitLike]: ...


# --- the line ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Receipt:
    """The gateway's answer to one message. ``status``: stored | duplicate | refused | conflict.

    ``receipt`` for the first two; ``code`` and a Chinese ``reason`` for the others.
    """

    message_id: str
    status: str
    receipt: str = ""
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewsPage:
    """Feed entries after a cursor, oldest first; ``more`` when there are further ones."""

    entries: tuple[FeedEntry, ...]
    more: bool
    server_ms: int


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the gateway says of itself: its clock, and the protocol versions it speaks."""

    server_ms: int
    versions: tuple[int, ...]
    name: str = ""


class Centre(Protocol):
    """The district gateway, as the window sees it. Every failure is a LineProblem or a Refused."""

    def greet(self) -> Greeting: ...
    def send(self, messages: Sequence[OutboxMessage]) -> tuple[Receipt, ...]:
        """Deliver a batch; one receipt for each message, in order. Refused for the whole only when the window itself is."""
        ...

    def blob_offset(self, blob_sha256: str, blob_size: int) -> int:
        """How many bytes of a blob the gateway already holds durably."""
        ...

    def send_blob(self, blob_sha256: str, blob_size: int, offset: int, chunk: bytes) -> int:
        """Append a chunk; returns the new offset. The gateway checks the whole hash at the end."""
        ...

    def news(self, cursor: int, limit: int = 200) -> NewsPage: ...


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a one-time token buys: the hall as the gateway knows it, this window's generation, the gateway's keys."""

    hall: Hall
    window_id: str
    gateway_sealing_public: bytes
    gateway_signing_public: bytes


class Enrolment(Protocol):
    def enrol(self, gateway: str, token: str, hall: str, window: str, signing_public: bytes) -> Enrolled:
        """Refused: the token is used, unknown or for another window."""
        ...


# --- paper -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """Everything one printed form needs, as values. ``until``: material id → ISO day for 容缺. ``missing``: material name
    and reason sentences for the one-time notice. ``offline``: the case had not reached the gateway when printed. ``rows``: the lines
    of a list of cases (F14: number, item, applicant masked, papers; F16: hand number, time, applicant, item, entered by)."""

    form: Form
    case: Case
    application: Application
    scheme: Scheme
    hall: Hall
    clerk_name: str
    printed_at: Stamp
    copy_number: int = 1
    offline: bool = True
    until: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[tuple[str, tuple[str, ...]], ...] = ()
    reason: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


class Paper(Protocol):
    def render(self, order: PaperOrder) -> bytes:
        """The PDF of one form."""
        ...

    def forms(self) -> tuple[Form, ...]:
        """Forms that can be printed."""
        ...


class Printer(Protocol):
    """A printer behind the system's spooler."""

    @property
    def name(self) -> str: ...
    def problem(self) -> str:
        """Why it cannot print now, in the clerk's words; empty when ready."""
        ...

    def submit(self, pdf: bytes, title: str) -> str:
        """Hand over to the spooler; returns its job id. DeviceProblem when it does not take it."""
        ...

    def state(self, spool_ref: str) -> PrintState: ...


# --- eyes --------------------------------------------------------------------------------------------------------------


class Recogniser(Protocol):
    def recognise_bytes(self, image: bytes) -> Seen:
        """One encoded picture (JPEG, PNG …). BadInput when it is no picture."""
        ...


class Eyes(Protocol):
    """A running camera with its recogniser. Callbacks come from its own threads; Qt gets them by signals only.

    ``on_frame(bgr, width, height)`` for the preview (raw BGR bytes), ``on_seen(Seen)`` once for each thing held still,
    ``on_problem(text)`` in the clerk's words, empty when the camera is back.
    """

    def start(
        self,
        on_frame: Callable[[bytes, int, int], None],
        on_seen: Callable[[Seen], None],
        on_problem: Callable[[str], None],
    ) -> None: ...
    def capture_page(self) -> Seen:
        """The page in the newest frame, straightened and cleaned (takes up to a second; never on the UI thread)."""
        ...

    def stop(self) -> None: ...
