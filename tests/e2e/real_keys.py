"""The main job with the X server's own key and pointer events: ``python -m tests.e2e.real_keys DATA``, on a display.

Runs the real window on a real folder with the demo's camera, presses what a clerk presses (xdotool), and tells in one JSON line
how many keys and clicks it took, and how long the machine let one wait. Signing is the applicant's: clicks, one stroke.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import ui.app
from clerk_app.bootstrap.eyes import DemoDesk
from clerk_app.bootstrap.front import open_window
from clerk_app.settings import Settings
from clerk_app.usecases.planning import Plan
from tests.e2e.conftest import PIN
from tests.ui.hall import Place
from tests.ui.hands import Hands
from ui.main_window import MainWindow
from ui.widgets.choices import Choices
from ui.widgets.entry import Line

PERSON = "liu_guifang"
VALUES = {"field.contact_phone": "13800000000"}
BY_TYPE = {"phone": "13800000000", "account": "6217000000000000001", "date": "20100301", "number": "180"}


@dataclass
class Effort:
    """``keys``: a chord counts as one, a typed sign as one. ``waited_s``: from a key until its answer stood there.

    ``scanned_s``: until the camera had read what lay there, once the desk was open. ``number``: the case's local number.
    """

    keys: int = 0
    clicks: int = 0
    waited_s: float = 0.0
    whole_s: float = 0.0
    scanned_s: float = 0.0
    accept_s: float = 0.0
    number: str = ""


class _Patience:
    @staticmethod
    def waitUntil(holds: Callable[[], bool], timeout: int = 0) -> None:  # noqa: N802 - as qtbot calls it
        end = time.monotonic() + 120
        while not holds():
            QApplication.processEvents()
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")


class RealHands(Hands):
    """Keys go to the X server and come back to whatever window has its focus."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, cast("Place", None), cast("QtBot", _Patience()))
        self.effort = Effort()

    def press(self, keys: str) -> None:
        names = {"Return": "Return", "Ctrl+Return": "ctrl+Return", "Del": "Delete"}
        self._xdotool("key", names.get(keys, keys))
        self.effort.keys += 1

    def type(self, text: str) -> None:
        self._xdotool("type", "--delay", "4", text)
        self.effort.keys += len(text)

    def until(self, holds: Callable[[], bool]) -> None:
        began = time.perf_counter()
        super().until(holds)
        self.effort.waited_s += time.perf_counter() - began

    def settle(self, seconds: float = 0.3) -> None:
        """A person looks before pressing on; the time is not the machine's."""
        end = time.perf_counter() + seconds
        super().until(lambda: time.perf_counter() > end and self.idle())

    def click(self, widget: QWidget) -> None:
        self._to(widget, widget.rect().center())
        self._xdotool("click", "1")
        self.effort.clicks += 1

    def draw(self, pad: QWidget) -> None:
        """One stroke."""
        self._to(pad, QPoint(40, 40))
        self._xdotool("mousedown", "1")
        for x in range(50, 250, 25):
            self._to(pad, QPoint(x, 40 + x % 60))
        self._xdotool("mouseup", "1")
        self.effort.clicks += 1

    def _to(self, widget: QWidget, where: QPoint) -> None:
        at = widget.mapToGlobal(where)
        self._xdotool("mousemove", str(at.x()), str(at.y()))

    @staticmethod
    def _xdotool(*words: str) -> None:
        """The server has the events when it returns; whoever sent them then waits for what they do."""
        child = subprocess.Popen(["xdotool", *words])
        _Patience.waitUntil(lambda: child.poll() is not None)
        if child.returncode:
            raise RuntimeError("xdotool did not do it")


def walk(hands: RealHands) -> None:
    """From the PIN to the printed receipt."""
    window = hands.window
    hands.until(lambda: window.isActiveWindow() and window.sign_in.pin.hasFocus())
    began = time.perf_counter()
    hands.type(PIN)
    hands.until(lambda: window.sign_in.pin.text() == PIN)
    hands.press("Return")
    hands.until(lambda: window.desk_view is not None)
    opened = time.perf_counter()
    hands.until(lambda: bool(hands.intake.session.text("applicant.name")) and hands.idle())
    hands.effort.scanned_s = time.perf_counter() - opened
    while (plan := hands.intake.session.plan) and plan.doubtful:
        left = len(plan.doubtful)
        hands.press("Return")  # the keyboard stands on what the machine was not sure of
        hands.until(lambda left=left: len(_plan(hands).doubtful) < left and hands.idle())  # type: ignore[misc]
    _next(hands, "item")
    hands.type("ylbx")
    hands.until(lambda: isinstance(hands.focus, Line) and hands.focus.text() == "ylbx" and hands.idle())
    hands.settle()
    hands.until(lambda: any("待遇申领" in line for line in hands.finds()))
    for line in hands.finds():
        if "待遇申领" in line:
            break
        hands.press("Down")
    hands.press("Return")
    hands.until(lambda: hands.intake.session.text("item") == "pension-claim" and isinstance(hands.focus, Choices))
    hands.press("1")
    hands.until(lambda: not hands.intake.step("item").blocked() and hands.idle())
    _next(hands, "materials")
    _give(hands)
    _next(hands, "form")
    _fill(hands)
    _next(hands, "confirm")
    _sign(hands)
    accepted = time.perf_counter()
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
    hands.effort.accept_s = time.perf_counter() - accepted
    hands.until(lambda: bool(hands.intake.receipt.papers.preview.images))
    hands.effort.number = hands.intake.receipt.number.text()
    hands.effort.whole_s = time.perf_counter() - began


def _plan(hands: Hands) -> Plan:
    plan = hands.intake.session.plan
    assert plan is not None
    return plan


def _next(hands: RealHands, step: str) -> None:
    hands.press("Ctrl+Return")
    hands.until(lambda: hands.intake.at == step and hands.idle())


def _give(hands: RealHands) -> None:
    """Photograph each page that is wanted and not there; the keyboard begins on the first row."""
    for row in _plan(hands).rows:
        if row.required and row.given is None:
            had = _given(hands)
            hands.press("F3")
            hands.until(partial(_more_given, hands, had))
        hands.press("Down")


def _given(hands: RealHands) -> int:
    return sum(row.given is not None for row in _plan(hands).rows)


def _more_given(hands: RealHands, had: int) -> bool:
    return _given(hands) > had and hands.idle()


def _fill(hands: RealHands) -> None:
    """From field to field by Enter, as the form leads."""
    fields = {id(made): field for field, made in hands.form_fields()}
    seen: set[int] = set()
    while True:
        widget: QWidget | None = hands.focus
        while widget is not None and id(widget) not in fields:
            widget = widget.parentWidget()
        if widget is None or id(widget) in seen:
            break
        seen.add(id(widget))
        before = hands.focus
        if isinstance(before, Line) and not before.text():
            hands.type(BY_TYPE.get(fields[id(widget)].type.value, "yangli"))
        elif isinstance(widget, Choices) and not widget.value():
            hands.press("1")
        hands.press("Return")
        end = time.monotonic() + 1
        hands.until(lambda before=before, end=end: hands.focus is not before or time.monotonic() > end)  # type: ignore[misc]
    hands.until(hands.idle)


def _sign(hands: RealHands) -> None:
    """The applicant agrees, reads to the end, signs and confirms; then the clerk's window is in front again."""
    applicant = hands.window.applicant
    hands.until(lambda: applicant.isVisible() and (bool(applicant.showing) or applicant.consent.open))
    while applicant.consent.open:
        title = applicant.consent.what.text()
        hands.click(applicant.consent.yes)
        hands.until(lambda title=title: not applicant.consent.open or applicant.consent.what.text() != title)  # type: ignore[misc]
    hands.until(lambda: bool(applicant.showing))
    while applicant.reading.page[0] < applicant.reading.page[1]:
        at = applicant.reading.page[0]
        hands.click(applicant.reading.forth)
        hands.until(lambda at=at: applicant.reading.page[0] > at)  # type: ignore[misc]
    hands.draw(applicant.reading.pad)
    hands.click(applicant.reading.forth)
    hands.until(lambda: bool(_plan(hands).signed) and hands.idle() and hands.window.isActiveWindow())


def main(data: Path) -> int:
    told: list[Effort] = []
    desk = DemoDesk(data, PERSON)

    class Told(MainWindow):
        def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's own name
            super().showEvent(event)
            self.activateWindow()
            self.furnished.connect(lambda: QTimer.singleShot(0, self.begin))

        def begin(self) -> None:
            hands = RealHands(self)
            try:
                walk(hands)
                told.append(hands.effort)
            except BaseException:
                raise
            finally:
                self.close()

    setattr(ui.app, "MainWindow", Told)  # noqa: B010 - the program's own window, with hands
    desk.start()
    try:
        open_window(Settings(data, camera=str(desk.folder)))
    finally:
        desk.stop()
    if not told:
        return 1
    sys.stdout.write(json.dumps(asdict(told[0]), ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
