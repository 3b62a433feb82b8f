"""An applicant who cannot write, by keyboard alone: read aloud, witnessed, the finger on paper under the camera."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from clerk_app.domain.recognition import Seen, SeenKind
from tests.ui.counter import PAGE, counter, only_case, search_of, show, signed_in
from tests.ui.hall import Place
from tests.ui.hands import Hands
from tests.ui.test_main_job import fill_form, to_form
from ui.actions import shown_in
from ui.screens.intake.confirm import ConfirmStep
from ui.screens.intake.thumb import ThumbPanel


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    """A clerk at a counter with a real store, the form filled, the applicant before the screen."""
    with signed_in(counter(pool, tmp_path / "hall", colleague=False), qtbot) as made:
        to_form(made)
        fill_form(made)
        made.go("confirm")
        made.consent()
        made.window.activateWindow()
        made.until(made.idle)
        yield made


def panel_of(hands: Hands) -> ThumbPanel:
    step = hands.intake.step("confirm")
    assert isinstance(step, ConfirmStep)
    return step.aloud.thumb


def opened(hands: Hands) -> ThumbPanel:
    hands.press("Shift+F4")
    panel = panel_of(hands)
    assert panel.isVisible()
    return panel


def witness(hands: Hands) -> None:
    """The keyboard goes from line to line by itself."""
    hands.type("李见证")
    hands.press("Tab")
    hands.type("样例社区网格员")
    hands.press("Tab")
    hands.press("1")  # all was heard
    hands.press("Tab")


def test_by_keyboard_from_reading_aloud_to_the_case(hands: Hands) -> None:
    panel = opened(hands)
    assert panel.present.read_by.text() == "王敏"
    assert panel.present.witness.line.hasFocus()
    assert not hands.intake._bar.isVisible(), "one button to a key"
    assert "确认指印" in [each.label for each in shown_in(hands.view.place)]
    witness(hands)
    hands.press("1")  # the picture may be taken
    hands.hall.eyes.page = Seen(SeenKind.PAGE, page_jpeg=PAGE.read_bytes())
    hands.press("F3")
    hands.until(lambda: hands.idle() and "已加密存下" in panel.present.state.text())
    hands.press("Ctrl+Return")
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
    assert not panel.isVisible()
    assert "受理" in hands.intake._next.text()
    assert hands.window.applicant.showing == ""
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
    case = only_case(hands.hall)
    thumb = case.content["signature"]["thumb"]
    assert (thumb["read_by"], thumb["witness"], thumb["witness_is"]) == ("王敏", "李见证", "样例社区网格员")
    assert thumb["page"]
    show(hands, case)
    told = " ".join(each.text() for each in list[QLabel](search_of(hands).findChildren(QLabel)))
    assert "按指印；王敏念给本人听，李见证（样例社区网格员）见证，指印拍下来了" in told


def test_what_is_missing_is_said_where_it_is_missing_and_nothing_is_signed(hands: Hands) -> None:
    panel = opened(hands)
    hands.type("王敏")
    hands.press("Ctrl+Return")
    assert panel.present.witness.reason == "念的人和见证人要是两个人"
    assert panel.present.witness.line.hasFocus()
    assert not hands.intake._bar.isVisible()
    panel.present.witness.line.selectAll()
    witness(hands)
    hands.press("Ctrl+Return")
    assert panel.present.picture._note.text() == "请问本人同不同意拍"
    hands.press("1")
    hands.press("Ctrl+Return")
    assert "还没有拍" in panel.present.picture._note.text()
    hands.press("F9")
    hands.rest()
    assert hands.intake.at == "confirm"
    assert "还没有签字" in hands.view.say_line.text


def test_without_a_picture_the_sheet_is_filed(hands: Hands) -> None:
    opened(hands)
    witness(hands)
    hands.press("2")
    hands.press("Ctrl+Return")
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
    signature = hands.intake.session.plan.application.signature  # type: ignore[union-attr]
    assert signature is not None
    assert signature.thumb is not None
    assert signature.thumb.page == ""


def test_esc_leaves_and_what_was_typed_is_there_again(hands: Hands) -> None:
    panel = opened(hands)
    hands.type("李见证")
    hands.press("Esc")
    assert not panel.isVisible()
    hands.rest()
    opened(hands)
    assert panel.present.witness.text() == "李见证"
    assert panel.heard.hasFocus()


def test_something_wrong_closes_it(hands: Hands) -> None:
    panel = opened(hands)
    panel.heard.setFocus()
    hands.press("2")
    assert not panel.isVisible()
    assert "有地方不对" in hands.view.say_line.text


def test_the_applicant_says_so_on_their_own_screen(hands: Hands) -> None:
    hands.press("F4")
    window = hands.window.applicant
    hands.until(lambda: bool(window.showing))
    assert window.reading.page[0] < window.reading.page[1] or window.reading.by_thumb.isVisible()
    while window.reading.page[0] < window.reading.page[1]:
        assert not window.reading.by_thumb.isVisible()
        QTest.mouseClick(window.reading.forth, Qt.MouseButton.LeftButton)
    QTest.mouseClick(window.reading.by_thumb, Qt.MouseButton.LeftButton)
    hands.until(lambda: panel_of(hands).isVisible())
    assert not window.isVisible(), "with one screen the clerk reads it aloud from here"


def test_an_edit_since_the_reading_asks_for_it_again(hands: Hands) -> None:
    panel = opened(hands)
    witness(hands)
    hands.intake.session.edit({"applicant.phone": "13900000001"})
    hands.rest()
    assert panel.heard.value() == ""
    assert "再念一遍" in panel.heard._note.text()


def test_all_is_big_enough_for_fingers_at_the_bedside(hands: Hands, hall: Place) -> None:
    hands.intake.session.edit({"channel": "上门"})
    hands.rest()
    panel = opened(hands)
    QApplication.processEvents()
    buttons = [*panel.heard._buttons, *panel.present.picture._buttons, panel.do]
    assert {made.height() >= 48 for made in buttons} == {True}, [made.height() for made in buttons]
