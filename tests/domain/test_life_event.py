"""The merge of a life event: nothing asked twice, every part's needs kept, savings counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clerk_app.domain.conditions import Always, Answered, Facts
from clerk_app.domain.life_event import default_parts, merge
from clerk_app.domain.service_item import LimitUnit, Material, Need, Question, TimeLimit, Way, WayKind
from clerk_app.domain.situation import fix_answers
from tests.fakes.items import BIRTH, CARD, CLAIM, NEWBORN, YES_NO

NEWBORN_CARD = fix_answers(CARD, {"for_whom": "newborn"})
ITEMS = (BIRTH, NEWBORN_CARD, CLAIM)
ALL = ("birth", "card", "claim")


def test_nothing_is_asked_twice_and_the_savings_are_counted() -> None:
    scheme = merge(NEWBORN, ITEMS, ALL)
    assert [f.id for f in scheme.fields] == ["applicant.name", "child.name", "bank", "cost"]
    assert [m.id for m in scheme.materials] == ["parents_id", "born_paper", "portrait"]
    assert (scheme.saved_fields, scheme.saved_papers) == (3, 1)
    assert [q.id for q in scheme.questions] == ["insured", "married"]
    assert scheme.promised == NEWBORN.promised


def test_a_part_left_out_takes_what_only_it_needs_along() -> None:
    scheme = merge(NEWBORN, ITEMS, ("birth",))
    assert [part.id for part in scheme.parts] == ["birth"]
    assert [f.id for f in scheme.fields] == ["applicant.name", "child.name"]
    assert (scheme.saved_fields, scheme.saved_papers) == (0, 0)


def test_parts_stand_in_the_order_of_the_life_event_however_they_were_chosen() -> None:
    assert [part.id for part in merge(NEWBORN, reversed(ITEMS), ("claim", "birth")).parts] == ["birth", "claim"]  # type: ignore[arg-type]


@pytest.mark.parametrize("chosen", [(), ("birth", "pension")])
def test_nothing_or_a_stranger_cannot_be_chosen(chosen: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="一件事"):
        merge(NEWBORN, ITEMS, chosen)


def test_an_answer_settled_beforehand_is_neither_asked_nor_wanted() -> None:
    assert NEWBORN_CARD.questions == ()
    assert [m.id for m in NEWBORN_CARD.materials] == ["parents_id", "portrait"]


def test_parts_are_chosen_by_the_answers() -> None:
    assert default_parts(NEWBORN, Facts()) == ("birth", "card")
    assert default_parts(NEWBORN, Facts({"insured": "yes"})) == ALL


def test_only_ways_of_receiving_that_every_part_offers_remain() -> None:
    assert merge(NEWBORN, ITEMS, ("birth", "card")).delivery_ways == ("本窗口领取",)
    assert merge(NEWBORN, ITEMS, ("birth",)).delivery_ways == ("邮寄", "本窗口领取")
    assert merge(NEWBORN, ITEMS, ("claim",)).delivery_ways == ("本窗口领取",)


def joined(one: Material, other: Material) -> Material:
    parts = (replace(BIRTH, materials=(one,)), replace(CARD, materials=(other,)))
    (material,) = merge(NEWBORN, (*parts, CLAIM), ("birth", "card")).materials
    return material


PAPER = Material("x", "某证", ways=(Way(WayKind.CAPTURE),))


def test_the_stricter_need_wins_and_conditions_join() -> None:
    yes, no = Answered("q", frozenset({"yes"})), Answered("q", frozenset({"no"}))
    assert joined(replace(PAPER, need=Need.OPTIONAL), PAPER).need is Need.REQUIRED
    assert joined(replace(PAPER, when=yes), PAPER).when == Always()
    assert joined(replace(PAPER, when=yes), replace(PAPER, when=yes)).when == yes
    both = joined(replace(PAPER, when=yes), replace(PAPER, when=no)).when
    assert both.holds(Facts({"q": "yes"}))
    assert both.holds(Facts({"q": "no"}))
    assert not both.holds(Facts())


def test_a_waiver_of_one_part_serves_all_and_a_promise_needs_both() -> None:
    waived = replace(PAPER, ways=(Way(WayKind.SHARED_DATA), Way(WayKind.COMMITMENT), Way(WayKind.CAPTURE)))
    assert {way.kind for way in joined(PAPER, waived).ways} == {WayKind.CAPTURE, WayKind.SHARED_DATA}
    assert {way.kind for way in joined(waived, waived).ways} == {way.kind for way in waived.ways}


@pytest.mark.parametrize(
    ("one", "other", "shorter"),
    [
        (TimeLimit(LimitUnit.WORKDAY, 5), TimeLimit(LimitUnit.WORKDAY, 3), TimeLimit(LimitUnit.WORKDAY, 3)),
        (None, TimeLimit(LimitUnit.WORKDAY, 3), TimeLimit(LimitUnit.WORKDAY, 3)),
        (TimeLimit(LimitUnit.WORKDAY, 3), None, TimeLimit(LimitUnit.WORKDAY, 3)),
        (TimeLimit(LimitUnit.DAY, 5), TimeLimit(LimitUnit.WORKDAY, 5), TimeLimit(LimitUnit.DAY, 5)),
        (TimeLimit(LimitUnit.MONTH, 1), TimeLimit(LimitUnit.WORKDAY, 20), TimeLimit(LimitUnit.WORKDAY, 20)),
        (None, None, None),
    ],
)
def test_the_shorter_deferral_wins(one: TimeLimit | None, other: TimeLimit | None, shorter: TimeLimit | None) -> None:
    first, second = (replace(PAPER, ways=(Way(WayKind.DEFER, limit=limit),)) for limit in (one, other))
    way = joined(first, second).way(WayKind.DEFER)
    assert way is not None
    assert way.limit == shorter


def test_a_question_that_any_part_asks_is_asked() -> None:
    """One part asks it in some situations, the next always: the first one's condition once hid it."""
    sometimes = Question("q", "问？", YES_NO, when=Answered("insured", frozenset({"yes"})))
    parts = (
        replace(BIRTH, questions=(sometimes,)),
        replace(CARD, questions=(replace(sometimes, when=Always()),)),
    )
    asked = {q.id: q for q in merge(NEWBORN, (*parts, CLAIM), ("birth", "card")).questions}
    assert asked["q"].when == Always()


def test_the_life_events_own_question_stands_as_it_was_written() -> None:
    own = replace(
        NEWBORN, questions=(Question("married", "领证了吗？", YES_NO, when=Answered("insured", frozenset({"yes"}))),)
    )
    (question,) = merge(own, ITEMS, ("birth",)).questions
    assert question == own.questions[0]


def test_one_sample_part_makes_the_whole_a_sample() -> None:
    assert not merge(NEWBORN, ITEMS, ALL).is_sample
    sample = replace(CLAIM, origins={"name": "拟"})
    assert merge(NEWBORN, (BIRTH, NEWBORN_CARD, sample), ALL).is_sample
