"""The gateway's outbox towards the platform: handed on once whole, put off and tried again, answers taken back, two at once."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from clerk_app.crypto.signer import MessageSigner, verify_signatures
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.outbox import OutboxMessage
from clerk_app.domain.time import Stamp
from clerk_app.errors import BadInput, LineProblem, Refused
from clerk_app.ports import Unlocked
from sync import protocol
from sync.envelope import envelope_of
from sync.gateway import app, feed, forwarding, intake, office, pages, schema, windows
from sync.gateway.admin import looks
from sync.gateway.file_drop import FileDropPlatform
from sync.gateway.forwarding import hand_on, pause_ms
from sync.gateway.gateway import Gateway, open_gateway
from sync.gateway.limits import Limits
from sync.gateway.platform import LoopbackPlatform, Platform, PlatformAnswer, Submission
from sync.gateway.platforms import platform_by_address
from sync.gateway.windows import Window as Enrolled
from tests.sync.gateway_main import WallClock
from tests.sync.hall import (
    HALL,
    SUITE,
    Page,
    ShiftedClock,
    Window,
    paged_message,
    sample_case,
    sealed_page,
    signed_message,
)


class _Clock:
    """Real time, moved on by the test."""

    def __init__(self) -> None:
        self.shift_ms = 0

    def now(self) -> Stamp:
        real = WallClock().now()
        return Stamp(real.utc_ms + self.shift_ms, monotonic_ms=real.monotonic_ms + self.shift_ms)


class Moody:
    """A platform that can be away or refuse."""

    def __init__(self) -> None:
        self.mood: dict[str, Exception] = {}
        self.taken: list[tuple[str, int]] = []
        self.told: list[PlatformAnswer] = []

    def submit(self, submission: Submission) -> str:
        for key in (submission.case_id, "*"):
            if key in self.mood:
                raise self.mood[key]
        self.taken.append((submission.case_id, submission.revision))
        return LoopbackPlatform().submit(submission)

    def answers(self) -> Iterator[PlatformAnswer]:
        yield from list(self.told)

    def settle(self, mark: str, *, understood: bool) -> None:
        self.told = [each for each in self.told if each.mark != mark]


class House:
    """A gateway opened in this process, and one window of it."""

    def __init__(self, data: Path, platform: Platform, database: str = "") -> None:
        self.clock, self.data = _Clock(), data
        self.gateway: Gateway = open_gateway(
            data,
            suites=[SUITE],
            verify=verify_signatures,
            clock=self.clock,
            random=os.urandom,
            platform=platform,
            database_url=database,
        )
        private, public = SUITE.new_signing_pair()
        token = windows.enrol_token(self.gateway, HALL, "07")
        enrolled, _ = windows.enrol(self.gateway, protocol.EnrolRequest(token, HALL, "07", public))
        clerk_private, clerk_public = SUITE.new_signing_pair()
        signer = MessageSigner(SUITE, Unlocked("wangmin", b"", clerk_private, clerk_public), private)
        self.window = Window(enrolled, private, public, signer, ShiftedClock())
        self.own = Enrolled(enrolled.window_id, HALL, "07", ((SUITE.id, public),))

    def take(self, *messages: OutboxMessage) -> None:
        public = self.window.enrolled.gateway_sealing_public
        envelopes = [
            envelope_of(each, self.own.window_id, lambda body, context: SUITE.seal_to(public, body, context)).to_json()
            for each in messages
        ]
        receipts = intake.take_batch(self.gateway, self.own, envelopes)
        assert {each.status for each in receipts} == {"stored"}

    def deliver(self, page: Page) -> None:
        pages.add_chunk(self.gateway, self.own, page.ref.blob_sha256, page.ref.blob_size, 0, page.blob)

    def numbers(self) -> dict[str, str]:
        return {row.case_id: row.case_number for row in looks.newest_cases(self.gateway) if row.case_number}

    def entries(self, kind: str) -> list[dict[str, Json]]:
        found, _ = feed.page(self.gateway, self.own, 0, 500)
        return [dict(each.body) for each in found if each.kind == kind]


@pytest.fixture
def moody() -> Moody:
    return Moody()


@pytest.fixture
def house(tmp_path: Path, moody: Moody, database: str) -> Iterator[House]:
    opened = House(tmp_path / "gateway", moody, database)
    yield opened
    opened.gateway.close()


def test_what_is_due_is_handed_on_in_stretches(house: House, moody: Moody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "AT_ONCE", 2)
    house.take(*(signed_message(house.window, sample_case(f"{house.own.window_id}-s{n}")) for n in range(3)))
    assert hand_on(house.gateway) == (2, True)
    assert hand_on(house.gateway) == (1, False)
    assert len(moody.taken) == 3


@pytest.mark.parametrize(("coming_in", "took_ms", "least_s"), [(1, 40, 0.36), (1, 60_000, 1.0), (0, 40, None)])
def test_while_cases_come_in_handing_on_gives_way_but_not_for_long(
    house: House, monkeypatch: pytest.MonkeyPatch, coming_in: int, took_ms: int, least_s: float | None
) -> None:
    stretches, paused, really = iter([(50, True), (50, True), (3, False)]), list[float](), asyncio.sleep

    def slow_stretch(_gateway: Gateway) -> tuple[int, bool]:
        house.clock.shift_ms += took_ms
        return next(stretches)

    async def noted(seconds: float) -> None:
        await really(0)
        if seconds:
            paused.append(seconds)

    monkeypatch.setattr(forwarding, "hand_on", slow_stretch)
    monkeypatch.setattr(asyncio, "sleep", noted)
    door = app._Door(house.gateway, Limits())
    door.in_progress = coming_in
    asyncio.run(app._hand_on(door, asyncio.Event()))
    assert len(paused) == (0 if least_s is None else 2)
    assert all(least_s is not None and least_s <= each <= 1.0 for each in paused)
    assert next(stretches, None) is None


def test_one_case_that_is_refused_holds_up_no_other(house: House, moody: Moody) -> None:
    house.take(*(signed_message(house.window, sample_case(f"{house.own.window_id}-f{n}")) for n in range(3)))
    bad = f"{house.own.window_id}-f1"
    moody.mood[bad] = Refused("平台说要件不全。")
    assert office.tick(house.gateway) == 2
    assert bad not in house.numbers()
    row = next(each for each in looks.newest_cases(house.gateway) if each.case_id == bad)
    assert (row.trouble, row.tries) == ("平台说要件不全。", 1)
    assert office.tick(house.gateway) == 0  # it waits for its next try
    moody.mood.clear()
    house.clock.shift_ms = 20_000
    assert office.tick(house.gateway) == 1
    assert len([each for each in house.numbers() if each.startswith(f"{house.own.window_id}-f")]) == 3


def _overwrite(house: House, message_id: str, sealed: bytes) -> bytes:
    """Damage (or mend) a stored body as a failing disk would."""
    table = schema.message
    mine = table.c.message_id == message_id
    with house.gateway.store.transaction() as connection:
        before = connection.execute(select(table.c.sealed).where(mine)).scalar_one()
        connection.execute(update(table).where(mine).values(sealed=sealed))
    return bytes(before)


def _trouble(house: House, case_id: str) -> str:
    return next(str(each.trouble) for each in looks.newest_cases(house.gateway) if each.case_id == case_id)


def test_a_body_that_cannot_be_opened_holds_up_no_other(house: House, moody: Moody) -> None:
    house.take(*(signed_message(house.window, sample_case(f"{house.own.window_id}-b{n}")) for n in range(3)))
    bad = f"{house.own.window_id}-b0"
    sound = _overwrite(house, f"m-{bad}-1", b"\0" * 300)
    assert office.tick(house.gateway) == 2
    assert "打不开" in _trouble(house, bad)
    assert looks.counts(house.gateway).held == 1
    _overwrite(house, f"m-{bad}-1", sound)
    house.clock.shift_ms = 20_000
    assert office.tick(house.gateway) == 1
    assert looks.counts(house.gateway).held == 0


@pytest.mark.parametrize("damage", ["gone", "other bytes"])
def test_a_page_that_cannot_be_read_holds_up_no_other(
    dropping: tuple[House, Path], tmp_path: Path, damage: str
) -> None:
    house, drop = dropping
    page = sealed_page(os.urandom(3000))
    house.take(paged_message(house.window, sample_case("torn-0"), page))
    house.take(*(signed_message(house.window, sample_case(f"torn-{n}")) for n in (1, 2)))
    house.deliver(page)
    (file,) = (tmp_path / "gateway" / "blobs").rglob(f"{page.ref.blob_sha256}.blob")
    file.write_bytes(b"x") if damage == "other bytes" else file.unlink()
    office.tick(house.gateway)
    assert {each.name for each in (drop / "out").iterdir() if each.name[0] != "."} == {"torn-1-r0001", "torn-2-r0001"}
    assert "读不出来" in _trouble(house, "torn-0")
    file.write_bytes(page.blob)  # the administrator had a backup
    house.clock.shift_ms = 20_000
    office.tick(house.gateway)
    assert (drop / "out" / "torn-0-r0001" / "case.json").is_file()
    assert not [each for each in (drop / "out").iterdir() if each.name.startswith(".")]


@pytest.mark.parametrize("lie", ["another key", "another page"])
def test_a_page_that_another_case_proved_is_held_against_this_ones_own_word(
    dropping: tuple[House, Path], lie: str
) -> None:
    house, drop = dropping
    page = sealed_page(os.urandom(3000))
    key, plain = (SUITE.new_key(), page.plain) if lie == "another key" else (page.key, b"never sent")
    house.take(paged_message(house.window, sample_case("lied-0"), Page(plain, key, page.blob)))
    house.take(paged_message(house.window, sample_case("lied-1"), page))
    house.deliver(page)
    office.tick(house.gateway)
    assert [each.name for each in (drop / "out").iterdir() if each.name[0] != "."] == ["lied-1-r0001"]
    assert "读不出来" in _trouble(house, "lied-0")


def test_a_case_that_trips_the_adapter_holds_up_no_other(house: House, moody: Moody) -> None:
    house.take(*(signed_message(house.window, sample_case(f"{house.own.window_id}-k{n}")) for n in range(3)))
    bad = f"{house.own.window_id}-k0"
    moody.mood[bad] = KeyError("a field that the adapter counted on")
    assert office.tick(house.gateway) == 2
    assert "KeyError" in _trouble(house, bad)
    moody.mood.clear()
    house.clock.shift_ms = 20_000
    assert office.tick(house.gateway) == 1


def test_a_number_given_twice_is_told_to_one_and_holds_up_no_other(
    house: House, moody: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{house.own.window_id}-n{n}" for n in range(3)]
    given = dict(zip(names, ("YKB-7", "YKB-7", "YKB-8"), strict=True))
    monkeypatch.setattr(moody, "submit", lambda submission: given[submission.case_id])
    house.take(*(signed_message(house.window, sample_case(each)) for each in names))
    assert office.tick(house.gateway) == 2
    assert {each: house.numbers().get(each) for each in names} == {**given, names[1]: None}
    assert "编号" in _trouble(house, names[1])
    house.clock.shift_ms = 20_000
    assert office.tick(house.gateway) == 0  # nor against a number that is stored already
    given[names[1]] = "YKB-9"
    house.clock.shift_ms = 60_000
    assert office.tick(house.gateway) == 1


def test_forwarding_outlives_what_nobody_thought_of(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round that ends in anything at all is followed by the next."""
    rounds = list[int]()
    enough = asyncio.Event()

    async def round_of(*_: object) -> None:
        rounds.append(1)
        if len(rounds) > 1:
            enough.set()
        raise RuntimeError("unthought of")

    monkeypatch.setattr(app, "_hand_on", round_of)

    async def run() -> None:
        door = app._Door(house.gateway, Limits())
        task = asyncio.create_task(app._keep_forwarding(door, asyncio.Event(), 0.01))
        await asyncio.wait_for(enough.wait(), 10)
        task.cancel()

    asyncio.run(run())


def test_a_platform_that_is_away_is_asked_again_and_nothing_is_forgotten(house: House, moody: Moody) -> None:
    prefix = house.own.window_id
    house.take(*(signed_message(house.window, sample_case(f"{prefix}-a{n}")) for n in range(3)))
    moody.mood["*"] = LineProblem("平台连不上。")
    with pytest.raises(LineProblem):
        office.tick(house.gateway)
    moody.mood.clear()
    assert office.tick(house.gateway) == 2  # those it never came to are due at once; the first waits
    house.clock.shift_ms = 20_000
    assert office.tick(house.gateway) == 1


def test_a_newer_revision_is_handed_on_too_and_keeps_its_number(house: House, moody: Moody) -> None:
    name = f"{house.own.window_id}-r"
    house.take(signed_message(house.window, sample_case(name)))
    office.tick(house.gateway)
    number = house.numbers()[name]
    house.take(signed_message(house.window, sample_case(name, revision=2, more="补")))
    assert office.tick(house.gateway) == 0
    assert [each for each in moody.taken if each[0] == name] == [(name, 1), (name, 2)]
    assert house.numbers()[name] == number
    assert len([each for each in house.entries("case.numbered") if each["case_id"] == name]) == 1


def test_a_case_waits_for_its_page_and_goes_when_it_comes(house: House, moody: Moody) -> None:
    name, page = f"{house.own.window_id}-p", sealed_page(os.urandom(3000))
    house.take(paged_message(house.window, sample_case(name), page))
    assert office.tick(house.gateway) == 0
    house.deliver(page)
    assert office.tick(house.gateway) == 1


def test_two_workers_submit_nothing_twice(house: House, moody: Moody) -> None:
    names = [f"{house.own.window_id}-w{n}" for n in range(12)]
    house.take(*(signed_message(house.window, sample_case(each)) for each in names))
    together = threading.Barrier(2)
    counted: list[int] = []

    def work() -> None:
        together.wait(10)
        counted.append(office.tick(house.gateway))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    mine = [case_id for case_id, _ in moody.taken if case_id in names]
    assert sorted(mine) == sorted(names)
    assert sum(counted) == 12


def test_a_worker_that_died_leaves_a_lease_that_runs_out(house: House, moody: Moody) -> None:
    name = f"{house.own.window_id}-d"
    house.take(signed_message(house.window, sample_case(name)))
    assert [row.case_id for row in forwarding._lease(house.gateway)] == [name]  # and it never comes back
    assert office.tick(house.gateway) == 0
    house.clock.shift_ms = forwarding.LEASE_MS + 1000
    assert office.tick(house.gateway) == 1


def test_results_told_by_the_platform_reach_the_window(house: House, moody: Moody) -> None:
    name = f"{house.own.window_id}-t"
    house.take(signed_message(house.window, sample_case(name)))
    office.tick(house.gateway)
    moody.told = [PlatformAnswer("1", name, result="准予", note="办好了"), PlatformAnswer("2", "nobody", result="准予")]
    office.tick(house.gateway)
    assert moody.told == []
    told = [each for each in house.entries("case.decided") if each["case_id"] == name]
    assert [(each["result"], each["note"]) for each in told] == [("准予", "办好了")]


def test_the_pause_grows_and_is_spread() -> None:
    assert [pause_ms(tries, 0) for tries in (1, 2, 3, 50)] == [5_000, 10_000, 20_000, 600_000]
    assert pause_ms(1, 255) > pause_ms(1, 0)
    assert pause_ms(50, 255) < 2 * 600_000


@pytest.fixture
def dropping(tmp_path: Path) -> Iterator[tuple[House, Path]]:
    house = House(tmp_path / "gateway", FileDropPlatform(tmp_path / "drop"))
    yield house, tmp_path / "drop"
    house.gateway.close()


def test_a_folder_as_platform(dropping: tuple[House, Path]) -> None:
    house, drop = dropping
    page = sealed_page(os.urandom(3000))
    house.take(
        paged_message(house.window, sample_case("drop-1"), page), signed_message(house.window, sample_case("drop-2"))
    )
    house.deliver(page)
    assert office.tick(house.gateway) == 0  # the number comes later
    folder = drop / "out" / "drop-1-r0001"
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for name, sha256 in manifest["files"].items():
        assert bytes_hash((folder / name).read_bytes()) == sha256
    assert (folder / f"pages/{bytes_hash(page.plain)}.jpg").read_bytes() == page.plain
    assert drop.stat().st_mode & 0o077 == 0
    assert not [each for each in (drop / "out").iterdir() if each.name.startswith(".")]

    answers: dict[str, Callable[[], bytes]] = {
        "1.json": lambda: json.dumps({"case_id": "drop-1", "case_number": "YKB-2026-1"}).encode(),
        "2.json": lambda: json.dumps({"case_id": "drop-1", "result": "准予", "note": ""}).encode(),
        "3.json": lambda: b"{half",
        "4.json": lambda: json.dumps({"case_id": "drop-2", "case_number": "../../x\n"}).encode(),
        "5.json": lambda: json.dumps({"case_id": "unheard-of", "case_number": "YKB-2"}).encode(),
    }
    for name, content in answers.items():
        (drop / "in" / name).write_bytes(content())
    assert office.tick(house.gateway) == 1
    assert house.numbers() == {"drop-1": "YKB-2026-1"}
    assert [each["result"] for each in house.entries("case.decided")] == ["准予"]
    assert {each.name for each in (drop / "in" / "done").iterdir()} == {"1.json", "2.json"}
    assert {each.name for each in (drop / "in" / "bad").iterdir()} == {"3.json", "4.json", "5.json"}


def test_a_folder_that_cannot_be_written_is_said_calmly(dropping: tuple[House, Path]) -> None:
    house, drop = dropping
    drop.write_bytes(b"")  # a file where the folder should be
    house.take(signed_message(house.window, sample_case("drop-3")))
    with pytest.raises(LineProblem, match="转发文件夹"):
        office.tick(house.gateway)
    drop.unlink()
    house.clock.shift_ms = 20_000
    office.tick(house.gateway)
    assert (drop / "out" / "drop-3-r0001" / "case.json").is_file()


def test_addresses_of_platforms(tmp_path: Path) -> None:
    assert isinstance(platform_by_address("loopback"), LoopbackPlatform)
    assert isinstance(platform_by_address(f"file:{tmp_path}"), FileDropPlatform)
    for bad in ("http://x", "file:", "x"):
        with pytest.raises(BadInput):
            platform_by_address(bad)
    with contextlib.suppress(StopIteration):
        assert list(FileDropPlatform(tmp_path / "none").answers()) == []
