"""Canonical bytes: the one byte form of a value, so that a hash or a signature means the same everywhere.

UTF-8 JSON, keys sorted by code point, no white space, no floats, names never normalised (GB 18030-2022 level 3 names
keep every code point as typed). See docs/adr/0005.
"""

from __future__ import annotations

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
    check(value)
    return _encoded(_WRITER.encode(value))


def sound_bytes(value: Json) -> bytes:
    """The canonical bytes of a value known to be sound, which is not walked through again: ``parse_json`` gave it, or it is made
    of nothing but text and whole numbers.

    Raises:
        ValueError: a lone surrogate.
    """
    return _encoded(_WRITER.encode(value))


def content_hash(value: Json) -> str:
    """SHA-256 over the canonical bytes, 64 hexadecimal digits."""
    return bytes_hash(canonical_bytes(value))


def bytes_hash(data: bytes) -> str:
    """SHA-256 of raw bytes, 64 hexadecimal digits: how an attachment is named on the wire."""
    import hashlib  # brings OpenSSL with it: not before the sign-in page is painted

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
    if text.count("[") + text.count("{") > _DEEPEST:  # with fewer, nothing can be nested deeper
        check(value)  # what was parsed holds no floats and no odd keys: only its depth is in question
    if "\\u" in text or not isinstance(data, bytes):  # only an escape, or text from inside, can hold a lone surrogate
        _encoded(json.dumps(value, ensure_ascii=False))
    return value


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("text with a lone surrogate has no canonical form") from None


def _plain(value: object) -> Json:
    """Mappings that are no dict, such as a read-only view; ``check`` has seen them."""
    if isinstance(value, Mapping):
        return dict(value)
    raise ValueError(f"{type(value).__name__} has no canonical form")


_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)


def _no_float(text: str) -> Json:
    raise ValueError("floats have no place in canonical data")


def _no_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return result


_PLAIN_KINDS = frozenset({str, int, bool, type(None)})
_TEXT = frozenset({str})
_DEEPEST = 200


def check(value: Json) -> None:
    """Walk the value level by level, so that hostile nesting is a ValueError and never a crash.

    Whole levels are judged by the set of their types, which is what makes it cheap: most values are plain text and numbers.
    Lone surrogates are left to whoever encodes the text.
    """
    level: list[Json] = [value]
    for _depth in range(_DEEPEST + 1):
        if not level:
            return
        below: list[Json] = []
        for item in level:
            kind = type(item)
            if kind in _PLAIN_KINDS:
                continue
            if kind is dict or isinstance(item, Mapping):
                if set(map(type, item)) - _TEXT and not all(isinstance(key, str) for key in item):
                    raise ValueError("object keys must be whole text")
                if set(map(type, item.values())) - _PLAIN_KINDS:
                    below.extend(item.values())
            elif isinstance(item, list | tuple):
                if set(map(type, item)) - _PLAIN_KINDS:
                    below.extend(item)
            elif isinstance(item, float) or not isinstance(item, str | int):
                raise ValueError(f"{kind.__name__} has no canonical form")
        level = below
    raise ValueError("nested too deeply")
