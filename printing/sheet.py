"""Laying out A4 pages: a cursor that moves down, and blocks that flow over pages. Nothing is painted here; each page is a
list of marks that pdf.py paints, so that the number of pages is known before the first is drawn.

Lengths are points (1/72 inch), measured from the top left corner of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from printing.glyphs import width
from printing.lines import Line, Rich, spans_of, wrap

PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
LEFT, RIGHT = 57.0, 538.28
TOP, NEXT_TOP, BOTTOM = 46.0, 72.0, 796.0
ROOM = RIGHT - LEFT

INK, SOFT, FAINT, HAIR = 0.07, 0.36, 0.55, 0.74
"""Greys from 0 (black) to 1."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text at a baseline. ``spacing``: extra points between characters. ``meant``: what copying should give
    when the spacing would tear the words apart."""

    x: float
    y: float
    line: Line
    size: float
    grey: float = INK
    spacing: float = 0.0
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    thick: float = 0.5
    grey: float = HAIR
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """An empty rectangle."""

    x: float
    y: float
    width: float
    height: float
    thick: float = 0.8
    grey: float = INK
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Squares:
    """A QR matrix, dark where True."""

    x: float
    y: float
    side: float
    rows: tuple[tuple[bool, ...], ...]


Mark = Text | Rule | Box | Squares


@dataclass(frozen=True, slots=True)
class Style:
    """Size and leading in points, weight and grey."""

    size: float
    leading: float
    bold: bool = False
    grey: float = INK


BODY = Style(11, 18)
SMALL = Style(9, 14, grey=SOFT)
CELL = Style(10.5, 15.5)
HEAD = Style(9.5, 14, grey=SOFT)
STRONG = Style(15, 22, bold=True)
LABEL = Style(10.5, 16, grey=SOFT)
VALUE = Style(10.5, 16)


@dataclass(frozen=True, slots=True)
class Column:
    """A table column; widths of a table add up to ROOM."""

    title: str
    width: float


class Sheet:
    """The pages of one document, filled from the top. ``heading`` marks the top of every page after the first.

    ``air``: 1 for the normal distances, down to 0 for the closest, for a paper that would otherwise end with a few lines
    on one more page. Type sizes never shrink.
    """

    def __init__(self, heading: Callable[[], Sequence[Mark]], *, air: float = 1.0) -> None:
        self.pages: list[list[Mark]] = [[]]
        self.y = TOP
        self._heading = heading
        self._pad, self._pair_gap, self._shrink = 3.0 + 2.5 * air, 0.5 + 3.5 * air, 0.45 + 0.55 * air

    def mark(self, *marks: Mark) -> None:
        """Put marks on the current page."""
        self.pages[-1].extend(marks)

    def turn(self) -> None:
        """Begin the next page."""
        self.pages.append(list(self._heading()))
        self.y = NEXT_TOP

    def need(self, height: float) -> None:
        """Turn the page when fewer than ``height`` points are left."""
        if self.y + height > BOTTOM and self.y > NEXT_TOP:
            self.turn()

    def gap(self, height: float) -> None:
        """White space; none at the top of a page."""
        if self.y > NEXT_TOP or len(self.pages) == 1:
            self.y += height * self._shrink

    def line(self, x: float, content: Rich, style: Style, *, align: str = "left") -> None:
        """One line at the cursor's height without moving it; ``align``: left (x is the start), right (the end), centre."""
        spans = spans_of(content, bold=style.bold)
        size = sum(width(span.text, style.size, bold=span.bold) for span in spans)
        start = x - {"left": 0.0, "right": size, "centre": size / 2}[align]
        self.mark(Text(start, self.y + baseline(style), spans, style.size, style.grey))

    def paragraph(
        self, content: Rich, style: Style = BODY, *, indent: float = 0.0, x: float = LEFT, room: float = ROOM
    ) -> None:
        """Lines that flow over pages; at least two lines stay together where there are two."""
        lines = wrap(content, style.size, room, bold=style.bold, indent=indent)
        self.need(style.leading * min(len(lines), 2))
        for number, line in enumerate(lines):
            self.need(style.leading)
            self.mark(Text(x + (0 if number else indent), self.y + baseline(style), line, style.size, style.grey))
            self.y += style.leading

    def pairs(self, pairs: Sequence[tuple[str, Rich]], *, label: float = 68.0) -> None:
        """Labels with values, two to a row; a value too long for half a row takes a whole one. Empty values are left out."""
        half = ROOM / 2
        short = half - label - 8
        waiting: tuple[str, tuple[Line, ...]] | None = None
        for name, value in pairs:
            if not value:
                continue
            lines = wrap(value, VALUE.size, short)
            if len(lines) > 1:
                if waiting:
                    self._pair_row([(LEFT, label, *waiting)])
                    waiting = None
                self._pair_row([(LEFT, label, name, wrap(value, VALUE.size, ROOM - label))])
            elif waiting:
                self._pair_row([(LEFT, label, *waiting), (LEFT + half, label, name, lines)])
                waiting = None
            else:
                waiting = (name, lines)
        if waiting:
            self._pair_row([(LEFT, label, *waiting)])

    def _pair_row(self, cells: list[tuple[float, float, str, tuple[Line, ...]]]) -> None:
        count = max(len(lines) for *_, lines in cells)
        self.need(min(count, 3) * VALUE.leading)
        for number in range(count):
            self.need(VALUE.leading)
            for x, label, name, lines in cells:
                if number == 0:
                    self.line(x, name, LABEL)
                if number < len(lines):
                    self.mark(Text(x + label, self.y + baseline(VALUE), lines[number], VALUE.size))
            self.y += VALUE.leading
        self.y += self._pair_gap

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Rich]]) -> None:
        """A table whose head stands again on each page; a row taller than a page is split between lines."""
        wrapped = [
            [wrap(cell, CELL.size, column.width - 8) for column, cell in zip(columns, row, strict=True)] for row in rows
        ]
        first = self._height(max((len(cell) for cell in wrapped[0]), default=1)) if wrapped else 0.0
        self.need(_HEAD_HEIGHT + min(first, _TALLEST))
        self._table_head(columns)
        for cells in wrapped:
            count = max(len(cell) for cell in cells)
            if self.y + self._height(count) > BOTTOM and self._height(count) <= _TALLEST:
                self.turn()
                self._table_head(columns)
            done = 0
            while done < count:
                fits = max(int((BOTTOM - self.y - 2 * self._pad) // CELL.leading), 0)
                if fits == 0:
                    self.turn()
                    self._table_head(columns)
                    continue
                self._table_row(columns, [cell[done : done + fits] for cell in cells], last=done + fits >= count)
                done += fits

    def _table_head(self, columns: Sequence[Column]) -> None:
        x = LEFT
        for column in columns:
            self.line(x + 3, column.title, HEAD)
            x += column.width
        self.y += _HEAD_HEIGHT
        self.mark(Rule(LEFT, self.y, RIGHT, self.y, 0.9, INK))

    def _table_row(self, columns: Sequence[Column], cells: list[tuple[Line, ...]], *, last: bool) -> None:
        x, top = LEFT, self.y + self._pad
        for column, lines in zip(columns, cells, strict=True):
            for number, line in enumerate(lines):
                self.mark(Text(x + 3, top + number * CELL.leading + baseline(CELL), line, CELL.size))
            x += column.width
        self.y = top + max(len(lines) for lines in cells) * CELL.leading + self._pad
        if last:
            self.mark(Rule(LEFT, self.y, RIGHT, self.y))

    def _height(self, lines: int) -> float:
        return lines * CELL.leading + 2 * self._pad


_HEAD_HEIGHT = 19.0
_TALLEST = BOTTOM - NEXT_TOP - _HEAD_HEIGHT


def baseline(style: Style) -> float:
    """How far below the top of its line box the baseline lies (Noto Sans SC: 880 above, 120 below)."""
    return (style.leading - style.size) / 2 + style.size * 0.88
