"""The canonical JSON of domain/canonical.py, read and written by msgspec: the same values, the same bytes, the same refusals.

Half of what gateway and courier do is JSON. Whatever the quick way does not take as it stands (it is not canonical, it holds a
float, it is nested deeply, it is broken) the careful way judges, so there is one rule and not two; a test holds them together.
"""

from __future__ import annotations

import msgspec

from clerk_app.domain import canonical
from clerk_app.domain.canonical import Json

_SHALLOW = 200
"""With fewer brackets than this nothing can be nested deeper than the careful reader allows."""


def _no_float(_text: str) -> Json:
    raise ValueError("floats have no place in canonical data")


_READER = msgspec.json.Decoder(float_hook=_no_float)
_WRITER = msgspec.json.Encoder(order="sorted")


def parse_json(data: bytes) -> Json:
    """See canonical.parse_json. Raises ValueError.

    What is written anew and comes out the same is canonical: no key stands twice in it.
    """
    try:
        value = _READER.decode(data)
        is_canonical = _WRITER.encode(value) == data
    except (ValueError, RecursionError):
        return canonical.parse_json(data)
    if not is_canonical:
        return canonical.parse_json(data)
    if data.count(b"[") + data.count(b"{") > _SHALLOW:
        canonical.check(value)
    return value


def sound_bytes(value: Json) -> bytes:
    """See canonical.sound_bytes: only for what ``parse_json`` gave, or text and whole numbers. Raises ValueError."""
    try:
        return _WRITER.encode(value)
    except (TypeError, ValueError, RecursionError):
        return canonical.sound_bytes(value)
