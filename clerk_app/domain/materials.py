"""What is needed, how each may be given, and the counter's answer (data sheet §4.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.application import Given
from clerk_app.domain.conditions import Facts
from clerk_app.domain.deadlines import Deadline, WorkCalendar, deadline
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.paper import Form
from clerk_app.domain.people import Verification
from clerk_app.domain.service_item import Material, Need, WayKind

WAIVERS = frozenset({WayKind.E_CERTIFICATE, WayKind.SHARED_DATA})


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of the checklist: the material and whether it is needed in this situation (else 不需要)."""

    material: Material
    needed: bool

    @property
    def required(self) -> bool:
        """Needed, and not optional."""
        return self.needed and self.material.need is Need.REQUIRED


def requirements(scheme: Scheme, facts: Facts) -> tuple[Requirement, ...]:
    """Every material of the scheme in file order, with whether the situation calls for it."""
    return tuple(Requirement(material, material.when.holds(facts)) for material in scheme.materials)


def suggested(material: Material, today: dt.date) -> Given | None:
    """What the window proposes by itself: a waiver where one exists (免交, still 待联网核验), the window's own form.

    A paper that the city itself issued is never asked for first (must-know 15).
    """
    for kind in (WayKind.E_CERTIFICATE, WayKind.SHARED_DATA):
        if material.way(kind):
            return Given(kind, verification=Verification.PENDING_ONLINE)
    if material.way(WayKind.FORM):
        return Given(WayKind.FORM)
    return None


def deferral_day(
    material: Material, promised: Deadline | None, start: dt.date, calendar: WorkCalendar
) -> Deadline | None:
    """The last day a 容缺 paper may follow: its own limit, never beyond the promised day (must-know 16).

    None when it may not be deferred: no such way, or neither it nor the promise says a day.
    """
    way = material.way(WayKind.DEFER)
    if way is None:
        return None
    own = deadline(start, way.limit, calendar) if way.limit else promised
    return own if own is None or promised is None or own.day <= promised.day else promised


@dataclass(frozen=True, slots=True)
class Missing:
    """A needed material that was not given, or given with faults; ``reasons`` are whole sentences for the notice."""

    material: Material
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """The state of all materials together."""

    needed: int
    waived: int
    collected: int
    promised: int
    deferred: int
    missing: tuple[Missing, ...]


def check(
    scheme: Scheme,
    facts: Facts,
    given: Mapping[str, Given],
    until: Mapping[str, dt.date],
    today: dt.date | None = None,
    *,
    barred: bool = False,
) -> Checklist:
    """Judge the given materials.

    Args:
        barred: the applicant broke a promise before: no 告知承诺 (must-know 17).
        until: for each material that may be deferred, the last day its paper may follow.
        today: a 容缺 date may not lie before it.
    """
    counts = dict.fromkeys(("waived", "collected", "promised", "deferred"), 0)
    missing: list[Missing] = []
    needed = 0
    for row in requirements(scheme, facts):
        if not row.needed:
            continue
        material, how = row.material, given.get(row.material.id)
        needed += row.required or how is not None
        if how is None:
            if row.required:
                missing.append(Missing(material, (f"缺少{material.name}", *material.review_points)))
            continue
        reasons = fault_of(material, how, facts, until.get(material.id), today, barred=barred)
        if reasons:
            missing.append(Missing(material, reasons))
        elif how.way in WAIVERS:
            counts["waived"] += 1
        elif how.way is WayKind.COMMITMENT:
            counts["promised"] += 1
        elif how.way is WayKind.DEFER:
            counts["deferred"] += 1
        else:
            counts["collected"] += 1
    return Checklist(needed=needed, missing=tuple(missing), **counts)


def fault_of(
    material: Material,
    how: Given,
    facts: Facts,
    until: dt.date | None,
    today: dt.date | None = None,
    *,
    barred: bool = False,
) -> tuple[str, ...]:
    """Why a material cannot count as given; empty when it can."""
    if material.way(how.way) is None:
        return (f"{material.name}不能用这种方式提供",)
    if how.faults:
        return how.faults
    if how.way is WayKind.COMMITMENT and facts.agent:
        return (f"{material.name}：代办人不能代为承诺，请本人到场或提供材料",)
    if how.way is WayKind.COMMITMENT and barred:
        return (f"{material.name}：申请人有未履行的承诺，不能再用告知承诺，请交材料",)
    if how.way in (WayKind.CAPTURE, WayKind.ON_SITE) and not how.pages:
        return (f"{material.name}还没有拍到一页",)
    if how.way is WayKind.DEFER:
        try:
            day = dt.date.fromisoformat(how.until)
        except ValueError:
            return (f"{material.name}的容缺补交日期没有填对",)
        if today is not None and day < today:
            return (f"{material.name}的容缺补交日期已经过了，请重新填",)
        if until is not None and day > until:
            return (f"{material.name}最晚可在 {until.isoformat()} 前补交，现在填的日期超过了",)
    return ()


LEAST_OF_A_REASON = 2


def asked_needlessly(material: Material, how: Given) -> bool:
    """A paper taken although an e-certificate or shared data covers it, without a written reason (必知 15; D4 第20条)."""
    return how.way is WayKind.CAPTURE and any(material.way(way) for way in WAIVERS) and not says_something(how.reason)


def says_something(reason: str) -> bool:
    """Whether a written reason has words: at least two letters or Chinese signs, and not one sign over and over (拟)."""
    words = [sign for sign in reason if sign.isalpha()]
    return len(words) >= LEAST_OF_A_REASON and len(set(words)) > 1


class Answer(StrEnum):
    """The counter's answer to what was handed in."""

    ACCEPT = "accept"
    ACCEPT_DEFERRED = "accept_deferred"
    ASK_CORRECTION = "ask_correction"


def answer_to(checklist: Checklist) -> Answer:
    """Missing and not deferrable: a one-time notice; deferred: accept with a date; else accept."""
    if checklist.missing:
        return Answer.ASK_CORRECTION
    return Answer.ACCEPT_DEFERRED if checklist.deferred else Answer.ACCEPT


def forms_for(answer: Answer, checklist: Checklist) -> tuple[Form, ...]:
    """When to print which (§4.1); the delivery receipt F13 follows when a result is handed over."""
    if answer is Answer.ASK_CORRECTION:
        return (Form.F1, Form.F4)
    forms: list[Form] = []
    if checklist.deferred:
        forms.append(Form.F6)
    if checklist.promised:
        forms.append(Form.F7)
    return (*forms, Form.F2)
