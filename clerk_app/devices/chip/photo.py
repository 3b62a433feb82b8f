"""The portrait on a chip: 1,024 bytes of a proprietary wavelet format (WLT), kept as they are.

No open decoder is known; vendors ship a library. ADD A DECODER HERE: a class that fulfils ``PhotoDecoder`` in a file beside this
one, and ``PORTRAITS`` in ``devices/registry.py``; without one the blob is handed on and no picture is shown.
"""

from __future__ import annotations

from typing import Protocol

WLT_SIZE = 1024
MEDIA_TYPE = "application/x-wlt"
BITMAP = 38_862  # bytes: 54 of header, 126 rows of 308 (102 pixels of 24 bits, padded to four bytes)


class PhotoDecoder(Protocol):
    """A vendor's library behind one call."""

    def bitmap(self, wlt: bytes) -> bytes:
        """A BMP of 102 x 126 pixels. ValueError when the blob is none of its format."""
        ...


def decoded(wlt: bytes, decoder: PhotoDecoder | None) -> bytes:
    """The BMP, or nothing: without a decoder, or when the decoder gives up or gives something else."""
    if decoder is None or len(wlt) != WLT_SIZE:
        return b""
    try:
        bitmap = decoder.bitmap(wlt)
    except ValueError:
        return b""
    return bitmap if bitmap[:2] == b"BM" and len(bitmap) == BITMAP else b""
