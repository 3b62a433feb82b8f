"""A hostile day at one counter, by keys: struck twice and at the wrong place, Esc, the lock, a colleague, midnight, a fingerprint."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.case import CaseState
from clerk_app.domain.hall import Role
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.session import Session
from clerk_app.domain.time import Stamp
from clerk_app.errors import KeyProblem
from clerk_app.usecases.queries import case_rows
from tests.ui.conftest import opened
from tests.ui.counter import PAGE, ask, begin, choose, counter, fill
from tests.ui.hall import PIN, START_MS, Place, card
from tests.ui.hands import Hands
from tests.ui.test_main_job import fill_form
from ui.screens.drafts import DraftsScreen
from ui.screens.intake.confirm import ConfirmStep

SIXTEEN_HOURS_MS = 16 * 3_600_000


class HallClock:
    """A second passes with each look; ``ms`` may be put on."""

    def __init__(self) -> None:
        self.ms = START_MS

    def now(self) -> Stamp:
        self.ms += 1000
        return Stamp(self.ms, 480, self.ms - START_MS)


def two_at_one_window(hall: Place) -> Place:
    """李华 may sign in too, on the same store."""
    desks = {
        "wangmin": hall.desk,
        "lihua": replace(hall.desk, session=Session("lihua", "李华", Role.CLERK)),
    }

    def sign_in(login: str, pin: str) -> object:
        if pin != PIN:
            raise KeyProblem("PIN 不对。", what_is_safe="数据都锁着。", what_to_do="请等 2 秒再试。")
        return desks[login]

    hall.services = replace(hall.services, sign_in=sign_in, logins=tuple(desks))  # type: ignore[arg-type]
    return hall


def come_in(hands: Hands, who: str) -> None:
    window = hands.window
    hands.until(lambda: window.locked and window.desk_view is None and hands.idle())
    window.sign_in.who.setCurrentIndex(window.sign_in.who.findData(who))
    window.sign_in.pin.setFocus()
    hands.type(PIN)
    for _ in range(2):
        hands.press("Return")
    hands.until(lambda: window.desk_view is not None and not window.locked and hands.idle())


def test_a_hostile_day(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> None:
    clock = HallClock()
    hall = two_at_one_window(counter(pool, tmp_path / "hall", clock=clock))
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type("111111")
        hands.press("Return")
        hands.until(hands.idle)
        hands.press("Return")
        assert "PIN 不对" in window.sign_in.note, "Enter struck twice: why stays to be read"
        come_in(hands, "wangmin")
        wrong_keys_and_a_card_pulled_off(hands)
        an_item_and_a_notice_not_given(hands)
        hands.press("Ctrl+L")
        come_in(hands, "wangmin")
        hands.until(lambda: hands.intake.at == "materials" and hands.idle())
        hands.press("Ctrl+L")
        come_in(hands, "lihua")
        taken_over(hands)
        clock.ms += SIXTEEN_HOURS_MS
        signed_by_a_finger_and_taken_once(hands)
        refused_with_its_ground(hands)
    hall.store.close()


def wrong_keys_and_a_card_pulled_off(hands: Hands) -> None:
    for keys in ("Esc", "F9", "F8", "F4", "Shift+F4", "F12", "F3", "F2", "F6", "Ctrl+Return", "Ctrl+Return"):
        hands.press(keys)
        hands.rest()
    assert hands.intake.at == "applicant"
    hands.hall.eyes.shows(card(doubtful=("name",)))
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳")
    hands.hall.eyes.shows(Seen(SeenKind.NOTHING))
    hands.rest()
    hands.press("Ctrl+Return")
    hands.rest()
    assert "看一眼识别结果" in hands.view.say_line.text
    hands.field("applicant.name").setFocus()
    hands.press("Return")
    hands.rest()
    assert hands.view.say_line.text == "", "it was looked at"


def an_item_and_a_notice_not_given(hands: Hands) -> None:
    hands.press("Ctrl+Return")
    hands.press("Ctrl+Return")
    hands.until(lambda: hands.intake.at == "item" and "还没有选事项" in hands.view.say_line.text)
    hands.type("领养老金")
    hands.until(lambda: "待遇申领" in " ".join(hands.finds()[:1]))
    hands.press("Return")
    hands.press("Return")
    hands.rest()
    assert hands.view.say_line.text == "", "it is chosen"
    hands.press("1")
    hands.rest()
    hands.go("materials")
    hands.press("F3")
    hands.rest()
    assert "没有看到一页纸" in hands.view.say_line.text
    hands.press("Delete")
    hands.rest()
    hands.press("F8")
    hands.until(lambda: hands.view.place == "intake/notice")
    assert hands.view.say_line.text == ""
    hands.press("F9")
    hands.press("Esc")
    assert hands.view.place == "intake/materials"
    hands.press("F10")
    hands.rest()


def taken_over(hands: Hands) -> None:
    assert hands.intake.session.text("applicant.name") == ""
    hands.press("Ctrl+2")
    hands.until(hands.idle)
    shelf = hands.view.place_of("drafts")
    assert isinstance(shelf, DraftsScreen)
    assert "王敏的" in shelf.table.spoken()[0]
    hands.press("Return")
    hands.press("Return")
    hands.until(lambda: hands.view.place == "intake/materials" and hands.idle())
    assert "已从王敏手里接过来" in hands.view.say_line.text


def signed_by_a_finger_and_taken_once(hands: Hands) -> None:
    for keys in ("Down", "Down", "F6"):
        hands.press(keys)
    hands.rest()
    hands.hall.eyes.page = Seen(SeenKind.PAGE, page_jpeg=PAGE.read_bytes())
    hands.press("Down")
    hands.press("F3")
    hands.rest()
    hands.go("form")
    fill_form(hands)
    hands.go("confirm")
    hands.consent()
    hands.window.activateWindow()
    hands.until(lambda: hands.window.isActiveWindow() and hands.idle())
    hands.press("Shift+F4")
    step = hands.intake.step("confirm")
    assert isinstance(step, ConfirmStep)
    panel = step.aloud.thumb
    hands.until(panel.isVisible)
    hands.press("Ctrl+Return")
    assert panel.present.witness.reason
    hands.type("张见证")
    assert not panel.present.witness.reason, "it stands there now"
    hands.press("Tab")
    hands.type("样例社区网格员")
    for keys in ("Tab", "1", "Tab", "2", "Ctrl+Return", "Ctrl+Return"):
        hands.press(keys)
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
    for keys in ("F9", "F9", "Ctrl+N"):
        hands.press(keys)
    hands.until(hands.idle)
    assert (hands.intake.at, hands.view.say_line.text) == ("receipt", "")
    (row,) = ask(hands.hall, lambda: case_rows(hands.view.desk))
    assert hands.intake.receipt.number.text() == row.local_number
    assert "20261122" in row.local_number


def refused_with_its_ground(hands: Hands) -> None:
    hands.press("Ctrl+N")
    hands.rest()
    begin(hands, "social-card")
    assert hands.intake._bar.isVisible()
    hands.press("F12")
    moves = hands.intake.moves
    hands.until(lambda: moves.isVisible() and hands.idle())
    assert not hands.intake._bar.isVisible(), "one button to a key"
    choose(hands, moves, "不予受理")
    hands.press("Ctrl+Return")
    assert "哪一种情况" in moves.fault.text()
    hands.press("3")
    assert moves.fault.text() == ""
    fill(hands, moves, "reason", "年龄不到")
    fill(hands, moves, "basis", "《样例办法》第二条")
    hands.press("Ctrl+Return")
    hands.press("Ctrl+Return")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
    assert hands.intake.receipt._deadline.text() == "没有受理，不计办理时间"
    states = [row.state for row in ask(hands.hall, lambda: case_rows(hands.view.desk))]
    assert sorted(states) == sorted((CaseState.DECLINED, CaseState.ACCEPTED_DEFERRED))
    assert hands.intake._bar.isVisible()
