"""Minutes of schemathesis over the published wire contract against a live gateway, on SQLite and on PostgreSQL."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.sync.hall import GatewayProcess, enrol
from tests.sync.postgresql import serving
from tests.sync.wire_fuzz import probe

EXAMPLES = 40


def measure(minutes: float = 1.0, seed: int = 1) -> Iterator[dict[str, str | int | float]]:
    """Requests and answers by status; RuntimeError (an AssertionError of the probe) when one is a 5xx or says nothing."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, serving(Path(folder)) as fresh:
        for name, database in (("sqlite", ""), ("postgresql", fresh())):
            yield {"database": name, **_minutes_of(Path(folder) / name, database, minutes / 2, seed)}


def _minutes_of(data: Path, database: str, minutes: float, seed: int) -> dict[str, int | float]:
    statuses: Counter[int] = Counter()
    until = time.monotonic() + minutes * 60
    with GatewayProcess(data, database=database) as gateway:
        window = enrol(gateway.url, gateway.token())
        while time.monotonic() < until:
            statuses += probe(gateway.url, window, EXAMPLES, seed)
            seed += 1
        window.centre(gateway.url).greet()
    answers = {f"answers_{status}": count for status, count in sorted(statuses.items())}
    return {"requests": statuses.total(), "server_errors": sum(n for s, n in statuses.items() if s >= 500), **answers}
