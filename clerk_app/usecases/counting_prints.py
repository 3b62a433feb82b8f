"""Which print of a paper this is (第 N 次打印), counted in the order in which prints leave the window, by whatever door: out of a
printer, or as a file. Every print after the first has its reason: it stays with the job, which the journal names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clerk_app.domain.journal import Happening
from clerk_app.domain.paper import FORM_NAMES, Copy, Form, PrintJob, PrintState
from clerk_app.domain.rights import Right
from clerk_app.errors import Refused
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.as_of import kept_job, same_paper
from clerk_app.usecases.desk import Desk, must, must_see_cases

SAVED = "print.saved"
FILE_FIRST, PAPER_FIRST = "此前已经存成文件", "此前已经打印，另存一份文件"
"""The reasons of a print that follows one by the other door: nobody has to type what the window knows."""
_ONLY_A_FILE = "只存成文件，没有交给打印机"
_OF_ONE_PRINT = frozenset({"door", "check", "copies"})
_OUT = frozenset({PrintState.SENT, PrintState.PRINTED})


def only_on(copies: tuple[Copy, ...]) -> dict[str, str]:
    """Which sheets, for a job's detail; nothing where all are wanted."""
    return {"copies": ",".join(copies)} if copies else {}


def further(
    desk: Desk, uow: UnitOfWork, job: PrintJob, reason: str, detail: Mapping[str, str] | None = None
) -> PrintJob:
    """One more print of the paper that ``job`` is one of, as it was made whatever became of the case since; stored and
    journalled. ``detail``: what is different this time."""
    own = same_paper(uow, job)
    again = PrintJob(
        desk.ids.new_id(),
        job.case_id,
        job.revision,
        job.form,
        desk.clock.now().utc_ms,
        copy_number=own[-1].copy_number + 1,
        detail={**_as_asked(own[-1]), "why": reason.strip(), **(detail or {})},
    )
    uow.print_jobs.add(again)
    _note(desk, uow, again)
    return again


def save_further(desk: Desk, case_id: str, form: Form, reason: str, copies: tuple[Copy, ...] = ()) -> PrintJob:
    """As ``save_print``, of the newest paper of a form. Raises Refused as it does, and when the case has no such paper."""
    must(desk, Right.EXPORT)
    must_see_cases(desk)
    with desk.store.begin(reading=True) as uow:
        own = [job for job in uow.print_jobs.of_case(case_id) if job.form is form]
    if not own:
        raise Refused(f"这件办件没有{FORM_NAMES[form]}。", what_to_do="用 case show 可以看到它有哪些文书。")
    return save_print(desk, own[-1].id, reason, copies)


def save_print(desk: Desk, job_id: str, reason: str = "", copies: tuple[Copy, ...] = ()) -> PrintJob:
    """The print that a file is made of. The first print when none has left the window (what still waits for a printer is
    then a further one), else a further one; a second file wants a reason of its own.
    ``copies``: only these sheets; empty: all of them.

    Raises:
        Refused: not this role's to do, no such paper, or it was saved before and no reason is told.
    """
    must(desk, Right.EXPORT)
    must_see_cases(desk)
    with desk.store.begin() as uow:
        job = kept_job(uow, job_id)
        own, saved = same_paper(uow, job), _saved(uow, job.case_id)
        was_saved = any(each.is_file or each.id in saved for each in own)
        if was_saved and not reason.strip():
            raise Refused(
                f"这份{FORM_NAMES[job.form]}已经存过一次，再存就是第 {own[-1].copy_number + 1} 次打印，要写明原因。",
                what_is_safe="办件没有变，也没有写出文件。",
                what_to_do="请写几个字，例如“申请人弄丢了”：窗口里写在重打原因那一格，命令用 --reason。",
            )
        if was_saved or any(each.state in _OUT for each in own):
            again = further(desk, uow, job, reason.strip() or PAPER_FIRST)
            made = _set_aside(uow, again, copies)
        else:
            made = _before_all(desk, uow, own, copies)
        uow.commit()
    return made


def _before_all(desk: Desk, uow: UnitOfWork, own: tuple[PrintJob, ...], copies: tuple[Copy, ...]) -> PrintJob:
    """A file before any paper takes the first number; what waits for a printer moves up by one."""
    waiting = [job for job in own if job.state is PrintState.WAITING]
    if not waiting:
        return own[0]
    first = waiting[0]
    file = replace(first, id=desk.ids.new_id(), detail=_as_asked(first))
    for job in waiting:
        later = replace(
            job,
            copy_number=job.copy_number + 1,
            detail={**_as_asked(job), **_sheets(job), "why": job.detail.get("why", FILE_FIRST)},
        )
        uow.print_jobs.save(later)
        if job is first:
            _note(desk, uow, later)
    uow.print_jobs.add(file)
    return _set_aside(uow, file, copies)


def _set_aside(uow: UnitOfWork, job: PrintJob, copies: tuple[Copy, ...]) -> PrintJob:
    """No printer takes it."""
    told = {**job.detail, "door": "file", **only_on(copies)}
    done = replace(job, state=PrintState.CANCELLED, reason=_ONLY_A_FILE, detail=told)
    uow.print_jobs.save(done)
    return done


def _as_asked(job: PrintJob) -> dict[str, str]:
    return {key: told for key, told in job.detail.items() if key not in _OF_ONE_PRINT}


def _sheets(job: PrintJob) -> dict[str, str]:
    return {"copies": job.detail["copies"]} if job.detail.get("copies") else {}


def _saved(uow: UnitOfWork, case_id: str) -> frozenset[str]:
    """The prints that were saved as files."""
    return frozenset(
        entry.happening.detail.get("job", "") for entry in uow.journal.of_case(case_id) if entry.happening.verb == SAVED
    )


def _note(desk: Desk, uow: UnitOfWork, job: PrintJob) -> None:
    """A further print in the journal; ``job`` leads to the reason."""
    case = uow.cases.get(job.case_id)
    told = {"form": job.form.value, "copy": str(job.copy_number), "job": job.id}
    happening: Happening = desk.happening("print.again", job.case_id, case.revision if case else job.revision, **told)
    uow.journal.append(happening)
