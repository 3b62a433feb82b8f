"""上门办: keep the register, plan visits, open an intake at the bedside, and write down what came of each visit.

Every look at the register is journalled by reference: it tells of people's health (个人信息保护法第 28 条).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from clerk_app.domain.case import Case
from clerk_app.domain.draft import Draft
from clerk_app.domain.rights import Right
from clerk_app.domain.special_groups import ConsentBy, Listed, consent_fault, is_over, listed_faults
from clerk_app.domain.time import SURE, iso_minutes, may_erase
from clerk_app.domain.visits import (
    Check,
    Suggestion,
    Surroundings,
    Visit,
    VisitState,
    moved,
    ready_checks,
    suggestions,
    time_fault,
)
from clerk_app.errors import BadInput, Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must, must_take_cases

CHANNEL = "上门"
FAR = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit of a day as a card shows it. ``items``: names of what shall be done; ``cases``: what was taken there;
    ``draft``: an intake begun there and not yet accepted; empty when there is none."""

    visit: Visit
    person: Listed
    items: tuple[str, ...]
    cases: tuple[Case, ...] = ()
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day's visits in their order, and who else should be offered one."""

    day: dt.date
    stops: tuple[Stop, ...]
    suggested: tuple[tuple[Listed, Suggestion], ...]
    checks: tuple[Check, ...] = ()


# --- the register ------------------------------------------------------------------------------------------------------


def register(desk: Desk, *, still: bool = False) -> tuple[Listed, ...]:
    """Everybody kept, whose consent is in force. ``still``: the same eyes are on it already, so it is no look of its own.

    Raises:
        Refused: the role may not see it.
    """
    must(desk, Right.VISITS)
    today = desk.clock.now().legal_date
    with desk.store.begin(reading=still) as uow:
        people = uow.visits.people()
        if not still:
            uow.journal.append(desk.happening("register.read", people=str(len(people))))
            uow.commit()
    return tuple(person for person in people if not is_over(person, today))


def keep_person(desk: Desk, person: Listed) -> Listed:
    """Write somebody into the register, or change what is kept; a new one has an empty id.

    Raises:
        BadInput: a field is wrong, or there is no consent in force.
        Refused: the role may not, or the entry is gone.
    """
    must(desk, Right.VISITS)
    faults = listed_faults(person, desk.clock.now().legal_date)
    if faults:
        raise BadInput(f"{next(iter(faults.values()))}。", what_is_safe="台账没有变。")
    new = not person.id
    kept = replace(person, id=desk.ids.new_id()) if new else person
    with desk.store.begin() as uow:
        if not new:
            _person(uow, kept.id)
        uow.visits.keep(kept)
        uow.journal.append(desk.happening("register.new" if new else "register.changed", kept.id))
        uow.commit()
    return kept


def forget_person(desk: Desk, person_id: str) -> None:
    """The consent was taken back, or nothing is to be kept any more: entry and visits are gone for good; cases stay.

    Raises:
        Refused: the role may not, somebody is with them right now, or the entry is gone.
    """
    must(desk, Right.VISITS)
    with desk.store.begin() as uow:
        _person(uow, person_id)
        if any(each.state is VisitState.SET_OUT for each in uow.visits.of_person(person_id)):
            raise Refused("正在给这位群众上门办理。", what_to_do="请先记完这次上门，再删除。")
        uow.visits.forget(person_id)
        uow.journal.append(desk.happening("register.erased", person_id))
        uow.commit()


def forget_ended(desk: Desk) -> int:
    """Erase everybody whose consent ended; returns how many. Part of the daily housekeeping, so any role's desk will do.
    A clock that cannot be trusted, or that nobody vouches for, erases nobody."""
    now = desk.clock.now()
    today = now.legal_date
    with desk.store.begin() as uow:
        if not may_erase(now, uow.config.get(SURE) or 0):
            return 0
        ended = [person.id for person in uow.visits.people() if is_over(person, today)]
        for person_id in ended:
            uow.visits.forget(person_id)
            uow.journal.append(desk.happening("register.ended", person_id))
        if ended:
            uow.commit()
    return len(ended)


# --- visits ------------------------------------------------------------------------------------------------------------


def plan_visit(desk: Desk, person_id: str, day: dt.date, at: str, items: Sequence[str], bring: str, why: str) -> Visit:
    """Plan a visit. ``at``: HH:MM; ``items``: ids of items or life events; ``bring``: what the person should have ready.

    Raises:
        BadInput: no such time or item, a day that is over, or no consent in force on that day.
        Refused: the role may not, or the entry is gone.
    """
    must(desk, Right.VISITS)
    _must_be_possible(desk, day, at)
    for item in items:
        desk.catalogue.scheme(item)
    visit = Visit(desk.ids.new_id(), person_id, day, at, tuple(items), bring.strip(), why.strip())
    with desk.store.begin() as uow:
        fault = consent_fault(_person(uow, person_id), day)
        if fault:
            raise BadInput(f"{fault}。", what_to_do="请先在台账里更新单独同意。")
        uow.visits.save(visit)
        uow.journal.append(desk.happening("visit.planned", person_id, visit=visit.id))
        uow.commit()
    return visit


def move_visit(desk: Desk, visit_id: str, day: dt.date, at: str) -> Visit:
    """Another day or time. Raises BadInput, Refused as plan_visit; Refused once it was begun."""
    must(desk, Right.VISITS)
    _must_be_possible(desk, day, at)
    with desk.store.begin() as uow:
        visit = _visit(uow, visit_id)
        if visit.state is not VisitState.PLANNED:
            raise Refused("这次上门已经开始或结束，不能改时间。", what_to_do="要再去，请另安排一次。")
        changed = replace(visit, day=day, at=at)
        uow.visits.save(changed)
        uow.journal.append(desk.happening("visit.moved", visit.person, visit=visit.id))
        uow.commit()
    return changed


def set_out(desk: Desk, visit_id: str) -> Draft:
    """Begin at the bedside: an intake with what the register knows, marked 上门; begun before, the same one is opened again.

    Raises:
        Refused: the role may not, the visit is over, or the entry is gone.
    """
    must(desk, Right.VISITS)
    must_take_cases(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        visit = _visit(uow, visit_id)
        for draft_id in reversed(visit.drafts):
            if (begun := uow.drafts.get(draft_id)) is not None:
                return begun
        if visit.state is VisitState.PLANNED:
            visit = moved(visit, VisitState.SET_OUT, left_at=visit.left_at or iso_minutes(now)[-5:])
        elif visit.state is not VisitState.SET_OUT:
            raise Refused("这次上门已经记完了。", what_to_do="还有事要办，请另安排一次。")
        person = _person(uow, visit.person)
        taken = {case.item.id for case in _cases(uow, visit)}
        left = [item for item in visit.items if item not in taken]
        values = {"step": "applicant", "received_at": now.to_json(), "channel": CHANNEL, **_known(person)}
        if len(left) == 1:
            values["item"] = left[0]
        draft = Draft(desk.ids.new_id(), desk.session.login, now.utc_ms, now.utc_ms, values)
        uow.drafts.open(draft)
        uow.visits.save(replace(visit, drafts=(*visit.drafts, draft.id)))
        uow.journal.append(desk.happening("draft.open", draft.id))
        uow.journal.append(desk.happening("visit.begun", visit.person, visit=visit.id))
        uow.commit()
    return draft


def finish(
    desk: Desk, visit_id: str, state: VisitState, back_at: str = "", companion: str = "", note: str = ""
) -> Visit:
    """Write down how a visit ended: DONE, NOT_DONE or CANCELLED; the latter two want a reason in ``note``.

    Raises:
        BadInput: no reason, no such time, or an intake begun there is still open.
        Refused: the role may not, or the visit cannot end so.
    """
    must(desk, Right.VISITS)
    if back_at and (fault := time_fault(back_at)):
        raise BadInput(f"{fault}。")
    if state is not VisitState.DONE and not note.strip():
        raise BadInput("请写一句为什么没办成。", what_to_do="例如：家里没人、改天再来、本人不愿办。")
    with desk.store.begin() as uow:
        visit = _visit(uow, visit_id)
        if any(uow.drafts.get(draft_id) for draft_id in visit.drafts):
            raise BadInput("这次上门还有没办完的收件。", what_to_do="请先办完，或在暂存里删除。")
        if state is VisitState.DONE and not _cases(uow, visit):
            raise BadInput("这次上门还没有受理任何办件。", what_to_do="请点“开始办”，或记为没办成。")
        try:
            ended = moved(visit, state, back_at=back_at, companion=companion.strip(), note=note.strip())
        except ValueError as error:
            raise Refused("这次上门不能这样结束。", what_to_do="请刷新看看它现在的状态。") from error
        uow.visits.save(ended)
        uow.journal.append(desk.happening("visit.ended", visit.person, visit=visit.id, state=state.value))
        uow.commit()
    return ended


def day_of(desk: Desk, day: dt.date, around: Surroundings | None = None, *, still: bool = False) -> Day:
    """The day's visits, suggestions, and with ``around`` what is to be looked at before leaving; ``still`` as in ``register``.

    Raises:
        Refused: the role may not see it.
    """
    must(desk, Right.VISITS)
    now = desk.clock.now()
    today = now.legal_date
    with desk.store.begin(reading=still) as uow:
        people = {person.id: person for person in uow.visits.people()}
        stops = tuple(_stop(desk, uow, visit, people[visit.person]) for visit in uow.visits.between(day, day))
        coming = uow.visits.between(today, today + FAR)
        if not still:
            uow.journal.append(desk.happening("visit.day", stops=str(len(stops))))
            uow.commit()
    found = suggestions(people.values(), coming, today)
    checks: tuple[Check, ...] = ()
    if around is not None:
        awaited = [stop for stop in stops if stop.visit.state is VisitState.PLANNED]
        known = all(_is_known(desk, item) for stop in awaited for item in stop.visit.items)
        checks = ready_checks(around, len(awaited), known, today, iso_minutes(now)[-5:])
    return Day(day, stops, tuple((people[each.person], each) for each in found), checks)


def _stop(desk: Desk, uow: UnitOfWork, visit: Visit, person: Listed) -> Stop:
    names = tuple(
        desk.catalogue.scheme(item).name if _is_known(desk, item) else "目录里没有的事项" for item in visit.items
    )
    draft = next((draft_id for draft_id in reversed(visit.drafts) if uow.drafts.get(draft_id)), "")
    return Stop(visit, person, names, _cases(uow, visit), draft)


def _cases(uow: UnitOfWork, visit: Visit) -> tuple[Case, ...]:
    return tuple(case for each in visit.drafts if (case := uow.cases.get(each)) is not None)


def _is_known(desk: Desk, item: str) -> bool:
    try:
        desk.catalogue.scheme(item)
    except Refused:
        return False
    return True


def _must_be_possible(desk: Desk, day: dt.date, at: str) -> None:
    if fault := time_fault(at):
        raise BadInput(f"{fault}。")
    if day < desk.clock.now().legal_date:
        raise BadInput("这一天已经过去了。", what_to_do="请写今天或以后的日子。")


def _person(uow: UnitOfWork, person_id: str) -> Listed:
    person = uow.visits.person(person_id)
    if person is None:
        raise Refused("台账里已没有这位群众。", what_to_do="请刷新看看，可能刚被删除。")
    return person


def _visit(uow: UnitOfWork, visit_id: str) -> Visit:
    visit = uow.visits.visit(visit_id)
    if visit is None:
        raise Refused("没有这次上门安排。", what_to_do="请刷新看看，可能刚被删除。")
    return visit


def _known(person: Listed) -> dict[str, str]:
    """What the register fills into an intake; the person is still to be identified there."""
    known = {
        "applicant.name": person.name,
        "applicant.document_number": person.document_number,
        "applicant.phone": person.phone,
        "applicant.address": person.address,
    }
    if person.consent is not None and person.consent.by is ConsentBy.GUARDIAN:
        known |= {"guardian.name": person.guardian, "guardian.phone": person.guardian_phone}
    return {key: value for key, value in known.items() if value}
