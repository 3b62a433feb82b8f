"""A package whose signer is not trusted yet waits for the key: little of it, believed in nothing, taken when an admin trusts."""

from __future__ import annotations

from pathlib import Path

import pytest

from clerk_app.bootstrap.catalogue import load_catalogue, make_key, public_key, sign_folder, take_published, trust_key
from clerk_app.catalogue.kept import MOST_WAITING
from clerk_app.catalogue.package import NotTrusted
from clerk_app.errors import BadInput
from tests.catalogue.folder import SHIPPED, copy_to, spoil


def package(folder: Path, version: str, key: str = "k") -> bytes:
    source = folder / f"{version}-{key}"
    source.mkdir()
    copy_to(source)
    spoil(source, "catalogue.json", lambda each: each.update(version=version))
    if not (folder / key).exists():
        make_key(folder / key)
    sign_folder(source, folder / key, folder / "p")
    return (folder / "p").read_bytes()


def waiting(data: Path) -> int:
    return len(list((data / "catalogue" / "waiting").glob("*")))


def test_what_waited_is_taken_in_order_when_its_key_comes_and_nothing_of_another_hand(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for version, key in (("2026-12-02", "k"), ("2026-12-01", "k"), ("2026-12-09", "other")):
        with pytest.raises(NotTrusted, match="不在这台电脑信任的名单里"):
            take_published(data, package(tmp_path, version, key), "0")
    assert (waiting(data), load_catalogue(data).version) == (3, SHIPPED)
    done = trust_key(data, public_key(str(tmp_path / "k.pub")))
    assert [each.after for each in done] == ["2026-12-01", "2026-12-02"]
    assert (waiting(data), load_catalogue(data).version) == (1, "2026-12-02")
    assert trust_key(data, public_key(str(tmp_path / "k.pub"))) == ()  # the other hand's still waits
    assert [each.after for each in trust_key(data, public_key(str(tmp_path / "other.pub")))] == ["2026-12-09"]
    assert waiting(data) == 0


def test_little_waits_and_what_was_spoilt_meanwhile_goes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for day in range(1, MOST_WAITING + 3):
        with pytest.raises(NotTrusted):
            take_published(data, package(tmp_path, f"2026-12-0{day}"), "0")
    assert waiting(data) == MOST_WAITING
    for path in (data / "catalogue" / "waiting").glob("*"):
        path.write_bytes(path.read_bytes().replace(b'"body":"', b'"body":"AA'))
    assert trust_key(data, public_key(str(tmp_path / "k.pub"))) == ()
    assert (waiting(data), load_catalogue(data).version) == (0, SHIPPED)


def test_what_is_no_package_does_not_wait(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="不是完整"):
        take_published(tmp_path, b"{}", "0")
    assert waiting(tmp_path) == 0
