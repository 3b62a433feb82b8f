"""Pages as one PDF: opened again, page by page."""

from __future__ import annotations

import io

import pikepdf
import pytest
from PIL import Image

from printing.page_book import page_book


def _jpeg(size: tuple[int, int], grey: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (grey, grey, grey)).save(out, "JPEG", quality=80)
    return out.getvalue()


def test_pages_keep_their_order_direction_and_bytes() -> None:
    pages = [_jpeg((700, 990), 240), _jpeg((990, 700), 100)]
    with pikepdf.open(io.BytesIO(page_book(pages, "材料"))) as book:
        boxes = [[round(float(edge)) for edge in page.mediabox] for page in book.pages]
        assert boxes == [[0, 0, 595, 842], [0, 0, 842, 595]]
        for page, jpeg in zip(book.pages, pages, strict=True):
            (image,) = page.Resources.XObject.values()
            assert Image.open(io.BytesIO(jpeg)).size == (int(image.Width), int(image.Height))
            assert str(image.Filter[-1]) == "/DCTDecode", "the picture is in there as it was, not compressed again"


def test_nothing_and_rubbish_are_refused() -> None:
    for pages in ([], [b"no picture"]):
        with pytest.raises(ValueError, match="page"):
            page_book(pages, "材料")
