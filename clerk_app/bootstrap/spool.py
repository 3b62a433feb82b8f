"""The printers of this window, a worker for each, so that a dead one holds up only its own papers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from clerk_app.bootstrap.crash import report_bug
from clerk_app.bootstrap.office import keep_office, office_or_shipped
from clerk_app.domain.office import Office
from clerk_app.domain.paper import PrintJob, PrintState
from clerk_app.ports import Paper, Printer
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.printing import cancel_waiting, claim_next, handed_over, settle
from printing import spooler
from printing.press import Press
from printing.spool_worker import SpoolWorker


def system_printer(name: str) -> Printer:
    """The named queue, else the user's default, else a printer that says there is none."""
    if sys.platform == "win32":
        from clerk_app.bootstrap.paper import printed_pages
        from ui.windows_printer import WindowsPrinter, default_name

        found = name or default_name()
        return WindowsPrinter(found, printed_pages) if found else spooler.NoPrinter()
    return spooler.CupsPrinter(name) if name else spooler.system_printer()


def printers_of(default: Printer, office: Office) -> tuple[Printer, ...]:
    """The default printer first, then each that the office named for some form."""
    named = [name for name in office.printers() if name != default.name]
    return (default, *(_printer(name, office) for name in named))


def _printer(name: str, office: Office) -> Printer:
    device = office.receipt_printers.get(name)
    if (
        not device or sys.platform == "win32"
    ):  # there a receipt printer is a queue of the system, with its maker's driver
        return system_printer(name)
    from printing.receipt_printer import ReceiptPrinter  # draws: only where there is one

    return ReceiptPrinter(name, Path(device))


class SpoolDesk:
    """The spooler as the window sees it, before and after sign-in. ``trouble``: a sentence about settings that cannot be used.
    ``on_start`` is called at each sign-in."""

    def __init__(
        self,
        default: Printer,
        forms: Paper,
        office: Office | None = None,
        trouble: str = "",
        on_start: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_start = on_start
        self._default, self._office = default, office or Office()
        self._printers = printers_of(default, self._office)
        self._forms, self._trouble = forms, trouble
        self._workers: tuple[SpoolWorker, ...] = ()
        self._desk: Desk | None = None
        self._listeners: list[Callable[[], None]] = []

    def start(self, desk: Desk) -> None:
        """A clerk signed in: print what waits."""
        self.stop()
        self._on_start()

        def record(job_id: str, state: PrintState, *, spool_ref: str = "", printer: str = "", reason: str = "") -> None:
            settle(desk, job_id, state, spool_ref=spool_ref, printer=printer, reason=reason)

        self._desk = desk
        self._workers = tuple(
            SpoolWorker(
                printer,
                self._forms,
                lambda name=printer.name: claim_next(desk, lambda job: self._goes_to(job) == name),  # type: ignore[misc]
                record,
                lambda: handed_over(desk),
                on_bug=report_bug,
                is_strip=printer.name in self._office.receipt_printers,
            )
            for printer in self._printers
        )
        for worker in self._workers:
            worker.subscribe(self._tell)
            worker.start()

    def use(self, office: Office) -> None:
        """From now on with these printers; papers in hand are finished first."""
        desk = self._desk
        self.stop()
        self._office, self._printers, self._trouble = office, printers_of(self._default, office), ""
        if desk is not None:
            self.start(desk)
        self._tell()

    def stop(self) -> None:
        """Finish the papers in hand and end."""
        workers, self._workers, self._desk = self._workers, (), None
        for worker in workers:
            worker.stop()

    def printer_text(self) -> str:
        """See ui.services.SpoolControl."""
        if self._trouble:
            return self._trouble
        if not self._workers:
            return "打印机：登录后检查"
        return self.trouble() or self._workers[0].printer_text()

    def trouble(self) -> str:
        """See ui.services.SpoolControl."""
        return "；".join(worker.printer_text() for worker in self._workers if worker.has_problem())

    def subscribe(self, callback: Callable[[], None]) -> None:
        """See ui.services.SpoolControl."""
        self._listeners.append(callback)

    def nudge(self) -> None:
        """See ui.services.SpoolControl."""
        for worker in self._workers:
            worker.nudge()

    def cancel(self, job_id: str) -> PrintState:
        """See ui.services.SpoolControl."""
        if self._desk is None:
            return PrintState.WAITING
        job = cancel_waiting(self._desk, job_id)
        if job.state is PrintState.SENT and job.spool_ref:
            for worker in self._workers:
                if worker.name == job.printer:
                    worker.cancel(job)
        self._tell()
        return job.state

    def _goes_to(self, job: PrintJob) -> str:
        """The printer of this window that a job is for: the one of its form where it is here, else the default one."""
        wanted = self._office.route(job.form).printer
        return wanted if any(printer.name == wanted for printer in self._printers) else self._printers[0].name

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


class OfficeDesk:
    """See ports.PaperDesk."""

    def __init__(self, data: Path, spool: SpoolDesk, forms: Press) -> None:
        self._data, self._spool, self._forms = data, spool, forms

    def office(self) -> Office:
        """See ports.PaperDesk."""
        return office_or_shipped(self._data)[0]

    def printers(self) -> tuple[str, ...]:
        """See ports.PaperDesk."""
        if sys.platform == "win32":
            from ui.windows_printer import names

            found = names()
        else:
            found = spooler.queue_names()
        return (*found, *self.office().receipt_printers)

    def adopt(self, office: Office) -> None:
        """See ports.PaperDesk."""
        kept = keep_office(office, self._data)
        self._forms.use(kept)
        self._spool.use(kept)
