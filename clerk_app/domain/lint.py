"""The pre-archive checks of 案卷评查 as rules over one case (data sheet §4, 证): what a reviewer would find wrong in the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from clerk_app.domain.acts import GATEWAY, Act, acts_of, last_act
from clerk_app.domain.application import Application
from clerk_app.domain.case import Case, CaseKind, CaseState, Move
from clerk_app.domain.deadlines import WorkCalendar, workdays_between
from clerk_app.domain.paper import FORM_NAMES, Form
from clerk_app.domain.time import Stamp

FIVE = 5
"""Working days for a notice or an acceptance after the taking (行政许可法 32 条, 必知 7)."""

SOURCE = "案卷评查标准（数据表 §4，证）"
_ENDED = frozenset({CaseState.FINISHED, CaseState.DELIVERED, CaseState.ARCHIVED})
_PAPER_OF: Mapping[Move, tuple[Form, ...]] = {
    Move.ACCEPT: (Form.F2,),
    Move.ACCEPT_DEFERRED: (Form.F2, Form.F6),
    Move.DECLINE: (Form.F3,),
    Move.ASK_CORRECTION: (Form.F4,),
    Move.RECEIVE_CORRECTION: (Form.F5,),
    Move.SUPPLEMENT: (Form.F5,),
    Move.BEGIN_SPECIAL: (Form.F9,),
    Move.WITHDRAW: (Form.F12,),
    Move.RETURN: (Form.F12,),
    Move.DELIVER: (Form.F13,),
    Move.VOID: (Form.VOID,),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """``rule``: a closed word. ``text``: the finding as a sentence. ``source``: where the rule comes from."""

    rule: str
    text: str
    source: str = SOURCE


def case_faults(case: Case, printed: Collection[Form], calendar: WorkCalendar, today: dt.date) -> tuple[Fault, ...]:
    """Everything that would be found wrong in the file as it stands.

    Args:
        printed: forms that really came out of the printer. A part's papers are those of its package and are not asked here.
    """
    acts = acts_of(case)
    found = [*_dates(case, acts, calendar), *_signed(case), *_decision(case, acts, today)]
    if case.kind is not CaseKind.PART:
        found += _papers(acts, printed)
        found += _told(case, acts)
    found += _names(case)
    return tuple(found)


def _dates(case: Case, acts: tuple[Act, ...], calendar: WorkCalendar) -> list[Fault]:
    found = list[Fault]()
    received = Stamp.from_json(case.received_at).legal_date
    asked = next((act for act in acts if act.move is Move.ASK_CORRECTION and act.by != GATEWAY), None)
    first_answer = asked.day if asked else case.accepted_on
    if first_answer and (days := workdays_between(received, first_answer, calendar)) > FIVE:
        found.append(Fault("five_days", f"收件后 {days} 个工作日才受理或者告知，应在 {FIVE} 个工作日内"))
    complete = last_act(case, Move.RECEIVE_CORRECTION)
    was_before = asked is not None and acts.index(asked) == 0
    if was_before and complete and complete.detail.get("complete") and case.accepted_on != complete.day:
        found.append(Fault("complete_day", f"补正后的受理日期应为补齐当日 {complete.day.isoformat()}"))
    if case.accepted_on and case.accepted_on < received:
        found.append(Fault("before_received", "受理日期早于收件日期"))
    return found


def _signed(case: Case) -> list[Fault]:
    signature = Application.from_json(case.content).signature
    if case.accepted_on and (signature is None or not signature.is_there):
        return [Fault("signature", "申请人没有签名")]
    shown = case.content.get("notes", {}).get("shown_sha256")
    if case.accepted_on and signature and case.kind is not CaseKind.PART and signature.shown_sha256 != shown:
        return [Fault("signature_hash", "签名绑定的内容与办件里的不一致")]
    return []


def _decision(case: Case, acts: tuple[Act, ...], today: dt.date) -> list[Fault]:
    found = list[Fault]()
    ended = next((act for act in reversed(acts) if act.move is Move.FINISH), None)
    if case.state in _ENDED and ended is None:
        found.append(Fault("decision_day", "没有写明决定日期"))
    if case.state in _ENDED and not case.outcome:
        found.append(Fault("outcome", "没有办理结果"))
    if case.deadline:
        last = dt.date.fromisoformat(case.deadline["day"])
        is_open = case.accepted_on is not None and case.state not in _OVER
        late = ended.day if ended else today if is_open else last
        if late > last and not any(act.move is Move.SUSPEND for act in acts):
            found.append(Fault("late", f"承诺 {last.isoformat()} 办结，已经超过"))
    if case.state is CaseState.ARCHIVED and case.outcome in ("准予", "不予"):
        if not any(act.move is Move.DELIVER for act in acts):
            found.append(Fault("delivery", "没有送达回证"))
    elif case.state is CaseState.FINISHED and case.kind is not CaseKind.PACKAGE:
        found.append(Fault("not_delivered", "结果还没有送达"))
    return found


_OVER = _ENDED | {
    CaseState.WITHDRAWN,
    CaseState.RETURNED,
    CaseState.VOIDED,
    CaseState.DECLINED,
    CaseState.NOT_OURS,
    CaseState.CORRECTION_ASKED,
    CaseState.CORRECTION_RECEIVED,
    CaseState.SUSPENDED,
}


def _papers(acts: tuple[Act, ...], printed: Collection[Form]) -> list[Fault]:
    """Sealed and dated papers must really have come out; a notice that the department asked for is its own."""
    wanted = [form for act in acts if act.by != GATEWAY for form in _PAPER_OF.get(act.move, ())]
    return [
        Fault(f"paper.{form.name}", f"{FORM_NAMES[form]}没有打印")
        for form in dict.fromkeys(wanted)
        if form not in printed
    ]


def _told(case: Case, acts: tuple[Act, ...]) -> list[Fault]:
    found = list[Fault]()
    is_ours = case.state is CaseState.CORRECTION_ASKED and acts and acts[-1].by != GATEWAY
    if is_ours and not case.content.get("notes", {}).get("missing"):
        found.append(Fault("notice_empty", "一次性告知没有列出缺什么"))
    found += [
        Fault("reason", f"{_WHY[act.move]}没有写原因") for act in acts if act.move in _WHY and not act.reason.strip()
    ]
    return found


_WHY = {Move.BEGIN_SPECIAL: "特殊程序", Move.DECLINE: "不予受理", Move.VOID: "作废", Move.RETURN: "退件"}


def _names(case: Case) -> list[Fault]:
    """The applicant's name must be the same wherever it stands: in the form and in what was signed."""
    application = Application.from_json(case.content)
    name = application.applicant.name
    in_form = application.fields.get("applicant.name", name)
    shown = [row[1] for row in case.content.get("notes", {}).get("shown", []) if row[0] == "申请人"]
    if in_form != name or any(not text.startswith(name) for text in shown):
        return [Fault("name", "申请人姓名前后不一致")]
    return []
