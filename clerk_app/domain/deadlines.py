"""Working days, pauses and deadlines.

The day of acceptance is not counted; only working days count for 工作日 (必知 9); natural days and months for others
(必知 11). A date past the known calendar is an estimate (预估) until the table for that year is imported (必知 10).
"""

from __future__ import annotations

import calendar as month_calendar
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from clerk_app.domain.canonical import Json
from clerk_app.domain.service_item import LimitUnit, TimeLimit

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Holiday tables by year as published by the State Council: weekdays off (放假) and weekend days worked (调休).

    A year without a table is unknown: its weekends are assumed off and its results marked as estimates.
    """

    off: Mapping[int, frozenset[dt.date]] = field(default_factory=dict)
    worked: Mapping[int, frozenset[dt.date]] = field(default_factory=dict)

    def knows(self, year: int) -> bool:
        """Whether the table of that year has been imported."""
        return year in self.off

    def is_workday(self, day: dt.date) -> bool:
        if day in self.worked.get(day.year, frozenset()):
            return True
        return day.weekday() < 5 and day not in self.off.get(day.year, frozenset())

    @classmethod
    def of(cls, tables: Iterable[Json]) -> WorkCalendar:
        """Build from tables {"year", "weekday_off": [ISO dates], "weekend_work": [ISO dates]}.

        Raises:
            ValueError, KeyError, TypeError: a table is not of that form, or holds a day of another year.
        """
        off: dict[int, frozenset[dt.date]] = {}
        worked: dict[int, frozenset[dt.date]] = {}
        for table in tables:
            year = int(table["year"])
            off[year] = frozenset(dt.date.fromisoformat(day) for day in table["weekday_off"])
            worked[year] = frozenset(dt.date.fromisoformat(day) for day in table["weekend_work"])
            if any(day.year != year for day in off[year] | worked[year]):
                raise ValueError("a holiday table holds a day of another year")
        return cls(off, worked)


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch that does not count (补正, 特殊程序): from the day after ``start`` to ``end`` inclusive."""

    start: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class Deadline:
    """A term and the last day it allows; ``estimated`` is shown as 预估."""

    limit: TimeLimit
    day: dt.date
    estimated: bool = False

    def to_json(self) -> Json:
        return {
            "unit": self.limit.unit.value,
            "count": self.limit.count,
            "day": self.day.isoformat(),
            "estimated": self.estimated,
        }

    @classmethod
    def from_json(cls, data: Json) -> Deadline:
        """Raises ValueError or KeyError when the data is no deadline."""
        limit = TimeLimit(LimitUnit(data["unit"]), int(data["count"]))
        return cls(limit, dt.date.fromisoformat(data["day"]), bool(data["estimated"]))


def deadline(start: dt.date, limit: TimeLimit, calendar: WorkCalendar, pauses: Iterable[Pause] = ()) -> Deadline:
    """The last day of a term that begins at ``start``; the start day itself is not counted.

    Raises:
        ValueError: a negative or absurd count (over 5,000), a term that runs past the year 9999, or one that has no day.
    """
    if not limit.has_day:
        raise ValueError("this term has no day")
    if not 0 <= limit.count <= 5000:
        raise ValueError("term out of range")
    stretches = tuple(pauses)
    try:
        return _deadline(start, limit, calendar, stretches)
    except OverflowError as error:
        raise ValueError("the term runs past the end of the calendar") from error


def promised_day(start: dt.date, limit: TimeLimit, calendar: WorkCalendar) -> Deadline | None:
    """As ``deadline``; None for a term that is no number of days (另行通知): then only its text can be told."""
    return deadline(start, limit, calendar) if limit.has_day else None


def _deadline(start: dt.date, limit: TimeLimit, calendar: WorkCalendar, stretches: tuple[Pause, ...]) -> Deadline:
    match limit.unit:
        case LimitUnit.ON_THE_SPOT | LimitUnit.LATER:  # the latter was refused above
            return Deadline(limit, max((start, *(pause.end for pause in stretches))))
        case LimitUnit.MONTH:
            days = (_add_months(start, limit.count) - start).days
            return Deadline(limit, _count(start, days, lambda _: True, stretches))
        case LimitUnit.DAY:
            return Deadline(limit, _count(start, limit.count, lambda _: True, stretches))
        case LimitUnit.WORKDAY:
            day = _count(start, limit.count, calendar.is_workday, stretches)
            years = {start.year + n for n in range(day.year - start.year + 1)}
            if start.month == 12 and start.day == 31 and day != start:
                years.discard(start.year)  # the start is not counted, so its year's table is not needed
            return Deadline(limit, day, estimated=not all(calendar.knows(year) for year in years))


def workdays_between(start: dt.date, end: dt.date, calendar: WorkCalendar) -> int:
    """Working days after ``start`` up to and including ``end``; 0 when ``end`` is not later."""
    days = (start + ONE_DAY * n for n in range(1, (end - start).days + 1))
    return sum(1 for day in days if calendar.is_workday(day))


def _paused(day: dt.date, pauses: tuple[Pause, ...]) -> bool:
    return any(pause.start < day <= pause.end for pause in pauses)


def _count(start: dt.date, count: int, counts: Callable[[dt.date], bool], pauses: tuple[Pause, ...]) -> dt.date:
    day, left = start, count
    while left:
        day += ONE_DAY
        if counts(day) and not _paused(day, pauses):
            left -= 1
    return day


def _add_months(start: dt.date, months: int) -> dt.date:
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    last = month_calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(start.day, last))
