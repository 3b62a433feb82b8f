"""Ctrl+K reaches what the window can do, too: by words, by initials, from any place."""

from __future__ import annotations

import pytest
from pypinyin import Style, lazy_pinyin

from tests.ui.hands import Hands
from ui.actions import ACTIONS, named


@pytest.mark.parametrize("action", [each for each in ACTIONS if each.letters], ids=lambda each: each.id)
def test_the_letters_of_an_action_are_its_initials(action: object) -> None:
    label = "".join(sign for sign in action.label if "\u4e00" <= sign <= "\u9fff")  # type: ignore[attr-defined]
    first = "".join(lazy_pinyin(label, style=Style.FIRST_LETTER))
    assert action.letters == first  # type: ignore[attr-defined]


def test_every_action_that_works_anywhere_can_be_asked_for_but_the_search_itself() -> None:
    assert {each.id for each in ACTIONS if each.everywhere and not each.letters} == {"find"}


def test_one_sign_names_nothing() -> None:
    assert named("s") == ()
    assert named("") == ()


@pytest.mark.parametrize(("words", "place"), [("暂存", "drafts"), ("tb", "sync"), ("应急补录", "emergency")])
def test_a_place_is_reached_by_its_name(hands: Hands, words: str, place: str) -> None:
    hands.press("Ctrl+K")
    hands.type(words)
    hands.until(lambda: hands.view.finder.isVisible() and bool(hands.view.finder.table.spoken()))
    lines = hands.view.finder.table.spoken()
    at = next(at for at, line in enumerate(lines) if "按键" in line)
    for _ in range(at):
        hands.press("Down")
    hands.press("Return")
    hands.until(lambda: hands.view.place == place and hands.idle())


def test_locking_by_name(hands: Hands) -> None:
    hands.press("Ctrl+K")
    hands.type("锁屏")
    hands.until(lambda: hands.view.finder.isVisible() and bool(hands.view.finder.table.spoken()))
    assert "锁屏" in hands.view.finder.table.spoken()[0]
    hands.press("Return")
    hands.until(lambda: hands.window.desk_view is None)
