"""The preview shows every page with ink on it."""

from __future__ import annotations

import numpy as np

from clerk_app.domain.paper import Form
from printing.paper import ReportlabPaper
from printing.preview import page_pictures
from tests.printing.orders import long_order


def test_every_page_is_a_picture_with_ink() -> None:
    pages = page_pictures(ReportlabPaper().render(long_order(Form.F2)), width=600)
    assert len(pages) > 1
    for page in pages:
        pixels = np.frombuffer(page.rgb, np.uint8).reshape(page.height, page.width, 3)
        assert page.width == 600
        assert 840 <= page.height <= 850
        assert tuple(pixels[0, 0]) == (255, 255, 255)
        assert 0.01 < (pixels < 128).all(axis=2).mean() < 0.3
