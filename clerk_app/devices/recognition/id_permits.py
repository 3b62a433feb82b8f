"""外国人永久居留身份证, both formats, read by their labels; and what makes a resident card a 港澳台居民居住证.

Numbers (data sheet §6.2): 2017 three letters and YYMMDD at places 8 to 13, no check digit; since December 2023 eighteen
digits, a 9 first, MOD 11-2 at the end. The places of the print are not published, so labels lead and nothing is sure that
nothing else bears out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from clerk_app.devices.recognition.id_reading import CONTRADICTED, Print, Reading, Row, date_of, digits, steady
from clerk_app.devices.recognition.tables import tables
from clerk_app.domain.documents import HMT_AREAS, is_new_permanent_resident, permanent_resident_fault, permit_birth
from clerk_app.domain.people import DocumentKind
from clerk_app.domain.recognition import SeenKind

_SIGNS = ("永久居留", "外国人", "国籍", "NATIONALITY", "PERMANENT", "DATEOFBIRTH", "IDNO")
_LETTERS = str.maketrans({"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z"})
_LABELS = re.compile(
    r"姓名|NAME|性别|SEX|出生日期|DATE ?OF ?BIRTH|国籍|NATIONALITY|有效期限|PERIOD ?OF ?VALIDITY|证件号码|ID ?NO\.?",
    re.IGNORECASE,
)

_NAME = re.compile(r"[A-Z][A-Z'\-]*[,，.][A-Z][A-Z'\-]*")
_SEX = re.compile(r"[男女]/?[MF]?")
_COUNTRY = re.compile(r"[\u4e00-\u9fff]{2,8}/[A-Z]{3}")
_TERM = re.compile(r"\d{4}\.?\d{2}\.?\d{2}\D?\d{4}\.?\d{2}\.?\d{2}")
_BIRTH = re.compile(r"(?:19|20)\d{2}\.\d{2}\.\d{2}")
"""What each value looks like: the small labels beside them are the first to be lost to blur."""


def is_permanent(prints: Sequence[Print]) -> bool:
    """Whether these lines are of a permanent resident's card."""
    text = "".join(p.text for p in prints).upper().replace(" ", "").replace(".", "")
    return ("永久居留" in text or "PERMANENTRESIDENT" in text) and sum(sign in text for sign in _SIGNS) >= 2


def read_permanent(rows: Sequence[Row]) -> Reading:
    """Name, sex, birth, nationality, term and number."""
    reading = Reading(SeenKind.ID_FRONT, document=DocumentKind.PERMANENT_RESIDENT.value)
    _put_name(reading, *(_shaped(rows, _NAME) or _after(rows, r"姓名|NAME")))
    _put_sex(reading, *(_shaped(rows, _SEX) or _after(rows, r"性别|SEX")))
    _put_nationality(reading, *(_shaped(rows, _COUNTRY) or _after(rows, r"国籍|NATIONALITY")))
    _put_term(reading, *(_shaped(rows, _TERM) or _after(rows, r"有效期限|VALIDITY")))
    birth, scores = _shaped(rows, _BIRTH) or _after(rows, r"出生日期|BIRTH")
    day = _day(birth)
    reading.put("birth", day, 0.9 if steady(scores) >= 0.5 else 0.8)
    _judge(reading, rows)
    if reading.doubtful:
        reading.reasons.append("永久居留证请逐项核对")
    return reading


def note_hmt(reading: Reading) -> None:
    """A citizen's number of Hong Kong, Macao or Taiwan makes it a 港澳台居民居住证, which has no 民族."""
    number = reading.fields.get("id_number", "")
    if number[:2] in HMT_AREAS and number[2:6] == "0000" and reading.confidence["id_number"] >= CONTRADICTED:
        reading.document = DocumentKind.HMT_RESIDENCE.value
        reading.fields.pop("ethnicity", None)
        reading.confidence.pop("ethnicity", None)


def _after(rows: Sequence[Row], label: str) -> tuple[str, tuple[float, ...]]:
    """What stands after a label in its row, else the next row, as long as that is no label itself."""
    for at, row in enumerate(rows):
        found = list(re.finditer(label, row.text, re.IGNORECASE))
        if not found:
            continue
        last = list(_LABELS.finditer(row.text))[-1:] or found[-1:]
        value, scores = row.cut(max(found[-1].end(), last[0].end()))
        if len(value) >= 2:
            return value, scores
        if at + 1 < len(rows) and not _LABELS.search(rows[at + 1].text):
            return rows[at + 1].text, rows[at + 1].scores
    return "", ()


def _shaped(rows: Sequence[Row], shape: re.Pattern[str]) -> tuple[str, tuple[float, ...]] | None:
    """The only row that looks like this from end to end; None when there is none, or more than one."""
    found = [row for row in rows if shape.fullmatch(row.text.replace(" ", ""))]
    return (found[0].text, found[0].scores) if len(found) == 1 else None


def _put_name(reading: Reading, text: str, scores: Sequence[float]) -> None:
    """As printed, family name before the comma. Latin print is read well; spaces are lost, so the comma's is put back."""
    name = re.sub(r",\s*", ", ", text.strip().replace("，", ",").replace(".", ","))
    if not re.search("[A-Za-z]", name):
        reading.put("name", text, 0.6)
        return
    clean = bool(re.fullmatch(r"[A-Z]+(?:[-' ][A-Z]+)*, [A-Z]+(?:[-' ][A-Z]+)*", name))
    reading.put("name", name, 0.97 if clean and steady(scores) >= 0.9 else 0.8)


def _put_sex(reading: Reading, text: str, scores: Sequence[float]) -> None:
    """Printed twice, in Chinese and as a letter: they must agree."""
    chinese = next((ch for ch in text if ch in "男女"), "")
    letter = text[-1:].upper()
    latin = {"M": "男", "F": "女"}.get(letter, "")
    if chinese and latin and chinese != latin:
        reading.put("sex", chinese, 0.4)
    else:
        reading.put("sex", chinese or latin, 0.97 if chinese and latin else 0.85)


def _put_nationality(reading: Reading, text: str, scores: Sequence[float]) -> None:
    """Printed twice, in Chinese and as three letters: where both are of one country they bear each other out."""
    found = re.search(r"([A-Z]{3})$", text.upper().strip())
    if found:
        printed = tables().simplify(text[: found.start()].rstrip("/ "))
        both = bool(printed) and tables().countries.get(found.group(1)) == printed
        reading.put("nationality", found.group(1), 0.97 if both else 0.9 if steady(scores[-3:]) >= 0.9 else 0.7)


def _put_term(reading: Reading, text: str, scores: Sequence[float]) -> None:
    figures = digits(text)
    if len(figures) != 16:
        return
    start = date_of(figures[:4], figures[4:6], figures[6:8])
    end = date_of(figures[8:12], figures[12:14], figures[14:])
    span = int(end[:4]) - int(start[:4]) if start and end else 0
    fine = span in {5, 10} and start[5:] == end[5:]
    reading.put("valid_from", start, 0.97 if fine else 0.6)
    reading.put("valid_to", end, 0.97 if fine else 0.6)


def _day(text: str) -> str:
    figures = digits(text)
    return date_of(figures[:4], figures[4:6], figures[6:8]) if len(figures) == 8 else ""


def _judge(reading: Reading, rows: Sequence[Row]) -> None:
    """The number, and what it bears out of the rest."""
    number, score = "", 0.0
    for row in rows:
        found = _number_in(row.text)
        if found and (not number or permanent_resident_fault(found) == ""):
            number, score = found, steady(row.scores)
    if not number:
        return
    birth = reading.fields.get("birth", "")
    if is_new_permanent_resident(number):
        if permanent_resident_fault(number):
            reading.put("id_number", number, 0.3)
            reading.reasons.append("号码校验不对，请对照证件逐位核对")
            return
        inside = permit_birth(number)
        agrees = inside is not None and (not birth or birth == inside.isoformat())
        reading.put("id_number", number, 0.99 if agrees and score >= 0.3 else CONTRADICTED)
        if inside is not None and not birth:
            reading.put("birth", inside.isoformat(), 0.96)
    else:
        short = birth.replace("-", "")[2:]
        agrees = bool(short) and number[7:13] == short
        same_country = number[:3] == reading.fields.get("nationality", "")
        sure = agrees and same_country and score >= 0.9
        reading.put("id_number", number, 0.96 if sure else CONTRADICTED if birth and not agrees else 0.8)
        if same_country:
            reading.confidence["nationality"] = 0.98
    if birth:
        reading.confidence["birth"] = 0.99 if agrees else 0.4
    if birth and not agrees:
        reading.reasons.append("出生日期和号码对不上，请核对")


def _number_in(text: str) -> str:
    tidy = text.replace(" ", "").upper()
    plain = re.search(r"9\d{16}[\dX]$", digits(tidy)[-18:])
    if plain:
        return plain.group()
    old = re.search(r"([A-Z0-9]{3})([0-9OQDILZSB|]{12})$", tidy)
    if not old:
        return ""
    letters, rest = old.group(1).translate(_LETTERS), digits(old.group(2))
    return letters + rest if letters.isalpha() and len(rest) == 12 and rest.isdigit() else ""
