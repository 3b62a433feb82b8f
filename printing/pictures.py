"""Pictures that stand on a paper: an office's logo, a name as the card shows it."""

from __future__ import annotations

import io
import warnings
from functools import lru_cache

from PIL import Image, UnidentifiedImageError

_MOST = 4_000_000
"""Pixels: more is no logo, and would slow every paper down."""


@lru_cache(maxsize=8)
def shape_of(data: bytes) -> float:
    """Width over height; 0 when this is no picture that can be printed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as picture:
                wide, high = picture.size
                if picture.format not in ("PNG", "JPEG") or not wide or not high or wide * high > _MOST:
                    return 0.0
                picture.load()
    except (
        OSError,
        ValueError,
        UnidentifiedImageError,
        SyntaxError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ):
        return 0.0
    return wide / high
