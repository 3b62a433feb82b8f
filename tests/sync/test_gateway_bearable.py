"""What an administrator would call a fault: clocks that jumped, a full disk, what is said of what waits, what is left lying about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.domain.canonical import bytes_hash
from clerk_app.errors import Refused
from sync import protocol
from sync.gateway import blobs, forwarding, office, pages, windows
from sync.gateway.admin import accounts, looks
from sync.gateway.admin import pages as admin_pages
from sync.gateway.admin.accounts import Session
from sync.gateway.file_drop import FileDropPlatform
from sync.gateway.forwarding import hand_on
from sync.gateway.store import GatewayFull
from sync.strict import to_base64
from tests.sync.hall import SUITE, paged_message, sample_case, sealed_page, signed_message
from tests.sync.test_gateway_forwarding import House, Moody

YEAR_MS = 366 * 86_400_000


@pytest.fixture
def moody() -> Moody:
    return Moody()


@pytest.fixture
def house(tmp_path: Path, moody: Moody, database: str) -> Iterator[House]:
    opened = House(tmp_path / "gateway", moody, database)
    yield opened
    opened.gateway.close()


def test_a_decided_case_whose_correction_cannot_be_handed_on_says_so(house: House, moody: Moody) -> None:
    name = f"{house.own.window_id}-late"
    house.take(signed_message(house.window, sample_case(name)))
    office.tick(house.gateway)
    office.decide(house.gateway, name, "准予", "")
    moody.mood[name] = Refused("平台说这件已办结。")
    house.take(signed_message(house.window, sample_case(name, revision=2, more="补")))
    office.tick(house.gateway)
    shown = bytes(admin_pages._Site(house.gateway).page("cases", Session("chief", "csrf")).body).decode()
    assert "平台说这件已办结。" in shown


def test_pages_leave_the_last_of_the_disk_to_cases(house: House, moody: Moody, monkeypatch: pytest.MonkeyPatch) -> None:
    page, other = sealed_page(os.urandom(3000)), sealed_page(os.urandom(3000))
    free = house.gateway.blobs.free()
    assert free is not None
    monkeypatch.setattr(blobs, "RESERVE", 2**62)
    house.take(paged_message(house.window, sample_case("room-1"), page))
    house.take(paged_message(house.window, sample_case("room-2"), other))
    with pytest.raises(GatewayFull):
        house.deliver(page)
    with pytest.raises(GatewayFull):
        pages.add_chunk(house.gateway, house.own, other.ref.blob_sha256, other.ref.blob_size, 0, other.blob[:1000])
    assert not list((house.data / "blobs").glob("*/*"))
    assert looks.counts(house.gateway).is_nearly_full
    monkeypatch.undo()
    for each in (page, other):
        house.deliver(each)
    assert office.tick(house.gateway) == 2
    assert looks.counts(house.gateway).free is not None


def test_a_clock_that_jumped_back_leaves_nothing_waiting_for_a_year(house: House, moody: Moody) -> None:
    house.clock.shift_ms = YEAR_MS
    house.take(signed_message(house.window, sample_case("jump-1")), signed_message(house.window, sample_case("jump-2")))
    forwarding._lease(house.gateway)  # a worker that died with both in its hands
    house.clock.shift_ms = 0
    moody.mood["jump-1"] = Refused("材料不全")
    assert hand_on(house.gateway)[0] == 1
    assert [case_id for case_id, _ in moody.taken] == ["jump-2"]
    house.clock.shift_ms = YEAR_MS
    assert hand_on(house.gateway) == (0, False)  # refused again, and put off by that clock
    moody.mood.clear()
    house.clock.shift_ms = 0
    assert hand_on(house.gateway)[0] == 1
    assert {each for each in house.numbers() if each.startswith("jump-")} == {"jump-1", "jump-2"}
    assert hand_on(house.gateway) == (0, False)


def test_an_administrator_is_neither_shut_out_nor_signed_in_for_a_year(house: House) -> None:
    accounts.set_password(house.gateway, "chief", "correct horse")
    house.clock.shift_ms = YEAR_MS
    for _ in range(accounts.FREE_TRIES):
        accounts.sign_in(house.gateway, "chief", "wrong")
    assert accounts.sign_in(house.gateway, "chief", "correct horse") in range(1, 10)
    house.clock.shift_ms += 60_000
    signed_in = accounts.sign_in(house.gateway, "chief", "correct horse")
    assert isinstance(signed_in, tuple)
    for _ in range(accounts.FREE_TRIES):
        accounts.sign_in(house.gateway, "chief", "wrong")
    house.clock.shift_ms = 0
    assert accounts.session_of(house.gateway, signed_in[0]) is None
    assert isinstance(accounts.sign_in(house.gateway, "chief", "correct horse"), tuple)


def test_a_window_seen_under_a_wrong_clock_is_seen_again(house: House) -> None:
    def seen_ms() -> int:
        return next(each.seen_ms for each in looks.windows(house.gateway) if each.window_id == house.own.window_id)

    for shift_ms in (YEAR_MS, 0):
        house.clock.shift_ms = house.window.clock.shift_ms = shift_ms
        at_ms = house.clock.now().utc_ms
        claim = protocol.request_claim("GET", protocol.HELLO, house.own.window_id, at_ms, bytes_hash(b""))
        signature = to_base64(SUITE.sign(house.window.private, claim))
        windows.authenticate(
            house.gateway,
            "GET",
            protocol.HELLO,
            bytes_hash(b""),
            window_id=house.own.window_id,
            at=str(at_ms),
            signature=signature,
        )
        assert abs(seen_ms() - at_ms) < 60_000


def test_half_a_package_of_a_process_that_was_killed_stays_for_nobody(tmp_path: Path) -> None:
    """It is in the clear. One that another process is writing just now is left alone, and so is what is whole."""
    out = tmp_path / "drop" / "out"
    for name in (".dead-r0001.4711", ".busy-r0001.4712", "whole-r0001"):
        (out / name / "pages").mkdir(parents=True)
        (out / name / "case.json").write_bytes(b"{}")
    os.utime(out / ".dead-r0001.4711", (1, 1))
    os.utime(out / "whole-r0001", (1, 1))
    FileDropPlatform(tmp_path / "drop")
    assert {each.name for each in out.iterdir()} == {".busy-r0001.4712", "whole-r0001"}
