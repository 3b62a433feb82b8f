"""Database files, key files and backups damaged by chance: ``minutes`` for each kind (1 unless told; the goal is 10).

``groups``: database, keys, backup; ``seed``: where to begin, so that runs beside each other do different things.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.local_db import fuzz


def measure(
    seed: int = 1000, groups: tuple[str, ...] = fuzz.KINDS, minutes: float = 1.0
) -> Iterator[dict[str, str | int | float]]:
    """Executions and finds (0 is the goal); each find is said with the seed that repeats it."""
    for kind in groups:
        with tempfile.TemporaryDirectory() as folder:
            sound = fuzz.make_folder(Path(folder) / "sound")
            began, count, finds = time.monotonic(), 0, 0
            for found in fuzz.rounds(sound, Path(folder) / "place", kind, seed):
                count += 1
                if found is not None:
                    finds += 1
                    yield {"kind": kind, "seed": found.seed, "find": found.what}
                if time.monotonic() - began > minutes * 60:
                    break
            spent = round(time.monotonic() - began)
            yield {"kind": kind, "executions": count, "seconds": spent, "finds": finds, "goal_finds": 0}
