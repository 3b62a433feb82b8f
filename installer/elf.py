"""What the shared objects of a bundle ask of the system: the highest versioned symbol of the C and C++ runtimes, and libraries.

python -m installer.elf BUNDLE     a report; names those that came from the build machine's own Python and system
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

from installer.recipe import FROM_THE_SYSTEM

C_LIBRARY = (
    "ld-linux-aarch64",
    "ld-linux-x86-64",
    "libc",
    "libdl",
    "libm",
    "libpthread",
    "libresolv",
    "librt",
    "libutil",
    "libcrypt",
)
OLDEST_TARGET = {"x86_64": (2, 28), "aarch64": (2, 31)}
"""The glibc of the oldest desktop that a bundle is meant for, by machine."""


@dataclass(frozen=True, slots=True)
class SharedObject:
    """``glibc``: the highest GLIBC_x.y it asks for, (0, 0) when none; ``cxx``: N of GLIBCXX_3.4.N; ``needs``: library names."""

    path: Path
    glibc: tuple[int, int]
    cxx: int
    needs: tuple[str, ...]


def of_the_build_machine(inside: Path) -> bool:
    """Whether a shared object is the build machine's own: Python itself, its extension modules, or a library taken from its system.
    ``inside``: its path in `_internal`.

    A wheel's libraries lie in a folder of the wheel, or are an extension module on the top (cffi's); PyInstaller lays what it takes
    from the machine on the top, and Python's own extension modules into a folder of Python's.
    """
    if len(inside.parts) > 1:
        return inside.parts[0].startswith("python3.")
    return not re.search(r"\.(cpython-\w+(-\w+)*|abi3)\.so$", inside.name)


def shared_objects(bundle: Path) -> Iterator[SharedObject]:
    """Every ELF file of the bundle, links left out, sorted by path."""
    for path in sorted(each for each in bundle.rglob("*") if each.is_file() and not each.is_symlink()):
        with path.open("rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
            file.seek(0)
            try:
                yield _read(path, ELFFile(file))
            except ELFError as error:
                raise ValueError(f"{path.name} is not a whole ELF file") from error


def _read(path: Path, elf: ELFFile) -> SharedObject:
    glibc, cxx, needs = (0, 0), 0, []
    for section in elf.iter_sections():
        if isinstance(section, GNUVerNeedSection):
            for _library, versions in section.iter_versions():
                for version in versions:
                    if match := re.fullmatch(r"GLIBC_(\d+)\.(\d+)(\.\d+)?", version.name):
                        glibc = max(glibc, (int(match[1]), int(match[2])))
                    elif match := re.fullmatch(r"GLIBCXX_3\.4\.(\d+)", version.name):
                        cxx = max(cxx, int(match[1]))
        elif isinstance(section, DynamicSection):
            needs += [str(tag.needed) for tag in section.iter_tags("DT_NEEDED")]  # type: ignore[attr-defined]
    return SharedObject(path, glibc, cxx, tuple(needs))


def strangers(bundle: Path, found: list[SharedObject]) -> list[str]:
    """Libraries that something needs and that are neither in the bundle, nor of libc, nor of a package that the .deb declares."""
    inside = {path.name for path in bundle.rglob("*.so*")}
    missing = []
    for each in found:
        for name in each.needs:
            stem = name.split(".so")[0]
            if name not in inside and stem not in C_LIBRARY and stem not in FROM_THE_SYSTEM:
                missing.append(f"{each.path.relative_to(bundle)} needs {name}")
    return missing


def report(bundle: Path, found: list[SharedObject]) -> str:
    """Plain text: the highest of all, then each that asks for more than the oldest target has, marked with where it came from."""
    top = max(found, key=lambda each: each.glibc)
    home = bundle / "_internal"
    own = {
        each.path
        for each in found
        if not each.path.is_relative_to(home) or of_the_build_machine(each.path.relative_to(home))
    }
    wheels = [each for each in found if each.path not in own]
    lines = [
        f"{len(found)} shared objects; the highest glibc asked for is {_dotted(top.glibc)} ({top.path.name})",
        f"of the {len(wheels)} that came in wheels, the highest is {_dotted(max(each.glibc for each in wheels))}",
    ]
    machine = found_machine(found)
    oldest = OLDEST_TARGET.get(machine, (2, 28))
    newer = [each for each in found if each.glibc > oldest]
    lines.append(f"above {_dotted(oldest)}, the oldest target on {machine}: {len(newer)}")
    for each in sorted(newer, key=lambda each: (each.glibc, str(each.path)), reverse=True):
        where = "the build machine's own" if each.path in own else "a wheel's"
        lines.append(f"  {_dotted(each.glibc)}  {each.path.relative_to(bundle)}  ({where})")
    return "\n".join(lines)


def found_machine(found: list[SharedObject]) -> str:
    """x86_64 or aarch64, by the loader that the objects name; x86_64 when none does."""
    names = {name for each in found for name in each.needs}
    return "aarch64" if any("aarch64" in name for name in names) else "x86_64"


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def main() -> int:
    """Prints the report; 1 when a library would be missing on the target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    bundle: Path = parser.parse_args().bundle
    found = list(shared_objects(bundle))
    print(report(bundle, found))
    missing = strangers(bundle, found)
    for line in missing:
        print(f"missing: {line}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
