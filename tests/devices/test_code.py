"""QR codes with any content: the text is exact or absent, and nothing raises."""

from __future__ import annotations

import cv2
import numpy as np
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st

from clerk_app.devices.recognition.code import read_codes
from clerk_app.devices.samples import Scene, compose, draw_phone
from tests.devices.frames import FACE


def _picture(content: str | bytes) -> np.ndarray:
    code = qrcode.QRCode(border=4, box_size=5)
    code.add_data(content)
    code.make(fit=True)
    grey = np.asarray(code.make_image().get_image().convert("L"))
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120))
def test_text_comes_back_exactly(text: str) -> None:
    raw = text.encode("utf-8")
    found = read_codes(_picture(raw))
    assert [code.text for code in found] == [text]


@settings(max_examples=40)
@given(st.binary(min_size=1, max_size=150))
def test_weird_bytes_never_raise(raw: bytes) -> None:
    for code in read_codes(_picture(raw)):
        code.text.encode("utf-8")


def test_old_chinese_encoding() -> None:
    assert read_codes(_picture("演示街道办事处".encode("gb18030")))[0].text == "演示街道办事处"


def test_small_blurred_code_needs_the_later_passes() -> None:
    frame = compose(draw_phone("YKU0123456789", FACE), Scene(width=100, blur=1.3, noise=5, turn=12), 1)
    assert [code.text for code in read_codes(frame)] == ["YKU0123456789"]
    assert read_codes(frame, thorough=False) == []


def test_corners_are_in_frame_pixels_after_upscaling() -> None:
    frame = compose(draw_phone("YKU0123456789", FACE), Scene(width=100, blur=1.3, noise=5, turn=12), 1)
    quad = read_codes(frame)[0].quad
    assert 560 < float(quad[:, 0].mean()) < 720
    assert 260 < float(quad[:, 1].mean()) < 420
