"""How wide the columns of a table are on a page: shares of the room, but never too narrow for their own head or for a number
that must stay whole. A table that cannot stand beside itself is set as blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from printing.glyphs import width
from printing.lines import NUMBER, Rich, spans_of
from printing.marks import CELL, HEAD
from printing.page import ROOM

_WHOLE = re.compile(rf"{NUMBER.pattern}|[\x21-\x7e]{{2,}}|\S")
_PAD = 8.0
_SHORT = 3
"""A cell of so few signs (免交) is never broken."""
_MOST = 0.34
"""No word may claim more than this share of the room; longer ones are cut; only a number stays whole at any width."""


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; widths of a table add up to ROOM and are shares of it."""

    title: str
    width: float


def fitted(columns: Sequence[Column], rows: Sequence[Sequence[Rich]], room: float, scale: float) -> list[Column] | None:
    """The columns in points of the page; None when they cannot stand beside each other."""
    shares = [column.width * room / ROOM for column in columns]
    least = [_least(column, [row[at] for row in rows], room, scale) for at, column in enumerate(columns)]
    if sum(least) > room:
        return None
    lacking = sum(max(low - share, 0.0) for low, share in zip(least, shares, strict=True))
    spare = [max(share - low, 0.0) for low, share in zip(least, shares, strict=True)]
    taken = lacking / sum(spare) if lacking and sum(spare) else 0.0
    widths = [
        low if share <= low else share - extra * taken for low, share, extra in zip(least, shares, spare, strict=True)
    ]
    return [replace(column, width=wide) for column, wide in zip(columns, widths, strict=True)]


def _least(column: Column, cells: Sequence[Rich], room: float, scale: float) -> float:
    head = width(column.title, HEAD.size * scale)
    if len(column.title) > 3:
        head = max(width(column.title[:3], HEAD.size * scale), head / 2 + HEAD.size * scale)
    word = number = 0.0
    for cell in cells:
        spans = spans_of(cell)
        if sum(len(span.text) for span in spans) <= _SHORT:
            word = max(word, sum(width(span.text, CELL.size * scale, bold=span.bold) for span in spans))
        for span in spans:
            for found in _WHOLE.findall(span.text):
                wide = width(found, CELL.size * scale, bold=span.bold)
                if NUMBER.fullmatch(found):
                    number = max(number, wide + _PAD * scale)
                word = max(word, wide)
    return max(head + 4 * scale, min(word + _PAD * scale, room * _MOST), number)
