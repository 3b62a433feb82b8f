"""The golden pages: every line of text with its place, as Poppler sees it. After a wanted change: ``python -m tests.printing.golden``.

A golden file holds one line for each line of text: page, left and top in whole points, the height of its type in tenths, the words.
"""

from __future__ import annotations

import re
import subprocess
from html import unescape
from pathlib import Path

from clerk_app.domain.paper import Form, Look, PaperSize
from printing.paper import ReportlabPaper
from printing.specimens.orders import Length, specimen

FOLDER = Path(__file__).with_name("golden")
_LONG = (Form.F1, Form.F2, Form.F4)
BOOK = [
    *((form, Length.SHORT, Look()) for form in Form),
    *((form, Length.LONG, Look()) for form in _LONG),
    *((form, Length.SHORT, Look(PaperSize.STRIP)) for form in _LONG),
    (Form.F2, Length.SHORT, Look(PaperSize.A5)),
    (Form.F2, Length.SHORT, Look(PaperSize.A4, large=True)),
]


def name_of(form: Form, length: Length, look: Look) -> str:
    return f"{form.name}-{length.value}-{look.size.value}{'-large' if look.large else ''}"


def page_lines(pdf: bytes) -> list[str]:
    """``1  57  46 181 重庆市…``: page, left, top, height, words; sorted from the top, so that drawing order does not matter."""
    page = subprocess.run(
        ["pdftotext", "-bbox-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    lines: list[tuple[int, int, int, int, str]] = []
    for number, part in enumerate(page.split("<page ")[1:], 1):
        for line in re.finditer(
            r'<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</line>', part, re.DOTALL
        ):
            words = unescape(" ".join(re.findall(r"<word .*?>(.*?)</word>", line[4])))
            height = round((float(line[3]) - float(line[2])) * 10)
            lines.append((number, round(float(line[2])), round(float(line[1])), height, words))
    return [f"{number} {left:4d} {top:4d} {height:4d} {words}" for number, top, left, height, words in sorted(lines)]


def golden_text(form: Form, length: Length, look: Look) -> str:
    """What the golden file of a page must hold."""
    return "\n".join(page_lines(ReportlabPaper().render(specimen(form, length, look)))) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for entry in BOOK:
        (FOLDER / f"{name_of(*entry)}.txt").write_text(golden_text(*entry), encoding="utf-8")


if __name__ == "__main__":
    main()
