"""The Debian packages' parts: what a tree holds, what it asks of the system, and scripts that keep data and touch no network."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from installer import debian, recipe
from installer.debian import CLIENT, GATEWAY, LINUX, build_deb
from installer.elf import shared_objects, strangers
from sync.bundle import format as bundle_format
from sync.bundle import reply

PACKAGES = (CLIENT, GATEWAY)


@pytest.fixture(scope="module")
def debs(tmp_path_factory):
    """Both packages around a bundle in small: the interpreter as the program, one shared object."""
    out = tmp_path_factory.mktemp("debs")
    made = {}
    for package in PACKAGES:
        bundle = out / package.name
        (bundle / "_internal").mkdir(parents=True)
        shutil.copy(Path(sys.executable).resolve(), bundle / package.name)
        module = next(Path(path) for path in sys.path if path.endswith("lib-dynload"))
        shutil.copy(next(module.glob("math.*.so")), bundle / "_internal")
        (bundle / "_internal" / "LICENSE").write_text("Terms", encoding="utf-8")
        (bundle / "_internal" / "LICENSE").chmod(0o755)
        os.environ["SOURCE_DATE_EPOCH"] = "1700000000"
        try:
            made[package.name] = build_deb(package, bundle, out, "9.8.7")
        finally:
            del os.environ["SOURCE_DATE_EPOCH"]
    return made


def control(deb: Path, field: str) -> str:
    return subprocess.run(
        ["dpkg-deb", "-f", str(deb), field], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_package_says_what_it_is_and_needs(debs, package):
    deb = debs[package.name]
    assert control(deb, "Package") == package.name
    assert control(deb, "Version") == "9.8.7"
    assert re.search(r"libc6 \(>= 2\.\d+\)", control(deb, "Depends"))
    assert "debconf" in control(deb, "Depends")
    assert int(control(deb, "Installed-Size")) > 50
    listed = subprocess.run(["dpkg-deb", "-c", str(deb)], capture_output=True, text=True, check=True).stdout
    assert f"./opt/{package.name}/{package.name}" in listed
    assert f"./usr/share/doc/{package.name}/copyright" in listed
    assert f"./usr/share/doc/{package.name}/changelog.Debian.gz" in listed
    for place, mode in package.files.values():
        line = next(line for line in listed.splitlines() if line.endswith(f"./{place}"))
        assert "root/root" in line
        assert line.startswith("-rwxr-xr-x" if mode & 0o100 else "-rw-r--r--"), line
        assert "2023-11-1" in line  # SOURCE_DATE_EPOCH, not today
    program, licence = (
        next(line for line in listed.splitlines() if line.endswith(f"./opt/{package.name}/{name}"))
        for name in (package.name, "_internal/LICENSE")
    )
    assert program.startswith("-rwxr-xr-x")
    assert licence.startswith("-rw-r--r--"), "a licence that its maker marked as a program"
    members = subprocess.run(["ar", "t", str(deb)], capture_output=True, text=True, check=True).stdout
    assert "data.tar.xz" in members  # old dpkg knows no zstd


def test_the_gateways_configuration_is_a_conffile_and_the_client_has_none(debs, tmp_path):
    for package in PACKAGES:
        folder = tmp_path / package.name
        subprocess.run(["dpkg-deb", "-e", str(debs[package.name]), str(folder)], check=True)
        told = (folder / "conffiles").read_text() if (folder / "conffiles").exists() else ""
        assert told == "".join(f"{path}\n" for path in package.conffiles)
    assert GATEWAY.conffiles == ("/etc/clerk-gateway/gateway.toml",)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_the_same_bundle_makes_the_same_package(debs, package, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    again = build_deb(package, debs[package.name].parent / package.name, tmp_path, "9.8.7")
    assert again.read_bytes() == debs[package.name].read_bytes()


SCRIPTS = [LINUX / package.folder / name for package in PACKAGES for name in package.scripts if name != "templates"]
NETWORK = re.compile(r"\b(curl|wget|apt-get|apt|pip|nc|ping|ssh|git|dig|host)\b")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_maintainer_script_is_sound_and_touches_no_network(script):
    text = script.read_text(encoding="utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert re.search(r"^set -e$", text, re.MULTILINE)
    subprocess.run(["sh", "-n", str(script)], check=True)
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", "echo")))
    assert not NETWORK.search(code)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_data_go_only_on_purge_and_only_after_a_yes(package):
    folder = LINUX / package.folder
    for name in package.scripts:
        text = (folder / name).read_text(encoding="utf-8")
        if "rm -rf" not in text:
            continue
        assert name == "postrm"
        before = text[: text.index("rm -rf")]
        assert 'if [ "$1" = purge ]' in before
        assert 'if [ "$RET" = true ]' in before
    template = (folder / "templates").read_text(encoding="utf-8")
    assert "Default: false" in template
    assert "Description-zh_CN.UTF-8:" in template
    assert max(map(len, template.splitlines())) < 200


def test_the_service_gives_nothing_away():
    unit = (LINUX / "gateway" / "clerk-gateway.service").read_text(encoding="utf-8")
    told = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    assert told["User"] == "clerk-gateway"
    assert told["CapabilityBoundingSet"] == ""
    for name in (
        "NoNewPrivileges",
        "PrivateTmp",
        "PrivateDevices",
        "ProtectHome",
        "ProtectKernelModules",
        "RestrictSUIDSGID",
    ):
        assert told[name] == "true", name
    assert told["ProtectSystem"] == "strict"
    assert "@system-service" in unit
    assert told["UMask"] == "0077"


@pytest.mark.parametrize("name", ["clerk-app.desktop", "clerk-app-training.desktop"])
def test_the_desktop_files_are_valid(name):
    file = LINUX / "client" / name
    done = subprocess.run(["desktop-file-validate", str(file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_kinds_of_file_are_those_that_the_program_writes():
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    kinds = ET.parse(LINUX / "client" / "clerk-app.xml").getroot()  # noqa: S314 - our own file
    told = {
        kind.find(f"{space}glob").get("pattern"): kind.find(f"{space}magic/{space}match").get("value")  # type: ignore[union-attr]
        for kind in kinds
    }
    assert told == {
        f"*{module.SUFFIX}": module.MAGIC.decode().replace("\n", "\\n") for module in (bundle_format, reply)
    }
    desktop = (LINUX / "client" / "clerk-app.desktop").read_text(encoding="utf-8")
    assert all(f"{kind.get('type')};" in desktop for kind in kinds)


def test_a_bundle_tells_what_it_needs_of_the_system(debs):
    bundle = debs["clerk-app"].parent / "clerk-app"
    found = list(shared_objects(bundle))
    assert {each.path.name.split(".")[0] for each in found} == {"clerk-app", "math"}
    assert all(each.glibc >= (2, 2) for each in found)
    assert strangers(bundle, found) in ([], [line for line in strangers(bundle, found) if "libpython" in line])


def test_a_library_that_nobody_declares_is_found(debs, tmp_path, monkeypatch):
    bundle = debs["clerk-app"].parent / "clerk-app"
    monkeypatch.setattr("installer.elf.C_LIBRARY", ())
    assert any("needs libc.so.6" in line for line in strangers(bundle, list(shared_objects(bundle))))


def test_nothing_that_is_gpl_or_for_tests_is_in_the_recipes():
    for bundle in (recipe.CLIENT, recipe.GATEWAY):
        assert {"readline", "_gdbm", "chardet", "tests", "pytest", "hypothesis", "stdnum"} <= set(bundle.excludes)
        assert recipe.dropped(bundle, "libreadline.so.8")
        assert recipe.dropped(bundle, "libstdc++.so.6")
        assert not recipe.dropped(bundle, "libpython3.11.so.1.0")
    assert recipe.dropped(recipe.CLIENT, "PySide6/Qt/plugins/platformthemes/libqgtk3.so")
    assert not recipe.dropped(recipe.CLIENT, "PySide6/Qt/plugins/platforms/libqxcb.so")
    assert not recipe.dropped(recipe.CLIENT, "PySide6/Qt/translations/qtbase_zh_CN.qm")
    assert recipe.dropped(recipe.GATEWAY, "botocore/data/ec2/2016-11-15/service-2.json.gz")
    assert not recipe.dropped(recipe.GATEWAY, "botocore/data/s3/2006-03-01/service-2.json.gz")


def test_launchers_are_short_and_start_what_the_package_lays_down():
    for package, name in ((CLIENT, "client/clerk-app"), (GATEWAY, "gateway/clerk-gateway")):
        launcher = LINUX / name
        subprocess.run(["sh", "-n", str(launcher)], check=True)
        assert f"exec /opt/{package.name}/{package.name}" in launcher.read_text(encoding="utf-8")
        assert not stat.S_ISLNK(launcher.lstat().st_mode)
    assert debian.ARCHITECTURES["aarch64"] == "arm64"
