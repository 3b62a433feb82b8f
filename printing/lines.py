"""Breaking text into lines the Chinese way (避头尾): no line starts with closing punctuation or ends with an opening one.

Words and numbers of Latin letters and digits stay whole as long as they fit into a line; a no-break space glues a date
together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from printing.glyphs import advance, printable

NEVER_FIRST = frozenset("，。；：！？、）》〉】〕｝」』”’…—·％%℃,.;:!?)]}")
NEVER_LAST = frozenset("（《〈【〔｛「『“‘([{")
NUMBER = re.compile(r"(?:渝临|应急)\d{6}-[0-9A-Z-]+|〔\d{4}〕第 ?\d+ ?号")
"""Numbers that people compare sign by sign: a line end inside would make two of one."""
_TICKED = re.compile(r"□ ?[^\W\d_]{1,5}(?![^\W\d_])|【.】[^\W\d_]{1,4}(?![^\W\d_])")
"""A box and the few words that it is ticked for."""
_DAY = re.compile(r"(?:\d{4}[ \u00a0]年[ \u00a0])?\d{1,2}[ \u00a0]月[ \u00a0]\d{1,2}[ \u00a0]日(?:（含）)?")
_WHEN_AND_WHO = re.compile(r"\d{2}:\d{2} [^\W\d_a-zA-Z]{2,4}(?![^\W\d_])")
"""The time of an act and the name of who did it."""
_MARKS = re.compile(r"待联网核验|(?:电子|纸质)（[^）]{2}）")
"""What a table says of a material in few signs."""
WHOLE = re.compile(f"{NUMBER.pattern}|{_TICKED.pattern}|{_DAY.pattern}|{_WHEN_AND_WHO.pattern}|{_MARKS.pattern}")
"""What stands whole in its line as long as the line has room for it."""
_HAIRSBREADTH = 0.5
"""In thousandths of the type size: a word exactly as wide as its column fits, however the widths were rounded."""
_GLUE, _SPACES = "\u00a0", frozenset(" \u3000")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text of one weight."""

    text: str
    bold: bool = False


Rich = str | Sequence[Span]
"""Text in one weight, or in several."""

Line = tuple[Span, ...]


def spans_of(content: Rich, *, bold: bool = False) -> tuple[Span, ...]:
    """Rich text as printable spans."""
    parts = (Span(content, bold),) if isinstance(content, str) else tuple(content)
    return tuple(Span(printable(part.text), part.bold) for part in parts)


def wrap(content: Rich, size: float, room: float, *, bold: bool = False, indent: float = 0.0) -> tuple[Line, ...]:
    """Break into lines of at most ``room`` points; the first begins ``indent`` points in. At least one line."""
    return _broken(spans_of(content, bold=bold), size, room, indent)


def forget() -> None:
    """Drop the lines kept while one paper was laid out: nobody's name stays in memory longer than their paper takes."""
    _broken.cache_clear()


@lru_cache(maxsize=4096)
def _broken(spans: tuple[Span, ...], size: float, room: float, indent: float) -> tuple[Line, ...]:
    """Kept, since a paper is laid out at several distances before one is taken."""
    chars = [(char, span.bold) for span in spans for char in span.text]
    whole = _inside_numbers("".join(char for char, _ in chars))
    lines: list[Line] = []
    start = 0
    while start < len(chars):
        left = (room - (indent if not lines else 0.0)) * 1000 / size
        end = _end_of_line(chars, start, left, whole)
        lines.append(_line(chars[start:end]))
        start = end
        while start < len(chars) and chars[start][0] in _SPACES:
            start += 1
    return tuple(lines) or ((),)


def _inside_numbers(text: str) -> frozenset[int]:
    """Places where a line must not end, though its neighbours would allow it."""
    return frozenset(at for found in WHOLE.finditer(text) for at in range(found.start() + 1, found.end()))


def _end_of_line(chars: list[tuple[str, bool]], start: int, room: float, whole: frozenset[int]) -> int:
    used, full = 0.0, start
    while full < len(chars):
        used += advance(chars[full][0], bold=chars[full][1])
        if used > room + _HAIRSBREADTH and chars[full][0] not in _SPACES:  # a space at the end may hang over
            break
        full += 1
    if full == len(chars):
        return full
    for allowed, kept in ((_may_break, whole), (_may_break, frozenset[int]()), (_may_cut, frozenset[int]())):
        for end in range(full, start, -1):
            if end not in kept and allowed(chars[end - 1][0], chars[end][0]):
                return end
    return max(full, start + 1)


def _may_break(before: str, after: str) -> bool:
    """Whether a line may end between two neighbours."""
    if before in _SPACES:
        return after not in _SPACES and _may_cut(before, after)
    if after in _SPACES or not _may_cut(before, after):
        return False
    return not (_in_word(before) and _in_word(after))


def _may_cut(before: str, after: str) -> bool:
    """The least that holds even inside a word too long for a line."""
    if _GLUE in (before, after) or after in NEVER_FIRST or before in NEVER_LAST:
        return False
    return not unicodedata.category(after).startswith("M")


def _in_word(char: str) -> bool:
    return char.isascii() or unicodedata.category(char) in ("Lu", "Ll")


def _line(chars: list[tuple[str, bool]]) -> Line:
    while chars and chars[-1][0] in _SPACES:
        chars = chars[:-1]
    groups = groupby(chars, key=lambda pair: pair[1])
    return tuple(Span("".join(char for char, _ in group), bold) for bold, group in groups)
