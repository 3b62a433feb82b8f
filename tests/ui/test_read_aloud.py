"""念给我听 on the applicant's window: the page in front, silent at every turn, and not offered where there is no voice."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.devices.speech import ProgramSpeaker
from clerk_app.domain.application import shown_hash
from clerk_app.domain.sensitive import SensitiveKind
from clerk_app.errors import DeviceProblem
from tests.ui.conftest import opened
from tests.ui.hall import PIN, place
from tests.ui.hands import Hands
from ui.applicant_window import ApplicantWindow
from ui.read_aloud import READ, STOP

ROWS = [("申请人", "刘桂芳"), ("证件", "500199********2467")] + [(f"第 {n} 项", "样例内容" * 12) for n in range(20)]
SAYS = "import pathlib, signal, sys; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read()); signal.pause()"


@pytest.fixture
def said(tmp_path: Path) -> Path:
    return tmp_path / "said"


@pytest.fixture
def speaker(said: Path) -> ProgramSpeaker:
    """A program that takes the text as an engine does, and goes on until it is ended."""
    return ProgramSpeaker((sys.executable, "-c", SAYS, str(said)))


@pytest.fixture
def screen(qapp_themed: QApplication, qtbot: QtBot, speaker: ProgramSpeaker) -> ApplicantWindow:
    made = ApplicantWindow("演示镇便民服务中心", speaker)
    qtbot.addWidget(made, before_close_func=lambda _: speaker.stop())
    made.resize(1280, 800)
    return made


def show(screen: ApplicantWindow, qtbot: QtBot) -> None:
    with qtbot.waitExposed(screen):
        screen.show_case(ROWS, shown_hash(ROWS))
    qtbot.waitUntil(lambda: not screen.reading._split_soon.isActive())


def offered(within: QWidget) -> QPushButton:
    (found,) = [
        each
        for each in list[QPushButton](within.findChildren(QPushButton))
        if each.text() in (READ, STOP) and each.isVisible()
    ]
    return found


def press(within: QWidget) -> None:
    QTest.mouseClick(offered(within), Qt.MouseButton.LeftButton)


def heard(said: Path, qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: said.exists() and bool(said.read_bytes()), timeout=5000)
    text = said.read_text("utf-8")
    said.unlink()
    return text


def test_the_page_in_front_is_read_and_no_other(screen: ApplicantWindow, qtbot: QtBot, said: Path) -> None:
    show(screen, qtbot)
    press(screen)
    text = heard(said, qtbot)
    assert "申请人：刘桂芳" in text
    assert "2467" not in text, "numbers are not called out into a hall"
    assert "第 19 项" not in text, "the last page is not in front"
    assert offered(screen).text() == STOP


def test_turning_the_page_silences_and_the_next_page_is_read_when_asked(
    screen: ApplicantWindow, qtbot: QtBot, said: Path, speaker: ProgramSpeaker
) -> None:
    show(screen, qtbot)
    press(screen)
    heard(said, qtbot)
    QTest.mouseClick(screen.reading.forth, Qt.MouseButton.LeftButton)
    assert not speaker.speaking
    assert offered(screen).text() == READ
    press(screen)
    assert "刘桂芳" not in heard(said, qtbot)


def test_pressed_again_it_stops(screen: ApplicantWindow, qtbot: QtBot, speaker: ProgramSpeaker) -> None:
    show(screen, qtbot)
    press(screen)
    assert speaker.speaking
    press(screen)
    assert not speaker.speaking


@pytest.mark.parametrize("end", ["close", "quiet", "another case", "wrong"])
def test_whatever_takes_the_page_away_silences(
    screen: ApplicantWindow, qtbot: QtBot, speaker: ProgramSpeaker, end: str
) -> None:
    show(screen, qtbot)
    press(screen)
    assert speaker.speaking
    if end == "close":
        screen.close()
    elif end == "quiet":
        screen.be_quiet()
    elif end == "another case":
        screen.show_case(ROWS[:1], shown_hash(ROWS[:1]))
    else:
        QTest.mouseClick(screen.reading.not_right, Qt.MouseButton.LeftButton)
    assert not speaker.speaking


def test_consent_and_rating_can_be_read_too(
    screen: ApplicantWindow, qtbot: QtBot, said: Path, speaker: ProgramSpeaker
) -> None:
    with qtbot.waitExposed(screen):
        screen.ask_consent("本人", (SensitiveKind.HEALTH, SensitiveKind.ACCOUNT))
    press(screen.consent)
    assert "不同意也可以" in heard(said, qtbot)
    QTest.mouseClick(screen.consent.yes, Qt.MouseButton.LeftButton)
    assert not speaker.speaking, "the next kind is another page"
    screen.ask_rating("case")
    press(screen.rating)
    assert "非常满意" in heard(said, qtbot)
    QTest.mouseClick(screen.rating.levels[5], Qt.MouseButton.LeftButton)
    assert not speaker.speaking


def test_without_a_voice_nothing_is_offered(qapp_themed: QApplication, qtbot: QtBot) -> None:
    screen = ApplicantWindow("演示镇便民服务中心")
    qtbot.addWidget(screen)
    show(screen, qtbot)
    buttons = list[QPushButton](screen.findChildren(QPushButton))
    assert not [each for each in buttons if each.text() == READ and each.isVisible()]


def test_a_voice_that_fails_is_told_to_the_clerk_and_offered_no_more(qapp_themed: QApplication, qtbot: QtBot) -> None:
    screen = ApplicantWindow("演示镇便民服务中心", ProgramSpeaker(("no-such-engine",)))
    qtbot.addWidget(screen)
    told: list[DeviceProblem] = []
    screen.aloud.failed.connect(told.append)
    show(screen, qtbot)
    made = offered(screen)
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)
    assert "不能朗读" in told[0].message
    assert not made.isVisible()


def test_locking_silences(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, speaker: ProgramSpeaker
) -> None:
    hall = place(pool)
    hall.services = replace(hall.services, speaker=speaker)
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        window.applicant.show_case(ROWS, shown_hash(ROWS))
        press(window.applicant)
        assert window.applicant.aloud.speaking
        window.lock()
        process = speaker._process
        assert process is None, "the voice was ended"
        hands.until(lambda: window.desk_view is None and hands.idle())
