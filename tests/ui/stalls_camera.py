"""The longest turns of the GUI thread with a real camera running and recognition busy: ``python -m tests.ui.stalls_camera``.

The camera is a reel at 25 frames/s through cv2.VideoCapture; OCR runs on what lies there, over and over. Store in memory.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.devices.eyes import CameraEyes
from clerk_app.devices.samples import SAMPLE_PEOPLE, demo_reel
from printing.fonts import BOLD, FALLBACK, REGULAR
from tests.ui.hall import PIN, place
from tests.ui.hands import Hands
from ui import theme
from ui.app import SWITCH_S
from ui.main_window import MainWindow

SECONDS = 30.0


def told(turns: list[float], what: str) -> None:
    """The machine's own hiccups are in the first line too: hold the second against it."""
    ranked = sorted(turns, reverse=True)
    over = sum(took > 50 for took in ranked)
    print(
        f"{what}: longest turns {'  '.join(f'{took:.1f}' for took in ranked[:6])} ms; {over} of {len(ranked)} over 50 ms"
    )
    turns.clear()


def main() -> int:
    sys.setswitchinterval(SWITCH_S)
    app = QApplication(sys.argv[:1])
    theme.apply(app, (REGULAR, BOLD, FALLBACK))
    turns: list[float] = []
    frames: list[float] = []

    class Patience:
        @staticmethod
        def waitUntil(holds: object, timeout: int = 60_000) -> None:  # noqa: N802 - as pytest-qt calls it
            end = time.monotonic() + timeout / 1000
            while not holds():  # type: ignore[operator]
                assert time.monotonic() < end
                began = time.perf_counter()
                app.processEvents()
                turns.append((time.perf_counter() - began) * 1000)

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(3) as pool:
        reel = demo_reel(Path(folder) / "reel.avi", "YKU1", SAMPLE_PEOPLE["he_jun"], hold=1.2, gap=0.4, rate=25)
        hall = place(pool)
        eyes = CameraEyes(str(reel), clock=time.monotonic, failed=lambda error: print(type(error).__name__))
        services = replace(hall.services, eyes=eyes)
        window = MainWindow(services)
        window.furnish(services)
        window.camera.frame.connect(lambda: frames.append(time.monotonic()))
        hands = Hands(window, hall, QtBot.__new__(QtBot))
        hands.qtbot = Patience()  # type: ignore[assignment]
        window.show()
        window.activateWindow()
        app.processEvents()
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None)
        hands.until(lambda: bool(frames))
        eyes.stop()
        turns.clear()
        quiet = time.monotonic() + SECONDS / 3
        Patience.waitUntil(lambda: time.monotonic() > quiet)
        told(turns, "nothing under way")
        window.camera.switch_on()
        hands.until(lambda: bool(frames))
        turns.clear()
        frames.clear()
        end = time.monotonic() + SECONDS
        Patience.waitUntil(lambda: time.monotonic() > end)
        print(f"preview {len(frames) / SECONDS:.1f} frames/s")
        told(turns, "camera and OCR busy")
        window.close()
        hands.until(lambda: window.closed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
