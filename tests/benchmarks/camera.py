"""``clerk-app bench camera --minutes N``: a camera at 25 frames/s with everything recognised, its memory and its rate.

The camera is a file through cv2.VideoCapture at its own pace; every fifth minute it is 'unplugged' (the file goes away) and
comes back. Rate: frames that reached the preview while recognition was busy, against the file's 25.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from clerk_app.devices.eyes import CameraEyes
from clerk_app.devices.samples import SAMPLE_PEOPLE, demo_reel
from clerk_app.domain.recognition import Seen
from tests.benchmarks.recognise import resident_mb

RATE = 25
_AWAY_EVERY, _AWAY_S = 5, 60.0


def measure(minutes: float = 0.5) -> Iterator[dict[str, str | int | float]]:
    """A line a minute, and the sum."""
    with tempfile.TemporaryDirectory(prefix="clerk-camera-") as folder:
        reel = Path(folder) / "reel.avi"
        demo_reel(reel, "YKU-DEMO.x.y", SAMPLE_PEOPLE["liu_guifang"], hold=1.5, gap=0.5, rate=RATE)
        frames: list[float] = []
        things: list[Seen] = []
        problems: list[str] = []
        faults: list[BaseException] = []
        eyes = CameraEyes(str(reel), clock=time.monotonic, failed=faults.append)
        eyes.start(lambda *_: frames.append(time.monotonic()), things.append, problems.append)
        try:
            yield from _watch(minutes, reel, frames, things, problems)
        finally:
            eyes.stop()
        yield {
            "what": "sum",
            "minutes": minutes,
            "unexpected": len(faults),
            "problems": len([p for p in problems if p]),
        }


def _watch(
    minutes: float, reel: Path, frames: list[float], things: list[Seen], problems: list[str]
) -> Iterator[dict[str, str | int | float]]:
    end, minute = time.monotonic() + minutes * 60, 0
    while time.monotonic() < end:
        minute += 1
        began, before = time.monotonic(), len(frames)
        time.sleep(min(60.0, max(0.1, end - began)))
        gaps = [b - a for a, b in zip(frames[before:], frames[before + 1 :], strict=False)]
        yield {
            "minute": minute,
            "resident_mb": resident_mb(),
            "frames_a_second": round((len(frames) - before) / (time.monotonic() - began), 1),
            "longest_gap_ms": round(max(gaps, default=0.0) * 1000),
            "things": len(things),
        }
        frames.clear()
        things.clear()
        if minute % _AWAY_EVERY == 0:
            away = reel.with_name("away.avi")
            reel.rename(away)
            told, patience = len(problems), time.monotonic() + _AWAY_S
            while len(problems) == told and time.monotonic() < patience:
                time.sleep(0.2)  # until the reel came to its end and could not be opened again
            away.rename(reel)
