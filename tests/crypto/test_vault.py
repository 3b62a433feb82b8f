"""The vault: slots, the one-time set-up key, waiting after wrong PINs, and files that are not what they should be."""

from __future__ import annotations

import base64
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clerk_app.crypto.device_secret import FileSecret, KeyringSecret, device_secret_for
from clerk_app.crypto.guomi import GuomiSuite
from clerk_app.crypto.international import InternationalSuite
from clerk_app.crypto.tries import LONGEST_WAIT_MS, Tries, wait_after
from clerk_app.crypto.vault import FileVault, noted_device
from clerk_app.domain.time import Stamp
from clerk_app.errors import KeyProblem, Refused, StorageProblem

SUITE = InternationalSuite(os.urandom)
COST = {"time": 1, "memory_kib": 64, "lanes": 1}
PIN = "246810"


class HandClock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.ms = 1_795_000_000_000

    def now(self) -> Stamp:
        return Stamp(self.ms)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def vault_in(folder: Path, clock: HandClock) -> FileVault:
    return FileVault(folder, SUITE, FileSecret(folder), clock, cost=COST)


@pytest.fixture
def folder(tmp_path: Path, clock: HandClock) -> Path:
    """A founded vault with one clerk."""
    vault = vault_in(tmp_path / "data", clock)
    vault.create()
    vault.add_slot(vault.unlock_setup(), "wangmin", PIN)
    return tmp_path / "data"


def test_founding_and_the_first_clerk(tmp_path: Path, clock: HandClock) -> None:
    folder = tmp_path / "data"
    vault = vault_in(folder, clock)
    vault.create()
    assert vault.logins() == ()
    setup = vault.unlock_setup()
    assert len(setup.database_key) == 32
    assert (folder / "setup.key").stat().st_mode & 0o777 == 0o600
    mine = vault.add_slot(setup, "wangmin", PIN)
    again = vault_in(folder, clock).unlock("wangmin", PIN)
    assert again == mine
    assert again.database_key == setup.database_key
    assert SUITE.verify(again.signing_public, SUITE.sign(again.signing_private, b"x"), b"x")
    assert vault.logins() == ("wangmin",)
    for name in ("vault.json", "device.secret"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_the_set_up_key_dies_with_the_first_clerk(folder: Path, clock: HandClock) -> None:
    assert not (folder / "setup.key").exists()
    with pytest.raises(KeyProblem, match="已经用掉"):
        vault_in(folder, clock).unlock_setup()


def test_a_set_up_key_left_by_a_crash_is_removed(folder: Path, clock: HandClock) -> None:
    (folder / "setup.key").write_bytes(base64.b64encode(bytes(32)))
    vault_in(folder, clock).unlock("wangmin", PIN)
    assert not (folder / "setup.key").exists()


def test_each_clerk_has_the_database_key_and_an_own_signing_key(folder: Path, clock: HandClock) -> None:
    vault = vault_in(folder, clock)
    wang = vault.unlock("wangmin", PIN)
    vault.add_slot(wang, "lisi", "135791")
    lisi = vault.unlock("lisi", "135791")
    assert lisi.database_key == wang.database_key
    assert lisi.signing_private != wang.signing_private
    with pytest.raises(KeyProblem, match="PIN 不对"):
        vault.unlock("lisi", PIN)


def test_nothing_unlocked_is_shown_in_a_repr(folder: Path, clock: HandClock) -> None:
    opened = vault_in(folder, clock).unlock("wangmin", PIN)
    assert opened.database_key.hex() not in repr(opened)
    assert repr(opened.database_key) not in repr(opened)


def test_full_width_digits_are_the_same_pin(folder: Path, clock: HandClock) -> None:
    assert vault_in(folder, clock).unlock("wangmin", "２４６８１０").login == "wangmin"


@pytest.mark.parametrize("pin", ["", "12345", "abcdef", "12 456", "1" * 65, "١٢٣٤٥٦"])
def test_a_pin_has_at_least_six_digits(folder: Path, clock: HandClock, pin: str) -> None:
    vault = vault_in(folder, clock)
    with pytest.raises(Refused, match=r"6 位数字|太长"):
        vault.add_slot(vault.unlock("wangmin", PIN), "lisi", pin)
    assert vault.logins() == ("wangmin",)


@pytest.mark.parametrize("login", ["wangmin", "", "  ", "a\nb"])
def test_a_login_is_new_and_readable(folder: Path, clock: HandClock, login: str) -> None:
    vault = vault_in(folder, clock)
    with pytest.raises(Refused, match="登录名"):
        vault.add_slot(vault.unlock("wangmin", PIN), login, "135791")


def test_a_vault_is_founded_once(folder: Path, clock: HandClock, tmp_path: Path) -> None:
    before = (folder / "vault.json").read_bytes()
    with pytest.raises(StorageProblem, match="已经有数据"):
        vault_in(folder, clock).create()
    assert (folder / "vault.json").read_bytes() == before
    other = tmp_path / "orphan"
    other.mkdir()
    (other / "clerk.db").write_bytes(b"a database whose vault was lost")
    with pytest.raises(StorageProblem, match="已经有数据"):
        vault_in(other, clock).create()
    assert not (other / "vault.json").exists()


def test_the_key_of_another_vault_gets_no_slot(folder: Path, clock: HandClock, tmp_path: Path) -> None:
    other = vault_in(tmp_path / "other", clock)
    other.create()
    with pytest.raises(KeyProblem, match="不是这个数据文件夹"):
        vault_in(folder, clock).add_slot(other.unlock_setup(), "lisi", "135791")


def test_without_the_device_secret_the_pin_is_not_enough(folder: Path, clock: HandClock) -> None:
    secret = (folder / "device.secret").read_bytes()
    (folder / "device.secret").write_bytes(base64.b64encode(os.urandom(32)))
    with pytest.raises(KeyProblem, match="PIN 不对"):
        vault_in(folder, clock).unlock("wangmin", PIN)
    for bad in (b"", b"not base64!", base64.b64encode(b"short")):
        (folder / "device.secret").write_bytes(bad)
        with pytest.raises(KeyProblem, match="设备密钥"):
            vault_in(folder, clock).unlock("wangmin", PIN)
    (folder / "device.secret").write_bytes(secret)
    assert vault_in(folder, clock).unlock("wangmin", PIN).login == "wangmin"


# --- waiting


def test_wrong_pins_make_one_wait_and_a_restart_does_not_help(folder: Path, clock: HandClock) -> None:
    for _ in range(3):
        with pytest.raises(KeyProblem, match="PIN 不对"):
            vault_in(folder, clock).unlock("wangmin", "000000")
    with pytest.raises(KeyProblem, match="请等 5 秒"):
        vault_in(folder, clock).unlock("wangmin", PIN)
    clock.ms += 4_999
    with pytest.raises(KeyProblem, match="请等 1 秒"):
        vault_in(folder, clock).unlock("wangmin", PIN)
    clock.ms += 1
    with pytest.raises(KeyProblem, match="PIN 不对"):
        vault_in(folder, clock).unlock("wangmin", "000000")
    with pytest.raises(KeyProblem, match="请等 10 秒"):
        vault_in(folder, clock).unlock("wangmin", PIN)
    clock.ms += 10_000
    assert vault_in(folder, clock).unlock("wangmin", PIN).login == "wangmin"
    with pytest.raises(KeyProblem, match="PIN 不对（连续第 1 次）"):
        vault_in(folder, clock).unlock("wangmin", "000000")


def test_one_clerks_wrong_pins_do_not_lock_out_another(folder: Path, clock: HandClock) -> None:
    vault = vault_in(folder, clock)
    vault.add_slot(vault.unlock("wangmin", PIN), "lisi", "135791")
    for _ in range(3):
        with pytest.raises(KeyProblem):
            vault.unlock("lisi", "000000")
    assert vault.unlock("wangmin", PIN).login == "wangmin"


def test_a_clock_set_back_does_not_lock_out_for_ever(folder: Path, clock: HandClock) -> None:
    for _ in range(3):
        with pytest.raises(KeyProblem):
            vault_in(folder, clock).unlock("wangmin", "000000")
    clock.ms -= 365 * 86_400_000
    with pytest.raises(KeyProblem, match="请等 5 秒"):
        vault_in(folder, clock).unlock("wangmin", PIN)


def test_the_wait_grows_to_a_bound() -> None:
    waits = [wait_after(n) for n in range(40)]
    assert waits[:5] == [0, 0, 0, 5_000, 10_000]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_MS


def test_a_try_counts_even_when_the_plug_is_pulled(folder: Path, clock: HandClock) -> None:
    class PluggedOut(InternationalSuite):
        def stretch(self, *_: Any) -> bytes:
            raise KeyboardInterrupt

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            FileVault(folder, PluggedOut(os.urandom), FileSecret(folder), clock, cost=COST).unlock("wangmin", "000000")
    with pytest.raises(KeyProblem, match="请等"):
        vault_in(folder, clock).unlock("wangmin", PIN)


def test_a_damaged_count_does_not_lock_out(folder: Path, clock: HandClock) -> None:
    for bad in (b"", b"{", b"[]", b'{"logins":{"x":1}}'):
        (folder / "vault.tries.json").write_bytes(bad)
        assert vault_in(folder, clock).unlock("wangmin", PIN).login == "wangmin"


def test_after_a_clock_set_back_the_wait_runs_down(folder: Path, clock: HandClock) -> None:
    """An hour, a day or ten years: who waits as long as is said gets in."""
    vault = vault_in(folder, clock)
    for back_ms in (3_600_000, 86_400_000, 10 * 365 * 86_400_000):
        for _ in range(3):
            with pytest.raises(KeyProblem):
                vault.unlock("wangmin", "000000")
        clock.ms -= back_ms
        with pytest.raises(KeyProblem, match="请等 5 秒"):
            vault.unlock("wangmin", PIN)
        clock.ms += 2_000
        with pytest.raises(KeyProblem, match="请等 3 秒"):
            vault.unlock("wangmin", PIN)
        clock.ms += 3_000
        assert vault.unlock("wangmin", PIN).login == "wangmin"


def test_tries_at_once_all_count(tmp_path: Path, clock: HandClock) -> None:
    names = [f"clerk{n}" for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: Tries(tmp_path, clock).begin(name), names))
    assert [Tries(tmp_path, clock).begin(name) for name in names] == [1] * 16


def test_a_vault_whose_suite_was_swapped_says_so_and_counts_no_try(folder: Path, clock: HandClock) -> None:
    path = folder / "vault.json"
    path.write_text(path.read_text("utf-8").replace('"intl-1"', '"gm-1"'), "utf-8")
    swapped = FileVault(folder, GuomiSuite(os.urandom), FileSecret(folder), clock, cost=COST)
    with pytest.raises(KeyProblem, match="钥匙文件被改过") as caught:
        swapped.unlock("wangmin", PIN)
    calm(caught.value)
    assert not (folder / "vault.tries.json").exists()


# --- files that are not what they should be


def calm(problem: KeyProblem) -> None:
    assert problem.message.endswith("。")
    assert problem.what_is_safe
    assert problem.what_to_do


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"null", b'{"kind":"other","format":1}', b"[" * 5000])
def test_a_damaged_or_foreign_vault(folder: Path, clock: HandClock, data: bytes) -> None:
    (folder / "vault.json").write_bytes(data)
    with pytest.raises(KeyProblem, match="已损坏，或不是本程序") as caught:
        vault_in(folder, clock).unlock("wangmin", PIN)
    calm(caught.value)
    assert (folder / "vault.json").read_bytes() == data


def test_a_missing_vault(tmp_path: Path, clock: HandClock) -> None:
    with pytest.raises(KeyProblem, match="没有钥匙文件") as caught:
        vault_in(tmp_path, clock).unlock("wangmin", PIN)
    calm(caught.value)
    assert noted_device(tmp_path) == ""


def test_a_newer_vault_is_left_alone(folder: Path, clock: HandClock) -> None:
    data = json.loads((folder / "vault.json").read_bytes()) | {"format": 3, "slots": "of another form"}
    (folder / "vault.json").write_text(json.dumps(data))
    with pytest.raises(KeyProblem, match="更新版本") as caught:
        vault_in(folder, clock).unlock("wangmin", PIN)
    calm(caught.value)


def test_a_vault_of_another_suite(folder: Path, clock: HandClock) -> None:
    data = json.loads((folder / "vault.json").read_bytes()) | {"suite": "sm-1"}
    (folder / "vault.json").write_text(json.dumps(data))
    with pytest.raises(KeyProblem, match="另一种加密方式"):
        vault_in(folder, clock).unlock("wangmin", PIN)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**70) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PATHS = [
    ("format",), ("kind",), ("id",), ("suite",), ("device",), ("check",), ("slots",), ("slots", 0),
    ("slots", 0, "salt"), ("slots", 0, "cost"), ("slots", 0, "cost", "time"), ("slots", 0, "cost", "memory_kib"),
    ("slots", 0, "cost", "lanes"), ("slots", 0, "public_key"), ("slots", 0, "sealed"),
]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), value=JSON)
def test_fuzzed_values_are_key_problems(folder: Path, clock: HandClock, path: tuple[Any, ...], value: Any) -> None:
    original = (folder / "vault.json").read_bytes()
    data = place = json.loads(original)
    for step in path[:-1]:
        place = place[step]
    if place[path[-1]] == value:
        return
    place[path[-1]] = value
    try:
        (folder / "vault.json").write_text(json.dumps(data))
        with pytest.raises(KeyProblem) as caught:
            vault_in(folder, clock).unlock("wangmin", PIN)
        calm(caught.value)
        assert PIN not in caught.value.sentence()
    finally:
        (folder / "vault.json").write_bytes(original)
        (folder / "vault.tries.json").unlink(missing_ok=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_fuzzed_bytes_are_key_problems_or_change_nothing(folder: Path, clock: HandClock, data: st.DataObject) -> None:
    original = (folder / "vault.json").read_bytes()
    known = vault_in(folder, clock).unlock("wangmin", PIN)
    place = data.draw(st.integers(0, len(original) - 1))
    changed = original[:place] + data.draw(st.binary(max_size=3)) + original[place + 1 :]
    try:
        (folder / "vault.json").write_bytes(changed)
        opened = vault_in(folder, clock).unlock("wangmin", PIN)
    except KeyProblem as problem:
        calm(problem)
    else:
        assert opened == known
    finally:
        (folder / "vault.json").write_bytes(original)
        (folder / "vault.tries.json").unlink(missing_ok=True)


# --- who keeps the device secret


class Shelf:
    """A key store as keyring's back ends are; in memory."""

    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        self.kept[service, name] = password

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def test_the_desktops_key_store_is_taken_when_there_is_one(tmp_path: Path, clock: HandClock) -> None:
    shelf: Any = Shelf()
    secret = device_secret_for(tmp_path, find_keyring=lambda: shelf)
    assert isinstance(secret, KeyringSecret)
    vault = FileVault(tmp_path, SUITE, secret, clock, cost=COST)
    vault.create()
    vault.add_slot(vault.unlock_setup(), "wangmin", PIN)
    assert not (tmp_path / "device.secret").exists()
    assert noted_device(tmp_path) == "keyring"
    assert "系统钥匙库" in vault.protection()
    assert vault.unlock("wangmin", PIN).login == "wangmin"
    shelf.kept.clear()
    with pytest.raises(KeyProblem, match="没有本窗口的设备密钥"):
        vault.unlock("wangmin", PIN)
    with pytest.raises(KeyProblem, match="现在不可用"):
        device_secret_for(tmp_path, noted_device(tmp_path), find_keyring=lambda: None)
    with pytest.raises(KeyProblem, match="不在原来的地方"):
        vault_in(tmp_path, clock).unlock("wangmin", PIN)


def test_without_one_the_file_says_what_is_lost(folder: Path, clock: HandClock) -> None:
    assert isinstance(device_secret_for(folder, find_keyring=lambda: None), FileSecret)
    shelf: Any = Shelf()
    assert isinstance(device_secret_for(folder, noted_device(folder), find_keyring=lambda: shelf), FileSecret)
    assert "只剩 PIN 保护" in vault_in(folder, clock).protection()
