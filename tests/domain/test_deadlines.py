"""Working days, pauses, months: the vectors of the data sheet §2.7, and chinesecalendar as an oracle over 2004-2026."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

import clerk_app.catalogue
from clerk_app.domain.deadlines import Deadline, Pause, WorkCalendar, deadline, workdays_between
from clerk_app.domain.service_item import LimitUnit, TimeLimit

D = dt.date
SHIPPED = Path(clerk_app.catalogue.__file__).parent / "calendars"
FIRST, LAST = D(2004, 1, 1), D(2026, 12, 31)


def _table(year: int) -> dict[str, object]:
    days = [D(year, 1, 1) + dt.timedelta(days=n) for n in range((D(year + 1, 1, 1) - D(year, 1, 1)).days)]
    return {
        "year": year,
        "weekday_off": [d.isoformat() for d in days if d.weekday() < 5 and not chinese_calendar.is_workday(d)],
        "weekend_work": [d.isoformat() for d in days if d.weekday() >= 5 and chinese_calendar.is_workday(d)],
    }


ORACLE = WorkCalendar.of(_table(year) for year in range(2004, 2027))
C2026 = WorkCalendar.of([json.loads((SHIPPED / "2026.json").read_text(encoding="utf-8"))])


def workdays(n: int) -> TimeLimit:
    return TimeLimit(LimitUnit.WORKDAY, n)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-09-30", 5, "2026-10-13"),  # National Day, Saturday 10-10 is worked
        ("2026-02-13", 3, "2026-02-25"),  # Saturday 02-14 is worked, Spring Festival
        ("2026-04-30", 1, "2026-05-06"),  # Labour Day
        ("2026-11-21", 5, "2026-11-27"),  # taken on a Saturday
        ("2026-11-21", 20, "2026-12-18"),
        ("2026-11-23", 20, "2026-12-21"),
        ("2026-12-03", 20, "2026-12-31"),  # the last 20-day start that stays in 2026
    ],
)
def test_the_vectors_of_the_data_sheet(start: str, count: int, expected: str) -> None:
    assert deadline(D.fromisoformat(start), workdays(count), C2026) == Deadline(
        workdays(count), D.fromisoformat(expected), estimated=False
    )


def test_a_term_that_crosses_into_an_unknown_year_is_an_estimate() -> None:
    term = deadline(D(2026, 12, 4), workdays(20), C2026)
    assert term.estimated
    assert term.day == D(2027, 1, 1)  # weekends off, no holidays known: honest only as 预估


def test_the_estimate_goes_when_the_table_of_that_year_is_imported() -> None:
    table = {"year": 2027, "weekday_off": ["2027-01-01"], "weekend_work": []}
    known = WorkCalendar({**C2026.off, **WorkCalendar.of([table]).off}, dict(C2026.worked))
    assert deadline(D(2026, 12, 4), workdays(20), known) == Deadline(workdays(20), D(2027, 1, 4), estimated=False)


def test_the_start_day_is_not_counted_so_its_year_need_not_be_known() -> None:
    assert not deadline(D(2025, 12, 31), workdays(5), C2026).estimated
    assert deadline(D(2025, 12, 30), workdays(5), C2026).estimated


def test_the_shipped_table_is_what_the_oracle_knows() -> None:
    data = json.loads((SHIPPED / "2026.json").read_text(encoding="utf-8"))
    assert {key: data[key] for key in ("year", "weekday_off", "weekend_work")} == _table(2026)
    assert data["source"]


@given(start=st.dates(FIRST, D(2026, 6, 30)), count=st.integers(0, 60))
def test_working_days_agree_with_the_oracle(start: D, count: int) -> None:
    term = deadline(start, workdays(count), ORACLE)
    day, left = start, count
    while left:
        day += dt.timedelta(days=1)
        left -= chinese_calendar.is_workday(day)
    assert term == Deadline(workdays(count), day, estimated=False)
    assert workdays_between(start, day, ORACLE) == count


@given(day=st.dates(FIRST, LAST))
def test_every_day_agrees_with_the_oracle(day: D) -> None:
    assert ORACLE.is_workday(day) == chinese_calendar.is_workday(day)


def test_a_paused_day_does_not_count_and_the_day_of_resuming_does_not_either() -> None:
    # 23 (start) | pause from 24 to 26: 25 and 26 lost | 24, 27, 30, 12-01, 12-02 count
    term = deadline(D(2026, 11, 23), workdays(5), C2026, [Pause(D(2026, 11, 24), D(2026, 11, 26))])
    assert term.day == D(2026, 12, 2)


@given(
    start=st.dates(D(2020, 1, 1), D(2024, 1, 1)),
    limit=st.builds(TimeLimit, st.sampled_from([LimitUnit.DAY, LimitUnit.WORKDAY]), st.integers(1, 40))
    | st.builds(TimeLimit, st.just(LimitUnit.MONTH), st.integers(1, 6)),
    spans=st.lists(st.tuples(st.integers(-40, 60), st.integers(0, 20)), max_size=4),
)
def test_each_paused_day_is_lost_once_however_pauses_lie(
    start: D, limit: TimeLimit, spans: list[tuple[int, int]]
) -> None:
    pauses = [Pause(start + dt.timedelta(days=at), start + dt.timedelta(days=at + long)) for at, long in spans]
    plain = deadline(start, limit, ORACLE).day
    paused = deadline(start, limit, ORACLE, pauses).day
    counts = ORACLE.is_workday if limit.unit is LimitUnit.WORKDAY else (lambda _: True)

    def running(end: D) -> int:
        days = (start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(1 for d in days if counts(d) and not any(p.start < d <= p.end for p in pauses))

    whole = sum(1 for n in range(1, (plain - start).days + 1) if counts(start + dt.timedelta(days=n)))
    assert running(paused) == whole
    assert running(paused - dt.timedelta(days=1)) == whole - 1


def test_a_pause_that_was_over_before_the_term_began_costs_a_month_term_nothing() -> None:
    before = [Pause(D(2026, 1, 1), D(2026, 1, 20))]
    assert deadline(D(2026, 3, 1), TimeLimit(LimitUnit.MONTH, 1), C2026, before).day == D(2026, 4, 1)


def test_pauses_that_overlap_are_not_counted_twice_in_a_month_term() -> None:
    twice = [Pause(D(2026, 3, 5), D(2026, 3, 10)), Pause(D(2026, 3, 7), D(2026, 3, 12))]
    assert deadline(D(2026, 3, 1), TimeLimit(LimitUnit.MONTH, 1), C2026, twice).day == D(2026, 4, 8)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),  # the month has no such day: its last one
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-21", 6, "2027-05-21"),  # 诉讼 6个月
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_months_are_calendar_months(start: str, months: int, expected: str) -> None:
    term = deadline(D.fromisoformat(start), TimeLimit(LimitUnit.MONTH, months), C2026)
    assert (term.day.isoformat(), term.estimated) == (expected, False)


def test_natural_days_count_every_day() -> None:
    """居住证 15 日 and 复议 60 日 are natural days (must-know 11)."""
    assert deadline(D(2026, 11, 21), TimeLimit(LimitUnit.DAY, 15), C2026).day == D(2026, 12, 6)
    assert deadline(D(2026, 11, 21), TimeLimit(LimitUnit.DAY, 60), C2026).day == D(2027, 1, 20)


def test_on_the_spot_is_the_same_day_even_on_a_day_off() -> None:
    assert deadline(D(2026, 10, 1), TimeLimit(LimitUnit.ON_THE_SPOT), C2026).day == D(2026, 10, 1)


@pytest.mark.parametrize("count", [-1, 5001])
def test_an_absurd_term_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="range"):
        deadline(D(2026, 1, 1), workdays(count), C2026)


@pytest.mark.parametrize("unit", [LimitUnit.DAY, LimitUnit.WORKDAY, LimitUnit.MONTH])
def test_a_term_past_the_end_of_time_is_refused_and_no_crash(unit: LimitUnit) -> None:
    with pytest.raises(ValueError, match=r"calendar|year"):
        deadline(D(9999, 12, 1), TimeLimit(unit, 100), C2026)


@pytest.mark.parametrize(
    "table",
    [
        {"year": 2026, "weekday_off": ["2025-01-01"], "weekend_work": []},
        {"year": 2026, "weekday_off": [], "weekend_work": ["2027-01-02"]},
        {"year": "x", "weekday_off": [], "weekend_work": []},
        {"year": 2026, "weekday_off": ["2026-02-30"], "weekend_work": []},
    ],
)
def test_a_table_that_is_none_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        WorkCalendar.of([table])


@given(
    st.builds(Deadline, st.builds(TimeLimit, st.sampled_from(LimitUnit), st.integers(0, 99)), st.dates(), st.booleans())
)
def test_a_deadline_comes_back_from_json(value: Deadline) -> None:
    assert Deadline.from_json(json.loads(json.dumps(value.to_json()))) == value
