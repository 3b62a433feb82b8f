"""训练模式 on screen: the band stands on every page of both windows, and the way in is on the sign-in page."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.domain.application import shown_hash
from tests.ui.conftest import opened
from tests.ui.hall import PIN, place
from tests.ui.hands import Hands
from ui.screens.registry import SCREENS
from ui.widgets.training_band import WORDS, TrainingBand


def bands(window: QWidget) -> list[TrainingBand]:
    return [each for each in list[TrainingBand](window.findChildren(TrainingBand)) if each.isVisible()]


def test_the_band_stands_on_every_page(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor) -> None:
    hall = place(pool)
    hall.services = replace(hall.services, training=True)
    rows = [("申请人", "刘桂芳")]
    with opened(hall, qtbot) as window:
        assert len(bands(window)) == 1, "before sign-in"
        assert "训练" in window.windowTitle()
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        for screen_id in (*[entry.id for entry in SCREENS], "settings"):
            hands.view.go(screen_id)
            hands.until(hands.idle)
            (band,) = bands(window)
            assert band.accessibleName() == WORDS
            assert band.width() == window.width()
        window.applicant.show_case(rows, shown_hash(rows))
        assert len(bands(window.applicant)) == 1
        window.lock()
        hands.until(lambda: window.desk_view is None and hands.idle())
        assert len(bands(window)) == 1


def test_a_real_window_has_no_band_and_leads_to_training(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor
) -> None:
    hall, started = place(pool), list[bool]()
    hall.services = replace(hall.services, train=lambda: started.append(True))
    with opened(hall, qtbot) as window:
        assert not bands(window)
        QTest.mouseClick(window.sign_in.practise, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(started) and window.jobs.pending() == 0)
        assert "另外打开" in window.sign_in.note
