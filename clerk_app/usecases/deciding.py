"""决定, 办结, 送达: a chief representative decides on the spot where the item is 即办件 (rule 7 of §2.6); results are handed over
at this counter whoever decided (统一出件)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.application import Application
from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case, CaseKind, Move, Outcome
from clerk_app.domain.message import MessageKind
from clerk_app.domain.paper import Form, PrintJob
from clerk_app.domain.people import id_number_fault, looks_like_citizen_number, name_fault, tidy_id_number
from clerk_app.domain.rights import Right, may
from clerk_app.domain.service_item import LimitUnit
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.accept import settle_in
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.grounds import basis_of
from clerk_app.usecases.news import finish_package
from clerk_app.usecases.writing import Accepted, Step, find_case, take_step

ON_THE_SPOT = "即办件"


class Handing(StrEnum):
    """How a result is served (F13): the five ways of the data sheet, the direct one by who received it."""

    APPLICANT = "applicant"
    AUTHORISED = "authorised"
    MAIL = "mail"
    ELECTRONIC = "electronic"
    LEFT = "left"
    ANNOUNCED = "announced"


HANDING_NAMES = {
    Handing.APPLICANT: "申请人本人领取",
    Handing.AUTHORISED: "委托代领",
    Handing.MAIL: "邮寄送达",
    Handing.ELECTRONIC: "电子送达",
    Handing.LEFT: "留置送达：本人拒收",
    Handing.ANNOUNCED: "公告送达：找不到本人",
}
ANNOUNCED_DAYS = 30
"""After so many days an announcement counts as service (识: 民事诉讼法 95 条, 2023; used here by analogy)."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was decided. ``document`` and ``document_number``: the licence or letter, ``valid_to`` ISO date or 长期.

    ``basis``: of a refusal, the provision that is not met."""

    outcome: Outcome
    reason: str = ""
    document: str = ""
    document_number: str = ""
    valid_to: str = ""
    copies: int = 1
    basis: str = ""

    def detail(self) -> dict[str, Json]:
        return {
            "document": self.document,
            "document_number": self.document_number,
            "valid_to": self.valid_to,
            "copies": self.copies,
            **({"basis": self.basis.strip()} if self.outcome is Outcome.REFUSED else {}),
        }


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who received it. An authorised person has name, document number and relation; mail has a carrier and a number.

    留置: ``reason`` of the refusal, ``witness``, ``place`` where it was left. 公告: ``reason`` why nothing else went, ``place`` where
    it was published, ``since`` the day of that.
    """

    how: Handing = Handing.APPLICANT
    name: str = ""
    document_number: str = ""
    relation: str = ""
    carrier: str = ""
    mail_number: str = ""
    reason: str = ""
    witness: str = ""
    place: str = ""
    since: dt.date | None = None

    @property
    def served_on(self) -> dt.date | None:
        """The day on which an announcement counts as service."""
        return self.since + dt.timedelta(days=ANNOUNCED_DAYS) if self.since else None

    def detail(self) -> dict[str, Json]:
        told: dict[str, Json] = {
            "how": self.how.value,
            "name": self.name,
            "document_number": self.document_number,
            "relation": self.relation,
            "carrier": self.carrier,
            "mail_number": self.mail_number,
        }
        if self.how in (Handing.LEFT, Handing.ANNOUNCED):
            told |= {"witness": self.witness.strip(), "place": self.place.strip()}
        if self.since and self.served_on:
            told |= {"since": self.since.isoformat(), "served_on": self.served_on.isoformat()}
        return told


def decide_on_the_spot(desk: Desk, number: str, result: Result, receiver: Receiver | None = None) -> Accepted:
    """当场办结: decision and end in one transaction; with a ``receiver`` the handing over too (F11 or F10, F13).

    Raises:
        Refused: not a chief representative, no 即办件, a refusal without its reason or its provision, or the case cannot be
            decided now.
    """
    _must_be_decidable(desk, result)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        done = _decided(desk, uow, find_case(uow, number), result, receiver, now)
        uow.commit()
    return done


def accept_and_decide(desk: Desk, draft_id: str, result: Result, receiver: Receiver | None = None) -> Accepted:
    """受理, 决定, 办结 in one action and one transaction (rule 7): F2, then F11 or F10, and F13 with a ``receiver``.

    Raises:
        Refused: as for ``decide_on_the_spot`` and for the acceptance itself; then the draft stays as it is.
    """
    _must_be_decidable(desk, result)
    must_take_cases(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        accepted = settle_in(desk, uow, draft_id, Move.ACCEPT, now)
        if accepted.case.revision > 1:  # an earlier try was done after all
            return accepted
        done = _decided(desk, uow, accepted.case, result, receiver, now)
        uow.commit()
    return Accepted(done.case, done.parts, accepted.jobs + done.jobs)


def may_be_decided_here(desk: Desk, case: Case) -> bool:
    """Whether the case is one that ends on the spot, by the rules it began with: 即办件, or a situation that its item promises
    当场 (备案即办, D2 第17点). Never one that was taken here for another place (通办), nor a life event as a whole.
    """
    application = Application.from_json(case.content)
    if case.kind is CaseKind.PACKAGE or application.elsewhere is not None:
        return False
    try:
        item = desk.catalogue.scheme_at(case.item.id, case.item.sha256).item
    except Refused:  # the entry is gone: nobody can say so any more
        return False
    if item is None:
        return False
    limit = item.limit(application.facts(case.accepted_on or desk.clock.now().legal_date))
    return item.project_type == ON_THE_SPOT or limit.unit is LimitUnit.ON_THE_SPOT


def _must_be_decidable(desk: Desk, result: Result) -> None:
    if not may(desk.session.role, Right.DECIDE):
        raise Refused("当场办结要首席事务代表来做。", what_to_do="请转给首席事务代表，或者按承诺时限转后台办理。")
    if result.outcome not in (Outcome.GRANTED, Outcome.REFUSED):
        raise Refused("当场只能作出准予或者不予的决定。")
    if result.outcome is Outcome.REFUSED and not result.reason.strip():
        raise Refused("不予的决定要写明事实和理由。")
    if result.outcome is Outcome.REFUSED:
        basis_of(result.basis)


def _decided(
    desk: Desk, uow: UnitOfWork, case: Case, result: Result, receiver: Receiver | None, now: Stamp
) -> Accepted:
    if not may_be_decided_here(desk, case):
        raise Refused(
            "这件不能在本窗口当场办结：不是即办件，或者要由别处办理。",
            what_is_safe="办件没有变。",
            what_to_do="请等后台办理。",
        )
    reason, code = result.reason.strip(), result.outcome.value
    case, _ = take_step(desk, uow, case, Step(Move.DECIDE, None, reason, code, result.detail()), now)
    paper = Form.F11 if result.outcome is Outcome.GRANTED else Form.F10
    finish = Step(Move.FINISH, MessageKind.DECIDED, reason, code, result.detail(), (paper,))
    case, jobs = take_step(desk, uow, case, finish, now, outcome=code, outcome_note=reason)
    if receiver is not None:
        case, more = _hand_over(desk, uow, case, receiver, now)
        jobs += more
    if case.parent:
        finish_package(uow, case.parent, now)
    return Accepted(case, (), jobs)


def deliver(desk: Desk, number: str, receiver: Receiver) -> Accepted:
    """送达: the result of a finished case is handed over or mailed: F13, and what tells it when this window has not printed that
    yet: F11, or F10 with its remedies where the department refused.

    Raises:
        Refused: the case is not finished, or it is not said who received it.
    """
    if not may(desk.session.role, Right.DELIVER):
        raise Refused("您的岗位不能出件。", what_to_do="请换出件员或窗口人员登录。")
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        printed = {job.form for job in uow.print_jobs.of_case(case.id)}
        told = () if printed & {Form.F10, Form.F11} else (_form_of_result(case),)
        case, jobs = _hand_over(desk, uow, case, receiver, now, told)
        uow.commit()
    return Accepted(case, (), jobs)


def _hand_over(
    desk: Desk, uow: UnitOfWork, case: Case, receiver: Receiver, now: Stamp, told: tuple[Form, ...] = ()
) -> tuple[Case, tuple[PrintJob, ...]]:
    """``told``: the paper with the result, where it is not printed yet."""
    _must_be_named(receiver, now)
    _must_be_over(receiver, now)
    forms = (*told, Form.F13)
    step = Step(Move.DELIVER, MessageKind.DELIVERED, receiver.reason.strip(), detail=receiver.detail(), forms=forms)
    return take_step(desk, uow, case, step, now)


def _form_of_result(case: Case) -> Form:
    """A refusal is a decision with reasons and remedies, whoever made it; the whole of a life event only sums up its parts."""
    is_refusal = case.outcome == Outcome.REFUSED.value and case.kind is not CaseKind.PACKAGE
    return Form.F10 if is_refusal else Form.F11


def _must_be_named(receiver: Receiver, now: Stamp) -> None:
    if receiver.how is Handing.AUTHORISED:
        missing = name_fault(receiver.name) or not receiver.document_number.strip() or not receiver.relation.strip()
        if missing:
            raise Refused("代领要写明代领人姓名、证件号和与申请人的关系。")
        number = tidy_id_number(receiver.document_number)
        fault = id_number_fault(number, now.legal_date) if looks_like_citizen_number(number) else ""
        if fault:
            raise Refused(f"代领人的身份证号码：{fault}。", what_is_safe="办件没有变，结果还没有交出去。")
    if receiver.how is Handing.MAIL and not receiver.mail_number.strip():
        raise Refused("邮寄要写明邮件单号。", what_to_do="请扫或者填邮件单号。")
    if receiver.how is Handing.LEFT and not (
        receiver.reason.strip() and receiver.witness.strip() and receiver.place.strip()
    ):
        raise Refused("留置送达要写明拒收的原因、见证人和留在哪里。", what_to_do="没有见证人的，不能留置送达。")
    if receiver.how is Handing.ANNOUNCED and not (
        receiver.reason.strip() and receiver.place.strip() and receiver.since
    ):
        raise Refused("公告送达要写明原因、在哪里公告、哪天公告的。")


def _must_be_over(receiver: Receiver, now: Stamp) -> None:
    """An announcement is service only when its time is over."""
    served = receiver.served_on if receiver.how is Handing.ANNOUNCED else None
    if served and now.legal_date < served:
        raise Refused(
            f"公告还没有满 {ANNOUNCED_DAYS} 日，到 {served.isoformat()} 才算送达。",
            what_is_safe="办件没有变。",
            what_to_do="请到那天再登记送达。",
        )
