"""Conditions and situations: a closed vocabulary, read strictly, evaluated the same before and after answers are known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.conditions import (
    Age,
    AllOf,
    Always,
    Answered,
    AnyOf,
    ByAgent,
    Condition,
    Facts,
    Not,
    parse_condition,
    questions_of,
)
from clerk_app.domain.service_item import Choice, Question
from clerk_app.domain.situation import NEVER, simplify, situations

QUESTIONS = ("a", "b", "c")
VALUES = ("yes", "no", "?")
conditions: st.SearchStrategy[Condition] = st.recursive(
    st.just(Always())
    | st.builds(Answered, st.sampled_from(QUESTIONS), st.frozensets(st.sampled_from(VALUES), min_size=1))
    | st.builds(Age, st.none() | st.integers(0, 100), st.none() | st.integers(0, 100))
    | st.builds(ByAgent, st.booleans()),
    lambda inner: (
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(Not, inner)
    ),
    max_leaves=8,
)
answers = st.dictionaries(st.sampled_from(QUESTIONS), st.sampled_from(VALUES))
facts = st.builds(Facts, answers, st.none() | st.integers(0, 110), st.booleans())


@pytest.mark.parametrize(
    ("data", "yes", "no"),
    [
        ({"answer": "a", "is": "yes"}, Facts({"a": "yes"}), Facts({"a": "no"})),
        ({"answer": "a", "is": "yes"}, Facts({"a": "yes"}), Facts()),
        ({"answer": "a", "in": ["x", "y"]}, Facts({"a": "y"}), Facts({"a": "z"})),
        ({"age": {"at_least": 60}}, Facts(age=60), Facts(age=59)),
        ({"age": {"under": 18}}, Facts(age=17), Facts(age=18)),
        ({"age": {"at_least": 16, "under": 18}}, Facts(age=16), Facts(age=18)),
        ({"age": {"at_least": 0}}, Facts(age=0), Facts(age=None)),
        ({"agent": True}, Facts(agent=True), Facts()),
        ({"agent": False}, Facts(), Facts(agent=True)),
        ({"not": {"agent": True}}, Facts(), Facts(agent=True)),
        ({"all": [{"agent": True}, {"age": {"at_least": 1}}]}, Facts(age=1, agent=True), Facts(age=1)),
        ({"any": [{"agent": True}, {"age": {"at_least": 1}}]}, Facts(age=1), Facts(age=0)),
    ],
)
def test_each_kind_holds_and_fails(data: Any, yes: Facts, no: Facts) -> None:
    condition = parse_condition(data)
    assert condition.holds(yes)
    assert not condition.holds(no)


def test_nothing_means_always() -> None:
    assert parse_condition(None) == Always()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"answer": "a"},
        {"answer": 1, "is": "x"},
        {"answer": "a", "in": []},
        {"answer": "a", "in": "yes"},
        {"answer": "a", "is": "x", "in": ["x"]},
        {"age": {}},
        {"age": {"at_least": True}},
        {"age": {"at_least": -1}},
        {"age": {"at_most": 3}},
        {"agent": "yes"},
        {"all": []},
        {"any": {}},
        {"not": 3},
        {"python": "1"},
        [],
        "always",
        {1: 2, "a": 3},
    ],
)
def test_anything_else_is_a_value_error_in_chinese(data: Any) -> None:
    with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]"):
        parse_condition(data)


keys = (
    st.sampled_from(["answer", "is", "in", "age", "agent", "all", "any", "not", "at_least", "under", "x"])
    | st.integers()
)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.sampled_from(["a", "yes"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=15,
)


@given(anything)
def test_no_data_do_worse_than_a_value_error(data: Any) -> None:
    try:
        condition = parse_condition(data)
    except ValueError:
        return
    condition.holds(Facts({"a": "yes"}, 30, False))


@given(conditions, facts)
def test_only_the_questions_named_matter(condition: Condition, known: Facts) -> None:
    named = {key: value for key, value in known.answers.items() if key in questions_of(condition)}
    assert condition.holds(known) == condition.holds(Facts(named, known.age, known.agent))


@given(conditions, facts)
def test_not_turns_round(condition: Condition, known: Facts) -> None:
    assert Not(condition).holds(known) is not condition.holds(known)


@given(conditions, answers, facts)
def test_a_condition_settled_beforehand_says_the_same(
    condition: Condition, settled: dict[str, str], later: Facts
) -> None:
    """A life event settles answers (the card is the newborn's); that must never change what is wanted."""
    simpler = simplify(condition, settled)
    everything = Facts({**later.answers, **settled}, later.age, later.agent)
    rest = Facts({k: v for k, v in later.answers.items() if k not in settled}, later.age, later.agent)
    assert simpler.holds(rest) == condition.holds(everything)
    assert not questions_of(simpler) & set(settled)


@given(facts)
def test_never_never_holds(known: Facts) -> None:
    assert not NEVER.holds(known)


def test_situations_are_all_answers_that_can_occur() -> None:
    yes_no = (Choice("yes", "是"), Choice("no", "否"))
    questions = (
        Question("a", "一？", yes_no),
        Question("b", "二？", yes_no, when=Answered("a", frozenset({"yes"}))),
    )
    found = list(situations(questions, [Age(60)], min_age=16))
    assert {tuple(sorted(f.answers.items())) for f in found} == {
        (("a", "yes"), ("b", "yes")),
        (("a", "yes"), ("b", "no")),
        (("a", "no"),),
    }
    assert {f.age for f in found} == {35, 59, 60}
    assert {f.agent for f in found} == {True, False}
