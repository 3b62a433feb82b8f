"""Kept files: PDF/A-2b by the rules of veraPDF, `qpdf --check`, embedded subsets, the metadata, tabular digits."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pikepdf.pdfa import validate_written

from clerk_app.domain.paper import Form, Look, PaperSize
from printing.archive import HASH_URN, content_hash
from printing.glyphs import advance
from printing.paper import ReportlabPaper, version_of
from printing.specimens import people
from printing.specimens.orders import Length, specimen
from tests.printing.orders import RARE_NAMES
from tests.printing.reading import specimen_pdf, text_of

PAPER = ReportlabPaper()
OTHER_LOOKS = [Look(size, large) for size in PaperSize for large in (False, True)][1:]


def faults(pdf: bytes) -> list[str]:
    return [str(each) for each in validate_written(io.BytesIO(pdf), "2b").findings]


@pytest.mark.parametrize("form", Form, ids=lambda form: form.name)
def test_every_form_is_pdf_a_and_whole_in_every_length_and_on_other_papers(form: Form, tmp_path: Path) -> None:
    books = [specimen_pdf(form, length, Look()) for length in Length]
    at = list(Form).index(form)  # two of the other papers for each form: all of them, in every length, over the forms
    books += [
        specimen_pdf(form, list(Length)[(at + n) % 3], OTHER_LOOKS[(at + 2 * n) % len(OTHER_LOOKS)]) for n in range(2)
    ]
    for at, pdf in enumerate(books):
        assert faults(pdf) == []
        (tmp_path / f"{at}.pdf").write_bytes(pdf)
        with pikepdf.open(io.BytesIO(pdf)) as document:
            for thing in document.objects:
                if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font":
                    assert re.fullmatch(r"/[A-Z]{6}\+(NotoSansSC-(Regular|Bold)|HanaMinB)", str(thing.BaseFont))
                    assert len(thing.FontDescriptor.FontFile2.read_bytes()) > 0
    for file in sorted(tmp_path.iterdir()):
        said = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
        assert (said.returncode, "No syntax or stream encoding errors" in said.stdout) == (0, True), said.stdout


def test_the_checker_itself_bites() -> None:
    """Planted: a page transition, and the output intent gone."""
    with pikepdf.open(io.BytesIO(PAPER.render(specimen(Form.F2)))) as document:
        document.pages[0].Trans = pikepdf.Dictionary()
        del document.Root["/OutputIntents"]
        out = io.BytesIO()
        document.save(out)
    assert len(faults(out.getvalue())) >= 2


def test_the_metadata_tells_case_form_version_and_a_hash_that_holds() -> None:
    order = specimen(Form.F2)
    with pikepdf.open(io.BytesIO(PAPER.render(order))) as document:
        told = document.open_metadata()
        assert told["dc:identifier"] == order.case.local_number
        assert set(told["dc:type"]) == {"acceptance_notice"}
        assert told["xmpMM:VersionID"] == version_of(order.office)
        assert told["xmpMM:DocumentID"] == HASH_URN + content_hash(document)
        assert told.pdfa_status == "2B"
        packet = document.Root.Metadata.read_bytes().decode()
    assert order.application.applicant.name not in packet
    later = replace(order, printed_at=replace(order.printed_at, utc_ms=order.printed_at.utc_ms + 60_000))
    with pikepdf.open(io.BytesIO(PAPER.render(later))) as other:
        assert other.open_metadata()["xmpMM:DocumentID"] not in packet


def test_the_rating_sheet_names_no_case_even_in_its_metadata() -> None:
    with pikepdf.open(io.BytesIO(PAPER.render(specimen(Form.F17)))) as document:
        told = f"{document.Root.Metadata.read_bytes().decode()} {document.docinfo}"
    assert specimen(Form.F17).case.local_number not in told


@pytest.mark.parametrize("look", OTHER_LOOKS, ids=lambda look: f"{look.size}{'-large' if look.large else ''}")
def test_rare_names_copy_exactly_from_every_paper(look: Look) -> None:
    plain = specimen(Form.F2, look=look)
    for name in RARE_NAMES:
        person = replace(plain.application.applicant, name=name)
        text = text_of(PAPER.render(replace(plain, application=replace(plain.application, applicant=person))))
        assert name.replace("\U00030000", "[U+30000]") in text


def test_pages_have_the_size_that_was_asked_for() -> None:
    for look, wide in ((Look(), 595.28), (Look(PaperSize.A5), 419.53), (Look(PaperSize.STRIP), 226.77)):
        with pikepdf.open(io.BytesIO(PAPER.render(specimen(Form.F1, look=look)))) as document:
            box = [float(edge) for edge in document.pages[0].mediabox]
        assert box[2] - box[0] == pytest.approx(wide, abs=0.01)
    assert box[3] - box[1] < 1200  # a strip ends where its words end


def test_digits_are_tabular() -> None:
    for bold in (False, True):
        assert len({advance(digit, bold=bold) for digit in "0123456789"}) == 1


def test_large_print_is_large() -> None:
    sizes = {}
    for large in (False, True):
        pdf = PAPER.render(specimen(Form.F2, look=Look(PaperSize.A4, large)))
        page = subprocess.run(
            ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True
        ).stdout.decode()
        found = re.search(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">[^<]*刘桂芳', page)
        assert found is not None
        sizes[large] = float(found[2]) - float(found[1])
    assert sizes[True] > 1.3 * sizes[False]
    assert people.SHORT.name == "刘桂芳"
