"""Delivering cases where the disk takes 5 ms longer (slow_fsync.c, preloaded everywhere): what a batch saves shows there.

A hall's PC has no server's disk; on a fast one the two signatures of each case cost more than its fsync.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.sync import RawLoop, pages_against_raw, told
from tests.benchmarks.waiting import drained, fill
from tests.sync.hall import GatewayProcess, enrol

CASES, SIZE = 600, 3600


def measure() -> Iterator[dict[str, str | int | float]]:
    """Cases against raw POST + fsync, pages against raw write + fsync, all on the slow disk; says so where there is no C compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        yield {"skipped": "no C compiler"}
        return
    with tempfile.TemporaryDirectory() as folder:
        shim = Path(folder) / "slow_fsync.so"
        source = Path(__file__).with_name("slow_fsync.c")
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(shim), str(source), "-ldl"], check=True)
        around = {**os.environ, "LD_PRELOAD": str(shim)}
        command = [sys.executable, "-m", "tests.benchmarks.slow_disk"]
        done = subprocess.run(command, env=around, capture_output=True, text=True, check=True)
        for row in json.loads(done.stdout):
            yield {"fsync_added_ms": 5, **row}


def _cases() -> dict[str, str | int | float]:
    with tempfile.TemporaryDirectory() as folder, GatewayProcess(Path(folder) / "gateway") as gateway:
        window = enrol(gateway.url, gateway.token())
        fill(Path(folder) / "window", window, CASES)
        raw = RawLoop(Path(folder), SIZE)
        raw.slices(2)
        drain = drained(Path(folder) / "window", window, gateway.url)
        raw.slices(2)
        raw.close()
        if drain["acknowledged"] != CASES:
            raise RuntimeError("not everything was acknowledged")
    return told("cases_per_s", CASES / drain["seconds"], "raw_post_fsync_per_s", raw.rates, 8)


if __name__ == "__main__":
    sys.stdout.write(json.dumps([_cases(), pages_against_raw()]))
