"""The housekeeper's warnings at the window: counted on top, told on a key, gone when they no longer hold; nothing moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap import housekeeper
from clerk_app.bootstrap.safekeeping import copies, store_of
from clerk_app.bootstrap.vault_desk import VaultDesk
from clerk_app.crypto.vault import FileVault
from clerk_app.domain.hall import Role
from clerk_app.ports import Warned
from tests.bootstrap.folder import found
from tests.ui.hands import Hands
from tests.ui.vault_window import lock, sign_in, window_on
from ui.desk_view import DeskView

ROOM = Warned("room", "磁盘只够再存约 300 件，已存的都在。")
CLOCK = Warned("clock", "这台电脑的时间不准。", "red")


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hands]:
    cheap = {"time": 1, "memory_kib": 64, "lanes": 1}
    monkeypatch.setitem(FileVault.__init__.__kwdefaults__ or {}, "cost", cheap)
    data = found(tmp_path / "d", ("wangmin", Role.CLERK))
    with window_on(data, qtbot) as made:
        sign_in(made, "wangmin")
        yield made


def place_of_work(view: DeskView) -> QRect:
    return view.intake.widget.geometry()


def test_they_are_counted_told_one_by_one_and_go(hands: Hands) -> None:
    shown, before = hands.view.header.reminders, place_of_work(hands.view)
    shown.show_warnings((ROOM, CLOCK))
    assert shown.text() == "！提醒 2"
    assert "时间不准" in hands.view.say_line.text  # the grave one speaks by itself
    hands.press("Esc")
    shown.show_warnings((ROOM, CLOCK))
    assert hands.view.say_line.text == ""  # once
    hands.press("Ctrl+B")
    hands.press("Ctrl+B")
    assert "磁盘只够" in hands.view.say_line.text
    assert place_of_work(hands.view) == before
    shown.show_warnings(())
    assert shown.isHidden()


def test_a_grave_one_that_holds_already_is_there_when_somebody_comes(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Coming to the first place clears what was said; it must not clear this."""
    lock(hands)
    monkeypatch.setattr(VaultDesk, "warnings", lambda _desk: (CLOCK,))
    sign_in(hands, "wangmin")
    assert hands.view.header.reminders.kinds == ("clock",)
    assert "时间不准" in hands.view.say_line.text


def test_the_housekeepers_own_findings_arrive(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not hands.view.header.reminders.kinds
    monkeypatch.setattr(housekeeper, "FEW_CASES", 10**12)
    keeper = hands.window.services.safekeeping
    assert keeper is not None
    desk = hands.view.desk
    hands.until(
        lambda: bool(copies(store_of(desk).folder))
    )  # until the first copy is made, that is one more thing to say
    found = keeper._keeper.look(desk)  # type: ignore[attr-defined]  # the worker itself, not its thread
    keeper._keeper.warnings = found  # type: ignore[attr-defined]
    hands.view.facts.show_reminders()
    assert hands.view.header.reminders.kinds == ("room",)
