"""本人信息 at the window, on a real vault: looked up by number, corrected, taken out; nothing of it stands there afterwards."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.house import house
from clerk_app.bootstrap.house import sign_in as desk_of
from clerk_app.commands.case_json import read_case
from clerk_app.crypto.vault import FileVault
from clerk_app.domain.hall import Role
from clerk_app.settings import Settings
from clerk_app.usecases import template
from clerk_app.usecases.accept import accept_application
from tests.bootstrap.folder import PIN, found
from tests.ui.hands import Hands
from tests.ui.vault_window import sign_in, window_on
from ui.screens.person import PersonScreen

PAGE = (b"\xff\xd8\xff\xe0 one page", "image/jpeg")


@pytest.fixture
def number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One accepted case in the folder ``d``; its applicant's number."""
    cheap = {"time": 1, "memory_kib": 64, "lanes": 1}
    monkeypatch.setitem(FileVault.__init__.__kwdefaults__ or {}, "cost", cheap)
    data = found(tmp_path / "d", ("wangmin", Role.CLERK))
    desk = desk_of(house(Settings(data)), "wangmin", PIN)
    sample = template.samples(desk, "pension-claim", {}, random.Random(5), lambda _: PAGE)
    application, pages = read_case(sample)
    accept_application(desk, application, pages)
    desk.store.close()
    return application.applicant.document_number


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, tmp_path: Path, number: str) -> Iterator[Hands]:
    with window_on(tmp_path / "d", qtbot) as made:
        sign_in(made, "wangmin")
        yield made


def screen(hands: Hands) -> PersonScreen:
    found_screen = hands.view.place_of("person")
    assert isinstance(found_screen, PersonScreen)
    return found_screen


def look(hands: Hands, number: str) -> PersonScreen:
    hands.press("Ctrl+I")
    page = screen(hands)
    assert page.field.hasFocus()
    hands.type(number)
    hands.press("Return")
    hands.until(lambda: page.shown is not None and hands.idle())
    return page


def test_seen_corrected_and_refused_with_its_reason(hands: Hands, number: str) -> None:
    page = look(hands, number)
    assert number in page.facts.texts()  # the person reads their own data in full
    assert number not in page.who.text()  # the head of the page may be seen by others
    assert page.field.text() == ""
    assert any("还没有办结" in row for row in page.table.spoken())
    page.changes["phone"].setFocus()
    hands.type("13900000001")
    page.reason.setFocus()
    hands.type("本人出示手机")
    hands.press("Return")
    hands.until(lambda: "13900000001" in page.facts.texts() and hands.idle())
    assert "已更正 1 份" in page.doing.note.text()
    page.take_out_now()
    hands.until(lambda: "还没有办结" in hands.view.say_line.text)
    hands.press("Ctrl+6")
    hands.until(hands.idle)
    hands.press("Ctrl+I")  # from the case that is open in 查询: the number need not be spelled
    hands.until(lambda: page.shown is not None and hands.idle())
    hands.press("Ctrl+1")
    assert page.shown is None
    assert page.facts.texts() == ["", ""]


def test_somebody_unknown_is_said_calmly(hands: Hands) -> None:
    hands.press("Ctrl+I")
    hands.type("50019919550820007X")
    hands.press("Return")
    hands.until(lambda: "没有这个人" in hands.view.say_line.text)
    assert screen(hands).shown is None
