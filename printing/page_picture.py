"""One page as a picture. Apart from preview.py, so that who only shows pages loads nothing that draws them."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 900
"""Pixels across a page in the preview."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """``rgb``: width x height x 3 bytes, rows packed without padding."""

    width: int
    height: int
    rgb: bytes
