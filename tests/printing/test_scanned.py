"""A photocopy of a photocopy: rendered at 150 dpi, turned, blurred and with noise, a paper still gives its QR and check code."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import zxingcpp

from clerk_app.domain.numbering import case_qr
from clerk_app.domain.paper import Form, Look, PaperSize
from clerk_app.domain.paper_check import typed_code
from printing.page import PAGES
from printing.preview import page_pictures
from printing.specimens.orders import Length, specimen
from tests.printing.reading import specimen_pdf

DPI = 150
Picture = npt.NDArray[np.uint8]


@cache
def last_page(form: Form, look: Look) -> Picture:
    """At 150 dpi, in greys."""
    pdf = specimen_pdf(form, Length.SHORT, look)
    page = page_pictures(pdf, width=round(PAGES[look].width / 72 * DPI))[-1]
    return np.frombuffer(page.rgb, np.uint8).reshape(page.height, page.width, 3)[:, :, 0]


def scanned(form: Form, look: Look, degrees: float, blur: float, seed: int) -> Picture:
    """The last page as a cheap scanner gives it."""
    grey = last_page(form, look)
    tall, wide = grey.shape
    turn = cv2.getRotationMatrix2D((wide / 2, tall / 2), degrees, 0.97)
    turned = cv2.warpAffine(grey, turn, (wide, tall), borderValue=(255,))
    blurred = np.asarray(cv2.GaussianBlur(turned, (0, 0), blur), dtype=np.float64)
    noise = np.random.default_rng(seed).normal(0, 12, blurred.shape)
    return np.clip(blurred * 0.85 + 20 + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("degrees", "blur"), [(-4.0, 0.8), (2.5, 1.1), (180.0, 0.9), (90.0, 0.8)])
@pytest.mark.parametrize("look", [Look(), Look(PaperSize.A5)], ids=["a4", "a5"])
def test_the_case_code_is_read_from_a_bad_scan(look: Look, degrees: float, blur: float) -> None:
    for seed, form in enumerate((Form.F1, Form.F2, Form.F4)):
        picture = scanned(form, look, degrees, blur, seed)
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [case_qr(specimen(form).case.local_number)]


def test_the_check_code_beside_it_is_read_from_a_bad_scan() -> None:
    from rapidocr import RapidOCR

    order = specimen(Form.F2)
    picture = scanned(Form.F2, Look(), -2.0, 0.8, 7)
    tall, wide = picture.shape
    low = picture[
        int(tall * 0.62) : int(tall * 0.85), : int(wide * 0.45)
    ]  # where the code stands; a person looks there too
    found = RapidOCR()(cv2.cvtColor(cv2.resize(low, None, fx=1.6, fy=1.6), cv2.COLOR_GRAY2BGR))
    words = "".join(getattr(found, "txts", None) or ()).replace(" ", "").upper()
    assert order.check in words
    assert typed_code(order.check) == order.check
    assert "500199-W03G1-20261121-0009" in words
