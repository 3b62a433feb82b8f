"""Start to first usable window, against an empty PySide6 window in the same run."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.bench_hall import opened_hall

ROUNDS = 9
EMPTY = (
    "from PySide6.QtWidgets import QApplication, QWidget\n"
    "from PySide6.QtCore import QTimer\n"
    "a = QApplication([]); w = QWidget(); w.resize(1366, 768); w.show(); QTimer.singleShot(0, a.quit); a.exec()\n"
)


@dataclass(frozen=True, slots=True)
class Start:
    """Of one process, seconds: by the clock, and of the processor (which other programs disturb less)."""

    wall: float
    cpu: float


def measure() -> Iterator[dict[str, str | int | float]]:
    """Whole processes until the sign-in page is painted and the event loop has run once (``window``), and until whoever signs in
    waits for nothing but the PIN (``ready``). Modules are compiled beforehand, as an installer leaves them; rounds take turns.
    """
    with tempfile.TemporaryDirectory() as folder, opened_hall(Path(folder)) as (_home, desk, _page):
        desk.store.close()
        program = [sys.executable, "-m", "clerk_app", "window", "--data", str(Path(folder) / "window")]
        commands = {
            "empty": [sys.executable, "-c", EMPTY],
            "window": [*program, "--quit-at-once"],
            "ready": [*program, "--quit-when-ready"],
        }
        surroundings = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled"),
            "PYTHONDONTWRITEBYTECODE": "",
        }
        taken: dict[str, list[Start]] = {name: [] for name in commands}
        for turn in range(ROUNDS + 1):
            for name, command in commands.items():
                one = _run(command, surroundings)
                if turn:  # the first one compiles
                    taken[name].append(one)
        wall = {name: median(one.wall for one in each) for name, each in taken.items()}
        cpu = {name: median(one.cpu for one in each) for name, each in taken.items()}
        yield {
            "empty_s": round(wall["empty"], 3),
            "window_s": round(wall["window"], 3),
            "ready_s": round(wall["ready"], 3),
            "ratio": round(wall["window"] / wall["empty"], 2),
            "ratio_cpu": round(cpu["window"] / cpu["empty"], 2),
            "ready_ratio": round(wall["ready"] / wall["empty"], 2),
            "goal_ratio": 2,
        }


def _run(command: Sequence[str], surroundings: dict[str, str]) -> Start:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, env=surroundings, capture_output=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Start(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
