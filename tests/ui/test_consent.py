"""单独同意 on the applicant's own screen, kind by kind, before anything is signed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.sensitive import SensitiveKind
from tests.ui.counter import counter, signed_in, unguarded
from tests.ui.hands import Hands
from tests.ui.test_at_once import to_confirm
from ui.applicant_window import ApplicantWindow


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    with signed_in(counter(pool, tmp_path), qtbot) as made:
        yield made


def verbs(hands: Hands) -> list[str]:
    with unguarded(hands.hall), hands.hall.store.begin(reading=True) as uow:
        return [entry.happening.verb for entry in uow.journal.entries()]


def test_saying_no_is_kept_and_nothing_is_put_up_for_signing(hands: Hands) -> None:
    to_confirm(hands, agree=False)
    window = hands.window.applicant
    hands.until(lambda: window.consent.open)
    assert not window.showing, "no text to sign before the consent"
    QTest.mouseClick(window.consent.no, Qt.MouseButton.LeftButton)
    hands.until(lambda: "consent.refused" in verbs(hands) and hands.idle())
    assert "没有同意" in hands.view.say_line.text
    assert not window.showing
    hands.window.activateWindow()
    hands.until(hands.window.isActiveWindow)
    hands.press("F9")
    hands.until(lambda: "单独同意" in hands.view.say_line.text)
    hands.press("F4")
    hands.until(lambda: window.consent.open)
    hands.consent()
    hands.until(lambda: "consent.given" in verbs(hands) and bool(window.showing))


def test_each_kind_is_asked_by_itself(qapp_themed: QApplication, qtbot: QtBot) -> None:
    window = ApplicantWindow("演示镇便民服务中心")
    qtbot.addWidget(window)
    window.ask_consent("申请人", (SensitiveKind.HEALTH, SensitiveKind.ACCOUNT))
    page = window.consent
    assert "医疗健康" in page.what.text()
    with qtbot.assertNotEmitted(window.consented):
        QTest.mouseClick(page.yes, Qt.MouseButton.LeftButton)
    assert "金融账户" in page.what.text()
    with qtbot.waitSignal(window.consented):
        QTest.mouseClick(page.yes, Qt.MouseButton.LeftButton)
    assert not page.open


def test_closing_the_window_is_no_consent(qapp_themed: QApplication, qtbot: QtBot) -> None:
    window = ApplicantWindow("演示镇便民服务中心")
    qtbot.addWidget(window)
    window.ask_consent("监护人", (SensitiveKind.CHILD,))
    with qtbot.assertNotEmitted(window.consented), qtbot.waitSignal(window.unconsented):
        window.close()
