"""How wide the columns of a table are on a page: shares of the room, but never too narrow for their own head or for a number
that must stay whole, and moved a little where that saves lines. A table that cannot stand beside itself is set as blocks."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from printing.glyphs import width
from printing.lines import NUMBER, WHOLE, Rich, Span, spans_of
from printing.marks import CELL, HEAD
from printing.page import ROOM

_WORDS = re.compile(rf"{WHOLE.pattern}|[\x21-\x7e]{{2,}}|\S")
_PAD = 8.0
_SHORT = 3
"""A cell of so few signs (免交) is never broken."""
_MOST = 0.34
"""No word may claim more than this share of the room; longer ones are cut; only a number stays whole at any width."""
_STEP, _STEPS = 10.0, 40
"""Points (of a normal A4 page) that one column gives to another at a time, and how often at most."""
_OVERLONG = 12
"""A cell that would run down its column for more lines than this is set below its row, across the table."""
BELOW = "见下"
_LOOSE = 1.05
"""Lines are not filled to the last point: words and punctuation break before it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; widths of a table add up to ROOM and are shares of it."""

    title: str
    width: float


def fitted(columns: Sequence[Column], rows: Sequence[Sequence[Rich]], room: float, scale: float) -> list[Column] | None:
    """The columns in points of the page; None when they cannot stand beside each other."""
    cells = tuple(tuple(cell if isinstance(cell, str) else tuple(cell) for cell in row) for row in rows)
    own = _fitted(tuple(columns), cells, room, scale)
    return None if own is None else list(own)


def set_aside(
    columns: Sequence[Column], rows: Sequence[Sequence[Rich]], scale: float
) -> tuple[list[tuple[Rich, ...]], list[tuple[tuple[Span, ...], ...]]]:
    """The rows without the cells that would be narrow strips down a page, and for each row those cells with the names of their
    columns, for the whole width. ``columns`` in points of the page."""
    short: list[tuple[Rich, ...]] = []
    below: list[tuple[tuple[Span, ...], ...]] = []
    for row in rows:
        is_long = [
            _natural(cell, scale) > _OVERLONG * (column.width - _PAD * scale)
            for column, cell in zip(columns, row, strict=True)
        ]
        short.append(tuple(BELOW if long else cell for cell, long in zip(row, is_long, strict=True)))
        below.append(
            tuple(
                (*spans_of(f"{column.title}："), *spans_of(cell))
                for column, cell, long in zip(columns, row, is_long, strict=True)
                if long
            )
        )
    return short, below


def forget() -> None:
    """Drop the widths kept while one paper was laid out, and the cells with them."""
    _fitted.cache_clear()


@lru_cache(maxsize=64)
def _fitted(
    columns: tuple[Column, ...], rows: tuple[tuple[Rich, ...], ...], room: float, scale: float
) -> tuple[Column, ...] | None:
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
    widths = _balanced(widths, least, [tuple(_natural(cell, scale) for cell in row) for row in rows], scale)
    return tuple(replace(column, width=wide) for column, wide in zip(columns, widths, strict=True))


def _natural(cell: Rich, scale: float) -> float:
    """How long a cell would be in one line; of one with lines of its own the longest."""
    parts = cell.split("\n") if isinstance(cell, str) else [cell]
    spans = (spans_of(part) for part in parts)
    return max(sum(width(span.text, CELL.size * scale, bold=span.bold) for span in each) for each in spans) * _LOOSE


def _balanced(
    widths: list[float], least: Sequence[float], rows: Sequence[tuple[float, ...]], scale: float
) -> list[float]:
    """Columns with little in them give to those that run long, as long as that makes the table lower; the widths as they were
    when it would save no line. ``rows``: how long each cell is in one line."""
    pad, step = _PAD * scale, _STEP * scale

    def height(of: Sequence[float]) -> float:
        """In lines, without rounding: so that a step that saves no whole line yet counts too."""
        return sum(max(1.0, *(long / (wide - pad) for long, wide in zip(row, of, strict=True))) for row in rows)

    def lines(of: Sequence[float]) -> int:
        return sum(max(math.ceil(long / (wide - pad)) for long, wide in zip(row, of, strict=True)) for row in rows)

    before, best, now = list(widths), height(widths), list(widths)
    if best <= len(rows):  # every row stands in one line already
        return before
    for _ in range(_STEPS):
        found = None
        for giver, wide in enumerate(now):
            if wide - step < least[giver]:
                continue
            for taker in range(len(now)):
                if taker == giver:
                    continue
                tried = list(now)
                tried[giver] -= step
                tried[taker] += step
                if (high := height(tried)) < best - 0.01:
                    best, found = high, tried
        if found is None:
            break
        now = found
    return now if lines(now) < lines(before) else before


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
            for found in _WORDS.findall(span.text):
                wide = width(found, CELL.size * scale, bold=span.bold)
                if NUMBER.fullmatch(found):
                    number = max(number, wide + _PAD * scale)
                word = max(word, wide)
    return max(head + 4 * scale, min(word + _PAD * scale, room * _MOST), number)
