"""The chaos town as a state machine: hypothesis chooses what happens next, and makes what failed smaller.

``scripted`` is a fixed walk through everything that a planted bug needs to show itself.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.chaos.town import JUMPS_MS, Log, Town

WINDOWS = st.integers(0, 1)
SIZES = (0, 3_000, 150_000)
"""Bytes of a case's page; 0 for none."""
TOTAL = Log()
"""What all runs of this process did together."""


class Chaos(RuleBasedStateMachine):
    """Every run is a town of its own; at its end all is well again and the books must agree."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._count = 0

    @initialize()
    def found(self) -> None:
        """With cases at both windows: most runs leave some rules out, and a town where nobody accepts has nothing to lose."""
        self.town = Town(Path(self._folder.name))
        for n in (0, 1):
            for size in SIZES:
                self.accept(n, size)

    @rule(n=WINDOWS, size=st.sampled_from(SIZES))
    def accept(self, n: int, size: int) -> None:
        self._count += 1
        self.town.accept(n, f"c{self._count:04d}", bytes([self._count % 256]) * size)

    @rule(which=st.integers(0, 20))
    def correct(self, which: int) -> None:
        there = sorted(self.town.promises)
        if there:
            case_id = there[which % len(there)]
            self.town.accept(self.town.promises[case_id].window, case_id, b"")

    @rule(n=WINDOWS, lose=st.sampled_from([0, 0, 1, 2]))
    def push(self, n: int, lose: int) -> None:
        self.town.push(n, lose=lose)

    @rule(n=WINDOWS, kill=st.sampled_from(["window", "gateway"]), after=st.integers(0, 300))
    def die(self, n: int, kill: str, after: int) -> None:
        self.town.push(n, kill=kill, after_s=after / 1000)

    @rule(n=WINDOWS)
    def pull(self, n: int) -> None:
        self.town.ask(n, "pull")

    @rule(n=WINDOWS)
    def stick(self, n: int) -> None:
        self.town.stick(n)

    @rule(n=st.integers(0, 9))
    def bring(self, n: int) -> None:
        self.town.bring(n)

    @rule(n=st.integers(0, 9))
    def settle(self, n: int) -> None:
        self.town.settle(n)

    @rule(n=st.integers(0, 9))
    def decide(self, n: int) -> None:
        self.town.decide(n)

    @rule(n=WINDOWS, shift_ms=st.sampled_from(JUMPS_MS))
    def jump(self, n: int, shift_ms: int) -> None:
        self.town.jump(n, shift_ms)

    @rule()
    def back_up(self) -> None:
        self.town.back_up()

    @rule()
    def restore(self) -> None:
        self.town.restore()

    def teardown(self) -> None:
        town = getattr(self, "town", None)
        if town is None:
            return
        try:
            faults = town.verdict()
        finally:
            town.close()
            self._folder.cleanup()
        for what, count in town.log.operations.items():
            TOTAL.operations[what] = TOTAL.operations.get(what, 0) + count
        assert faults == []


def scripted(folder: Path, bug: str = "") -> list[str]:
    """A fixed walk: both windows, lost answers, a stick, a decision, a kill; returns what is wrong at the end."""
    town = Town(folder, bug=bug)
    try:
        for n in (0, 1):
            for count in range(3):
                town.accept(n, f"s{n}{count}", bytes([count]) * (90_000 if count == 1 else 0))
        town.push(0, lose=1)
        town.push(0, kill="window", after_s=0.1)
        town.stick(1)
        town.bring(0)
        town.push(1, lose=1)
        town.settle(0)
        town.accept(0, "s00", b"")
        town.push(0)
        town.push(1)
        town.decide(0)
        town.decide(1)
        town.ask(0, "pull")
        town.ask(1, "pull")
        return town.verdict()
    finally:
        town.close()
