"""``case template --sample`` for every entry in every situation, accepted by the very rules of the counter on the real store.

Ages, agents and every way of giving are walked without a store in test_every_situation.py.
"""

from __future__ import annotations

import base64
import dataclasses
import random
from collections.abc import Iterator

import pytest

from clerk_app.bootstrap.calendars import SHIPPED
from clerk_app.catalogue.loader import load_catalogue
from clerk_app.domain.application import Application
from clerk_app.domain.canonical import bytes_hash, canonical_bytes, parse_json
from clerk_app.domain.conditions import Facts
from clerk_app.domain.deadlines import WorkCalendar
from clerk_app.errors import Refused
from clerk_app.usecases.accept import accept_application
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.template import samples, template
from local_db.unit_of_work import SqlStore
from tests.fakes.desk import SUITE, a_desk

CATALOGUE = load_catalogue()
ENTRIES = [*(item.id for item in CATALOGUE.items()), *(event.id for event in CATALOGUE.life_events())]


def situations_of(entry: str, answers: dict[str, str] | None = None) -> Iterator[dict[str, str]]:
    """All answers to all questions that are asked then; an answer may choose parts, which may ask more."""
    answers = answers or {}
    scheme = CATALOGUE.scheme(entry, None, Facts(answers))
    for question in scheme.questions:
        if question.id not in answers and question.when.holds(Facts(answers, 35)):
            for choice in question.choices:
                yield from situations_of(entry, {**answers, question.id: choice.value})
            return
    yield answers


def page(rng: random.Random) -> tuple[bytes, str]:
    return b"\xff\xd8" + rng.randbytes(24), "image/jpeg"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    store = SqlStore(tmp_path_factory.mktemp("store"), SUITE.new_key(), SUITE, create=True)
    calendar = WorkCalendar.of([parse_json((SHIPPED / "2026.json").read_bytes())])
    yield dataclasses.replace(a_desk(store, catalogue=CATALOGUE), calendar=calendar)
    store.close()


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_situation_is_taken_on_the_real_store(hall: Desk, entry: str) -> None:
    for number, answers in enumerate(situations_of(entry)):
        wanted = template(hall, entry, answers)
        assert wanted["parts"] or wanted["kind"] == "item"
        data = parse_json(canonical_bytes(samples(hall, entry, answers, random.Random(number), page)))
        pages = []
        for given in data["materials"].values():
            own = [(base64.b64decode(each["base64"]), each["media_type"]) for each in given["pages"]]
            given["pages"] = [bytes_hash(content) for content, _ in own]
            pages += own
        try:
            accepted = accept_application(hall, Application.from_json(data), pages)
        except Refused as refused:
            pytest.fail(f"{entry} in {answers}: {refused.reasons}")
        kept = Application.from_json(accepted.case.content)
        assert answers.items() <= kept.answers.items(), "the situation that was asked for is the one that was taken"
        limit = CATALOGUE.scheme(entry, kept.parts or None).limit(Facts(kept.answers, 35))
        assert (accepted.case.deadline is not None) == limit.has_day
        for part in accepted.parts:
            assert part.content["item"] in kept.parts


def test_the_walk_walks() -> None:
    assert len(list(situations_of("newborn"))) > 8
    stages = {each["company_stage"] for each in situations_of("company")}
    assert stages == {"open", "enter", "both"}
    assert any("food_task" in each for each in situations_of("company"))


def test_each_part_receives_what_the_event_asks_as_a_whole(hall: Desk) -> None:
    data = samples(hall, "retirement", {"special_work": "no", "only_child": "no"}, random.Random(3), page)
    pages = []
    for given in data["materials"].values():
        own = [(base64.b64decode(each["base64"]), each["media_type"]) for each in given["pages"]]
        given["pages"] = [bytes_hash(content) for content, _ in own]
        pages += own
    accepted = accept_application(hall, Application.from_json(data), pages)
    assert len(accepted.parts) == 4
    for part in accepted.parts:
        assert {"id_card", "personnel_file", "retirement_form"} <= set(part.content["materials"])
        assert part.content["fields"]["retirement.employer"] == data["fields"]["retirement.employer"]
        assert part.deadline is None, "the sources give the parts no days"
    assert accepted.case.deadline
    assert accepted.case.deadline["count"] == 20
