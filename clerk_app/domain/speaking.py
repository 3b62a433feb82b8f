"""念给我听: what is said aloud of a page that an applicant reads. Numbers of papers and accounts are not called out into a hall."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONG_NUMBER = 7
"""So many signs of a number in a row are shown, never said (拟): identity, phone and account numbers are all longer."""

_NUMBER = re.compile(rf"[0-9*•]{{{LONG_NUMBER},}}[Xx]?|(?:[0-9*•]{{3,}}[ -]){{2,}}[0-9*•]+[Xx]?")
_DAY = re.compile(r"\b([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\b")


def spoken(rows: Iterable[tuple[str, str]]) -> str:
    """Sentences for a speech engine from (name, value) rows; an empty value is said as 没有填."""
    return "".join(f"{name}：{_said(value) or '没有填'}。" for name, value in rows if name or value)


def _said(value: str) -> str:
    days = _DAY.sub(lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日", value.strip())
    return _NUMBER.sub("，号码请看屏幕，", days).strip("，")
