"""Pictures of the running demo for the README: ``python -m tests.ui.pictures OUTDIR [WIDTH HEIGHT]``, no display needed.

The real program: encrypted store, simulated camera through cv2, the demo's own gateway. Only the hands are made up.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import ui.app
from clerk_app.bootstrap.demo import PIN, demo_hall
from clerk_app.bootstrap.eyes import DemoDesk
from clerk_app.bootstrap.window import open_window
from clerk_app.settings import Settings
from tests.ui.hall import Place
from tests.ui.hands import Hands
from tests.ui.test_main_job import fill_form
from ui.main_window import MainWindow

ITEM = "社会保障卡申领"


class _Patience:
    """Waits as qtbot does, outside pytest, and longer: recognition and the platform's number take their time."""

    @staticmethod
    def waitUntil(holds: Callable[[], bool], timeout: int = 0) -> None:  # noqa: N802 - as qtbot calls it
        end = time.monotonic() + 60
        while not holds():
            QApplication.processEvents()
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")


def _for_a_moment(seconds: float = 0.4) -> None:
    end = time.monotonic() + seconds
    _Patience.waitUntil(lambda: time.monotonic() > end)


def take(window: MainWindow, out: Path) -> None:
    """Walk the main job and grab each step."""
    hands = Hands(window, cast("Place", None), cast("QtBot", _Patience()))

    def grab(name: str, widget: QWidget | None = None) -> None:
        _for_a_moment()
        (widget or window).grab().save(str(out / f"{name}.png"))

    grab("sign-in")
    hands.type(PIN)
    hands.press("Return")
    hands.until(lambda: window.desk_view is not None)
    hands.until(lambda: bool(hands.intake.session.text("applicant.name")))
    hands.rest()
    grab("applicant-step")
    while hands.intake.session.plan and hands.intake.session.plan.doubtful:
        hands.intake.enter()
        hands.press("Return")
        hands.rest()
    hands.go("item")
    hands.type(ITEM)
    hands.until(lambda: "社会保障卡" in "".join(hands.finds()[:1]))
    hands.press("Return")
    hands.rest()
    while hands.intake.step("item").blocked():
        hands.press("1")
        hands.rest()
    grab("item-step")
    hands.go("materials")
    for row in hands.intake.session.plan.rows if hands.intake.session.plan else ():
        if row.required and row.given is None:
            hands.press("F3")
            _for_a_moment(1)
            hands.rest()
        hands.press("Down")
    grab("materials-step")
    hands.go("form")
    fill_form(hands)
    grab("form-step")
    hands.go("confirm")
    window.applicant.resize(1280, 800)
    grab("applicant-window", window.applicant)
    hands.sign()
    window.activateWindow()
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
    grab("confirm-step")
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "receipt")
    hands.until(lambda: hands.intake.receipt._numbers["平台编号"].text().startswith("DEMO"))
    grab("receipt-step")
    hands.view.go("sync")
    hands.until(hands.idle)
    grab("sync")


def main(out: Path, width: int = 1366, height: int = 768) -> int:
    out.mkdir(parents=True, exist_ok=True)
    failed: list[BaseException] = []

    class Posing(MainWindow):
        def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's own name
            super().showEvent(event)
            self.resize(width, height)
            QTimer.singleShot(300, self.pose)

        def pose(self) -> None:
            try:
                take(self, out)
            except (AssertionError, TimeoutError, IndexError) as error:
                failed.append(error)
            self.close()

    setattr(ui.app, "MainWindow", Posing)  # noqa: B010 - the program's own window, with a pose
    with tempfile.TemporaryDirectory() as folder, demo_hall(Path(folder)):
        desk = DemoDesk(Path(folder))
        desk.start()
        try:
            open_window(Settings(Path(folder), camera=str(desk.folder), demo=True))
        finally:
            desk.stop()
    if failed:
        raise failed[0]
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *(int(each) for each in sys.argv[2:4])))
