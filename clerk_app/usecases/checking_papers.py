"""Is this paper ours, and what did it say? A clerk types the number and the check code of a paper or a photocopy of one."""

from __future__ import annotations

import hmac

from clerk_app.domain.acts import Act, acts_of
from clerk_app.domain.case import Case
from clerk_app.domain.numbering import LocalNumber
from clerk_app.domain.paper import FORM_NAMES, Form, PrintJob
from clerk_app.domain.paper_check import typed_code
from clerk_app.domain.people import mask_id
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused
from clerk_app.ports import PaperOrder, UnitOfWork
from clerk_app.usecases.desk import Desk, must_see_cases
from clerk_app.usecases.printing import order_in
from clerk_app.usecases.writing import find_case


def print_of_code(desk: Desk, number: str, code: str) -> PrintJob:
    """The print of a case that bears this code; what it says is then looked at with ``looking.look_at_paper``.

    Raises:
        Refused: no such case, no possible code, or no print of the case bears it: altered, made up, or another case's; of
            another window's case it is only said whose it is.
    """
    must_see_cases(desk)
    wanted = typed_code(code)
    if not wanted:
        raise Refused(
            "校验码应是 8 位，像 A7KM-3XRP。",
            what_to_do="校验码印在二维码上面和页脚；里面没有 0、1、2、5、8 和 B、I、L、O、Q、S、U、V、Z。",
        )
    with desk.store.begin(reading=True) as uow:
        case = _case_here(desk, uow, number)
        for job in uow.print_jobs.of_case(case.id):
            if job.form is not Form.F17 and hmac.compare_digest(_code(desk, uow, job), wanted):
                return job
    if (case.hall, case.window) != (desk.hall.code, desk.hall.window):
        raise _of_another(case.window)
    raise Refused(
        "对不上：本窗口没有给这件办件打印过带这个校验码的文书。",
        what_is_safe="办件没有变。",
        what_to_do="请再看一遍编号和校验码；还是对不上的，这张纸不能作为凭证，请按办件里的内容答复。",
    )


def _case_here(desk: Desk, uow: UnitOfWork, number: str) -> Case:
    """Raises Refused; a number of another window is no sign that the paper is false."""
    try:
        return find_case(uow, number)
    except Refused:
        try:
            told = LocalNumber.parse(number)
        except ValueError:
            told = None
        if told is None or (told.hall, told.window) == (desk.hall.code, desk.hall.window):
            raise
        raise _of_another(told.window) from None


def _of_another(window: str) -> Refused:
    return Refused(
        f"这张纸不是本窗口打的：按编号是 {window} 号窗口的，本窗口核对不了。",
        what_is_safe="这不说明纸是假的。",
        what_to_do=f"请拿到 {window} 号窗口核对；存成文件的，用 clerk-app print --verify 和那个窗口的钥匙核对。",
    )


def _code(desk: Desk, uow: UnitOfWork, job: PrintJob) -> str:
    """As it was printed; of a print that has not left yet, as it will be."""
    if told := job.detail.get("check", ""):
        return told
    try:
        return order_in(desk, uow, job).check
    except Refused:  # a paper that can no longer be made bears no code that anybody could compare with
        return ""


def what_it_is(case: Case, job: PrintJob) -> str:
    """The print in a few words: 受理通知书 演示受〔2026〕第 0009 号，第 1 次打印."""
    number = job.detail.get("number") or case.document_numbers.get(job.form.value, "")
    name = " ".join(part for part in (FORM_NAMES[job.form], number) if part)
    return f"{name}，第 {job.copy_number} 次打印"


def facts_on(order: PaperOrder) -> tuple[tuple[str, str], ...]:
    """What the print says, shortly, for an eye that compares: label and text; numbers masked as on the paper."""
    case, application = order.case, order.application
    firm, person = application.organisation, application.applicant
    act = act_of_form(order)
    whole = (
        ("申请人", f"{firm.name}（{firm.uscc}）" if firm else f"{person.name}（{mask_id(person.document_number)}）"),
        ("代办人", application.agent.name if application.agent else ""),
        ("事项", order.scheme.name),
        ("收件日期", Stamp.from_json(case.received_at).legal_date.isoformat()),
        ("受理日期", case.accepted_on.isoformat() if case.accepted_on else ""),
        ("承诺办结", str(case.deadline["day"]) if case.deadline else ""),
        ("结果", "：".join(part for part in (case.outcome, case.outcome_note) if part)),
        ("理由", act.reason if act else ""),
        ("依据的条款", act.text("basis") if act else ""),
        ("应向何处申请", act.text("instead") if act else ""),
        ("补正期限", act.text("until") if act else ""),
        (
            "证照文书",
            " ".join(part for part in (act.text("document"), act.text("document_number")) if part) if act else "",
        ),
        ("有效期至", act.text("valid_to") if act else ""),
        (
            "材料",
            f"{len(application.materials)} 份，{sum(len(how.pages) for how in application.materials.values())} 页",
        ),
        ("经办", order.clerk_name),
        ("日期", order.dated.legal_date.isoformat()),
    )
    return tuple((label, text) for label, text in whole if text)


def act_of_form(order: PaperOrder) -> Act | None:
    """The act that a paper tells of, by the moment that both bear."""
    return next((act for act in reversed(acts_of(order.case)) if act.at.utc_ms == order.dated.utc_ms), None)
