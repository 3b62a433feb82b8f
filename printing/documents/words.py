"""The sentences of the forms, read from texts.json, each with the place it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

TEXTS = Path(__file__).with_name("texts.json")


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, str]:
    entries = json.loads(TEXTS.read_text(encoding="utf-8"))
    return {key: str(entry["text"]) for key, entry in entries.items()}


def sentence(key: str, **parts: object) -> str:
    """One sentence by key, its gaps filled. Raises KeyError for an unknown key: the tests see every form printed."""
    return _texts()[key].format(**parts)
