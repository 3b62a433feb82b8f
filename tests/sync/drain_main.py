"""The client half of the long queue (benchmarks/waiting.py): sends all that a store holds, and says how long it took.

It imports what a client needs and nothing of the gateway's, so that its memory is a client's.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.time import Stamp
from local_db.unit_of_work import SqlStore
from sync.courier import Courier
from sync.http_centre import HttpCentre

LANES = 3
SUITE = InternationalSuite(os.urandom)


class _Clock:
    def now(self) -> Stamp:
        return Stamp(time.time_ns() // 1_000_000, monotonic_ms=time.monotonic_ns() // 1_000_000)


class _Ids:
    def new_id(self) -> str:
        return os.urandom(16).hex()

    def fraction(self) -> float:
        return 0.5


def _drain(told: Mapping[str, str]) -> dict[str, float]:
    private, sealing, clock = bytes.fromhex(told["private"]), bytes.fromhex(told["sealing"]), _Clock()
    centres = [
        HttpCentre(
            told["url"],
            told["window_id"],
            sign=lambda data: SUITE.sign(private, data),
            seal=lambda body, context: SUITE.seal_to(sealing, body, context),
            clock=clock,
        )
        for _ in range(LANES)
    ]
    store = SqlStore(Path(told["folder"]), bytes(range(32)), SUITE)
    began = time.perf_counter()
    summary = Courier(store, centres[0], clock, _Ids(), more=centres[1:]).push_once()
    seconds = time.perf_counter() - began
    for each in centres:
        each.close()
    store.close()
    return {"acknowledged": summary.acknowledged, "seconds": seconds, "memory_mb": _most_memory_mb()}


def _most_memory_mb() -> float:
    """The peak since this program began; getrusage would tell the peak of whoever started it, if that was larger (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return -1


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_drain(json.load(sys.stdin))))
