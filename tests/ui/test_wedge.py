"""A scanner that types: its burst is a code wherever the focus is; what a person types stays typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from clerk_app.devices.wedge import WedgeBuffer
from ui.wedge import Wedge


class Scanner:
    def __init__(self, qtbot: QtBot) -> None:
        self.line = QLineEdit()
        qtbot.addWidget(self.line)
        self.line.show()
        self.line.setFocus()
        qtbot.waitUntil(self.line.hasFocus)
        self.codes: list[str] = []
        self.entered = 0
        self.line.returnPressed.connect(self._on_enter)
        self.wedge = Wedge(WedgeBuffer(), self.line)
        self.wedge.scanned.connect(self.codes.append)
        self._at = 1000

    def _on_enter(self) -> None:
        self.entered += 1

    def type(self, text: str, pause_ms: int) -> None:
        for sign in [*text, "\r"]:
            self._at += pause_ms
            key = Qt.Key.Key_Return if sign == "\r" else Qt.Key.Key_A
            event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, sign)
            event.setTimestamp(self._at)
            QApplication.sendEvent(self.line.windowHandle(), event)


@pytest.fixture
def scanner(qtbot: QtBot) -> Scanner:
    return Scanner(qtbot)


def test_a_burst_is_a_code_and_leaves_the_line_as_it_was(scanner: Scanner) -> None:
    scanner.line.setText("刘")
    scanner.type("YKU0123456789", 8)
    assert scanner.codes == ["YKU0123456789"]
    assert scanner.line.text() == "刘"
    assert scanner.entered == 0


def test_a_persons_typing_stays_typed(scanner: Scanner) -> None:
    scanner.type("YKU0123456789", 180)
    assert scanner.codes == []
    assert scanner.line.text() == "YKU0123456789"
    assert scanner.entered == 1


def test_other_codes_stay_typed(scanner: Scanner) -> None:
    scanner.type("6901234567892", 8)
    assert scanner.codes == []
    assert scanner.line.text() == "6901234567892"


def test_longer_than_4_kb_is_no_code(scanner: Scanner) -> None:
    scanner.type("YKU" + "1" * 5000, 2)
    assert scanner.codes == []
