"""上门办 by keyboard and by finger: somebody is put into the register, a visit planned, begun at the bedside, written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.domain.hall import Role
from clerk_app.domain.special_groups import Consent, ConsentBy, ConsentHow, Group, Listed, RunsOut
from clerk_app.domain.visits import Surroundings, VisitState
from clerk_app.usecases import visiting
from tests.ui.counter import counter, signed_in, unguarded
from tests.ui.hands import Hands
from ui.screens.visits.screen import VisitsScreen
from ui.screens.visits.stop_card import StopCard
from ui.screens.visits.visit_form import _time
from ui.theme import TOUCH

LI = "500199194403022129"


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    hall = counter(pool, tmp_path, role=Role.VISITOR)
    around = Surroundings(3900, battery=58, battery_minutes=300, catalogue_on=hall.desk.clock.now().legal_date)
    hall.services = replace(hall.services, surroundings=lambda: around)
    with signed_in(hall, qtbot) as made:
        yield made


def screen(hands: Hands) -> VisitsScreen:
    found = hands.view.place_of("visits").widget
    assert isinstance(found, VisitsScreen)
    return found


def opened(hands: Hands) -> VisitsScreen:
    hands.press("Ctrl+4")
    hands.until(lambda: screen(hands).isVisible() and hands.idle() and screen(hands).day.cards.count() > 0)
    return screen(hands)


def buttons(place: QWidget, words: str) -> list[QPushButton]:
    found = [each for each in list[QPushButton](place.findChildren(QPushButton)) if each.text().startswith(words)]
    return [each for each in found if each.isVisible()]


def tap(hands: Hands, place: QWidget, words: str) -> None:
    hands.until(lambda: len(buttons(place, words)) == 1)
    (made,) = buttons(place, words)
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)
    hands.until(hands.idle)


def said(place: QWidget) -> list[str]:
    return [each.text() for each in list[QLabel](place.findChildren(QLabel)) if each.isVisible() and each.text()]


def a_person(hands: Hands, name: str = "李样例", **changes: object) -> Listed:
    today = hands.hall.desk.clock.now().legal_date
    consent = Consent(ConsentBy.SELF, ConsentHow.SIGNED, today, today + dt.timedelta(365))
    person = Listed("", name, LI, (Group.OLD,), "听力不好", "演示镇样例路 18 号", "13800000001", consent=consent)
    with unguarded(hands.hall):
        return visiting.keep_person(hands.hall.desk, replace(person, **changes))  # type: ignore[arg-type]


def a_visit(hands: Hands, person: Listed, at: str, *items: str) -> str:
    with unguarded(hands.hall):
        today = hands.hall.desk.clock.now().legal_date
        return visiting.plan_visit(hands.hall.desk, person.id, today, at, items, "户口簿", "").id


def test_somebody_is_put_into_the_register_by_keyboard_alone(hands: Hands) -> None:
    place = opened(hands)
    place.switch.setFocus()
    hands.press("Space")
    hands.until(lambda: place.in_register and hands.idle())
    (new,) = buttons(place, "新添一位")
    new.setFocus()
    hands.press("Space")
    form = place.person
    for entry, text in (
        (form.name, "李样例"),
        (form.number, LI),
        (form.needs, "听力不好"),
        (form.address, "样例路18号"),
    ):
        entry.setFocus()
        hands.type(text)
    form.groups.setFocus()
    hands.press("1")
    hands.press("Ctrl+Return")
    assert "没有同意不能存" in form.fault.text()
    assert hands.focus is form.by
    hands.press("1")
    form.how.setFocus()
    hands.press("2")
    hands.press("Ctrl+Return")
    assert "见证人" in form.fault.text()
    form.witness.setFocus()
    hands.type("周见证")
    hands.press("Ctrl+Return")
    hands.until(lambda: len(place.register.table.spoken()) == 1 and hands.idle())
    with unguarded(hands.hall):
        (kept,) = visiting.register(hands.hall.desk)
    assert (kept.name, kept.document_number, kept.groups) == ("李样例", LI, (Group.OLD,))
    assert kept.consent is not None
    assert (kept.consent.how, kept.consent.witness) == (ConsentHow.THUMBPRINT, "周见证")


def test_a_visit_is_planned_from_a_suggestion_with_its_item(hands: Hands) -> None:
    soon = hands.hall.desk.clock.now().legal_date + dt.timedelta(9)
    a_person(hands, runs_out=(RunsOut("养老待遇资格认证", soon, "pension-claim"),))
    place = opened(hands)
    hands.until(lambda: any("养老待遇资格认证" in each for each in said(place)))
    tap(hands, place, "安排上门")
    place.visit.at.setFocus()
    hands.type("1030")
    place.visit.item.setFocus()
    hands.type("社保卡")
    hands.until(lambda: bool(place.visit.hits.spoken()) and hands.idle())
    hands.press("Return")
    hands.press("Ctrl+Return")
    hands.until(lambda: bool(place.findChildren(StopCard)) and hands.idle())
    with unguarded(hands.hall):
        day = visiting.day_of(hands.hall.desk, hands.hall.desk.clock.now().legal_date)
    (stop,) = day.stops
    assert stop.visit.at == "10:30"
    assert stop.visit.items
    assert day.suggested == ()


def test_begun_at_the_bedside_the_intake_knows_the_person_and_the_card_goes_on(hands: Hands) -> None:
    visit = a_visit(hands, a_person(hands), "09:10", "pension-claim")
    place = opened(hands)
    tap(hands, place, "开始办")
    hands.until(lambda: hands.intake.isVisible() and hands.intake.session.text("applicant.name") == "李样例")
    hands.rest()
    assert hands.intake.session.text("channel") == "上门"
    assert hands.intake.session.text("item") == "pension-claim"
    place = opened(hands)
    hands.until(lambda: len(buttons(place, "接着办")) == 1)
    tap(hands, place, "记结果")
    place.visit.note.setFocus()
    hands.type("家里没人")
    hands.press("Return")
    hands.until(lambda: "没办完" in place.visit.fault.text())
    with unguarded(hands.hall), hands.hall.store.begin(reading=True) as uow:
        found = uow.visits.visit(visit)
    assert found is not None
    assert found.state is VisitState.SET_OUT


def test_what_is_not_ready_is_named_before_leaving(hands: Hands) -> None:
    a_visit(hands, a_person(hands), "09:10")
    place = opened(hands)
    hands.until(lambda: "1 位的资料已带上" in said(place.beside))
    words = said(place.beside)
    assert any(each.startswith("电量 58%，够用到") for each in words)
    assert "带上充电器" in words


def test_another_time_and_a_reason(hands: Hands) -> None:
    visit = a_visit(hands, a_person(hands), "09:10")
    place = opened(hands)
    tap(hands, place, "改时间")
    place.visit.at.setFocus()
    place.visit.at.line.selectAll()
    hands.type("9999")
    hands.press("Ctrl+Return")
    assert "几点到" in place.visit.fault.text()
    place.visit.at.line.selectAll()
    hands.type("1520")
    hands.press("Ctrl+Return")
    hands.until(lambda: "15:20" in said(place) and hands.idle())
    tap(hands, place, "记结果")
    place.visit.state.setFocus()
    hands.press("3")
    hands.press("Ctrl+Return")
    hands.until(lambda: "为什么" in place.visit.fault.text())
    place.visit.note.setFocus()
    hands.type("住院了")
    hands.press("Return")
    hands.until(lambda: any("取消" in each for each in said(place)) and hands.idle())
    with unguarded(hands.hall), hands.hall.store.begin(reading=True) as uow:
        found = uow.visits.visit(visit)
    assert found is not None
    assert (found.state, found.note) == (VisitState.CANCELLED, "住院了")


def test_every_button_is_big_enough_for_a_finger(hands: Hands) -> None:
    a_visit(hands, a_person(hands), "09:10", "pension-claim")
    place = opened(hands)
    tap(hands, place, "记结果")
    small = [
        (each.text(), each.height())
        for each in list[QPushButton](place.findChildren(QPushButton))
        if each.isVisible() and each.height() < TOUCH and each.property("look") != "choice"
    ]
    assert small == []


@pytest.mark.parametrize(
    ("typed", "read"),
    [("930", "09:30"), ("0930", "09:30"), ("9:30", "09:30"), ("12：05", "12:05"), ("x", "x"), ("", "")],
)
def test_a_time_as_people_type_it(typed: str, read: str) -> None:
    assert _time(typed) == read


def test_the_register_shows_the_number_covered_and_keeps_it_when_something_else_changes(hands: Hands) -> None:
    person = a_person(hands)
    place = opened(hands)
    tap(hands, place, "特殊群体台账")
    hands.until(lambda: len(place.register.table.spoken()) == 1)
    place.register.table.setFocus()
    hands.press("Return")
    assert LI[6:14] not in place.person.number.text()
    place.person.needs.setFocus()
    place.person.needs.line.selectAll()
    hands.type("要轮椅")
    hands.press("Ctrl+Return")
    hands.until(lambda: place.right.currentWidget() is place.beside and hands.idle())
    with unguarded(hands.hall):
        (kept,) = visiting.register(hands.hall.desk)
    assert (kept.id, kept.document_number, kept.needs, kept.consent) == (person.id, LI, "要轮椅", person.consent)


def test_it_fits_a_small_screen(hands: Hands) -> None:
    a_visit(hands, a_person(hands), "09:10", "pension-claim")
    place = opened(hands)
    tap(hands, place, "记结果")
    assert hands.window.minimumSizeHint().height() <= 768
    assert hands.window.minimumSizeHint().width() <= 1280
