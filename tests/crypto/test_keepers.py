"""Keepers of the device's secret: one contract for the file, the desktop's key store and a token; none stands in for another."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from clerk_app.crypto.device_secret import KEEPERS, DeviceSecret, FileSecret, KeyringSecret, device_secret_for
from clerk_app.crypto.international import InternationalSuite
from clerk_app.crypto.tuning import FLOOR, MOST_MEMORY_KIB, MOST_PASSES, tuned_cost
from clerk_app.crypto.vault import FileVault, noted_device
from clerk_app.crypto.vault_file import read_vault
from clerk_app.errors import KeyProblem
from tests.crypto.software_token import SoftwareToken
from tests.crypto.test_vault import COST, HandClock, Shelf

SUITE = InternationalSuite(os.urandom)


@pytest.fixture(params=["file", "keyring", "token"])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> DeviceSecret:
    shelf: Any = Shelf()
    made: dict[str, DeviceSecret] = {
        "file": FileSecret(tmp_path),
        "keyring": KeyringSecret(shelf),
        "token": SoftwareToken(),
    }
    return made[request.param]


def test_a_keeper_gives_back_what_it_kept_and_nothing_else(keeper: DeviceSecret) -> None:
    with pytest.raises(KeyProblem):
        keeper.read("vault-1")
    secret = os.urandom(32)
    keeper.keep("vault-1", secret)
    assert keeper.read("vault-1") == secret
    newer = os.urandom(32)
    keeper.keep("vault-1", newer)
    assert keeper.read("vault-1") == newer
    assert keeper.words()
    keeper.forget("vault-1")
    with pytest.raises(KeyProblem):
        keeper.read("vault-1")
    keeper.forget("vault-1")  # nothing there any more: no trouble


def test_a_token_pulled_out_opens_nothing_and_is_not_replaced_in_silence(tmp_path: Path) -> None:
    clock, token = HandClock(), SoftwareToken()
    keepers = {"token": lambda _folder, _find: token if token.plugged_in else None, **KEEPERS}
    vault = FileVault(tmp_path, SUITE, device_secret_for(tmp_path, "", lambda: None, keepers), clock, cost=COST)
    vault.create()
    vault.add_slot(vault.unlock_setup(), "wangmin", "246810")
    assert noted_device(tmp_path) == "token"
    assert not (tmp_path / "device.secret").exists()
    assert vault.strength("246810") == ""  # six digits alone are guarded by the token
    token.plugged_in = False
    before = (tmp_path / "vault.json").read_bytes()
    with pytest.raises(KeyProblem, match="没有插好"):
        vault.unlock("wangmin", "246810")
    with pytest.raises(KeyProblem, match="现在不可用"):
        device_secret_for(tmp_path, noted_device(tmp_path), lambda: None, keepers)
    with pytest.raises(KeyProblem, match="现在不可用"):  # a program that knows no tokens
        device_secret_for(tmp_path, noted_device(tmp_path), lambda: None)
    assert (tmp_path / "vault.json").read_bytes() == before
    token.plugged_in = True
    assert vault.unlock("wangmin", "246810").login == "wangmin"


@pytest.mark.parametrize(
    ("floor_s", "memory", "passes"), [(0.001, 256, 12), (0.06, 256, 3), (0.12, 128, 3), (2.0, 64, 3)]
)
def test_a_try_is_made_as_dear_as_the_machine_allows_and_never_cheaper_than_the_floor(
    floor_s: float, memory: int, passes: int
) -> None:
    times = iter((0.0, floor_s))
    cost = tuned_cost(lambda _secret, _salt, _cost: b"", lambda: next(times))
    assert cost == {"time": passes, "memory_kib": memory * 1024, "lanes": 1}
    assert FLOOR["time"] <= cost["time"] <= MOST_PASSES
    assert FLOOR["memory_kib"] <= cost["memory_kib"] <= MOST_MEMORY_KIB


def test_the_cost_stands_in_the_slot_and_is_measured_anew_with_a_new_pin(tmp_path: Path) -> None:
    seconds = iter((0.0, 2.0, 0.0, 0.12))
    vault = FileVault(tmp_path, SUITE, FileSecret(tmp_path), HandClock(), seconds=lambda: next(seconds))
    vault.create()
    opened = vault.add_slot(vault.unlock_setup(), "wangmin", "246810")
    assert dict(read_vault(tmp_path).slots[0].cost)["memory_kib"] == 64 * 1024
    vault.renew_slot(opened, "wangmin", "135791")
    assert dict(read_vault(tmp_path).slots[0].cost)["memory_kib"] == 128 * 1024
    assert vault.unlock("wangmin", "135791").database_key == opened.database_key
