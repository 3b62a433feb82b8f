"""Whom a form names: every name, number and phone that the shipped vocabulary can ask for is known by the ids alone."""

from __future__ import annotations

import pytest

from clerk_app.catalogue.loader import STARTER
from clerk_app.catalogue.reading import Reading
from clerk_app.catalogue.vocabulary import read_vocabulary
from clerk_app.domain.named_in_form import named_in_form, with_changes
from clerk_app.domain.service_item import FieldType

WHAT = {
    FieldType.NAME: "name",
    FieldType.ID_NUMBER: "document_number",
    FieldType.PHONE: "phone",
    FieldType.ADDRESS: "address",
}
FIELDS = read_vocabulary((STARTER / "vocabulary.json").read_bytes(), Reading("vocabulary.json")).fields


@pytest.mark.parametrize("key", [key for key, field in FIELDS.items() if field.type in WHAT])
def test_each_field_about_a_person_is_known(key: str) -> None:
    field = FIELDS[key]
    assert field.type is not None
    before = key.rpartition(".")[0]
    fields = {f"{before}.name": "甲样例", key: "甲样例" if field.type is FieldType.NAME else "500199199203042128"}
    (person,) = named_in_form(fields)
    assert person.field == before
    assert fields[key] in {person.told(what) for what in ("name", "document_number", "phone", "address")}
    assert person.part(WHAT[field.type])


@pytest.mark.parametrize("key", [key for key, field in FIELDS.items() if field.members])
def test_members_of_each_group_with_names_are_known(key: str) -> None:
    parts = {each.id for each in FIELDS[key].members}
    people = named_in_form({key: '[{"id_number":"500199199203042128","name":"甲样例"}]'})
    assert [person.document_number for person in people] == ["500199199203042128"]
    typed = {each.id: each.type for each in FIELDS[key].members}
    assert not any(kind is FieldType.NAME and part != "name" for part, kind in typed.items()), parts


@pytest.mark.parametrize(
    "fields", [None, [], "x", {"a.name": 5}, {"g": "[1]"}, {"g": "[{"}, {"a.name": ""}, {"since": "2026"}]
)
def test_what_is_not_of_its_form_names_nobody(fields: object) -> None:
    assert named_in_form(fields) == ()


def test_only_this_persons_values_change() -> None:
    fields = {"mother.name": "甲样例", "father.name": "乙样例", "g": '[{"name":"丙"},{"name":"丁","phone":"1"}]'}
    mother, _father, third, fourth = named_in_form(fields)
    assert with_changes(fields, mother, {"name": "新", "phone": "2"}) == {**fields, "mother.name": "新"}
    assert with_changes(fields, third, {"name": "新"})["g"] == '[{"name":"新"},{"name":"丁","phone":"1"}]'
    assert with_changes(fields, fourth, {"phone": "2"})["g"] == '[{"name":"丙"},{"name":"丁","phone":"2"}]'
