"""The machine-readable zone of a passport: ICAO 9303 part 4, TD3, two lines of 44 with check digits (weights 7, 3, 1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

_WEIGHTS = (7, 3, 1)
_LENGTH = 44
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class PassportZone:
    """What the zone says. ``name``: as printed there, surname first; transliterated, so never the person's name in
    Chinese. Dates as ISO; ``sex``: 男, 女 or empty."""

    issuer: str
    name: str
    number: str
    nationality: str
    birth: str
    sex: str
    valid_to: str


def check_digit(text: str) -> str:
    """The check digit of a field: digits as they are, A…Z as 10…35, filler as 0, weights 7-3-1, modulo 10.

    Raises:
        ValueError: a character that cannot stand in the zone.
    """
    total = 0
    for place, char in enumerate(text):
        value = 0 if char == "<" else _ALPHABET.index(char)
        total += value * _WEIGHTS[place % 3]
    return str(total % 10)


def read_passport_zone(lines: str, today: dt.date) -> PassportZone:
    """Read both lines (with or without a line break between them).

    Raises:
        ValueError: it is no TD3 zone or a check digit is wrong; the message is for the clerk.
    """
    text = "".join(lines.upper().split())
    if len(text) != 2 * _LENGTH or text[0] != "P":
        raise ValueError("护照下方应有两行、每行 44 个字符，以 P 开头")
    if any(char not in _ALPHABET + "<" for char in text):
        raise ValueError("护照下方的两行里有不该有的字符，请再拍一次")
    first, second = text[:_LENGTH], text[_LENGTH:]
    number, birth, expiry, optional = second[:9], second[13:19], second[21:27], second[28:42]
    fields = (
        (number, second[9], "护照号码"),
        (birth, second[19], "出生日期"),
        (expiry, second[27], "有效期"),
        (second[:10] + second[13:20] + second[21:43], second[43], "整行"),
    )
    for field, digit, name in fields:
        if check_digit(field) != digit:
            raise ValueError(f"{name}的校验位不对，多半有一位看错了")
    if second[42] != "<" and check_digit(optional) != second[42]:
        raise ValueError("附加号码的校验位不对，多半有一位看错了")
    return PassportZone(
        issuer=first[2:5].rstrip("<"),
        name=" ".join(" ".join(part.split("<")).strip() for part in first[5:].split("<<") if part.strip("<")),
        number=number.rstrip("<"),
        nationality=second[10:13].rstrip("<"),
        birth=_date(birth, today, future=False),
        sex={"M": "男", "F": "女"}.get(second[20], ""),
        valid_to=_date(expiry, today, future=True),
    )


def _date(digits: str, today: dt.date, *, future: bool) -> str:
    """YYMMDD: a birth lies at or before today, an expiry within fifty years round today."""
    if not digits.isdigit():
        raise ValueError("护照上的日期看不清")
    century = today.year // 100 * 100
    year = century + int(digits[:2])
    if not future and year > today.year:
        year -= 100
    if future and year < today.year - 50:
        year += 100
    try:
        day = dt.date(year, int(digits[2:4]), int(digits[4:6]))
    except ValueError as error:
        raise ValueError("护照上的日期看不清") from error
    if not future and day > today:
        day = day.replace(year=day.year - 100)
    return day.isoformat()
