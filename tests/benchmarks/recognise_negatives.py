"""Things that must never be taken for a code, a card of ours, or a number of it.

ADD ONE HERE: a function (rng, person, face) -> BGR drawing, and a line in ``THINGS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from PIL import Image, ImageDraw

from clerk_app.devices.sample_drawings import draw_id_front, draw_phone
from clerk_app.devices.sample_people import SamplePerson
from clerk_app.devices.typeface import Typeface

Image8 = np.typing.NDArray[np.uint8]
Rng = np.random.Generator


def screen_grid(drawn: Image8, rng: Rng) -> Image8:
    """The pixels of a phone's screen, which make stripes in a camera's."""
    grid = np.ones(drawn.shape[:2], np.float32)
    pitch = int(rng.integers(3, 6))
    grid[::pitch] *= 1 - float(rng.uniform(0.1, 0.4))
    grid[:, ::pitch] *= 1 - float(rng.uniform(0.05, 0.3))
    glow = float(rng.uniform(0.55, 1.1))
    return np.asarray(np.clip(drawn * (grid * glow)[:, :, None], 0, 255), np.uint8)


def _sheet(
    size: tuple[int, int], tint: tuple[int, int, int], texts: list[tuple[int, int, str, int]], face: Typeface
) -> Image8:
    from clerk_app.devices.sample_drawings import _write

    image = Image.new("RGB", size, tint)
    draw = ImageDraw.Draw(image)
    for x, y, text, points in texts:
        _write(draw, (x, y), text, face, points)
    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def driving_licence(rng: Rng, person: SamplePerson, face: Typeface) -> Image8:
    """Carries the holder's real number, and is still no identity card."""
    rows = [
        (300, 30, "中华人民共和国机动车驾驶证", 40), (60, 110, f"证号 {person.id_number}", 44), (60, 190, f"姓名 {person.name}", 40),
        (420, 190, f"性别 {person.sex} 国籍 中国", 36), (60, 260, f"住址 {person.address[:18]}", 34),
        (60, 360, f"出生日期 {person.birth}", 34), (60, 430, "初次领证日期 2012-05-06", 34), (60, 500, "准驾车型 C1", 36),
        (60, 560, "有效期限 2018-05-06 至 2028-05-06", 34),
    ]  # fmt: skip
    return _sheet((1000, 640), (238, 240, 232), rows, face)


def social_card(rng: Rng, person: SamplePerson, face: Typeface) -> Image8:
    """社会保障卡."""
    rows = [(80, 60, "中华人民共和国", 40), (80, 120, "社会保障卡", 60), (80, 300, f"姓名 {person.name}", 42),
            (80, 370, f"社会保障号码 {person.id_number}", 38), (80, 440, "卡号 0000000000", 36),
            (80, 510, "有效期限 2026年10月", 36)]  # fmt: skip
    return _sheet((1012, 638), (222, 232, 244), rows, face)


def bank_card(rng: Rng, person: SamplePerson, face: Typeface) -> Image8:
    digits = "".join(str(d) for d in rng.integers(0, 10, 19))
    rows = [
        (60, 60, "演示银行", 60),
        (60, 330, " ".join(digits[k : k + 4] for k in range(0, 19, 4)), 60),
        (60, 500, "VALID THRU 12/29", 36),
    ]
    return _sheet((1012, 638), tuple(int(c) for c in rng.integers(40, 200, 3)), rows, face)  # type: ignore[arg-type]


def business_card(rng: Rng, person: SamplePerson, face: Typeface) -> Image8:
    rows = [(60, 60, "演示公司", 50), (60, 200, person.name, 70), (60, 330, f"电话 1390000{rng.integers(0, 9999):04d}", 40),
            (60, 420, f"地址 {person.address[:16]}", 36)]  # fmt: skip
    return _sheet((1000, 600), (250, 250, 248), rows, face)


def copied_card(rng: Rng, person: SamplePerson, face: Typeface) -> Image8:
    """A photocopy of an identity card on A4: a page of paper, not the card."""
    sheet = np.full((1414, 1000, 3), 250, np.uint8)
    card = cv2.cvtColor(
        cv2.resize(draw_id_front(person, face), (430, 271), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY
    )
    left, top = int(rng.integers(120, 420)), int(rng.integers(160, 800))
    sheet[top : top + 271, left : left + 430] = cv2.cvtColor(
        np.clip(card * 1.05, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR
    )
    return sheet


def cut_out_copy(rng: Rng, person: SamplePerson, face: Typeface) -> Image8:
    """The same copy, cut out along the card's edge."""
    grey = cv2.cvtColor(draw_id_front(person, face), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


def register_page(rng: Rng, person: SamplePerson, face: Typeface) -> Image8:
    """户口簿: the same labels as a card's, in a table."""
    rows = [(330, 60, "常住人口登记卡", 50), (60, 170, f"姓名 {person.name}", 36), (520, 170, "户主或与户主关系 户主", 36),
            (60, 250, f"性别 {person.sex}", 36), (520, 250, f"民族 {person.ethnicity}", 36), (60, 330, "籍贯 重庆市", 36),
            (520, 330, f"出生日期 {person.birth}", 36), (60, 410, f"公民身份号码 {person.id_number}", 36),
            (60, 490, f"住址 {person.address[:20]}", 36), (60, 570, "文化程度 高中  婚姻状况 已婚", 36),
            (60, 640, "服务处所 无", 36)]  # fmt: skip
    return _sheet((1060, 740), (246, 240, 224), rows, face)


def torn_code(rng: Rng, person: SamplePerson, face: Typeface) -> Image8:
    """A code with a third of it gone: nothing may be read from it, least of all something else."""
    drawn = draw_phone(f"YKU{rng.integers(0, 1 << 60):x}", face)
    for _ in range(4):
        x, y = int(rng.integers(80, 420)), int(rng.integers(240, 600))
        cv2.rectangle(drawn, (x, y), (x + 180, y + 180), tuple(int(c) for c in rng.integers(0, 255, 3)), -1)
    cv2.rectangle(drawn, (60, 220), (620, 470), (250, 250, 250), -1)
    return drawn


def fake_finders(rng: Rng, person: SamplePerson, face: Typeface) -> Image8:
    """Three finder patterns around pure noise."""
    cells = rng.integers(0, 2, (33, 33)).astype(np.uint8) * 255
    for y, x in ((0, 0), (0, 26), (26, 0)):
        cells[y : y + 7, x : x + 7] = 0
        cells[y + 1 : y + 6, x + 1 : x + 6] = 255
        cells[y + 2 : y + 5, x + 2 : x + 5] = 0
    big = cv2.copyMakeBorder(
        cv2.resize(cells, (560, 560), interpolation=cv2.INTER_NEAREST),
        60,
        60,
        60,
        60,
        cv2.BORDER_CONSTANT,
        value=(255,),
    )
    return np.asarray(cv2.cvtColor(big, cv2.COLOR_GRAY2BGR), np.uint8)


def barcode(rng: Rng, person: SamplePerson, face: Typeface) -> Image8:
    """Stripes of a shop's label."""
    stripes = np.repeat(rng.integers(0, 2, 95).astype(np.uint8) * 255, 8)[None, :]
    label = np.full((420, 900, 3), 252, np.uint8)
    label[60:330, 70 : 70 + stripes.shape[1]] = np.repeat(stripes, 270, 0)[:, :, None]
    cv2.putText(
        label,
        "".join(str(d) for d in rng.integers(0, 10, 13)),
        (90, 390),
        cv2.FONT_HERSHEY_SIMPLEX,
        1.6,
        (20, 20, 20),
        3,
    )
    return label


def numbers(rng: Rng, person: SamplePerson, face: Typeface) -> Image8:
    """Digits in rows of eighteen."""
    rows = [(40, 40 + 70 * k, "".join(str(d) for d in rng.integers(0, 10, 18)), 52) for k in range(7)]
    return _sheet((800, 560), (250, 250, 250), rows, face)


THINGS: Mapping[str, Callable[[Rng, SamplePerson, Typeface], Image8]] = {
    "driving_licence": driving_licence,
    "social_card": social_card,
    "bank_card": bank_card,
    "business_card": business_card,
    "copied_card": copied_card,
    "cut_out_copy": cut_out_copy,
    "register_page": register_page,
    "torn_code": torn_code,
    "fake_finders": fake_finders,
    "barcode": barcode,
    "numbers": numbers,
}
