"""How an application becomes a case: the rules that each ending asks for, and everything that is written with it.

A draft or a whole application ends in 受理, 容缺受理, 一次性告知, 收件, 不予受理 or 引导; accept.py opens the transaction, this room
checks and writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from clerk_app.domain.acts import with_act
from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.case import Case, CaseKind, CaseState, CatalogueVersion, Move
from clerk_app.domain.deadlines import promised_day
from clerk_app.domain.life_event import LIFE_EVENT, Scheme
from clerk_app.domain.materials import Answer, Checklist, forms_for
from clerk_app.domain.message import MessageKind
from clerk_app.domain.paper import Form
from clerk_app.domain.refusing import DeclineKind
from clerk_app.domain.service_item import ServiceItem, WayKind
from clerk_app.domain.time import Stamp
from clerk_app.errors import Bug, Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.grounds import basis_of
from clerk_app.usecases.knowing import remember
from clerk_app.usecases.planning import Plan, unanswered
from clerk_app.usecases.writing import Accepted, Step, an_act, local_number, numbers_for, order_papers, send


@dataclass(frozen=True, slots=True)
class Ending:
    """How a draft becomes a case: the state, the move that is kept, the message and the papers."""

    state: CaseState
    step: Step

    @property
    def accepts(self) -> bool:
        return self.state in (CaseState.ACCEPTED, CaseState.ACCEPTED_DEFERRED)


def notice_step(until: dt.date) -> Step:
    """The step of 一次性告知; what is missing and which papers go along is known once the case is looked at."""
    return Step(Move.ASK_CORRECTION, MessageKind.CORRECTION, detail={"until": until.isoformat()})


def decline_step(kind: DeclineKind, reason: str, basis: str, instead: str) -> Step:
    """The step of 不予受理. Raises Refused when the reason, the provision, or the right office is not said."""
    if not reason.strip():
        raise Refused("不予受理要写明具体理由。", what_to_do="请写清哪一条不符合。")
    if kind is DeclineKind.NOT_OURS and not instead.strip():
        raise Refused("不属于本机关的，要告诉申请人去哪里办。", what_to_do="请写明应向哪个机关申请。")
    detail = {"basis": basis_of(basis), "instead": instead.strip()}
    return Step(Move.DECLINE, MessageKind.DECLINED, reason.strip(), kind.value, detail, (Form.F3,))


def refer_step(where: str, matter: str = "") -> Step:
    """The step of 首问负责. Raises Refused when it does not say where to go."""
    if not where.strip():
        raise Refused("引导单要写明去哪里办。", what_to_do="请写部门、地址或电话。")
    detail = {"where": where.strip(), "matter": matter.strip()}
    return Step(Move.REFER, MessageKind.REFERRED, detail=detail, forms=(Form.F15,))


def ending_of(view: Plan, move: Move, given: Step | None) -> Ending:
    """The ending asked for, once its rules are met. Raises Refused."""
    match move:
        case Move.ACCEPT:
            _must_be_acceptable(view)
            return _accepting(view)
        case Move.ASK_CORRECTION if given:
            _must_miss_something(view)
            forms = forms_for(Answer.ASK_CORRECTION, _checked(view))
            return Ending(CaseState.CORRECTION_ASKED, replace(given, forms=forms))
        case Move.RECEIVE:
            _must_be_known(view, "再收件")
            return Ending(CaseState.RECEIVED, Step(move, MessageKind.RECEIVED, forms=(Form.F1,)))
        case Move.DECLINE if given:
            _must_be_known(view, "再出不予受理通知书")
            return Ending(CaseState.DECLINED, given)
        case Move.REFER if given:
            if view.scheme is None and not given.detail.get("matter"):
                raise Refused("引导单要写明申请人想办什么。", what_to_do="请选一个事项，或者写几个字。")
            return Ending(CaseState.NOT_OURS, given)
    raise Bug("a draft does not end so")


def _accepting(view: Plan) -> Ending:
    deferred = view.answer is Answer.ACCEPT_DEFERRED
    move = Move.ACCEPT_DEFERRED if deferred else Move.ACCEPT
    forms = forms_for(Answer.ACCEPT_DEFERRED if deferred else Answer.ACCEPT, _checked(view))
    if view.application.agent is not None:
        forms = (Form.F8, *forms)
    state = CaseState.ACCEPTED_DEFERRED if deferred else CaseState.ACCEPTED
    return Ending(state, Step(move, MessageKind.ACCEPTED, forms=forms))


def _must_be_acceptable(view: Plan) -> None:
    if view.obstacles:
        raise Refused(
            "还不能受理。", reasons=view.obstacles, what_is_safe="已填的都保存着。", what_to_do="请按列出的逐项补齐。"
        )


def _must_be_known(view: Plan, then: str) -> None:
    if view.scheme is None or view.applicant_faults or view.agent_faults or view.doubtful:
        raise Refused(f"请先核对申请人并选好事项，{then}。", reasons=view.obstacles)


def _must_miss_something(view: Plan) -> None:
    _must_be_known(view, "再出一次性告知书")
    if questions := unanswered(view):
        raise Refused(
            "情况还没有问清，告知书会不全。",
            reasons=questions,
            what_is_safe="已填的都保存着。",
            what_to_do="请先答完。",
        )
    if not _checked(view).missing:
        raise Refused("材料是齐的，不需要一次性告知。", what_to_do="可以直接受理。")


def _checked(view: Plan) -> Checklist:
    if view.checklist is None:
        raise Bug("a plan with a scheme has a checklist")
    return view.checklist


def write_case(
    desk: Desk, uow: UnitOfWork, view: Plan, taken_at: Stamp, ending: Ending, entered: Mapping[str, Json]
) -> Accepted:
    """Everything of one act inside the caller's transaction. ``taken_at``: now, or when it was taken by hand."""
    scheme, application, now = view.scheme, view.application, desk.clock.now()
    day, step = taken_at.legal_date, ending.step
    own = {key: value for key, value in entered.items() if key != "told_sha256"}
    notes = {**view_notes(view, told=step.move is Move.ASK_CORRECTION), **_picked(entered, "told_sha256")}
    content = with_act({**application.to_json(), **own, "notes": notes}, an_act(desk, step, now))
    is_sample = desk.hall.sample or bool(scheme and scheme.is_sample)
    case = Case(
        id=view.draft.id,
        kind=CaseKind.PACKAGE if scheme and scheme.kind == LIFE_EVENT else CaseKind.SINGLE,
        state=ending.state,
        revision=1,
        local_number=str(local_number(desk, uow, now.legal_date)),
        item=(
            CatalogueVersion(scheme.id, scheme.name, scheme.version, scheme.sha256, is_sample)
            if scheme
            else CatalogueVersion("", str(step.detail.get("matter", "")), "", "", is_sample)
        ),
        hall=desk.hall.code,
        window=desk.hall.window,
        clerk=desk.session.login,
        received_at=view.draft.values.get("received_at") or taken_at.to_json(),
        accepted_on=day if ending.accepts else None,
        deadline=view.promised.to_json() if view.promised and ending.accepts else None,
        content=content,
        document_numbers=numbers_for(desk, uow, step.forms, now.legal_date),
    )
    uow.cases.add(case)
    remember(uow, application, case.id)
    if step.kind is not None:
        send(desk, uow, case, step.kind, now)
    uow.journal.append(desk.happening(f"case.{case.state.value}", case.id, case.revision, trust=now.trust.value))
    for material_id, given in application.materials.items():
        if given.reason:  # the reason itself stays in the case, sealed
            uow.journal.append(desk.happening("material.paper_asked", case.id, case.revision, material=material_id))
    parts = split(desk, uow, case, scheme, application, now) if ending.accepts and scheme else ()
    return Accepted(case, parts, order_papers(desk, uow, case, step.forms, now))


def split(
    desk: Desk, uow: UnitOfWork, package: Case, scheme: Scheme, application: Application, now: Stamp
) -> tuple[Case, ...]:
    """One linked case for each part of an accepted life event, each with its own message (ADR 0001)."""
    parts = tuple(_part(desk, package, scheme, application, item, n) for n, item in enumerate(scheme.parts, 1))
    for part in parts:
        uow.cases.add(part)
        send(desk, uow, part, MessageKind.ACCEPTED, now, share_from=package.id)
        uow.journal.append(desk.happening("case.accepted", part.id, part.revision, package=package.id))
    return parts


def view_notes(view: Plan, *, told: bool) -> dict[str, Json]:
    """What the papers need later and the answers alone do not say: names and reasons as they were told."""
    missing = view.checklist.missing if view.checklist and told else ()
    return {
        "shown_sha256": view.shown_sha256,
        "shown": [list(row) for row in view.shown],
        "missing": [[item.material.name, list(item.reasons)] for item in missing],
    }


def _picked(entered: Mapping[str, Json], name: str) -> dict[str, Json]:
    return {name: entered[name]} if name in entered else {}


def _part(desk: Desk, package: Case, scheme: Scheme, application: Application, item: ServiceItem, n: int) -> Case:
    """One linked case of a life event, with only the materials and fields that its item or the event as a whole asks
    for, and with the answers that the life event settles for it."""
    shared = scheme.event
    materials = {material.id for material in (*item.materials, *(shared.materials if shared else ()))}
    fields = {field.id for field in (*item.fields, *(shared.fields if shared else ()))}
    settled = next((part.answers for part in scheme.event.parts if part.item_id == item.id), {}) if scheme.event else {}
    own = replace(
        application,
        item_id=item.id,
        parts=(),
        answers={**application.answers, **settled},
        materials={key: given for key, given in application.materials.items() if key in materials},
        fields={key: value for key, value in application.fields.items() if key in fields},
    )
    day = package.accepted_on
    if day is None:
        raise Refused("一件事还没有受理，不能拆分。")
    promised = promised_day(day, item.limit(own.facts(day)), desk.calendar)
    return replace(
        package,
        id=bytes_hash(f"{package.id}:{item.id}".encode())[:32],
        revision=1,
        kind=CaseKind.PART,
        state=CaseState.ACCEPTED if not _deferred(own) else CaseState.ACCEPTED_DEFERRED,
        local_number=f"{package.local_number}/{n}",
        item=CatalogueVersion(item.id, item.name, item.version, item.sha256, desk.hall.sample or item.is_sample),
        deadline=promised.to_json() if promised else None,
        content={
            **own.to_json(),
            "notes": {"shown_sha256": package.content["notes"]["shown_sha256"]},
            "acts": package.content["acts"][-1:],
        },
        parent=package.id,
        document_numbers={},
    )


def _deferred(application: Application) -> bool:
    return any(given.way is WayKind.DEFER for given in application.materials.values())
