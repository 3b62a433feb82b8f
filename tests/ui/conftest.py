"""A themed application, a signed-in window, and a pool that has ended before the next test."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from printing.fonts import BOLD, FALLBACK, REGULAR
from tests.ui.hall import PIN, Place, place
from tests.ui.hands import PATIENCE_MS, Hands
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


@contextmanager
def opened(hall: Place, qtbot: QtBot, brought: Path | None = None) -> Iterator[MainWindow]:
    """A shown window with the keyboard; closed as a clerk closes it, so that no job outlives it."""
    made = MainWindow(hall.services, brought)
    made.furnish(hall.services)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    hall.store.broken = False
    made.close()
    qtbot.waitUntil(lambda: made.closed, timeout=PATIENCE_MS)
    made.applicant.deleteLater()
    made.deleteLater()


@pytest.fixture
def window(qapp_themed: QApplication, qtbot: QtBot, hall: Place) -> Iterator[MainWindow]:
    """Before sign-in."""
    with opened(hall, qtbot) as made:
        yield made


@pytest.fixture
def hands(window: MainWindow, hall: Place, qtbot: QtBot) -> Hands:
    """Signed in, keyboard only."""
    made = Hands(window, hall, qtbot)
    made.type(PIN)
    made.press("Return")
    made.until(lambda: window.desk_view is not None and made.idle())
    return made


@pytest.fixture(autouse=True)
def nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning in the log is a fault of ours, as a Qt warning is (pyproject.toml): it fails the test that caused it."""
    yield
    told = [record.name for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert not told, f"warnings or errors were logged by {told}"
