"""Chaos at length: two windows and a gateway attacked at random (tests/chaos), then one line for each planted bug (1: caught).

``CLERK_APP_BENCH_TOWNS`` (10) says how many towns, ``CLERK_APP_BENCH_STEPS`` (25) how many attacks on each.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.gateway_main import BUG
from tests.chaos.machine import TOTAL, Chaos, scripted
from tests.chaos.window_main import BUGS

TOWNS = int(os.environ.get("CLERK_APP_BENCH_TOWNS", "10"))
STEPS = int(os.environ.get("CLERK_APP_BENCH_STEPS", "25"))
Figures = dict[str, str | int | float]


def measure() -> Iterator[Figures]:
    """Operations done and faults found (0 is the goal); a fault ends the run with hypothesis's smallest example of it."""
    began = time.monotonic()
    faults = 0
    try:
        run_state_machine_as_test(
            Chaos,
            settings=settings(
                max_examples=TOWNS,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                print_blob=True,
                phases=[Phase.generate],  # a town takes a minute: a fault is told as it is, not made smaller
                suppress_health_check=list(HealthCheck),
            ),
        )
    except AssertionError:
        faults = 1
        raise
    finally:
        done: Figures = {what.replace(" ", "_"): count for what, count in sorted(TOTAL.operations.items())}
        yield {"towns": TOWNS, "faults": faults, "seconds": round(time.monotonic() - began), **done}
    for bug in (BUG, *BUGS):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            yield {"planted": bug, "caught": int(bool(scripted(Path(folder), bug)))}
