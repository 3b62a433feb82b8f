"""The front of a resident ID card: 姓名 性别 民族 出生 住址 公民身份号码.

Check digit, birth date and sex follow GB 11643-1999. A contradiction is never resolved by the machine: the number
and what contradicts it become doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from clerk_app.devices.recognition.id_reading import (
    CONTRADICTED,
    RARE_NAME,
    Reading,
    Row,
    date_of,
    digits,
    mean,
    steady,
)
from clerk_app.devices.recognition.tables import closest, tables
from clerk_app.domain.people import birth_of, id_check_digit, sex_of
from clerk_app.domain.recognition import SeenKind

_DOTS = str.maketrans(dict.fromkeys("・•．‧∙", "·"))  # one sign on the card, many in a font; GB 18030's own is U+00B7
_VALUES = 0.17  # of the card's width: left of it stand the labels
_PITCH, _HALF = 0.0376, 0.6  # of the card's width, one sign of the address; digits are narrower


def read_front(rows: Sequence[Row], framed: bool) -> Reading:
    reading = Reading(SeenKind.ID_FRONT)
    number_row = max(range(len(rows)), key=lambda k: len(digits(rows[k].text)), default=-1)
    number, number_score = "", 0.0
    if number_row >= 0:
        found = re.search(r"[\dX]{12,19}$", digits(rows[number_row].text.split("码")[-1]))
        number = _without_stray(found.group()) if found else ""
        number_score = steady(rows[number_row].scores[-len(number) :]) if number else 0.0
    birth_row = next((k for k, row in enumerate(rows) if re.search(r"\d{4}年", row.text) or "出生" in row.text), -1)
    sex_row = next((k for k, row in enumerate(rows) if re.search("性别|民族|^[男女]", row.text)), -1)
    _read_name(reading, rows, sex_row, framed)
    if sex_row >= 0:
        _read_sex_and_ethnicity(reading, rows[sex_row])
    if birth_row >= 0:
        found = re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日?", rows[birth_row].text)
        day = date_of(*found.groups()) if found else ""
        reading.put("birth", day, 0.9)
    if birth_row >= 0 and number_row > birth_row:
        _read_address(reading, rows[birth_row + 1 : number_row], framed)
    _judge_number(reading, number, number_score)
    return reading


def _without_stray(number: str) -> str:
    """Nineteen signs are eighteen and a speck before them, when those eighteen bear their check digit."""
    rest = number[1:]
    return rest if len(number) == 19 and rest[:17].isdigit() and id_check_digit(rest[:17]) == rest[17] else number


def _read_name(reading: Reading, rows: Sequence[Row], sex_row: int, framed: bool) -> None:
    at = next((k for k, row in enumerate(rows) if re.match("姓名?|名", row.text)), -1)
    if at < 0 and sex_row > 0:
        at = sex_row - 1
    if at < 0:
        return
    label = re.match("姓名|姓|名", rows[at].text)
    name, scores = rows[at].cut(label.end() if label else _before(rows[at], _VALUES) if framed else 0)
    name = name.translate(_DOTS)
    if not name or re.search(r"[0-9A-Za-z]", name):
        return
    steadiness = steady(scores)
    confidence = 0.98 if steadiness >= 0.8 else 0.6 + 0.3 * steadiness
    common = all(_is_common(ch) for ch in name)
    if not common or tables().has_traditional(name):
        confidence = min(confidence, 0.8)
        reading.reasons.append(RARE_NAME)
    if not 2 <= len(name) <= 15:
        confidence = min(confidence, 0.6)
    if framed:
        part = rows[at].parts[-1]
        pitch = 0.0475  # of the card's width, one character of the name
        if abs((part.right - 0.178) / pitch - len(name)) > 0.8:
            confidence = min(confidence, 0.8)  # as if a character was dropped or doubled
    reading.put("name", name, confidence)


def _before(row: Row, x: float) -> int:
    """How many signs of a row stand left of ``x``: what is left of a label too blurred to be known by its words."""
    count = 0
    for part in row.parts:
        step = (part.right - part.left) / max(1, len(part.text))
        count += sum(part.left + (k + 0.5) * step < x for k in range(len(part.text)))
    return count


def _is_common(character: str) -> bool:
    """In GB 2312 (6,763 characters) or the dot of minority names: what the OCR model knows well."""
    if character == "·":
        return True
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _read_sex_and_ethnicity(reading: Reading, row: Row) -> None:
    sex = re.search("[男女]", row.text)
    if sex:
        reading.put("sex", sex.group(), 0.9 + 0.06 * row.scores[sex.start()])
    label = re.search("民族|族", row.text)
    if not label:
        return
    printed, scores = row.cut(label.end())
    printed = tables().simplify(printed).removesuffix("族")
    exact = f"{printed}族"
    if exact in tables().ethnic:
        reading.put("ethnicity", exact, 0.98 if steady(scores) >= 0.7 else 0.9)
    elif near := closest(exact, tables().ethnic, differing=1) if len(printed) > 1 else "":
        reading.put("ethnicity", near, 0.9)
    elif printed:
        reading.put("ethnicity", printed, 0.4)


def _lost_some(row: Row) -> bool:
    """A line of the address that is wider than its signs: glare or blur took one."""
    part = row.parts[-1]
    signs = sum(_HALF if ch.isascii() else 1.0 for ch in part.text)
    return abs((part.right - max(part.left, _VALUES)) / _PITCH - signs) > 0.9 if part.left > 0.9 * _VALUES else False


def _read_address(reading: Reading, rows: Sequence[Row], framed: bool) -> None:
    text = ""
    scores: list[float] = []
    for row in rows:
        label = re.match("住址|住.?(?=重)|.?址", row.text) if not text else None
        piece, marks = row.cut(label.end() if label else 0)
        text, scores = text + piece, [*scores, *marks]
    text, repaired = repair_place(tables().simplify(text))
    sound = repaired is not None and not repaired and min(scores, default=0.0) >= 0.5 and mean(scores) >= 0.93
    sound = sound and not (framed and any(_lost_some(row) for row in rows))
    reading.put("address", text, 0.97 if sound else 0.85)


def repair_place(text: str) -> tuple[str, bool | None]:
    """Mend a district or township that is one character off. Returns (text, True mended | False as it was | None when
    the address does not begin with a Chongqing district that we know)."""
    city = "重庆市"
    mended = False
    if text[:3] != city and closest(text[:3], (city,), differing=1):
        text, mended = city + text[3:], True
    if not text.startswith(city):
        return text, None
    district, district_mended = _leading(text[3:], tables().divisions)
    if not district:
        return text, None
    rest = text[3 + len(district) :]
    town, town_mended = _leading(rest, tables().divisions[district])
    text = city + district + town + rest[len(town) :]
    mended = mended or district_mended or town_mended
    return text, mended if town or mended else None


def _leading(text: str, names: Iterable[str]) -> tuple[str, bool]:
    """The name that ``text`` begins with, longest first, one character off allowed from three on; and if mended."""
    options = tuple(names)
    for length in sorted({len(name) for name in options}, reverse=True):
        right = closest(text[:length], options, differing=1 if length > 2 else 0)
        if right:
            return right, right != text[:length]
    return "", False


def _judge_number(reading: Reading, number: str, score: float) -> None:
    if len(number) != 18:
        reading.put("id_number", number, 0.2)
        reading.reasons.append("号码没看全，请放平再扫一次，或者手工输入")
        return
    well_formed = number[:17].isdigit()
    birth = date_of(number[6:10], number[10:12], number[12:14]) if well_formed else ""
    if not well_formed or not birth or id_check_digit(number[:17]) != number[17]:
        reading.put("id_number", number, 0.3)
        reading.reasons.append("号码校验不对，请对照身份证逐位核对")
        return
    agrees = True
    printed = {"birth": birth_of(number).isoformat(), "sex": sex_of(number)}
    for name, words in (("birth", "出生日期"), ("sex", "性别")):
        seen = reading.fields.get(name, "")
        if not seen:
            reading.put(name, printed[name], 0.96 if score >= 0.5 else 0.9)
        elif seen == printed[name]:
            reading.confidence[name] = 0.99
        else:
            agrees = False
            reading.confidence[name] = 0.4
            reading.reasons.append(f"{words}和号码对不上，请核对")
    reading.put("id_number", number, CONTRADICTED if not agrees else 0.99 if score >= 0.3 else 0.9)
