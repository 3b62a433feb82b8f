"""The hard frames made by hand, one by one."""

from __future__ import annotations

import pytest

from clerk_app.devices.recognition.recognise import recognise
from clerk_app.domain.recognition import SURE
from tests.devices.hard_cases import CASES, CHEN, LIU, Case


def test_there_are_enough() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 30


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hard_case(case: Case) -> None:
    seen = recognise(case.frame())
    if case.kind is not None:
        assert seen.kind is case.kind, (seen.fields, seen.advice)
    assert seen.kind not in case.never, seen.fields
    assert {name: seen.fields.get(name) for name in case.fields} == case.fields
    assert seen.text == case.text
    for name in case.unsure:
        assert name in seen.doubtful
        assert seen.confidence.get(name, 0.0) < SURE
    if case.document:
        assert seen.document == case.document


def test_two_cards_give_one_person() -> None:
    case = next(case for case in CASES if case.name.startswith("two cards"))
    seen = recognise(case.frame())
    person = LIU if seen.fields["id_number"] == LIU.id_number else CHEN
    assert all(value == getattr(person, name) for name, value in seen.fields.items() if seen.confidence[name] >= SURE)
