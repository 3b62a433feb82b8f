"""A disk without one free byte: signing in still works, what is there can be read, sent and printed; new intake is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clerk_app.bootstrap import ballast

ROOT = Path(__file__).parents[2]
INSIDE = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from clerk_app.bootstrap import ballast
ballast.SIZE, ballast.PLENTY, ballast.HARDLY_ANY = 8 << 20, 12 << 20, 2 << 20
from clerk_app.bootstrap.house import house, sign_in
from clerk_app.domain.draft import Draft
from clerk_app.domain.hall import Role
from clerk_app.domain.outbox import acknowledged
from clerk_app.errors import AppError
from clerk_app.settings import Settings
from tests.bootstrap.folder import PIN, found
from tests.bootstrap.test_rescue import work
from local_db import drafts
from shutil import disk_usage

disk = Path(sys.argv[1])
data = found(disk / "data", ("admin", Role.ADMIN), ("wangmin", Role.CLERK))
home = house(Settings(data))
desk = sign_in(home, "wangmin", PIN)
drafts.RESERVE = 0
work(desk.store, 6)
drafts.RESERVE = 256 << 20
desk.store.close()
kept = ballast.lay_down(data)
with (disk / "filler").open("wb", buffering=0) as filler:
    size = 1 << 20
    while size:
        try:
            filler.write(bytes(size))
        except OSError:
            size //= 2
assert disk_usage(disk).free == 0, disk_usage(disk).free
try:
    desk = sign_in(home, "wangmin", PIN)
except AppError as error:
    print("refused", type(error).__name__, error.message)
    sys.exit()
with desk.store.begin(reading=True) as uow:
    print("read", len(uow.cases.page()), kept)
with desk.store.begin() as uow:
    (message,) = uow.outbox.load([uow.outbox.queue(1)[0].id])
    uow.outbox.save(acknowledged(message, "QZ-1"))
    uow.commit()
print("receipt written")
try:
    with desk.store.begin() as uow:
        uow.drafts.open(Draft("d9", "wangmin", 1, 1, {}))
        uow.commit()
except AppError as error:
    print("intake", error.message)
desk.store.close()
"""


def run(tmp_path: Path, script: str) -> str:
    place = tmp_path / "disk"
    place.mkdir()
    mount = f'mount -t tmpfs -o size=24m none "{place}" && exec "{sys.executable}" -c "$SCRIPT" "{place}" "{ROOT}"'
    done = subprocess.run(
        ["unshare", "-m", "--propagation", "private", "sh", "-c", mount],
        env={**os.environ, "SCRIPT": script},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def may_mount() -> bool:
    try:
        tried = ["unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt"]
        return subprocess.run(tried, capture_output=True, timeout=20, check=False).returncode == 0
    except OSError:
        return False


needs_a_disk = pytest.mark.skipif(not may_mount(), reason="a small disk of its own needs the right to mount one")


@needs_a_disk
def test_with_room_put_by_a_full_disk_lets_the_day_end_in_order(tmp_path: Path) -> None:
    said = run(tmp_path, INSIDE).splitlines()
    assert said[:2] == ["read 6 True", "receipt written"]
    assert said[2].startswith("intake 磁盘快满了")


@needs_a_disk
def test_without_it_signing_in_says_what_is_wrong_and_harms_nothing(tmp_path: Path) -> None:
    said = run(tmp_path, INSIDE.replace("kept = ballast.lay_down(data)", "kept = False"))
    assert said.startswith("refused DiskProblem")


def test_room_is_taken_once_and_given_back_only_when_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ballast.lay_down(tmp_path)
    assert (tmp_path / ballast.FILE).stat().st_blocks * 512 >= ballast.SIZE  # no holes
    assert not ballast.let_go_if_full(tmp_path)
    monkeypatch.setattr(ballast, "HARDLY_ANY", 1 << 62)
    assert ballast.let_go_if_full(tmp_path)
    assert not (tmp_path / ballast.FILE).exists()
    monkeypatch.setattr(ballast, "PLENTY", 1 << 62)
    assert not ballast.lay_down(tmp_path)
