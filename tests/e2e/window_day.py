"""A clerk's day at the real window, ended by a crash: ``python -m tests.e2e.window_day DATA CAMERA full|typing``.

full: a person is taken from the first key to the receipt, a page captured by the camera, papers printed and looked at, the full number
and 本人信息 shown, a bug raised with the person's name in its text; one line of JSON is printed; then SIGABRT. typing: the same person
is typed up to the form, then SIGKILL.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import ui.app
from clerk_app.bootstrap.crash import no_core_files
from clerk_app.bootstrap.front import open_window
from clerk_app.domain.paper import PrintState
from clerk_app.settings import Settings
from tests.e2e.conftest import PIN
from tests.e2e.window_at_work import ITEM, NAME, NUMBER
from tests.ui.hall import Place
from tests.ui.hands import Hands
from tests.ui.test_main_job import fill_form
from ui.main_window import MainWindow
from ui.screens.person import PersonScreen
from ui.screens.search.screen import SearchScreen

ADDRESS = "样例区渝州路样例大院 7 幢 3 单元"
PATIENCE_S = 180


class _Patience:
    @staticmethod
    def waitUntil(holds: Callable[[], bool], timeout: int = 0) -> None:  # noqa: N802 - as qtbot calls it
        end = time.monotonic() + PATIENCE_S
        while not holds():
            QApplication.processEvents()
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")


def to_the_form(hands: Hands, *, capture: bool) -> None:
    hands.until(hands.keyboard_is_here)
    hands.type(PIN)
    hands.press("Return")
    hands.until(lambda: hands.window.desk_view is not None and bool(hands.intake.session))
    hands.rest()
    for key, text in (("name", NAME), ("document_number", NUMBER), ("address", ADDRESS)):
        _with_the_keyboard(hands)
        hands.fill(f"applicant.{key}", text)
    hands.press("Esc")  # the places proposed for the address
    hands.rest()
    assert hands.intake.session.text("applicant.address") == ADDRESS
    hands.go("item")
    hands.type(ITEM)
    hands.until(lambda: ITEM in "".join(hands.finds()[:1]))
    hands.press("Return")
    hands.rest()
    hands.press("1")
    hands.go("materials")
    for _ in range(2):
        hands.press("Down")
    if capture:
        hands.press("F3")
        hands.until(lambda: hands.idle() and bool(_pages(hands)))
    else:
        hands.press("Del")
        hands.press("F6")
    hands.rest()
    hands.go("form")
    fill_form(hands)


def _with_the_keyboard(hands: Hands) -> None:
    """The camera's pictures come in between; on a busy machine the window may not be in front yet."""
    hands.window.activateWindow()
    hands.until(lambda: QApplication.activeWindow() is hands.window)


def _pages(hands: Hands) -> list[str]:
    plan = hands.intake.session.plan
    assert plan is not None
    return [page for given in plan.application.materials.values() for page in given.pages]


def full(hands: Hands) -> None:
    to_the_form(hands, capture=True)
    page = _pages(hands)[0]
    hands.go("confirm")
    hands.sign()
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
    hands.window.activateWindow()
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "receipt")
    papers = hands.intake.receipt.papers
    hands.until(lambda: hands.idle() and bool(papers.preview.images))
    number = hands.intake.receipt.number.text()
    hands.until(lambda: bool(papers._jobs) and all(job.state is PrintState.PRINTED for job in papers._jobs))
    hands.view.open_case(number)
    search = hands.view.place_of("search")
    assert isinstance(search, SearchScreen)
    hands.until(lambda: hands.idle() and search._case is not None)
    hands.press("Ctrl+M")
    hands.until(lambda: hands.idle() and search.view.applicant.is_open)
    hands.press("Ctrl+I")
    person = hands.view.place_of("person")
    assert isinstance(person, PersonScreen)
    hands.until(lambda: hands.idle() and person.shown is not None)
    sys.excepthook(*_bug())
    told = {"number": number, "page": page, "printed": len(papers._jobs)}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGABRT)


def _bug() -> tuple[type[BaseException], BaseException, None]:
    try:
        raise KeyError(NAME, NUMBER, ADDRESS)
    except KeyError as error:
        return KeyError, error, None


def typing(hands: Hands) -> None:
    to_the_form(hands, capture=False)
    os.kill(os.getpid(), signal.SIGKILL)


def main(data: Path, camera: Path, what: str) -> int:
    """Open the window and work in it; it never returns alive but on a fault of this script."""
    no_core_files()  # as the command line does first of all

    class Day(MainWindow):
        def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's own name
            super().showEvent(event)
            QTimer.singleShot(200, self.begin)

        def begin(self) -> None:
            hands = Hands(self, cast("Place", None), cast("QtBot", _Patience()))
            try:
                (full if what == "full" else typing)(hands)
            finally:
                self.close()

    setattr(ui.app, "MainWindow", Day)  # noqa: B010 - the program's own window, with hands
    return open_window(Settings(data, camera=str(camera)))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
