"""The real window on a real data folder: real vault, real encrypted store, no camera; hands on the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.front import JOB_THREADS
from clerk_app.bootstrap.window import services_for
from clerk_app.settings import Settings
from tests.bootstrap.folder import PIN
from tests.ui.hall import Place
from tests.ui.hands import PATIENCE_MS, Hands
from ui.main_window import MainWindow
from ui.screens.settings.registry import SettingsPage
from ui.screens.settings.screen import SettingsScreen


@contextmanager
def window_on(data: Path, qtbot: QtBot) -> Iterator[Hands]:
    """Before sign-in; closed at the end as a clerk closes it."""
    settings = Settings(data, camera=str(data / "no-camera"))
    with ThreadPoolExecutor(JOB_THREADS) as executor, services_for(settings, executor) as services:
        window = MainWindow(services)
        window.furnish(services)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        yield Hands(window, cast("Place", None), qtbot)
        window.close()
        qtbot.waitUntil(lambda: window.closed, timeout=PATIENCE_MS)
        window.applicant.deleteLater()
        window.deleteLater()


def sign_in(hands: Hands, login: str, pin: str = PIN) -> None:
    """Choose the person, type the PIN, Enter; until the desk is there."""
    page = hands.window.sign_in
    page.ask(login)
    page.pin.setFocus()
    hands.type(pin)
    hands.press("Return")
    hands.until(lambda: hands.window.desk_view is not None and hands.idle())


def lock(hands: Hands) -> None:
    hands.press("Ctrl+L")
    hands.until(lambda: hands.window.locked and hands.window.desk_view is None and hands.idle())


def settings_page(hands: Hands, page_id: str) -> SettingsPage:
    """Open 设置 and one of its pages; read and shown."""
    hands.press("Ctrl+,")
    screen = hands.view.place_of("settings")
    assert isinstance(screen, SettingsScreen)
    screen.show_page(page_id)
    hands.until(hands.idle)
    return screen.page(page_id)
