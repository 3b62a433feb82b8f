"""The bundled fonts for drawing on pixels: sample cards, and the signs that print is held against. Found by file, not by import."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageFont


@dataclass(frozen=True, slots=True)
class Typeface:
    """The font files to draw with: the first that has the character wins."""

    regular: Path
    fallback: Path | None = None

    def font_of(self, character: str, size: int) -> ImageFont.FreeTypeFont:
        """The font that draws this character, at ``size`` pixels an em."""
        if self.fallback is not None and not has_glyph(self.regular, character):
            return font(self.fallback, size)
        return font(self.regular, size)


def bundled_typeface(*, bold: bool = False) -> Typeface:
    """The fonts that ship with the program (printing/fonts)."""
    folder = Path(__file__).resolve().parents[2] / "printing" / "fonts"
    return Typeface(folder / f"NotoSansSC-{'Bold' if bold else 'Regular'}.ttf", folder / "HanaMinB.ttf")


@lru_cache(maxsize=64)
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(str(path), size)


@lru_cache(maxsize=4096)
def has_glyph(path: Path, character: str) -> bool:
    probe = font(path, 24)
    missing = probe.getmask("\U0010ffff")
    mask = probe.getmask(character)
    return bool(mask.size != missing.size or bytes(mask) != bytes(missing))
