"""The form: which fields are asked, and whether a typed value can be right. Each fault is a sentence for the clerk.

A group (共同生活成员, 员工) holds one map of texts for each member; its stored value is the canonical JSON text of that list.
A clerk may also type it in one go: 姓名，号码，关系；next member, in the order of the group's fields.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from clerk_app.domain.canonical import canonical_bytes, parse_json
from clerk_app.domain.codes import uscc_problem
from clerk_app.domain.conditions import Facts
from clerk_app.domain.people import (
    CITIZEN_NUMBER_KINDS,
    WITHOUT_ETHNICITY,
    DocumentKind,
    id_number_fault,
    name_fault,
    tidy_id_number,
)
from clerk_app.domain.service_item import FieldType, FormField

_DATE_DIGITS = re.compile(r"(\d{4}|\d{2})(\d{2})(\d{2})", re.ASCII)
_DATE_PARTS = re.compile(r"(\d{4}|\d{2})\s*[-./年 ]\s*(\d{1,2})\s*[-./月 ]\s*(\d{1,2})\s*日?", re.ASCII)
_NARROW = str.maketrans("０１２３４５６７８９．－／", "0123456789.-/")
EARLIEST_YEAR = 1880
LONG_TERM = "长期"
"""A document without a last day says so; it is a text and no date (data sheet §6.2)."""
LONGEST_TEXT = 2000
LONGEST_GROUP = 60_000
MOST_MEMBERS = 50
_TIME = re.compile(r"(\d{1,2})\s*[:：点时]\s*(\d{1,2})\s*分?|(\d{2})(\d{2})", re.ASCII)
_DAY_AND_TIME = re.compile(r"(.*?[\d日])\s*[T \u3000]\s*(\d.*)|(.*日)(\d.*)", re.ASCII)
_BETWEEN_MEMBERS = re.compile(r"[；;\n]")
_BETWEEN_VALUES = re.compile(r"[，,\t]")
_YES_NO_WORDS = {"是": "yes", "否": "no"}


def fitted_fields(fields: tuple[FormField, ...], documents: Mapping[str, DocumentKind]) -> tuple[FormField, ...]:
    """The fields as they fit the documents of those present: a passport has no 公民身份号码 but a number of its own, and its holder
    no 民族 and no 户籍地址.

    Args:
        documents: by person as ``FormField.source`` names it (applicant, agent, guardian).
    """
    return tuple(fit for item in fields if (fit := _fitted(item, documents)) is not None)


def _fitted(field: FormField, documents: Mapping[str, DocumentKind]) -> FormField | None:
    who, _, what = field.source.partition(".")
    kind = documents.get(who, DocumentKind.RESIDENT_ID)
    if what == "id_number" and kind not in CITIZEN_NUMBER_KINDS:
        return replace(field, type=FieldType.DOCUMENT_NUMBER, label="证件号码")
    if what == "ethnicity" and kind in WITHOUT_ETHNICITY:
        return None
    return replace(field, label="住址") if what == "address" and kind in WITHOUT_ETHNICITY else field


def active_fields(fields: tuple[FormField, ...], facts: Facts) -> tuple[FormField, ...]:
    """The fields that the situation calls for, in file order."""
    return tuple(item for item in fields if item.when.holds(facts))


def asked_fields(fields: tuple[FormField, ...], facts: Facts, known: Mapping[str, str]) -> tuple[FormField, ...]:
    """Only what is not yet known: active fields whose source has no value."""
    return tuple(item for item in active_fields(fields, facts) if not (item.source and known.get(item.source)))


def tidy(field: FormField, text: str, today: dt.date) -> str:
    """The stored form of what was typed: dates as ISO (620314 and 1962-3-14 both work), numbers without spaces.

    Names, addresses and free text are never touched beyond outer white space.
    """
    text = text.strip()
    match field.type:
        case FieldType.DATE:
            return parse_date(text, today) or text
        case FieldType.DATE_OR_LONG:
            return _whole_date(text) or text
        case FieldType.TIME:
            return _parse_time(text) or text
        case FieldType.DATE_TIME:
            return _parse_date_time(text, today) or text
        case FieldType.GROUP:
            return _tidy_group(field, text, today)
        case FieldType.ID_NUMBER:
            return tidy_id_number(text)
        case FieldType.USCC:
            return "".join(text.split()).upper()
        case FieldType.CARD_NUMBER:
            return "".join(text.split()).translate(_NARROW).upper()
        case FieldType.PHONE | FieldType.ACCOUNT | FieldType.NUMBER | FieldType.MONEY:
            return "".join(text.split()).translate(_NARROW)
    return text


def parse_date(text: str, today: dt.date) -> str:
    """ISO date for 19620314, 620314, 1962-3-14, 1962年3月14日; empty when it is none. Two-digit years lie in the past."""
    parts = _date_parts(text)
    if parts is None:
        return ""
    year, month, day = parts
    try:
        if year >= 100:
            return dt.date(year, month, day).isoformat()
        recent = _date_or_none(2000 + year, month, day)
        return (recent if recent and recent <= today else dt.date(1900 + year, month, day)).isoformat()
    except ValueError:
        return ""


def _whole_date(text: str) -> str:
    """ISO date with a year of four digits, which may lie ahead; empty when it is none."""
    parts = _date_parts(text)
    found = _date_or_none(*parts) if parts and parts[0] >= EARLIEST_YEAR else None
    return found.isoformat() if found else ""


def _date_or_none(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _date_parts(text: str) -> tuple[int, int, int] | None:
    """Year (two digits: below 100), month and day as typed, whether or not there is such a day."""
    text = text.strip().translate(_NARROW)
    match = _DATE_DIGITS.fullmatch("".join(text.split())) or _DATE_PARTS.fullmatch(text)
    if not match:
        return None
    year, month, day = match.groups()
    return (int(year) if len(year) == 2 else max(int(year), 100)), int(month), int(day)


def field_fault(field: FormField, text: str, today: dt.date) -> str:
    """Why the value cannot stand; empty when it can."""
    value = tidy(field, text, today)
    if not value:
        return f"请填写{field.label}" if field.required else ""
    if field.type is FieldType.GROUP:
        return _group_fault(field, value, today)
    if len(value) > LONGEST_TEXT:
        return f"{field.label}太长，请缩短到 {LONGEST_TEXT} 字以内"
    match field.type:
        case FieldType.NAME:
            return name_fault(value)
        case FieldType.ID_NUMBER:
            return id_number_fault(value, today)
        case FieldType.DATE:
            return _date_fault(value)
        case FieldType.DATE_OR_LONG:
            is_fine = value == LONG_TERM or _whole_date(value) == value
            return "" if is_fine else f"请写日期，如 20361231；没有期限的写“{LONG_TERM}”"
        case FieldType.TIME:
            return "" if _parse_time(value) == value else "时间请写成 06:42"
        case FieldType.DATE_TIME:
            return "" if _parse_date_time(value, today) == value else "日期和时间请写成 2026-11-20 06:42"
        case FieldType.USCC:
            return uscc_problem(value) or ""
        case FieldType.PHONE:
            return (
                ""
                if re.fullmatch(r"1\d{10}|0\d{9,11}|0\d{2,3}-\d{7,8}", value, re.ASCII)
                else "手机号应为 11 位，座机请带区号"
            )
        case FieldType.NUMBER:
            return "" if re.fullmatch(r"\d{1,9}", value, re.ASCII) else "请填写整数"
        case FieldType.MONEY:
            return "" if re.fullmatch(r"\d{1,9}(\.\d{1,2})?", value, re.ASCII) else "请填写金额，最多两位小数"
        case FieldType.ACCOUNT:
            return "" if re.fullmatch(r"\d{10,25}", value, re.ASCII) else "银行账号应为 10 到 25 位数字"
        case FieldType.CARD_NUMBER:  # lengths differ between generations of cards and places: no tighter rule is known
            return "" if re.fullmatch(r"[0-9A-Z]{6,20}", value) else "卡号应为 6 到 20 位数字或字母，照卡面写"
        case FieldType.CHOICE:
            return "" if value in {choice.value for choice in field.choices} else "请从给出的选项里选"
        case FieldType.YES_NO:
            return "" if value in ("yes", "no") else "请选“是”或“否”"
    return ""


def form_faults(
    fields: tuple[FormField, ...], values: Mapping[str, str], known: Mapping[str, str], facts: Facts, today: dt.date
) -> dict[str, str]:
    """Faults by field id over all active fields; known values count as given."""
    faults: dict[str, str] = {}
    for item in active_fields(fields, facts):
        value = values.get(item.id) or (known.get(item.source, "") if item.source else "")
        if fault := field_fault(item, value, today):
            faults[item.id] = fault
    return faults


def _date_fault(value: str) -> str:
    try:
        return "" if dt.date.fromisoformat(value).year >= EARLIEST_YEAR else "年份不对，请再看一眼"
    except ValueError:
        parts = _date_parts(value)
    if parts is None:
        return "日期请写成 1962-03-14 或 19620314"
    year, month, day = parts
    if not 1 <= month <= 12:
        return f"没有 {month} 月，请再看一眼"
    return f"{year} 年没有 {month} 月 {day} 日，请再看一眼"


def group_members(text: str) -> tuple[Mapping[str, str], ...]:
    """The members that a group's stored value holds, in order; empty for an empty text.

    Raises:
        ValueError: the text is no list of maps of texts.
    """
    if not text:
        return ()
    value = parse_json(text)
    if not isinstance(value, list) or not all(isinstance(member, dict) for member in value):
        raise ValueError("a group is a list of maps")
    if not all(isinstance(part, str) for member in value for part in member.values()):
        raise ValueError("a member's values are texts")
    return tuple(value)


def group_text(members: Iterable[Mapping[str, str]]) -> str:
    """The stored value of a group: canonical JSON without empty values and empty members; empty when nobody is left."""
    kept = [{key: value for key, value in member.items() if value} for member in members]
    kept = [member for member in kept if member]
    return canonical_bytes(kept).decode("utf-8") if kept else ""


def _tidy_group(field: FormField, text: str, today: dt.date) -> str:
    if not text.startswith("["):
        return group_text(_typed_member(field, part, today) for part in _BETWEEN_MEMBERS.split(text))
    if len(text) > LONGEST_GROUP:
        return text
    try:
        members = group_members(text)
    except ValueError:
        return text
    known = {each.id: each for each in field.members}
    return group_text(
        {key: tidy(known[key], value, today) if key in known else value for key, value in member.items()}
        for member in members
    )


def _typed_member(field: FormField, text: str, today: dt.date) -> Mapping[str, str]:
    """One member typed as a line of values; what is too much stays with the last value, where a fault shows it."""
    values = [part.strip() for part in _BETWEEN_VALUES.split(text, len(field.members) - 1)]
    return {
        each.id: tidy(each, _value_of(each, part), today) for each, part in zip(field.members, values, strict=False)
    }


def _value_of(field: FormField, shown: str) -> str:
    if field.type is FieldType.YES_NO:
        return _YES_NO_WORDS.get(shown, shown)
    return next((choice.value for choice in field.choices if choice.label == shown), shown)


def _group_fault(field: FormField, value: str, today: dt.date) -> str:
    if len(value) > LONGEST_GROUP:
        return f"{field.label}太多，请分开办理"
    try:
        members = group_members(value)
    except ValueError:
        return f"{field.label}读不懂，请一位一位重新填"
    if len(members) > MOST_MEMBERS:
        return f"{field.label}最多填 {MOST_MEMBERS} 位"
    known = {each.id for each in field.members}
    faults: list[str] = []
    numbers: dict[str, int] = {}
    for place, member in enumerate(members, 1):
        if set(member) - known:
            faults.append(f"第 {place} 位成员：有不认识的内容，请重新填")
        for each in field.members:
            given = member.get(each.id, "")
            if each.required and not given:
                faults.append(f"第 {place} 位成员：{each.label}没有填")
            elif fault := field_fault(each, given, today):
                faults.append(f"第 {place} 位成员：{each.label}：{fault}")
            elif given and each.type is FieldType.ID_NUMBER and numbers.setdefault(given, place) != place:
                faults.append(f"第 {place} 位成员：{each.label}和第 {numbers[given]} 位一样")
    return "；".join(faults)


def _parse_time(text: str) -> str:
    """06:42 for 6:42, 0642, 6点42分; empty when it is no time of day."""
    match = _TIME.fullmatch(text.strip().translate(_NARROW))
    if not match:
        return ""
    hour, minute = (int(part) for part in match.groups() if part is not None)
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else ""


def _parse_date_time(text: str, today: dt.date) -> str:
    """2026-11-20 06:42 for 20261120 0642, 2026年11月20日6点42分 and the like; empty when it is none."""
    match = _DAY_AND_TIME.fullmatch(text.strip().translate(_NARROW))
    if not match:
        return ""
    day, time = (part for part in match.groups() if part is not None)
    date, clock = parse_date(day, today), _parse_time(time)
    return f"{date} {clock}" if date and clock else ""
