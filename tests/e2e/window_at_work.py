"""A real window on a real folder that is killed in the middle: ``python -m tests.e2e.window_at_work DATA STEP``.

Types as a clerk does; at STEP it waits one second after the last key and dies by SIGKILL. STEP is one of ``STEPS``.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import ui.app
from clerk_app.bootstrap.front import open_window
from clerk_app.settings import Settings
from tests.e2e.conftest import PIN
from tests.ui.hall import Place
from tests.ui.hands import Hands
from tests.ui.test_main_job import fill_form
from ui.main_window import MainWindow

STEPS = ("applicant", "item", "materials", "form", "stroke", "confirm", "accept", "receipt")
NAME, NUMBER, ITEM = "龚㛃䶮", "500199196003150120", "城乡居民基本养老保险待遇申领"


class _Patience:
    @staticmethod
    def waitUntil(holds: Callable[[], bool], timeout: int = 0) -> None:  # noqa: N802 - as qtbot calls it
        end = time.monotonic() + 30
        while not holds():
            QTest.qWait(5)
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")


def die_one_second_later() -> None:
    """The promise: what was typed over a second ago is there."""
    end = time.monotonic() + 1
    _Patience.waitUntil(lambda: time.monotonic() > end)
    os.kill(os.getpid(), signal.SIGKILL)


def work(window: MainWindow, last: str) -> None:
    """Walk the main job up to a step and die there."""
    hands = Hands(window, cast("Place", None), cast("QtBot", _Patience()))
    hands.until(hands.keyboard_is_here)
    hands.type(PIN)
    hands.press("Return")
    hands.until(lambda: window.desk_view is not None and bool(hands.intake.session))
    hands.rest()
    hands.fill("applicant.name", NAME)
    hands.fill("applicant.document_number", NUMBER)
    if last == "applicant":
        die_one_second_later()
    hands.go("item")
    hands.type(ITEM)
    hands.until(lambda: ITEM in "".join(hands.finds()[:1]))
    hands.press("Return")
    hands.rest()
    hands.press("1")
    if last == "item":
        die_one_second_later()
    hands.go("materials")
    for _ in range(2):
        hands.press("Down")
    hands.press("Del")
    hands.press("F6")
    if last == "materials":
        die_one_second_later()
    hands.rest()
    hands.go("form")
    fill_form(hands)
    if last == "form":
        die_one_second_later()
    hands.go("confirm")
    if last == "stroke":
        hands.write_name()
        die_one_second_later()
    hands.sign()
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
    if last == "confirm":
        die_one_second_later()
    window.activateWindow()
    hands.press("F9")
    if last == "accept":
        os.kill(os.getpid(), signal.SIGKILL)
    hands.until(lambda: hands.intake.at == "receipt")
    sys.stdout.write(hands.intake.receipt.number.text() + "\n")
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def main(words: Sequence[str]) -> int:
    """Open the window in the folder DATA and work in it to STEP; it never returns alive but on a fault of this script."""
    data, last = Path(words[0]), words[1]

    class AtWork(MainWindow):
        def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's own name
            super().showEvent(event)
            QTimer.singleShot(200, self.begin)

        def begin(self) -> None:
            try:
                work(self, last)
            finally:
                self.close()

    setattr(ui.app, "MainWindow", AtWork)  # noqa: B010 - the program's own window, with hands
    return open_window(Settings(data, camera=str(data / "no-camera")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
