"""Signing in, locking, closing, the pill; the table of actions; the fonts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtGui import QImage, QKeySequence, QPainter, QRawFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from printing.fonts import BOLD, FALLBACK, REGULAR
from tests.ui.conftest import opened
from tests.ui.hall import PIN, Place, card, place
from tests.ui.hands import Hands
from ui import icons, theme
from ui.actions import ACTIONS, shown_in
from ui.app import QUIT_AT_ONCE, run
from ui.main_window import MainWindow
from ui.screens.registry import BESIDE, SCREENS
from ui.services import LineState


def test_a_wrong_pin_is_said_in_plain_words_with_the_wait(window: MainWindow, hall: Place, qtbot: QtBot) -> None:
    hands = Hands(window, hall, qtbot)
    hands.type("111111")
    hands.press("Return")
    hands.until(lambda: "请等 2 秒再试" in window.sign_in.note)
    assert window.desk_view is None


def test_locking_keeps_what_was_typed_and_comes_back_to_it(window: MainWindow, hall: Place, hands: Hands) -> None:
    hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳" and hands.idle())
    hands.fill("applicant.phone", "13800000000")
    hands.press("Ctrl+L")
    assert window.locked
    hands.until(lambda: window.desk_view is None and hands.idle())
    assert not hall.eyes.running
    (draft,) = hall.store.state.drafts.values()
    assert draft.text("applicant.phone") == "13800000000"
    hands.type(PIN)
    hands.press("Return")
    hands.until(lambda: window.desk_view is not None and hands.idle())
    assert hands.intake.session.text("applicant.phone") == "13800000000"
    hands.until(lambda: hall.eyes.running)


def test_an_idle_window_locks_itself(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor) -> None:
    hall = place(pool, idle_lock_s=1)
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None)
        hands.until(lambda: window.locked and window.jobs.pending() == 0)


def test_closing_waits_until_the_last_word_is_on_disk(window: MainWindow, hall: Place, hands: Hands) -> None:
    hands.fill("applicant.name", "龚㛃䶮")
    window.close()
    hands.until(lambda: window.closed)
    (draft,) = hall.store.state.drafts.values()
    assert draft.text("applicant.name") == "龚㛃䶮"


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        (LineState(True, 0, 0, "在线 · 全部已送达"), "green"),
        (LineState(True, 3, 0, "正在同步 4/7"), "blue"),
        (LineState(False, 7, 0, "离线 · 待同步 7"), "amber"),
        (LineState(True, 0, 1, "需要看一眼 1"), "red"),
    ],
)
def test_the_pill_says_the_line_in_words_and_colour(hall: Place, hands: Hands, state: LineState, tone: str) -> None:
    hall.line.tell(state)
    hands.until(lambda: state.text in hands.view.header.pill.text())
    assert hands.view.header.pill.property("tone") == tone
    assert hands.view.rail.buttons["sync"].badge == state.waiting + state.refused


def test_without_a_camera_the_window_says_so_and_typing_works(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor
) -> None:
    hall = place(pool, eyes=False)
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        assert "没有摄像头" in hands.intake.side.view._words
        hands.fill("applicant.name", "刘桂芳")
        hands.rest()
        assert len(hall.store.state.drafts) == 1


def test_the_window_fits_the_smallest_screen_of_a_hall(window: MainWindow, hands: Hands) -> None:
    for entry in SCREENS:
        hands.view.go(entry.id)
        hands.until(hands.idle)
    least = window.minimumSizeHint()
    assert (least.width(), least.height()) <= (1366, 768)
    assert least.height() <= 768
    assert (window.width(), window.height()) == (1366, 768)


def test_keys_are_valid_unique_and_shown_where_they_work(qapp: QApplication) -> None:
    keys = [QKeySequence(action.key).toString() for action in ACTIONS]
    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    assert all(action.where or action.everywhere for action in ACTIONS)
    assert [action.id for action in shown_in("intake/materials")][-2:] == ["take_back", "undo"]


def test_registry_and_folder_agree(qapp: QApplication) -> None:
    folder = Path(icons.__file__).parent / "screens"
    modules = {entry.build.__module__.removeprefix("ui.screens.").split(".")[0] for entry in SCREENS}
    shared = {"__init__", "registry", "place", "papers", "sign_in", "help"}
    files = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert files - shared == modules | {entry.id for entry in BESIDE}
    assert {entry.icon for entry in (*SCREENS, *BESIDE)} <= set(icons.NAMES)


@pytest.mark.parametrize("character", "龚㛃䶮𬭎𫖯𪨰")
def test_rare_name_characters_draw_from_the_bundled_fonts(qapp_themed: QApplication, character: str) -> None:
    """Some bundled face has the glyph, and what is drawn is neither blank nor the box of a missing one."""
    faces = [QRawFont(str(path), 40) for path in (REGULAR, FALLBACK)]
    assert any(face.supportsCharacter(ord(character)) for face in faces)
    drawn, missing = _drawn(character), _drawn("\U0010fffd")
    assert drawn != _drawn(" ")
    assert drawn != missing


def _drawn(text: str) -> bytes:
    image = QImage(60, 60, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    painter.setFont(theme.font(40))
    painter.drawText(5, 48, text)
    painter.end()
    return bytes(image.constBits())


def test_bold_is_a_face_of_its_own(qapp_themed: QApplication) -> None:
    assert BOLD.exists()
    assert theme.font(15, bold=True).bold()


def test_quit_at_once_ends_as_soon_as_the_sign_in_page_was_there(qapp_themed: QApplication, hall: Place) -> None:
    before = hall.store.begun
    assert run(hall.services, ["clerk-app", QUIT_AT_ONCE]) == 0
    assert hall.store.begun == before, "a start that is only measured touches no data"
