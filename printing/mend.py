"""Mends the finished PDF so that rare characters can be copied out of it.

The PDF writer puts code points above U+FFFF into the ToUnicode maps as five hexadecimal digits; the format wants UTF-16
(ISO 32000-1, 9.10.3), so readers give garbage for 𬭎 or 𠅤. The maps are rewritten with surrogate pairs.
"""

from __future__ import annotations

import io
import re

import pikepdf

_ASTRAL = re.compile(rb"(<[0-9A-Fa-f]{2}>\s*<)([0-9A-Fa-f]{5,6})(?=>)")


def mend(pdf: bytes) -> bytes:
    """The same document with right ToUnicode maps; the same bytes for the same input."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font" and "/ToUnicode" in thing:
                cmap = thing.ToUnicode.read_bytes()
                mended = _ASTRAL.sub(_as_utf16, cmap)
                if mended != cmap:
                    thing.ToUnicode.write(mended)
        finished = io.BytesIO()
        document.save(finished, deterministic_id=True)
    return finished.getvalue()


def _as_utf16(match: re.Match[bytes]) -> bytes:
    return match[1] + chr(int(match[2], 16)).encode("utf-16-be").hex().upper().encode("ascii")
