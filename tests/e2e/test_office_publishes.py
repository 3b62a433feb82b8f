"""The office's commands: a catalogue and a list of broken promises reach the window by one sync."""

from __future__ import annotations

from pathlib import Path

from clerk_app.bootstrap.catalogue import make_key, public_key, sign_folder, trust_key
from tests.catalogue.folder import copy_to, spoil
from tests.e2e.conftest import Hall


def test_published_there_used_here(hall: Hall, tmp_path: Path) -> None:
    source, key, package = tmp_path / "source", tmp_path / "k", tmp_path / "p"
    source.mkdir()
    copy_to(source)
    spoil(source, "catalogue.json", lambda data: data.update(version="2026-12-01"))
    spoil(source, "items/longevity-allowance.json", lambda data: data["limits"]["promised"].update(count=8))
    make_key(key)
    sign_folder(source, key, package)
    there = ("--data", str(hall.gateway_data), "--json")
    trust_key(hall.data, public_key(f"{key}.pub"))  # an admin's word, as with catalogue import --trust
    hall.run("catalogue", "import", str(package), *hall.at())
    spoil(source, "catalogue.json", lambda data: data.update(version="2026-12-02"))
    spoil(source, "items/longevity-allowance.json", lambda data: data["limits"]["promised"].update(count=7))
    sign_folder(source, key, package)
    assert hall.run("gateway", "publish", str(package), *there) == [{"version": "2026-12-02"}]
    (tmp_path / "bad").write_bytes(package.read_bytes()[:-9])
    assert hall.raw("gateway", "publish", str(tmp_path / "bad"), *there).returncode == 3
    people = "500199196003150120\n\n111 50019919550820007X\n"
    assert hall.run("gateway", "promises", *there, stdin=people) == [{"people": 2, "lifted": False}]
    refused = hall.raw("gateway", "promises", *there, stdin="500199196003150120\n500199196003150121\n")
    assert (refused.returncode, "第 2 行" in refused.stderr.decode()) == (3, True)
    assert b"500199" not in refused.stderr
    hall.run("sync", "--clerk", "wangmin", *hall.at())
    shown = hall.run("catalogue", "show", "longevity-allowance", *hall.at())[0]
    assert shown["promised"]["count"] == 7
