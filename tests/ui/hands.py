"""A clerk's hands on the keyboard: keys go to whatever has the focus; Chinese comes through the input method."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QKeyCombination, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence, QMouseEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.domain.service_item import FormField
from tests.ui.hall import Place
from ui.desk_view import DeskView
from ui.main_window import MainWindow
from ui.screens.intake.form import FormStep
from ui.screens.intake.items import ItemStep
from ui.screens.intake.page import IntakeScreen

PATIENCE_MS = 30_000
"""A busy machine may take its time; what never comes still fails."""


class Hands:
    def __init__(self, window: MainWindow, hall: Place, qtbot: QtBot) -> None:
        self.window, self.hall, self.qtbot = window, hall, qtbot

    @property
    def view(self) -> DeskView:
        assert self.window.desk_view is not None
        return self.window.desk_view

    @property
    def intake(self) -> IntakeScreen:
        return self.view.intake

    def keyboard_is_here(self) -> bool:
        """Something has the keyboard. The offscreen platform has no window manager that brings a window to the front."""
        if QApplication.activeWindow() is None and self.window.isVisible():
            self.window.activateWindow()
        return QApplication.focusWidget() is not None

    @property
    def focus(self) -> QWidget:
        if not self.keyboard_is_here():
            QApplication.processEvents()
        widget = QApplication.focusWidget()
        assert widget is not None, "nothing has the keyboard"
        return widget

    @property
    def _at(self) -> QWindow:
        """Keys arrive at the window that has the keyboard, as they do from the system."""
        window = self.focus.window().windowHandle()
        assert window is not None
        return window

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=PATIENCE_MS)

    def idle(self) -> bool:
        return self.window.jobs.pending() == 0

    def rest(self) -> None:
        """Until everything typed is on disk and everything asked is answered."""
        self.intake.session.flush()
        self.until(self.idle)

    def press(self, keys: str) -> None:
        combination = cast("QKeyCombination", QKeySequence(keys)[0])  # type: ignore[index]  # missing in the stubs
        QTest.keyClick(self._at, combination.key(), combination.keyboardModifiers())

    def type(self, text: str) -> None:
        """ASCII by keys, anything else as a committed input method text."""
        if text.isascii():
            for sign in text:
                QTest.keyClick(self._at, cast("int", sign))  # a sign is taken too; the stubs do not know
            return
        self.commit(text)

    def commit(self, text: str) -> None:
        """The input method hands this over."""
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(self.focus, event)

    def compose(self, preedit: str) -> None:
        """The input method shows pinyin and has committed nothing yet."""
        QApplication.sendEvent(self.focus, QInputMethodEvent(preedit, []))

    def go(self, step: str) -> None:
        """Ctrl+Enter until this step is in front."""
        self.press("Ctrl+Return")
        self.until(lambda: self.intake.at == step)
        self.rest()

    def fill(self, key: str, text: str) -> None:
        """Put the keyboard on a field by its name and type."""
        self.field(key).setFocus()
        self.type(text)

    def field(self, key: str) -> QWidget:
        """A field of the intake by its name."""
        found = [each for each in list[QWidget](self.intake.findChildren(QWidget)) if each.objectName() == key]
        assert found, key
        return found[0]

    def form_fields(self) -> list[tuple[FormField, QWidget]]:
        """What the form step asks, in order."""
        step = self.intake.step("form")
        assert isinstance(step, FormStep)
        return list(step._fields.values())

    def finds(self) -> list[str]:
        """What the item step lists."""
        step = self.intake.step("item")
        assert isinstance(step, ItemStep)
        return step._finds.spoken()

    def consent(self) -> None:
        """The applicant agrees to each kind of sensitive data by itself, if any is asked for."""
        window = self.window.applicant
        self.until(lambda: (bool(window.showing) or window.consent.open) and window.isVisible())
        while window.consent.open:
            QTest.mouseClick(window.consent.yes, Qt.MouseButton.LeftButton)
        self.until(lambda: bool(window.showing))

    def sign_and_wait(self) -> None:
        """``sign``, until the clerk's window has it."""
        self.sign()
        self.window.activateWindow()
        self.until(lambda: bool(self.intake.session.plan and self.intake.session.plan.signed))

    def sign(self) -> None:
        """The applicant draws with the mouse and confirms on the last page."""
        self.write_name()
        QTest.mouseClick(self.window.applicant.reading.forth, Qt.MouseButton.LeftButton)

    def write_name(self) -> None:
        """Up to the last page and a stroke there, which nobody has confirmed."""
        window = self.window.applicant
        self.consent()
        self.until(lambda: bool(window.showing) and window.isVisible())
        while window.reading.page[0] < window.reading.page[1]:
            QTest.mouseClick(window.reading.forth, Qt.MouseButton.LeftButton)
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        pad = window.reading.pad
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
        for x in range(50, 250, 20):
            QTest.mouseMove(pad, QPoint(x, 40 + x % 60))
            self._drag(pad, QPoint(x, 40 + x % 60))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(250, 90))

    def _drag(self, pad: QWidget, where: QPoint) -> None:
        button = Qt.MouseButton.LeftButton
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            where,
            pad.mapToGlobal(where),
            Qt.MouseButton.NoButton,
            button,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(pad, event)
