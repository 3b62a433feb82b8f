"""The longest turns of the GUI thread, measured: ``python -m tests.ui.stalls``. Store in memory, everything else real."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from printing.fonts import BOLD, FALLBACK, REGULAR
from tests.ui.hall import PIN, place
from tests.ui.hands import Hands
from tests.ui.test_main_job import fill_form, to_form
from ui import theme
from ui.main_window import MainWindow


class Timed(QApplication):
    """Notes how long each event takes that comes from the event loop itself (not nested)."""

    worst: list[tuple[float, str]]
    depth = 0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        Timed.depth += 1
        began = time.perf_counter()
        try:
            return bool(super().notify(receiver, event))
        finally:
            Timed.depth -= 1
            if Timed.depth == 0:
                took = (time.perf_counter() - began) * 1000
                name = getattr(event, "type", lambda: "?")()
                Timed.worst.append((took, f"{type(receiver).__name__} {name}"))


def main() -> int:
    Timed.worst = []
    app = Timed(sys.argv[:1])
    theme.apply(app, (REGULAR, BOLD, FALLBACK))

    class Patience:
        @staticmethod
        def waitUntil(holds: object, timeout: int = 20_000) -> None:  # noqa: N802 - as pytest-qt calls it
            end = time.monotonic() + timeout / 1000
            while not holds():  # type: ignore[operator]
                assert time.monotonic() < end
                app.processEvents()

    def told(name: str) -> None:
        worst = sorted(Timed.worst, reverse=True)[:4]
        print(f"{name:12s} " + "   ".join(f"{took:6.1f} ms {what}" for took, what in worst))
        Timed.worst = []

    with ThreadPoolExecutor(3) as pool:
        hall = place(pool)
        window = MainWindow(hall.services)
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
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
