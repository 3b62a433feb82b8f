"""The applicant's pen: each stroke is kept as it is made, comes back over the same rows, and is no signature before it is confirmed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clerk_app.domain.canonical import Json
from tests.ui.hall import Place
from tests.ui.hands import Hands
from tests.ui.test_main_job import fill_form, to_form


def kept(hall: Place) -> Json:
    """What the store has of the pen."""
    (draft,) = hall.store.state.drafts.values()
    return draft.values.get("drawn")


def test_strokes_are_kept_come_back_and_count_only_when_confirmed(hall: Place, hands: Hands) -> None:
    to_form(hands)
    fill_form(hands)
    hands.go("confirm")
    window = hands.window.applicant
    hands.write_name()
    hands.until(lambda: bool(kept(hall)) and hands.idle())
    strokes = window.reading.pad.strokes()
    assert kept(hall)["shown_sha256"] == window.showing
    assert [len(each) for each in kept(hall)["strokes"]] == [len(each) for each in strokes]
    plan = hands.intake.session.plan
    assert plan is not None
    assert not plan.signed, "drawn is not signed"

    window.be_quiet()  # as after a crash: nothing of it is on the screen any more
    hands.window.activateWindow()
    hands.until(hands.keyboard_is_here)
    assert window.reading.pad.strokes() == ()
    hands.press("F4")
    hands.until(lambda: bool(window.showing))
    assert window.reading.pad.strokes() == strokes
    assert window.reading.page[0] == 1, "it is read from the first page again before it can be confirmed"

    while window.reading.page[0] < window.reading.page[1]:
        QTest.mouseClick(window.reading.forth, Qt.MouseButton.LeftButton)
    QTest.mouseClick(window.reading.again, Qt.MouseButton.LeftButton)
    hands.until(lambda: not kept(hall) and hands.idle())

    hands.sign()
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
    hands.rest()
    assert not kept(hall), "what was confirmed is the signature"


def test_strokes_over_other_words_are_void(hall: Place, hands: Hands) -> None:
    to_form(hands)
    fill_form(hands)
    hands.go("confirm")
    window = hands.window.applicant
    hands.write_name()
    hands.until(lambda: bool(kept(hall)) and hands.idle())
    window.be_quiet()
    hands.window.activateWindow()
    hands.until(hands.keyboard_is_here)
    hands.intake.session.edit({"applicant.phone": "13900000001"})
    hands.rest()
    hands.press("F4")
    hands.until(lambda: bool(window.showing))
    assert window.reading.pad.strokes() == ()
    hands.until(lambda: not kept(hall) and hands.idle())
