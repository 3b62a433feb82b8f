"""The bill of materials: valid CycloneDX, the same twice, with terms and hashes; and what a second build is compared by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from installer import bill, reproduce, sizes
from installer.build import build_lock, note_files, sha256
from installer.wheels import chosen, table, target_of


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "clerk-app"
    backend = "_cffi_backend.cpython-311-x86_64-linux-gnu.so"
    for name in (
        "libexpat.so.1",
        "printing/fonts/Sans.ttf",
        "cv2/cv2.abi3.so",
        "PySide6/Qt/lib/libicudata.so.73",
        backend,
    ):
        path = folder / "_internal" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 10)
    (folder / "clerk-app").write_bytes(b"program")
    return folder


@pytest.fixture
def written(bundle, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setattr(
        bill, "packages_inside", lambda _bundle, _python: {"cryptography": "50.0.2", "pyside6-essentials": "6.8.0.2"}
    )
    return bill.write(bundle, Path("python"), bundle.parent / "a.cdx.json", "1.2.3")


def test_it_is_valid_and_names_what_is_inside_with_terms_and_hashes(written):
    text = written.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    told = json.loads(text)
    assert told["metadata"]["component"]["version"] == "1.2.3"
    assert told["metadata"]["timestamp"].startswith("2023-11-14")
    parts = {part["name"]: part for part in told["components"]}
    assert parts["pyside6-essentials"]["licenses"] == [{"expression": "LGPL-3.0-only"}]
    assert parts["cryptography"]["purl"] == "pkg:pypi/cryptography@50.0.2"
    installed = chosen(target_of(), table())["cryptography"]
    assert parts["cryptography"]["hashes"][0]["content"] == installed.sha256
    assert parts["libexpat.so.1"]["properties"] == [{"name": "from", "value": "the build machine"}]
    assert "printing/fonts/Sans.ttf" in parts
    # a wheel's own, which is there as a package, also when its module lies on the top
    assert not [name for name in parts if name.startswith(("cv2/", "_cffi_backend"))]


def test_it_is_the_same_twice(written, bundle):
    again = bill.write(bundle, Path("python"), bundle.parent / "b.cdx.json", "1.2.3")
    assert again.read_bytes() == written.read_bytes()


def test_a_package_whose_terms_nobody_looked_up_stops_it(bundle, monkeypatch):
    monkeypatch.setattr(bill, "packages_inside", lambda _bundle, _python: {"nobody-knows-this": "1"})
    with pytest.raises(LookupError):
        bill.bill(bundle, Path("python"), "1")


def test_a_second_build_is_compared_file_by_file(bundle, tmp_path):
    other = tmp_path / "other"
    for path in bundle.rglob("*"):
        if path.is_file():
            target = other / path.relative_to(bundle)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    assert reproduce.differences(bundle, other) == []
    (other / "clerk-app").write_bytes(b"prograM")
    (other / "new").touch()
    assert reproduce.differences(bundle, other) == ["clerk-app", "new"]
    assert reproduce.where(bundle / "clerk-app", other / "clerk-app") == "1 bytes, the first at 6"


def test_every_byte_is_of_some_part_and_every_file_has_its_hash(bundle):
    parts = sizes.by_part(bundle)
    assert sum(parts.values()) == sizes.folder_size(bundle)
    assert {"ICU (Qt6Core is linked with it)", "OpenCV, with its OpenBLAS", "fonts and paper"} <= set(parts)
    note_files(bundle)
    lines = (bundle / "files.sha256").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 6
    assert f"{sha256(bundle / 'clerk-app')}  clerk-app" in lines


def test_the_freezing_environment_holds_what_ships_and_the_freezer_only():
    names = {line.partition("==")[0] for line in build_lock().splitlines() if line[:1].isalnum()}
    assert {"pyinstaller", "reportlab", "boto3", "psycopg-binary"} <= names
    assert not names & {"pytest", "hypothesis", "mypy", "python-stdnum", "moto", "chardet", "selenium"}
    assert build_lock().count("--hash=sha256:") > 200
