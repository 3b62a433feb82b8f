"""The main job by fingers alone: every step is tapped, no key is pressed; text comes from the keyboard on the screen (input method)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QVariantAnimation
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.domain.case import CaseState
from tests.ui.counter import search_of, signed_in
from tests.ui.hall import LIU, card, place
from tests.ui.hands import Hands
from tests.ui.test_long_lists import add
from tests.ui.test_main_job import VALUES
from ui.screens.intake.items import ItemStep
from ui.screens.intake.materials import MaterialStep
from ui.screens.visits.person_form import PersonForm
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry
from ui.widgets.following_area import FollowingArea
from ui.widgets.row_table import RowTable


class Fingers(Hands):
    """Taps at the window, as a touch screen gives them; Qt turns what no widget takes as touch into clicks."""

    screen: QPointingDevice | None = None

    def press(self, keys: str) -> None:
        raise AssertionError("fingers press no keys")

    def tap(self, widget: QWidget, where: QRect | None = None) -> None:
        at_widget = (where or widget.rect()).center()
        self.until(lambda: widget.visibleRegion().contains(at_widget))  # whoever scrolled there waits until it stands
        top = widget.window()
        at = widget.mapTo(top, at_widget)
        window = top.windowHandle()
        assert window is not None
        touch = Fingers.screen = Fingers.screen or QTest.createTouchDevice()
        QTest.touchEvent(window, touch).press(0, at).commit()
        QTest.touchEvent(window, touch).release(0, at).commit()
        QApplication.processEvents()

    def tap_row(self, table: RowTable, row: int) -> None:
        self.tap(table.viewport(), table.visualRect(table.rows.index(row, 0)))

    def tap_button(self, words: str, within: QWidget | None = None) -> None:
        found = [
            each
            for each in list[QAbstractButton]((within or self.window).findChildren(QAbstractButton))
            if words in each.text() and each.isVisible() and each.isEnabled()
        ]
        assert found, words
        self.tap(found[0])

    def write(self, field: QWidget, text: str) -> None:
        self.tap(field)
        self.until(lambda: field.hasFocus() or field is QApplication.focusWidget())
        self.commit(text)


@pytest.fixture
def fingers(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor) -> Iterator[Fingers]:
    hall = place(pool)
    hall.store.close = lambda: None
    with signed_in(hall, qtbot) as hands:
        hands.window.resize(1280, 800)
        yield Fingers(hands.window, hall, qtbot)


def drag(fingers: Fingers, widget: QWidget, by: int) -> None:
    """A finger laid down in the middle and drawn ``by`` pixels down (up when negative), in small steps."""
    top = widget.window()
    window = top.windowHandle()
    assert window is not None
    touch = Fingers.screen = Fingers.screen or QTest.createTouchDevice()
    start = widget.mapTo(top, widget.rect().center())
    QTest.touchEvent(window, touch).press(0, start).commit()
    for step in range(1, 11):
        QTest.qWait(8)
        QTest.touchEvent(window, touch).move(0, start + QPoint(0, by * step // 10)).commit()
    QTest.touchEvent(window, touch).release(0, start + QPoint(0, by)).commit()
    glides = list[QVariantAnimation](widget.findChildren(QVariantAnimation))
    fingers.until(lambda: all(each.state() != QVariantAnimation.State.Running for each in glides))


def test_a_list_is_dragged_by_a_finger_and_nothing_is_chosen_by_it(fingers: Fingers) -> None:
    add(fingers.hall, 0, 60)
    fingers.view.go("search")
    table = search_of(fingers).table
    fingers.until(lambda: fingers.idle() and table.rows.rowCount() == 60)
    chosen, bar = table.current(), table.verticalScrollBar()
    drag(fingers, table.viewport(), -260)
    assert bar.value() > 150
    assert table.current() == chosen
    fingers.tap_row(table, table.rowAt(90))
    assert table.current() == table.rowAt(90), "a tap is still a tap"
    far = bar.value()
    drag(fingers, table.viewport(), 200)
    assert bar.value() < far


def test_a_mouse_drags_nothing(fingers: Fingers) -> None:
    add(fingers.hall, 0, 60)
    fingers.view.go("search")
    table = search_of(fingers).table
    fingers.until(lambda: fingers.idle() and table.rows.rowCount() == 60)
    ground = table.viewport()
    QTest.mousePress(ground, Qt.MouseButton.LeftButton, pos=QPoint(40, 300))
    for y in range(290, 100, -20):
        QTest.mouseMove(ground, QPoint(40, y))
    QTest.mouseRelease(ground, Qt.MouseButton.LeftButton, pos=QPoint(40, 100))
    assert table.verticalScrollBar().value() == 0


def test_a_form_is_dragged_where_it_is_empty_and_where_there_is_a_button(fingers: Fingers) -> None:
    fingers.view.go("visits")
    fingers.tap_button("台账")
    fingers.until(fingers.idle)
    fingers.tap_button("新添")
    form = next(each for each in list[PersonForm](fingers.window.findChildren(PersonForm)) if each.isVisible())
    (area,) = list[FollowingArea](form.findChildren(FollowingArea))
    drag(fingers, area.viewport(), -300)
    assert area.verticalScrollBar().value() > 100
    area.ensureWidgetVisible(form.how)  # how far it glided depends on the finger's speed
    fingers.tap(form.how._buttons[1])
    assert form.how.value() == "thumbprint"


def test_a_case_by_taps_alone(fingers: Fingers) -> None:
    intake = fingers.intake
    fingers.hall.eyes.shows(card(LIU))
    fingers.until(lambda: intake.session.text("applicant.name") == LIU["name"] and fingers.idle())
    fingers.tap_button("下一步")
    fingers.until(lambda: intake.at == "item")
    step = intake.step("item")
    assert isinstance(step, ItemStep)
    fingers.write(step._search, "领养老金")
    fingers.until(lambda: "待遇申领" in " ".join(fingers.finds()[:1]) and fingers.idle())
    fingers.tap_row(step._finds, 0)
    fingers.until(lambda: intake.session.text("item") == "pension-claim" and fingers.idle())
    fingers.tap(next(each for each in step._questions.values())._buttons[0])
    fingers.until(lambda: not step.blocked() and fingers.idle())
    fingers.tap_button("下一步")
    fingers.until(lambda: intake.at == "materials" and fingers.idle())
    materials = intake.step("materials")
    assert isinstance(materials, MaterialStep)
    fingers.tap_row(materials._table, 2)
    fingers.tap_button("拿走", materials)
    fingers.rest()
    fingers.tap_button("容缺", materials)
    fingers.rest()
    fingers.tap_button("下一步")
    fingers.until(lambda: intake.at == "form" and fingers.idle())
    for field, made in fingers.form_fields():
        if isinstance(made, Entry) and not made.text():
            made.line.setFocus()  # scrolls there, as a finger would
            fingers.write(made.line, VALUES.get(field.type.value, "演示镇"))
        elif isinstance(made, Choices) and not made.value():
            made.setFocus()
            fingers.tap(made._buttons[0])
    fingers.rest()
    fingers.tap_button("下一步")
    fingers.until(lambda: intake.at == "confirm" and fingers.idle())
    fingers.sign()
    fingers.window.activateWindow()
    fingers.until(lambda: bool(intake.session.plan and intake.session.plan.signed))
    fingers.tap_button("受理", intake._bar)
    fingers.until(lambda: intake.at == "receipt" and fingers.idle())
    (case,) = fingers.hall.store.state.cases.values()
    assert case.state is CaseState.ACCEPTED_DEFERRED


def test_every_place_of_the_rail_by_a_tap(fingers: Fingers) -> None:
    for screen_id, made in fingers.view.rail.buttons.items():
        fingers.tap(made)
        fingers.until(fingers.idle)
        assert fingers.view.place.partition("/")[0] == screen_id
