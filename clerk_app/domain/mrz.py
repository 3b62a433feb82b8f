"""The machine-readable zone of a passport: ICAO 9303 part 4, TD3, two lines of 44 with check digits (weights 7, 3, 1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

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


def find_passport_zone(page: str, today: dt.date) -> PassportZone | None:
    """The zone among the lines that were read from a whole page; None when there is none that holds.

    What a camera takes for another sign is mended only where the standard leaves no choice (a digit's place, the filler); the
    check digits then have to agree, so that nothing wrong is taken for right.
    """
    rows = [_as_zone_line(line) for line in page.splitlines()]
    for first, second in pairwise(rows):
        if not first.startswith("P") or min(len(first), len(second)) < _LENGTH - 6:
            continue
        upper, lower = _filled(first), _only_digits_where_they_must(_filled(second))
        try:
            return read_passport_zone(upper + lower, today)
        except ValueError:
            continue
    return None


_LOOKS_LIKE = str.maketrans("OQDILZSGB", "000112568")
_ANGLES = str.maketrans("‹〈＜", "<<<")
_DIGITS_AT = (9, *range(13, 20), *range(21, 28), 43)


def _as_zone_line(line: str) -> str:
    text = "".join(line.upper().split()).replace("«", "<<").replace("《", "<<").translate(_ANGLES)
    return "".join(char for char in text if char in _ALPHABET or char == "<")


def _filled(line: str) -> str:
    """Fillers at the end of a name are often miscounted; inside they stand as read."""
    return line[:_LENGTH] if len(line) >= _LENGTH else line + "<" * (_LENGTH - len(line))


def _only_digits_where_they_must(line: str) -> str:
    return "".join(char.translate(_LOOKS_LIKE) if at in _DIGITS_AT else char for at, char in enumerate(line))


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
