"""One order for each form and each length, as the use cases would make it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from clerk_app.domain.acts import Act, with_act
from clerk_app.domain.application import Application, Given
from clerk_app.domain.canonical import Json
from clerk_app.domain.case import Case, CaseKind, CaseState, CatalogueVersion, Move, Outcome
from clerk_app.domain.deadlines import Deadline
from clerk_app.domain.life_event import Scheme, merge, scheme_of_item
from clerk_app.domain.materials import WAIVERS
from clerk_app.domain.numbering import DocumentNumber, LocalNumber
from clerk_app.domain.office import Office
from clerk_app.domain.paper import Form, Look
from clerk_app.domain.paper_check import code_of, facts_of
from clerk_app.domain.service_item import Department, LifeEvent, LifeEventPart, ServiceItem, WayKind
from clerk_app.ports import PaperOrder
from printing.specimens import people as p


class Length(StrEnum):
    """How much a specimen holds."""

    SHORT = "short"
    LONG = "long"
    EXTREME = "extreme"


LENGTH_NAMES: Mapping[Length, str] = {Length.SHORT: "短", Length.LONG: "长", Length.EXTREME: "极长"}
_COUNTS = {Length.SHORT: 5, Length.LONG: 14, Length.EXTREME: 60}
_REASONS = {
    Form.F3: "公共场所卫生许可由区卫生健康部门办理，不由本机关办理",
    Form.F9: "检测报告已经超过六个月，需要重新检测",
    Form.F10: "现场检测的结果不合格，不符合许可条件",
    Form.F12: "申请人想改到户籍地办理",
    Form.F13: "受送达人拒绝接收，当面说明后仍然拒收",
    Form.VOID: "录入时选错了申请事项",
}
_HEARD = "；申请人已经当面听取说明，并且表示清楚。"
_TIMES = {Length.SHORT: 0, Length.LONG: 2, Length.EXTREME: 12}


@dataclass(frozen=True, slots=True)
class _Told:
    """An act that a form tells of."""

    move: Move
    reason: str = ""
    code: str = ""
    detail: Mapping[str, Json] | None = None


def specimen(form: Form, length: Length = Length.SHORT, look: Look | None = None) -> PaperOrder:
    """An order for a form. The extreme one has a name that not all fonts draw, in full its longest lists and reasons."""
    scheme = _scheme(form, length)
    application = _application(form, length, scheme)
    accepted = form not in (Form.F1, Form.F3, Form.F4, Form.F15)
    case = Case(
        id="0" * 32,
        kind=CaseKind.PACKAGE if scheme.parts else CaseKind.SINGLE,
        state=CaseState.ACCEPTED if accepted else CaseState.RECEIVED,
        revision=2,
        local_number=str(LocalNumber(p.HALL.code, p.HALL.window, 1, p.DAY, 9)),
        item=CatalogueVersion(scheme.id, scheme.name, scheme.version, scheme.sha256, sample=True),
        hall=p.HALL.code,
        window=p.HALL.window,
        clerk="wangmin",
        received_at=p.NOON.to_json(),
        accepted_on=p.DAY if accepted else None,
        deadline=Deadline(p.FIVE_DAYS, dt.date(2026, 11, 27)).to_json() if accepted else None,
        content=_content(form, length, application),
        document_numbers={form.value: str(DocumentNumber(f"演示{form.letters}", 2026, 310009))} if form.letters else {},
        case_number="" if length is Length.SHORT else "5001990120261121000900031",
        outcome=_OUTCOMES.get(form, ""),
        outcome_note="" if form is not Form.F11 or length is Length.SHORT else _note(scheme),
    )
    if form is Form.VOID:
        numbers = {
            **case.document_numbers,
            Form.F1.value: "演示收〔2026〕第 310008 号",
            Form.F2.value: "演示受〔2026〕第 310009 号",
        }
        case = replace(case, document_numbers=numbers)
    is_extreme = length is Length.EXTREME
    return PaperOrder(
        form=form,
        case=case,
        application=application,
        scheme=scheme,
        hall=p.FAR_HALL if is_extreme else p.HALL,
        clerk_name="欧阳样例" if is_extreme else "王敏",
        printed_at=p.NOON,
        copy_number=12 if is_extreme else 1,
        offline=length is Length.SHORT,
        until={key: how.until for key, how in application.materials.items() if how.until},
        missing=_missing(scheme, length) if form in (Form.F1, Form.F4) else (),
        rows=_rows(form, length),
        look=look,
        office=p.OFFICE if length is Length.LONG else Office(),
        name_picture=p.name_on_card() if is_extreme else b"",
        key_words="3F2A 9C01 77B0 41DE",
        check=_check(form, case, 12 if is_extreme else 1),
    )


def _check(form: Form, case: Case, copy: int) -> str:
    """As a window would make it, under no key: nobody is to take a specimen for a paper."""
    number = case.document_numbers.get(form.value, "")
    return code_of(hashlib.sha256(facts_of(form, case, number=number, copy=copy, made_ms=0)).hexdigest())


_OUTCOMES = {Form.F10: Outcome.REFUSED.value, Form.F11: Outcome.GRANTED.value, Form.F13: Outcome.GRANTED.value}
_RELATIONS = {Length.SHORT: "母子", Length.LONG: "朋友", Length.EXTREME: "朋友"}
"""Of the applicants to the agent, a man born in 1988."""


def _is_permit(form: Form, length: Length) -> bool:
    """A refusal is of a permit; and a firm applies for what firms can have."""
    return form in (Form.F3, Form.F9, Form.F10) or length is Length.LONG or _is_firm(form, length)


def _is_firm(form: Form, length: Length) -> bool:
    return length is Length.EXTREME and form in (Form.F3, Form.F7, Form.F8)


def _note(scheme: Scheme) -> str:
    permit = scheme.item is not None and scheme.item.task_type == "01"
    return "符合许可条件，准予经营。" if permit else "符合领取条件，自 2026 年 12 月起按月发放。"


def _scheme(form: Form, length: Length) -> Scheme:
    one = p.item(_COUNTS[length], permit=_is_permit(form, length))
    if form is not Form.F2 or length is not Length.EXTREME:
        return scheme_of_item(one)
    names = (("hukou", "出生登记（户口）", "公安"), ("medical", "城乡居民基本医疗保险参保登记", "医保"),
             ("card", "社会保障卡（居民服务卡）申领", "人社"), ("marks", "预防接种证办理", "卫生健康"))  # fmt: skip
    items = [replace(one, id=key, name=name, department=Department(who)) for key, name, who in names]
    parts = tuple(LifeEventPart(each.id) for each in items)
    event = LifeEvent("newborn", "新生儿出生一件事", "1", "卫生健康部门", parts, p.FIVE_DAYS)
    return merge(event, items, [each.id for each in items])


def _application(form: Form, length: Length, scheme: Scheme) -> Application:
    only = {Form.F6: WayKind.DEFER, Form.F7: WayKind.COMMITMENT}.get(form)
    of = p.item(_COUNTS[length], permit=_is_permit(form, length))
    has_agent = form is Form.F8 or (length is Length.LONG and form is not Form.F7)
    return Application(
        scheme.id,
        {Length.SHORT: p.SHORT, Length.LONG: p.LONG, Length.EXTREME: p.EXTREME}[length],
        p.AGENT if has_agent else None,
        parts=tuple(part.id for part in scheme.parts),
        materials=_handed_in(form, of, p.given(of, only), _missing(scheme, length)),
        delivery="短信通知，本窗口领取",
        mandate=replace(p.MANDATE, relation="职工" if _is_firm(form, length) else _RELATIONS[length])
        if has_agent
        else None,
        organisation=p.FIRM if _is_firm(form, length) else None,
        elsewhere=p.ELSEWHERE if length is Length.EXTREME else None,
    )


def _missing(scheme: Scheme, length: Length) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if length is Length.SHORT:
        return (
            ("社会保障卡（银行账户）", ("缺少社会保障卡（银行账户）",)),
            ("多地参保缴费凭证", ("第 2 页没有经办机构印章",)),
        )
    wrong = {0: "第 2 页没有印章", 1: "字迹不清楚，第 3 页看不出编号"}
    return tuple(
        (each.name, (f"地址应为：{p.EXTREME.address}" if at == 7 else wrong.get(at % 3, f"缺少{each.name}"),))
        for at, each in enumerate(scheme.materials)
        if each.id not in ("id-card", "household", "power")
    )


def _handed_in(
    form: Form, of: ServiceItem, given: dict[str, Given], missing: Sequence[tuple[str, tuple[str, ...]]]
) -> dict[str, Given]:
    """Of what a notice says is missing nothing was handed in; what has a fault was, with its pages."""
    if form not in (Form.F1, Form.F4):
        return given
    told = dict(missing)
    left = {key: how for key, how in given.items() if how.way in WAIVERS}
    for each in of.materials:
        reasons = told.get(each.name, ())
        if reasons and not any(reason.startswith("缺少") for reason in reasons):
            left[each.id] = Given(WayKind.CAPTURE, ("a" * 64,) * 2)
        elif not reasons and each.id in given:
            left[each.id] = given[each.id]
    return left


def _rows(form: Form, length: Length) -> tuple[tuple[str, ...], ...]:
    count = {Length.SHORT: 1, Length.LONG: 12, Length.EXTREME: 60}[length]
    numbers = [str(LocalNumber(p.HALL.code, p.HALL.window, 1, p.DAY, n)) for n in range(9, 9 + count)]
    name = "城乡居民基本养老保险待遇申领"
    if form is Form.F14:
        return tuple((number, name, "刘*芳", "3") for number in numbers)
    if form is Form.F16:
        hand = [f"应急500199-W03G1-{n:04d}" for n in range(1, count + 1)]
        return tuple(
            (own, "2026-11-20 15:20 王敏", "刘*芳", name, "5 份 7 页", f"{number} 2026-11-21 09:12 王敏")
            for own, number in zip(hand, numbers, strict=True)
        )
    return ()


def _content(form: Form, length: Length, application: Application) -> dict[str, Json]:
    content: dict[str, Json] = application.to_json()
    for told in _acts(form, length):
        act = Act(told.move, p.NOON, "wangmin", p.HALL.window, told.reason, told.code, dict(told.detail or {}))
        content = with_act(content, act)
    return content


def _reason(form: Form, length: Length) -> str:
    told = _REASONS.get(form, "")
    return (told + _HEARD) * _TIMES[length] or told


def _acts(form: Form, length: Length) -> tuple[_Told, ...]:
    reason = _reason(form, length)
    result: dict[str, Json] = {
        "document": "公共场所卫生许可证（样例）" if _is_permit(form, length) else "城乡居民基本养老保险待遇领取通知",
        "document_number": "演示卫许〔2026〕00412" if _is_permit(form, length) else "演示养〔2026〕00412",
        "valid_to": "2030-11-20" if _is_permit(form, length) else "长期",
        "copies": 1,
    }
    finish = _Told(Move.FINISH, detail=result)
    refuse = _Told(Move.FINISH, reason, detail={"copies": 1, "basis": "《样例条例》第九条第（三）项"})
    deliver: dict[str, Json] = {"how": "applicant"}
    left = ""
    if length is Length.EXTREME:
        left = _REASONS[Form.F13]
        deliver = {
            "how": "left",
            "witness": "李见证（样例村村民委员会）",
            "place": "样例村第三村民小组幸福大道住处，" * 4,
        }
    elif length is Length.LONG:
        deliver = {
            "how": "authorised",
            "name": "周代办",
            "relation": _RELATIONS[length],
            "document_number": p.AGENT.document_number,
        }
    told: Mapping[Form, tuple[_Told, ...]] = {
        Form.F3: (_Told(Move.DECLINE, reason, "not_ours", {
            "basis": "《样例条例》第八条第二款", "instead": "演示区卫生健康委员会（演示区样例路 1 号，023-00000003）",
        }),),
        Form.F4: (_Told(Move.ASK_CORRECTION, detail={"until": "2026-12-11"}),),
        Form.F5: (_Told(Move.RECEIVE_CORRECTION, detail=_brought(length)),),
        Form.F9: (_Told(Move.BEGIN_SPECIAL, _reason(form, min(length, Length.LONG, key=_TIMES.__getitem__)), "testing", {
            "basis": "《样例条例》第十二条", "until": "2026-12-04", "workdays": 10, "due_before": "2026-11-27", "due": "2026-12-11",
        }),),
        Form.F10: (refuse,),
        Form.F11: (finish,),
        Form.F12: (_Told(Move.WITHDRAW, reason) if length is Length.SHORT else _Told(Move.RETURN, "逾期没有补齐材料"),),
        Form.F13: (finish, _Told(Move.DELIVER, left, detail=deliver)),
        Form.F14: (_Told(Move.TRANSFER, detail={"to": "演示区政务服务中心社会事务综合窗口", "sheets": 36}),),
        Form.F15: (_Told(Move.REFER, detail={
            "matter": "不动产权证书遗失补办", "where": "演示区不动产登记中心（演示区样例路 8 号 1 楼 3 号窗口）",
            "address": "" if length is Length.SHORT else "演示区样例路 8 号", "phone": "023-00000004",
        }),),
        Form.VOID: (_Told(Move.VOID, reason),),
    }  # fmt: skip
    return told.get(form, ())


def _brought(length: Length) -> dict[str, Json]:
    materials = [
        each.id for each in p.item(_COUNTS[length], permit=_is_permit(Form.F5, length)).materials if each.id != "power"
    ]
    if length is Length.SHORT:
        return {"brought": materials[:3], "complete": True, "missing": []}
    return {
        "brought": materials[: len(materials) // 2],
        "complete": False,
        "late": True,
        "missing": [[key, ["没有印章", "字迹不清楚"]] for key in materials[len(materials) // 2 :]],
    }
