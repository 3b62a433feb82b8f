"""The lines of a paper that lists cases: F14 what is handed over, F16 what was taken by hand."""

from __future__ import annotations

from clerk_app.domain.acts import acts_of
from clerk_app.domain.case import Case
from clerk_app.domain.paper import Form, PrintJob
from clerk_app.domain.people import mask_name
from clerk_app.domain.time import Stamp, iso_minutes
from clerk_app.ports import UnitOfWork


def listed(uow: UnitOfWork, job: PrintJob) -> tuple[tuple[str, ...], ...]:
    """One line for each case that the job names and that is still here."""
    cases = [case for each in job.detail.get("cases", "").split(",") if each and (case := uow.cases.get(each))]
    if job.form is Form.F16:
        return tuple(_by_hand(uow, case) for case in cases)
    return tuple(
        (
            case.local_number,
            case.item.name,
            _applicant(case),
            str(sum(1 for how in case.content.get("materials", {}).values() if how.get("pages"))),
        )
        for case in cases
    )


def _applicant(case: Case) -> str:
    """A firm by its name, a person masked."""
    firm = case.content.get("organisation") or {}
    return str(firm.get("name") or mask_name(str(case.content.get("applicant", {}).get("name", ""))))


def _when_and_by(uow: UnitOfWork, case: Case) -> str:
    """When the slip was written, and by whom."""
    taken = case.content.get("emergency") or {}
    if not taken.get("taken_at"):
        return ""
    when = iso_minutes(Stamp.from_json(taken["taken_at"]))
    return f"{when} {name_of(uow, str(taken.get('taken_by') or ''))}".strip()


def _by_hand(uow: UnitOfWork, case: Case) -> tuple[str, ...]:
    taken = case.content.get("emergency", {})
    acts = acts_of(case)
    entered = iso_minutes(acts[0].at) if acts else ""
    return (
        str(taken.get("number", "")),
        _when_and_by(uow, case),
        _applicant(case),
        case.item.name,
        _materials_of(case),
        f"{case.local_number} {entered} {name_of(uow, acts[0].by if acts else case.clerk)}",
    )


def name_of(uow: UnitOfWork, login: str) -> str:
    """Who that is, as a paper names people; what was written by hand (a name already) stays."""
    clerk = uow.clerks.get(login) if login else None
    return clerk.name if clerk else login


def _materials_of(case: Case) -> str:
    """How many materials were taken in and how many pages of them (F16)."""
    given = case.content.get("materials", {}).values()
    return f"{len(given)} 份 {sum(len(each.get('pages', [])) for each in given)} 页" if given else "—"
