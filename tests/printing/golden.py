"""The golden pages: every line of text with its place, as Poppler sees it, and everything drawn, as PDFium sees it. After a wanted
change: ``python -m tests.printing.golden``.

A golden file holds one line for each line of text: page, left and top in whole points, the height of its type in tenths, the words;
then one for each thing drawn: page, left and top, the height in tenths, what it is, how wide, how dark and whether it is dashed.
"""

from __future__ import annotations

import ctypes
import io
import re
import subprocess
from html import unescape
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from clerk_app.domain.paper import Form, Look, PaperSize
from printing.specimens.orders import Length
from tests.printing.reading import specimen_pdf

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


def drawn_things(pdf: bytes) -> list[str]:
    """``1  57 287 720 —box 482 grey 18 dashed``: rules, frames and pictures; the squares of a QR as one frame around them."""
    found = []
    for number, page in enumerate(pypdfium2.PdfDocument(io.BytesIO(pdf)), 1):
        things = [thing for thing in page.get_objects() if thing.type != pdfium.FPDF_PAGEOBJ_TEXT]
        squares = [thing for thing in things if _is_filled(thing)]
        around = [thing.get_bounds() for thing in squares]
        if around:
            edges = tuple(pick(bounds[at] for bounds in around) for at, pick in enumerate((min, min, max, max)))
            found.append(_thing(number, page.get_height(), edges, f"squares {len(around)}"))
        for thing in things:
            if thing in squares:
                continue
            kind = "picture" if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE else f"line grey {_grey(thing)}"
            found.append(_thing(number, page.get_height(), thing.get_bounds(), kind + " dashed" * _is_dashed(thing)))
    return sorted(found)


def _thing(number: int, tall: float, bounds: tuple[float, ...], kind: str) -> str:
    left, low, right, high = bounds
    return (
        f"{number} {round(left):4d} {round(tall - high):4d} {round((high - low) * 10):4d} —{kind} {round(right - left)}"
    )


def _is_filled(thing: pypdfium2.PdfObject) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    is_path = pdfium.FPDFPath_GetDrawMode(thing.raw, ctypes.byref(mode), ctypes.byref(stroke))
    return bool(is_path and mode.value and not stroke.value)


def _is_dashed(thing: pypdfium2.PdfObject) -> bool:
    return int(pdfium.FPDFPageObj_GetDashCount(thing.raw)) > 0


def _grey(thing: pypdfium2.PdfObject) -> int:
    shades = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFPageObj_GetStrokeColor(thing.raw, *(ctypes.byref(each) for each in shades))
    return shades[0].value


def golden_text(form: Form, length: Length, look: Look) -> str:
    """What the golden file of a page must hold."""
    pdf = specimen_pdf(form, length, look)
    return "\n".join([*page_lines(pdf), *drawn_things(pdf)]) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for entry in BOOK:
        (FOLDER / f"{name_of(*entry)}.txt").write_text(golden_text(*entry), encoding="utf-8")


if __name__ == "__main__":
    main()
