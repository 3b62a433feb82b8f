"""Start to first usable window, against an empty PySide6 window in the same run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.bench_hall import opened_hall

ROUNDS = 5
EMPTY = (
    "from PySide6.QtWidgets import QApplication, QWidget\n"
    "from PySide6.QtCore import QTimer\n"
    "a = QApplication([]); w = QWidget(); w.resize(1366, 768); w.show(); QTimer.singleShot(0, a.quit); a.exec()\n"
)


def measure() -> Iterator[dict[str, str | int | float]]:
    """Whole-process seconds until the sign-in page is shown and the event loop has run once."""
    with tempfile.TemporaryDirectory() as folder, opened_hall(Path(folder)) as (_home, desk, _page):
        desk.store.close()
        empty, ours = [], []
        for _ in range(ROUNDS):
            empty.append(_seconds([sys.executable, "-c", EMPTY]))
            window = [
                sys.executable,
                "-m",
                "clerk_app",
                "window",
                "--data",
                str(Path(folder) / "window"),
                "--quit-at-once",
            ]
            ours.append(_seconds(window))
        base, mine = statistics.median(empty), statistics.median(ours)
        yield {"empty_s": round(base, 3), "window_s": round(mine, 3), "ratio": round(mine / base, 2), "goal_ratio": 2}


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True)
    return time.perf_counter() - began
