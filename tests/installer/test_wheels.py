"""Every locked package has a wheel for Windows, for an old x86_64 Linux and for an older aarch64 one; asked of the lock, offline."""

from __future__ import annotations

from dataclasses import replace

import pytest

from installer import wheels
from installer.wheels import TARGETS, Wheel, faults, pins, strays, table

RUNTIME, WHOLE = pins(wheels.LOCKS[0]), pins(wheels.LOCKS[1])
LINUX, ARM, WINDOWS = TARGETS


def test_every_locked_package_can_be_installed_on_every_machine_that_halls_have():
    assert len(RUNTIME) > 80
    assert list(faults(RUNTIME, table())) == []


def test_the_table_is_of_this_lock_and_knows_the_gateways_extras():
    assert list(strays(WHOLE, table())) == []
    assert {"boto3", "psycopg", "psycopg-binary"} <= {wheel.name for wheel in table()}


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.words)
def test_a_package_without_a_wheel_for_one_machine_is_found(target):
    thin = [wheel for wheel in table() if wheel.name != "opencv-python-headless" or not wheel.fits(target)]
    assert [line for line in faults(RUNTIME, thin) if target.words in line and "opencv" in line]


def test_another_version_and_another_hash_are_found():
    pin = next(each for each in RUNTIME if each.name == "cryptography")
    moved = [replace(each, version="99.0") if each is pin else each for each in RUNTIME]
    assert list(faults(moved, table())) == ["cryptography 99.0 is not in the table: run `make wheels`"]
    swapped = [replace(each, sha256="0" * 64) if each.name == "cryptography" else each for each in table()]
    assert any("cryptography" in line and "does not allow" in line for line in faults(RUNTIME, swapped))
    assert any("cryptography" in line for line in strays(WHOLE, swapped))


@pytest.mark.parametrize(
    ("file", "fitting"),
    [
        ("x-1-py3-none-any.whl", (LINUX, ARM, WINDOWS)),
        ("x-1-cp311-cp311-win_amd64.whl", (WINDOWS,)),
        ("x-1-cp312-cp312-win_amd64.whl", ()),
        ("x-1-cp39-abi3-manylinux_2_28_x86_64.whl", (LINUX,)),
        ("x-1-cp39-abi3-manylinux_2_31_x86_64.whl", ()),
        ("x-1-cp39-abi3-manylinux_2_31_aarch64.whl", (ARM,)),
        ("x-1-cp39-abi3-manylinux_2_34_aarch64.whl", ()),
        ("x-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl", (LINUX,)),
        ("x-1-cp311-cp311-musllinux_1_2_x86_64.whl", ()),
        ("x-1-cp311-cp311-macosx_10_9_universal2.whl", ()),
    ],
)
def test_which_machine_a_wheel_is_for(file, fitting):
    wheel = Wheel("x", "1", file, "")
    assert tuple(target for target in TARGETS if wheel.fits(target)) == fitting


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.words)
def test_of_several_wheels_that_fit_the_best_name_is_the_one_that_is_installed(target):
    """As pip and uv choose: a compiled wheel before a pure one, the newest Python's ABI, then the newest platform."""
    names = {name: wheel.file for name, wheel in wheels.chosen(target, table()).items()}
    assert "-cp311-cp311-" in names["sqlalchemy"]
    assert "-cp311-abi3-" in names["cryptography"]
    if target is not WINDOWS:
        assert "manylinux_2_28" in names["cryptography"]
        assert "manylinux_2_28" in names["pynacl"]
    assert set(names) == {wheel.name for wheel in table() if wheel.fits(target)}


def test_each_build_machine_has_its_target():
    assert wheels.target_of("linux", "x86_64") is LINUX
    assert wheels.target_of("linux", "aarch64") is ARM
    assert wheels.target_of("win32", "AMD64") is WINDOWS
    with pytest.raises(LookupError):
        wheels.target_of("linux", "riscv64")
