"""ADD A MOVE HERE: everything that can be done to a case or an intake, each with what its use case needs to know. Which of them
hold for a case is said in ``offers.py``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from clerk_app.domain.case import Outcome
from clerk_app.domain.form import parse_date
from clerk_app.domain.paper import FORM_NAMES, Form
from clerk_app.domain.procedures import SPECIAL_NAMES, SpecialKind
from clerk_app.domain.refusing import DECLINE_NAMES, DeclineKind
from clerk_app.errors import BadInput
from clerk_app.usecases import special
from clerk_app.usecases.accept import decline_draft, refer_draft, take_in
from clerk_app.usecases.archiving import archive
from clerk_app.usecases.completing import ask_correction
from clerk_app.usecases.deadlines_watch import confirm_deemed, settle_identity
from clerk_app.usecases.deciding import (
    HANDING_NAMES,
    Handing,
    Receiver,
    Result,
    accept_and_decide,
    decide_on_the_spot,
    deliver,
)
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.handwritten_papers import order_by_hand
from clerk_app.usecases.moves import decline, refer, return_overdue, transfer, void, withdraw
from clerk_app.usecases.queries import case_detail
from clerk_app.usecases.sending_anew import send_lost
from clerk_app.usecases.writing import Accepted
from ui.moves.offer import Ask, Done, Offer, Values


def transfer_to(place: str) -> Offer:
    """Where another place decides, the case goes there unless the clerk says otherwise."""
    to, sheets = TRANSFER.asks
    return replace(TRANSFER, label=f"转办：交给{place}", asks=(replace(to, default=place), sheets))


def by_hand(form: Form) -> Offer:
    """A paper that is filled in by hand and ordered by itself."""

    def act(desk: Desk, number: str, _: Values) -> Done:
        job = order_by_hand(desk, number, form)
        return Accepted(case_detail(desk, number).case, (), (job,))

    return Offer(f"paper_{form.value}", f"打印{FORM_NAMES[form]}", "空白的，打印后手写；再要一份到右边重打", (), act)


def _how(*hows: Handing) -> Callable[[Values], bool]:
    return lambda values: values.get("how") in {how.value for how in hows}


def _deliver(desk: Desk, number: str, values: Values) -> Done:
    texts = {key: values.get(key, "") for key in ("name", "document_number", "relation", "carrier", "mail_number")}
    more = {key: values.get(key, "") for key in ("reason", "witness", "place")}
    since = _day(desk, values.get("since", ""))
    return deliver(desk, number, Receiver(Handing(values["how"]), **texts, **more, since=since))


def _result(values: Values) -> Result:
    return Result(
        Outcome(values["outcome"]),
        values.get("reason", ""),
        values.get("document", ""),
        values.get("document_number", ""),
        values.get("valid_to", ""),
        basis=values.get("basis", ""),
    )


def _decide(desk: Desk, number: str, values: Values) -> Done:
    return decide_on_the_spot(desk, number, _result(values), Receiver() if values.get("now") == "yes" else None)


def _decline(desk: Desk, number: str, values: Values) -> Done:
    return decline(desk, number, DeclineKind(values["kind"]), *_grounds(values))


def _grounds(values: Values) -> tuple[str, str, str]:
    return values.get("reason", ""), values.get("basis", ""), values.get("instead", "")


def _transfer(desk: Desk, number: str, values: Values) -> Done:
    return transfer(desk, (number,), values.get("to", ""), _sheets(values))


def _sheets(values: Values) -> int:
    text = values.get("sheets", "").strip()
    if text and not (text.isascii() and text.isdigit()):
        raise BadInput("纸质材料页数请填整数。", what_is_safe="办件没有变。")
    return int(text or 0)


def _begin_special(desk: Desk, number: str, values: Values) -> Done:
    until = _day(desk, values.get("until", ""))
    if until is None:
        raise BadInput("请写预计到哪天结束。", what_is_safe="办件没有变。")
    kind = SpecialKind(values["kind"])
    return special.begin(
        desk, number, special.Procedure(kind, values.get("reason", ""), values.get("basis", ""), until)
    )


def transfer_of(case_ids: tuple[str, ...]) -> Offer:
    """Several cases that go over together, with one list."""

    def act(desk: Desk, _: str, values: Values) -> Done:
        return transfer(desk, case_ids, values.get("to", ""), _sheets(values))

    return replace(TRANSFER, label=f"转办：{len(case_ids)} 件一起交接", act=act)


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


def _refuses(values: Values) -> bool:
    return values.get("outcome") == Outcome.REFUSED.value


def proposing(offer: Offer, key: str, *, default: str = "", hint: str = "") -> Offer:
    """The same move with what is known already: an answer that stands there, or words that help to find one."""
    asks = (
        replace(ask, default=default or ask.default, hint=hint or ask.hint) if ask.key == key else ask
        for ask in offer.asks
    )
    return replace(offer, asks=tuple(asks))


BASIS_HINT = "哪部规定、第几条"
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
        Ask("reason", "为什么", "拒收的原因，或者为什么只能公告", when=_how(Handing.LEFT, Handing.ANNOUNCED)),
        Ask("witness", "见证人姓名和单位", when=_how(Handing.LEFT)),
        Ask("place", "在哪里", "留在哪里，或者在哪里公告", when=_how(Handing.LEFT, Handing.ANNOUNCED)),
        Ask("since", "哪天公告的", "如 20261020；满 30 日才算送达", when=_how(Handing.ANNOUNCED)),
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
        Ask("reason", "事实和理由", when=_refuses),
        Ask("basis", "依据的条款", BASIS_HINT, when=_refuses),
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
    (Ask("until", "补正到哪天", "如 20261205；不填按通常的天数", optional=True),),
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
        Ask("reason", "具体理由", "哪一点不符合"),
        Ask("basis", "依据的条款", BASIS_HINT),
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
    seen=lambda desk, number, values, seen_by: void(desk, number, values.get("reason", ""), seen_by),
)
DEEM = Offer(
    "deem",
    "视为受理：督导确认",
    "行政许可五个工作日没有告知的，自收件之日起视为受理；打印受理通知书",
    (),
    lambda desk, number, _: confirm_deemed(desk, number),
)
SETTLE = Offer(
    "settle_identity",
    "身份核验：人工处理",
    "联网核验没有结果或不一致时，对照证件和本人再核对",
    (Ask("reason", "怎么核对的", "如 对照身份证原件和本人"),),
    lambda desk, number, values: Accepted(settle_identity(desk, number, values.get("reason", ""))),
)
SEND_LOST = Offer(
    "send_lost",
    "补送",
    "电脑损坏过，这件没有送出的记录：请先核对内容和材料，再按现在的样子签名送一次。前置如果收到过，会并成同一件",
    (),
    lambda desk, number, values: Accepted(send_lost(desk, number)),
)
ARCHIVE = Offer(
    "archive",
    "归档",
    "先自动检查案卷，有问题会一条条列出来",
    (),
    lambda desk, number, values: archive(desk, number),
)


def _accept_decide(desk: Desk, draft_id: str, values: Values) -> Done:
    return accept_and_decide(desk, draft_id, _result(values), Receiver() if values.get("now") == "yes" else None)


ACCEPT_DECIDE = replace(
    DECIDE,
    id="accept_decide",
    label="受理并当场办结",
    told="首席事务代表一步办完：受理、决定、办结，打印全部文书",
    act=_accept_decide,
)


def _decline_draft(desk: Desk, draft_id: str, values: Values) -> Done:
    kind = DeclineKind(values["kind"])
    return decline_draft(desk, draft_id, kind, *_grounds(values))


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
