"""The front of a resident ID card: 姓名 性别 民族 出生 住址 公民身份号码.

Check digit, birth date and sex follow GB 11643-1999. A contradiction is never resolved by the machine: the number
and what contradicts it become doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from clerk_app.devices.recognition.id_reading import (
    CONTRADICTED,
    RARE_NAME,
    PrintedSign,
    Reading,
    Row,
    date_of,
    digits,
    mean,
    steady,
)
from clerk_app.devices.recognition.look_alikes import is_common
from clerk_app.devices.recognition.tables import closest, look_alike, tables
from clerk_app.domain.people import birth_of, id_check_digit, sex_of
from clerk_app.domain.recognition import SeenKind

_CITY = "重庆市"
_DOTS = str.maketrans(dict.fromkeys("・•．‧∙", "·"))  # one sign on the card, many in a font; GB 18030's own is U+00B7
_VALUES, _ETHNICITY = 0.165, 0.395  # of the card's width: left of it stands the label
_NAME_AT, _SEX_AT, _BIRTH_AT, _ADDRESS_AT = (0.07, 0.21), (0.21, 0.335), (0.335, 0.455), (0.455, 0.775)
"""Of the card's height: where each line lies (GA 448), for a label too blurred to be known by its words."""
_EDGE, _NAME_PITCH, _PITCH, _HALF = 0.183, 0.0475, 0.0376, 0.56
"""Of the card's width: where values begin, one sign of the name, one of the address, of which digits are narrower."""
_BORNE_OUT, _ALONE = (0.0, 0.75, 0.93), (0.5, 0.9, 0.985)
"""An address that is sure: the weakest sign of its district, the weakest behind, and the mean there; with a township that the
gazetteer knows in that district (so both bear each other out), and without one."""
_FULL = 10.02  # signs: an address line that goes on in the next has more, for it breaks where a twelfth would stand


def read_front(rows: Sequence[Row], framed: bool) -> Reading:
    reading = Reading(SeenKind.ID_FRONT)
    number_row = max(range(len(rows)), key=lambda k: len(digits(rows[k].text)), default=-1)
    number, number_score = "", 0.0
    if number_row >= 0:
        found = re.search(r"[\dX]{12,19}$", digits(rows[number_row].text.split("码")[-1]))
        number = _without_stray(found.group()) if found else ""
        number_score = steady(rows[number_row].scores[-len(number) :]) if number else 0.0
    birth_row = _row(rows, r"\d{4}年|出生", _BIRTH_AT, framed)
    sex_row = _row(rows, "性别|民族|^[男女]", _SEX_AT, framed)
    _read_name(reading, rows, sex_row, framed)
    if sex_row >= 0:
        _read_sex_and_ethnicity(reading, rows[sex_row], framed)
    if birth_row >= 0:
        found = re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日?", rows[birth_row].text)
        day = date_of(*found.groups()) if found else ""
        reading.put("birth", day, 0.9)
    if framed:
        _read_address(reading, [row for row in rows if _ADDRESS_AT[0] < row.y < _ADDRESS_AT[1]], framed)
    elif birth_row >= 0 and number_row > birth_row:
        _read_address(reading, rows[birth_row + 1 : number_row], framed)
    _judge_number(reading, number, number_score)
    return reading


def _row(rows: Sequence[Row], words: str, place: tuple[float, float], framed: bool) -> int:
    """The row with these words; on a card that lies straight else the one at its place. -1 when there is none."""
    at = next((k for k, row in enumerate(rows) if re.search(words, row.text)), -1)
    if at < 0 and framed:
        at = next((k for k, row in enumerate(rows) if place[0] < row.y < place[1]), -1)
    return at


def _value(row: Row, label: str, part_of_it: str, framed: bool, edge: float = _VALUES) -> tuple[str, tuple[float, ...]]:
    """What stands behind the label. Where blur spoilt its words, its place tells on a straight card, else what is left."""
    found = re.search(label, row.text)
    if found is None and framed:
        return row.cut(row.before(edge))
    found = found or re.search(part_of_it, row.text)
    return row.cut(found.end() if found else 0)


def _without_stray(number: str) -> str:
    """Nineteen signs are eighteen and a speck before them, when those eighteen bear their check digit."""
    rest = number[1:]
    return rest if len(number) == 19 and rest[:17].isdigit() and id_check_digit(rest[:17]) == rest[17] else number


def _read_name(reading: Reading, rows: Sequence[Row], sex_row: int, framed: bool) -> None:
    """Never sure by itself: a sign that the recogniser does not know it reads as one that it knows, at any score. Whoever has
    the picture holds the print against what was read (``name_print``)."""
    at = _row(rows, "^(?:姓名?|名)", _NAME_AT, framed)
    if at < 0 and sex_row > 0:
        at = sex_row - 1
    if at < 0:
        return
    name, scores = _value(rows[at], "^姓名", "^(?:姓|名)", framed)
    name = name.translate(_DOTS)
    if not name or re.search(r"[0-9A-Za-z]", name):
        return
    if framed:
        places = [(place, part.y) for part in rows[at].parts for place in part.places()][-len(name) :]
        reading.name_signs = tuple(
            PrintedSign(sign, score, *place) for sign, score, place in zip(name, scores, places, strict=True)
        )
    steadiness = steady(scores)
    confidence = 0.9 if steadiness >= 0.8 else 0.6 + 0.3 * steadiness
    common = all(is_common(ch) for ch in name)
    if not common or tables().has_traditional(name):
        confidence = min(confidence, 0.8)
        reading.reasons.append(RARE_NAME)
    if not 2 <= len(name) <= 15:
        confidence = min(confidence, 0.6)
    if framed and _uneven(rows[at], len(name)):
        confidence = min(confidence, 0.8)
    reading.put("name", name, confidence)


def _uneven(row: Row, signs: int) -> bool:
    """As if a sign of the name was dropped or doubled: its signs stand one pitch apart, from the edge to the end of the line."""
    places = [place for part in row.parts for place in part.places()][-signs:]
    end = max(part.right for part in row.parts)
    steps = [b - a for a, b in pairwise(places)] + [end - places[-1] + _NAME_PITCH / 2]
    start = places[0] - _NAME_PITCH / 2 - _EDGE
    return abs(start) > 0.6 * _NAME_PITCH or any(abs(step / _NAME_PITCH - 1) > 0.6 for step in steps)


def _read_sex_and_ethnicity(reading: Reading, row: Row, framed: bool) -> None:
    sex = re.search("[男女]", row.text)
    if sex:
        reading.put("sex", sex.group(), 0.9 + 0.06 * row.scores[sex.start()])
    if not framed and not re.search("民族|族", row.text):
        return
    printed, scores = _value(row, "民族", "族", framed, _ETHNICITY)
    printed = tables().simplify(printed).removesuffix("族")
    exact = f"{printed}族"
    if exact in tables().ethnic:
        reading.put("ethnicity", exact, 0.98 if steady(scores) >= 0.7 else 0.9)
    elif near := closest(exact, tables().ethnic, differing=1) if len(printed) > 1 else "":
        reading.put("ethnicity", near, 0.9)
    elif printed:
        reading.put("ethnicity", printed, 0.4)


def _lost_some(row: Row, *, last: bool) -> bool:
    """A line of the address with a hole in it, or one that ends too early: glare or blur took a sign."""
    value = [(place, 1.0 if not ch.isascii() else _HALF) for part in row.parts
             for place, ch in zip(part.places(), part.text, strict=False) if place >= _VALUES]  # fmt: skip
    if not value:
        return True
    edge = _EDGE
    for place, wide in value:
        if abs(place - wide * _PITCH / 2 - edge) > 0.75 * _PITCH:
            return True
        edge = place + wide * _PITCH / 2
    end = max(part.right for part in row.parts)
    return end - edge > 0.9 * _PITCH or (not last and sum(wide for _, wide in value) < _FULL)


def _read_address(reading: Reading, rows: Sequence[Row], framed: bool) -> None:
    text = ""
    scores: list[float] = []
    for row in rows:
        if framed:
            piece, marks = row.cut(row.before(_VALUES))
        else:
            label = re.match("住址|住.?(?=重)|.?址", row.text) if not text else None
            piece, marks = row.cut(label.end() if label else 0)
        text, scores = text + piece, [*scores, *marks]
    text = tables().simplify(text)
    if 0 < (rest_of_label := text.find(_CITY)) <= 2:
        text, scores = text[rest_of_label:], scores[rest_of_label:]
    place = repair_place(text)
    head, tail = scores[3 : 3 + len(place.district)], scores[3 + len(place.district + place.town) :]
    of_head, of_tail, on_average = _BORNE_OUT if place.town else _ALONE
    sound = bool(place.district) and not place.mended and bool(tail) and min(head) >= of_head
    sound = sound and min(tail) >= of_tail and mean(tail) >= on_average
    lost = framed and any(_lost_some(row, last=row is rows[-1]) for row in rows)
    reading.put("address", place.text, 0.97 if sound and not lost else 0.85)


@dataclass(frozen=True, slots=True)
class Place:
    """An address, with the district and township that it begins with (empty when not known) and whether they were mended."""

    text: str
    district: str = ""
    town: str = ""
    mended: bool = False


def repair_place(text: str) -> Place:
    """Mend the city, district and township at the head of a Chongqing address where one sign of them is off. Where the district
    could be two (纂江: 綦江 or 黔江), the township that follows decides."""
    mended = False
    if text[:3] != _CITY and closest(text[:3], (_CITY,), differing=1):
        text, mended = _CITY + text[3:], True
    if not text.startswith(_CITY):
        return Place(text)
    rest = text[3:]
    options = _heads(rest, tables().divisions)
    with_towns = [(district, town) for district in options
                  for town in _heads(rest[len(district) :], tables().divisions[district])[:1]]  # fmt: skip
    if not with_towns and len(options) != 1:
        return Place(text)
    if len(options) > 1 and len(with_towns) > 1:
        return Place(text)
    district, town = with_towns[0] if with_towns else (options[0], "")
    head = district + town
    return Place(_CITY + head + rest[len(head) :], district, town, mended or head != rest[: len(head)])


def _heads(text: str, names: Iterable[str]) -> list[str]:
    """The names that ``text`` can begin with: the one it does, else those with one sign off (from three signs on), and
    of these the longest."""
    options = tuple(names)
    exact = [name for name in options if text.startswith(name)]
    if exact:
        return [max(exact, key=len)]
    near = [name for name in options if len(name) > 2 and len(text) >= len(name)
            and sum(a != b for a, b in zip(name, text, strict=False)) == 1]  # fmt: skip
    alike = [name for name in near if look_alike(name, text)]
    longest = max((len(name) for name in alike or near), default=0)
    return [name for name in alike or near if len(name) == longest]


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
