"""Paper: rendering, the printer of this PC, the spooler's thread, and exports that somebody asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from clerk_app.bootstrap.crash import report_bug
from clerk_app.domain.office import Office
from clerk_app.domain.paper import Form, Look, PaperSize, PrintState
from clerk_app.durable import write_durably
from clerk_app.errors import BadInput, StorageProblem
from clerk_app.ports import Printer
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.printing import claim_next, handed_over, settle
from printing import spooler
from printing.paper import ReportlabPaper
from printing.preview import page_pictures
from printing.signing import Checked, check
from printing.specimens.orders import Length, specimen
from printing.spool_worker import SpoolWorker
from ui.services import PageImage


def paper(office: Office | None = None) -> ReportlabPaper:
    """The forms of the registry, in the office's own words and look where it has some."""
    return ReportlabPaper(office)


def specimen_book(folder: Path, office: Office) -> Iterator[Path]:
    """Every form, short, long and extreme, on every paper, in normal and in large type. Raises StorageProblem."""
    forms = paper(office)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageProblem("建不了存放样张的文件夹。", what_to_do="请检查磁盘和权限。") from error
    for form in forms.forms():
        for look in (Look(size, large) for size in PaperSize for large in (False, True)):
            for length in Length:
                large = "-large" if look.large else ""
                path = folder / f"{form.name}-{form.value}-{look.size.value}{large}-{length.value}.pdf"
                export(forms.render(specimen(form, length, look)), path)
                yield path


def check_file(path: Path) -> Checked:
    """What stands behind a saved paper. Raises BadInput when it cannot be read at all."""
    try:
        return check(path.read_bytes())
    except OSError as error:
        raise BadInput("这个文件读不了。", what_to_do="请核对文件名，再试一次。") from error


def system_printer(name: str) -> Printer:
    """The named queue, else the user's default, else a printer that says there is none."""
    return spooler.CupsPrinter(name) if name else spooler.system_printer()


def sample_printer(folder: Path) -> Printer:
    """The demo's printer: a folder that takes sample papers only."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageProblem("建不了 export 文件夹。", what_to_do="请检查磁盘和权限。") from error
    return spooler.FolderPrinter(folder)


def export(pdf: bytes, path: Path) -> None:
    """Write a PDF where somebody asked for it. Raises StorageProblem."""
    try:
        write_durably(path, pdf)
    except OSError as error:
        raise StorageProblem(
            "文件没有存下来。", what_is_safe="办件和文书都在本机。", what_to_do="请换一个位置，或腾出空间再试。"
        ) from error


def preview(pdf: bytes) -> tuple[PageImage, ...]:
    """A PDF as pictures for the screen."""
    return tuple(PageImage(page.width, page.height, page.rgb) for page in page_pictures(pdf))


def print_waiting(desk: Desk, folder: Path) -> list[tuple[Form, Path]]:
    """Print everything that waits into the folder of sample papers; what was printed, in order."""
    printer, forms = sample_printer(folder), paper()
    done = []
    while (claimed := claim_next(desk)) is not None:
        ref = printer.submit(forms.render(claimed.order), claimed.title)
        settle(desk, claimed.job.id, PrintState.SENT, spool_ref=ref, printer=printer.name)
        settle(desk, claimed.job.id, printer.state(ref), printer=printer.name)
        done.append((claimed.job.form, folder / ref))
    return done


class SpoolDesk:
    """The spooler as the window sees it, before and after sign-in."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._worker: SpoolWorker | None = None
        self._listeners: list[Callable[[], None]] = []

    def start(self, desk: Desk) -> None:
        """A clerk signed in: print what waits."""
        self.stop()

        def record(job_id: str, state: PrintState, *, spool_ref: str = "", printer: str = "", reason: str = "") -> None:
            settle(desk, job_id, state, spool_ref=spool_ref, printer=printer, reason=reason)

        worker = SpoolWorker(
            self._printer,
            paper(),
            lambda: claim_next(desk),
            record,
            lambda: handed_over(desk),
            on_bug=report_bug,
        )
        worker.subscribe(self._tell)
        self._worker = worker
        worker.start()

    def stop(self) -> None:
        """Finish the paper in hand and end."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()

    def printer_text(self) -> str:
        """See ui.services.SpoolControl."""
        return self._worker.printer_text() if self._worker else "打印机：登录后检查"

    def subscribe(self, callback: Callable[[], None]) -> None:
        """See ui.services.SpoolControl."""
        self._listeners.append(callback)

    def nudge(self) -> None:
        """See ui.services.SpoolControl."""
        if self._worker is not None:
            self._worker.nudge()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
