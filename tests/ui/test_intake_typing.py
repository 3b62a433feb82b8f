"""What is typed is on disk at once and in order; doubts are looked at; input methods are left in peace."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtGui import QImage

from tests.ui.hall import LIU, Place, card
from tests.ui.hands import Hands
from ui.screens.drafts import DraftsScreen
from ui.screens.intake.applicant import ApplicantStep
from ui.screens.intake.session import SAVE_AFTER_MS
from ui.widgets.entry import Entry, Line


def entry(hands: Hands, name: str) -> Entry:
    found = hands.field(f"applicant.{name}")
    assert isinstance(found, Entry)
    return found


def test_typed_text_is_saved_without_a_button_within_a_second(hall: Place, hands: Hands) -> None:
    assert SAVE_AFTER_MS <= 500
    hands.fill("applicant.name", "龚㛃䶮")
    hands.until(lambda: any(draft.text("applicant.name") == "龚㛃䶮" for draft in hall.store.state.drafts.values()))
    hands.until(hands.idle)
    assert "暂存于" in hands.intake._head._saved.text()


def test_looking_around_leaves_no_draft(hall: Place, hands: Hands) -> None:
    hands.intake._stepper.wanted.emit(2)
    hands.intake._stepper.wanted.emit(0)
    hands.rest()
    assert hall.store.state.drafts == {}


def test_saves_of_one_draft_never_overtake_and_newer_text_is_not_overwritten(hall: Place, hands: Hands) -> None:
    hands.fill("applicant.name", "a")
    hands.until(lambda: bool(hall.store.state.drafts))
    for letter in "bcdefgh":
        hands.type(letter)
        hands.intake.session.flush()
    assert entry(hands, "name").text() == "abcdefgh"
    hands.until(hands.idle)
    assert entry(hands, "name").text() == "abcdefgh"
    (draft,) = hall.store.state.drafts.values()
    assert draft.text("applicant.name") == "abcdefgh"


def test_a_full_disk_loses_nothing_typed_and_is_tried_again(hall: Place, hands: Hands) -> None:
    hands.fill("applicant.name", "a")
    hands.until(lambda: bool(hall.store.state.drafts))
    hands.rest()
    hall.store.broken = True
    hands.type("b")
    hands.until(lambda: "磁盘满了" in hands.view.say_line.text)
    assert entry(hands, "name").text() == "ab"
    hall.store.broken = False
    hands.until(lambda: next(iter(hall.store.state.drafts.values())).text("applicant.name") == "ab")


def test_doubtful_fields_stay_tinted_until_looked_at_and_hold_the_next_step(hands: Hands) -> None:
    hands.hall.eyes.shows(card(doubtful=("address", "name")))
    hands.until(lambda: hands.intake.session.plan is not None and hands.idle())
    name, address = entry(hands, "name"), entry(hands, "address")
    assert name.doubtful
    assert address.doubtful
    assert address.line.property("mark") == "doubt"
    assert "请核对" in address.line.accessibleDescription()
    hands.press("Ctrl+Return")
    hands.rest()
    assert hands.intake.at == "applicant"
    assert hands.focus is name.line
    hands.press("Return")  # looked at: stands as it is
    hands.rest()
    assert not entry(hands, "name").doubtful
    assert name.text() == LIU["name"]
    address.setFocus()
    hands.press("Space")
    hands.rest()
    assert not entry(hands, "address").doubtful
    assert address.text() == LIU["address"], "the key that says 'seen' must not be typed into the field"
    hands.go("item")


def test_the_same_card_again_does_not_undo_a_correction_and_another_card_asks(hands: Hands) -> None:
    hands.hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳" and hands.idle())
    hands.fill("applicant.address", "x")
    hands.rest()
    corrected = entry(hands, "address").text()
    hands.hall.eyes.shows(card())
    hands.hall.eyes.shows(card({**LIU, "name": "彭志强", "id_number": "500199198001011234"}))
    hands.until(lambda: "按 F2 换成这张" in hands.intake.side._sentence.text())
    hands.rest()
    assert entry(hands, "address").text() == corrected
    hands.press("F2")
    hands.until(lambda: hands.intake.session.text("applicant.name") == "彭志强")


def test_a_foreign_code_is_said_calmly_and_taken_by_nobody(hands: Hands) -> None:
    from clerk_app.domain.recognition import Seen, SeenKind

    hands.hall.eyes.shows(Seen(SeenKind.CODE, text="https://example.invalid/"))
    hands.until(lambda: "这不是渝快码" in hands.intake.side._sentence.text())
    hands.rest()
    assert hands.hall.store.state.drafts == {}


def test_a_wrong_number_is_explained_in_words(hands: Hands) -> None:
    hands.fill("applicant.name", "刘桂芳")
    hands.fill("applicant.document_number", "500199199402304012")
    hands.rest()
    assert entry(hands, "document_number").reason == "1994 年没有 2 月 30 日，请对照身份证再看一眼"
    hands.press("Ctrl+Return")
    hands.rest()
    assert hands.intake.at == "applicant"
    assert "2 月 30 日" in hands.view.say_line.text


def test_enter_inside_an_input_method_never_submits(hands: Hands) -> None:
    hands.fill("applicant.name", "刘桂芳")
    hands.fill("applicant.document_number", LIU["id_number"])
    hands.rest()
    name = entry(hands, "name")
    name.setFocus()
    hands.compose("guifang")
    assert isinstance(hands.focus, Line)
    assert hands.focus.composing
    hands.press("Return")
    assert hands.focus is name.line, "Enter belongs to the input method now"
    hands.press("Ctrl+Return")
    hands.rest()
    assert hands.intake.at == "applicant"
    hands.type("芳")  # the input method commits
    assert not name.line.composing


def test_a_draft_opens_again_where_it_was_left(hands: Hands) -> None:
    hands.hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳" and hands.idle())
    hands.go("item")
    hands.press("Ctrl+N")
    hands.rest()
    assert hands.intake.session.draft_id == ""
    hands.press("Ctrl+2")
    drafts = hands.view.place_of("drafts").widget
    assert isinstance(drafts, DraftsScreen)
    hands.until(lambda: bool(drafts.table.spoken()) and hands.idle())
    assert "刘*芳" in drafts.table.spoken()[0]
    hands.press("Return")
    hands.until(lambda: hands.intake.at == "item")
    hands.rest()
    step = hands.intake.step("applicant")
    assert isinstance(step, ApplicantStep)
    assert hands.intake.session.text("applicant.name") == "刘桂芳"


def test_no_widget_is_touched_from_the_cameras_thread(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    side = hands.intake.side
    shown = side.view.show_frame

    def noted(image: QImage) -> None:
        threads.append(threading.get_ident())
        shown(image)

    monkeypatch.setattr(side.view, "show_frame", noted)
    hands.hall.eyes.frame(bytes(64 * 48 * 3), 64, 48)
    hands.until(lambda: bool(threads))
    assert set(threads) == {threading.get_ident()}
    hands.hall.eyes.problem("摄像头断开了。")
    hands.until(lambda: side.view._words == "摄像头断开了。")


def test_every_interactive_widget_of_the_first_step_has_a_name(hands: Hands) -> None:
    lines = [each for each in list[Line](hands.intake.findChildren(Line)) if each.isVisible()]
    assert len(lines) >= 6
    assert all(each.accessibleName() for each in lines)
