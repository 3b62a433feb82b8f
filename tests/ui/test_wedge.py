"""A scanner that types: its burst is a code wherever the focus is; what a person types stays typed."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.devices.wedge import WedgeBuffer
from ui.wedge import Wedge

CODE = "YKU0123456789"
KEYS = {"\r": Qt.Key.Key_Return, "\t": Qt.Key.Key_Tab, "\n": Qt.Key.Key_J}


class Scanner:
    """Two lines under each other; ``type`` sends keys with times of their own, as a keyboard's driver stamps them."""

    def __init__(self, qtbot: QtBot) -> None:
        self.page, self.line, self.next = QWidget(), QLineEdit(), QLineEdit()
        box = QVBoxLayout(self.page)
        box.addWidget(self.line)
        box.addWidget(self.next)
        qtbot.addWidget(self.page)
        self.page.show()
        self.line.setFocus()
        qtbot.waitUntil(self.line.hasFocus)
        self.codes: list[str] = []
        self.entered = 0
        self.line.returnPressed.connect(self._on_enter)
        self.wedge = Wedge(WedgeBuffer(), self.page)
        self.wedge.scanned.connect(self.codes.append)
        self._at = 1000

    def _on_enter(self) -> None:
        self.entered += 1

    def type(self, text: str, pause_ms: int, *, again: bool = False) -> None:
        for sign in text:
            self._at += pause_ms
            key = KEYS.get(sign, Qt.Key.Key_A)
            event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, sign, again)
            event.setTimestamp(self._at)
            QApplication.sendEvent(self.page.windowHandle(), event)

    def wait(self, ms: int) -> None:
        """So long nothing is typed."""
        self._at += ms

    def silence(self) -> None:
        """The window's own clock finds that nothing more comes."""
        for _ in range(3):
            self.wedge._on_tick()


@pytest.fixture
def scanner(qtbot: QtBot) -> Scanner:
    return Scanner(qtbot)


@pytest.mark.parametrize("end", ["\r", "\n", "\t", "\r\n", "\t\r", "\r\r"])
def test_a_burst_is_a_code_and_leaves_the_line_as_it_was(scanner: Scanner, end: str) -> None:
    scanner.line.setText("刘")
    scanner.type(CODE + end, 8)
    assert scanner.codes == [CODE]
    assert scanner.line.text() == "刘"
    assert scanner.entered == 0
    assert scanner.line.hasFocus()


def test_a_scanner_that_sends_no_end_is_taken_when_it_falls_silent(scanner: Scanner) -> None:
    scanner.line.setText("刘")
    scanner.type(CODE, 8)
    assert scanner.codes == []
    scanner.silence()
    assert scanner.codes == [CODE]
    assert scanner.line.text() == "刘"


def test_without_an_end_by_real_keys_and_the_windows_own_clock(scanner: Scanner, qtbot: QtBot) -> None:
    for sign in CODE:
        QTest.keyClick(scanner.page.windowHandle(), sign)  # type: ignore[call-overload]  # a character is taken too
    qtbot.waitUntil(lambda: bool(scanner.codes))
    assert scanner.codes == [CODE]
    assert scanner.line.text() == ""


def test_a_window_that_was_busy_meanwhile_takes_no_half_code(scanner: Scanner) -> None:
    """Longer than the silence the window does something else, and the second half of the keys lies in its queue."""
    scanner.type(CODE[:9], 8)
    until = time.monotonic() + 0.15
    while time.monotonic() < until:
        pass
    QApplication.processEvents()
    assert scanner.codes == []
    scanner.type(CODE[9:], 8)
    scanner.silence()
    assert scanner.codes == [CODE]


def test_the_next_burst_ends_the_one_before(scanner: Scanner) -> None:
    """Two people's codes one after the other, before the window's own clock was asked."""
    scanner.type(CODE, 8)
    scanner.wait(120)
    scanner.type("YKA9876543210", 8)
    assert scanner.codes == [CODE]
    scanner.silence()
    assert scanner.codes == [CODE, "YKA9876543210"]
    assert scanner.line.text() == ""


def test_what_was_selected_comes_back(scanner: Scanner) -> None:
    """Tab into a line selects all of it: a scanner types over it."""
    scanner.line.setText("刘样例")
    scanner.line.selectAll()
    scanner.type(f"{CODE}\r", 8)
    assert scanner.line.text() == "刘样例"
    assert scanner.line.selectedText() == "刘样例"
    scanner.line.setSelection(1, 1)
    scanner.type(CODE, 8)
    scanner.silence()
    assert scanner.line.text() == "刘样例"
    assert scanner.line.selectedText() == "样"


def test_a_short_line_that_took_only_a_part_is_as_it_was(scanner: Scanner) -> None:
    scanner.line.setMaxLength(6)
    scanner.line.setText("刘样")
    scanner.line.setCursorPosition(1)
    scanner.type(f"{CODE}\r", 8)
    assert (scanner.line.text(), scanner.line.cursorPosition()) == ("刘样", 1)


def test_lines_that_hand_the_focus_on_are_all_as_they_were(scanner: Scanner) -> None:
    scanner.line.setText("1")
    scanner.next.setText("2")

    def on_edited(text: str) -> None:
        if len(text) == 5:
            scanner.next.setFocus()

    scanner.line.textEdited.connect(on_edited)
    scanner.type(f"{CODE}\r", 8)
    assert (scanner.line.text(), scanner.next.text(), scanner.codes) == ("1", "2", [CODE])


def test_what_came_into_the_line_from_elsewhere_stays(scanner: Scanner) -> None:
    scanner.type(CODE, 8)
    scanner.line.setText("由摄像头填入")
    scanner.silence()
    assert scanner.line.text() == "由摄像头填入"
    assert scanner.codes == [CODE]


@pytest.mark.parametrize(("end", "pause_ms"), [("\r", 180), ("\r", 90), ("\r", 60), ("", 180), ("", 60), ("", 35)])
def test_a_persons_typing_stays_typed(scanner: Scanner, end: str, pause_ms: int) -> None:
    scanner.type(CODE + end, pause_ms)
    scanner.silence()
    assert scanner.codes == []
    assert scanner.line.text() == CODE
    assert scanner.entered == len(end)


def test_a_person_who_rolls_some_keys_is_no_scanner(scanner: Scanner) -> None:
    """Pairs of keys within 20 ms, as fast typists do, and a hand's time between the pairs."""
    for at in range(0, len(CODE), 2):
        scanner.type(CODE[at : at + 2], 20)
        scanner.wait(75)
    scanner.silence()
    scanner.type("\r", 20)
    assert scanner.codes == []
    assert scanner.line.text() == CODE
    assert scanner.entered == 1


def test_a_key_that_is_held_down_is_no_scanner(scanner: Scanner) -> None:
    scanner.type("YKU0", 20)
    scanner.type("0" * 20, 25, again=True)
    scanner.silence()
    scanner.type("\r", 20)
    assert scanner.codes == []
    assert scanner.line.text() == "YKU0" + "0" * 20


def test_enter_and_tab_after_a_code_are_a_persons_again(scanner: Scanner) -> None:
    scanner.type(f"{CODE}\r", 8)
    scanner.wait(150)
    scanner.type("\r", 8)
    assert scanner.entered == 1
    scanner.type(CODE, 8)
    scanner.silence()
    scanner.wait(150)
    scanner.type("\t", 8)
    assert scanner.next.hasFocus()


@pytest.mark.parametrize("end", ["\r", "\t", ""])
def test_other_codes_stay_typed(scanner: Scanner, end: str) -> None:
    scanner.type("6901234567892" + end, 8)
    scanner.silence()
    assert scanner.codes == []
    assert scanner.line.text() == "6901234567892"
    assert scanner.line.hasFocus() == (end != "\t")


@pytest.mark.parametrize("end", ["\r", ""])
def test_longer_than_4_kb_is_no_code(scanner: Scanner, end: str) -> None:
    scanner.type("YKU" + "1" * 5000 + end, 2)
    scanner.silence()
    assert scanner.codes == []


def test_four_kilobytes_without_an_end_are_a_code(scanner: Scanner) -> None:
    scanner.type("YKU" + "1" * 4093, 2)
    scanner.silence()
    assert [len(code) for code in scanner.codes] == [4096]


@pytest.mark.parametrize("end", ["\r", ""])
def test_a_word_that_an_input_method_composes_stays(scanner: Scanner, end: str) -> None:
    scanner.line.setText("刘")
    QApplication.sendEvent(scanner.line, QInputMethodEvent("yang", []))
    scanner.type(CODE + end, 8)
    scanner.silence()
    assert scanner.codes == [CODE]
    assert scanner.line.text() == "刘"
    commit = QInputMethodEvent("", [])
    commit.setCommitString("样")
    QApplication.sendEvent(scanner.line, commit)
    assert scanner.line.text() == "刘样"


def test_a_word_that_is_committed_in_the_middle_of_a_burst_stays(scanner: Scanner) -> None:
    scanner.type(CODE[:5], 8)
    commit = QInputMethodEvent("", [])
    commit.setCommitString("样")
    QApplication.sendEvent(scanner.line, commit)
    scanner.type(CODE[5:], 8)
    scanner.silence()
    assert scanner.codes == [CODE]
    assert "样" in scanner.line.text()


def test_fast_pinyin_is_composed_and_never_taken(scanner: Scanner) -> None:
    """While an input method composes, letters come as its events and not as keys; what it commits is a person's."""
    for written in ("y", "yk", "yku"):
        QApplication.sendEvent(scanner.line, QInputMethodEvent(written, []))
    commit = QInputMethodEvent("", [])
    commit.setCommitString("YKU0123456789")
    QApplication.sendEvent(scanner.line, commit)
    scanner.type("\r", 8)
    scanner.silence()
    assert scanner.codes == []
    assert scanner.line.text() == CODE
    assert scanner.entered == 1


def test_with_the_focus_on_no_line_nothing_is_taken_out(scanner: Scanner) -> None:
    scanner.line.setText("刘")
    scanner.line.clearFocus()
    scanner.type(CODE, 8)
    scanner.silence()
    assert scanner.codes == [CODE]
    assert scanner.line.text() == "刘"
