"""The one recogniser on real frames: what lies there, every field, and what it is not sure of."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from clerk_app.devices.eyes import FrameRecogniser, page_of_bytes
from clerk_app.devices.recognition.geometry import as_bgr, side_lengths
from clerk_app.devices.recognition.recognise import is_bare, recognise
from clerk_app.devices.samples import SAMPLE_PEOPLE, Scene, compose, draw_phone
from clerk_app.domain.recognition import SURE, SeenKind
from clerk_app.errors import BadInput
from tests.devices.frames import FACE, committed, front, page

FRONT = ("name", "sex", "ethnicity", "birth", "address", "id_number")


def _printed(key: str, *names: str) -> dict[str, str]:
    return {name: str(getattr(SAMPLE_PEOPLE[key], name)) for name in names}


@pytest.mark.parametrize("stem", ["id_front_liu_guifang", "id_front_upside_down"])
def test_front_is_read_whichever_way_up(stem: str) -> None:
    seen = recognise(committed(stem))
    assert seen.kind is SeenKind.ID_FRONT
    assert dict(seen.fields) == _printed("liu_guifang", *FRONT)
    assert seen.doubtful == ()
    assert all(seen.confidence[name] >= SURE for name in FRONT)
    assert seen.advice == ""
    assert len(seen.outline) == 4
    card = cv2.imdecode(np.frombuffer(seen.page_jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert card is not None
    assert 1.5 < card.shape[1] / card.shape[0] < 1.7
    portrait_side = card[:, card.shape[1] * 2 // 3 : card.shape[1] * 9 // 10]
    text_side = card[:, card.shape[1] // 10 : card.shape[1] // 3]
    assert portrait_side.mean() < text_side.mean(), "the saved card must be upright: portrait on the right"


@pytest.mark.parametrize(
    ("scene", "light", "words"),
    [
        (Scene(width=250, blur=1.2), 1.0, "再近一点"),
        (Scene(width=620, glare=3), 1.0, "反光了，斜一点"),
        (Scene(width=620), 0.15, "太暗了，挪到亮的地方"),
        (Scene(width=620, blur=3.6), 1.0, "有点糊，放稳一点"),
    ],
)
def test_the_screen_says_what_to_do(scene: Scene, light: float, words: str) -> None:
    seen = recognise(np.asarray(front("liu_guifang", scene) * light, np.uint8))
    assert seen.advice == words
    assert seen.kind in {SeenKind.ID_FRONT, SeenKind.NOTHING}, "an unreadable card is no page of somebody's papers"


def test_a_card_in_dim_light_is_read() -> None:
    rng = np.random.default_rng(1)
    dim = front("liu_guifang", Scene(width=620)) * 0.25 + rng.normal(0, 5, (720, 1280, 3))
    seen = recognise(np.clip(dim, 0, 255).astype(np.uint8))
    assert seen.fields["id_number"] == SAMPLE_PEOPLE["liu_guifang"].id_number
    assert seen.fields["address"] == SAMPLE_PEOPLE["liu_guifang"].address


def test_outline_lies_on_the_card() -> None:
    seen = recognise(front("liu_guifang", Scene(width=600, tilt=0.0, turn=0.0)))
    quad = np.array(seen.outline, np.float32) * np.array([1280, 720], np.float32)
    width, height = side_lengths(quad)
    assert abs(width - 600) < 15
    assert abs(height - 600 * 638 / 1012) < 15


def test_back_is_read() -> None:
    seen = recognise(committed("id_back_liu_guifang"))
    assert seen.kind is SeenKind.ID_BACK
    assert dict(seen.fields) == _printed("liu_guifang", "authority", "valid_from", "valid_to")
    assert seen.doubtful == ()


def test_rare_name_is_read_and_never_sure() -> None:
    seen = recognise(committed("id_front_gong_jieyan"))
    assert seen.fields["name"] == "龚㛃䶮"
    assert "name" in seen.doubtful
    assert seen.confidence["name"] < SURE
    assert "少见" in seen.advice
    assert seen.fields["id_number"] == SAMPLE_PEOPLE["gong_jieyan"].id_number


def test_wrong_check_digit_is_doubtful_with_a_reason() -> None:
    seen = recognise(committed("id_front_wrong_digit"))
    assert seen.kind is SeenKind.ID_FRONT
    assert seen.fields["id_number"] == "500199196203142461", "shown as printed, not mended"
    assert "id_number" in seen.doubtful
    assert "校验" in seen.advice


def test_birth_and_sex_that_contradict_the_number_are_doubtful() -> None:
    seen = recognise(committed("id_front_contradiction"))
    assert seen.fields["birth"] == "1955-11-02", "what is printed, not what the number says"
    assert seen.fields["sex"] == "男"
    assert {"birth", "sex", "id_number"} <= set(seen.doubtful)
    assert "出生日期和号码对不上" in seen.advice
    assert "性别和号码对不上" in seen.advice


def test_long_term_card_without_end_date() -> None:
    from clerk_app.devices.samples import draw_id_back

    seen = recognise(compose(draw_id_back(SAMPLE_PEOPLE["chen_zhiqiang"], FACE), Scene(width=600, turn=-7), 8))
    assert dict(seen.fields) == _printed("chen_zhiqiang", "authority", "valid_from", "valid_to")
    assert seen.fields["valid_to"] == "长期"


def test_card_with_a_corner_outside_the_frame_is_still_read() -> None:
    seen = recognise(front("zhou_wenjuan", Scene(width=700, shift=(-300, 0), tilt=0.0)))
    assert seen.kind is SeenKind.ID_FRONT
    assert seen.fields["id_number"] == SAMPLE_PEOPLE["zhou_wenjuan"].id_number


def test_empty_desk_is_nothing_and_cheap() -> None:
    frame = committed("empty_desk")
    assert is_bare(frame)
    seen = recognise(frame)
    assert seen.kind is SeenKind.NOTHING
    assert seen.fields == {}
    assert seen.page_jpeg == b""


def test_page_is_straightened_clean_and_small() -> None:
    seen = recognise(committed("page_payment_record"))
    assert seen.kind is SeenKind.PAGE
    assert 5_000 < len(seen.page_jpeg) <= 300_000
    sheet = cv2.imdecode(np.frombuffer(seen.page_jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert sheet is not None
    assert abs(sheet.shape[0] / sheet.shape[1] - 297 / 210) < 0.02
    rim = np.concatenate([sheet[12:24, 12:-12].ravel(), sheet[-24:-12, 12:-12].ravel()])
    assert np.percentile(rim, 10) > 235, "the paper is white to its edges: neither desk nor shadow is left"


def test_shadow_is_removed_and_the_red_stamp_stays_red() -> None:
    seen = recognise(page("liu_guifang", scene=Scene(width=478, tilt=0.02, light=0.5)))
    sheet = cv2.imdecode(np.frombuffer(seen.page_jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert sheet is not None
    bright = np.median(sheet[20:60, 40:-40]), np.median(sheet[-60:-20, 40:-40])
    assert abs(float(bright[0]) - float(bright[1])) < 8
    blue, _, red = (sheet[:, :, k].astype(int) for k in range(3))
    assert int(np.sum(red - blue > 60)) > 200


def test_code_on_a_phone() -> None:
    seen = recognise(committed("code"))
    assert seen.kind is SeenKind.CODE
    assert seen.text == "yk-case:YL-500199-0001"
    assert len(seen.outline) == 4


def test_foreign_chinese_code_is_handed_on_untouched() -> None:
    text = "https://example.invalid/付款?单号=㛃䶮-12"
    seen = recognise(compose(draw_phone(text, FACE), Scene(width=380, turn=200), 9))
    assert seen.kind is SeenKind.CODE
    assert seen.text == text


def test_a_sliver_is_no_picture() -> None:
    """One of 40 by 8,000 pixels, brought to a working width of 640, took gigabytes."""
    sliver = np.random.default_rng(1).integers(0, 256, (8000, 40, 3), dtype=np.uint8)
    assert as_bgr(sliver) is None
    assert recognise(sliver).kind is SeenKind.NOTHING
    data = cv2.imencode(".png", sliver)[1].tobytes()
    for read in (FrameRecogniser().recognise_bytes, page_of_bytes):
        with pytest.raises(BadInput):
            read(data)


def test_grey_and_tiny_frames() -> None:
    grey = cv2.cvtColor(committed("code"), cv2.COLOR_BGR2GRAY)
    assert recognise(np.asarray(grey, np.uint8)).kind is SeenKind.CODE
    assert recognise(np.zeros((3, 5, 3), np.uint8)).kind is SeenKind.NOTHING


@settings(max_examples=12)
@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 70), st.integers(1, 90), st.just(3))),
    st.sampled_from([1, 4, 9]),
)
def test_any_frame_is_survived(tile: np.ndarray, times: int) -> None:
    frame = np.kron(tile, np.ones((times, times, 1), np.uint8)).astype(np.uint8)
    seen = recognise(frame)
    assert isinstance(seen.kind, SeenKind)
    assert not (seen.kind is SeenKind.ID_FRONT and not seen.doubtful), "noise must never be a sure card"
