"""The form: dates as people type them, each type's faults in words, nothing asked twice."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.conditions import Facts
from clerk_app.domain.form import LONGEST_TEXT, active_fields, asked_fields, field_fault, form_faults, parse_date, tidy
from clerk_app.domain.service_item import Choice, FieldType, FormField
from tests.fakes.items import ACCOUNT, NAME, PENSION, PHONE, PLACE, SINCE

TODAY = dt.date(2026, 11, 21)


def field(kind: FieldType, *, required: bool = True) -> FormField:
    return FormField("f", "某项", kind, required=required, choices=(Choice("a", "甲"), Choice("b", "乙")))


@pytest.mark.parametrize(
    "typed",
    [
        "19620314",
        "620314",
        "1962-3-14",
        "1962-03-14",
        "1962.3.14",
        "1962/03/14",
        "1962年3月14日",
        "1962 年 3 月 14 日",
        "1962年3月14",
        "62年3月14日",
        "62-3-14",
        " 1962 3 14 ",
        "1962 0314",
        "１９６２年３月１４日",
        "１９６２－０３－１４",
    ],
)
def test_dates_as_they_are_typed(typed: str) -> None:
    assert parse_date(typed, TODAY) == "1962-03-14"
    assert field_fault(SINCE, typed, TODAY) == ""
    assert tidy(SINCE, typed, TODAY) == "1962-03-14"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("261121", "2026-11-21"),
        ("261122", "1926-11-22"),  # two-digit years lie in the past, to the day
        ("26-12-31", "1926-12-31"),
        ("270101", "1927-01-01"),
        ("000229", "2000-02-29"),
        ("20270601", "2027-06-01"),  # four digits are meant as they stand
    ],
)
def test_a_two_digit_year_lies_in_the_past(typed: str, expected: str) -> None:
    assert parse_date(typed, TODAY) == expected


@given(st.dates(dt.date(1927, 1, 1), TODAY))
def test_every_date_of_the_last_hundred_years_can_be_typed_with_six_digits(day: dt.date) -> None:
    assert parse_date(f"{day:%y%m%d}", TODAY) == day.isoformat()
    assert parse_date(f"{day.year}年{day.month}月{day.day}日", TODAY) == day.isoformat()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2023-02-30", "2023 年没有 2 月 30 日"),  # in ISO form it once passed
        ("20230230", "2023 年没有 2 月 30 日"),
        ("2023年2月30日", "2023 年没有 2 月 30 日"),
        ("19621314", "没有 13 月"),
        ("1962-00-01", "没有 0 月"),
        ("620230", "没有 2 月 30 日"),
        ("昨天", "1962-03-14 或 19620314"),
        ("1062-03-14", "年份不对"),
        ("0001-01-01", "年份不对"),
        ("196203", "没有 62 月"),
    ],
)
def test_dates_that_cannot_be_say_why(typed: str, words: str) -> None:
    assert words in field_fault(SINCE, typed, TODAY)


@given(st.text(max_size=30), st.sampled_from(FieldType))
def test_no_text_makes_a_rule_fail_and_what_passes_is_stored_tidy(text: str, kind: FieldType) -> None:
    item = field(kind)
    fault = field_fault(item, text, TODAY)
    stored = tidy(item, text, TODAY)
    assert tidy(item, stored, TODAY) == stored
    assert field_fault(item, stored, TODAY) == fault
    if not fault and kind is FieldType.DATE:
        dt.date.fromisoformat(stored)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (FieldType.PHONE, ["13812343210", "023-67891234", "02367891234", "１３８ 1234 3210"], ["138", "+8613812343210", "١٣٨١٢٣٤٣٢١٠"]),
        (FieldType.NUMBER, ["0", "12", "１２"], ["-1", "1.5", "十", "1234567890"]),
        (FieldType.MONEY, ["0", "200.5", "200.50", "２００．５"], ["200.555", "-1", "1,000", "." ]),
        (FieldType.ACCOUNT, ["6214 8300 1234 5678 901", "1234567890"], ["123456789", "6" * 26, "62148X0012"]),
        (FieldType.CARD_NUMBER, ["A1234567X", "a12 345 678", "１２３４５６７８９"], ["12345", "A" * 21, "A1234-567", "卡123456"]),
        (FieldType.CHOICE, ["a", "b"], ["c", "甲"]),
        (FieldType.YES_NO, ["yes", "no"], ["是", "1"]),
        (FieldType.NAME, ["冉㛃", "阿依古丽·买买提"], ["冉\u200b某"]),
        (FieldType.ID_NUMBER, ["500199196003150120", "50019919550820007x"], ["500199196003150121"]),
        (FieldType.TEXT, ["随便写"], ["字" * (LONGEST_TEXT + 1)]),
        (FieldType.ADDRESS, ["重庆市演示区演示镇样例路 3 号"], ["字" * (LONGEST_TEXT + 1)]),
    ],
)  # fmt: skip
def test_each_type_has_its_rule_and_its_words(kind: FieldType, good: list[str], bad: list[str]) -> None:
    for text in good:
        assert field_fault(field(kind), text, TODAY) == "", text
    for text in bad:
        fault = field_fault(field(kind), text, TODAY)
        assert fault, text
        assert text not in fault or len(text) < 3  # no personal datum in the words


@pytest.mark.parametrize("kind", list(FieldType))
def test_an_empty_field_is_a_fault_only_where_it_is_required(kind: FieldType) -> None:
    assert field_fault(field(kind), "  ", TODAY) == "请填写某项"
    assert field_fault(field(kind, required=False), "", TODAY) == ""


def test_names_addresses_and_texts_are_never_touched_inside() -> None:
    for kind in (FieldType.NAME, FieldType.ADDRESS, FieldType.TEXT):
        assert tidy(field(kind), " 㛃 ·　１x ", TODAY) == "㛃 ·　１x"


def test_what_is_known_is_not_asked_again() -> None:
    known = {"applicant.name": "冉样例"}
    assert asked_fields(PENSION.fields, Facts({"elsewhere": "no"}), known) == (PHONE, ACCOUNT, SINCE)
    assert NAME in active_fields(PENSION.fields, Facts())


def test_faults_stand_by_field_and_only_for_what_the_situation_asks() -> None:
    known = {"applicant.name": "冉样例", "applicant.phone": "138"}
    faults = form_faults(PENSION.fields, {"account": "1" * 12}, known, Facts({"elsewhere": "no"}), TODAY)
    assert set(faults) == {"applicant.phone", "since"}
    assert PLACE.id in form_faults(PENSION.fields, {}, {}, Facts({"elsewhere": "yes"}), TODAY)


def test_a_corrected_value_wins_over_the_known_one() -> None:
    known = {"applicant.phone": "138"}
    assert form_faults((PHONE,), {"applicant.phone": "13812343210"}, known, Facts(), TODAY) == {}
