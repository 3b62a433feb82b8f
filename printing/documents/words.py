"""The sentences of the forms, read from texts.json, each with the place it comes from. An office may say them in its own words
(``Office.texts``), with its own source, as long as the same gaps are filled."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter

from clerk_app.domain.office import Office, OfficeText
from clerk_app.ports import PaperOrder

TEXTS = Path(__file__).with_name("texts.json")
_TO_FIRM = (
    ("申请人本人签名", "法定代表人签名并盖单位公章"),
    ("您本人|您", "贵单位"),
    ("(申请|委托)人(本人)?(?!签|承诺)", r"\1单位"),
    ("申请人承诺", "申请单位承诺"),
    ("代办人", "经办人"),
    ("(?<!由)本人", "本单位"),
)
"""How a sentence to a person is said to an organisation."""


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, OfficeText]:
    """Every sentence as it was shipped."""
    entries = json.loads(TEXTS.read_text(encoding="utf-8"))
    return {key: OfficeText(str(entry["text"]), str(entry["source"])) for key, entry in entries.items()}


def sentence(order: PaperOrder, key: str, **parts: object) -> str:
    """One sentence by key, its gaps filled; in the office's words where it has some. Raises KeyError for an unknown key: the
    tests see every form printed."""
    own = order.office.texts.get(key)
    text = (own or shipped()[key]).text
    return (to_firm(text) if order.application.organisation else text).format(**parts)


def to_firm(text: str) -> str:
    """A sentence to a person (您, 申请人) as it is said to an organisation (贵单位, 申请单位); its gaps stay as they are."""
    for person, firm in _TO_FIRM:
        text = re.sub(person, firm, text)
    return text


def office_faults(office: Office) -> tuple[str, ...]:
    """Why these texts cannot be used, as sentences."""
    faults = [
        f"{where} 里有打印不出来的字符：{found}" for where, text in _told(office) if (found := _unprintable(text))
    ]
    for key, own in office.texts.items():
        if key not in shipped():
            faults.append(f"没有 {key[:40]} 这一句；有哪些，用 clerk-app print --texts 看")
        elif _gaps(own.text) is None or _gaps(own.text) != _gaps(shipped()[key].text):
            gaps = "、".join(f"{{{gap}}}" for gap in sorted(_gaps(shipped()[key].text) or ())) or "没有空格"
            faults.append(f"{key} 里要填的空格和原句不一样，原句是：{gaps}")
    return tuple(faults)


def _told(office: Office) -> list[tuple[str, str]]:
    """Everything of the settings that comes on paper, with the place where it stands."""
    names = ("header", "second_line", "seal", "review_body", "court")
    return [*((name, getattr(office, name)) for name in names), *((key, own.text) for key, own in office.texts.items())]


def _unprintable(text: str) -> str:
    """The first sign that is no letter on paper (a control, a turn of direction, an emoji), as its code point; empty when all are."""
    from printing.glyphs import is_drawn  # reads the fonts: only where an office has words of its own

    wrong = (
        char
        for char in text
        if char not in " \u3000\u00a0" and (unicodedata.category(char)[0] in "CZ" or not is_drawn(char))
    )
    return next((f"U+{ord(char):04X}" for char in wrong), "")


def _gaps(text: str) -> frozenset[str] | None:
    """Names of the gaps; None when the braces are wrong or a gap is more than a name."""
    try:
        found = list(Formatter().parse(text))
    except ValueError:
        return None
    if any(name is not None and (not name.isidentifier() or form or turn) for _, name, form, turn in found):
        return None
    return frozenset(name for _, name, _, _ in found if name)
