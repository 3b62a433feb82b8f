"""Flat drawings of synthetic things a citizen lays down: ID card sides, A4 pages, a phone with a demo code.

Everything is drawn (the face too), stamped 样例 and carries the unassigned area code 500199. The card follows
the printed layout of the second-generation resident ID card (85.6 mm x 54 mm) so that recognition meets the
real geometry; the emblem is only a red disc. Images are numpy BGR, uint8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from clerk_app.devices.sample_people import SamplePerson
from clerk_app.devices.typeface import Typeface, font

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import ImageDraw

    Image8 = npt.NDArray[np.uint8]

CARD_SIZE = (1012, 638)  # 85.6 mm x 54 mm at 300 dpi
PAGE_SIZE = (1000, 1414)  # A4 at about 121 dpi
_INK = (38, 38, 42)
_LABEL = (60, 110, 165)


@dataclass(frozen=True, slots=True)
class SamplePage:
    """An A4 sheet: a title and rows of (label, value)."""

    title: str
    rows: tuple[tuple[str, str], ...]
    note: str = "样例  仅供演示，不是真实材料"


def _write(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    face: Typeface,
    size: int,
    fill: tuple[int, int, int] = _INK,
    gap: float = 0.0,
) -> float:
    """Write left to right from ``at`` (left, top); returns the x where the text ends."""
    x, y = at
    for character in text:
        chosen = face.font_of(character, size)
        draw.text((x, y + size), character, font=chosen, fill=fill, anchor="ls")
        x += chosen.getlength(character) + gap
    return x


def _to_bgr(image: Any) -> Image8:
    import numpy as np

    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])


def _guilloche(draw: ImageDraw.ImageDraw, width: int, height: int, tint: tuple[int, int, int]) -> None:
    from math import sin

    for k in range(18):
        points = [(x, height * k / 17 + 22 * sin(x / 70 + k * 0.8)) for x in range(0, width + 12, 12)]
        draw.line(points, fill=tint, width=2)


def _card(tint: tuple[int, int, int], lines: tuple[int, int, int]) -> tuple[Any, Any]:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", CARD_SIZE, tint)
    draw = ImageDraw.Draw(image)
    _guilloche(draw, *CARD_SIZE, lines)
    return image, draw


def _stamp(image: Any, face: Typeface, centre: tuple[int, int], size: int) -> None:
    from PIL import Image, ImageDraw

    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    draw.text(centre, "样例", font=font(face.regular, size), fill=(200, 40, 40, 110), anchor="mm")
    turned = layer.rotate(18, center=centre)
    image.paste(turned, (0, 0), turned)


def _address_lines(address: str, per_line: int = 11) -> list[str]:
    """Break as the card does: by printed width, digits and '-' count half a character."""
    lines, line, width = [], "", 0.0
    for character in address:
        step = 0.55 if character.isascii() else 1.0
        if width + step > per_line:
            lines.append(line)
            line, width = "", 0.0
        line += character
        width += step
    return [*lines, line]


def draw_id_front(person: SamplePerson, face: Typeface) -> Image8:
    """The side with the portrait. The printed number is ``person.id_number`` as it stands, right or wrong."""
    image, draw = _card((232, 240, 243), (214, 228, 232))
    year, month, day = person.birth.split("-")
    _write(draw, (70, 72), "姓名", face, 34, _LABEL, 4)
    _write(draw, (185, 66), person.name, face, 44, gap=4)
    _write(draw, (70, 152), "性别", face, 34, _LABEL, 4)
    _write(draw, (185, 150), person.sex, face, 37)
    _write(draw, (315, 152), "民族", face, 34, _LABEL, 4)
    _write(draw, (430, 150), person.ethnicity.removesuffix("族") or person.ethnicity, face, 37, gap=2)
    _write(draw, (70, 230), "出生", face, 34, _LABEL, 4)
    _write(draw, (185, 228), year, face, 37)
    _write(draw, (282, 230), "年", face, 34, _LABEL)
    _write(draw, (345, 228), str(int(month)), face, 37)
    _write(draw, (400, 230), "月", face, 34, _LABEL)
    _write(draw, (455, 228), str(int(day)), face, 37)
    _write(draw, (510, 230), "日", face, 34, _LABEL)
    _write(draw, (70, 310), "住址", face, 34, _LABEL, 4)
    for row, line in enumerate(_address_lines(person.address)):
        _write(draw, (185, 308 + row * 52), line, face, 37, gap=1)
    _write(draw, (70, 534), "公民身份号码", face, 34, _LABEL, 4)
    _write(draw, (350, 528), person.id_number, face, 46, gap=7)
    draw.rounded_rectangle((650, 80, 940, 470), 10, fill=(222, 228, 230))
    skin, hair = (226, 194, 170), (50, 44, 42)
    draw.ellipse((715, 120, 875, 320), fill=hair)
    draw.ellipse((730, 150, 860, 335), fill=skin)
    draw.pieslice((670, 330, 920, 620), 180, 360, fill=(70, 84, 110))
    for eye in (768, 822):
        draw.ellipse((eye - 8, 226, eye + 8, 238), fill=hair)
    draw.arc((772, 258, 818, 292), 20, 160, fill=(150, 80, 80), width=4)
    _stamp(image, face, (795, 420), 76)
    return _to_bgr(image)


def draw_id_back(person: SamplePerson, face: Typeface) -> Image8:
    """The side with the issuing authority and the term (有效期限)."""
    image, draw = _card((240, 236, 226), (226, 220, 204))
    draw.ellipse((70, 60, 230, 220), fill=(190, 60, 50))
    draw.text((150, 140), "样例", font=font(face.regular, 54), fill=(250, 230, 180), anchor="mm")
    _write(draw, (300, 72), "中华人民共和国", face, 62, gap=18)
    _write(draw, (300, 178), "居民身份证", face, 84, gap=34)
    start = person.valid_from.replace("-", ".")
    end = person.valid_to.replace("-", ".")
    _write(draw, (225, 440), "签发机关", face, 34, _LABEL, 4)
    _write(draw, (405, 438), person.authority, face, 37, gap=1)
    _write(draw, (225, 530), "有效期限", face, 34, _LABEL, 4)
    _write(draw, (405, 528), f"{start}-{end}", face, 37, gap=1)
    _stamp(image, face, (880, 350), 70)
    return _to_bgr(image)


def with_number(person: SamplePerson, id_number: str) -> SamplePerson:
    """The same person with another printed number: how a wrong card is made for tests."""
    return replace(person, id_number=id_number)


def draw_page(page: SamplePage, face: Typeface) -> Image8:
    """An A4 sheet in portrait with a ruled table and a round red stamp."""
    from PIL import Image, ImageDraw

    width, height = PAGE_SIZE
    image = Image.new("RGB", PAGE_SIZE, (253, 253, 251))
    draw = ImageDraw.Draw(image)
    draw.text((width / 2, 150), page.title, font=font(face.regular, 52), fill=_INK, anchor="mm")
    top = 260
    for label, value in page.rows:
        draw.rectangle((90, top, width - 90, top + 92), outline=(90, 90, 90), width=2)
        draw.line((330, top, 330, top + 92), fill=(90, 90, 90), width=2)
        _write(draw, (112, top + 26), label, face, 32)
        _write(draw, (352, top + 26), value, face, 32)
        top += 92
    _write(draw, (90, top + 60), page.note, face, 30, (90, 90, 90))
    draw.ellipse((640, height - 420, 900, height - 160), outline=(205, 60, 60), width=6)
    _stamp(image, face, (770, height - 290), 84)
    return _to_bgr(image)


def draw_phone(code_text: str, face: Typeface, title: str = "渝快码 · 演示码") -> Image8:
    """A phone in portrait that shows ``code_text`` (at most about 1 kB) as a QR code under a banner 演示码."""
    import qrcode
    from PIL import Image, ImageDraw

    code = qrcode.QRCode(border=3, box_size=6, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(code_text)
    code.make(fit=True)
    bitmap = code.make_image().get_image().convert("RGB")
    side = 560
    bitmap = bitmap.resize((side, side), Image.Resampling.NEAREST)
    image = Image.new("RGB", (680, 1180), (24, 24, 28))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((24, 40, 656, 1140), 30, fill=(38, 96, 190))
    draw.text((340, 130), title, font=font(face.regular, 52), fill=(255, 255, 255), anchor="mm")
    image.paste(bitmap, (60, 220))
    draw.text((340, 850), "样例，不是真实渝快码", font=font(face.regular, 42), fill=(255, 255, 255), anchor="mm")
    draw.text((340, 930), "60 秒内有效", font=font(face.regular, 38), fill=(214, 228, 255), anchor="mm")
    return _to_bgr(image)


def sample_pages(person: SamplePerson) -> Sequence[SamplePage]:
    """The papers the demo reel lays down for ``person``."""
    who = (("姓名", person.name), ("证件号码", person.id_number))
    return (
        SamplePage(
            "多地参保缴费凭证",
            (
                *who,
                ("参保地一", "重庆市演示区"),
                ("缴费起止", "2005 年 1 月至 2014 年 12 月"),
                ("缴费月数", "120"),
                ("参保地二", "重庆市样例区"),
                ("缴费起止", "2015 年 1 月至 2021 年 12 月"),
                ("缴费月数", "84"),
            ),
        ),
        SamplePage(
            "社会保障卡复印件",
            (*who, ("卡号", "0000 0000 0000 0000"), ("发卡银行", "演示银行"), ("发卡日期", "2016 年 4 月")),
        ),
    )
