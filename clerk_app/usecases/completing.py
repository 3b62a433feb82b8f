"""补正 and 容缺补齐: what was missing comes in. F5 says what came and whether all is there now.

After a correction the day of acceptance is the day on which everything was complete (rule 2 of §2.6), unless the case had been
accepted before the department asked: then that day stays and the days of waiting do not count (行政许可法 45 条, 必知 9).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from clerk_app.domain.acts import last_act
from clerk_app.domain.application import Application, Given
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.case import Case, CaseKind, CaseState, Move
from clerk_app.domain.deadlines import deadline
from clerk_app.domain.draft import Draft
from clerk_app.domain.materials import Answer, fault_of, forms_for
from clerk_app.domain.message import MessageKind
from clerk_app.domain.paper import Form, PrintJob
from clerk_app.domain.pauses import pauses_of
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import Signature
from clerk_app.domain.time import Stamp
from clerk_app.errors import Bug, Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.accept import draft_values
from clerk_app.usecases.correction_term import term_until
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.planning import Plan, plan
from clerk_app.usecases.settling import notice_step, split, view_notes
from clerk_app.usecases.writing import Accepted, Step, find_case, take_step

Page = tuple[bytes, str]
_WAITING = frozenset({CaseState.RECEIVED, CaseState.CORRECTION_ASKED, CaseState.CORRECTION_RECEIVED})


@dataclass(frozen=True, slots=True)
class Brought:
    """What came in. ``pages``: (bytes, media type) of every page that the materials name by SHA-256.

    ``signature``: over what is shown now; on paper it needs no hash (it is bound to what stands there at this moment).
    ``draft_id``: the draft in which it was collected; it ends in the same transaction.
    """

    materials: Mapping[str, Given] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    signature: Signature | None = None
    pages: Sequence[Page] = ()
    draft_id: str = ""


def planned(desk: Desk, number: str, brought: Brought | None = None) -> Plan:
    """What a waiting case would come to with what was brought: the same plan as at intake, for the screen."""
    must_take_cases(desk)
    with desk.store.begin(reading=True) as uow:
        case = find_case(uow, number)
        return _view(desk, case, brought or Brought(), uow)


def ask_correction(desk: Desk, number: str, until: dt.date | None = None) -> Accepted:
    """一次性告知 of a case that was taken in: F4 lists everything missing; ``until``: the day set, else the usual one.

    Raises:
        Refused: nothing is missing, the day lies not ahead, or the case is not waiting for an answer.
    """
    must_take_cases(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        view = _view(desk, case, Brought(), uow)
        if view.checklist is None or not view.checklist.missing:
            raise Refused("材料是齐的，不需要一次性告知。", what_to_do="可以直接受理。")
        told = notice_step(term_until(desk, until))
        step = replace(told, forms=(Form.F4,), content=_content(case, view, told=True))
        done, jobs = take_step(desk, uow, case, step, now)
        uow.commit()
    return Accepted(done, (), jobs)


def correct(desk: Desk, number: str, brought: Brought) -> Accepted:
    """补正收件 (or the answer to a 收件): the case is accepted at once when everything is there (F5, F2), else it waits on and
    F5 says what is still missing.

    Raises:
        Refused: the case does not wait for papers, nothing came, or a named page was not handed over.
    """
    must_take_cases(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        if case.state not in _WAITING:
            raise Refused("这件办件不在等补正。", what_is_safe="办件没有变。", what_to_do="请打开它看看经过。")
        if not (brought.materials or brought.fields or brought.answers or brought.signature):
            raise Refused("没有交来任何东西。", what_is_safe="办件没有变。")
        _keep_pages(uow, case, brought)
        view = _view(desk, case, brought, uow)
        complete = not view.obstacles
        case, papers = _received(desk, uow, case, view, brought, now, complete=complete)
        parts: tuple[Case, ...] = ()
        if complete:
            case, parts, more = _accepted(desk, uow, case, view, now)
            papers += more
        _end_draft(uow, brought)
        uow.commit()
    return Accepted(case, parts, papers)


def supplement(desk: Desk, number: str, brought: Brought) -> Accepted:
    """容缺补齐: deferred papers come in (F5). The day of acceptance and the promised day stay.

    Raises:
        Refused: the case waits for no deferred paper, or one that came cannot count; nothing changed.
    """
    must_take_cases(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        if case.parent:
            raise Refused("一件事的容缺材料请交到主件上。", what_to_do="请打开主件再收。")
        if case.state is not CaseState.ACCEPTED_DEFERRED:
            raise Refused("这件办件没有容缺的材料。", what_is_safe="办件没有变。")
        _keep_pages(uow, case, brought)
        _must_count(desk, case, brought, now)
        done, jobs = _filled(desk, uow, case, brought, now, forms=(Form.F5,))
        parts = tuple(
            _filled(desk, uow, part, brought, now)[0]
            for part in uow.cases.parts_of(case.id)
            if part.state is CaseState.ACCEPTED_DEFERRED and set(brought.materials) & set(_deferred(part))
        )
        _end_draft(uow, brought)
        uow.commit()
    return Accepted(done, parts, jobs)


# --- inside


def _view(desk: Desk, case: Case, brought: Brought, uow: UnitOfWork) -> Plan:
    before = Application.from_json(case.content)
    merged = replace(
        before,
        materials={**before.materials, **brought.materials},
        fields={**before.fields, **brought.fields},
        answers={**before.answers, **brought.answers},
        signature=brought.signature or before.signature,
    )
    now = desk.clock.now()
    values = {**draft_values(merged, now), "pinned": case.item.sha256}
    draft = Draft(case.id, case.clerk, now.utc_ms, now.utc_ms, values)
    view = plan(desk, draft, uow)
    signature = merged.signature
    if signature and signature.kind == "paper" and not signature.shown_sha256:
        bound = Signature("paper", view.shown_sha256).to_json()
        view = plan(desk, replace(draft, values={**draft.values, "signature": bound}), uow)
    return view


def _end_draft(uow: UnitOfWork, brought: Brought) -> None:
    if brought.draft_id:
        uow.drafts.close(brought.draft_id)


def _keep_pages(uow: UnitOfWork, case: Case, brought: Brought) -> None:
    here = {bytes_hash(data): (data, media_type) for data, media_type in brought.pages}
    before = Application.from_json(case.content)
    brings = replace(before, materials=brought.materials, signature=brought.signature)
    named, held = set(brings.pages), set(before.pages)
    if named - set(here) - held:
        raise Refused("有材料页没有一起交上来。", what_is_safe="没有留下半份数据。", what_to_do="请把缺的页补上再试。")
    for page in sorted(named - held):
        uow.attachments.put(case.id, *here[page])


def _received(
    desk: Desk, uow: UnitOfWork, case: Case, view: Plan, brought: Brought, now: Stamp, *, complete: bool
) -> tuple[Case, tuple[PrintJob, ...]]:
    """The revision that keeps what came; a 收件 that is complete goes to acceptance without it."""
    if case.state is CaseState.RECEIVED and complete:
        return case, ()
    missing = view.checklist.missing if view.checklist else ()
    left = [[row.material.name, list(row.reasons)] for row in missing]
    detail: dict[str, Json] = {"brought": sorted(brought.materials), "complete": complete, "missing": left}
    if case.state is CaseState.RECEIVED:
        step = Step(
            Move.ASK_CORRECTION, MessageKind.CORRECTION, forms=(Form.F4,), content=_content(case, view, told=True)
        )
    else:
        content = _content(case, view, told=not complete)
        step = Step(Move.RECEIVE_CORRECTION, MessageKind.CORRECTED, detail=detail, forms=(Form.F5,), content=content)
    return take_step(desk, uow, case, step, now)


def _accepted(
    desk: Desk, uow: UnitOfWork, case: Case, view: Plan, now: Stamp
) -> tuple[Case, tuple[Case, ...], tuple[PrintJob, ...]]:
    if view.scheme is None or view.checklist is None:
        raise Bug("an acceptable plan has a scheme and a checklist")
    is_deferred = view.answer is Answer.ACCEPT_DEFERRED
    step = Step(
        Move.ACCEPT_DEFERRED if is_deferred else Move.ACCEPT,
        MessageKind.ACCEPTED,
        forms=forms_for(Answer.ACCEPT_DEFERRED if is_deferred else Answer.ACCEPT, view.checklist),
        content=_content(case, view, told=False),
    )
    if case.accepted_on is not None:
        day, due = case.accepted_on, _paused(desk, case, view, now)
    else:
        day, due = now.legal_date, view.promised.to_json() if view.promised else None
    is_first = case.accepted_on is None
    done, jobs = take_step(desk, uow, case, step, now, accepted_on=day, deadline=due)
    parts: tuple[Case, ...] = ()
    if done.kind is CaseKind.PACKAGE and is_first:
        parts = split(desk, uow, done, view.scheme, view.application, now)
    return done, parts, jobs


def _paused(desk: Desk, case: Case, view: Plan, now: Stamp) -> Json:
    """The promised day of a case that was accepted before, with the waiting taken out."""
    if view.scheme is None or case.accepted_on is None:
        raise Bug("only an accepted case has days to take out")
    limit = view.scheme.limit(view.facts)
    if not limit.has_day:
        return case.deadline
    return deadline(case.accepted_on, limit, desk.calendar, pauses_of(case, now.legal_date)).to_json()


def _content(case: Case, view: Plan, *, told: bool) -> dict[str, Json]:
    """The application as it is now; what a package gave that its part does not ask for stays."""
    before = Application.from_json(case.content)
    now = view.application
    whole = replace(now, fields={**before.fields, **now.fields}, materials={**before.materials, **now.materials})
    return {**whole.to_json(), "notes": {**case.content.get("notes", {}), **view_notes(view, told=told)}}


def _deferred(case: Case) -> dict[str, Given]:
    given = Application.from_json(case.content).materials
    return {key: how for key, how in given.items() if how.way is WayKind.DEFER}


def _must_count(desk: Desk, case: Case, brought: Brought, now: Stamp) -> None:
    application = Application.from_json(case.content)
    facts = application.facts(now.legal_date)
    scheme = desk.catalogue.scheme_at(case.item.id, case.item.sha256, application.parts or None, facts)
    materials = {material.id: material for material in scheme.materials}
    waiting, faults = _deferred(case), list[str]()
    if not brought.materials:
        faults.append("没有交来任何材料")
    for key, how in brought.materials.items():
        if key not in waiting or key not in materials or how.way is WayKind.DEFER:
            name = materials[key].name if key in materials else key
            faults.append(f"{name}不是容缺后补的材料")
        else:
            faults += fault_of(materials[key], how, facts, None, now.legal_date)
    if faults:
        raise Refused("补交的材料还不行。", reasons=tuple(faults), what_is_safe="办件没有变。")


def _filled(
    desk: Desk, uow: UnitOfWork, case: Case, brought: Brought, now: Stamp, forms: tuple[Form, ...] = ()
) -> tuple[Case, tuple[PrintJob, ...]]:
    application = Application.from_json(case.content)
    waiting = _deferred(case)
    came = {key: how for key, how in brought.materials.items() if key in waiting}
    left = sorted(set(waiting) - set(came))
    until = [waiting[key].until for key in came if waiting[key].until]
    materials = {**application.materials, **came}
    detail: dict[str, Json] = {
        "brought": sorted(came),
        "complete": not left,
        "missing": [[key, [f"最晚 {waiting[key].until} 补交"]] for key in left],
        "late": bool(until) and now.legal_date.isoformat() > min(until),
    }
    step = Step(
        Move.SUPPLEMENT_PART if left else Move.SUPPLEMENT,
        MessageKind.SUPPLEMENTED,
        detail=detail,
        forms=forms,
        content={"materials": {key: how.to_json() for key, how in materials.items()}},
    )
    return take_step(desk, uow, case, step, now)


def waits_since(case: Case) -> Stamp:
    """When the office last owed an answer: the last papers that came, else the taking."""
    came = last_act(case, Move.RECEIVE_CORRECTION)
    return came.at if came else Stamp.from_json(case.received_at)
