"""统计: what waits for a person, on the real store as the days go by."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.usecases import intake
from clerk_app.usecases.accept import take_in
from clerk_app.usecases.today import due
from tests.fakes.desk import StandingClock
from tests.ui.counter import ask, counter, search_of, signed_in, unguarded
from tests.ui.hall import LIU
from tests.ui.hands import Hands
from ui.screens.stats import StatsScreen


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def hands(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path, clock: StandingClock
) -> Iterator[Hands]:
    with signed_in(counter(pool, tmp_path, clock=clock), qtbot) as made:
        yield made


def half_an_intake(hands: Hands, item: str = "social-card") -> str:
    """Somebody applied and nobody answered."""
    desk = hands.hall.desk
    with unguarded(hands.hall):
        draft = intake.open_draft(desk)
        values = {f"applicant.{key}": value for key, value in LIU.items() if key != "id_number"}
        intake.save(desk, draft.id, {**values, "applicant.document_number": LIU["id_number"]})
        intake.choose(desk, draft.id, item)
    return draft.id


def stats(hands: Hands) -> StatsScreen:
    hands.press("Ctrl+7")
    screen = hands.view.place_of("stats").widget
    assert isinstance(screen, StatsScreen)
    hands.until(hands.idle)
    return screen


def test_an_answer_owed_turns_red_on_the_fourth_working_day(hands: Hands, clock: StandingClock) -> None:
    draft = half_an_intake(hands)
    with unguarded(hands.hall):
        case = take_in(hands.hall.desk, half_an_intake(hands)).case
    tones = []
    for days in range(6):
        clock.utc_ms = clock.utc_ms if not days else clock.utc_ms + 86_400_000
        tones.append({row.tone for row in ask(hands.hall, lambda: due(hands.hall.desk))})
    assert tones == [{"green"}, {"green"}, {"green"}, {"amber"}, {"red"}, {"red"}], "Monday to Saturday"
    screen = stats(hands)
    assert len(screen.table.spoken()) == 2
    assert all("11 月 30 日" in line or "过期" in line for line in screen.table.spoken())
    at = next(at for at, line in enumerate(screen.table.spoken()) if case.local_number in line)
    screen.table.setFocus()
    screen.table.choose(at)
    hands.press("Return")
    search = search_of(hands)
    hands.until(lambda: search._case is not None and search._case.case.id == case.id and hands.idle())
    screen = stats(hands)
    screen.table.choose(1 - at)
    screen.table.setFocus()
    hands.press("Return")
    hands.until(lambda: hands.intake.session.draft_id == draft and hands.idle())


def test_the_rail_says_how_many_are_red(hands: Hands, clock: StandingClock) -> None:
    half_an_intake(hands)
    hands.view.news.look_at_today()
    hands.until(hands.idle)
    assert hands.view.rail.buttons["stats"].badge == 0
    clock.move(days=4)
    hands.view.news.look_at_today()
    hands.until(lambda: hands.view.rail.buttons["stats"].badge == 1)
    assert "1" in hands.view.rail.buttons["stats"].accessibleName()


def test_when_nothing_waits_it_says_so(hands: Hands) -> None:
    screen = stats(hands)
    assert not screen.table.isVisible()
    assert "没有要催的" in screen._empty.text()
