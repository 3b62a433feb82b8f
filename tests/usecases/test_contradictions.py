"""智能预审 inside one form, on the shipped catalogue: what cannot all be right is seen, and an ordinary case is left in peace."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

import clerk_app.devices.recognition
from clerk_app.catalogue.loader import load_catalogue
from clerk_app.commands.case_json import read_case
from clerk_app.domain.application import Application
from clerk_app.domain.draft import Draft
from clerk_app.domain.ethnic_groups import ETHNIC_GROUPS, is_ethnic_group
from clerk_app.domain.parties import Organisation
from clerk_app.domain.people import Person, id_check_digit
from clerk_app.usecases.accept import draft_values
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.planning import Plan, plan
from clerk_app.usecases.template import samples
from tests.fakes.desk import a_desk
from tests.fakes.fake_store import FakeStore

CATALOGUE = load_catalogue()
ENTRIES = [*(item.id for item in CATALOGUE.items()), *(event.id for event in CATALOGUE.life_events())]
FIRM = Organisation("样例有限公司", "91500199MA9DEM01X3")


def number(birth: str, sex: str) -> str:
    first17 = f"500199{birth}44{'1' if sex == '男' else '2'}"
    return first17 + id_check_digit(first17)


MAN, WOMAN = number("19900101", "男"), number("19910101", "女")


@pytest.fixture(scope="module")
def hall() -> Desk:
    return a_desk(FakeStore(), catalogue=CATALOGUE)


def a_case(desk: Desk, entry: str, seed: int = 1, role: str = "") -> Application:
    family = {"applicant_role": role or "mother", "parents_married": "yes", "already_born": "no"}
    return read_case(samples(desk, entry, family, random.Random(seed), lambda rng: (rng.randbytes(9), "image/jpeg")))[0]


def look(desk: Desk, application: Application) -> Plan:
    now = desk.clock.now()
    return plan(desk, Draft("0" * 32, "w", now.utc_ms, now.utc_ms, draft_values(application, now)))


def rules(desk: Desk, application: Application) -> set[str]:
    return {each.rule for each in look(desk, application).findings} - {"repeat_elsewhere"}


def test_the_samples_of_no_entry_contradict_themselves(hall: Desk) -> None:
    for entry in ENTRIES:
        for seed in (1, 2):
            assert rules(hall, a_case(hall, entry, seed)) <= {"organisation", "age"}, entry


@pytest.mark.parametrize(
    ("entry", "fields", "wanted"),
    [
        ("fertility-registration", {"father.id_number": WOMAN}, {"parent_sex"}),
        ("fertility-registration", {"father.id_number": MAN}, set()),
        ("fertility-registration", {"family.due_date": "2020-01-26"}, {"due_past"}),
        ("fertility-registration", {"family.due_date": "2026-11-23"}, set()),  # today
        ("fertility-registration", {"family.children_now": "219"}, {"children"}),
        ("fertility-registration", {"father.ethnicity": "火星族"}, {"ethnicity"}),
        ("fertility-registration", {"father.ethnicity": "土家"}, set()),
        ("birth-registration", {"child.birth": "1950-01-01"}, {"child_grown", "child_before_parent"}),
        ("birth-registration", {"child.birth": "2026-11-01"}, set()),
        ("pension-claim", {"pension.paid_months": "3"}, {"paid_short"}),
        ("pension-claim", {"pension.paid_months": "180"}, set()),
        ("pension-claim", {"pension.paid_months": "99999"}, {"paid_months"}),
        ("pension-claim", {"pension.paid_to": "2036-01-01"}, {"paid_ahead"}),
        ("pension-claim", {"pension.paid_from": "2026-10-01", "pension.paid_to": "2026-11-15"}, {"paid_span"}),
    ],
)  # fmt: skip
def test_what_cannot_all_be_right_is_seen(hall: Desk, entry: str, fields: Mapping[str, str], wanted: set[str]) -> None:
    own = a_case(hall, entry)
    assert rules(hall, dataclasses.replace(own, fields={**own.fields, **fields})) == wanted


def test_a_parent_is_who_the_card_says_and_not_both(hall: Desk) -> None:
    mother, father = (a_case(hall, "fertility-registration", role=role) for role in ("mother", "father"))
    assert (mother.applicant.sex, father.applicant.sex) == ("女", "男")
    assert "parent_sex" in rules(hall, dataclasses.replace(mother, applicant=father.applicant))
    own = {**mother.fields, "father.id_number": mother.applicant.document_number}
    assert {"parent_sex", "same_number"} == rules(hall, dataclasses.replace(mother, fields=own))


def test_a_firm_is_represented_by_the_one_it_names_and_nobody_is_126(hall: Desk) -> None:
    own = dataclasses.replace(a_case(hall, "food-licence"), organisation=FIRM)
    assert "representative" not in rules(hall, own)
    other = dataclasses.replace(own, fields={**own.fields, "org.legal_representative": "某某"})
    assert "representative" in rules(hall, other)
    old = Person("冉样例", document_number=number("19000101", "男"), ethnicity="火星族").with_known_from_number()
    assert {"very_old", "ethnicity"} <= rules(hall, dataclasses.replace(a_case(hall, "pension-claim"), applicant=old))


def test_every_finding_says_what_to_do_and_its_source(hall: Desk) -> None:
    own = a_case(hall, "fertility-registration")
    wrong = {"father.id_number": WOMAN, "family.due_date": "2020-01-26"}
    for finding in look(hall, dataclasses.replace(own, fields={**own.fields, **wrong})).findings:
        assert all((finding.text, finding.what_to_do, finding.source))
        assert WOMAN not in finding.text


@pytest.mark.parametrize(
    ("address", "seen"), [("四川省成都市武侯区 1 号", True), ("重庆市演示区 1 号", False), ("", False)]
)
def test_a_home_outside_the_city_is_seen_where_the_item_asks_for_residence(
    hall: Desk, address: str, seen: bool
) -> None:
    own = a_case(hall, "fertility-registration")
    moved = dataclasses.replace(own, applicant=dataclasses.replace(own.applicant, address=address))
    assert ("residence" in rules(hall, moved)) is seen


def test_the_fifty_six_are_those_of_the_recogniser() -> None:
    tables = Path(clerk_app.devices.recognition.__file__).parent / "tables.json"
    assert tuple(json.loads(tables.read_text("utf-8"))["ethnic"]) == ETHNIC_GROUPS
    assert len(set(ETHNIC_GROUPS)) == 56
    assert is_ethnic_group("穿青人")
    assert not is_ethnic_group("")
