"""What a screen reader is told: on every screen, in every state, each control has a name in the accessibility tree of Qt."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.first_run import FirstRunDesk
from clerk_app.domain.application import shown_hash
from clerk_app.domain.hall import Role
from clerk_app.domain.sensitive import SensitiveKind
from tests.ui.accessible import controls, nameless
from tests.ui.conftest import opened
from tests.ui.counter import begin, search_of, taken
from tests.ui.hall import PIN, place
from tests.ui.hands import Hands
from ui.first_run import STEPS, FirstRun
from ui.screens.intake.step import STEP_IDS
from ui.screens.registry import BESIDE, SCREENS, opens
from ui.screens.settings.screen import SettingsScreen
from ui.screens.sync.screen import SyncScreen
from ui.screens.visits.screen import VisitsScreen
from ui.widgets.parts import button


def test_a_control_without_a_name_is_found(qapp_themed: QApplication, qtbot: QtBot) -> None:
    made = button("")
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    assert nameless(made)


class Looker:
    """Looks at one state after another and keeps what has no name."""

    def __init__(self) -> None:
        self.bad: dict[str, list[str]] = {}

    def at(self, where: str, top: QWidget) -> None:
        QApplication.processEvents()
        assert controls(top) > 0, where
        if found := nameless(top):
            self.bad[where] = found


@pytest.fixture
def looker() -> Iterator[Looker]:
    made = Looker()
    yield made
    assert not made.bad, made.bad


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMIN, Role.CHIEF, Role.AUDITOR])
def test_every_control_of_every_place_has_a_name(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, looker: Looker, role: Role
) -> None:
    hall = place(pool, role=role)
    with opened(hall, qtbot) as window:
        looker.at("sign in", window)
        window.sign_in._stack.setCurrentWidget(window.sign_in.rescue)
        looker.at("forgotten PIN", window)
        window.sign_in._stack.setCurrentIndex(0)
        window.sign_in.pin.setFocus()
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        for entry in (*SCREENS, *BESIDE):
            if opens(role, entry.id):
                hands.view.go(entry.id)
                hands.until(hands.idle)
                looker.at(entry.id, window)
        hands.view.go("settings")
        screen = hands.view.place_of("settings")
        assert isinstance(screen, SettingsScreen)
        for page in screen.entries:
            screen.show_page(page.id)
            hands.until(hands.idle)
            looker.at(f"settings/{page.id}", window)
        hands.view._help.toggle()
        QApplication.processEvents()
        assert not nameless(window)


def test_every_control_of_the_six_steps_has_a_name(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, looker: Looker
) -> None:
    hall = place(pool)
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        looker.at("nobody yet", window)
        begin(hands, "newborn")
        looker.at("a life event and its questions", window)
        begin(hands, "pension-claim")
        for step in ("item", "materials", "form", "confirm"):
            hands.intake._show(STEP_IDS.index(step))
            hands.rest()
            looker.at(step, window)
        hands.intake._onward.open_menu()
        hands.until(lambda: hands.intake.moves.isVisible() and hands.idle())
        looker.at("moves", window)
        hands.view.header.search.setFocus()
        hands.type("ylbx")
        hands.rest()
        looker.at("palette", window)


def test_every_control_of_panels_and_forms_has_a_name(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, looker: Looker
) -> None:
    hall = place(pool)
    taken(hall, "social-card")
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        visits = hands.view.place_of("visits")
        hands.view.go("visits")
        hands.until(hands.idle)
        assert isinstance(visits, VisitsScreen)
        visits._on_new()
        looker.at("somebody new in the register", window)
        today = hands.view.desk.clock.now().legal_date
        visits.visit.plan_for("x", "李秀样", today, today, {"social-card": "社会保障卡"}, "")
        visits.right.setCurrentWidget(visits.visit)
        looker.at("a visit to plan", window)
        sync = hands.view.place_of("sync")
        hands.view.go("sync")
        hands.until(hands.idle)
        assert isinstance(sync, SyncScreen)
        sync._on_day()
        hands.until(hands.idle)
        looker.at("end of the day", window)
        sync.stack.setCurrentWidget(sync.mend)
        looker.at("to mend", window)
        hands.view.go("search")
        hands.until(lambda: search_of(hands).case_id != "")  # its papers may still be drawn
        hands.press("F12")
        looker.at("moves of a case", window)


def test_every_control_of_the_applicants_screen_has_a_name(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, looker: Looker
) -> None:
    with opened(place(pool), qtbot) as window:
        screen = window.applicant
        rows = [("申请人", "刘桂芳")]
        screen.show_case(rows, shown_hash(rows))
        looker.at("reading", screen)
        screen.be_quiet()
        screen.ask_consent("申请人", tuple(SensitiveKind))
        looker.at("consent", screen)
        screen.be_quiet()
        screen.ask_rating("case")
        looker.at("rating", screen)
        screen.rating._show(1)
        looker.at("reasons", screen)


def test_every_control_of_the_first_start_has_a_name(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, looker: Looker, tmp_path: Path
) -> None:
    page = FirstRun(FirstRunDesk(tmp_path / "nothing"), pool)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    for at in range(len(STEPS)):
        page._show(at)
        looker.at(STEPS[at], page)
    qtbot.waitUntil(lambda: page.jobs.pending() == 0, timeout=5000)
