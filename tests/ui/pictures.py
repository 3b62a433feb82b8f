"""Pictures of the running demo for the README: ``python -m tests.ui.pictures OUTDIR [WIDTH HEIGHT]``, no display needed.

The real program: encrypted store, simulated camera through cv2, the demo's own gateway. Only the hands are made up.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import ui.app
from clerk_app.bootstrap.demo import PIN, demo_hall
from clerk_app.bootstrap.eyes import DemoDesk, sample_page
from clerk_app.bootstrap.front import open_window
from clerk_app.commands.case_json import read_case
from clerk_app.devices import samples
from clerk_app.domain.special_groups import Consent, ConsentBy, ConsentHow, Group, Listed, RunsOut
from clerk_app.settings import Settings
from clerk_app.usecases import template, visiting
from clerk_app.usecases.accept import accept_application
from tests.ui.hall import Place
from tests.ui.hands import Hands
from ui.main_window import MainWindow
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry

VALUES = {
    "applicant.residence": "重庆市演示区演示镇样例路18号2-3",
    "applicant.phone": "13800000000",
    "applicant.job": "务农",
    "pension.insured_place": "重庆市演示区",
    "pension.paid_from": "2005-01-01",
    "pension.paid_to": "2021-12-31",
    "pension.paid_months": "204",
    "payout.account": "6217000000000000001",
    "contact.name": "冉小雨",
    "contact.phone": "13900000000",
    "child.name": "何䶮冉",
    "child.birth_time": "06:42",
    "child.birth_certificate_no": "T500219876",
    "father.ethnicity": "汉族",
    "mother.ethnicity": "土家族",
    "child.birth_place": "重庆市演示区样例医院",
}
BY_TYPE = {
    "phone": "13900000000",
    "account": "6217000000000000001",
    "date": "2026-11-08",
    "number": "1",
    "name": "何俊",
    "id_number": "50019919930521113X",
    "address": "重庆市演示区演示镇样例路18号2-3",
}


class _Patience:
    """Waits as qtbot does, outside pytest, and longer: recognition and the platform's number take their time."""

    @staticmethod
    def waitUntil(holds: Callable[[], bool], timeout: int = 0) -> None:  # noqa: N802 - as qtbot calls it
        end = time.monotonic() + 60
        while not holds():
            QApplication.processEvents()
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")


def _for_a_moment(seconds: float = 0.4) -> None:
    end = time.monotonic() + seconds
    _Patience.waitUntil(lambda: time.monotonic() > end)


def take(window: MainWindow, out: Path, camera: Path) -> None:
    """Walk one item to its platform number and a life event to its form, and grab each step."""
    hands = Hands(window, cast("Place", None), cast("QtBot", _Patience()))

    def grab(name: str, widget: QWidget | None = None) -> None:
        _for_a_moment()
        (widget or window).grab().save(str(out / f"{name}.png"))

    grab("00-sign-in")
    hands.type(PIN)
    hands.press("Return")
    hands.until(lambda: window.desk_view is not None)
    _identify(hands, lambda: grab("01-applicant"))
    _choose(hands, "领养老金", "城乡居民基本养老保险待遇申领", ["1"])
    grab("02-item")
    hands.go("materials")
    _give_materials(hands, ("Del", "F6"), row=2)
    grab("03-materials")
    hands.go("form")
    _fill(hands)
    grab("04-form")
    hands.go("confirm")
    window.applicant.resize(1280, 800)
    grab("05-applicant-window", window.applicant)
    hands.sign()
    window.activateWindow()
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
    samples.write_demo_desk(camera, samples.SAMPLE_PEOPLE["ran_xiaoyu"])
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "receipt")
    hands.until(lambda: hands.intake.receipt._numbers["平台编号"].text().startswith("DEMO"))
    grab("06-receipt")
    hands.press("Ctrl+N")
    hands.until(lambda: hands.intake.at == "applicant")
    hands.until(lambda: hands.intake.session.text("applicant.name") == "冉小雨")
    _identify(hands, lambda: None)
    _choose(hands, "新生儿", "新生儿", ["1"] * 6)
    hands.go("materials")
    _capture_missing(hands)
    hands.go("form")
    _fill(hands)
    grab("07-life-event")
    _cut_the_line(hands, window)
    hands.view.go("sync")
    hands.until(hands.idle)
    grab("08-sync")
    _plan_visits(hands)
    for name, place in (("09-visits", "visits"), ("10-today", "stats"), ("11-settings", "settings")):
        hands.view.go(place)
        hands.until(hands.idle)
        grab(name)


def _plan_visits(hands: Hands) -> None:
    """Sample people in the register, two visits today, somebody whose term runs out soon."""
    desk = hands.view.desk
    today = desk.clock.now().legal_date
    consent = Consent(ConsentBy.SELF, ConsentHow.SIGNED, today, today + dt.timedelta(365))
    where = "演示镇样例路18号"
    li = Listed("", "李秀样", "", (Group.OLD, Group.FRAIL), "听力不好", where, grid="样例社区 3 网格", consent=consent)
    chen = Listed("", "陈大样", "", (Group.DISABLED,), "要轮椅", where, guardian="陈志样", consent=consent)
    soon = (RunsOut("养老待遇资格认证", today + dt.timedelta(9), "pension-claim"),)
    he = Listed("", "何光样", "", (Group.OLD,), "独居", where, consent=consent, runs_out=soon)
    first, second, _ = (visiting.keep_person(desk, each) for each in (li, chen, he))
    visiting.plan_visit(desk, first.id, today, "09:10", ("longevity-allowance",), "户口簿", "")
    visiting.plan_visit(desk, second.id, today, "10:30", ("disability-allowance",), "残疾证、银行卡", "")


def _cut_the_line(hands: Hands, window: MainWindow) -> None:
    """Stop the gateway and take two more cases: the pill and the screen say what waits."""
    for child in psutil.Process().children():
        child.terminate()
        child.wait(20)
    desk = hands.view.desk
    rng = random.Random(4)
    for entry in ("longevity-allowance", "social-card"):
        application, pages = read_case(template.samples(desk, entry, {}, rng, sample_page))
        accept_application(desk, application, pages)
    window.services.line.nudge()
    hands.until(lambda: not window.services.line.status().online)


def _identify(hands: Hands, doubtful: Callable[[], None]) -> None:
    """Wait until the camera has read the card, grab it while a field is tinted, then look at what is doubtful."""
    hands.until(lambda: bool(hands.intake.session.text("applicant.name")))
    hands.rest()
    doubtful()
    while hands.intake.session.plan and hands.intake.session.plan.doubtful:
        hands.intake.enter()
        hands.press("Return")
        hands.rest()


def _choose(hands: Hands, words: str, wanted: str, answers: list[str]) -> None:
    hands.go("item")
    hands.type(words)
    hands.until(lambda: any(wanted in line for line in hands.finds()))
    for line in hands.finds():
        if wanted in line:
            break
        hands.press("Down")
    hands.press("Return")
    hands.rest()
    for key in answers:
        if hands.intake.step("item").blocked():
            hands.press(key)
            hands.rest()


def _give_materials(hands: Hands, keys: tuple[str, ...], row: int) -> None:
    for _ in range(8):
        hands.press("Up")
    for _ in range(row):
        hands.press("Down")
    for key in keys:
        hands.press(key)
        _for_a_moment(1)
        hands.rest()


def _capture_missing(hands: Hands) -> None:
    plan = hands.intake.session.plan
    for row in plan.rows if plan else ():
        if row.required and row.given is None:
            hands.press("F3")
            _for_a_moment(1)
            hands.rest()
        hands.press("Down")


def _fill(hands: Hands) -> None:
    for field, made in hands.form_fields():
        made.setFocus()
        if isinstance(made, Entry):
            if not made.text():
                hands.type(VALUES.get(field.id) or BY_TYPE.get(field.type.value, "样例"))
        elif isinstance(made, Choices):
            hands.press("1")
    hands.rest()


def main(out: Path, width: int = 1366, height: int = 768) -> int:
    out.mkdir(parents=True, exist_ok=True)
    failed: list[BaseException] = []
    desks: list[DemoDesk] = []

    class Posing(MainWindow):
        def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's own name
            super().showEvent(event)
            self.resize(width, height)
            QTimer.singleShot(300, self.pose)

        def pose(self) -> None:
            try:
                take(self, out, desks[0].folder)
            except BaseException as error:  # noqa: BLE001 - told below, once the window is gone
                failed.append(error)
            finally:
                self.close()

    setattr(ui.app, "MainWindow", Posing)  # noqa: B010 - the program's own window, with a pose
    with tempfile.TemporaryDirectory() as folder, demo_hall(Path(folder)):
        desk = DemoDesk(Path(folder))
        desks.append(desk)
        desk.start()
        try:
            open_window(Settings(Path(folder), camera=str(desk.folder), demo=True))
        finally:
            desk.stop()
    if failed:
        raise failed[0]
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *(int(each) for each in sys.argv[2:4])))
