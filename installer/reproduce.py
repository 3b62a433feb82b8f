"""`make reproduce`: freeze the client twice, in two folders, and say which files differ and where.

python -m installer.reproduce [--keep]      1 when something differs that is not explained in EXPLAINED
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from installer.build import build_environment, freeze, sha256, snapshot
from installer.recipe import ROOT

EXPLAINED: dict[str, str] = {}
"""Files that differ from build to build, and why nobody need worry."""


def differences(one: Path, other: Path) -> list[str]:
    """Paths, inside, of files that are not the same in both, or in one only."""
    first, second = (
        {
            path.relative_to(tree).as_posix(): path
            for path in tree.rglob("*")
            if path.is_file() and not path.is_symlink()
        }
        for tree in (one, other)
    )
    changed = [name for name in first.keys() & second.keys() if sha256(first[name]) != sha256(second[name])]
    return sorted({*changed, *(first.keys() ^ second.keys())})


def where(one: Path, other: Path) -> str:
    """How many bytes differ, and the first place."""
    a, b = one.read_bytes(), other.read_bytes()
    if len(a) != len(b):
        return f"{len(a)} and {len(b)} bytes"
    places = [at for at, (left, right) in enumerate(zip(a, b, strict=True)) if left != right]
    return f"{len(places)} bytes, the first at {places[0]}" if places else "the same"


def main() -> int:
    """Prints each difference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="leave both bundles in build/")
    keep = parser.parse_args().keep
    python = build_environment(ROOT / "build" / "venv")
    folders = [ROOT / "build" / name for name in ("first", "second")]
    source = snapshot(ROOT / "build" / "source")
    one, other = (freeze("clerk-app", python, source, folder) for folder in folders)
    found = differences(one, other)
    count = sum(1 for path in one.rglob("*") if path.is_file())
    print(f"{count} files, {len(found)} differ")
    for name in found:
        both = (one / name).exists() and (other / name).exists()
        print(f"  {name}: {where(one / name, other / name) if both else 'in one only'}  {EXPLAINED.get(name, '')}")
    if not keep:
        for folder in folders:
            shutil.rmtree(folder)
    return 1 if set(found) - set(EXPLAINED) else 0


if __name__ == "__main__":
    sys.exit(main())
