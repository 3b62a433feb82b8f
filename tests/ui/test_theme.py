"""The theme: contrast in both looks, worn at once and remembered, the scale at the next start, nothing that moves when not wanted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.display import FILE, RememberedDisplay, remembered
from clerk_app.errors import StorageProblem
from clerk_app.ports import DisplayChoice
from clerk_app.ports.display import SCALES
from tests.ui.conftest import opened
from tests.ui.hall import PIN, place
from tests.ui.hands import Hands
from ui import theme
from ui.screens.registry import SCREENS
from ui.screens.settings.screen import SettingsScreen

LOOKS = (("ordinary", theme.LIGHT, 4.5), ("high contrast", theme.HIGH_CONTRAST, 7.0))


@pytest.fixture(autouse=True)
def as_usual(qapp_themed: QApplication) -> Iterator[None]:
    yield
    theme.wear(qapp_themed, contrast=False, motion=True)


def contrast(one: str, other: str) -> float:
    """WCAG 2.1: (lighter + 0.05) / (darker + 0.05)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("name", "colours", "least"), LOOKS)
def test_every_ink_stands_out_from_its_ground(name: str, colours: theme.Colours, least: float) -> None:
    for ink, ground in theme.PAIRS:
        found = contrast(getattr(colours, ink), getattr(colours, ground))
        assert found >= least, (name, ink, ground, round(found, 2))


@pytest.mark.parametrize(("name", "colours", "least"), LOOKS)
def test_every_rule_of_the_style_sheet_that_sets_both_keeps_to_it(
    qapp_themed: QApplication, name: str, colours: theme.Colours, least: float
) -> None:
    """Whatever the list of pairs says: the sheet itself is read. What is switched off may be fainter (WCAG 1.4.3)."""
    theme.wear(qapp_themed, contrast=colours is theme.HIGH_CONTRAST, motion=True)
    rules = re.findall(r"([^{}]+)\{([^{}]+)\}", theme.style_sheet() + theme.applicant_sheet(24))
    checked = 0
    for selector, body in rules:
        for kind in ("", "selection-"):
            ink = re.search(rf"(?<![-\w]){kind}color: (#\w{{6}})", body)
            ground = re.search(rf"(?<![-\w]){kind}background(?:-color)?: (#\w{{6}})", body)
            if ink and ground and "disabled" not in selector:
                checked += 1
                assert contrast(ink[1], ground[1]) >= least, (name, selector.strip(), ink[1], ground[1])
    assert checked > 10


def test_lines_of_the_high_contrast_look_can_be_seen() -> None:
    colours = theme.HIGH_CONTRAST
    for line in (colours.hairline, colours.faint_line, colours.amber_line, colours.blue):
        assert contrast(line, colours.card) >= 3, line  # WCAG 1.4.11


def test_a_look_is_worn_by_whatever_paints_itself(qapp_themed: QApplication) -> None:
    window, bare = QWidget(), QWidget()
    theme.dress(window)
    theme.wear(qapp_themed, contrast=True, motion=True)
    assert theme.HIGH_CONTRAST.ink == theme.INK
    assert theme.TONES["red"] == (theme.HIGH_CONTRAST.red, theme.HIGH_CONTRAST.red_tint)
    assert theme.HIGH_CONTRAST.blue in window.styleSheet()
    assert theme.LIGHT.blue not in window.styleSheet()
    assert not bare.styleSheet()
    assert not qapp_themed.styleSheet(), "a sheet on the application makes every page three times as slow to build"


def test_without_motion_nothing_blinks_or_slides(qapp_themed: QApplication) -> None:
    theme.wear(qapp_themed, contrast=False, motion=False)
    assert qapp_themed.cursorFlashTime() == 0
    assert not QApplication.isEffectEnabled(Qt.UIEffect.UI_AnimateCombo)
    theme.wear(qapp_themed, contrast=False, motion=True)
    assert qapp_themed.cursorFlashTime() > 0


@given(st.booleans(), st.sampled_from(SCALES), st.booleans())
def test_what_was_chosen_is_found_again(
    tmp_path_factory: pytest.TempPathFactory, black: bool, scale: int, moves: bool
) -> None:
    data = tmp_path_factory.mktemp("pc")
    choice = DisplayChoice(black, scale, moves)
    RememberedDisplay(data).choose(choice)
    assert remembered(data) == choice


@given(st.binary(max_size=60) | st.sampled_from([b'{"scale":0}', b'{"contrast":1,"motion":true,"scale":100}', b"[]"]))
def test_a_broken_file_means_as_usual(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    data = tmp_path_factory.mktemp("pc")
    (data / FILE).write_bytes(content)
    assert remembered(data) == DisplayChoice()


def test_a_disk_that_refuses_is_said_in_words(tmp_path: Path) -> None:
    desk = RememberedDisplay(tmp_path / "gone")
    with pytest.raises(StorageProblem, match="没有存住"):
        desk.choose(DisplayChoice(contrast=True))
    assert desk.chosen() == DisplayChoice()


def test_chosen_by_keys_worn_at_once_and_remembered(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path
) -> None:
    hall = place(pool)
    hall.services = replace(hall.services, display=RememberedDisplay(tmp_path))
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        sign_in(hands)
        hands.press("Ctrl+,")
        screen = hands.view.place_of("settings")
        assert isinstance(screen, SettingsScreen)
        while screen.entries[screen.list.currentRow()].id != "display":
            hands.press("Down")
        hands.until(hands.idle)
        hands.press("Return")
        hands.press("2")
        hands.press("Tab")
        hands.press("3")
        hands.press("Tab")
        hands.press("2")
        hands.press("Tab")
        hands.press("Space")
        hands.until(lambda: remembered(tmp_path) == DisplayChoice(contrast=True, scale=150, motion=False))
        hands.until(hands.idle)
        assert theme.HIGH_CONTRAST.ink == theme.INK
        assert qapp_themed.cursorFlashTime() == 0
        (told,) = [each.text() for each in list[QLabel](screen.findChildren(QLabel)) if "已记住" in each.text()]
        assert "下次打开窗口" in told


SCALED = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from ui.app import SCALE_FACTOR, _application
import os
app = _application(["x"], 150)
print(app.primaryScreen().devicePixelRatio(), os.environ.get(SCALE_FACTOR, "none"))
"""


def test_the_scale_is_qts_own_and_no_other_program_gets_it() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("QT_SCALE_FACTOR", None)
    done = subprocess.run([sys.executable, "-c", SCALED], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1.5", "none"]


ROOMS = {
    "1366x768 at 150 %": QSize(910, 512),
    "1366x768 at 200 %": QSize(683, 384),
    "1920x1080 at 200 %": QSize(960, 540),
}


@pytest.mark.parametrize("room", ROOMS.values(), ids=ROOMS)
def test_at_a_big_scale_every_place_keeps_within_the_window_and_scrolls(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, room: QSize
) -> None:
    with opened(place(pool), qtbot) as window:
        hands = Hands(window, None, qtbot)  # type: ignore[arg-type]
        window.resize(room)
        assert window.size() == room, f"the sign-in page wants {window.minimumSizeHint()}"
        sign_in(hands)
        for entry in (*[each.id for each in SCREENS], "settings", "guide", "emergency", "person"):
            hands.view.go(entry)
            hands.until(hands.idle)
            QApplication.processEvents()
            assert window.size() == room, f"{entry} makes the window {window.size()}"
            assert room.height() < 500 or not cut(hands.view), entry  # at 384 px a place scrolls both ways


def sign_in(hands: Hands) -> None:
    hands.type(PIN)
    hands.press("Return")
    hands.until(lambda: hands.window.desk_view is not None and hands.idle())


def cut(within: QWidget) -> list[str]:
    """Words of labels and buttons that have less room than they need."""
    found = []
    for each in list[QWidget](within.findChildren(QWidget)):
        if not each.isVisible() or not isinstance(each, QLabel | QPushButton) or not each.text():
            continue
        if isinstance(each, QLabel) and each.wordWrap():
            short = each.height() < each.heightForWidth(each.width()) - 1
        else:
            short = each.width() < each.minimumSizeHint().width() or each.height() < each.fontMetrics().height()
        if short and not isinstance(each.parentWidget(), QAbstractScrollArea):
            found.append(f"{each.text()} {each.size().toTuple()}")
    return found
