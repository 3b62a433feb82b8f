"""设置: opened by the clerk's name or a key, each role with its own pages, moved through by keys."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.hall import Role
from clerk_app.domain.rights import Right, may
from tests.ui.conftest import opened
from tests.ui.hall import PIN, place
from tests.ui.hands import Hands
from ui.screens import settings
from ui.screens.registry import places_of
from ui.screens.settings.registry import PAGES
from ui.screens.settings.screen import SettingsScreen


def screen(hands: Hands) -> SettingsScreen:
    found = hands.view.place_of("settings")
    assert isinstance(found, SettingsScreen)
    return found


def test_registry_and_folder_agree() -> None:
    folder = Path(settings.__file__).parent
    shared = {"__init__", "registry", "page", "screen", "parts"}
    modules = {entry.build.__module__.rpartition(".")[2] for entry in PAGES}
    assert {path.stem for path in folder.glob("*.py")} - shared == modules
    assert len({entry.id for entry in PAGES}) == len(PAGES)


def test_a_key_leads_there_and_another_back(hands: Hands) -> None:
    hands.press("Ctrl+,")
    assert hands.view.place == "settings"
    hands.until(hands.idle)
    assert screen(hands).list.hasFocus()
    hands.press("Ctrl+1")
    assert hands.view.place.startswith("intake")


def test_the_name_on_top_leads_there_too(hands: Hands) -> None:
    hands.view.header.settings.emit()
    assert hands.view.place == "settings"


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_own_places_and_pages(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, role: Role
) -> None:
    hall = place(pool, role=role)
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        assert list(hands.view.rail.buttons) == [entry.id for entry in places_of(role)]
        if not may(role, Right.SEE_CASES):
            assert hands.view.place == "settings"
            hands.press("Ctrl+6")
            assert "没有这一页" in hands.view.say_line.text
            assert hands.view.place == "settings"
        hands.press("Ctrl+,")
        shown = [entry.id for entry in screen(hands).entries]
        assert shown == [entry.id for entry in PAGES if entry.right is None or may(role, entry.right)]
        hands.until(hands.idle)
        hands.press("Ctrl+L")
        hands.until(lambda: window.locked and window.desk_view is None and hands.idle())
