"""A program folder for tests: a real executable that runs this checkout under another version, in place of a frozen bundle.

What it does when the window starts is written in ``plan.json`` inside the tree, so it is signed and carried with the rest:
``{"window": "sign_in" | "crash" | "close" | "hang", "schema": 6, "migration_fails": true, "take": true}``.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """#!{python}
import sys
sys.path.insert(0, {root!r})
from tests.sync.updates.acting import run
sys.exit(run(__file__))
"""


def make_tree(folder: Path, version: str, ballast: int = 200_000, **plan: object) -> Path:
    """A tree of some files: the program, its version, a few files that change and some that do not."""
    folder.mkdir(parents=True)
    program = folder / "clerk-app"
    program.write_text(PROGRAM.format(python=sys.executable, root=str(ROOT)))
    program.chmod(0o755)
    (folder / "VERSION").write_text(version)
    (folder / "plan.json").write_text(json.dumps(plan))
    inside = folder / "_internal" / "库"
    inside.mkdir(parents=True)
    same = random.Random(7).randbytes(ballast)
    (inside / "same.bin").write_bytes(same)
    middle = ballast // 2
    (inside / "changed.bin").write_bytes(same[:middle] + version.encode() * 5 + same[middle:])
    (inside / "empty").write_bytes(b"")
    (folder / "_internal" / "link").symlink_to("库/same.bin")
    return folder
