"""A very long queue: 100,000 cases wait in the window. What its process takes of memory, and how fast it drains against a short one.

The queue is made here and drained in a process of its own (tests/sync/drain_main.py), so that the memory told is a
client's alone: store, courier and lanes, without the window's own Qt.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.sync.hall import (
    GatewayProcess,
    Window,
    enrol,
    new_store,
    sample_case,
    signed_message,
)

SHORT = 1000
_AT_ONCE = 500


def measure(count: int = 100_000) -> Iterator[dict[str, str | int | float]]:
    """Cases a second with ``count`` waiting, its share of the rate of a queue of a thousand, and the client's memory."""
    with tempfile.TemporaryDirectory() as folder, GatewayProcess(Path(folder) / "gateway") as gateway:
        window = enrol(gateway.url, gateway.token())
        told = {}
        for waiting in (SHORT, count):
            home = Path(folder) / f"window-{waiting}"
            fill(home, window, waiting)
            told[waiting] = drained(home, window, gateway.url)
            if told[waiting]["acknowledged"] != waiting:
                raise RuntimeError("not everything was acknowledged")
        rates = {waiting: waiting / one["seconds"] for waiting, one in told.items()}
        yield {
            "waiting": count,
            "cases_per_s": round(rates[count], 1),
            "short_queue_cases_per_s": round(rates[SHORT], 1),
            "share_of_short": round(rates[count] / rates[SHORT], 2),
            "goal_share": 0.8,
            "memory_mb": told[count]["memory_mb"],
            "short_queue_memory_mb": told[SHORT]["memory_mb"],
            "goal_memory_mb": 150,
        }


def filled(rng: random.Random) -> dict[str, Any]:
    """Content of about 3 kB that packs about as well as a real case does."""
    words = ["重庆市样例区样例路", "城乡居民基本养老保险", "户口簿", "本人承诺所填内容真实", "高龄津贴", "样例街道"]
    return {f"field_{n:02d}": f"{rng.choice(words)}{rng.randrange(10**10):010d}{rng.choice(words)}" for n in range(36)}


def fill(folder: Path, window: Window, count: int) -> None:
    """So many accepted cases in a new store, written as the use case writes them, many in one transaction."""
    rng = random.Random(count)
    store = new_store(folder)
    for start in range(0, count, _AT_ONCE):
        with store.begin() as uow:
            for n in range(start, min(start + _AT_ONCE, count)):
                made = sample_case(f"q{count}-{n:06d}", **filled(rng))
                case = replace(made, local_number=f"渝临500199-W03G1-20261121-{n:06d}")  # each its own, as at a window
                uow.cases.add(case)
                uow.outbox.add(signed_message(window, case))
            uow.commit()
    store.close()


def drained(folder: Path, window: Window, url: str) -> Mapping[str, float]:
    """{"acknowledged", "seconds", "memory_mb"} of a process that sends everything."""
    told = {
        "folder": str(folder),
        "url": url,
        "window_id": window.enrolled.window_id,
        "private": window.private.hex(),
        "sealing": window.enrolled.gateway_sealing_public.hex(),
    }
    command = [sys.executable, "-m", "tests.sync.drain_main"]
    done = subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer
