"""Groups of members, times of day and organisations' codes in forms; limits that say no day."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.deadlines import WorkCalendar, deadline, promised_day
from clerk_app.domain.form import LONGEST_GROUP, MOST_MEMBERS, field_fault, group_members, group_text, tidy
from clerk_app.domain.materials import deferral_day
from clerk_app.domain.service_item import (
    Choice,
    FieldType,
    FormField,
    LimitUnit,
    Material,
    TimeLimit,
    Way,
    WayKind,
)
from clerk_app.usecases.showing import display_value

TODAY = dt.date(2026, 11, 21)
FAMILY = FormField(
    "family.members",
    "共同生活成员",
    FieldType.GROUP,
    members=(
        FormField("name", "姓名", FieldType.NAME),
        FormField("id_number", "身份证号", FieldType.ID_NUMBER),
        FormField("relation", "关系", FieldType.CHOICE, choices=(Choice("spouse", "配偶"), Choice("child", "子女"))),
        FormField("works", "是否就业", FieldType.YES_NO, required=False),
    ),
)
RAN = {"name": "冉样例", "id_number": "500199196003150120", "relation": "spouse"}
TIAN = {"name": "田㛃", "id_number": "50019919550820007X", "relation": "child", "works": "no"}


def test_a_group_is_kept_canonically_and_shown_masked() -> None:
    text = group_text([RAN, {"name": ""}, TIAN])
    assert group_members(text) == (RAN, TIAN)
    assert tidy(FAMILY, text, TODAY) == text
    assert field_fault(FAMILY, text, TODAY) == ""
    assert display_value(FAMILY, text) == "冉样例，500199********0120，配偶；田㛃，500199********007X，子女，否"


def test_members_may_be_typed_in_one_go() -> None:
    typed = "冉样例，500199196003150120，配偶；田㛃, 50019919550820007x, 子女, 否；"
    assert group_members(tidy(FAMILY, typed, TODAY)) == (RAN, TIAN)


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ([RAN, {**TIAN, "name": ""}], "第 2 位成员：姓名没有填"),
        ([{**RAN, "id_number": "500199196003150121"}], "第 1 位成员：身份证号：校验位不对"),
        ([RAN, {**TIAN, "id_number": RAN["id_number"]}], "第 2 位成员：身份证号和第 1 位一样"),
        ([{**RAN, "relation": "邻居"}], "第 1 位成员：关系：请从给出的选项里选"),
        ([{**RAN, "secret": "x"}], "第 1 位成员：有不认识的内容"),
        (
            [{"works": "no"}, {"name": "田"}],
            "第 1 位成员：姓名没有填；第 1 位成员：身份证号没有填；第 1 位成员：关系没有填；第 2",
        ),
        ([RAN] * (MOST_MEMBERS + 1), f"最多填 {MOST_MEMBERS} 位"),
    ],
)
def test_each_member_is_judged_and_named_by_place(members: list[dict[str, str]], says: str) -> None:
    assert says in field_fault(FAMILY, group_text(members), TODAY)


@pytest.mark.parametrize("text", ["[", "[1]", '[{"name":1}]', '[{"name":{}}]', '[["a"]]', "[" * 5000])
def test_what_is_no_group_is_said(text: str) -> None:
    assert "读不懂" in field_fault(FAMILY, text, TODAY)


def test_empty_and_endless_groups() -> None:
    assert field_fault(FAMILY, "", TODAY) == "请填写共同生活成员"
    assert field_fault(FAMILY, "[]", TODAY) == "请填写共同生活成员"
    assert "太多" in field_fault(FAMILY, "[" + " " * LONGEST_GROUP + "]", TODAY)


@given(st.text(max_size=60) | st.text(alphabet='[]{}":，；,;a冉 ', max_size=40))
def test_any_text_is_tidied_once_and_judged(text: str) -> None:
    once = tidy(FAMILY, text, TODAY)
    assert tidy(FAMILY, once, TODAY) == once
    assert isinstance(field_fault(FAMILY, once, TODAY), str)
    assert isinstance(display_value(FAMILY, once), str)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (FieldType.TIME, "6:42", "06:42"),
        (FieldType.TIME, "0642", "06:42"),
        (FieldType.TIME, "6点42分", "06:42"),
        (FieldType.TIME, "６：４２", "06:42"),
        (FieldType.DATE_TIME, "20261120 0642", "2026-11-20 06:42"),
        (FieldType.DATE_TIME, "2026年11月20日6点42分", "2026-11-20 06:42"),
        (FieldType.DATE_TIME, "2026-11-20T06:42", "2026-11-20 06:42"),
        (FieldType.USCC, "12500199mb0dem05xn", "12500199MB0DEM05XN"),
    ],
)
def test_times_and_codes_as_people_type_them(kind: FieldType, typed: str, kept: str) -> None:
    field = FormField("x", "项", kind)
    assert tidy(field, typed, TODAY) == kept
    assert field_fault(field, typed, TODAY) == ""


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        (FieldType.TIME, "24:00", "时间请写成"),
        (FieldType.TIME, "早上", "时间请写成"),
        (FieldType.DATE_TIME, "2026-11-20", "日期和时间"),
        (FieldType.DATE_TIME, "2026-02-30 06:42", "日期和时间"),
        (FieldType.DATE_TIME, "06:42", "日期和时间"),
        (FieldType.USCC, "12500199MB0DEM05XA", "校验位不对"),
        (FieldType.USCC, "1", "18 位"),
    ],
)
def test_wrong_times_and_codes(kind: FieldType, typed: str, says: str) -> None:
    assert says in field_fault(FormField("x", "项", kind), typed, TODAY)


def test_a_limit_without_days_counts_none_and_says_its_text() -> None:
    later = TimeLimit(LimitUnit.LATER, text="按年度批次")
    assert (str(later), later.has_day, later.on_the_spot) == ("按年度批次", False, False)
    assert promised_day(TODAY, later, WorkCalendar()) is None
    with pytest.raises(ValueError, match="no day"):
        deadline(TODAY, later, WorkCalendar())
    own = Way(WayKind.DEFER, limit=TimeLimit(LimitUnit.DAY, 3))
    day = deferral_day(Material("m", "材料", ways=(own,)), None, TODAY, WorkCalendar())
    assert day is not None
    assert day.day == dt.date(2026, 11, 24)
    assert deferral_day(Material("m", "材料", ways=(Way(WayKind.DEFER),)), None, TODAY, WorkCalendar()) is None
