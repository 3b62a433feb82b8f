"""The chroot's harness: the version that it upgrades to is built of this source."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from installer import debian, package_test


def test_the_next_version_is_built_anew_when_the_source_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen: list[str] = []
    words = tmp_path / "words"

    def snapshot(folder: Path, version: str) -> Path:
        folder.mkdir(exist_ok=True)
        (folder / "program.py").write_text(words.read_text() + version)
        return folder

    def freeze(name: str, _python: Path, _source: Path, out: Path) -> Path:
        frozen.append(name)
        return out / name

    def build_deb(package: object, _bundle: Path, out: Path, version: str, _compression: str) -> None:
        name = package.name  # type: ignore[attr-defined]
        machine = debian.ARCHITECTURES[os.uname().machine]
        (out / f"{name}_{version}_{machine}.deb").touch()

    monkeypatch.setattr(package_test, "snapshot", snapshot)
    monkeypatch.setattr(package_test, "freeze", freeze)
    monkeypatch.setattr(package_test, "build_environment", lambda folder: folder)
    monkeypatch.setattr(debian, "build_deb", build_deb)
    words.write_text("one")
    made = package_test.build_next(tmp_path)
    assert all(path.exists() for path in made)
    assert (package_test.build_next(tmp_path), len(frozen)) == (made, 1)
    words.write_text("two")
    assert (package_test.build_next(tmp_path), len(frozen)) == (made, 2)
