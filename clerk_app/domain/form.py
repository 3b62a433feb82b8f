"""The form: which fields are asked, and whether a typed value can be right. Each fault is a sentence for the clerk."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from clerk_app.domain.conditions import Facts
from clerk_app.domain.people import id_number_fault, name_fault, tidy_id_number
from clerk_app.domain.service_item import FieldType, FormField

_DATE_DIGITS = re.compile(r"(\d{4}|\d{2})(\d{2})(\d{2})", re.ASCII)
_DATE_PARTS = re.compile(r"(\d{4}|\d{2})\s*[-./年 ]\s*(\d{1,2})\s*[-./月 ]\s*(\d{1,2})\s*日?", re.ASCII)
_NARROW = str.maketrans("０１２３４５６７８９．－／", "0123456789.-/")
EARLIEST_YEAR = 1880
LONGEST_TEXT = 2000


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
        case FieldType.ID_NUMBER:
            return tidy_id_number(text)
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
    if len(value) > LONGEST_TEXT:
        return f"{field.label}太长，请缩短到 {LONGEST_TEXT} 字以内"
    match field.type:
        case FieldType.NAME:
            return name_fault(value)
        case FieldType.ID_NUMBER:
            return id_number_fault(value, today)
        case FieldType.DATE:
            return _date_fault(value)
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
