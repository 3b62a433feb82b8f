"""Frames, code texts and reader bytes bent by chance: ``minutes`` for each (1 unless told; the goal is 10)."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.devices.fuzz_eyes import KINDS, rounds


def measure(
    seed: int = 1000, groups: tuple[str, ...] = tuple(KINDS), minutes: float = 1.0
) -> Iterator[dict[str, str | int | float]]:
    """Executions and finds (0 is the goal); each find is said with the seed that repeats it."""
    for kind in groups:
        began, count, finds = time.monotonic(), 0, 0
        for found in rounds(kind, seed):
            count += 1
            if found is not None:
                finds += 1
                yield {"kind": kind, "seed": found.seed, "find": found.what}
            if time.monotonic() - began > minutes * 60:
                break
        yield {
            "kind": kind,
            "executions": count,
            "seconds": round(time.monotonic() - began),
            "finds": finds,
            "goal_finds": 0,
        }
