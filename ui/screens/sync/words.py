"""Sizes as a clerk reads them."""

from __future__ import annotations


def size_text(size: int) -> str:
    """18.4 MB, 620 KB, 0."""
    if size >= 1024 * 1024:
        return f"{size / 1024 / 1024:.1f} MB"
    return f"{-(-size // 1024)} KB" if size else "0"
