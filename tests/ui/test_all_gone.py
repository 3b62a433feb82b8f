"""Nothing around works: no gateway, no camera, no printer. The main job goes through by keyboard, and every place opens and says so."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.domain.case import CaseState
from clerk_app.domain.outbox import Delivery
from tests.ui.counter import signed_in
from tests.ui.hall import LIU, FakeSpool, Place, place
from tests.ui.hands import Hands
from tests.ui.test_main_job import fill_form
from ui.actions import ACTIONS
from ui.services import LineState
from ui.widgets.entry import Line

NO_PRINTER = "没有找到打印机。"
PLACES = ("Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4", "Ctrl+5", "Ctrl+6", "Ctrl+7", "Ctrl+J", "Ctrl+I", "Ctrl+G", "Ctrl+,")


class NoPrinter(FakeSpool):
    def printer_text(self) -> str:
        return NO_PRINTER


def alone(pool: ThreadPoolExecutor) -> Place:
    hall = place(pool, eyes=False)
    hall.line.state = LineState(False, 0, 0, "离线 · 待同步 0")
    object.__setattr__(hall.services, "spool", NoPrinter())
    hall.store.close = lambda: None
    return hall


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor) -> Iterator[Hands]:
    with signed_in(alone(pool), qtbot) as made:
        yield made


def test_a_case_goes_through_with_nothing_around_it(hands: Hands) -> None:
    view = hands.view
    assert "离线" in view.header.pill.text()
    assert NO_PRINTER in view.footer._facts.text()
    assert "没有摄像头" in hands.intake.side.view._words
    hands.fill("applicant.name", LIU["name"])
    hands.fill("applicant.document_number", LIU["id_number"])
    hands.go("item")
    hands.type("领养老金")
    hands.until(lambda: "待遇申领" in " ".join(hands.finds()[:1]))
    hands.press("Return")
    hands.rest()
    hands.press("1")
    hands.go("materials")
    hands.press("Down")
    hands.press("Down")
    hands.press("Delete")
    hands.rest()
    hands.press("F3")
    hands.until(lambda: "没有摄像头" in view.say_line.text)
    hands.press("F6")
    hands.go("form")
    fill_form(hands)
    hands.go("confirm")
    hands.sign_and_wait()
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
    state = hands.hall.store.state
    (case,) = state.cases.values()
    assert case.state is CaseState.ACCEPTED_DEFERRED
    assert [message.state for message in state.outbox.values()] == [Delivery.WAITING]
    assert state.print_jobs, "the paper waits for a printer"
    assert hands.intake.receipt._numbers["前置回执"].text() == "排队中，有网就送"


def test_every_place_opens_by_its_key_and_takes_every_key(hands: Hands) -> None:
    """No place is a dead end for the keyboard: it has the focus, Tab goes on from it, and keys that mean nothing here do no harm."""
    for key in PLACES:
        hands.press(key)
        hands.until(hands.idle)
        assert hands.view.isAncestorOf(hands.focus), key
        here = hands.view.place
        for action in ACTIONS:
            if not (action.everywhere or action.id in ("new", "accept")):
                assert QApplication.focusWidget() is not None, f"{key}: nothing has the keyboard before {action.label}"
                hands.press(action.key)
                hands.until(hands.idle)
        assert hands.view.place == here, f"{key} lost its place"
        reached = {hands.focus}
        for _ in range(3):
            hands.press("Tab")
            reached.add(hands.focus)
        assert len(reached) > 1 or not others(hands), key
        hands.press("Esc")
        hands.until(hands.idle)
        assert QApplication.focusWidget() is not None, f"{key}: nothing has the keyboard after Esc"


def others(hands: Hands) -> list[QWidget]:
    """What else could have the keyboard."""
    return [
        each
        for each in list[QWidget](hands.view.findChildren(QWidget))
        if each.isVisible()
        and each.isEnabled()
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        and each is not hands.focus
    ]


def test_no_line_anywhere_submits_inside_an_input_method(hands: Hands) -> None:
    """Every line of every place: Enter belongs to the input method while it composes; what it commits stands there afterwards."""
    seen = 0
    for key in PLACES:
        hands.press(key)
        hands.until(hands.idle)
        for line in list[QLineEdit](hands.window.findChildren(QLineEdit)):
            if not (line.isVisible() and line.isEnabled()) or line.isReadOnly():
                continue
            assert isinstance(line, Line), f"{key}: {line.accessibleName()} does not know an input method"
            line.setFocus()
            line.clear()
            confirmed: list[bool] = []
            line.confirmed.connect(lambda told=confirmed: told.append(True))
            hands.compose("lg")
            here = hands.view.place
            hands.press("Return")
            hands.press("Ctrl+Return")
            hands.until(hands.idle)
            assert not confirmed
            assert (hands.focus, hands.view.place) == (line, here), key
            hands.type("刘")
            assert line.text().endswith("刘") or line.maxLength() == 0
            line.clear()
            seen += 1
    assert seen > 10
