"""A themed application, a signed-in window, and a pool that has ended before the next test."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from printing.fonts import BOLD, FALLBACK, REGULAR
from tests.ui.hall import PIN, Place, place
from tests.ui.hands import Hands
from ui import theme
from ui.main_window import MainWindow


@pytest.fixture(scope="session")
def qapp_themed(qapp: QApplication) -> QApplication:
    theme.apply(qapp, (REGULAR, BOLD, FALLBACK))
    return qapp


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(max_workers=3, thread_name_prefix="job") as executor:
        yield executor


@pytest.fixture
def hall(pool: ThreadPoolExecutor) -> Place:
    return place(pool)


@pytest.fixture
def window(qapp_themed: QApplication, qtbot: QtBot, hall: Place) -> Iterator[MainWindow]:
    """Before sign-in."""
    made = MainWindow(hall.services)
    qtbot.addWidget(made)
    qtbot.addWidget(made.applicant)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.camera.pause()
    qtbot.waitUntil(lambda: made.jobs.pending() == 0, timeout=5000)


@pytest.fixture
def hands(window: MainWindow, hall: Place, qtbot: QtBot) -> Hands:
    """Signed in, keyboard only."""
    made = Hands(window, hall, qtbot)
    made.type(PIN)
    made.press("Return")
    made.until(lambda: window.desk_view is not None and made.idle())
    return made
