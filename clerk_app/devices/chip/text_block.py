"""The 256 bytes of text on a chip: UTF-16LE, padded with spaces, laid out by the card's kind (byte 248).

    space   居民身份证            J  港澳台居民居住证 (offsets of its pass number and issue count as published, 疑)
    I       外国人永久居留证 2017   Y  外国人永久居留证 2023

Names are handed on as they stand: private-use characters of old chips stay, and are flagged elsewhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from clerk_app.devices.recognition.tables import tables
from clerk_app.domain.people import DocumentKind

SIZE = 256
FOREVER = "长期"
_SEX = {"1": "男", "2": "女"}
_ETHNIC_CODES = 56
_ISSUE_OLD = "I"
_ISSUE_NEW = "Y"
_HMT = "J"


@dataclass(frozen=True, slots=True)
class ChipText:
    """``fields`` as the camera's recogniser names them, with ``name_zh``, ``nationality``, ``pass_number``,
    ``issue_count``, ``renewals``, ``old_number`` where the card has them; empty ones are left out."""

    document: DocumentKind
    fields: Mapping[str, str] = field(default_factory=dict)


def read_text_block(block: bytes) -> ChipText:
    """Read a text block.

    Raises:
        ValueError: not 256 bytes, no text, a kind that is not known, or a card without name or number.
    """
    if len(block) != SIZE:
        raise ValueError("a text block has 256 bytes")
    kind = _text(block, 248, 2)
    if kind == _ISSUE_OLD:
        chip = _foreigner_2017(block)
    elif kind == _ISSUE_NEW:
        chip = _foreigner_2023(block)
    elif kind in {"", _HMT}:
        chip = _citizen(block, hmt=kind == _HMT)
    else:
        raise ValueError("a kind of card not known here")
    if not chip.fields.get("name") or not chip.fields.get("id_number"):
        raise ValueError("a card has a name and a number")
    return chip


def _citizen(block: bytes, *, hmt: bool) -> ChipText:
    fields = {
        "name": _text(block, 0, 30),
        "sex": _SEX.get(_text(block, 30, 2), ""),
        "ethnicity": "" if hmt else _ethnicity(_text(block, 32, 4)),
        "birth": _day(_text(block, 36, 16)),
        "address": _text(block, 52, 70),
        "id_number": _text(block, 122, 36),
        "authority": _text(block, 158, 30),
        "valid_from": _day(_text(block, 188, 16)),
        "valid_to": _day(_text(block, 204, 16)),
    }
    if hmt:
        fields |= {"pass_number": _text(block, 220, 18), "issue_count": _text(block, 238, 4)}
    return _chip(DocumentKind.HMT_RESIDENCE if hmt else DocumentKind.RESIDENT_ID, fields)


def _foreigner_2017(block: bytes) -> ChipText:
    return _chip(
        DocumentKind.PERMANENT_RESIDENT,
        {
            "name": _text(block, 0, 120),
            "sex": _SEX.get(_text(block, 120, 2), ""),
            "id_number": _text(block, 122, 30),
            "nationality": _text(block, 152, 6),
            "name_zh": _text(block, 158, 30),
            "valid_from": _day(_text(block, 188, 16)),
            "valid_to": _day(_text(block, 204, 16)),
            "birth": _day(_text(block, 220, 16)),
        },
    )


def _foreigner_2023(block: bytes) -> ChipText:
    english = _text(block, 52, 70, strip=False) + _text(block, 220, 22, strip=False)
    chinese = _text(block, 0, 30)
    return _chip(
        DocumentKind.PERMANENT_RESIDENT,
        {
            "name": english.strip() or chinese,
            "name_zh": chinese,
            "sex": _SEX.get(_text(block, 30, 2), ""),
            "renewals": _text(block, 32, 4),
            "birth": _day(_text(block, 36, 16)),
            "id_number": _text(block, 122, 36),
            "valid_from": _day(_text(block, 188, 16)),
            "valid_to": _day(_text(block, 204, 16)),
            "nationality": _text(block, 242, 6),
            "old_number": _text(block, 250, 6),
        },
    )


def _chip(document: DocumentKind, fields: Mapping[str, str]) -> ChipText:
    return ChipText(document, {name: value for name, value in fields.items() if value})


def _text(block: bytes, start: int, size: int, *, strip: bool = True) -> str:
    """Raises ValueError (UnicodeDecodeError is one) when half a surrogate pair stands there."""
    text = block[start : start + size].decode("utf-16-le").replace("\x00", " ")
    return text.strip(" ") if strip else text


def _day(text: str) -> str:
    """YYYY-MM-DD, 长期, or empty when it is no date."""
    if text == FOREVER:
        return FOREVER
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return ""
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return ""


def _ethnicity(code: str) -> str:
    """GB/T 3304: 01…56; 97 其他 and 98 外国血统中国籍人士 as they are printed."""
    if code in {"97", "98"}:
        return {"97": "其他", "98": "外国血统中国籍人士"}[code]
    number = int(code) if code.isascii() and code.isdigit() else 0
    return tables().ethnic[number - 1] if 1 <= number <= _ETHNIC_CODES else ""
