"""A case as it stood at one of its revisions: a paper printed again says what it said, not what became of the case since.

What was sent is kept word for word in the outbox; the numbers that came from outside are the case's own for ever and go along.
"""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.acts import Act, acts_of
from clerk_app.domain.canonical import parse_json
from clerk_app.domain.case import Case, case_from_document
from clerk_app.domain.paper import PrintJob
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork


def as_of(uow: UnitOfWork, case: Case, revision: int) -> Case:
    """The case at that revision, or a later one of the very same act (补正收件 and 受理, 决定 and 送达 happen at once).

    One that was never sent (a number or an answer came in) shows what was sent last before it; an erased case has nothing to
    show and answers itself.
    """
    if case.revision <= revision:
        return case
    every = [message for message in uow.outbox.of_case(case.id) if message.body]
    sent = [message for message in every if 0 < message.revision <= revision]
    if not sent:
        return case
    moment = max(sent, key=lambda message: message.revision).created_ms
    of_the_act = [message for message in every if message.created_ms == moment]
    newest = max(of_the_act, key=lambda message: (message.revision, message.seq))
    then = case_from_document(parse_json(newest.body)["case"])
    return replace(then, gateway_receipt=case.gateway_receipt, case_number=case.case_number)


def kept_job(uow: UnitOfWork, job_id: str) -> PrintJob:
    """A print that is asked for by its id. Raises Refused when it is gone (its case was erased)."""
    job = uow.print_jobs.get(job_id)
    if job is None:
        raise Refused("这份文书已经不在了。")
    return job


def same_paper(uow: UnitOfWork, job: PrintJob) -> tuple[PrintJob, ...]:
    """Every print of the paper that ``job`` is one of, by its number; two notices of one kind are two papers."""
    same = [
        each
        for each in uow.print_jobs.of_case(job.case_id)
        if (each.form, each.revision, each.detail.get("number")) == (job.form, job.revision, job.detail.get("number"))
    ]
    return tuple(sorted(same, key=lambda each: each.copy_number)) or (job,)


def first_print(uow: UnitOfWork, job: PrintJob) -> PrintJob:
    """The print that the act ordered: its moment is that of the paper, on every later print too."""
    return same_paper(uow, job)[0]


def act_of_print(case: Case, first: PrintJob) -> Act | None:
    """Whose act ordered a paper; None for one that no act orders (F17, F18)."""
    return next((act for act in reversed(acts_of(case)) if act.at.utc_ms == first.created_ms), None)
