"""``clerk-app bench camera --minutes N``: a camera at 25 frames/s with everything recognised, shown in a window's view.

The camera is a file through cv2.VideoCapture at its own pace; every fifth minute it is 'unplugged' (the file goes away) and
comes back. Said each minute: memory; frames that reached the view while recognition was busy, against the file's 25; the
longest the GUI thread was deaf, by a timer of 5 ms. The same loop without a camera stands first: what the machine itself does.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from clerk_app.devices.eyes import CameraEyes
from clerk_app.devices.samples import SAMPLE_PEOPLE, demo_reel
from clerk_app.domain.recognition import Seen, SeenKind
from tests.benchmarks.recognise import resident_mb

RATE = 25
_AWAY_EVERY, _AWAY_S = 5, 60.0
_BEAT_MS, _IDLE_S = 5, 5.0


@dataclass(slots=True)
class _Minute:
    """What happened since the last line."""

    shown: list[float] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)
    things: list[Seen] = field(default_factory=list)


def measure(minutes: float = 0.5) -> Iterator[dict[str, str | int | float]]:
    """A line a minute, and the sum."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from ui.app import SWITCH_S
    from ui.widgets.camera_view import CameraView
    from ui.workers import CameraBridge

    sys.setswitchinterval(SWITCH_S)  # as the window does
    application = QApplication.instance() or QApplication([])
    now, problems, faults = _Minute(), list[str](), list[BaseException]()
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: now.beats.append(time.monotonic()))
    timer.start(_BEAT_MS)

    def spin(seconds: float, over: Callable[[], bool] = lambda: False) -> None:
        loop, end = QEventLoop(), time.monotonic() + seconds
        watch = QTimer()
        watch.timeout.connect(lambda: loop.quit() if over() or time.monotonic() >= end else None)
        watch.start(20)
        loop.exec()

    spin(_IDLE_S)
    yield {"what": "no camera", "longest_ui_stall_ms": _longest(now.beats), "resident_mb": resident_mb()}
    with tempfile.TemporaryDirectory(prefix="clerk-camera-") as folder:
        reel = Path(folder) / "reel.avi"
        demo_reel(reel, "YKU-DEMO.x.y", SAMPLE_PEOPLE["liu_guifang"], hold=1.5, gap=0.5, rate=RATE)
        bridge, view = CameraBridge(CameraEyes(str(reel), clock=time.monotonic, failed=faults.append)), CameraView()

        def show() -> None:
            image = bridge.newest()
            if image is not None:
                now.shown.append(time.monotonic())
                view.show_frame(image)

        bridge.frame.connect(show)
        bridge.seen.connect(lambda seen: now.things.append(seen) if seen.kind is not SeenKind.NOTHING else None)
        bridge.problem.connect(problems.append)
        view.show()
        bridge.switch_on()
        try:
            end, minute = time.monotonic() + minutes * 60, 0
            while time.monotonic() < end:
                minute += 1
                for each in (now.shown, now.beats, now.things):
                    each.clear()
                began = time.monotonic()
                spin(min(60.0, max(0.1, end - began)))
                yield {"minute": minute, **_told(now, time.monotonic() - began)}
                if minute % _AWAY_EVERY == 0:
                    _unplug(reel, spin, problems)
        finally:
            bridge.switch_off()
            timer.stop()
            view.close()
        yield {"what": "sum", "minutes": minutes, "unexpected": len(faults), "problems": sum(map(bool, problems)),
               "came_back": sum(not text for text in problems)}  # fmt: skip
    application.processEvents()


def _told(now: _Minute, seconds: float) -> dict[str, str | int | float]:
    kinds = [seen.kind.value for seen in now.things]
    return {
        "resident_mb": resident_mb(),
        "frames_shown_a_second": round(len(now.shown) / seconds, 1),
        "longest_frame_gap_ms": _longest(now.shown),
        "longest_ui_stall_ms": _longest(now.beats),
        "things": len(kinds),
        "slowest_look_ms": round(max((seen.ms for seen in now.things), default=0.0)),
        "processors_wanted": round(os.getloadavg()[0], 1),
    }


def _longest(moments: list[float]) -> int:
    return round(1000 * max((b - a for a, b in pairwise(moments)), default=0.0))


def _unplug(reel: Path, spin: Callable[..., None], problems: list[str]) -> None:
    away = reel.with_name("away.avi")
    reel.rename(away)
    told = len(problems)
    spin(_AWAY_S, lambda: len(problems) > told)  # until the reel came to its end and could not be opened again
    away.rename(reel)
    spin(_AWAY_S, lambda: len(problems) > told + 1)  # and until the picture is back by itself
