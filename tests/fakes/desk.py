"""A desk for tests of use cases: a clock that stands still, ids that count, real ciphers and a real signer, any store."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

from clerk_app.crypto.international import InternationalSuite
from clerk_app.crypto.paper_mark import KeyedMark
from clerk_app.crypto.signer import MessageSigner
from clerk_app.domain.application import Application, Given
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.deadlines import WorkCalendar
from clerk_app.domain.draft import Draft
from clerk_app.domain.hall import Hall, Role
from clerk_app.domain.people import Person
from clerk_app.domain.sensitive import Consent, ConsentBy
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.session import Session
from clerk_app.domain.signing import Signature
from clerk_app.domain.time import Stamp
from clerk_app.ports import Catalogue, Store, Unlocked
from clerk_app.usecases import intake
from clerk_app.usecases.accept import draft_values
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.planning import plan
from tests.fakes.items import SmallCatalogue

MORNING_MS = int(dt.datetime(2026, 11, 23, 1, 30, tzinfo=dt.UTC).timestamp() * 1000)  # Monday, 09:30 in Chongqing
PAGE, OTHER_PAGE = b"\xff\xd8 page one", b"\xff\xd8 page two"
STROKES = (((1000, 2000, 0, 500), (1500, 2600, 16, 500)),)
_numbers = itertools.count(1)


def _some_bytes(count: int) -> bytes:
    """Never the same twice, and the same in every run."""
    return next(_numbers).to_bytes(16, "big").rjust(count, b"\x01")[-count:]


SUITE = InternationalSuite(_some_bytes)


class StandingClock:
    """Stands still until a test moves it."""

    def __init__(self, utc_ms: int = MORNING_MS) -> None:
        self.utc_ms = utc_ms

    def now(self) -> Stamp:
        return Stamp(self.utc_ms, monotonic_ms=self.utc_ms - MORNING_MS)

    def move(self, *, minutes: int = 0, hours: int = 0, days: int = 0) -> None:
        self.utc_ms += ((days * 24 + hours) * 60 + minutes) * 60_000


class CountingIds:
    """1, 2, 3 … as 32 hexadecimal digits."""

    def __init__(self) -> None:
        self._next = itertools.count(1)

    def new_id(self) -> str:
        return f"{next(self._next):032x}"

    def fraction(self) -> float:
        return 0.5


def a_signer(login: str = "wangmin") -> tuple[MessageSigner, bytes]:
    """A signer and the window's public key."""
    clerk_private, clerk_public = SUITE.new_signing_pair()
    window_private, window_public = SUITE.new_signing_pair()
    clerk = Unlocked(login, b"\0" * 32, clerk_private, clerk_public)
    return MessageSigner(SUITE, clerk, window_private), window_public


HALL = Hall("500199", "演示镇便民服务中心", "演示", "03", 1, "http://127.0.0.1:1", sample=True)


def a_desk(
    store: Store, *, role: Role = Role.CLERK, catalogue: Catalogue | None = None, login: str = "wangmin"
) -> Desk:
    """A signed-in clerk; every holiday table of 2026 and 2027 is empty, so that only weekends are off."""
    calendar = WorkCalendar({2026: frozenset(), 2027: frozenset()}, {2026: frozenset(), 2027: frozenset()})
    return Desk(
        store,
        catalogue or SmallCatalogue(),
        calendar,
        StandingClock(),
        CountingIds(),
        HALL,
        Session(login, "王敏", role),
        a_signer(login)[0],
        KeyedMark(SUITE, b"\x07" * 32),
    )


def clock_of(desk: Desk) -> StandingClock:
    assert isinstance(desk.clock, StandingClock)
    return desk.clock


PERSON = Person(
    "冉样例", document_number="500199196003150120", phone="13812343210", address="重庆市演示区演示镇样例路 3 号"
).with_known_from_number()


def pension(**change: object) -> Application:
    """A whole application for ``items.PENSION`` but for its signature."""
    page = bytes_hash(PAGE)
    values: dict[str, object] = {
        "item_id": "pension",
        "consents": {"account": Consent(ConsentBy.APPLICANT)},
        "applicant": PERSON,
        "answers": {"elsewhere": "no"},
        "materials": {"register": Given(WayKind.CAPTURE, (page,))},
        "fields": {"account": "6214830012345678901", "since": "2009-08-01"},
        "delivery": "本窗口领取",
        **change,
    }
    return Application(**values)  # type: ignore[arg-type]


def newborn(**change: object) -> Application:
    """A whole application for ``items.NEWBORN``, two parts, one page shared and one part's paper deferred."""
    page, other = bytes_hash(PAGE), bytes_hash(OTHER_PAGE)
    values: dict[str, object] = {
        "item_id": "newborn",
        "applicant": PERSON,
        "answers": {"insured": "no", "married": "yes"},
        "materials": {
            "parents_id": Given(WayKind.CAPTURE, (page,), reason="电子证照调不出来"),
            "born_paper": Given(WayKind.CAPTURE, (other,)),
            "portrait": Given(WayKind.DEFER, until="2026-11-25"),
        },
        "fields": {"child.name": "冉㛃", "bank": "a"},
        **change,
    }
    return Application(**values)  # type: ignore[arg-type]


PAGES = ((PAGE, "image/jpeg"), (OTHER_PAGE, "image/jpeg"))


def fill(
    desk: Desk, application: Application, pages: Sequence[tuple[bytes, str]] = PAGES, *, sign: bool = True
) -> Draft:
    """Open a draft and put everything in, as a clerk would; signed over what is shown then."""
    draft = put(desk, intake.open_draft(desk).id, application, pages)
    return signed(desk, draft) if sign else draft


def put(desk: Desk, draft_id: str, application: Application, pages: Sequence[tuple[bytes, str]] = PAGES) -> Draft:
    """Put everything into a draft that is open, but for the signature."""
    values = draft_values(application, desk.clock.now())
    captured = {f"material.{key}" for key, given in application.materials.items() if given.pages}
    draft = intake.save(desk, draft_id, {key: value for key, value in values.items() if key not in captured})
    by_hash = {bytes_hash(data): data for data, _ in pages}
    for key, given in application.materials.items():
        for page in given.pages:
            draft = intake.add_page(desk, draft.id, key, by_hash[page], given.way.value, reason=given.reason)
    return draft


def signed(desk: Desk, draft: Draft) -> Draft:
    """The applicant signs on the pad what is shown now."""
    signature = Signature("pad", plan(desk, draft).shown_sha256, STROKES)
    return intake.save(desk, draft.id, {"signature": signature.to_json()})
