"""Print jobs: claimed, handed over, settled; each step durable, so that nothing is lost and nothing printed twice unasked.

A job is marked 'sent' with the spooler's id around the hand-over. If the program dies between handing over and marking,
the job is found 'sent' without an id: a person is asked to look, it is not repeated by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from clerk_app.domain.application import Application
from clerk_app.domain.case import Case
from clerk_app.domain.conditions import Facts
from clerk_app.domain.identity import identity_of
from clerk_app.domain.life_event import ITEM, Scheme
from clerk_app.domain.paper import (
    FORM_NAMES,
    PRINT_MOVES,
    PRINT_NAMES,
    Copy,
    Form,
    Look,
    PaperSize,
    PrintJob,
    PrintState,
    fingerprint,
)
from clerk_app.domain.paper_check import code_of, facts_of
from clerk_app.domain.rights import Right
from clerk_app.domain.service_item import LimitUnit, TimeLimit
from clerk_app.domain.time import Stamp
from clerk_app.errors import Refused, StorageProblem
from clerk_app.ports import PaperOrder, UnitOfWork
from clerk_app.usecases.as_of import act_of_print, as_of, first_print, kept_job
from clerk_app.usecases.counting_prints import SAVED, further, only_on
from clerk_app.usecases.desk import Desk, must, must_see_cases
from clerk_app.usecases.printed_lists import listed

UNKNOWN = "可能已经打印，请看一眼打印机，再决定要不要重打"
EXPIRES_MS = 12 * 3600 * 1000
"""Jobs older than this are not printed by themselves: stale slips must not come out days later."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job taken for printing, and everything its form needs."""

    job: PrintJob
    order: PaperOrder
    title: str


def claim_next(desk: Desk, takes: Callable[[PrintJob], bool] = lambda job: True) -> Claimed | None:
    """Take the oldest waiting job that ``takes`` wants (each printer its own), durably marked as handed over; None when
    nothing waits."""
    now = desk.clock.now()
    with desk.store.begin() as uow:
        for job in uow.print_jobs.open():
            if job.state is not PrintState.WAITING or not takes(job):
                continue
            if now.utc_ms - job.created_ms > EXPIRES_MS:
                uow.print_jobs.save(
                    replace(job, state=PrintState.FAILED, reason="放得太久，没有自动打印；需要时请重打")
                )
                continue
            try:
                order = order_in(desk, uow, job)
            except Refused as refused:  # one paper that cannot be made holds up no other
                uow.print_jobs.save(replace(job, state=PrintState.FAILED, reason=refused.message))
                continue
            taken = replace(job, state=PrintState.SENT, reason=UNKNOWN, detail={**job.detail, "check": order.check})
            uow.print_jobs.save(taken)
            uow.commit()
            return Claimed(taken, order, f"{FORM_NAMES[job.form]} {order.case.local_number}")
        uow.commit()
    return None


def settle(
    desk: Desk, job_id: str, state: PrintState, *, spool_ref: str = "", printer: str = "", reason: str = ""
) -> None:
    """Record what the spooler said; a move that the print state machine does not know changes nothing."""
    with desk.store.begin() as uow:
        job = uow.print_jobs.get(job_id)
        if job is None:
            return
        if state is not job.state and state not in PRINT_MOVES[job.state]:
            return
        uow.print_jobs.save(
            replace(
                job, state=state, spool_ref=spool_ref or job.spool_ref, printer=printer or job.printer, reason=reason
            )
        )
        if state is not job.state:
            uow.journal.append(desk.happening(f"print.{state.value}", job.case_id, job.revision, form=job.form.value))
        uow.commit()


def prints_of(desk: Desk, case_id: str) -> tuple[PrintJob, ...]:
    """How every print of a case stands, oldest first; what is on them is not told."""
    must_see_cases(desk)
    with desk.store.begin(reading=True) as uow:
        return uow.print_jobs.of_case(case_id)


def handed_over(desk: Desk) -> tuple[PrintJob, ...]:
    """Jobs the spooler has and has not finished, for asking it again (also after a restart)."""
    with desk.store.begin(reading=True) as uow:
        return tuple(job for job in uow.print_jobs.open() if job.state is PrintState.SENT and job.spool_ref)


def cancel_waiting(desk: Desk, job_id: str) -> PrintJob:
    """Drop a job that no printer has yet. One that was handed over comes back as it is: its printer must be asked.

    Raises:
        Refused: the job is gone, or it is printed already.
    """
    must_see_cases(desk)
    with desk.store.begin() as uow:
        job = kept_job(uow, job_id)
        if job.state is PrintState.SENT:
            return job
        if PrintState.CANCELLED not in PRINT_MOVES[job.state]:
            raise Refused(
                f"这份文书{PRINT_NAMES[job.state]}，不能再取消。", what_to_do="打错了的纸请作废，需要时再重打。"
            )
        dropped = replace(job, state=PrintState.CANCELLED, reason="")
        uow.print_jobs.save(dropped)
        uow.journal.append(desk.happening("print.cancelled", job.case_id, job.revision, form=job.form.value))
        uow.commit()
    return dropped


def reprint(
    desk: Desk, case_id: str, form: Form, reason: str, look: Look | None = None, copies: tuple[Copy, ...] = ()
) -> PrintJob:
    """A further print (第 N 次打印). Its reason stays with the job, which the journal names: it takes no free text itself.
    ``look``: another paper, or large type, from now on for this form of the case. ``copies``: only these sheets, this once.

    Raises:
        Refused: no reason, no such case, or this form was never made for it.
    """
    must_see_cases(desk)
    if not reason.strip():
        raise Refused("重打要写明原因。", what_to_do="请写几个字，例如“纸卡住了”。")
    with desk.store.begin() as uow:
        before = [job for job in uow.print_jobs.of_case(case_id) if job.form is form]
        if not before:
            raise Refused("这件办件没有这种文书。")
        job = further(desk, uow, before[-1], reason, {**_asked(look), **only_on(copies)})
        uow.commit()
    return job


def order_of(desk: Desk, job_id: str) -> PaperOrder:
    """What a job prints, for the preview on screen. Raises Refused when the job is gone."""
    must_see_cases(desk)
    with desk.store.begin(reading=True) as uow:
        job = kept_job(uow, job_id)
        return order_in(desk, uow, job)


def order_for_case(desk: Desk, case_id: str, form: Form) -> PaperOrder:
    """What the newest print of a form of a case holds. Raises Refused when none was ordered."""
    must_see_cases(desk)
    with desk.store.begin(reading=True) as uow:
        jobs = [job for job in uow.print_jobs.of_case(case_id) if job.form is form]
        if not jobs:
            raise Refused(f"这件办件没有{FORM_NAMES[form]}。", what_to_do="用 case show 可以看到它有哪些文书。")
        return order_in(desk, uow, max(jobs, key=lambda job: job.copy_number))


def order_to_save(desk: Desk, job_id: str) -> PaperOrder:
    """What a job prints, to leave the vault as a file in the clear: by its own right, and journalled before it is made.

    Raises:
        Refused: not this role's to do, or the job is gone.
    """
    must(desk, Right.EXPORT)
    must_see_cases(desk)
    with desk.store.begin() as uow:
        job = kept_job(uow, job_id)
        order = order_in(desk, uow, job)
        uow.print_jobs.save(replace(job, detail={**job.detail, "check": order.check}))
        uow.journal.append(desk.happening(SAVED, job.case_id, job.revision, form=job.form.value, job=job.id))
        uow.commit()
    return order


def order_in(desk: Desk, uow: UnitOfWork, job: PrintJob) -> PaperOrder:
    """What a job prints, inside the caller's transaction. Raises Refused when the case is gone."""
    case = uow.cases.get(job.case_id)
    if case is None:
        raise Refused("这件办件已经不在了。")
    case = as_of(uow, case, job.revision)
    application = Application.from_json(case.content)
    checked = replace(application.applicant, verification=identity_of(case))
    application = replace(application, applicant=checked)
    facts = application.facts(case.accepted_on or Stamp.from_json(case.received_at).legal_date)
    first = first_print(uow, job)
    act = act_of_print(case, first)
    clerk = uow.clerks.get(act.by if act else job.detail.get("by", "")) or uow.clerks.get(case.clerk)
    number, rows = job.detail.get("number", ""), listed(uow, job)
    facts_told = facts_of(job.form, case, number=number, copy=job.copy_number, made_ms=first.created_ms, rows=rows)
    own = {**case.document_numbers, job.form.value: number} if number else case.document_numbers
    return PaperOrder(
        form=job.form,
        case=replace(case, document_numbers=own),
        application=application,
        scheme=_scheme(desk, case, application, facts),
        hall=desk.hall,
        clerk_name=clerk.name if clerk else case.clerk,
        printed_at=desk.clock.now(),
        made_at=act.at if act else Stamp(first.created_ms),
        copy_number=job.copy_number,
        offline=not case.gateway_receipt,
        until={key: given.until for key, given in application.materials.items() if given.until},
        missing=_missing(case),
        rows=rows,
        look=_look(job),
        name_picture=_name_picture(uow, case, application),
        check=job.detail.get("check") or code_of(desk.paper_mark.mark(facts_told)),
        copies=tuple(Copy(each) for each in job.detail.get("copies", "").split(",") if each),
        key_words=fingerprint(desk.window_key.public) if desk.window_key else "",
    )


def _name_picture(uow: UnitOfWork, case: Case, application: Application) -> bytes:
    """The name as the card shows it, where it was kept; a paper is made without it rather than not at all."""
    if not application.name_strip:
        return b""
    try:
        return uow.attachments.read(case.id, application.name_strip)
    except (StorageProblem, KeyError):
        return b""


def _asked(look: Look | None) -> dict[str, str]:
    return {} if look is None else {"size": look.size.value, "large": "yes" if look.large else "no"}


def _look(job: PrintJob) -> Look | None:
    """As it was asked for; None when nobody asked for anything special."""
    if "size" not in job.detail and "large" not in job.detail:
        return None
    return Look(PaperSize(job.detail.get("size", PaperSize.A4.value)), job.detail.get("large") == "yes")


def _scheme(desk: Desk, case: Case, application: Application, facts: Facts) -> Scheme:
    """The entry the case stands under; a referral may be of something that is in no catalogue."""
    if case.item.id:
        return desk.catalogue.scheme_at(case.item.id, case.item.sha256, application.parts or None, facts)
    on_the_spot = TimeLimit(LimitUnit.ON_THE_SPOT)
    return Scheme("", case.item.name, ITEM, "", "", on_the_spot, (), (), (), is_sample=case.item.sample)


def _missing(case: Case) -> tuple[tuple[str, tuple[str, ...]], ...]:
    notes = case.content.get("notes", {})
    return tuple((name, tuple(reasons)) for name, reasons in notes.get("missing", []))
