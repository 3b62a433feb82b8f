"""受理, 一次性告知, 收件, 不予受理 and 引导 out of a draft: the case, its journal entry, its outbox message and its print jobs in ONE
transaction, durable before it is shown.

The draft's id becomes the case id and the message id is made from it, so that trying again after an unknown outcome
(a commit that reported failure can be there after reopening) finds the case instead of making a second one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from clerk_app.domain.acts import with_act
from clerk_app.domain.application import Application, Signature
from clerk_app.domain.canonical import Json, bytes_hash, content_hash
from clerk_app.domain.case import Case, CaseKind, CaseState, CatalogueVersion, Move
from clerk_app.domain.deadlines import promised_day
from clerk_app.domain.draft import Draft
from clerk_app.domain.life_event import LIFE_EVENT, Scheme
from clerk_app.domain.materials import Answer, Checklist, forms_for
from clerk_app.domain.message import MessageKind
from clerk_app.domain.paper import Form
from clerk_app.domain.refusing import DeclineKind
from clerk_app.domain.service_item import ServiceItem, WayKind
from clerk_app.domain.time import Stamp
from clerk_app.errors import Bug, Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.knowing import remember
from clerk_app.usecases.planning import Plan, plan, unanswered
from clerk_app.usecases.writing import Accepted, Step, an_act, local_number, numbers_for, order_papers, send

__all__ = [
    "Accepted",
    "Ending",
    "accept_application",
    "accept_draft",
    "case_id_of_key",
    "decline_draft",
    "draft_values",
    "give_notice",
    "receive_application",
    "refer_draft",
    "shown_for",
    "take_in",
]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a draft becomes a case: the state, the move that is kept, the message and the papers."""

    state: CaseState
    step: Step

    @property
    def accepts(self) -> bool:
        return self.state in (CaseState.ACCEPTED, CaseState.ACCEPTED_DEFERRED)


@dataclass(frozen=True, slots=True)
class Entered:
    """What an application carries that was not typed at this window: a retry key, an earlier taking (应急)."""

    case_id: str = ""
    content: Mapping[str, Json] = field(default_factory=dict)
    taken_at: Stamp | None = None


def accept_draft(desk: Desk, draft_id: str) -> Accepted:
    """受理 what stands in a draft.

    Raises:
        Refused: a rule says no (``reasons`` lists every one of them at once), or a one-time notice was given already.
        StorageProblem: the disk failed; call again with the same draft, nothing is doubled.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, Move.ACCEPT)


def give_notice(desk: Desk, draft_id: str) -> Accepted:
    """一次性告知: take in what is there and list everything missing at once (F1 + F4); the case waits for correction.

    Raises:
        Refused: nothing is missing, the applicant, item or situation is not known yet, or it was accepted already.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, Move.ASK_CORRECTION)


def take_in(desk: Desk, draft_id: str) -> Accepted:
    """收件 without an answer yet: F1 only; the five-day clock of the one-time notice runs from now on.

    Raises:
        Refused: applicant or item is not known yet, or the draft was settled before.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, Move.RECEIVE)


def decline_draft(desk: Desk, draft_id: str, kind: DeclineKind, reason: str, instead: str = "") -> Accepted:
    """不予受理 (F3): the ground, the reason in words, where to go instead.

    Raises:
        Refused: no reason; 不属于本机关 without naming who is responsible; applicant or item not known yet.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, Move.DECLINE, decline_step(kind, reason, instead))


def refer_draft(desk: Desk, draft_id: str, where: str, matter: str = "") -> Accepted:
    """首问负责 (F15): not handled here; the slip says which office, address and phone. The item may be none of ours.

    Raises:
        Refused: it is not said where to go or what for.
    """
    must_take_cases(desk)
    return _settle(desk, draft_id, Move.REFER, refer_step(where, matter))


def decline_step(kind: DeclineKind, reason: str, instead: str) -> Step:
    """The step of 不予受理. Raises Refused when the reason, or the right office, is not said."""
    if not reason.strip():
        raise Refused("不予受理要写明具体理由。", what_to_do="请写清哪一条不符合。")
    if kind is DeclineKind.NOT_OURS and not instead.strip():
        raise Refused("不属于本机关的，要告诉申请人去哪里办。", what_to_do="请写明应向哪个机关申请。")
    return Step(
        Move.DECLINE, MessageKind.DECLINED, reason.strip(), kind.value, {"instead": instead.strip()}, (Form.F3,)
    )


def refer_step(where: str, matter: str = "") -> Step:
    """The step of 首问负责. Raises Refused when it does not say where to go."""
    if not where.strip():
        raise Refused("引导单要写明去哪里办。", what_to_do="请写部门、地址或电话。")
    detail = {"where": where.strip(), "matter": matter.strip()}
    return Step(Move.REFER, MessageKind.REFERRED, detail=detail, forms=(Form.F15,))


def accept_application(
    desk: Desk, application: Application, pages: Sequence[tuple[bytes, str]] = (), *, key: str = ""
) -> Accepted:
    """受理 a whole application at once (command line, later: forms from elsewhere) through the very same rules.

    A signature made on paper (``kind`` paper) without a hash is bound to what is shown at this moment: the clerk who enters
    it answers for the sheet that was signed. ``key``: the same key again answers the same case, once.

    Args:
        pages: (bytes, media type) of every page that the materials name by SHA-256.

    Raises:
        Refused: a rule says no, a named page was not handed over, or the key was used for something else.
    """
    must_take_cases(desk)
    return enter_application(desk, application, pages, Entered(case_id_of_key(desk, key) if key else ""))


def receive_application(
    desk: Desk,
    application: Application,
    pages: Sequence[tuple[bytes, str]] = (),
    *,
    notice: bool = False,
    key: str = "",
) -> Accepted:
    """收件 of a whole application at once: F1 only, or with ``notice`` F1 and F4 (what is missing, all at once)."""
    must_take_cases(desk)
    move = Move.ASK_CORRECTION if notice else Move.RECEIVE
    return enter_application(desk, application, pages, Entered(case_id_of_key(desk, key) if key else ""), move)


def enter_application(
    desk: Desk,
    application: Application,
    pages: Sequence[tuple[bytes, str]],
    entered: Entered,
    move: Move = Move.ACCEPT,
) -> Accepted:
    """As ``accept_application``, with an id of its own or an earlier day (see ``Entered``)."""
    now = desk.clock.now()
    by_hash = {bytes_hash(data): (data, media_type) for data, media_type in pages}
    wanted = {page for given in application.materials.values() for page in given.pages}
    if wanted - set(by_hash):
        raise Refused("有材料页没有一起交上来。", what_is_safe="没有留下半份数据。", what_to_do="请把缺的页补上再试。")
    told = content_hash(application.to_json())
    taken_at = entered.taken_at or now
    then = replace(desk, clock=_At(taken_at))
    case_id = entered.case_id or desk.ids.new_id()
    draft = Draft(case_id, desk.session.login, now.utc_ms, now.utc_ms, draft_values(application, taken_at))
    with desk.store.begin() as uow:
        if entered.case_id and (before := uow.cases.get(case_id)):
            if before.content.get("notes", {}).get("told_sha256") != told:
                raise Refused(
                    "这个编号已经用过，内容却不一样。", what_is_safe="先前那件没有变。", what_to_do="请换一个编号。"
                )
            return _read_back(uow, before)
        view = _with_paper_signature(then, draft, uow)
        ending = _ending(view, move, None)
        for page in dict.fromkeys(page for given in view.application.materials.values() for page in given.pages):
            uow.attachments.put(draft.id, *by_hash[page])
        content = {**entered.content, "told_sha256": told} if entered.case_id else dict(entered.content)
        accepted = _write(desk, uow, view, taken_at, ending, content)
        uow.commit()
    return accepted


def case_id_of_key(desk: Desk, key: str) -> str:
    """The case id behind a retry key; an id (32 hexadecimal digits) stands for itself. Raises Refused for an odd key."""
    if re.fullmatch(r"[0-9a-f]{32}", key):
        return key
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise Refused("重试编号写法不对。", what_to_do="请用 1 到 200 个可见字符。")
    return bytes_hash(f"key:{desk.hall.code}:{desk.hall.window}:{desk.hall.generation}:{key}".encode())[:32]


def shown_for(desk: Desk, application: Application) -> tuple[tuple[tuple[str, str], ...], str]:
    """What the applicant would be shown for it now, and the hash that a signature on the pad binds to."""
    now = desk.clock.now()
    view = plan(desk, Draft("0" * 32, "", now.utc_ms, now.utc_ms, draft_values(application, now)))
    return view.shown, view.shown_sha256


@dataclass(frozen=True, slots=True)
class _At:
    """A clock that stands at the moment of an earlier taking."""

    stamp: Stamp

    def now(self) -> Stamp:
        return self.stamp


def _with_paper_signature(desk: Desk, draft: Draft, uow: UnitOfWork) -> Plan:
    """A sheet signed on paper has no hash of its own: it is bound here, once, to the rows as they stand."""
    view = plan(desk, draft, uow)
    signature = view.application.signature
    if signature is None or signature.kind != "paper" or signature.shown_sha256:
        return view
    bound = Signature("paper", view.shown_sha256)
    return plan(desk, replace(draft, values={**draft.values, "signature": bound.to_json()}), uow)


def draft_values(application: Application, now: Stamp) -> dict[str, Json]:
    """The flat draft form of an application (the inverse of domain.draft.application_of)."""
    data = application.to_json()
    values: dict[str, Json] = {
        "item": application.item_id,
        "parts": list(application.parts),
        "received_at": now.to_json(),
    }
    sections = {"answers": "answer", "materials": "material", "fields": "field"}
    for name, prefix in sections.items():
        values |= {f"{prefix}.{key}": value for key, value in data[name].items()}
    values |= {f"applicant.{key}": value for key, value in data["applicant"].items()}
    for who in ("agent", "guardian", "mandate", "organisation", "elsewhere"):
        values |= {f"{who}.{key}": value for key, value in (data.get(who) or {}).items()}
    return values | {"delivery": application.delivery, "signature": data["signature"], "channel": application.channel}


def _settle(desk: Desk, draft_id: str, move: Move, given: Step | None = None) -> Accepted:
    now = desk.clock.now()
    with desk.store.begin() as uow:
        if before := uow.cases.get(draft_id):
            if _first_move(before) is not move:
                raise _settled_otherwise(before)
            return _read_back(uow, before)
        draft = uow.drafts.get(draft_id)
        if draft is None:
            raise Refused("这份暂存已经不在了。", what_to_do="请到“查询”里找这件办件。")
        view = plan(desk, draft, uow)
        ending = _ending(view, move, given)
        accepted = _write(desk, uow, view, now, ending, {})
        uow.drafts.close(draft_id)
        uow.commit()
    return accepted


def _first_move(case: Case) -> Move:
    """How the case came to be; ACCEPT stands for both kinds of acceptance."""
    acts = case.content.get("acts", [])
    first = Move(acts[0]["move"]) if acts else Move.ACCEPT if case.accepted_on else Move.ASK_CORRECTION
    return Move.ACCEPT if first is Move.ACCEPT_DEFERRED else first


def _ending(view: Plan, move: Move, given: Step | None) -> Ending:
    """The ending asked for, once its rules are met. Raises Refused."""
    match move:
        case Move.ACCEPT:
            _must_be_acceptable(view)
            return _accepting(view)
        case Move.ASK_CORRECTION:
            _must_miss_something(view)
            forms = forms_for(Answer.ASK_CORRECTION, _checked(view))
            return Ending(CaseState.CORRECTION_ASKED, Step(move, MessageKind.CORRECTION, forms=forms))
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


def _settled_otherwise(before: Case) -> Refused:
    if before.accepted_on is None:
        return Refused("这件办件已经收下，还没有受理。", what_to_do="请到“查询”里找到它，补齐后再受理。")
    return Refused("这件办件已经受理了，不用再告知。", what_to_do="请到“查询”里找到它。")


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


def _write(
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


def _read_back(uow: UnitOfWork, case: Case) -> Accepted:
    return Accepted(case, uow.cases.parts_of(case.id), uow.print_jobs.of_case(case.id))
