"""Before a file is closed: the checks of 案卷评查, and 归档 itself, which waits until they find nothing."""

from __future__ import annotations

from clerk_app.domain.case import Case, Move
from clerk_app.domain.lint import Fault, case_faults
from clerk_app.domain.message import MessageKind
from clerk_app.domain.paper import PrintState
from clerk_app.domain.rights import Right, may
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk, must_take_cases
from clerk_app.usecases.writing import Accepted, Step, find_case, take_step


def faults_before_archiving(desk: Desk, uow: UnitOfWork, case: Case) -> tuple[Fault, ...]:
    """What a reviewer would find in the file now; nothing for an erased case."""
    if not case.content.get("applicant"):
        return ()
    printed = {job.form for job in uow.print_jobs.of_case(case.id) if job.state is PrintState.PRINTED}
    return case_faults(case, printed, desk.calendar, desk.clock.now().legal_date)


def archive(desk: Desk, number: str) -> Accepted:
    """归档; the platform is told, unless the content was erased already.

    Raises:
        Refused: with every fault of the file, or when the case is not at its end.
    """
    if not may(desk.session.role, Right.SUPERVISE):
        must_take_cases(desk)
    now = desk.clock.now()
    with desk.store.begin() as uow:
        case = find_case(uow, number)
        if faults := faults_before_archiving(desk, uow, case):
            raise Refused("还不能归档。", reasons=tuple(fault.text for fault in faults), what_is_safe="办件没有变。")
        kind = MessageKind.ARCHIVED if case.content.get("applicant") else None
        case, jobs = take_step(desk, uow, case, Step(Move.ARCHIVE, kind), now)
        uow.commit()
    return Accepted(case, (), jobs)
