"""Paints laid-out pages as PDF: A4, embedded subset fonts, no date inside, the same bytes for the same pages."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence

from reportlab.pdfgen.canvas import Canvas

from printing.glyphs import REGULAR_NAME, face, runs
from printing.lines import Span
from printing.mend import mend
from printing.sheet import BOTTOM, FAINT, LEFT, PAGE_HEIGHT, PAGE_WIDTH, RIGHT, SMALL, Box, Mark, Rule, Squares, Text

_ONE_AT_A_TIME = threading.Lock()  # a font object can serve one document at a time


def paint(pages: Sequence[Sequence[Mark]], *, title: str, author: str, subject: str) -> bytes:
    """The PDF. Title, author and subject are seen by anybody who holds the file: no personal datum may stand there."""
    with _ONE_AT_A_TIME:
        face(REGULAR_NAME)
        buffer = io.BytesIO()
        # Our own initial font: otherwise Helvetica is named in the file without being embedded.
        canvas = Canvas(
            buffer,
            (PAGE_WIDTH, PAGE_HEIGHT),
            invariant=1,
            pageCompression=1,
            initialFontName=REGULAR_NAME,  # type: ignore[arg-type] # the stub says float; it is a name
            lang="zh-CN",
        )
        canvas.setTitle(title)
        canvas.setAuthor(author)
        canvas.setSubject(subject)
        canvas.setCreator("clerk-app")
        for number, marks in enumerate(pages, start=1):
            for mark in marks:
                _put(canvas, mark)
            _page_number(canvas, number, len(pages))
            canvas.showPage()
        canvas.save()
    return mend(buffer.getvalue())


def _put(canvas: Canvas, mark: Mark) -> None:
    match mark:
        case Text():
            _text(canvas, mark)
        case Rule():
            _pen(canvas, mark.thick, mark.grey, dashed=mark.dashed)
            canvas.line(mark.x1, PAGE_HEIGHT - mark.y1, mark.x2, PAGE_HEIGHT - mark.y2)
        case Box():
            _pen(canvas, mark.thick, mark.grey, dashed=mark.dashed)
            canvas.rect(mark.x, PAGE_HEIGHT - mark.y - mark.height, mark.width, mark.height)
        case Squares():
            _squares(canvas, mark)


def _pen(canvas: Canvas, thick: float, grey: float, *, dashed: bool) -> None:
    canvas.setLineWidth(thick)
    canvas.setStrokeGray(grey)
    canvas.setDash([3, 2] if dashed else [])


def _text(canvas: Canvas, mark: Text) -> None:
    if mark.meant:
        canvas.addLiteral(f"/Span <</ActualText <FEFF{mark.meant.encode('utf-16-be').hex().upper()}>>> BDC")
    pen = canvas.beginText(mark.x, PAGE_HEIGHT - mark.y)
    pen.setFillGray(mark.grey)
    if mark.spacing:
        pen.setCharSpace(mark.spacing)
    for span in mark.line:
        for name, text in runs(span.text, bold=span.bold):
            pen.setFont(face(name).fontName, mark.size)
            pen.textOut(text)
    if mark.spacing:
        pen.setCharSpace(0)
    canvas.drawText(pen)
    if mark.meant:
        canvas.addLiteral("EMC")


def _squares(canvas: Canvas, mark: Squares) -> None:
    """Neighbouring dark squares of a row are one rectangle, so that no hairline shows between them."""
    step = mark.side / len(mark.rows)
    canvas.setFillGray(0)
    for y, row in enumerate(mark.rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                top = PAGE_HEIGHT - mark.y - (y + 1) * step
                canvas.rect(mark.x + x * step, top, (end - x) * step, step, stroke=0, fill=1)
            x = end + 1


def _page_number(canvas: Canvas, number: int, total: int) -> None:
    y = BOTTOM + 22
    line = (Span(f"第 {number} 页，共 {total} 页"),)
    _text(canvas, Text((LEFT + RIGHT) / 2 - 32, y, line, SMALL.size - 1, FAINT))
