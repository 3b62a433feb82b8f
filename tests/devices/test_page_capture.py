"""Captured pages: turned upright, legible within 300 KB, blank, blurred and doubled ones noticed; shadow gone."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from clerk_app.devices.camera import Frame
from clerk_app.devices.eyes import CameraEyes, page_in
from clerk_app.devices.recognition.ocr import read_lines
from clerk_app.devices.recognition.page import black_and_white
from clerk_app.devices.samples import SAMPLE_PEOPLE, Scene, compose, draw_page, sample_pages
from clerk_app.domain.recognition import Seen, SeenKind
from tests.devices.frames import FACE, committed, page

SHEET = sample_pages(SAMPLE_PEOPLE["liu_guifang"])[0]
FLAT = Scene(width=478, tilt=0.02)
LARGE = (2592, 1944)  # a document camera of five megapixels


def decoded(seen: Seen) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(seen.page_jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, np.uint8)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_print_is_turned_upright_whichever_way_it_lies(turn: int) -> None:
    scene = replace(FLAT, turn=turn, width=478 if turn % 180 == 0 else 640)
    image = decoded(page_in(compose(draw_page(SHEET, FACE), scene, 31)))
    assert image.shape[0] > image.shape[1]
    top = image[: image.shape[0] // 5]
    assert any("缴费凭证" in line.text for line in read_lines(np.ascontiguousarray(top)))


def test_a4_from_a_document_camera_is_legible_within_300_kb() -> None:
    drawn = draw_page(SHEET, FACE)
    big = cv2.resize(drawn, (1500, 2121), interpolation=cv2.INTER_CUBIC)
    scene = Scene(width=1300, turn=90, tilt=0.02, noise=5, light=0.4)
    seen = page_in(compose(np.asarray(big, np.uint8), scene, 32, LARGE))
    image = decoded(seen)
    dots_an_inch = image.shape[0] / (297 / 25.4)
    assert 150 <= dots_an_inch <= 200
    assert len(seen.page_jpeg) <= 300_000
    text = "".join(line.text for line in read_lines(image, at_most=60))
    for _, value in SHEET.rows[:2]:
        assert value in text


def test_a_blank_sheet_is_noticed_and_a_faint_one_is_not_blank() -> None:
    blank = np.full((1414, 1000, 3), 250, np.uint8)
    assert "空白" in page_in(compose(blank, replace(FLAT, noise=6, light=0.5), 33)).advice
    signed = blank.copy()
    cv2.putText(signed, "Li", (700, 1200), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 4, (160, 60, 40), 5)
    assert "空白" not in page_in(compose(signed, FLAT, 33)).advice


def test_a_blurred_sheet_is_said_to_be() -> None:
    assert "糊了" in page_in(compose(draw_page(SHEET, FACE), replace(FLAT, blur=3.2), 34)).advice
    assert page_in(compose(draw_page(SHEET, FACE), FLAT, 34)).advice == ""


def test_black_and_white_has_nothing_between() -> None:
    assert set(np.unique(black_and_white(decoded(page_in(page("liu_guifang")))))) <= {0, 255}


class _Breathing:
    """A camera whose focus comes and goes: of its frames the fourth is sharp."""

    def __init__(self) -> None:
        sharp = page("liu_guifang", scene=FLAT)
        soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 3), np.uint8)
        self._frames = [Frame(sharp if number == 4 else soft, number, number / 25) for number in range(1, 7)]
        self.at = 0

    def latest(self) -> Frame:
        return self._frames[self.at]

    def wait_for(self, number: int, timeout: float) -> Frame | None:
        self.at = number - 1
        return self._frames[self.at] if self.at < len(self._frames) else None


def test_of_the_frames_around_the_key_the_clearest_is_kept() -> None:
    camera = _Breathing()
    eyes = CameraEyes("0", clock=lambda: camera.at / 25, failed=lambda error: pytest.fail(repr(error)))
    assert page_in(camera.latest().image).advice != ""
    eyes._camera = camera  # type: ignore[assignment]
    assert eyes.capture_page().advice == ""


def test_a_sheet_laid_twice_is_noticed(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "sheet.png"), page("liu_guifang", scene=FLAT))
    eyes = CameraEyes(str(tmp_path), clock=time.monotonic, failed=lambda error: pytest.fail(repr(error)))
    eyes.start(lambda *_: None, lambda _: None, lambda _: None)
    try:
        assert eyes._camera is not None
        assert eyes._camera.wait_for(1, 20) is not None
        first, second = eyes.capture_page(), eyes.capture_page()
    finally:
        eyes.stop()
    assert first.kind is SeenKind.PAGE
    assert first.advice == ""
    assert "重复" in second.advice
    assert eyes._pages == (), "nothing of a page stays in memory when the camera is put away"


def test_an_empty_desk_is_said_to_have_no_sheet() -> None:
    assert "没找到纸边" in page_in(committed("empty_desk")).advice
