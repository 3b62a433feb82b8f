"""The line as a township sees it: profiles A, B and C of a slow, lossy, interrupted line (slow_line.py), cases before pages.

``CLERK_APP_BENCH_PROFILES`` names the profiles (A,B,C); ``CLERK_APP_BENCH_PAGES_KB`` says how much is to go in pages.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sync.watch import Watch
from sync.worker import LineStatus, SyncWorker
from tests.benchmarks.slow_line import PROFILES, SlowLine
from tests.sync.hall import OPENED, CountedIds, GatewayProcess, enrol, new_store, sample_case, take

CASES = 40
LANES = 3
PROFILES_WANTED = os.environ.get("CLERK_APP_BENCH_PROFILES", "A,B,C").split(",")
PAGES_KB = int(os.environ.get("CLERK_APP_BENCH_PAGES_KB", "2400"))
PAGE = 200_000
LIMIT_S = 900


def measure() -> Iterator[dict[str, str | int | float]]:
    """For each profile: seconds of uptime until 40 cases are acknowledged, share of the usable capacity, bytes sent twice."""
    with tempfile.TemporaryDirectory() as folder:
        for name in PROFILES_WANTED:
            yield _one(name, Path(folder) / name)


def _one(name: str, folder: Path) -> dict[str, str | int | float]:
    with GatewayProcess(folder / "gateway") as gateway:
        window = enrol(gateway.url, gateway.token())
        store = new_store(folder / "window")
        text: dict[str, Any] = {f"f{n}": os.urandom(40).hex() for n in range(24)}
        for n in range(CASES):
            pages = [os.urandom(PAGE)] if n < PAGES_KB * 1000 // PAGE else []
            take(store, window, sample_case(f"bad-{n:04d}", **text), pages)
        line = SlowLine(gateway.port, PROFILES[name])
        centres = [window.centre(line.url, 20.0) for _ in range(LANES)]
        told: dict[str, float] = {}
        finished = threading.Event()
        began = time.monotonic()

        def on_status(status: LineStatus) -> None:
            if not status.waiting and "cases" not in told:
                told["cases"] = time.monotonic() - began
                told["up_then"] = line.went_up
            if not status.waiting and not status.attachments:
                finished.set()

        def interrupt() -> None:
            for each in centres:
                each.interrupt()

        watch = Watch(line.url, centres[0].is_quiet)
        worker = SyncWorker(
            store,
            centres[0],
            window.clock,
            CountedIds(),
            lambda _uow, _entry: None,
            on_status,
            more=centres[1:],
            changed=watch.changed,
            interrupt=interrupt,
        )
        worker.start()
        is_through = finished.wait(LIMIT_S)
        seconds = time.monotonic() - began
        worker.stop()
        line.close()
        OPENED.clear()
        with store.begin(reading=True) as uow:
            messages = uow.outbox.load([each.message_id for each in uow.outbox.receipted(0)], bodies=False)
        blobs = sum(ref.blob_size for message in messages for ref in message.attachments)
        store.close()
        least = blobs + told.get("up_then", 0)
        return {
            "profile": name,
            "through": int(is_through),
            "cases_acknowledged_s": round(told.get("cases", -1), 1),
            "goal_cases_s": 5,
            "seconds": round(seconds, 1),
            "went_up": line.went_up,
            "share_of_usable": round(line.went_up / seconds / PROFILES[name].usable, 2),
            "payload_share_of_usable": round(least / seconds / PROFILES[name].usable, 2),
            "goal_share": {"A": 0.8, "B": 0.75, "C": 0.75}[name],
            "sent_twice": round(max(line.went_up / max(least, 1) - 1, 0), 3),
            "goal_sent_twice": 0.08,
        }
