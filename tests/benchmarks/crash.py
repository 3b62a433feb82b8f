"""The crash harness at length: promises kept over many kills and power cuts, and planted bugs caught.

``CLERK_APP_BENCH_KILLS`` (200 unless told) and ``CLERK_APP_BENCH_CUTS`` (40) set how many; goals.md asks for 1,000 and 200.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.crash.harness import Harness, build_shim
from tests.crash.victim import BUGS, POINTS

KILLS = int(os.environ.get("CLERK_APP_BENCH_KILLS", "200"))
CUTS = int(os.environ.get("CLERK_APP_BENCH_CUTS", "40"))
ROUND = 25
"""Deaths per data folder: a cut copies the folder, which is to stay small."""


def measure() -> Iterator[dict[str, str | int | float]]:
    """Deaths, promises, faults found (0 is the goal), then one line for each planted bug (1: caught)."""
    with tempfile.TemporaryDirectory() as folder:
        shim = build_shim(Path(folder))
        yield _many(Path(folder), "kill", KILLS, None)
        if shim is not None:
            yield _many(Path(folder), "power_cut", CUTS, shim)
        else:
            yield {"attack": "power_cut", "skipped": "no C compiler"}
        if shutil.which("strace"):
            harness = Harness(Path(folder) / "fsync")
            for nth in range(1, 16):
                harness.fsync_fails(nth)
            yield _line("fsync_error", harness, len(harness.verdict()))
        else:
            yield {"attack": "fsync_error", "skipped": "no strace"}
        for bug in BUGS:
            harness = Harness(Path(folder) / bug, bug=bug, shim=shim)
            if bug in {"synchronous-normal", "page-not-synced"}:
                if shim is None:
                    continue
                harness.power_cut(5)
            else:
                harness.kill_at("before_commit" if bug == "promise-before-commit" else "after_commit", nth=2)
                harness.kill_somewhen(2)
            faults = harness.verdict()
            yield {"planted": bug, "caught": int(bool(faults)), "first": faults[0] if faults else ""}


def _many(folder: Path, attack: str, wanted: int, shim: Path | None) -> dict[str, str | int | float]:
    deaths = promised = faults = 0
    while deaths < wanted:
        harness = Harness(folder / f"{attack}{deaths}", seed=deaths + 1, shim=shim)
        for n in range(min(ROUND, wanted - deaths)):
            intents = harness.chance.randrange(1, 12)
            if shim is not None:
                harness.power_cut(intents)
            elif n % 4 == 3:
                harness.kill_at(harness.chance.choice(POINTS), harness.chance.randrange(1, 6))
            elif n % 8 == 2:
                harness.two_at_once(intents)
            else:
                harness.kill_somewhen(intents)
        deaths += harness.log.deaths
        promised += len(harness.log.promised)
        faults += len(harness.verdict())
        shutil.rmtree(harness.data)
    return {"attack": attack, "deaths": deaths, "promised": promised, "faults": faults, "goal_faults": 0}


def _line(attack: str, harness: Harness, faults: int) -> dict[str, str | int | float]:
    log = harness.log
    return {"attack": attack, "failed": log.failed, "promised": len(log.promised), "faults": faults, "goal_faults": 0}
