"""Paper made in this process: for the commands, for the press's own process, for printers that take pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO

from clerk_app.bootstrap.press import export, sample_printer
from clerk_app.domain.office import Office
from clerk_app.domain.paper import Form, Look, PaperSize, PrintState
from clerk_app.errors import BadInput, StorageProblem
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.printing import claim_next, settle
from printing.paper import ReportlabPaper
from printing.press import serve
from printing.preview import page_pictures, page_sizes
from printing.signing import Checked, check
from printing.specimens.orders import Length, specimen
from ui.services import PageImage


def paper(office: Office | None = None) -> ReportlabPaper:
    """The forms of the registry, in the office's own words and look where it has some."""
    return ReportlabPaper(office)


def serve_press(orders: IO[bytes], papers: IO[bytes]) -> None:
    """What that process does."""
    serve(orders, papers)


def specimen_book(folder: Path, office: Office) -> Iterator[Path]:
    """Every form, short, long and extreme, on every paper, in normal and in large type; bodies of remedy that the office has not
    named are blank on the short ones and made up on the long. Raises StorageProblem."""
    forms = paper()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageProblem("建不了存放样张的文件夹。", what_to_do="请检查磁盘和权限。") from error
    for form in forms.forms():
        for look in (Look(size, large) for size in PaperSize for large in (False, True)):
            for length in Length:
                large = "-large" if look.large else ""
                path = folder / f"{form.name}-{form.value}-{look.size.value}{large}-{length.value}.pdf"
                order = specimen(form, length, look)
                named = replace(
                    office,
                    review_body=office.review_body or order.office.review_body,
                    court=office.court or order.office.court,
                )
                export(forms.render(replace(order, office=named)), path)
                yield path


def check_file(path: Path) -> Checked:
    """What stands behind a saved paper. Raises BadInput when it cannot be read at all."""
    try:
        return check(path.read_bytes())
    except OSError as error:
        raise BadInput("这个文件读不了。", what_to_do="请核对文件名，再试一次。") from error


def printed_pages(pdf: bytes, width: int) -> tuple[tuple[PageImage, float, float], ...]:
    """Every page ``width`` dots wide, with its width and height in points, for a printer that takes pictures."""
    pictures = (PageImage(page.width, page.height, page.rgb) for page in page_pictures(pdf, width))
    return tuple((page, wide, tall) for page, (wide, tall) in zip(pictures, page_sizes(pdf), strict=True))


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
