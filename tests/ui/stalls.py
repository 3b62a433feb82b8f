"""The longest turns of the GUI thread, measured: ``python -m tests.ui.stalls``. Store in memory, everything else real.

A turn is everything that waited in the event loop at once, so a figure is never smaller than the longest single stall.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

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
    turns: list[float] = []
    theme.apply(app, (REGULAR, BOLD, FALLBACK))

    class Patience:
        @staticmethod
        def waitUntil(holds: object, timeout: int = 20_000) -> None:  # noqa: N802 - as pytest-qt calls it
            end = time.monotonic() + timeout / 1000
            while not holds():  # type: ignore[operator]
                assert time.monotonic() < end
                began = time.perf_counter()
                app.processEvents()
                turns.append((time.perf_counter() - began) * 1000)

    def told(name: str) -> None:
        worst = sorted(turns, reverse=True)[:5]
        print(f"{name:12s} " + "  ".join(f"{took:6.1f}" for took in worst) + " ms")
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
        hands.sign()
        window.activateWindow()
        hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
        told("sign")
        hands.press("F9")
        hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
        told("receipt")
        for number in range(1, 7):
            hands.press(f"Ctrl+{number}")
            hands.until(hands.idle)
            told(f"place {number}")
        window.close()
        hands.until(lambda: window.closed)
        forms.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
