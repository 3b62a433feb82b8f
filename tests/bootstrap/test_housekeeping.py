"""The housekeeper hashes the captured pages by and by, and what it warns of is what is so now."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from clerk_app.bootstrap import housekeeper
from clerk_app.bootstrap.house import house, sign_in
from clerk_app.cli import main
from clerk_app.domain.hall import Role
from clerk_app.settings import Settings
from local_db import attachments
from local_db.stopping import GoOn
from local_db.unit_of_work import SqlStore
from tests.bootstrap import test_rescue
from tests.bootstrap.folder import PIN, found
from tests.bootstrap.test_copies_back import blob_of
from tests.bootstrap.test_rescue import opened, work

data, worked = test_rescue.data, test_rescue.worked


def flip(path: Path) -> None:
    """One bit in the middle: the same length, so that only its hash tells. Twice is as before."""
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def test_pages_are_hashed_a_slice_at_a_time_and_each_in_its_turn(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = list[int]()

    really = attachments._hash_of

    def counted(path: Path, go_on: GoOn) -> str:
        hashed.append(path.stat().st_size)
        return really(path, go_on)

    monkeypatch.setattr(attachments, "_hash_of", counted)
    flip(blob_of(data, "c0007"))
    size = blob_of(data, "c0007").stat().st_size
    store, told = opened(data), list[bool]()
    for due in (5, 5, 2, 5):  # twelve pages, five at a time; the third turn ends the first go, the fourth begins anew
        hashed.clear()
        told.append(bool(store.check_pages(4 * size + 1)))
        assert len(hashed) in {due, due + 1}, "what is due, and the one that was found before"
        store.close()
        store = opened(data)  # where it stopped outlives the program
    assert any(told[:3]), "every page had its turn"
    assert told[-1], "found once, told until it is mended"
    flip(blob_of(data, "c0007"))
    assert store.check_pages(1) == ()
    store.close()


def test_a_page_that_was_mended_is_no_longer_warned_of(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = house(Settings(data))
    desk = sign_in(home, "wangmin", PIN)
    keeper, seen = housekeeper.Housekeeper(home, lambda _bug: None), list[bool]()

    def between_rounds(_desk: object, stopping: threading.Event) -> None:
        seen.append("check" in {warned.kind for warned in keeper.warnings})
        flip(page)
        if len(seen) == 3:
            stopping.set()

    page = blob_of(data, "c0007")
    flip(page)
    monkeypatch.setattr(keeper, "_second_while_waiting", between_rounds)
    keeper._run(desk, threading.Event())
    assert seen == [True, False, True]
    desk.store.close()


def test_a_dry_run_of_the_only_clerk_needs_no_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = found(tmp_path / "d", ("wangmin", Role.CLERK))
    home = house(Settings(alone))
    store = SqlStore(alone, home.vault.unlock("wangmin", PIN).database_key, home.suite)
    work(store)
    file = tmp_path / "window.bak"
    store.backup_to(file, 5)
    store.close()
    before = {path: path.read_bytes() for path in alone.rglob("*") if path.is_file()}
    assert main(["restore", str(file), "--data", str(alone), "--dry-run"]) == 0
    assert "这份备份完整" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in alone.rglob("*") if path.is_file()} == before
