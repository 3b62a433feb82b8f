"""Milliseconds a frame at 720p, by kind, on the committed sample frames."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

from clerk_app.bootstrap.eyes import recognise_file

FRAMES = Path(__file__).resolve().parents[2] / "clerk_app" / "devices" / "sample_frames"
ROUNDS = 5


def measure() -> Iterator[dict[str, str | int | float]]:
    """Median over rounds for each frame; the first round loads the models and is not counted."""
    for path in sorted(FRAMES.glob("*.jpg")):
        seen = [next(recognise_file(path)) for _ in range(ROUNDS + 1)][1:]
        yield {
            "frame": path.stem,
            "kind": seen[0].kind.value,
            "median_ms": round(statistics.median(s.ms for s in seen), 1),
        }
