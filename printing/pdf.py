"""Paints laid-out pages as PDF: embedded subset fonts, greys only, no date inside, the same bytes for the same pages."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from clerk_app.domain.paper import Copy
from printing.archive import Label, archive
from printing.glyphs import REGULAR_NAME, face, runs, width
from printing.lines import Span
from printing.marks import FAINT, SMALL, Box, Drawn, Mark, Only, Picture, Rule, Squares, Text
from printing.page import Page

_TEAR_OFF = 24.0
_ONE_AT_A_TIME = threading.Lock()  # a font object can serve one document at a time


def paint(
    pages: Sequence[Sequence[Mark]],
    page: Page,
    label: Label,
    footer: str = "",
    copies: Sequence[Copy] = (Copy.FILE,),
) -> bytes:
    """The PDF, fit to be kept (PDF/A-2b): all pages once for each of the copies, numbered by themselves. A strip ends where its
    last mark does. ``footer`` stands beside the page number."""
    with _ONE_AT_A_TIME:
        face(REGULAR_NAME)
        buffer = io.BytesIO()
        # Our own initial font: otherwise Helvetica is named in the file without being embedded.
        canvas = Canvas(
            buffer,
            (page.width, page.height),
            invariant=1,
            pageCompression=1,
            initialFontName=REGULAR_NAME,  # type: ignore[arg-type] # the stub says float; it is a name
            lang="zh-CN",
        )
        for number, marks in ((n, _of(copy, each)) for copy in copies for n, each in enumerate(pages, start=1)):
            height = min(_lowest(marks) + _TEAR_OFF, page.height) if page.is_strip else page.height
            canvas.setPageSize((page.width, height))
            brush = _Brush(canvas, height)
            for mark in marks:
                brush.put(mark)
            if not page.is_strip:
                for mark in _margin(page, number, len(pages), footer):
                    brush.put(mark)
            canvas.showPage()
        canvas.save()
    return archive(buffer.getvalue(), label)


def _of(copy: Copy, marks: Sequence[Mark]) -> list[Drawn]:
    """The marks of one copy."""
    return [
        mark.mark if isinstance(mark, Only) else mark
        for mark in marks
        if not isinstance(mark, Only) or mark.copy is copy
    ]


def _lowest(marks: Sequence[Drawn]) -> float:
    """Where the last mark of a page ends."""
    lows = [0.0]
    for mark in marks:
        match mark:
            case Text():
                lows.append(mark.y + mark.size * 0.2)
            case Rule():
                lows.append(max(mark.y1, mark.y2))
            case Squares():
                lows.append(mark.y + mark.side)
            case _:
                lows.append(mark.y + mark.height)
    return max(lows)


def _margin(page: Page, number: int, total: int, footer: str) -> list[Drawn]:
    """Page number, check words, and a tick at half the height on both sides where the sheet is folded."""
    style, middle = SMALL.times(min(page.scale, 1.0)), page.height / 2
    low = page.bottom + 22 * min(page.scale, 1.0)
    count = f"第 {number} 页，共 {total} 页"
    marks: list[Drawn] = [
        Text(page.left, low, (Span(count),), style.size - 1, FAINT),
        Rule(10, middle, 20, middle, 0.4, FAINT),
        Rule(page.width - 20, middle, page.width - 10, middle, 0.4, FAINT),
    ]
    if footer:
        start = page.right - width(footer, style.size - 1)
        marks.append(Text(start, low, (Span(footer),), style.size - 1, FAINT))
    return marks


class _Brush:
    """Puts marks on a page whose height is known: PDF counts from the bottom, we from the top."""

    def __init__(self, canvas: Canvas, height: float) -> None:
        self._canvas, self._height = canvas, height

    def put(self, mark: Drawn) -> None:
        canvas, height = self._canvas, self._height
        match mark:
            case Text():
                self._text(mark)
            case Rule():
                self._pen(mark.thick, mark.grey, dashed=mark.dashed)
                canvas.line(mark.x1, height - mark.y1, mark.x2, height - mark.y2)
            case Box():
                self._pen(mark.thick, mark.grey, dashed=mark.dashed)
                canvas.rect(mark.x, height - mark.y - mark.height, mark.width, mark.height)
            case Squares():
                self._squares(mark)
            case Picture():
                picture = ImageReader(Image.open(io.BytesIO(mark.data)).convert("L"))
                canvas.drawImage(picture, mark.x, height - mark.y - mark.height, mark.width, mark.height)

    def _pen(self, thick: float, grey: float, *, dashed: bool) -> None:
        self._canvas.setLineWidth(thick)
        self._canvas.setStrokeGray(grey)
        self._canvas.setDash([3, 2] if dashed else [])

    def _text(self, mark: Text) -> None:
        canvas = self._canvas
        if mark.meant:
            canvas.addLiteral(f"/Span <</ActualText <FEFF{mark.meant.encode('utf-16-be').hex().upper()}>>> BDC")
        pen = canvas.beginText(mark.x, self._height - mark.y)
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

    def _squares(self, mark: Squares) -> None:
        """Neighbouring dark squares of a row are one rectangle, so that no hairline shows between them."""
        canvas, step = self._canvas, mark.side / len(mark.rows)
        canvas.setFillGray(0)
        for y, row in enumerate(mark.rows):
            x = 0
            while x < len(row):
                end = x
                while end < len(row) and row[end]:
                    end += 1
                if end > x:
                    top = self._height - mark.y - (y + 1) * step
                    canvas.rect(mark.x + x * step, top, (end - x) * step, step, stroke=0, fill=1)
                x = end + 1
