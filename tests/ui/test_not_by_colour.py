"""Nothing is told by colour alone: whatever bears a tone says in words what it is, and the same words never come in two tones."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from clerk_app.domain.case import STATE_NAMES, CaseState
from clerk_app.domain.paper import PRINT_NAMES, PrintState
from tests.ui.counter import taken
from tests.ui.hands import Hands
from tests.ui.test_main_job import fill_form, to_form
from ui import theme
from ui.screens.papers import TONES as PRINT_TONES
from ui.widgets.bars import RailButton
from ui.widgets.row_table import RowTable

TITLES = ("刚识别",)


def toned(top: QWidget) -> list[tuple[str, str]]:
    """(words, tone) of every label and every chip in a table that can be seen."""
    found = [
        (each.text(), str(each.property("tone")))
        for each in list[QLabel](top.findChildren(QLabel))
        if each.isVisible() and each.property("tone")
    ]
    for table in list[RowTable](top.findChildren(RowTable)):
        if table.isVisible():
            found += [chip for row in table.rows.rows for cell in row for chip in cell.chips]
    return found


def says_something(words: str) -> bool:
    return any(sign.isalnum() for sign in words)


def test_every_tone_comes_with_words_of_its_own(hands: Hands) -> None:
    for seed in range(4):
        taken(hands.hall, "social-card", seed)
    found = set[tuple[str, str]]()
    to_form(hands)
    found |= set(toned(hands.window))
    fill_form(hands)
    hands.go("confirm")
    found |= set(toned(hands.window))
    for number in range(1, 8):
        hands.press(f"Ctrl+{number}")
        hands.until(hands.idle)
        QApplication.processEvents()
        found |= set(toned(hands.window))
    assert len(found) > 12
    assert not [each for each in found if not says_something(each[0]) and each[0] != "—"]
    tones = defaultdict[str, set[str]](set)
    for words, tone in found:
        tones[words].add(tone)
    assert not {words: several for words, several in tones.items() if len(several) > 1}


def test_states_are_told_apart_by_their_words() -> None:
    assert len({STATE_NAMES[state] for state in CaseState}) == len(CaseState)
    assert set(PRINT_TONES) == set(PrintState)
    assert len(set(PRINT_NAMES.values())) == len(PrintState)


def test_a_badge_that_wants_a_person_is_another_one_in_grey(qapp_themed: QApplication) -> None:
    made = RailButton("sync", "同步", "sync")
    made.resize(made.sizeHint())
    grey = []
    for tone in ("amber", "red"):
        made.show_badge(3, tone)
        grey.append(inked(made.grab().toImage()))
        assert theme.TONES[tone]
    assert grey[0] != grey[1], "the same shape in two colours"
    assert "请看一眼" in made.accessibleName()


def inked(picture: QImage) -> list[bool]:
    """Where a page printed in black and white would be light."""
    white = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    return [white.pixelColor(x, y).value() > 160 for x in range(white.width()) for y in range(white.height())]
