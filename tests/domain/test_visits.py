"""上门办: the register and its consent, visits and their states, who should be offered one, what is looked at before leaving."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.people import age_on, id_check_digit
from clerk_app.domain.special_groups import (
    LONGEST_CONSENT_DAYS,
    Consent,
    ConsentBy,
    ConsentHow,
    Group,
    Listed,
    RunsOut,
    is_over,
    listed_faults,
    who_is,
)
from clerk_app.domain.visits import (
    LOOK_AHEAD_DAYS,
    ROUND_AGES,
    VISIT_MOVES,
    Surroundings,
    Visit,
    VisitState,
    moved,
    ready_checks,
    suggestions,
    time_fault,
)

TODAY = dt.date(2026, 11, 21)
CONSENT = Consent(ConsentBy.SELF, ConsentHow.SIGNED, dt.date(2026, 1, 5), dt.date(2027, 1, 4))


def number(birth: dt.date) -> str:
    first = f"500199{birth:%Y%m%d}212"
    return first + id_check_digit(first)


PERSON = Listed("p1", "李样例", number(dt.date(1944, 3, 2)), (Group.OLD,), "听力不好", "样例路 18 号", consent=CONSENT)
VISIT = Visit("v1", "p1", TODAY, "09:10", ("pension-check",))

days = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
words = st.text(max_size=20)
consents = st.builds(
    Consent, st.sampled_from(ConsentBy), st.sampled_from(ConsentHow), on=days, until=days, witness=words
)
people = st.builds(
    Listed,
    id=words,
    name=words,
    document_number=st.dates(dt.date(1930, 1, 1), dt.date(2015, 12, 31)).map(number),
    groups=st.lists(st.sampled_from(Group), unique=True).map(tuple),
    needs=words,
    address=words,
    consent=st.none() | consents,
    runs_out=st.lists(st.builds(RunsOut, words, days, words), max_size=3).map(tuple),
)
visits = st.builds(
    Visit,
    id=words,
    person=words,
    day=days,
    at=st.sampled_from(["09:10", "23:59"]),
    items=st.lists(words, max_size=3).map(tuple),
    state=st.sampled_from(VisitState),
    note=words,
    drafts=st.lists(words, max_size=3).map(tuple),
)


@given(people)
def test_a_person_of_the_register_comes_back_as_written(person):
    assert Listed.from_json(person.to_json()) == person


@given(visits)
def test_a_visit_comes_back_as_written(visit):
    assert Visit.from_json(visit.to_json()) == visit


def test_a_whole_entry_has_no_fault():
    assert listed_faults(PERSON, TODAY) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"document_number": "500199194403022120"}, "document_number"),
        ({"groups": ()}, "groups"),
        ({"address": ""}, "address"),
        ({"consent": None}, "consent"),
        ({"consent": replace(CONSENT, until=TODAY - dt.timedelta(1))}, "consent"),
        ({"consent": replace(CONSENT, on=TODAY + dt.timedelta(1), until=dt.date(2027, 6, 1))}, "consent"),
        ({"consent": replace(CONSENT, until=CONSENT.on + dt.timedelta(LONGEST_CONSENT_DAYS + 1))}, "consent"),
        ({"consent": replace(CONSENT, by=ConsentBy.GUARDIAN)}, "consent"),
        ({"consent": replace(CONSENT, how=ConsentHow.THUMBPRINT)}, "consent"),
        ({"consent": replace(CONSENT, how=ConsentHow.SPOKEN, witness=" ")}, "consent"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said_at_its_field(changes, field):
    assert set(listed_faults(replace(PERSON, **changes), TODAY)) == {field}


def test_a_guardian_with_a_name_and_a_thumbprint_with_a_witness_are_fine():
    consent = replace(CONSENT, by=ConsentBy.GUARDIAN, how=ConsentHow.THUMBPRINT, witness="周见证")
    assert listed_faults(replace(PERSON, guardian="陈监护", consent=consent), TODAY) == {}


def test_consent_holds_through_its_last_day():
    last = replace(PERSON, consent=replace(CONSENT, until=TODAY))
    assert not is_over(last, TODAY)
    assert is_over(last, TODAY + dt.timedelta(1))
    assert is_over(replace(PERSON, consent=None), TODAY)


def test_the_card_says_who_it_is():
    assert who_is(PERSON, TODAY) == "82 岁 · 老年人 · 听力不好"
    assert who_is(replace(PERSON, document_number=""), TODAY) == "老年人 · 听力不好"


@given(st.sampled_from(VisitState), st.sampled_from(VisitState))
def test_a_visit_moves_only_as_its_machine_says(before, after):
    visit = replace(VISIT, state=before)
    if after in VISIT_MOVES[before]:
        assert moved(visit, after, note="好").state is after
    else:
        with pytest.raises(ValueError, match="->"):
            moved(visit, after)


@pytest.mark.parametrize(
    ("text", "fine"), [("09:10", True), ("23:59", True), ("24:00", False), ("9:10", False), ("", False)]
)
def test_a_time_of_day(text, fine):
    assert (time_fault(text) == "") is fine


@given(st.lists(people, max_size=6, unique_by=lambda each: each.id), st.lists(visits, max_size=4), days)
def test_suggestions_name_whom_to_visit_and_when(everybody, planned, today):
    found = suggestions(everybody, planned, today)
    by_id = {each.id: each for each in everybody}
    awaited = {each.person for each in planned if each.state in (VisitState.PLANNED, VisitState.SET_OUT)}
    assert list(found) == sorted(found, key=lambda each: (each.by, each.person))
    for each in found:
        person = by_id[each.person]
        assert each.person not in awaited
        assert not is_over(person, today)
        assert each.by <= today + dt.timedelta(LOOK_AHEAD_DAYS)
        assert any(out.on == each.by for out in person.runs_out) or age_on(person.birth, each.by) in ROUND_AGES


def test_a_round_birthday_is_seen_a_month_before_and_not_after():
    turning = replace(PERSON, document_number=number(dt.date(1946, 12, 21)))
    assert [each.why for each in suggestions([turning], [], TODAY)] == ["12 月 21 日满 80 岁"]
    assert suggestions([turning], [VISIT], TODAY) == ()
    assert suggestions([turning], [replace(VISIT, state=VisitState.DONE)], TODAY) != ()
    assert suggestions([turning], [], dt.date(2026, 11, 20)) == ()
    assert suggestions([turning], [], dt.date(2026, 12, 22)) == ()


@pytest.mark.parametrize(
    ("birth", "today", "by"),
    [
        (dt.date(1968, 2, 29), dt.date(2028, 2, 10), dt.date(2028, 2, 29)),
        (dt.date(1947, 3, 1), dt.date(2027, 2, 10), dt.date(2027, 3, 1)),
        (dt.date(1948, 2, 29), dt.date(2028, 2, 10), dt.date(2028, 2, 29)),
    ],
)
def test_round_birthdays_near_the_end_of_february(birth, today, by):
    person = replace(PERSON, document_number=number(birth), consent=replace(CONSENT, until=dt.date(2028, 12, 31)))
    assert [each.by for each in suggestions([person], [], today)] == [by]


def test_what_has_run_out_already_is_said_so():
    person = replace(PERSON, runs_out=(RunsOut("养老待遇资格认证", dt.date(2026, 11, 1), "pension-check"),))
    (found,) = suggestions([person], [], TODAY)
    assert found.why == "养老待遇资格认证 11 月 1 日已到期"
    assert found.item == "pension-check"


FINE = Surroundings(3900, battery=95, battery_minutes=300, catalogue_on=TODAY)


def test_ready_to_leave():
    checks = ready_checks(FINE, 4, True, TODAY, "09:40")
    assert [each.text for each in checks] == [
        "事项目录是今天的",
        "4 位的资料已带上",
        "电量 95%，够用到 14:40",
        "打印机已连上",
        "摄像头能用",
        "还能存约 3,900 件",
    ]
    assert all(each.fine for each in checks)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"battery": 58}, "电量 58%"),
        ({"battery": None}, "看不到电量"),
        ({"printer": "没有纸。"}, "打印机没连上"),
        ({"camera": "请插好"}, "摄像头没连上"),
        ({"free_cases": 12}, "只能再存约 12 件"),
        ({"catalogue_on": TODAY - dt.timedelta(8)}, "事项目录是 8 天前的"),
        ({"catalogue_on": None}, "事项目录是随程序来的"),
    ],
)
def test_what_is_not_ready_stands_out_with_what_to_do(changes, text):
    checks = ready_checks(replace(FINE, **changes), 4, True, TODAY, "09:40")
    (bad,) = [each for each in checks if not each.fine]
    assert bad.text.startswith(text)
    assert bad.advice


def test_charging_is_fine_and_an_unknown_item_is_not():
    checks = ready_checks(replace(FINE, battery=20, plugged=True), 0, False, TODAY, "09:40")
    assert [each.fine for each in checks] == [False, False, True, True, True, True]
