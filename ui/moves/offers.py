"""The moves that a case's state and the clerk's role allow, each with what its use case needs to know and nothing more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from clerk_app.domain.case import MOVES, CaseKind, CaseState, Move, Outcome
from clerk_app.domain.form import parse_date
from clerk_app.domain.hall import MAY_TAKE_CASES, Role
from clerk_app.domain.procedures import SPECIAL_NAMES, SpecialKind
from clerk_app.domain.rating import RATING_MOVES, RatingState
from clerk_app.domain.refusing import DECLINE_NAMES, DeclineKind
from clerk_app.errors import BadInput, Refused
from clerk_app.usecases import special
from clerk_app.usecases.accept import decline_draft, refer_draft, take_in
from clerk_app.usecases.archiving import archive
from clerk_app.usecases.completing import ask_correction
from clerk_app.usecases.deciding import (
    HANDING_NAMES,
    MAY_DELIVER,
    ON_THE_SPOT,
    Handing,
    Receiver,
    Result,
    decide_on_the_spot,
    deliver,
)
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.moves import decline, refer, return_overdue, transfer, void, withdraw
from clerk_app.usecases.queries import CaseDetail
from clerk_app.usecases.writing import Accepted

Values = Mapping[str, str]
Done = Accepted | tuple[Accepted, ...]


def _always(_: Values) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of a move. ``choices``: answers to pick from; ``secret``: a PIN; ``when``: asked only then."""

    key: str
    title: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    optional: bool = False
    secret: bool = False
    when: Callable[[Values], bool] = _always


@dataclass(frozen=True, slots=True)
class Offer:
    """``label`` and ``told``: what the clerk reads. ``act``: the use case. ``errand``: papers come in through the intake
    (correct or supplement) or the applicant is asked (rate); then nothing is asked here."""

    id: str
    label: str
    told: str
    asks: tuple[Ask, ...] = ()
    act: Callable[[Desk, str, Values], Done] | None = None
    errand: str = ""


def offers(desk: Desk, detail: CaseDetail, *, can_check_pin: bool) -> tuple[Offer, ...]:
    """What this clerk may do to this case now, the likeliest first."""
    case, role = detail.case, desk.session.role
    takes = role in MAY_TAKE_CASES

    def possible(move: Move) -> bool:
        return case.state in MOVES[move][0]

    def decidable() -> bool:
        if role is not Role.CHIEF or case.kind is CaseKind.PACKAGE or not possible(Move.DECIDE):
            return False
        try:
            return desk.catalogue.item(case.item.id).project_type == ON_THE_SPOT
        except Refused:
            return False

    invited = detail.rating
    rateable = not case.parent and case.state not in (CaseState.CONSULTING, CaseState.VOIDED)
    asked = RatingState.INVITED if invited is RatingState.NOT_INVITED else invited
    waiting = (CaseState.RECEIVED, CaseState.CORRECTION_ASKED, CaseState.CORRECTION_RECEIVED)
    listed = (
        (DELIVER, role in MAY_DELIVER and possible(Move.DELIVER)),
        (CORRECT, takes and not case.parent and case.state in waiting),
        (SUPPLEMENT, takes and not case.parent and case.state is CaseState.ACCEPTED_DEFERRED),
        (DECIDE, decidable()),
        (NOTICE, takes and case.state in (CaseState.RECEIVED, CaseState.CORRECTION_RECEIVED)),
        (RATE, rateable and RatingState.RATED in RATING_MOVES[asked]),
        (WITHDRAW, takes and possible(Move.WITHDRAW)),
        (DECLINE, takes and possible(Move.DECLINE)),
        (REFER, takes and possible(Move.REFER)),
        (TRANSFER, takes and possible(Move.TRANSFER)),
        (BEGIN_SPECIAL, (takes or role is Role.SUPERVISOR) and possible(Move.BEGIN_SPECIAL)),
        (END_SPECIAL, (takes or role is Role.SUPERVISOR) and possible(Move.END_SPECIAL)),
        (RETURN, (takes or role is Role.SUPERVISOR) and possible(Move.RETURN)),
        (VOID, takes and can_check_pin and not case.parent and possible(Move.VOID)),
        (ARCHIVE, (takes or role is Role.SUPERVISOR) and possible(Move.ARCHIVE)),
    )
    return tuple(offer for offer, holds in listed if holds)


def open_asks(offer: Offer, values: Values) -> tuple[Ask, ...]:
    """The questions that the answers so far leave to ask."""
    return tuple(ask for ask in offer.asks if ask.when(values))


def _how(*hows: Handing) -> Callable[[Values], bool]:
    return lambda values: values.get("how") in {how.value for how in hows}


def _deliver(desk: Desk, number: str, values: Values) -> Done:
    texts = {key: values.get(key, "") for key in ("name", "document_number", "relation", "carrier", "mail_number")}
    return deliver(desk, number, Receiver(Handing(values["how"]), **texts))


def _decide(desk: Desk, number: str, values: Values) -> Done:
    result = Result(
        Outcome(values["outcome"]),
        values.get("reason", ""),
        values.get("document", ""),
        values.get("document_number", ""),
        values.get("valid_to", ""),
    )
    return decide_on_the_spot(desk, number, result, Receiver() if values.get("now") == "yes" else None)


def _decline(desk: Desk, number: str, values: Values) -> Done:
    return decline(desk, number, DeclineKind(values["kind"]), values.get("reason", ""), values.get("instead", ""))


def _transfer(desk: Desk, number: str, values: Values) -> Done:
    sheets = values.get("sheets", "").strip()
    if sheets and not (sheets.isascii() and sheets.isdigit()):
        raise BadInput("纸质材料页数请填整数。", what_is_safe="办件没有变。")
    return transfer(desk, (number,), values.get("to", ""), int(sheets or 0))


def _begin_special(desk: Desk, number: str, values: Values) -> Done:
    until = _day(desk, values.get("until", ""))
    if until is None:
        raise BadInput("请写预计到哪天结束。", what_is_safe="办件没有变。")
    kind = SpecialKind(values["kind"])
    return special.begin(
        desk, number, special.Procedure(kind, values.get("reason", ""), values.get("basis", ""), until)
    )


def _return(desk: Desk, number: str, values: Values) -> Done:
    return return_overdue(desk, number, _day(desk, values.get("until", "")))


def _notice(desk: Desk, number: str, values: Values) -> Done:
    return ask_correction(desk, number, _day(desk, values.get("until", "")))


def _day(desk: Desk, text: str) -> dt.date | None:
    if not text.strip():
        return None
    iso = parse_date(text, desk.clock.now().legal_date)
    if not iso:
        raise BadInput("日期请写成 20261127。", what_is_safe="办件没有变。")
    return dt.date.fromisoformat(iso)


YES_NO = (("yes", "是"), ("no", "否"))
KINDS = tuple((kind.value, words) for kind, words in DECLINE_NAMES.items())
HANDS = tuple((how.value, words) for how, words in HANDING_NAMES.items())
REASON = Ask("reason", "为什么", "写几个字")

DELIVER = Offer(
    "deliver",
    "出件：把结果交给申请人",
    "打印送达回证，请领取人签字",
    (
        Ask("how", "怎么交", choices=HANDS, default=Handing.APPLICANT.value),
        Ask("name", "代领人姓名", when=_how(Handing.AUTHORISED)),
        Ask("document_number", "代领人证件号码", when=_how(Handing.AUTHORISED)),
        Ask("relation", "和申请人的关系", "如 子女", when=_how(Handing.AUTHORISED)),
        Ask("carrier", "快递公司", "如 邮政", optional=True, when=_how(Handing.MAIL)),
        Ask("mail_number", "邮件单号", "可以扫码枪扫", when=_how(Handing.MAIL)),
    ),
    _deliver,
)
CORRECT = Offer(
    "correct", "补正收件：补的材料送来了", "回到受理页收材料；齐了当场受理，没齐也能先收下", errand="correct"
)
SUPPLEMENT = Offer(
    "supplement", "容缺补齐：缺的材料送来了", "回到受理页收材料，打印补正材料收件单", errand="supplement"
)
DECIDE = Offer(
    "decide",
    "当场办结",
    "首席事务代表当场作决定，打印办结文书",
    (
        Ask("outcome", "决定", choices=tuple((each.value, each.value) for each in (Outcome.GRANTED, Outcome.REFUSED))),
        Ask("reason", "事实和理由", when=lambda values: values.get("outcome") == Outcome.REFUSED.value),
        Ask("document", "证照或批文名称", optional=True, when=lambda v: v.get("outcome") == Outcome.GRANTED.value),
        Ask("document_number", "证号", optional=True, when=lambda v: v.get("outcome") == Outcome.GRANTED.value),
        Ask("valid_to", "有效期到", "如 2031-11-20，或 长期", optional=True, when=lambda v: bool(v.get("document"))),
        Ask("now", "现在就交给申请人本人", choices=YES_NO, default="yes"),
    ),
    _decide,
)
NOTICE = Offer(
    "notice",
    "一次性告知：还缺材料",
    "打印一次性告知书，列出全部要补的",
    (Ask("until", "补正到哪天", "部门定了期限才填，如 20261205", optional=True),),
    _notice,
)
RATE = Offer("rate", "请申请人评价", "在申请人的屏幕上评，自愿，60 秒没评算未评价", errand="rate")
WITHDRAW = Offer(
    "withdraw",
    "撤回：申请人不办了",
    "申请人不用说理由；打印退件单，材料退还",
    (Ask("reason", "原因", "申请人愿意说才写", optional=True),),
    lambda desk, number, values: withdraw(desk, number, values.get("reason", "")),
)
DECLINE = Offer(
    "decline",
    "不予受理",
    "打印不予受理通知书，写明理由和救济途径",
    (
        Ask("kind", "哪一种情况", choices=KINDS),
        Ask("reason", "具体理由", "哪一条不符合"),
        Ask("instead", "应向哪里申请", "机关名称", when=lambda v: v.get("kind") == DeclineKind.NOT_OURS.value),
    ),
    _decline,
)
REFER = Offer(
    "refer",
    "引导单：请到别处办",
    "打印引导单，写清部门、地址、电话",
    (Ask("where", "去哪里办", "部门、地址、电话"),),
    lambda desk, number, values: refer(desk, number, values.get("where", "")),
)
TRANSFER = Offer(
    "transfer",
    "转办：交给别的部门",
    "打印交接单，双方签字",
    (Ask("to", "交给谁", "部门或中心"), Ask("sheets", "纸质材料页数", "没有就不填", optional=True)),
    _transfer,
)
BEGIN_SPECIAL = Offer(
    "begin_special",
    "特殊程序：开始",
    "听证、检测、鉴定、评审等，时间不计在期限里；打印特殊程序告知书",
    (
        Ask("kind", "做什么", choices=tuple((kind.value, name) for kind, name in SPECIAL_NAMES.items())),
        Ask("reason", "为什么要做", "写几个字"),
        Ask("basis", "依据", "照部门的通知写；事项里写了的可以不填", optional=True),
        Ask("until", "预计到哪天结束", "如 20261210，到这天还没完，期限照常计算"),
    ),
    _begin_special,
)
END_SPECIAL = Offer(
    "end_special",
    "特殊程序：结束",
    "期限接着算，打印告知书写明新的办结日期",
    (Ask("reason", "结果", "如 检测合格"),),
    lambda desk, number, values: special.end(desk, number, values.get("reason", "")),
)
RETURN = Offer(
    "return",
    "退件：到期没有补来",
    "过了补交日期才能退，打印退件单",
    (Ask("until", "补正到哪天", "告知书上写的；办件里记了就不填", optional=True),),
    _return,
)
VOID = Offer(
    "void",
    "作废：刚才收错了",
    "30 分钟内；要另一位同事在场输 PIN，打印作废单",
    (
        REASON,
        Ask("second", "在场同事的登录名"),
        Ask("pin", "在场同事的 PIN", secret=True),
    ),
    lambda desk, number, values: void(desk, number, values.get("reason", ""), values.get("second", "").strip()),
)
ARCHIVE = Offer(
    "archive",
    "归档",
    "先自动检查案卷，有问题会一条条列出来",
    (),
    lambda desk, number, values: archive(desk, number),
)


def _decline_draft(desk: Desk, draft_id: str, values: Values) -> Done:
    kind = DeclineKind(values["kind"])
    return decline_draft(desk, draft_id, kind, values.get("reason", ""), values.get("instead", ""))


OF_A_DRAFT = (
    Offer(
        "take_in",
        "先收件：现在答复不了",
        "打印收件凭证；五个工作日内要一次性告知",
        (),
        lambda desk, draft_id, values: take_in(desk, draft_id),
    ),
    replace(DECLINE, act=_decline_draft),
    replace(
        REFER,
        asks=(Ask("matter", "什么事", "申请人要办的事；选了事项的可以不写", optional=True), *REFER.asks),
        act=lambda desk, draft_id, values: refer_draft(
            desk, draft_id, values.get("where", ""), values.get("matter", "")
        ),
    ),
)
"""What may become of an intake beside 受理 and 一次性告知."""
