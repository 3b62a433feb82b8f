"""上门办: visits planned and made, who should be offered one (主动发现), and what is looked at before leaving (出门前).

Source: 网格化+政务服务, 主动发现需求和上门服务 (data sheet, capabilities 92 to 98) and the fields of F18 上门服务记录单. The spans and
limits are proposals of this program (拟).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from clerk_app.domain.canonical import Json
from clerk_app.domain.special_groups import Listed, is_over

LOOK_AHEAD_DAYS = 30
"""How far ahead the program looks for a birthday or a date that runs out (拟)."""

ROUND_AGES = (60, 80)
"""Turning these ages opens something (capability 96: 'turning 60/80, expiring cert')."""

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class VisitState(StrEnum):
    """PLANNED → SET_OUT (办理中) → DONE or NOT_DONE (没办成, with a reason); a planned one may be CANCELLED."""

    PLANNED = "planned"
    SET_OUT = "set_out"
    DONE = "done"
    NOT_DONE = "not_done"
    CANCELLED = "cancelled"


VISIT_MOVES: Mapping[VisitState, frozenset[VisitState]] = {
    VisitState.PLANNED: frozenset({VisitState.SET_OUT, VisitState.NOT_DONE, VisitState.CANCELLED}),
    VisitState.SET_OUT: frozenset({VisitState.DONE, VisitState.NOT_DONE}),
    VisitState.DONE: frozenset(),
    VisitState.NOT_DONE: frozenset(),
    VisitState.CANCELLED: frozenset(),
}

VISIT_NAMES: Mapping[VisitState, str] = {
    VisitState.PLANNED: "待上门",
    VisitState.SET_OUT: "办理中",
    VisitState.DONE: "办好了",
    VisitState.NOT_DONE: "没办成",
    VisitState.CANCELLED: "取消了",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit. ``at``: HH:MM; ``items``: ids of what shall be done; ``drafts``: ids of the intakes begun there, which become the
    ids of their cases; ``left_at``/``back_at``: HH:MM (往返时间, F18); ``companion``: 陪同人; ``note``: what was done, or why not."""

    id: str
    person: str
    day: dt.date
    at: str
    items: tuple[str, ...] = ()
    bring: str = ""
    why: str = ""
    state: VisitState = VisitState.PLANNED
    drafts: tuple[str, ...] = ()
    left_at: str = ""
    back_at: str = ""
    companion: str = ""
    note: str = ""

    def to_json(self) -> Json:
        return {
            **{name: getattr(self, name) for name in ("id", "person", "at", *_VISIT_WORDS)},
            "day": self.day.isoformat(),
            "items": list(self.items),
            "state": self.state.value,
            "drafts": list(self.drafts),
        }

    @classmethod
    def from_json(cls, data: Json) -> Visit:
        """Raises ValueError, KeyError or TypeError when the data is none."""
        return cls(
            **{name: data[name] for name in ("id", "person", "at", *_VISIT_WORDS)},
            day=dt.date.fromisoformat(data["day"]),
            items=tuple(data["items"]),
            state=VisitState(data["state"]),
            drafts=tuple(data["drafts"]),
        )


_VISIT_WORDS = ("bring", "why", "left_at", "back_at", "companion", "note")


def moved(visit: Visit, state: VisitState, **changes: str) -> Visit:
    """The visit in its next state. Raises ValueError when the state machine has no such move."""
    if state not in VISIT_MOVES[visit.state]:
        raise ValueError(f"{visit.state} -> {state}")
    return replace(visit, state=state, **changes)  # type: ignore[arg-type]


def time_fault(text: str) -> str:
    """Why this is no time of day; empty when it is."""
    return "" if _TIME.fullmatch(text) else "时间写成 09:10 这样"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Who should be offered a visit (主动发现). ``why`` in the clerk's words; ``by``: the day it is about."""

    person: str
    why: str
    by: dt.date
    item: str = ""


def suggestions(people: Iterable[Listed], visits: Iterable[Visit], today: dt.date) -> tuple[Suggestion, ...]:
    """Round birthdays and dates that run out within the next days, soonest first; whom a visit awaits is left out."""
    awaited = {visit.person for visit in visits if visit.state in (VisitState.PLANNED, VisitState.SET_OUT)}
    found = [
        each for person in people if person.id not in awaited and not is_over(person, today)
        for each in _of(person, today)
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.by, each.person)))


def _of(person: Listed, today: dt.date) -> Iterable[Suggestion]:
    last = today + dt.timedelta(days=LOOK_AHEAD_DAYS)
    if person.birth is not None:
        for age in ROUND_AGES:
            on = _birthday(person.birth, age)
            if today <= on <= last:
                yield Suggestion(person.id, f"{on.month} 月 {on.day} 日满 {age} 岁", on)
    for each in person.runs_out:
        if each.on <= last:
            ends = "已到期" if each.on < today else "到期"
            yield Suggestion(person.id, f"{each.what} {each.on.month} 月 {each.on.day} 日{ends}", each.on, each.item)


def _birthday(birth: dt.date, age: int) -> dt.date:
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:  # 29 February: 1 March of a common year, as in people.age_on
        return dt.date(birth.year + age, 3, 1)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the program can see before a visit; None where this PC cannot tell.

    ``battery``: percent; ``plugged``: on mains; ``battery_minutes``: what is left of it; ``free_cases``: how many more fit;
    ``printer``: empty when ready, else why not; ``catalogue_on``: the day the catalogue was last renewed.
    """

    free_cases: int
    battery: int | None = None
    plugged: bool = False
    battery_minutes: int | None = None
    printer: str = ""
    catalogue_on: dt.date | None = None
    camera: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of 出门前. ``fine`` or not; ``text``, and what to do where it is not."""

    text: str
    fine: bool = True
    advice: str = ""


OLD_CATALOGUE_DAYS = 7
LOW_BATTERY = 80
FEW_CASES = 50


def ready_checks(around: Surroundings, people: int, items_known: bool, today: dt.date, now: str) -> tuple[Check, ...]:
    """出门前: catalogue, papers of the people, battery, printer, camera, room; the limits are proposals (拟).

    Args:
        items_known: every item of today's visits is in the catalogue on this PC.
        now: HH:MM, to say until when the battery lasts.
    """
    return (
        _catalogue(around.catalogue_on, items_known, today),
        Check(f"{people} 位的资料已带上") if people else Check("今天没有安排上门", False, "先从台账里安排"),
        _battery(around, now),
        Check("打印机已连上")
        if not around.printer
        else Check("打印机没连上", False, f"{around.printer}收据可回来再补打"),
        Check("摄像头能用") if not around.camera else Check("摄像头没连上", False, around.camera),
        Check(f"还能存约 {_many(around.free_cases)}件")
        if around.free_cases >= FEW_CASES
        else Check(f"只能再存约 {around.free_cases} 件", False, "先同步，再腾出磁盘空间"),
    )


def _many(count: int) -> str:
    return f"{count / 10_000:.1f} 万" if count >= 10_000 else f"{count:,} "


def _catalogue(on: dt.date | None, items_known: bool, today: dt.date) -> Check:
    if not items_known:
        return Check("有安排的事项不在目录里", False, "先联网更新事项目录，或改要办的事项")
    if on is None:
        return Check("事项目录是随程序来的", False, "能联网时更新一次")
    age = (today - on).days
    if age <= 0:
        return Check("事项目录是今天的")
    if age <= OLD_CATALOGUE_DAYS:
        return Check(f"事项目录是 {age} 天前的")
    return Check(f"事项目录是 {age} 天前的", False, "联网更新一次再走")


def _battery(around: Surroundings, now: str) -> Check:
    if around.battery is None:
        return Check("接着电源") if around.plugged else Check("看不到电量", False, "请看一眼电池，带上充电器")
    if around.plugged:
        return Check(f"电量 {around.battery}%，正在充电")
    lasts = ""
    if around.battery_minutes is not None:
        minutes = int(now[:2]) * 60 + int(now[3:]) + around.battery_minutes
        lasts = f"，够用到 {minutes // 60 % 24:02d}:{minutes % 60:02d}"
    fine = around.battery >= LOW_BATTERY
    return Check(f"电量 {around.battery}%{lasts}", fine, "" if fine else "带上充电器")
