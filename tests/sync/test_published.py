"""What the office publishes to the whole district: a signed catalogue, and who broke a promise; over the live gateway."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from clerk_app.bootstrap.catalogue import Imported, make_key, public_key, sign_folder, take_published, trust_key
from clerk_app.catalogue.kept import KeptCatalogues
from clerk_app.domain.feed import FeedEntry, NewsKind
from clerk_app.domain.people import DocumentKind, Person
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused, StorageProblem
from clerk_app.ports import UnitOfWork
from clerk_app.usecases import news
from clerk_app.usecases.knowing import BROKEN, person_hash
from local_db.unit_of_work import SqlStore
from sync.gateway import feed, office
from sync.news import pull_once
from tests.catalogue.folder import copy_to, spoil
from tests.sync.gateway_main import open_here
from tests.sync.hall import SUITE, GatewayProcess, ShiftedClock, Window

Apply = Callable[[UnitOfWork, FeedEntry], None]
KNOWN_BEFORE = frozenset(kind.value for kind in NewsKind) - {NewsKind.CATALOGUE.value}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "window"


@pytest.fixture
def apply(data: Path) -> Apply:
    def take(package: bytes, now: Stamp) -> Imported:
        return take_published(data, package, str(now.utc_ms))

    return lambda uow, entry: news.apply(uow, entry, ShiftedClock().now(), take)


def signed(tmp_path: Path, version: str) -> bytes:
    source = tmp_path / f"source {version}"
    source.mkdir()
    copy_to(source)
    spoil(source, "catalogue.json", lambda each: each.update(version=version))
    if not (tmp_path / "k").exists():
        make_key(tmp_path / "k")
    sign_folder(source, tmp_path / "k", tmp_path / "p")
    return (tmp_path / "p").read_bytes()


def in_use(data: Path) -> str:
    return KeptCatalogues(data, SUITE).load().version


def test_a_published_catalogue_is_taken_once_and_only_from_a_trusted_key(
    gateway: GatewayProcess, window: Window, store: SqlStore, apply: Apply, data: Path, tmp_path: Path
) -> None:
    centre = window.centre(gateway.url)
    pull_once(store, centre, apply)
    before, package = in_use(data), signed(tmp_path, "2026-12-01")
    with contextlib.closing(open_here(gateway.data)) as here:
        office.publish_catalogue(here, "2026-12-01", package)
    told = pull_once(store, centre, apply)  # nobody's key is trusted here yet
    assert (told.applied, told.unusable, in_use(data)) == (0, 1, before)
    waited = trust_key(data, public_key(str(tmp_path / "k.pub")))  # what was refused is tried again now
    assert ([each.after for each in waited], in_use(data)) == (["2026-12-01"], "2026-12-01")
    with contextlib.closing(open_here(gateway.data)) as here:
        office.publish_catalogue(here, "2026-12-01", package)
        office.publish_catalogue(here, "2026-12-01", package)  # once more changes nothing
        feed.publish(here, NewsKind.CATALOGUE.value, {"version": "x", "package": "not base64!"})
        spoilt = base64.b64encode(package.replace(b"body", b"b0dy")).decode()
        feed.publish(here, NewsKind.CATALOGUE.value, {"version": "x", "package": spoilt})
    told = pull_once(store, centre, apply)
    assert (told.applied, told.unusable, in_use(data)) == (2, 2, "2026-12-01")
    with contextlib.closing(open_here(gateway.data)) as here:
        office.publish_catalogue(here, "2026-11-30", signed(tmp_path, "2026-11-30"))  # older: a person's word is needed
    told = pull_once(store, centre, apply)
    assert (told.unusable, in_use(data)) == (1, "2026-12-01")
    with store.begin(reading=True) as uow:
        versions = [e.happening.detail for e in uow.journal.entries() if e.happening.verb == "news.catalogue"]
    assert versions == [{"version": "2026-12-01"}] * 2


def test_a_full_disk_leaves_the_entry_for_later_and_an_old_client_keeps_it(
    gateway: GatewayProcess, window: Window, store: SqlStore, apply: Apply, data: Path, tmp_path: Path
) -> None:
    centre = window.centre(gateway.url)
    pull_once(store, centre, apply)
    package = signed(tmp_path, "2026-12-05")
    trust_key(data, public_key(str(tmp_path / "k.pub")))
    with contextlib.closing(open_here(gateway.data)) as here:
        cursor = office.publish_catalogue(here, "2026-12-05", package)

    def full(_package: bytes, _now: Stamp) -> Imported:
        raise StorageProblem("磁盘满了。")

    with pytest.raises(StorageProblem):
        pull_once(store, centre, lambda uow, entry: news.apply(uow, entry, ShiftedClock().now(), full))
    assert pull_once(store, centre, apply).applied == 1
    assert in_use(data) == "2026-12-05"
    with contextlib.closing(open_here(gateway.data)) as here:
        office.publish_catalogue(here, "2026-12-05", package)
    told = pull_once(store, centre, apply, known=KNOWN_BEFORE)
    assert (told.kept, told.stopped) == (1, False)
    assert told.cursor > cursor


def test_many_catalogues_never_make_an_answer_too_large(
    gateway: GatewayProcess, window: Window, store: SqlStore, tmp_path: Path
) -> None:
    centre = window.centre(gateway.url)
    start = pull_once(store, centre, lambda uow, entry: None).cursor
    with contextlib.closing(open_here(gateway.data)) as here:
        for count in range(9):
            office.publish_catalogue(here, f"2027-01-0{count}", bytes(700_000))
        with pytest.raises(Refused, match="太大"):
            office.publish_catalogue(here, "2027-01-10", bytes(800_000))
    page = centre.news(start)
    assert (len(page.entries), page.more) == (1, True)
    seen: list[int] = []
    pull_once(store, centre, lambda uow, entry: seen.append(entry.cursor))
    assert len(seen) == 9


def test_broken_promises_come_by_hash_and_go_again(
    gateway: GatewayProcess, window: Window, store: SqlStore, apply: Apply
) -> None:
    centre = window.centre(gateway.url)
    someone = person_hash(Person("", DocumentKind.RESIDENT_ID, "500199196003150120"))
    for lifted in (False, True):
        with contextlib.closing(open_here(gateway.data)) as here:
            assert office.tell_promises(here, [someone, someone], lifted=lifted) == 1
            with pytest.raises(Refused):
                office.tell_promises(here, [], lifted=lifted)
        pull_once(store, centre, apply)
        with store.begin(reading=True) as uow:
            assert (someone in (uow.config.get(BROKEN) or {})) is not lifted
