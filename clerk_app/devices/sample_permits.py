"""Drawings of the two residence permits (样例): 港澳台居民居住证, and 外国人永久居留身份证 in its forms of 2017 and 2023.

No specimen was at hand: the fields and labels follow public descriptions, the places on the card are a guess (疑). The
recogniser therefore reads these cards by their labels and not by place.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clerk_app.devices.sample_drawings import _LABEL, _address_lines, _card, _stamp, _to_bgr, _write
from clerk_app.devices.sample_people import SamplePerson
from clerk_app.devices.typeface import Typeface
from clerk_app.domain.documents import mod_11_2

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import ImageDraw

    Image8 = npt.NDArray[np.uint8]

_HMT = ("810000", "820000", "830000")
_COUNTRIES = (("加拿大", "CAN"), ("德国", "DEU"), ("日本", "JPN"), ("韩国", "KOR"), ("美国", "USA"))
_GIVEN = ("ANNA", "PETER", "MARIA", "JOHN", "LINDA", "HANS", "KENJI", "SOPHIE", "DAVID", "MIN")
_FAMILY = ("SMITH", "WEBER", "TANAKA", "KIM", "BROWN", "MARTIN", "KELLER", "SUZUKI", "PARK", "WILSON")


@dataclass(frozen=True, slots=True)
class SampleForeigner:
    """A made-up permanent resident; ``country`` in Chinese and as three letters; dates ISO."""

    name: str
    name_zh: str
    sex: str
    birth: str
    country: tuple[str, str]
    id_number: str
    valid_from: str
    valid_to: str
    is_new: bool


def residence_permit(person: SamplePerson, area: str = "810000") -> SamplePerson:
    """The same made-up person with a number of Hong Kong, Macao or Taiwan (81, 82, 83 and 0000)."""
    first17 = area + person.id_number[6:17]
    return replace(person, id_number=first17 + mod_11_2(first17), ethnicity="")


def a_residence_permit(rng: np.random.Generator, person: SamplePerson) -> SamplePerson:
    return residence_permit(person, str(rng.choice(_HMT)))


def residence_fields(permit: SamplePerson) -> dict[str, str]:
    return {name: getattr(permit, name) for name in ("name", "sex", "birth", "address", "id_number")}


def a_foreigner(rng: np.random.Generator, *, is_new: bool | None = None) -> SampleForeigner:
    """Somebody who does not exist, from a country that does."""
    new = bool(rng.random() < 0.5) if is_new is None else is_new
    country = _COUNTRIES[int(rng.integers(0, len(_COUNTRIES)))]
    birth = dt.date(1950, 1, 1) + dt.timedelta(days=int(rng.integers(0, 18000)))
    serial = int(rng.integers(1, 99))
    first17 = f"950999{birth:%Y%m%d}{serial:03d}"
    number = first17 + mod_11_2(first17) if new else f"{country[1]}5001{birth:%y%m%d}{serial:02d}"
    start = dt.date(2024 if new else 2018, int(rng.integers(1, 13)), int(rng.integers(1, 28)))
    return SampleForeigner(
        name=f"{rng.choice(_FAMILY)}, {rng.choice(_GIVEN)}",
        name_zh="",
        sex=str(rng.choice(["男", "女"])),
        birth=birth.isoformat(),
        country=country,
        id_number=number,
        valid_from=start.isoformat(),
        valid_to=start.replace(year=start.year + 10).isoformat(),
        is_new=new,
    )


def permanent_fields(who: SampleForeigner) -> dict[str, str]:
    names = ("name", "sex", "birth", "id_number", "valid_from", "valid_to")
    return {**{name: getattr(who, name) for name in names}, "nationality": who.country[1]}


def draw_residence_permit(person: SamplePerson, face: Typeface) -> Image8:
    """港澳台居民居住证, the side with the portrait: as the resident card, without 民族."""
    image, draw = _card((236, 240, 236), (220, 230, 222))
    year, month, day = person.birth.split("-")
    _write(draw, (70, 72), "姓名", face, 34, _LABEL, 4)
    _write(draw, (185, 66), person.name, face, 44, gap=4)
    _write(draw, (70, 152), "性别", face, 34, _LABEL, 4)
    _write(draw, (185, 150), person.sex, face, 37)
    _write(draw, (70, 230), "出生", face, 34, _LABEL, 4)
    for x, text, size, ink in (
        (185, year, 37, None), (282, "年", 34, _LABEL), (345, str(int(month)), 37, None), (400, "月", 34, _LABEL),
        (455, str(int(day)), 37, None), (510, "日", 34, _LABEL),
    ):  # fmt: skip
        _write(draw, (x, 230 if ink else 228), text, face, size, *(() if ink is None else (ink,)))
    _write(draw, (70, 310), "住址", face, 34, _LABEL, 4)
    for row, line in enumerate(_address_lines(person.address)):
        _write(draw, (185, 308 + row * 52), line, face, 37, gap=1)
    _write(draw, (70, 534), "公民身份号码", face, 34, _LABEL, 4)
    _write(draw, (350, 528), person.id_number, face, 46, gap=7)
    _portrait(draw, 650)
    _stamp(image, face, (795, 420), 76)
    return _to_bgr(image)


def draw_permanent_2017(who: SampleForeigner, face: Typeface) -> Image8:
    """外国人永久居留身份证 as issued from 2017: three letters and twelve digits."""
    return _draw_permanent(who, face, "外国人永久居留身份证", "FOREIGN PERMANENT RESIDENT ID CARD", (228, 238, 244))


def draw_permanent_2023(who: SampleForeigner, face: Typeface) -> Image8:
    """外国人永久居留身份证 as issued from December 2023 (五星卡): eighteen digits that begin with 9."""
    return _draw_permanent(
        who, face, "中华人民共和国外国人永久居留身份证", "PERMANENT RESIDENT ID CARD", (244, 236, 226)
    )


def _draw_permanent(
    who: SampleForeigner, face: Typeface, title: str, english: str, tint: tuple[int, int, int]
) -> Image8:
    image, draw = _card(tint, tuple(c - 14 for c in tint))  # type: ignore[arg-type]
    size = 46 if len(title) < 14 else 38
    _write(draw, (70, 34), title, face, size)
    _write(draw, (70, 92), english, face, 24, _LABEL)
    dotted = [day.replace("-", ".") for day in (who.birth, who.valid_from, who.valid_to)]
    letter = "M" if who.sex == "男" else "F"
    rows = (
        ("姓名/Name", who.name), ("性别/Sex", f"{who.sex}/{letter}"), ("出生日期/Date of Birth", dotted[0]),
        ("国籍/Nationality", f"{who.country[0]}/{who.country[1]}"), ("有效期限/Period of Validity", f"{dotted[1]}-{dotted[2]}"),
        ("证件号码/ID No.", who.id_number),
    )  # fmt: skip
    top = 136
    for label, value in rows:
        _write(draw, (70, top), label, face, 24, _LABEL)
        _write(draw, (70, top + 30), value, face, 40, gap=1)
        top += 82
    _portrait(draw, 690)
    _stamp(image, face, (815, 450), 66)
    return _to_bgr(image)


def _portrait(draw: ImageDraw.ImageDraw, left: int) -> None:
    draw.rounded_rectangle((left, 110, left + 270, 460), 10, fill=(222, 228, 230))
    draw.ellipse((left + 60, 150, left + 210, 345), fill=(50, 44, 42))
    draw.ellipse((left + 72, 180, left + 198, 355), fill=(226, 194, 170))
    draw.pieslice((left + 20, 350, left + 250, 600), 180, 360, fill=(70, 84, 110))
