"""Which bundled font draws which character, and how wide it is.

Noto Sans SC draws nearly all; HanaMinB has the rare hanzi that it lacks; a code point that neither has is printed as
``[U+XXXXX]``, never as an empty box. Ink on paper must say which character was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import groupby

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from printing.fonts import BOLD, FALLBACK, REGULAR

REGULAR_NAME, BOLD_NAME, FALLBACK_NAME = "NotoSansSC-Regular", "NotoSansSC-Bold", "HanaMinB"
_FILES = {REGULAR_NAME: REGULAR, BOLD_NAME: BOLD, FALLBACK_NAME: FALLBACK}


@cache
def face(name: str) -> TTFont:
    """Load and register a bundled font on first need (40 to 80 ms each)."""
    font = TTFont(name, str(_FILES[name]))
    pdfmetrics.registerFont(font)
    return font


def printable(text: str) -> str:
    """The text as it will stand on paper: white space as a space, characters without any glyph spelled out."""
    return "".join(_spelled(char) for char in text)


@lru_cache(maxsize=8192)
def _spelled(char: str) -> str:
    if char in "\u00a0\u3000":
        return char
    if char.isspace():
        return " "
    return char if _font_of(char, bold=False) else f"[U+{ord(char):04X}]"


@lru_cache(maxsize=16384)
def _font_of(char: str, *, bold: bool) -> str:
    """The font that draws a character; empty when none does."""
    code = ord(char)
    for name in (BOLD_NAME if bold else REGULAR_NAME, FALLBACK_NAME):
        # Glyph 0 is .notdef: being mapped to it means not being there.
        if face(name).face.charToGlyph.get(code, 0):
            return name
    return ""


def is_drawn(char: str) -> bool:
    """Whether a bundled font has a glyph for it (white space needs none)."""
    return char.isspace() or bool(_font_of(char, bold=False))


@lru_cache(maxsize=16384)
def advance(char: str, *, bold: bool = False) -> float:
    """Width of one printable character, in thousandths of the type size."""
    if char == "\u00a0":
        char = " "
    widths = face(_font_of(char, bold=bold)).face
    return float(widths.charWidths.get(ord(char), widths.defaultWidth))


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width in points of a text as it will stand on paper."""
    return sum(advance(char, bold=bold) for char in printable(text)) * size / 1000


def runs(text: str, *, bold: bool = False) -> Iterator[tuple[str, str]]:
    """Printable text as stretches of one font: (font name, text)."""
    spaced = text.replace("\u00a0", " ")
    for name, group in groupby(spaced, key=lambda char: _font_of(char, bold=bold)):
        yield name, "".join(group)
