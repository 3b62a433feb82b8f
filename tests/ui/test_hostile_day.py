"""A hostile day at one counter, by keys: wrong keys, keys struck twice, Esc, people who leave, lines and printers that go, midnight."""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.case import CaseState, Move
from clerk_app.domain.acts import last_act
from clerk_app.domain.hall import Role
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.session import Session
from clerk_app.domain.time import Stamp
from clerk_app.errors import KeyProblem
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.queries import case_rows
from tests.ui.counter import PAGE, ask, begin, choose, counter, fill, only_case, search_of, shoot_missing, show, taken, unguarded
from tests.ui.conftest import opened
from tests.ui.hall import PIN, START_MS, Place, card
from tests.ui.hands import Hands
from tests.ui.test_main_job import fill_form, to_form
from ui.services import LineState
from ui.widgets.entry import Entry

OUT = os.environ.get("WALK", "")
HOUR_MS = 3_600_000
_number = itertools.count(1)


class HallClock:
    def __init__(self) -> None:
        self.ms = START_MS

    def now(self) -> Stamp:
        self.ms += 1000
        return Stamp(self.ms, 480, self.ms - START_MS)


def snap(hands: Hands, name: str, *, citizen: bool = False) -> None:
    if not OUT:
        return
    QApplication.processEvents()
    window = hands.window.applicant if citizen else hands.window
    window.grab().save(f"{OUT}/{next(_number):02d}-{name}.png")


def two_at_one_window(hall: Place) -> Place:
    """李华 may sign in too; each has a desk of their own on the same store."""
    desks: dict[str, Desk] = {
        "wangmin": hall.desk,
        "lihua": replace(hall.desk, session=Session("lihua", "李华", Role.CLERK)),
    }

    def sign_in(login: str, pin: str) -> Desk:
        if pin != PIN:
            raise KeyProblem("PIN 不对。", what_is_safe="数据都锁着。", what_to_do="请等 2 秒再试。")
        return desks[login]

    hall.services = replace(hall.services, sign_in=sign_in, logins=("wangmin", "lihua"), login_names={"wangmin": "王敏", "lihua": "李华"})
    return hall


def in_front(hands: Hands) -> bool:
    return hands.window.desk_view is not None and hands.idle() and not hands.window.locked


def test_walk(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> None:
    clock = HallClock()
    hall = two_at_one_window(counter(pool, tmp_path / "hall", clock=clock))
    with opened(hall, qtbot) as window:
        window.resize(1366, 768)
        hands = Hands(window, hall, qtbot)
        hands.type("111111")
        hands.press("Return")
        hands.press("Return")
        hands.until(hands.idle)
        snap(hands, "wrong-pin")
        hands.type(PIN) if not window.sign_in.pin.text() else (window.sign_in.pin.clear(), hands.type(PIN))
        hands.press("Return")
        hands.press("Return")
        hands.until(lambda: in_front(hands))
        snap(hands, "in")
        # wrong keys on an empty page
        for keys in ("Esc", "F9", "F8", "F4", "Shift+F4", "F12", "F3", "F2", "F6", "Ctrl+Return", "Ctrl+Return"):
            hands.press(keys)
            hands.rest()
        assert hands.intake.at == "applicant"
        snap(hands, "wrong-keys")
        # a card pulled off at once, then with a doubt
        hall.eyes.shows(Seen(SeenKind.NOTHING, advice="卡片移开了"))
        hands.rest()
        hall.eyes.shows(card(doubtful=("name",)))
        hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳")
        hall.eyes.shows(Seen(SeenKind.NOTHING))
        hands.rest()
        snap(hands, "doubt")
        hands.press("Ctrl+Return")
        hands.rest()
        snap(hands, "doubt-next")
        print("after doubt next", hands.intake.at, hands.view.say_line.text)
        hands.field("applicant.name").setFocus()
        hands.press("Return")
        hands.rest()
        hands.press("Ctrl+Return")
        hands.press("Ctrl+Return")
        hands.rest()
        print("double ctrl+enter", hands.intake.at, hands.view.say_line.text)
        hands.until(lambda: hands.intake.at == "item")
        hands.type("领养老金")
        hands.until(lambda: "待遇申领" in " ".join(hands.finds()[:1]))
        hands.press("Return")
        hands.press("Return")
        hands.rest()
        snap(hands, "item")
        hands.press("1")
        hands.rest()
        hands.press("Esc")
        hands.rest()
        print("scheme", bool(hands.intake.session.plan and hands.intake.session.plan.scheme))
        hands.go("materials")
        hands.press("Esc")
        hands.press("F3")  # nothing under the camera
        hands.rest()
        snap(hands, "materials-nothing-under")
        # the line and the printer go
        hall.line.tell(LineState(False, 0, 0, "断网 · 照常受理"))
        QApplication.processEvents()
        hands.press("Delete")
        hands.rest()
        hands.press("F8")
        hands.until(lambda: hands.intake._noticing)
        snap(hands, "notice-offline")
        hands.press("F9")
        hands.press("F3")
        hands.press("Esc")
        hands.rest()
        print("after esc in notice", hands.intake.place(), repr(hands.view.say_line.text))
        assert hands.intake.place() == "intake/materials", hands.intake.place()
        hands.press("F10")
        hands.rest()
        # lock in the middle and back
        hands.press("Ctrl+L")
        hands.until(lambda: window.locked and hands.idle() and window.desk_view is None)
        snap(hands, "locked")
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: in_front(hands))
        hands.until(lambda: hands.intake.at == "materials" and hands.idle())
        snap(hands, "back")
        # the applicant leaves; a second draft; both on the shelf
        hands.press("Ctrl+N")
        hands.rest()
        hands.fill("applicant.name", "冉小雨")
        hands.rest()
        hands.press("Ctrl+2")
        hands.until(hands.idle)
        snap(hands, "drafts-two")
        drafts = hands.view.place_of("drafts")
        print(drafts.table.spoken())
        # a second clerk takes over
        hands.press("Ctrl+L")
        hands.until(lambda: window.locked and hands.idle() and window.desk_view is None)
        window.sign_in.who.setFocus()
        hands.press("Down")
        hands.press("Return")
        print("who", window.sign_in.who.currentText(), hands.focus)
        window.sign_in.pin.setFocus()
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: in_front(hands))
        print("desk of", hands.view.desk.session.login)
        snap(hands, "second-clerk")
        hands.press("Ctrl+2")
        hands.until(hands.idle)
        snap(hands, "second-clerk-drafts")
        drafts = hands.view.place_of("drafts")
        at = next(i for i, line in enumerate(drafts.table.spoken()) if "待遇申领" in line)
        for _ in range(at):
            hands.press("Down")
        hands.press("Return")
        hands.press("Return")
        hands.until(lambda: hands.view.place.startswith("intake") and hands.idle())
        hands.until(lambda: hands.intake.at == "materials" and hands.idle())
        snap(hands, "taken-over")
        # midnight
        clock.ms += 16 * HOUR_MS
        hands.press("Down"); hands.press("Down"); hands.press("F6"); hands.rest()
        hall.eyes.page = Seen(SeenKind.PAGE, page_jpeg=PAGE.read_bytes())
        hands.press("Down"); hands.press("F3"); hands.rest()
        snap(hands, "materials-after-midnight")
        hands.go("form")
        fill_form(hands)
        snap(hands, "form")
        hands.go("confirm")
        hands.until(lambda: window.applicant.consent.open or bool(window.applicant.showing))
        snap(hands, "consent", citizen=True)
        hands.consent()
        snap(hands, "citizen", citizen=True)
        QTest.mouseClick(window.applicant._bigger, Qt.MouseButton.LeftButton)
        QTest.mouseClick(window.applicant._bigger, Qt.MouseButton.LeftButton)
        qtbot.wait(50)
        snap(hands, "citizen-large", citizen=True)
        while window.applicant.page[0] < window.applicant.page[1]:
            QTest.mouseClick(window.applicant._forth, Qt.MouseButton.LeftButton)
        qtbot.wait(20)
        snap(hands, "citizen-large-last", citizen=True)
        QTest.mouseClick(window.applicant.by_thumb, Qt.MouseButton.LeftButton)
        hands.rest()
        snap(hands, "thumb")
        hands.press("Esc")
        hands.rest()
        snap(hands, "thumb-esc")
        hands.press("Shift+F4")
        hands.press("Ctrl+Return")
        hands.rest()
        snap(hands, "thumb-missing")
        hands.type("张见证"); hands.press("Tab"); hands.type("样例社区网格员"); hands.press("Tab"); hands.press("1"); hands.press("Tab"); hands.press("2")
        snap(hands, "thumb-full")
        hands.press("Ctrl+Return")
        hands.press("Ctrl+Return")
        hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
        snap(hands, "signed-by-thumb")
        print("after thumb double", hands.intake.at)
        if hands.intake.at == "confirm":
            hands.press("F9")
            hands.press("F9")
            hands.press("Ctrl+N")
        hands.until(hands.idle)
        qtbot.wait(100)
        print("after F9 F9 Ctrl+N", hands.intake.at, hands.view.say_line.text, len(ask(hall, lambda: case_rows(hall.desk))))
        snap(hands, "accepted-then-next")
        # a refusal with its ground
        case = taken(hall, "social-card")
        begin(hands, "social-card")
        hands.press("F12")
        hands.until(lambda: hands.intake.moves.isVisible() and hands.idle())
        snap(hands, "moves")
        choose(hands, hands.intake.moves, "不予受理")
        hands.press("Ctrl+Return")
        hands.rest()
        snap(hands, "refuse-missing")
        print(hands.intake.moves.fault.text(), list(hands.intake.moves._made))
        hands.press("3")
        fill(hands, hands.intake.moves, "reason", "申请人不符合办理条件，详见指南")
        if "basis" in hands.intake.moves._made:
            fill(hands, hands.intake.moves, "basis", "《样例办法》第二条")
        snap(hands, "refuse-full")
        hands.press("Ctrl+Return")
        hands.press("Ctrl+Return")
        hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
        qtbot.wait(100)
        snap(hands, "refused")
        print("refused", hands.intake.at)
        # 一件事 with parts
        hands.press("Ctrl+N")
        hands.rest()
        hands.press("Ctrl+K")
        hands.type("退休一件事")
        hands.until(lambda: hands.view.finder.isVisible() and bool(hands.view.finder.table.spoken()))
        snap(hands, "finder-event")
        hands.press("Return")
        hands.rest()
        snap(hands, "event-item")
        # hand over, day end
        hands.press("Ctrl+3"); hands.until(hands.idle); snap(hands, "delivery")
        hands.press("Ctrl+7"); hands.until(hands.idle); snap(hands, "stats")
        hands.press("Ctrl+5"); hands.until(hands.idle); snap(hands, "sync")
        sync = hands.view.place_of("sync")
        from PySide6.QtWidgets import QPushButton
        [b for b in sync.findChildren(QPushButton) if b.text().startswith("日结")][0].click()
        hands.until(hands.idle); snap(hands, "day-end")
        hands.press("Ctrl+6"); hands.until(hands.idle); snap(hands, "search")
    hall.store.close()
