"""What the print itself says about a name: signs that the recogniser cannot know are never sure, whatever it makes of them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from clerk_app.devices.recognition import look_alikes as table
from clerk_app.devices.recognition.id_reading import PrintedSign, Reading
from clerk_app.devices.recognition.look_alikes import is_common, look_alikes
from clerk_app.devices.recognition.name_print import WIDE, bear_out
from clerk_app.devices.recognition.ocr import known_signs
from clerk_app.devices.recognition.recognise import recognise
from clerk_app.devices.sample_drawings import draw_id_front
from clerk_app.devices.sample_people import SAMPLE_PEOPLE
from clerk_app.devices.samples import Scene, compose
from clerk_app.devices.typeface import Typeface, bundled_typeface
from clerk_app.domain.recognition import SURE, SeenKind
from scripts.look_alikes import note

REGULAR, BOLD = bundled_typeface(), bundled_typeface(bold=True)
LIU = SAMPLE_PEOPLE["liu_guifang"]


def _upright(name: str, face: Typeface, *, scale: float, blur: float) -> np.ndarray:
    """A straightened card as a camera gives it: seen smaller than it was drawn, blurred, with noise."""
    card = draw_id_front(replace(LIU, name=name), face)
    small = cv2.resize(card, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), blur).astype(np.float32)
    return np.clip(soft + np.random.default_rng(7).normal(0, 4, soft.shape), 0, 255).astype(np.uint8)


def _held(printed: str, read: str, face: Typeface, *, scale: float = 0.6, blur: float = 0.9) -> Reading:
    """A name of which the last sign is ``printed`` and was ``read``, held against the print; places as a recogniser gives them."""
    reading = Reading(SeenKind.ID_FRONT)
    reading.put("name", f"王{read}", 0.9)
    reading.name_signs = tuple(
        PrintedSign(sign, 1.0, (185 + 48 * k + 22 + 2) / WIDE, (66 + 27 - 1) / 638)
        for k, sign in enumerate(f"王{read}")
    )
    bear_out(reading, _upright(f"王{printed}", face, scale=scale, blur=blur))
    return reading


@pytest.mark.parametrize("face", [REGULAR, BOLD], ids=["regular", "bold"])
@pytest.mark.parametrize(("scale", "blur"), [(0.75, 0.5), (0.6, 0.9), (0.52, 1.2)])
@pytest.mark.parametrize(("unknown", "common"), [("㬢", "曦"), ("眀", "明"), ("䆟", "睿")])
def test_a_sign_that_looks_like_a_common_one_is_never_that_one(
    unknown: str, common: str, face: Typeface, scale: float, blur: float
) -> None:
    reading = _held(unknown, common, face, scale=scale, blur=blur)
    assert reading.confidence["name"] < SURE
    assert any(f"“{common}”也可能是" in reason and f"“{unknown}”" in reason for reason in reading.reasons), (
        reading.reasons
    )


@pytest.mark.parametrize("face", [REGULAR, BOLD], ids=["regular", "bold"])
@pytest.mark.parametrize(("scale", "blur"), [(0.75, 0.5), (0.6, 0.9)])
@pytest.mark.parametrize("common", list("明婷芳伟军"))
def test_a_common_sign_is_borne_out_by_its_print(common: str, face: Typeface, scale: float, blur: float) -> None:
    reading = _held(common, common, face, scale=scale, blur=blur)
    assert reading.confidence["name"] >= SURE, reading.reasons
    assert reading.reasons == []


def test_even_a_sign_with_a_twin_is_borne_out_where_the_print_is_fine_enough() -> None:
    assert _held("曦", "曦", REGULAR, scale=0.75, blur=0.5).confidence["name"] >= SURE


def test_print_of_quite_another_sign_bears_nothing_out() -> None:
    assert _held("鹏", "明", REGULAR).confidence["name"] < SURE
    assert _held("弱", "鹏", BOLD).confidence["name"] < SURE


def test_what_was_read_badly_is_not_made_sure_by_its_print() -> None:
    reading = Reading(SeenKind.ID_FRONT)
    reading.put("name", "王明", 0.8)
    reading.name_signs = tuple(PrintedSign(sign, 1.0, (207 + 48 * k) / WIDE, 93 / 638) for k, sign in enumerate("王明"))
    bear_out(reading, _upright("王明", REGULAR, scale=0.75, blur=0.5))
    assert reading.confidence["name"] == 0.8


def test_the_recogniser_is_not_believed_about_a_sign_it_cannot_know() -> None:
    """㬢 comes out as 曦 at a score of 1.00."""
    frame = compose(draw_id_front(replace(LIU, name="王㬢"), REGULAR), Scene(width=700), 5)
    seen = recognise(frame)
    assert seen.fields["name"] == "王曦"
    assert "name" in seen.doubtful
    assert "㬢" in seen.advice


def test_the_table_was_made_from_these_fonts_and_this_model() -> None:
    """Else: python -m scripts.look_alikes"""
    assert table.made_of() == note()


def test_the_table_names_what_the_recogniser_cannot_know() -> None:
    known = known_signs()
    assert "㬢" in look_alikes("曦")
    assert "㬢" not in known
    alone = [sign for sign in "王李张刘陈明华伟芳婷曦" if not look_alikes(sign)]
    assert len(alone) <= 3
    assert not any(sign in look_alikes(sign) for sign in "明曦婷")
    assert is_common("明")
    assert is_common("·")
    assert not is_common("㬢")
