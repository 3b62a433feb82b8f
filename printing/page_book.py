"""Captured pages as one PDF: each JPEG as it is, one to a sheet of A4, upright or across as it was."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas


def page_book(pages: Sequence[bytes], title: str) -> bytes:
    """The PDF's bytes; the pictures are not compressed again. ``title`` must not name a person.

    Raises:
        ValueError: no pages, or one that is no picture.
    """
    if not pages:
        raise ValueError("a book has pages")
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, initialFontName="Helvetica", invariant=1)  # type: ignore[arg-type] # the stub says float; it is a name
    canvas.setTitle(title)
    for page in pages:
        try:
            picture = ImageReader(io.BytesIO(page))
            wide, high = picture.getSize()
        except OSError as error:
            raise ValueError("this page is no picture") from error
        width, height = A4 if high >= wide else (A4[1], A4[0])
        scale = min(width / wide, height / high)
        canvas.setPageSize((width, height))
        left, low = (width - wide * scale) / 2, (height - high * scale) / 2
        canvas.drawImage(picture, left, low, wide * scale, high * scale)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
