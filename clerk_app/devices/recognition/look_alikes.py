"""Which signs nearly look like a common one (``look_alikes.json``, written by ``scripts.look_alikes`` from the bundled fonts)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("look_alikes.json")


def made_of() -> Mapping[str, str]:
    """The fonts and the model's signs that the table was made from, as short hashes."""
    made: Mapping[str, str] = json.loads(TABLE.read_text(encoding="utf-8"))["made_of"]
    return made


@lru_cache(maxsize=1)
def _table() -> Mapping[str, str]:
    table: Mapping[str, str] = json.loads(TABLE.read_text(encoding="utf-8"))["alike"]
    return table


def look_alikes(sign: str) -> str:
    """The signs that nearly look like ``sign``, those that the recogniser cannot know first; empty when there is none."""
    return _table().get(sign, "")


def is_common(sign: str) -> bool:
    """In GB 2312 (6,763 characters) or the dot of minority names: what the recogniser knows well."""
    if sign == "·":
        return True
    try:
        return len(sign.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False
