"""Has every locked package a wheel for every machine that halls have? A lock's hashes alone do not tell, so a table of names does.

python -m installer.wheels --ask     asks the registry through uv and rewrites installer/wheels.txt (`make wheels`)
python -m installer.wheels           checks the table against the lock, without a network; tests do the same

A line of the table: package, version, file, SHA-256.
"""

from __future__ import annotations

import argparse
import platform
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).resolve().parent.parent
TABLE = Path(__file__).with_name("wheels.txt")
LOCKS = (ROOT / "requirements-runtime.lock", ROOT / "requirements.lock")
PYTHON = (3, 11)


def _manylinux(machine: str, newest: int) -> list[str]:
    """Platform tags of glibc 2.``newest`` and everything older, with the names that came before the numbers."""
    old = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
    tags = []
    for minor in range(newest, 4, -1):
        tags.append(f"manylinux_2_{minor}_{machine}")
        tags += [f"{old[minor]}_{machine}"] if minor in old else []
    return tags


def _tags(platforms: list[str]) -> tuple[Tag, ...]:
    own = cpython_tags(PYTHON, abis=["cp311"], platforms=platforms)
    return tuple(dict.fromkeys([*own, *compatible_tags(PYTHON, "cp311", platforms)]))


@dataclass(frozen=True, slots=True)
class Target:
    """A machine that halls have: what its wheels may be called, best first, and what markers see there."""

    words: str
    tags: tuple[Tag, ...]
    environment: Mapping[str, str]


def _linux(words: str, machine: str, newest: int) -> Target:
    seen = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": machine}
    return Target(words, _tags(_manylinux(machine, newest)), {**seen, **_PYTHON_SEEN})


_PYTHON_SEEN = {
    "python_version": "3.11",
    "python_full_version": "3.11.0",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}
TARGETS = (
    _linux("Linux x86_64, glibc 2.28", "x86_64", 28),
    _linux("Linux aarch64, glibc 2.31", "aarch64", 31),
    Target(
        "Windows x86_64",
        _tags(["win_amd64"]),
        {
            "sys_platform": "win32",
            "platform_system": "Windows",
            "os_name": "nt",
            "platform_machine": "AMD64",
            **_PYTHON_SEEN,
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock. ``marker``: where it is wanted, empty for everywhere; ``hashes``: of every file that may be installed."""

    name: str
    version: str
    marker: str = ""
    hashes: frozenset[str] = field(default=frozenset())

    def wanted_on(self, target: Target) -> bool:
        return not self.marker or Marker(self.marker).evaluate(dict(target.environment))


@dataclass(frozen=True, slots=True)
class Wheel:
    """One line of the table."""

    name: str
    version: str
    file: str
    sha256: str

    def fits(self, target: Target) -> bool:
        return not parse_wheel_filename(self.file)[3].isdisjoint(target.tags)

    def rank(self, target: Target) -> int:
        """Place among the names that the target takes, 0 the best: installers choose the lowest. Of a wheel that fits."""
        own = parse_wheel_filename(self.file)[3]
        return next(place for place, tag in enumerate(target.tags) if tag in own)


def pins(lock: Path) -> list[Pin]:
    """Every pinned package of a lock, with its hashes."""
    found = []
    for block in re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8")):
        if match := re.match(r"([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)(?:\s*;\s*([^\\\n]+))?", block):
            hashes = frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
            found.append(Pin(match[1], match[2], (match[3] or "").strip(), hashes))
    return found


def table(path: Path = TABLE) -> list[Wheel]:
    """The committed table."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Wheel(*line.split()) for line in lines if line and not line.startswith("#")]


def target_of(system: str = sys.platform, machine: str = platform.machine()) -> Target:
    """The target that a build on this machine is for. Raises LookupError when there is none."""
    for target in TARGETS:
        if (system, machine) == (target.environment["sys_platform"], target.environment["platform_machine"]):
            return target
    raise LookupError(f"halls have no {system} on {machine}")


def chosen(target: Target, wheels: list[Wheel]) -> dict[str, Wheel]:
    """Of each package the wheel that is installed there: of several that fit, the one whose name fits best."""
    fitting = sorted(
        (wheel for wheel in wheels if wheel.fits(target)), key=lambda wheel: wheel.rank(target), reverse=True
    )
    return {wheel.name: wheel for wheel in fitting}


def faults(locked: list[Pin], wheels: list[Wheel]) -> Iterator[str]:
    """What is wrong, one sentence each: a package that a machine cannot install, a table that another lock was written for."""
    by_name: dict[str, list[Wheel]] = {}
    for wheel in wheels:
        by_name.setdefault(wheel.name, []).append(wheel)
    for pin in locked:
        if not any(pin.wanted_on(target) for target in TARGETS):
            continue  # for a Python that is newer than the bundle's
        own = [wheel for wheel in by_name.get(pin.name, []) if wheel.version == pin.version]
        if not own:
            yield f"{pin.name} {pin.version} is not in the table: run `make wheels`"
            continue
        yield from (
            f"{wheel.file} has a hash that the lock does not allow" for wheel in own if wheel.sha256 not in pin.hashes
        )
        for target in TARGETS:
            if pin.wanted_on(target) and not any(wheel.fits(target) for wheel in own):
                yield f"{pin.name} {pin.version} has no wheel for {target.words}"


def strays(locked: list[Pin], wheels: list[Wheel]) -> Iterator[str]:
    """Lines of the table that no lock pins, or pins in another version."""
    known = {(pin.name, pin.version): pin.hashes for pin in locked}
    for wheel in wheels:
        if wheel.sha256 not in known.get((wheel.name, wheel.version), frozenset()):
            yield f"{wheel.file} is not what the lock pins: run `make wheels`"


def ask() -> list[Wheel]:
    """What the registry has for the locked versions, the gateway's extras included. Raises CalledProcessError without a network."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "pylock.toml"
        command = [
            *("uv", "pip", "compile", str(ROOT / "pyproject.toml"), "--extra", "city", "--universal"),
            *("--python-version", "3.11", "-c", str(LOCKS[1]), "--format", "pylock.toml", "--quiet", "-o", str(answer)),
        ]
        command[0] = str(Path(sys.executable).with_name(command[0]))
        subprocess.run(command, check=True, cwd=ROOT)
        packages = tomllib.loads(answer.read_text(encoding="utf-8"))["packages"]
    found = []
    for package in packages:
        for wheel in package.get("wheels", []):
            name = unquote(wheel["url"].rsplit("/", 1)[-1])
            line = Wheel(package["name"], package["version"], name, wheel["hashes"]["sha256"])
            if any(line.fits(target) for target in TARGETS):
                found.append(line)
    return sorted(found, key=lambda wheel: (wheel.name, wheel.version, wheel.file))


def main() -> int:
    """Prints what is wrong; 1 when something is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ask", action="store_true", help="ask the registry and rewrite the table first")
    if parser.parse_args().ask:
        lines = [f"{wheel.name} {wheel.version} {wheel.file} {wheel.sha256}\n" for wheel in ask()]
        TABLE.write_text(
            "# package, version, wheel, SHA-256; written by `make wheels`\n" + "".join(lines), encoding="utf-8"
        )
    wrong = [*faults(pins(LOCKS[0]), table()), *strays(pins(LOCKS[1]), table())]
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{len(pins(LOCKS[0]))} packages, {len(table())} wheels, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
