"""办事指南: an error in a guide reported from where it was seen, and news about the catalogue; by keyboard, on the real store."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.guide_report import element_exists, elements_of
from clerk_app.domain.service_item import LifeEvent, ServiceItem
from clerk_app.usecases.guide_errors import reports
from clerk_app.usecases.offered_catalogue import note
from tests.ui.counter import ask, begin, counter, signed_in, unguarded
from tests.ui.hall import CATALOGUE
from tests.ui.hands import Hands
from ui.screens.guide import GuideScreen
from ui.services import LineState


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    with signed_in(counter(pool, tmp_path), qtbot) as made:
        yield made


def guide(hands: Hands) -> GuideScreen:
    hands.press("Ctrl+G")
    found = hands.view.place_of("guide").widget
    assert isinstance(found, GuideScreen)
    hands.until(hands.idle)
    return found


def test_a_paper_that_is_wrong_is_reported_from_its_line(hands: Hands) -> None:
    begin(hands, "pension-enrolment")
    hands.press("Ctrl+Return")
    hands.until(lambda: hands.intake.at == "materials" and hands.idle())
    hands.press("Down")
    plan = hands.intake.session.plan
    assert plan is not None
    second = plan.rows[1].material
    screen = guide(hands)
    assert screen.element is not None
    assert screen.element.value() == f"materials.{second.id}"
    assert second.name in screen.element.list.currentText()
    hands.press("Ctrl+Return")
    assert "哪里错了" in screen.fault.text()
    screen.wrong.setFocus()
    hands.type("户口簿不用交了，找刘桂芳13800000000")
    hands.press("Ctrl+Return")
    hands.until(lambda: "身份证号和手机号" in screen.fault.text() and hands.idle())
    assert ask(hands.hall, lambda: reports(hands.hall.desk)) == ()
    screen.wrong.line.clear()
    screen.wrong.setFocus()
    hands.type("户口簿已经共享，不用交")
    hands.press("Ctrl+Return")
    hands.until(lambda: len(screen.table.spoken()) == 1 and hands.idle())
    assert "排队中" in screen.table.spoken()[0]
    assert second.name in screen.table.spoken()[0]
    assert hands.hall.line.nudges
    screen.wrong.setFocus()
    hands.type("户口簿已经共享，不用交")
    hands.press("Ctrl+Return")
    hands.until(lambda: "已经报过" in hands.view.say_line.text and hands.idle())
    assert len(ask(hands.hall, lambda: reports(hands.hall.desk))) == 1
    hands.press("Esc")
    assert hands.intake.at == "materials"
    assert hands.intake.isVisible()


def test_without_an_item_nothing_can_be_reported(hands: Hands) -> None:
    screen = guide(hands)
    assert screen.element is None
    assert not screen.send.isEnabled()
    hands.press("Ctrl+Return")
    assert ask(hands.hall, lambda: reports(hands.hall.desk)) == ()


@dataclass(frozen=True)
class Came:
    before: str
    after: str
    changes: tuple[str, ...]


def test_a_catalogue_that_came_is_told_once_and_shows_what_it_changes(hands: Hands) -> None:
    before = CATALOGUE.version
    with unguarded(hands.hall), hands.hall.store.begin() as uow:
        came = Came(before, "2026-12-01", ("修改　社会保障卡申领：承诺时限（5 个工作日 → 3 个工作日）",))
        note(uow, came, hands.hall.desk.clock.now())
        uow.config.set("notice", {"text": "下周一启用新目录", "cursor": 3})
        uow.commit()
    hands.hall.line.tell(LineState(True, 1, 0, "在线 · 待同步 1"))
    hands.until(lambda: "2026-12-01" in hands.view.say_line.text and hands.idle())
    assert "有新版" in hands.view.footer._facts.text()
    hands.press("Esc")
    hands.hall.line.tell(LineState(True, 0, 0, "在线 · 全部已送达"))
    hands.until(hands.idle)
    assert hands.view.say_line.text == "", "told once, not with every move of the line"
    screen = guide(hands)
    assert "下次登录起使用" in screen.news.text()
    assert "下周一启用新目录" in screen.news.text()
    assert "3 个工作日" in screen.changes.text()
    screen._use.click()
    assert hands.window.locked, "taking it up is signing in again"
    hands.until(lambda: hands.window.desk_view is None and hands.idle())


def test_every_element_on_offer_can_be_reported() -> None:
    entries: list[ServiceItem | LifeEvent] = [*CATALOGUE.items(), *CATALOGUE.life_events()]
    for entry in entries:
        paths = [path for path, _ in elements_of(entry)]
        assert len(paths) == len(set(paths)) > 8
        assert all(element_exists(entry, path) for path in paths), entry.id
        assert all(words and not words.isascii() for _, words in elements_of(entry))
