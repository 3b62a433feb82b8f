"""The crash harness at length: promises kept over many kills and power cuts, and planted bugs caught.

``CLERK_APP_BENCH_KILLS`` (200 unless told) and ``CLERK_APP_BENCH_CUTS`` (40) set how many; goals.md asks for 1,000 and 200.
The kills fall on client, sender and gateway, alone and together; half of the cuts hit the window, half the gateway.
``CLERK_APP_BENCH_STATE`` names a file that keeps the tally, so that a run that was ended goes on where it was; several
runs at once need a file each.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.crash.harness import Harness, build_shim
from tests.crash.line_harness import WHO, LineHarness
from tests.crash.line_victim import BUGS as LINE_BUGS
from tests.crash.stick_victim import BUGS as STICK_BUGS
from tests.crash.victim import BUGS, POINTS

KILLS = int(os.environ.get("CLERK_APP_BENCH_KILLS", "200"))
CUTS = int(os.environ.get("CLERK_APP_BENCH_CUTS", "40"))
STATE = os.environ.get("CLERK_APP_BENCH_STATE", "")
ROUND = 25
"""Deaths per data folder: a cut copies the folder, which is to stay small."""
TALLIED = (
    "kills",
    "together",
    "power_cuts",
    "lost_answers",
    "replays",
    "jumps",
    "sticks",
    "by_stick",
    "promised",
    "faults",
    "halls",
)
Figures = dict[str, str | int | float]


def measure() -> Iterator[Figures]:
    """Deaths, promises, faults found (0 is the goal), then one line for each planted bug (1: caught)."""
    with tempfile.TemporaryDirectory() as folder:
        shim = build_shim(Path(folder))
        cuts = CUTS if shim is not None else 0
        yield _line_attack(Path(folder), KILLS, cuts // 2, shim)
        yield _window_attack(Path(folder), "kill", max(KILLS // 5, 10), None)
        if shim is not None:
            yield _window_attack(Path(folder), "power_cut", cuts - cuts // 2, shim)
        else:
            yield {"attack": "power_cut", "skipped": "no C compiler"}
        yield from _disk_attacks(Path(folder))
        yield from _planted(Path(folder), shim)


def _line_attack(folder: Path, kills: int, cuts: int, shim: Path | None) -> Figures:
    """Client, sender and gateway, with lost answers, jumping clocks and an old folder that sends again."""
    tally = _kept("line") or dict.fromkeys((*WHO, *TALLIED), 0)
    while tally["kills"] < kills or tally["power_cuts"] < cuts:
        seed = tally["halls"] + 1
        place = folder / f"line{seed}"
        harness = LineHarness(place, seed=seed, shim=shim if tally["power_cuts"] < cuts else None)
        try:
            for n in range(ROUND // 2):
                who = tuple(each for each in WHO if harness.chance.random() < 0.5) or (harness.chance.choice(WHO),)
                harness.round(kill=who, intents=harness.chance.randrange(1, 6), cut=n % 2 == 0, after_s=0.3)
                if n % 4 == 3:
                    dying = tuple(each for each in ("carrier", "porter") if harness.chance.random() < 0.5)
                    harness.carry(kill=dying, after_s=0.3, cut=harness.cuts)
                if n == ROUND // 4:
                    harness.put_aside()
            faults = harness.verdict()
        finally:
            harness.close()
        for fault in faults:
            print(f"  hall {seed}: {fault}", flush=True)
        log = harness.log
        for name in WHO:
            tally[name] += log.kills[name]
        tally["kills"] += sum(log.kills.values())
        for name in ("together", "power_cuts", "lost_answers", "replays", "jumps", "sticks", "by_stick", "receipts"):
            tally[name] = tally.get(name, 0) + getattr(log, name)
        tally["promised"] += len(log.promised)
        tally["faults"] += len(faults)
        tally["halls"] += 1
        _keep("line", tally)
        shutil.rmtree(place, ignore_errors=True)
    return {"attack": "line", **tally, "goal_faults": 0}


def _window_attack(folder: Path, attack: str, wanted: int, shim: Path | None) -> Figures:
    tally = _kept(attack) or {"deaths": 0, "promised": 0, "faults": 0}
    while tally["deaths"] < wanted:
        deaths = tally["deaths"]
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
        tally["deaths"] += harness.log.deaths
        tally["promised"] += len(harness.log.promised)
        tally["faults"] += len(harness.verdict())
        _keep(attack, tally)
        shutil.rmtree(harness.data)
    return {"attack": attack, **tally, "goal_faults": 0}


def _disk_attacks(folder: Path) -> Iterator[Figures]:
    full = Harness(folder / "full")
    for more in range(20_000, 400_000, 20_000):
        full.kill_somewhen(1)
        full.disk_full((full.data / "clerk.db").stat().st_size + more)
    yield _line("disk_full", full)
    if not shutil.which("strace"):
        yield {"attack": "fsync_error", "skipped": "no strace"}
        return
    failing = Harness(folder / "fsync")
    for nth in range(1, 16):
        failing.fsync_fails(nth)
    yield _line("fsync_error", failing)


def _planted(folder: Path, shim: Path | None) -> Iterator[Figures]:
    for bug in BUGS:
        harness = Harness(folder / bug, bug=bug, shim=shim)
        if bug in {"synchronous-normal", "page-not-synced"}:
            if shim is None:
                continue
            harness.power_cut(5)
        else:
            harness.kill_at("before_commit" if bug == "promise-before-commit" else "after_commit", nth=2)
            harness.kill_somewhen(2)
        yield _caught(bug, harness.verdict())
    for bug in (*LINE_BUGS, *STICK_BUGS):
        if bug == "gateway-not-synced" and shim is None:
            continue
        line = LineHarness(folder / bug, bug=bug, shim=shim)
        try:
            for _ in range(4):
                line.round(kill=("gateway",), cut=True, after_s=1.0)
            if bug in STICK_BUGS:
                line.round(kill=("gateway", "sender"), intents=8)
                line.carry(lost=True)
            yield _caught(bug, line.verdict())
        finally:
            line.close()


def _caught(bug: str, faults: list[str]) -> Figures:
    return {"planted": bug, "caught": int(bool(faults)), "first": faults[0] if faults else ""}


def _line(attack: str, harness: Harness) -> Figures:
    log = harness.log
    found = {"failed": log.failed, "promised": len(log.promised), "faults": len(harness.verdict())}
    return {"attack": attack, **found, "goal_faults": 0}


def _kept(name: str) -> dict[str, int] | None:
    """The tally of an earlier run. A damaged file counts as none."""
    try:
        kept = json.loads(Path(STATE).read_text("utf-8"))[name] if STATE else None
    except (OSError, ValueError, KeyError):
        return None
    return {key: int(value) for key, value in kept.items()} if kept else None


def _keep(name: str, tally: dict[str, int]) -> None:
    if not STATE:
        return
    path = Path(STATE)
    try:
        kept = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        kept = {}
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps({**kept, name: tally}), "utf-8")
    fresh.replace(path)
