"""Whoever signs out ends the work behind the window: in its middle, without a trace of what was half done, and without a bug."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from clerk_app.bootstrap import housekeeper, safekeeping
from clerk_app.bootstrap.house import House, house, sign_in
from clerk_app.bootstrap.update_desk import UpdateDeskOfWindow
from clerk_app.errors import Stopped
from clerk_app.settings import Settings
from local_db import attachments, engine
from local_db.backup_file import check_backup
from local_db.schema import blob
from local_db.unit_of_work import SqlStore
from tests.bootstrap import test_rescue
from tests.bootstrap.folder import PIN
from tests.bootstrap.test_copies_back import blob_of
from tests.bootstrap.test_housekeeping import flip
from tests.bootstrap.test_rescue import key_of, opened

data, worked = test_rescue.data, test_rescue.worked


def times(count: int) -> Callable[[], bool]:
    """Go on for so many looks."""
    left = [count]

    def go_on() -> bool:
        left[0] -= 1
        return left[0] >= 0

    return go_on


@pytest.fixture
def store(data: Path) -> Iterator[SqlStore]:
    made = opened(data)
    yield made
    made.close()


def all_files(folder: Path) -> dict[str, bytes]:
    wal = (".db-wal", ".db-shm")
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name[-7:] not in wal}


def test_the_check_of_pages_stops_between_pages_and_goes_on_there(store: SqlStore, data: Path) -> None:
    flip(blob_of(data, "c0007"))
    everything = 2**40
    with store.begin(reading=True) as uow:
        names = [row.blob_sha256 for row in uow.attachments.transaction.execute(select(blob))]
    with pytest.raises(Stopped):
        store.check_pages(everything, times(8))  # a look before each page and one in it
    with store.begin(reading=True) as uow:
        assert uow.config.get("pages.checked")["after"] == sorted(names)[3]
    told = store.check_pages(everything)
    assert len(told) == 1, "what is left holds the changed page, or it was found before and is remembered"
    with pytest.raises(Stopped):
        store.check_pages(everything, times(0))
    assert store.check_pages(everything) == told


def test_a_changed_page_is_not_forgotten_when_the_check_stops_before_it(store: SqlStore, data: Path) -> None:
    flip(blob_of(data, "c0007"))
    told = store.check_pages(2**40)
    for looks in range(20):
        with pytest.raises(Stopped):
            store.check_pages(1, times(looks)) and store.check_pages(1, times(0))
        with store.begin(reading=True) as uow:
            assert len(uow.config.get("pages.checked")["hurt"]) == 1, looks
    assert store.check_pages(1) == told


def test_a_page_of_many_megabytes_is_left_in_its_middle(tmp_path: Path) -> None:
    page = tmp_path / "page"
    page.write_bytes(bytes(5 * 1024 * 1024))
    asked = list[int]()

    def go_on() -> bool:
        asked.append(1)
        return len(asked) < 3

    with pytest.raises(Stopped):
        attachments._hash_of(page, go_on)
    assert len(asked) == 3


@pytest.mark.parametrize("looks", range(6))
def test_a_rolling_copy_that_was_broken_off_leaves_nothing(
    data: Path, store: SqlStore, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_PAGES_AT_ONCE", 10)
    home = house(Settings(data))
    before = all_files(data)
    with pytest.raises(Stopped):
        safekeeping.rolling_copy(home, store, force=True, go_on=times(looks))
    assert all_files(data) == before


def test_a_long_check_of_the_database_is_broken_off(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    from local_db import stopping

    monkeypatch.setattr(stopping, "_STEPS", 100)
    for looks in range(6):
        with pytest.raises(Stopped):
            store.check_database(times(looks))
    assert store.check_database() == (), "the connection is lent again and breaks off nothing"


@pytest.mark.parametrize("looks", [0, 2, 5, 9, 14])
def test_the_former_second_copy_stays_when_a_new_one_is_broken_off(
    data: Path, store: SqlStore, tmp_path: Path, looks: int
) -> None:
    home, stick = house(Settings(data)), tmp_path / "stick"
    stick.mkdir()
    with store.begin() as uow:
        uow.config.set(safekeeping.SECOND, str(stick))
        uow.commit()
    safekeeping.second_copy(home, store)
    before = all_files(stick)
    with pytest.raises(Stopped):
        safekeeping.second_copy(home, store, times(looks))
    assert all_files(stick) == before
    assert check_backup(stick / "clerk-second.bak", key_of(data), home.suite).cases == 12


def test_nothing_is_begun_on_a_store_that_is_closed(data: Path, tmp_path: Path) -> None:
    store = opened(data)
    store.close()
    tries: tuple[Callable[[], object], ...] = (
        store.begin,
        lambda: store.check_pages(1),
        store.check_database,
        store.quick_check,
        store.sweep,
        store.search_anew,
        lambda: store.copy_to(tmp_path / "copy.db"),
        lambda: store.backup_to(tmp_path / "backup", 1),
        lambda: store.backup_to(tmp_path / "backup", 1, unsent_only=True),
    )
    for act in tries:
        with pytest.raises(Stopped):
            act()
    assert not list(tmp_path.glob("copy*")) + list(tmp_path.glob("backup*"))


class Held:
    """Work that waits at one place until it is let go on."""

    def __init__(self) -> None:
        self.there, self.free, self.done = threading.Event(), threading.Event(), threading.Event()

    def wait(self) -> None:
        self.there.set()
        assert self.free.wait(30)


def leave(home: House, held: Held, bugs: list[BaseException]) -> housekeeper.Housekeeper:
    """Sign in, wait until the housekeeper stands at ``held``, sign out under it, let it go on, wait for its end."""
    desk = sign_in(home, "wangmin", PIN)
    keeper = housekeeper.Housekeeper(home, bugs.append)
    keeper.start(desk)
    assert held.there.wait(30)
    thread = next(each for each in threading.enumerate() if each.name == "housekeeper")
    keeper.stop(timeout_s=0.0)
    desk.store.close()
    held.free.set()
    thread.join(30)
    assert not thread.is_alive()
    return keeper


def at_a_page(monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    really = attachments._hash_of

    def slow(path: Path, go_on: Callable[[], bool]) -> str:
        held.wait()
        return really(path, go_on)

    monkeypatch.setattr(attachments, "_hash_of", slow)


def at_the_copy(monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    really = engine.check_copy

    def slow(*args: object) -> None:
        held.wait()
        really(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "check_copy", slow)


def at_the_database(monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    really = SqlStore.check_database

    def slow(store: SqlStore, go_on: Callable[[], bool]) -> tuple[str, ...]:
        held.wait()
        return really(store, go_on)

    monkeypatch.setattr(SqlStore, "check_database", slow)


def before_the_search(monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    monkeypatch.setattr(housekeeper, "warm", held.wait)


def while_waiting(monkeypatch: pytest.MonkeyPatch, held: Held) -> None:
    really = housekeeper.Housekeeper._taken

    def slow(keeper: housekeeper.Housekeeper, desk: object) -> tuple[int, int]:
        held.wait()
        return really(keeper, desk)  # type: ignore[arg-type]

    monkeypatch.setattr(housekeeper.Housekeeper, "_taken", slow)


@pytest.mark.parametrize("place", [at_a_page, at_the_copy, at_the_database, before_the_search, while_waiting])
def test_signing_out_in_the_middle_of_the_housekeeping_is_no_bug(
    data: Path, monkeypatch: pytest.MonkeyPatch, place: Callable[[pytest.MonkeyPatch, Held], None]
) -> None:
    held, bugs = Held(), list[BaseException]()
    place(monkeypatch, held)
    home = house(Settings(data))
    keeper = leave(home, held, bugs)
    assert bugs == []
    assert not [warned for warned in keeper.warnings if warned.tone == "red"]
    assert not list(data.rglob("*.new"))
    monkeypatch.undo()
    again = opened(data)
    assert again.quick_check() == ()
    again.close()


def test_the_updates_say_nothing_when_a_clerk_left_under_them(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = house(Settings(data))

    class Line:
        def still_to_go(self) -> tuple[int, int]:
            return 0, 0

    updates = UpdateDeskOfWindow(home, Line(), lambda _bug: None)  # type: ignore[arg-type]
    desk = sign_in(home, "wangmin", PIN)
    updates._desk = desk
    desk.store.close()
    updates.round()
    assert updates.state().words == ""
