"""Long numbers in groups: typed, mended in the middle, pasted, taken back; given on without the gaps."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.widgets.number_entry import ACCOUNT_GROUPS, ID_GROUPS, NumberEntry, in_groups


@pytest.mark.parametrize(
    ("text", "groups", "shown"),
    [
        ("500199196203142467", ID_GROUPS, "500199 19620314 2467"),
        ("500199 1962", ID_GROUPS, "500199 1962"),
        ("5001991", ID_GROUPS, "500199 1"),
        ("50019919551102031x", ID_GROUPS, "500199 19551102 031x"),
        ("5001991962031424671", ID_GROUPS, "5001991962031424671"),
        ("渝A12", ID_GROUPS, "渝A12"),
        ("6217000000000000001", ACCOUNT_GROUPS, "6217 0000 0000 0000 001"),
        ("", ID_GROUPS, ""),
    ],
)
def test_groups(text: str, groups: tuple[int, ...], shown: str) -> None:
    assert in_groups(text, groups) == shown


@pytest.fixture
def entry(qapp_themed: QApplication, qtbot: QtBot) -> NumberEntry:
    made = NumberEntry("证件号码")
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.line.setFocus()
    return made


def test_typed_in_groups_and_given_on_without(entry: NumberEntry) -> None:
    given: list[str] = []
    entry.typed.connect(given.append)
    QTest.keyClicks(entry.line, "500199196203142467")
    assert entry.line.text() == "500199 19620314 2467"
    assert (entry.text(), given[-1]) == ("500199196203142467",) * 2


def test_a_sign_mended_in_the_middle_leaves_the_cursor_there(entry: NumberEntry) -> None:
    entry.show_value("500199196203142467")
    entry.line.setCursorPosition(8)  # behind 500199 1
    QTest.keyClick(entry.line, Qt.Key.Key_Backspace)
    assert (entry.line.text(), entry.line.cursorPosition()) == ("500199 96203142 467", 6)
    QTest.keyClicks(entry.line, "1")
    assert (entry.text(), entry.line.cursorPosition()) == ("500199196203142467", 8)


def test_what_stands_there_is_not_written_again(entry: NumberEntry) -> None:
    QTest.keyClicks(entry.line, "5001991")
    entry.line.setCursorPosition(3)
    entry.show_value("5001991")
    assert entry.line.cursorPosition() == 3


def test_another_kind_of_document_stands_as_it_is(qapp_themed: QApplication, qtbot: QtBot) -> None:
    made = NumberEntry("证件号码", is_grouped=lambda: False)
    qtbot.addWidget(made)
    QTest.keyClicks(made.line, "E1234567 8")
    assert made.text() == made.line.text() == "E1234567 8"
