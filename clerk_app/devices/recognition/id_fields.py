"""From lines of print to the fields of a resident ID card: rules only, no image.

Layout and wording of the second-generation card (front: 姓名 性别 民族 出生 住址 公民身份号码; back: 签发机关 有效期限).
The number's check digit, birth date and sex follow GB 11643-1999. A field is *sure* from SURE up; anything less is
doubtful and a person must look. A contradiction is never resolved by the machine: both fields become doubtful.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clerk_app.devices.recognition.tables import closest, tables
from clerk_app.domain.people import birth_of, id_check_digit, sex_of
from clerk_app.domain.recognition import SURE, SeenKind

_FRONT_LABELS = ("姓名", "性别", "民族", "出生", "住址", "公民身份", "身份号码")
_BACK_LABELS = ("居民身份证", "签发机关", "有效期限", "中华人民共和国")
_ALIKE = str.maketrans({"O": "0", "o": "0", "Q": "0", "D": "0", "I": "1", "l": "1", "|": "1", "Z": "2", "S": "5",
                        "B": "8", "x": "X", "×": "X"})  # fmt: skip
_FULL_WIDTH = str.maketrans("０１２３４５６７８９－．", "0123456789-.")
CONTRADICTED = 0.5  # confidence of a number that passes its check digit and still contradicts the card
RARE_NAME = "姓名里有少见的字，请逐字核对"
FRONT_FIELDS = ("name", "sex", "ethnicity", "birth", "address", "id_number")
BACK_FIELDS = ("authority", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Print:
    """A line of print on the upright card: ``x``, ``y`` its centre, ``left`` its start, ``height`` in one unit.

    With ``framed`` rules the unit is the card (0..1 in x and in y); else any unit will do.
    """

    text: str
    scores: tuple[float, ...]
    x: float
    y: float
    left: float
    right: float
    height: float


@dataclass(slots=True)
class Reading:
    """The fields of one side with a confidence each, and why a person must look (sentences for the clerk)."""

    kind: SeenKind
    fields: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    def put(self, name: str, value: str, confidence: float) -> None:
        if value:
            self.fields[name] = value
            self.confidence[name] = round(confidence, 3)

    def distrust(self, name: str) -> None:
        """The picture does not bear out how sure this field looks: a person must look."""
        if name in self.confidence:
            self.confidence[name] = min(self.confidence[name], 0.9)

    @property
    def expected(self) -> tuple[str, ...]:
        return FRONT_FIELDS if self.kind is SeenKind.ID_FRONT else BACK_FIELDS

    @property
    def worth_another_look(self) -> bool:
        """Something is missing or was read badly. A clear contradiction or a rare character stays what it is."""
        number = self.confidence.get("id_number", 0.0)
        settled = {"id_number", "birth", "sex"} if number == CONTRADICTED else set()
        if "name" in self.fields:
            settled.add("name")  # read, but rare or blurred: the same engine will not do better
        return any(name not in settled for name in self.doubtful)

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Fields not sure, missing ones included."""
        return tuple(name for name in self.expected if self.confidence.get(name, 0.0) < SURE)


def side_of(prints: Sequence[Print], *, framed: bool) -> SeenKind | None:
    """Which side of an ID card these lines are; None when they are something else, such as a form or a photocopy."""
    text = "\n".join(tables().simplify(p.text) for p in prints)
    front = sum(label in text for label in _FRONT_LABELS)
    back = sum(label in text for label in _BACK_LABELS)
    if max(front, back) < 2 or len(prints) > 18:
        return None
    kind = SeenKind.ID_FRONT if front >= back else SeenKind.ID_BACK
    if kind is SeenKind.ID_FRONT and front < 3 and not any(len(_digits(p.text)) >= 15 for p in prints):
        return None
    return kind if not framed or _lies_like_a_card(prints, kind) else None


def _lies_like_a_card(prints: Sequence[Print], kind: SeenKind) -> bool:
    expected = (
        {"姓名": (0.05, 0.28), "住址": (0.40, 0.68), "身份号码": (0.76, 0.97)}
        if kind is SeenKind.ID_FRONT
        else {"居民身份证": (0.22, 0.52), "签发机关": (0.60, 0.86), "有效期限": (0.72, 0.97)}
    )
    hits = [(low <= p.y <= high) for label, (low, high) in expected.items() for p in prints if label in p.text]
    return bool(hits) and sum(hits) * 2 > len(hits)


def read_side(prints: Sequence[Print], kind: SeenKind, *, framed: bool) -> Reading:
    """Read all fields of ``kind``. ``framed``: coordinates are those of the card itself."""
    kept = [p for p in prints if p.text != "样例" and not (framed and p.left > 0.62 and 0.1 < p.y < 0.78
                                                           and kind is SeenKind.ID_FRONT)]  # fmt: skip
    rows = _rows(kept)
    return _read_front(rows, framed) if kind is SeenKind.ID_FRONT else _read_back(rows)


@dataclass(frozen=True, slots=True)
class _Row:
    text: str
    scores: tuple[float, ...]
    y: float
    parts: tuple[Print, ...]

    def cut(self, start: int, end: int | None = None) -> tuple[str, tuple[float, ...]]:
        return self.text[start:end], self.scores[start:end]


def _rows(prints: Sequence[Print]) -> list[_Row]:
    groups: list[list[Print]] = []
    for item in sorted(prints, key=lambda p: p.y):
        if groups and item.y - sum(p.y for p in groups[-1]) / len(groups[-1]) < 0.55 * item.height:
            groups[-1].append(item)
        else:
            groups.append([item])
    rows = []
    for group in groups:
        group.sort(key=lambda p: p.left)
        rows.append(
            _Row(
                "".join(p.text for p in group).translate(_FULL_WIDTH),
                tuple(s for p in group for s in p.scores),
                sum(p.y for p in group) / len(group),
                tuple(group),
            )
        )
    return rows


def _mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores) if scores else 0.0


def _steady(scores: Sequence[float]) -> float:
    """The weakest character, but the first counts only half: the gap after a label lowers its score without cause."""
    if not scores:
        return 0.0
    return min([0.5 + scores[0] / 2, *scores[1:]])


def _digits(text: str) -> str:
    return "".join(ch for ch in text.translate(_ALIKE) if ch.isascii() and (ch.isdigit() or ch == "X"))


def _read_front(rows: Sequence[_Row], framed: bool) -> Reading:
    reading = Reading(SeenKind.ID_FRONT)
    number_row = max(range(len(rows)), key=lambda k: len(_digits(rows[k].text)), default=-1)
    number, number_score = "", 0.0
    if number_row >= 0:
        found = re.search(r"[\dX]{12,19}$", _digits(rows[number_row].text.split("码")[-1]))
        number = found.group() if found else ""
        number_score = _steady(rows[number_row].scores[-len(number) :]) if number else 0.0
    birth_row = next((k for k, row in enumerate(rows) if re.search(r"\d{4}年", row.text) or "出生" in row.text), -1)
    sex_row = next((k for k, row in enumerate(rows) if re.search("性别|民族|^[男女]", row.text)), -1)
    _read_name(reading, rows, sex_row, framed)
    if sex_row >= 0:
        _read_sex_and_ethnicity(reading, rows[sex_row])
    if birth_row >= 0:
        found = re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日?", rows[birth_row].text)
        day = _date(*found.groups()) if found else ""
        reading.put("birth", day, 0.9)
    if birth_row >= 0 and number_row > birth_row:
        _read_address(reading, rows[birth_row + 1 : number_row])
    _judge_number(reading, number, number_score)
    return reading


def _read_name(reading: Reading, rows: Sequence[_Row], sex_row: int, framed: bool) -> None:
    at = next((k for k, row in enumerate(rows) if re.match("姓名?|名", row.text)), -1)
    if at < 0 and sex_row > 0:
        at = sex_row - 1
    if at < 0:
        return
    label = re.match("姓名|姓|名", rows[at].text)
    name, scores = rows[at].cut(label.end() if label else 0)
    if not name or re.search(r"[0-9A-Za-z]", name):
        return
    steady = _steady(scores)
    confidence = 0.98 if steady >= 0.8 else 0.6 + 0.3 * steady
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


def _is_common(character: str) -> bool:
    """In GB 2312 (6,763 characters) or the dot of minority names: what the OCR model knows well."""
    if character == "·":
        return True
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _read_sex_and_ethnicity(reading: Reading, row: _Row) -> None:
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
        reading.put("ethnicity", exact, 0.98 if _steady(scores) >= 0.7 else 0.9)
    elif near := closest(exact, tables().ethnic, differing=1) if len(printed) > 1 else "":
        reading.put("ethnicity", near, 0.9)
    elif printed:
        reading.put("ethnicity", printed, 0.4)


def _date(year: str, month: str, day: str) -> str:
    try:
        return dt.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def _read_address(reading: Reading, rows: Sequence[_Row]) -> None:
    text = ""
    scores: list[float] = []
    for row in rows:
        label = re.match("住址|住|址", row.text) if not text else None
        piece, marks = row.cut(label.end() if label else 0)
        text, scores = text + piece, [*scores, *marks]
    text, repaired = repair_place(tables().simplify(text))
    sound = repaired is not None and not repaired and min(scores, default=0.0) >= 0.5 and _mean(scores) >= 0.93
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
    birth = _date(number[6:10], number[10:12], number[12:14]) if well_formed else ""
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


def _read_back(rows: Sequence[_Row]) -> Reading:
    reading = Reading(SeenKind.ID_BACK)
    at = next((k for k, row in enumerate(rows) if "签发" in row.text or "机关" in row.text), -1)
    term = next((k for k, row in enumerate(rows) if re.search(r"有效|期限|\d{4}\D?\d{2}\D?\d{2}\D", row.text)), -1)
    if at >= 0:
        text = ""
        scores: list[float] = []
        for row in rows[at : max(at + 1, term)]:
            label = re.search("签发机关|机关|签发", row.text) if not text else None
            piece, marks = row.cut(label.end() if label else 0)
            text, scores = text + piece, [*scores, *marks]
        _judge_authority(reading, tables().simplify(text), scores)
    if term >= 0:
        _read_term(reading, rows[term])
    if reading.doubtful:
        reading.reasons.append("这一面有没看清的，请核对")
    return reading


def _judge_authority(reading: Reading, text: str, scores: Sequence[float]) -> None:
    known = tables().authorities
    if text in known:
        reading.put("authority", text, 0.98)
    elif near := closest(text, known, differing=1):
        reading.put("authority", near, 0.9)
    else:
        elsewhere = not text.startswith("重庆")  # every office of this city is in the table
        fine = elsewhere and text.endswith(("公安局", "分局")) and _steady(scores) >= 0.9
        reading.put("authority", text, 0.96 if fine else 0.7)


def _read_term(reading: Reading, row: _Row) -> None:
    """有效期限: five, ten or twenty years, or 长期 from 46 years of age (居民身份证法 art. 5)."""
    digits = "".join(ch for ch in row.text.translate(_ALIKE) if ch.isdigit())
    text = tables().simplify(row.text)
    start = _date(digits[:4], digits[4:6], digits[6:8]) if len(digits) >= 8 else ""
    forever = "长" in text or "期" in text.split(digits[-1] if digits else "限")[-1]
    end = "长期" if forever and len(digits) < 16 else ""
    if len(digits) == 16:
        end = _date(digits[8:12], digits[12:14], digits[14:16])
    plausible = bool(start) and (
        end == "长期" or (bool(end) and int(end[:4]) - int(start[:4]) in (5, 10, 20) and _same_day(start, end))
    )
    reading.put("valid_from", start, 0.98 if plausible else 0.6)
    reading.put("valid_to", end, 0.98 if plausible else 0.6)


def _same_day(start: str, end: str) -> bool:
    return start[5:] == end[5:] or {start[5:], end[5:]} <= {"02-28", "02-29", "03-01"}


def merge(first: Reading, second: Reading) -> Reading:
    """Two readings of the same side: per field the surer one; two equal values back each other up a little."""
    best = Reading(first.kind)
    for name in first.expected:
        ours, theirs = first.fields.get(name, ""), second.fields.get(name, "")
        a, b = first.confidence.get(name, 0.0), second.confidence.get(name, 0.0)
        best.put(name, ours if a >= b else theirs, max(a, b))
    keep = first if len(first.doubtful) <= len(second.doubtful) else second
    best.reasons = list(dict.fromkeys(keep.reasons))
    return best
