"""A PDF as pictures of its pages, for the preview on screen. Raw bytes: no Qt here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pypdfium2

from printing.page_picture import WIDTH, PagePicture

_ONE_AT_A_TIME = threading.Lock()  # PDFium is not safe for several threads


@contextmanager
def rendering() -> Iterator[None]:
    """Whoever uses PDFium holds this."""
    with _ONE_AT_A_TIME:
        yield


def page_pictures(pdf: bytes, width: int = WIDTH) -> tuple[PagePicture, ...]:
    """Every page, ``width`` pixels wide. Takes about 30 ms a page: never on the UI thread."""
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return tuple(_picture(document[number], width) for number in range(len(document)))
        finally:
            document.close()


def _picture(page: pypdfium2.PdfPage, width: int) -> PagePicture:
    bitmap = page.render(scale=width / page.get_width(), rev_byteorder=True)
    pixels = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
    return PagePicture(pixels.shape[1], pixels.shape[0], pixels.tobytes())


def page_sizes(pdf: bytes) -> tuple[tuple[float, float], ...]:
    """Width and height of every page in points."""
    with rendering():
        document = pypdfium2.PdfDocument(pdf)
        try:
            return tuple(document[number].get_size() for number in range(len(document)))
        finally:
            document.close()
