"""通办: taken here, decided there, chosen on step 2 by keyboard and carried to the case."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.eyes import sample_page
from clerk_app.commands.case_json import read_case
from clerk_app.domain.paper import Form
from clerk_app.domain.parties import Elsewhere
from clerk_app.domain.signing import Signature
from clerk_app.usecases import template
from clerk_app.usecases.accept import accept_application
from clerk_app.usecases.printing import order_of
from printing.paper import ReportlabPaper
from tests.printing.reading import text_of
from tests.ui.counter import begin, counter, show, signed_in, unguarded
from tests.ui.hands import Hands
from ui.screens.intake.elsewhere import ElsewhereChoice
from ui.screens.intake.items import ItemStep
from ui.widgets.place_entry import matching


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    with signed_in(counter(pool, tmp_path), qtbot) as made:
        yield made


def choice(hands: Hands) -> ElsewhereChoice:
    step = hands.intake.step("item")
    assert isinstance(step, ItemStep)
    assert step.elsewhere is not None
    return step.elsewhere


def test_the_place_is_found_by_its_initials_and_stands_on_what_is_signed(hands: Hands) -> None:
    begin(hands, "pension-enrolment")
    where = choice(hands)
    where.where.setFocus()
    hands.press("2")
    hands.rest()
    assert where.place.entry.line.hasFocus()
    hands.type("w")
    assert where.place.list.spoken()[:2] == ["万州区", "武隆区"]
    hands.press("Down")
    hands.press("Return")
    hands.rest()
    plan = hands.intake.session.plan
    assert plan is not None
    assert plan.application.elsewhere is not None
    assert plan.application.elsewhere.scope == "全渝通办"
    assert plan.application.elsewhere.place == where.place.entry.text() == "武隆区"
    assert any(title == "在哪里办" and "全渝通办" in text for title, text in plan.shown)


def test_a_district_that_is_none_stops_at_the_step(hands: Hands) -> None:
    begin(hands, "pension-enrolment")
    where = choice(hands)
    where.where.setFocus()
    hands.press("2")
    hands.type("江北区")
    step = hands.intake.step("item")
    where.where.setFocus()
    assert "请选办理地" in step.blocked()
    hands.press("Ctrl+Return")
    hands.rest()
    assert hands.intake.at == "item"
    where.where.setFocus()
    hands.press("1")
    hands.rest()
    assert hands.intake.session.plan is not None
    assert hands.intake.session.plan.application.elsewhere is None
    assert where.blocked() == ""


def test_beyond_the_city_a_finer_place_is_typed(hands: Hands) -> None:
    begin(hands, "pension-claim")
    where = choice(hands)
    where.where.setFocus()
    hands.press("2")
    hands.type("四川省广安市邻水县")
    hands.rest()
    plan = hands.intake.session.plan
    assert plan is not None
    assert plan.application.elsewhere is not None
    assert plan.application.elsewhere.place == "四川省广安市邻水县"
    hands.intake.begin_with("social-card")
    hands.until(lambda: hands.intake.session.text("item") == "social-card" and hands.idle())
    assert hands.intake.session.text("elsewhere.scope") == "", "another item begins at home again"


def test_an_item_for_residents_only_has_no_such_choice(hands: Hands) -> None:
    begin(hands, "food-licence")
    step = hands.intake.step("item")
    assert isinstance(step, ItemStep)
    assert step.elsewhere is None


def test_names_that_begin_so_come_first() -> None:
    places = (("武隆区", "wlq"), ("巫山县", "wsx"), ("忠县", "zx"))
    assert matching(places, "ws") == ("巫山县",)
    assert matching(places, "县") == ("巫山县", "忠县")
    assert matching(places, "") == ()


def test_the_place_stands_in_the_case_on_its_paper_and_in_the_search(hands: Hands) -> None:
    desk = hands.hall.desk
    with unguarded(hands.hall):
        application, pages = read_case(template.samples(desk, "social-card", {}, random.Random(7), sample_page))
        application = replace(application, elsewhere=Elsewhere("全渝通办", "万州区"), signature=Signature("paper", ""))
        accepted = accept_application(desk, application, pages)
        (notice,) = [job for job in accepted.jobs if job.form is Form.F2]
        paper = ReportlabPaper().render(order_of(desk, notice.id))
    assert "万州区（全渝通办" in text_of(paper).replace("\n", "")
    search = show(hands, accepted.case)
    hands.until(
        lambda: any("万州区" in each.text() for each in list[QLabel](search.findChildren(QLabel)) if each.isVisible())
    )
