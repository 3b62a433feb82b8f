"""What a life event asks as a whole, promises by situation, and what its parts choose by default answers."""

from __future__ import annotations

import dataclasses

from clerk_app.domain.conditions import Answered, ByAgent, Facts
from clerk_app.domain.life_event import default_parts, merge, scheme_of_item
from clerk_app.domain.service_item import (
    FieldType,
    FormField,
    LifeEventPart,
    LimitUnit,
    LimitWhen,
    Material,
    Need,
    TimeLimit,
    Way,
    WayKind,
)
from clerk_app.domain.situation import fix_answers
from tests.fakes.items import BIRTH, CARD, CLAIM, NEWBORN, PENSION

NOW = TimeLimit(LimitUnit.ON_THE_SPOT)
SHARED = Material(
    "parents_id",
    "父母身份证",
    need=Need.OPTIONAL,
    when=ByAgent(True),
    ways=(Way(WayKind.CAPTURE),),
    review_points=("清楚",),
)
PLACE = FormField("home", "落户地址", FieldType.ADDRESS)
EVENT = dataclasses.replace(NEWBORN, materials=(SHARED,), fields=(PLACE, BIRTH.fields[1]))
ITEMS = (BIRTH, CARD, CLAIM)


def test_what_the_event_asks_comes_first_and_meets_the_parts_by_id() -> None:
    scheme = merge(EVENT, ITEMS, ("birth", "card"))
    assert [each.id for each in scheme.fields[:2]] == ["home", "child.name"]
    assert [each.id for each in scheme.materials].count("parents_id") == 1
    paper = scheme.materials[0]
    assert (paper.id, paper.need, paper.review_points) == ("parents_id", Need.REQUIRED, ("清楚",))
    assert paper.when.holds(Facts()), "a part needs it always"


def test_only_what_parts_would_ask_twice_counts_as_saved() -> None:
    plain = merge(NEWBORN, ITEMS, ("birth", "card"))
    whole = merge(EVENT, ITEMS, ("birth", "card"))
    assert (plain.saved_fields, plain.saved_papers) == (2, 1)
    assert (whole.saved_fields, whole.saved_papers) == (2, 1)


def test_a_question_not_answered_yet_chooses_parts_by_its_default() -> None:
    asked = dataclasses.replace(NEWBORN.questions[0], default="yes")
    event = dataclasses.replace(
        NEWBORN,
        questions=(asked,),
        parts=(LifeEventPart("birth"), LifeEventPart("claim", when=Answered("insured", frozenset({"yes"})))),
    )
    assert default_parts(event, Facts()) == ("birth", "claim")
    assert default_parts(event, Facts({"insured": "no"})) == ("birth",)


def test_a_promise_may_depend_on_the_situation() -> None:
    quick = Answered("elsewhere", frozenset({"no"}))
    item = dataclasses.replace(PENSION, limits_when=(LimitWhen(quick, NOW),))
    scheme = scheme_of_item(item)
    assert scheme.limit(Facts({"elsewhere": "no"})) == NOW
    assert scheme.limit(Facts({"elsewhere": "yes"})) == PENSION.promised
    assert fix_answers(item, {"elsewhere": "no"}).limit(Facts()) == NOW
    assert fix_answers(item, {"elsewhere": "yes"}).limits_when == ()
