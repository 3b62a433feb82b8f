"""Fingers and old eyes: in visit mode nothing to press is under 48 px; on the applicant's screen no letter is under 24 px."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.domain.application import shown_hash
from clerk_app.domain.sensitive import SensitiveKind
from clerk_app.usecases import intake, visiting
from tests.ui.conftest import opened
from tests.ui.counter import unguarded
from tests.ui.hall import PIN, Place, place
from tests.ui.hands import Hands
from ui import theme
from ui.screens.visits.screen import VisitsScreen

PRESSED = (QAbstractButton, QLineEdit, QComboBox, QCheckBox)


def too_small(top: QWidget) -> list[str]:
    """What can be pressed and is under 48 px high; what is inside another control belongs to it."""
    QApplication.processEvents()
    found = []
    for made in list[QWidget](top.findChildren(QWidget)):
        inside = isinstance(made.parent(), (QComboBox, QLineEdit))
        if isinstance(made, PRESSED) and made.isVisibleTo(top) and not inside and made.height() < theme.TOUCH:
            words = made.text() if isinstance(made, (QAbstractButton, QLineEdit)) else ""
            found.append(f"{type(made).__name__} {words or made.accessibleName()} {made.height()}")
    return found


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor) -> Iterator[Hands]:
    hall: Place = place(pool)
    with opened(hall, qtbot) as window:
        window.resize(1280, 800)
        made = Hands(window, hall, qtbot)
        made.type(PIN)
        made.press("Return")
        made.until(lambda: window.desk_view is not None and made.idle())
        yield made


def test_the_place_for_visits_and_its_forms_are_for_fingers(hands: Hands) -> None:
    hands.view.go("visits")
    hands.until(hands.idle)
    screen = hands.view.place_of("visits").widget
    assert isinstance(screen, VisitsScreen)
    assert not too_small(screen)
    screen._on_new()
    assert screen.person.isVisible()
    assert not too_small(screen)
    today = hands.view.desk.clock.now().legal_date
    screen.visit.plan_for("x", "李秀样", today, today, {"social-card": "社会保障卡"}, "")
    screen.right.setCurrentWidget(screen.visit)
    assert not too_small(screen)
    assert not too_small(hands.view.header)


def test_an_intake_at_the_bedside_is_for_fingers_and_the_next_at_the_counter_is_not(hands: Hands) -> None:
    desk = hands.hall.desk
    with unguarded(hands.hall):
        draft = intake.open_draft(desk)
        intake.save(desk, draft.id, {"channel": visiting.CHANNEL, "applicant.name": "李秀样"})
        intake.choose(desk, draft.id, "social-card")
    hands.view.open_draft(draft.id)
    hands.until(lambda: hands.intake.session.plan is not None and hands.idle())
    for step in range(5):
        hands.intake._show(step)
        hands.rest()
        assert not too_small(hands.intake), step
    hands.view.new_client()
    hands.until(hands.idle)
    assert too_small(hands.intake), "at the counter things stand closer"


def small_letters(top: QWidget) -> list[str]:
    QApplication.processEvents()
    shown = [each for each in list[QWidget](top.findChildren(QWidget)) if each.isVisibleTo(top)]
    worded = [each for each in shown if isinstance(each, (QLabel, QAbstractButton)) and each.text()]
    return [f"{each.text()} {each.fontInfo().pixelSize()}" for each in worded if each.fontInfo().pixelSize() < 24]


def test_the_applicant_reads_letters_of_24_px_and_up(hands: Hands) -> None:
    screen = hands.window.applicant
    rows = [("申请人", "刘桂芳"), ("办什么事", "社会保障卡")]
    screen.show_case(rows, shown_hash(rows))
    assert not small_letters(screen) + too_small(screen)
    screen.be_quiet()
    screen.ask_consent("申请人", tuple(SensitiveKind))
    assert not small_letters(screen) + too_small(screen)
    screen.be_quiet()
    screen.ask_rating("case")
    screen.rating._show(1)
    assert not small_letters(screen) + too_small(screen)
