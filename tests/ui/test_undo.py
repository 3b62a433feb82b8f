"""Ctrl+Z: a draft deleted by mistake, a paper taken away by mistake; and what is not wanted back is gone once the page is left."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.service_item import WayKind
from clerk_app.usecases.intake import drafts
from tests.ui.counter import PAGE, ask, begin, counter, signed_in
from tests.ui.hands import Hands
from tests.ui.test_consent import verbs
from ui.screens.drafts import DraftsScreen
from ui.screens.intake.materials import MaterialStep


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    with signed_in(counter(pool, tmp_path / "hall", colleague=False), qtbot) as made:
        begin(made, "pension-claim")
        yield made


def shelf_with_one_deleted(hands: Hands) -> DraftsScreen:
    """One draft, deleted by key, twice as an impatient clerk does."""
    hands.press("Ctrl+N")
    hands.rest()
    hands.press("Ctrl+2")
    hands.until(hands.idle)
    shelf = hands.view.place_of("drafts")
    assert isinstance(shelf, DraftsScreen)
    assert len(shelf.table.spoken()) == 1
    hands.press("Delete")
    hands.press("Delete")
    assert shelf.table.spoken() == []
    assert "按 Ctrl Z 找回" in hands.view.say_line.text
    return shelf


def kept(hands: Hands) -> int:
    return len(ask(hands.hall, lambda: drafts(hands.hall.desk)))


def test_a_deleted_draft_comes_back(hands: Hands) -> None:
    shelf = shelf_with_one_deleted(hands)
    hands.press("F5")
    hands.until(hands.idle)
    assert shelf.table.spoken() == [], "reading again does not bring it back by itself"
    hands.press("Ctrl+Z")
    assert "刘*芳" in hands.view.say_line.text
    assert "找回来了" in hands.view.say_line.text
    assert len(shelf.table.spoken()) == 1
    hands.press("Ctrl+Z")
    assert "没有刚删除的" in hands.view.say_line.text
    hands.press("Ctrl+6")
    hands.until(hands.idle)
    assert kept(hands) == 1
    assert "draft.discard" not in verbs(hands)


def test_the_keyboard_waits_on_what_one_does_next(hands: Hands) -> None:
    """Where the last draft went, there is only going on with somebody; not the next button that happens to stand there."""
    shelf = shelf_with_one_deleted(hands)
    assert shelf.go_on.hasFocus()
    assert not shelf.discard.isEnabled(), "there is nothing to delete"
    hands.press("Ctrl+Z")
    assert shelf.table.hasFocus()
    assert shelf.discard.isEnabled()
    shelf.discard.setFocus()
    shelf.discard.click()
    assert shelf.go_on.hasFocus()
    hands.press("Ctrl+Z")
    hands.press("Delete")
    assert shelf.go_on.hasFocus()
    hands.press("F5")
    hands.until(hands.idle)
    assert shelf.go_on.hasFocus()
    hands.press("Space")
    hands.until(hands.idle)
    assert hands.view.place.startswith("intake")
    hands.press("Ctrl+2")
    hands.until(hands.idle)
    assert shelf.go_on.hasFocus(), "an empty page is entered there too"


@pytest.mark.parametrize("away", ["Ctrl+6", "Ctrl+L"])
def test_nobody_wanted_it_back_and_it_is_gone_once_the_page_is_left(hands: Hands, away: str) -> None:
    shelf_with_one_deleted(hands)
    assert kept(hands) == 1, "not before"
    hands.press(away)
    hands.until(lambda: "draft.discard" in verbs(hands) and hands.idle())
    assert kept(hands) == 0


def test_a_paper_taken_away_is_put_back_with_its_pages(hands: Hands) -> None:
    plan = hands.intake.session.plan
    assert plan is not None
    hands.intake.session.edit({f"answer.{question.id}": question.choices[0].value for question in plan.questions})
    hands.rest()
    hands.go("materials")
    hands.hall.eyes.page = Seen(SeenKind.PAGE, page_jpeg=PAGE.read_bytes())
    plan = hands.intake.session.plan
    assert plan is not None
    at = next(at for at, row in enumerate(plan.rows) if row.needed and row.material.way(WayKind.CAPTURE))
    for _ in range(at):
        hands.press("Down")
    hands.press("F3")
    hands.rest()
    step = hands.intake.step("materials")
    assert isinstance(step, MaterialStep)
    step._table.setFocus()  # it asks why a paper is taken that need not be

    def given() -> object:
        assert hands.intake.session.plan is not None
        return hands.intake.session.plan.rows[at].given

    before = given()
    assert before is not None
    hands.press("Delete")
    hands.rest()
    assert given() is None
    assert "按 Ctrl Z 放回" in hands.view.say_line.text
    hands.press("Ctrl+Z")
    hands.rest()
    assert given() == before
    hands.press("Ctrl+Z")
    hands.rest()
    assert given() == before
    assert "没有可以放回的" in hands.view.say_line.text
