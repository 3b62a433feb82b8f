"""People without a resident identity card: every entry of the shipped catalogue takes them as it takes a citizen."""

from __future__ import annotations

import pytest

from clerk_app.catalogue.loader import load_catalogue
from clerk_app.domain.application import Application
from clerk_app.domain.draft import Draft
from clerk_app.domain.people import DocumentKind, Person
from clerk_app.domain.service_item import FieldType
from clerk_app.usecases.accept import draft_values
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.planning import Plan, plan
from tests.fakes.desk import a_desk
from tests.fakes.fake_store import FakeStore

CATALOGUE = load_catalogue()
ENTRIES = [*(item.id for item in CATALOGUE.items()), *(event.id for event in CATALOGUE.life_events())]
OF_A_CITIZEN = ("应为 18 位", "民族", "公民身份号码", "户籍地址")


def holder(kind: DocumentKind, number: str) -> Person:
    return Person("JOHN SMITH", kind, number, sex="男", birth="1955-01-01", address="重庆市渝中区样例路 1 号")


@pytest.fixture(scope="module")
def hall() -> Desk:
    return a_desk(FakeStore(), catalogue=CATALOGUE)


def look(desk: Desk, entry: str, person: Person) -> Plan:
    now = desk.clock.now()
    return plan(desk, Draft("0" * 32, "w", now.utc_ms, now.utc_ms, draft_values(Application(entry, person), now)))


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (DocumentKind.PASSPORT, "E12345678"),
        (DocumentKind.PERMANENT_RESIDENT, "USA110050010112"),
        (DocumentKind.HK_MACAO_PERMIT, "H1234567801"),
        (DocumentKind.TAIWAN_PERMIT, "12345678"),
    ],
)
def test_no_entry_asks_the_holder_of_another_document_for_what_only_a_citizen_has(
    hall: Desk, kind: DocumentKind, number: str
) -> None:
    for entry in ENTRIES:
        view = look(hall, entry, holder(kind, number))
        own = [key for key in view.field_faults or {} if key.startswith("applicant.")]
        assert not {"applicant.id_number", "applicant.ethnicity"} & set(own), entry
        assert not view.applicant_faults
        labels = [each.label for each in view.fields]
        assert not set(labels) & set(OF_A_CITIZEN), entry
        assert not {label for label, _ in view.shown} & set(OF_A_CITIZEN), entry


def test_a_passport_number_that_is_none_is_still_refused_and_a_good_one_is_masked(hall: Desk) -> None:
    wrong = look(hall, "pension-claim", holder(DocumentKind.PASSPORT, "x"))
    assert any("6 到 9 位" in text for text in wrong.obstacles)
    view = look(hall, "pension-claim", holder(DocumentKind.PASSPORT, "E12345678"))
    assert dict(view.shown)["证件号码"] == "E12***678"
    assert view.scheme is not None
    types = {each.id: each.type for each in view.scheme.fields}
    assert types["applicant.id_number"] is FieldType.DOCUMENT_NUMBER


def test_a_citizen_is_asked_as_before(hall: Desk) -> None:
    view = look(hall, "fertility-registration", holder(DocumentKind.RESIDENT_ID, "E12345678"))
    assert {"applicant.id_number", "applicant.ethnicity"} <= set(view.field_faults or {})
