"""The longest turns of the GUI thread, measured: ``python -m tests.ui.stalls``. Store in memory, everything else real.

A turn is everything that waited in the event loop at once, so a figure is never smaller than the longest single stall. Of each turn
the processor time of the GUI thread is told, and by the clock, which other programs and other threads lengthen. A key's own turn
(a place built and brought to the front by it) counts too.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.press import press
from clerk_app.domain.office import Office
from printing.fonts import BOLD, FALLBACK, REGULAR
from tests.ui.hall import PIN, place
from tests.ui.hands import Hands
from tests.ui.test_main_job import fill_form, to_form
from ui import theme
from ui.app import SWITCH_S
from ui.main_window import MainWindow


def main() -> int:
    sys.setswitchinterval(SWITCH_S)
    app = QApplication(sys.argv[:1])
    turns: list[tuple[float, float]] = []

    def turn(work: Callable[[], object]) -> None:
        began, cpu = time.perf_counter(), time.thread_time()
        work()
        turns.append(((time.thread_time() - cpu) * 1000, (time.perf_counter() - began) * 1000))

    theme.apply(app, (REGULAR, BOLD, FALLBACK))

    class Patience:
        @staticmethod
        def waitUntil(holds: object, timeout: int = 120_000) -> None:  # noqa: N802 - as pytest-qt calls it
            end = time.monotonic() + timeout / 1000
            while not holds():  # type: ignore[operator]
                assert time.monotonic() < end
                turn(app.processEvents)

    def told(name: str) -> None:
        worst = sorted(turns, reverse=True)[:5]
        print(
            f"{name:12s} " + "  ".join(f"{cpu:6.1f} ({wall:5.0f})" for cpu, wall in worst) + " ms of processor (clock)"
        )
        turns.clear()

    with ThreadPoolExecutor(3) as pool:
        hall = place(pool)
        forms = press(Office())  # as the window has it: papers are made in a process of their own
        forms.warm()
        hall = replace(hall, services=replace(hall.services, paper=forms))
        window = MainWindow(hall.services)
        window.furnish(hall.services)
        hands = Hands(window, hall, QtBot.__new__(QtBot))
        hands.qtbot = Patience()  # type: ignore[assignment]
        window.show()
        window.activateWindow()
        app.processEvents()
        told("start")
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        told("sign in")
        to_form(hands)
        told("to the form")
        fill_form(hands)
        hands.go("confirm")
        hands.sign_and_wait()
        told("sign")
        hands.press("F9")
        hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
        told("receipt")
        for number in range(1, 8):
            key = cast("QShortcut", hands.view.findChild(QShortcut, f"go_{number}"))
            turn(key.activated.emit)  # a key of QTest's is several turns in one
            hands.until(hands.idle)
            told(f"place {number}")
        window.close()
        hands.until(lambda: window.closed)
        forms.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
