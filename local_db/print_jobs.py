"""The durable print queue."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from clerk_app.domain.paper import Form, PrintJob, PrintState
from clerk_app.errors import Bug
from local_db.faults import damaged
from local_db.schema import print_job as table
from local_db.transaction import Transaction

_OPEN = (PrintState.WAITING, PrintState.SENT, PrintState.FAILED)


class SqlPrintJobs:
    """See ports.PrintJobs."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, job: PrintJob) -> None:
        """See ports.PrintJobs."""
        columns = self._moving(job) | {
            "id": job.id,
            "case_id": job.case_id,
            "revision": job.revision,
            "form": job.form.value,
            "created_ms": job.created_ms,
        }
        self._transaction.execute(insert(table), columns)

    def save(self, job: PrintJob) -> None:
        """See ports.PrintJobs."""
        if not self._transaction.change(update(table).where(table.c.id == job.id).values(**self._moving(job))):
            raise Bug("打印队列里没有这份文书。")

    def get(self, job_id: str) -> PrintJob | None:
        """See ports.PrintJobs."""
        row = self._transaction.execute(select(table).where(table.c.id == job_id)).one_or_none()
        return self._job(row) if row is not None else None

    def open(self) -> tuple[PrintJob, ...]:
        """See ports.PrintJobs."""
        states = [state.value for state in _OPEN]
        rows = self._transaction.execute(select(table).where(table.c.state.in_(states)).order_by(table.c.seq))
        return tuple(self._job(row) for row in rows)

    def of_case(self, case_id: str) -> tuple[PrintJob, ...]:
        """See ports.PrintJobs; oldest first."""
        rows = self._transaction.execute(select(table).where(table.c.case_id == case_id).order_by(table.c.seq))
        return tuple(self._job(row) for row in rows)

    def _moving(self, job: PrintJob) -> dict[str, Any]:
        return {
            "state": job.state.value,
            "copy_number": job.copy_number,
            "printer": job.printer,
            "spool_ref": job.spool_ref,
            "reason": job.reason,
            "sealed": self._transaction.seal(job.case_id, dict(job.detail), f"print:{job.id}"),
        }

    def _job(self, row: Any) -> PrintJob:
        detail = self._transaction.open(row.case_id, row.sealed, f"print:{row.id}")
        try:
            form, state = Form(row.form), PrintState(row.state)
        except ValueError as error:
            raise damaged("打印队列有一条读不出来。") from error
        return PrintJob(
            id=row.id,
            case_id=row.case_id,
            revision=row.revision,
            form=form,
            created_ms=row.created_ms,
            state=state,
            copy_number=row.copy_number,
            printer=row.printer,
            spool_ref=row.spool_ref,
            reason=row.reason,
            detail=detail,
        )
