"""The window that is being painted: hands at the keyboard, the stock behind it, and the waits between."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.demo import PIN
from clerk_app.devices import samples
from clerk_app.usecases.desk import Desk
from tests.ui.gallery.stock import Stock
from tests.ui.hall import Place
from tests.ui.hands import Hands
from ui.main_window import MainWindow
from ui.screens.place import Place as Screen

PATIENCE_S = 90.0


class Patience:
    """Waits as qtbot does, outside pytest, and longer: recognition and the platform's number take their time."""

    @staticmethod
    def waitUntil(holds: Callable[[], bool], timeout: int = 0) -> None:  # noqa: N802 - as qtbot calls it
        end = time.monotonic() + PATIENCE_S
        while not holds():
            QApplication.processEvents()
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")


@dataclass(frozen=True, slots=True)
class Model:
    """What a pose works on. ``camera``: the folder whose pictures lie before the simulated camera."""

    window: MainWindow
    hands: Hands
    stock: Stock
    data: Path
    camera: Path

    @classmethod
    def of(cls, window: MainWindow, data: Path, camera: Path) -> Model:
        hands = Hands(window, cast("Place", None), cast("QtBot", Patience()))
        return cls(window, hands, Stock.of(data), data, camera)

    @property
    def desk(self) -> Desk:
        return self.hands.view.desk

    def sign_in(self, login: str) -> None:
        """As a clerk does."""
        page = self.window.sign_in
        self.hands.until(lambda: page.who.findData(login) >= 0)
        page.who.setCurrentIndex(page.who.findData(login))
        self.window.activateWindow()
        page.pin.setFocus()
        self.hands.until(page.pin.hasFocus)
        self.hands.type(PIN)
        self.hands.press("Return")
        self.hands.until(lambda: self.window.desk_view is not None and self.hands.idle())

    def come_to_front(self) -> None:
        """The clerk's window has the keyboard, whatever the applicant is shown."""
        self.window.activateWindow()
        self.hands.until(lambda: (at := QApplication.focusWidget()) is not None and at.window() is self.window)

    def go(self, place: str) -> Screen:
        """A place, with everything read."""
        self.hands.view.go(place)
        self.rest()
        return cast("Screen", self.hands.view.place_of(place))

    def draft(self, name: str, step: str = "") -> None:
        """A prepared draft, at the step it was left at or another one."""
        self.hands.view.open_draft(self.stock.ids[name])
        self.hands.until(lambda: self.hands.intake.session.plan is not None and self.hands.idle())
        while step and self.hands.intake.at != step:
            self.hands.go(_next(self.hands.intake.at))
        self.rest()

    def case(self, name: str) -> None:
        """A prepared case in 查询."""
        self.hands.view.open_case(self.stock.ids[name])
        self.rest()

    def rest(self) -> None:
        """Until no job runs and nothing waits to be drawn."""
        self.hands.until(self.hands.idle)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.pause(0.15)
        self.hands.until(self.hands.idle)

    @staticmethod
    def pause(seconds: float) -> None:
        end = time.monotonic() + seconds
        Patience.waitUntil(lambda: time.monotonic() > end)


def lay(folder: Path, person: str, pictures: tuple[str, ...]) -> None:
    """Only these pictures of the sample person. Files are replaced whole under the same names: the camera may read just then."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        samples.write_demo_desk(Path(made), samples.SAMPLE_PEOPLE[person])
        for at, name in enumerate(pictures):
            (Path(made) / f"{name}.jpg").replace(folder / f"{at}.jpg")


def _next(step: str) -> str:
    order = ("applicant", "item", "materials", "form", "confirm", "receipt")
    return order[order.index(step) + 1]
