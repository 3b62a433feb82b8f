"""Reading what was printed, with tools that are not ours: Poppler for text and lines, PDFium for pictures."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from html import unescape

from clerk_app.domain.paper import Form, Look
from printing.paper import ReportlabPaper
from printing.specimens.orders import Length, specimen


@cache
def specimen_pdf(form: Form, length: Length = Length.SHORT, look: Look | None = None) -> bytes:
    """A page of the specimen book, made once for all tests of this process: the same order gives the same bytes."""
    return ReportlabPaper().render(specimen(form, length, look))


def text_of(pdf: bytes) -> str:
    """What a reader copies out."""
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def squeezed(text: str) -> str:
    """Without white space, since lines break anywhere."""
    return "".join(text.split())


def lines_of(pdf: bytes) -> list[str]:
    """Each line of each block of text, as Poppler sees the page."""
    page = subprocess.run(
        ["pdftotext", "-bbox-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    lines = re.findall(r"<line .*?>(.*?)</line>", page, re.DOTALL)
    return [unescape("".join(re.findall(r"<word .*?>(.*?)</word>", line))) for line in lines]
