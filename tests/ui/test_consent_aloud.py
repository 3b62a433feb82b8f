"""单独同意 of an applicant who cannot write: read aloud kind by kind before a witness, then the application in the same way."""

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
from tests.ui.hands import Hands
from tests.ui.test_at_once import to_confirm
from tests.ui.test_consent import verbs
from ui.actions import shown_in
from ui.screens.intake.cannot_write import CannotWrite
from ui.screens.intake.confirm import ConfirmStep


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    with signed_in(counter(pool, tmp_path, colleague=False), qtbot) as made:
        to_confirm(made, agree=False)
        made.until(lambda: made.window.applicant.consent.open and made.idle())
        yield made


def aloud(hands: Hands) -> CannotWrite:
    step = hands.intake.step("confirm")
    assert isinstance(step, ConfirmStep)
    return step.aloud


def opened(hands: Hands) -> CannotWrite:
    """The applicant says so on the page that asks for the consent."""
    QTest.mouseClick(hands.window.applicant.consent.by_thumb, Qt.MouseButton.LeftButton)
    panels = aloud(hands)
    hands.until(panels.consent.isVisible)
    assert not hands.window.applicant.isVisible(), "with one screen the clerk reads it aloud from here"
    hands.window.activateWindow()
    hands.until(hands.window.isActiveWindow)
    return panels


def witness(hands: Hands) -> None:
    hands.type("李见证")
    hands.press("Tab")
    hands.type("样例社区网格员")
    hands.press("Tab")


def test_by_keyboard_from_the_consent_to_the_case(hands: Hands) -> None:
    panels = opened(hands)
    consent, thumb = panels.consent, panels.thumb
    assert consent.present.witness.line.hasFocus()
    assert not hands.intake._bar.isVisible(), "one button to a key"
    assert "确认指印" in [each.label for each in shown_in(hands.view.place)]
    witness(hands)
    (answer,) = consent.answers
    assert answer.hasFocus()
    assert "金融账户" in answer.accessibleName()
    hands.press("1")
    hands.press("Tab")
    hands.press("1")
    hands.hall.eyes.page = Seen(SeenKind.PAGE, page_jpeg=PAGE.read_bytes())
    hands.press("F3")
    hands.until(lambda: hands.idle() and "已加密存下" in consent.present.state.text())
    for _ in range(2):
        hands.press("Ctrl+Return")  # struck twice
    hands.until(lambda: thumb.isVisible() and hands.idle())
    assert not consent.isVisible()
    assert "consent.given" in verbs(hands)
    assert hands.intake.session.plan is not None
    assert not hands.intake.session.plan.signed, "consenting is not signing"
    hands.until(thumb.heard.hasFocus)
    assert thumb.present.witness.text() == "李见证"
    hands.press("1")
    hands.press("Tab")
    hands.press("2")
    hands.press("Ctrl+Return")
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
    case = only_case(hands.hall)
    given = case.content["consents"]["account"]
    assert (given["how"], given["thumb"]["witness"]) == ("thumb", "李见证")
    assert given["thumb"]["page"]
    assert not case.content["signature"]["thumb"]["page"]
    show(hands, case)
    told = " ".join(each.text() for each in list[QLabel](search_of(hands).findChildren(QLabel)))
    assert "按指印；王敏念给本人听，李见证（样例社区网格员）见证，指印拍下来了" in told


def test_what_is_missing_is_said_and_nothing_is_kept(hands: Hands) -> None:
    panels = opened(hands)
    hands.press("Ctrl+Return")
    assert panels.consent.present.witness.reason
    witness(hands)
    hands.press("Ctrl+Return")
    (answer,) = panels.consent.answers
    assert answer._note.text() == "念完以后，问本人同不同意"
    assert answer.hasFocus()
    hands.press("1")
    hands.press("Ctrl+Return")
    assert panels.consent.present.picture._note.text() == "请问本人同不同意拍"
    hands.press("Esc")
    assert not panels.isVisible()
    hands.rest()
    assert "consent.given" not in verbs(hands)


def test_a_no_is_kept_and_nothing_is_read_further(hands: Hands) -> None:
    panels = opened(hands)
    witness(hands)
    hands.press("2")
    hands.until(lambda: "consent.refused" in verbs(hands) and hands.idle())
    assert not panels.isVisible()
    assert "没有同意" in hands.view.say_line.text
    hands.press("Shift+F4")
    assert panels.consent.isVisible(), "asked again when the clerk asks"


def test_the_key_asks_for_the_consents_first(hands: Hands) -> None:
    QTest.mouseClick(hands.window.applicant.consent.no, Qt.MouseButton.LeftButton)
    hands.until(lambda: "consent.refused" in verbs(hands) and hands.idle())
    hands.window.activateWindow()
    hands.press("Shift+F4")
    assert aloud(hands).consent.isVisible()
    assert not aloud(hands).thumb.isVisible()


def test_all_is_big_enough_for_fingers_at_the_bedside(hands: Hands) -> None:
    panels = opened(hands)
    hands.intake.session.edit({"channel": "上门"})
    hands.rest()
    hands.until(lambda: panels.consent.isVisible() and hands.idle())
    QApplication.processEvents()
    consent = panels.consent
    buttons = [*consent.answers[0]._buttons, *consent.present.picture._buttons, consent.do]
    assert {made.height() >= 48 for made in buttons} == {True}, [made.height() for made in buttons]
