"""Canonical bytes: the one byte form of a value, so that a hash or a signature means the same everywhere.

UTF-8 JSON, keys sorted by code point, no white space, no floats, names never normalised (GB 18030-2022 level 3 names
keep every code point as typed). See docs/adr/0005.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

Json = Any
"""A JSON value without floats: str, int, bool, None, list, dict with str keys."""


def canonical_bytes(value: Json) -> bytes:
    """Encode a value canonically.

    Raises:
        ValueError: a float, a key that is not text, a lone surrogate, or a type JSON does not know.
    """
    _check(value)
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain
    ).encode("utf-8")


def content_hash(value: Json) -> str:
    """SHA-256 over the canonical bytes, 64 hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def bytes_hash(data: bytes) -> str:
    """SHA-256 of raw bytes, 64 hexadecimal digits: how an attachment is named on the wire."""
    return hashlib.sha256(data).hexdigest()


def parse_json(data: bytes | str) -> Json:
    """Read JSON from outside strictly: no floats, no duplicate keys, no NaN, no lone surrogates.

    Raises:
        ValueError: the text is not such JSON (UnicodeDecodeError and JSONDecodeError are ValueErrors too).
    """
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    try:
        value = json.loads(text, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_no_duplicates)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _check(value)
    return value


def _plain(value: object) -> Json:
    """Mappings that are no dict, such as a read-only view; ``_check`` has seen them."""
    if isinstance(value, Mapping):
        return dict(value)
    raise ValueError(f"{type(value).__name__} has no canonical form")


def _no_float(text: str) -> Json:
    raise ValueError("floats have no place in canonical data")


def _no_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return result


def _check(value: Json) -> None:
    """Walk the value without recursion, so that hostile nesting is a ValueError and never a crash."""
    waiting = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if depth > 200:
            raise ValueError("nested too deeply")
        if isinstance(item, Mapping):
            if not all(isinstance(key, str) and _whole(key) for key in item):
                raise ValueError("object keys must be whole text")
            waiting.extend((child, depth + 1) for child in item.values())
        elif isinstance(item, list | tuple):
            waiting.extend((child, depth + 1) for child in item)
        elif isinstance(item, float) or not (item is None or isinstance(item, str | int | bool)):
            raise ValueError(f"{type(item).__name__} has no canonical form")
        elif isinstance(item, str) and not _whole(item):
            raise ValueError("text with a lone surrogate has no canonical form")


def _whole(text: str) -> bool:
    """No lone surrogate in it; such text cannot be written as UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
