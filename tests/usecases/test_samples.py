"""``case template`` and synthetic cases: every entry of the shipped catalogue can be taken, in many situations."""

from __future__ import annotations

import base64
import dataclasses
import random
from typing import Any

import pytest

from clerk_app.bootstrap.calendars import SHIPPED
from clerk_app.catalogue.loader import load_catalogue
from clerk_app.domain.application import Application
from clerk_app.domain.canonical import bytes_hash, canonical_bytes, parse_json
from clerk_app.domain.deadlines import WorkCalendar
from clerk_app.domain.materials import Answer
from clerk_app.domain.people import person_faults
from clerk_app.errors import Refused
from clerk_app.usecases.accept import accept_application
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.template import samples, template
from tests.fakes.desk import a_desk
from tests.fakes.fake_store import FakeStore

CATALOGUE = load_catalogue()
ENTRIES = [*(item.id for item in CATALOGUE.items()), *(event.id for event in CATALOGUE.life_events())]
SEEDS = range(6)


def page(rng: random.Random) -> tuple[bytes, str]:
    return b"\xff\xd8" + rng.randbytes(24), "image/jpeg"


@pytest.fixture
def hall() -> Desk:
    calendar = WorkCalendar.of([parse_json((SHIPPED / "2026.json").read_bytes())])
    return dataclasses.replace(a_desk(FakeStore(), catalogue=CATALOGUE), calendar=calendar)


def taken_apart(data: Any) -> tuple[Application, list[tuple[bytes, str]]]:
    pages: list[tuple[bytes, str]] = []
    for given in data["materials"].values():
        own = [(base64.b64decode(each["base64"]), each["media_type"]) for each in given["pages"]]
        given["pages"] = [bytes_hash(data) for data, _ in own]
        pages += own
    return Application.from_json(data), pages


@pytest.mark.parametrize("entry", ENTRIES)
def test_samples_of_every_entry_are_accepted_by_the_same_rules(hall: Desk, entry: str) -> None:
    for seed in SEEDS:
        data = parse_json(canonical_bytes(samples(hall, entry, {}, random.Random(seed), page)))
        application, pages = taken_apart(data)
        try:
            accepted = accept_application(hall, application, pages)
        except Refused as refused:
            pytest.fail(f"{entry} with seed {seed}: {refused.reasons}")
        case = accepted.case
        assert case.item.id == entry
        assert case.item.sample or not CATALOGUE.scheme(entry).is_sample
        assert application.applicant.document_number.startswith("500199")
        assert person_faults(application.applicant, hall.clock.now().legal_date) == {}
        assert set(accepted.parts and application.parts) == {part.item.id for part in accepted.parts}
        assert case.state.value in {Answer.ACCEPT.value + "ed", "accepted_deferred"}


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_template_names_everything_the_entry_may_ask(hall: Desk, entry: str) -> None:
    data = template(hall, entry, {})
    scheme = CATALOGUE.scheme(entry)
    canonical_bytes(data)
    assert [row["id"] for row in data["fields"]] == [field.id for field in scheme.fields]
    assert [row["id"] for row in data["materials"]] == [material.id for material in scheme.materials]
    assert all(row["ways"] for row in data["materials"])
    assert data["parts"] == [part.id for part in scheme.parts]


def test_the_same_seed_makes_the_same_case_and_another_seed_another(hall: Desk) -> None:
    one, same, other = (samples(hall, "pension-claim", {}, random.Random(seed), page) for seed in (1, 1, 2))
    assert one == same != other


def test_wished_answers_are_used_and_any_takes_any_entry(hall: Desk) -> None:
    for question in CATALOGUE.item("pension-claim").questions:
        for choice in question.choices:
            data = samples(hall, "pension-claim", {question.id: choice.value}, random.Random(3), page)
            assert data["answers"][question.id] == choice.value
    drawn = {samples(hall, "any", {}, random.Random(seed), page)["item"] for seed in range(30)}
    assert len(drawn) > 10


def test_an_entry_that_is_none_is_refused(hall: Desk) -> None:
    with pytest.raises(Refused):
        template(hall, "no-such-entry", {})
