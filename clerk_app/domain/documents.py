"""Identity documents other than the resident card: which number is possible for which document, and what it tells.

    港澳台居民居住证      18 as a citizen's number; 810000 Hong Kong, 820000 Macao, 830000 Taiwan (data sheet §6.2)
    外国人永久居留证      2017: 3 letters + 12 digits; since 2023-12-01: 18, a 9 first, MOD 11-2 at the end (证)
    回乡证 / 台胞证       H or M + 8 digits (+ 2 for the issue); 8 or 10 digits (证)
    护照                  6 to 9 letters and digits; the machine-readable lines are in mrz.py

Pure checks: each answers with the clerk's sentence, empty when the number is possible.
"""

from __future__ import annotations

import datetime as dt
import re

HMT_AREAS = {"81": "香港", "82": "澳门", "83": "台湾"}
_OLD_RESIDENT = re.compile(r"[A-Z]{3}[0-9]{12}")
_NEW_RESIDENT = re.compile(r"9[0-9]{16}[0-9X]")
_HK_MACAO = re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?")
_TAIWAN = re.compile(r"[0-9]{8}(?:[0-9]{2})?")
_PASSPORT = re.compile(r"[A-Z0-9]{6,9}")
_REGISTER = re.compile(r"[0-9A-Z-]{4,20}")


def mod_11_2(body: str) -> str:
    """The check character of ISO 7064 MOD 11-2 for digits, as resident numbers and new permits carry it."""
    total = 0
    for digit in body:
        total = (total + int(digit)) * 2 % 11
    return "0123456789X"[(12 - total) % 11]


def permanent_resident_fault(number: str) -> str:
    """Both formats stay valid (§6.2)."""
    if _OLD_RESIDENT.fullmatch(number):
        return ""
    if not _NEW_RESIDENT.fullmatch(number):
        return "应为 18 位、以 9 开头（新版），或 3 个字母加 12 位数字（旧版）"
    if mod_11_2(number[:17]) != number[17]:
        return "校验位不对，多半有一位看错了，请对照证件再看一眼"
    return ""


def is_new_permanent_resident(number: str) -> bool:
    """Whether it is a number of the 2023 format."""
    return bool(_NEW_RESIDENT.fullmatch(number))


def permit_birth(number: str) -> dt.date | None:
    """The birth date inside a permanent resident's number, where there is one.

    The old format has YYMMDD at places 8…13 (two-digit year: left to the person); the new one YYYYMMDD at 7…14.
    """
    if not is_new_permanent_resident(number):
        return None
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def hmt_fault(number: str) -> str:
    """Beside the citizen's check: the area must be one of the three."""
    return (
        ""
        if number[:2] in HMT_AREAS and number[2:6] == "0000"
        else "港澳台居民居住证号码应以 810000、820000 或 830000 开头"
    )


def hk_macao_fault(number: str) -> str:
    """回乡证."""
    return "" if _HK_MACAO.fullmatch(number) else "应为 H 或 M 加 8 位数字（可再加 2 位换证次数）"


def taiwan_fault(number: str) -> str:
    """台胞证."""
    return "" if _TAIWAN.fullmatch(number) else "应为 8 位或 10 位数字"


def passport_fault(number: str) -> str:
    """A passport's number as ICAO 9303 allows it in the machine-readable zone."""
    return "" if _PASSPORT.fullmatch(number) and any(ch.isdigit() for ch in number) else "应为 6 到 9 位字母和数字"


def register_fault(number: str) -> str:
    """户口簿 has no number of one form; only what is surely none is refused."""
    return "" if _REGISTER.fullmatch(number) else "请照户口簿填写户号"
