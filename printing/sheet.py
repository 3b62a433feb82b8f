"""Laying out pages: a cursor that moves down, and blocks that flow over pages. Nothing is painted here; each page is a list of
marks that pdf.py paints, so that the number of pages is known before the first is drawn.

Documents speak in lengths of an A4 page in normal type; the sheet scales them to its own page. So a form is written once and
comes out on A4, A5, the strip and in large type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from clerk_app.domain.paper import Copy
from printing.glyphs import width
from printing.lines import NUMBER, Line, Rich, spans_of, wrap
from printing.marks import (
    BODY,
    INK,
    LABEL,
    SMALL,
    SOFT,
    STRONG,
    VALUE,
    Box,
    Mark,
    Only,
    Picture,
    Rule,
    Squares,
    Style,
    Text,
    baseline,
)
from printing.page import A4, ROOM, Page
from printing.ruled import Tail, draw_table
from printing.tables import Column

__all__ = ["BODY", "ROOM", "SMALL", "WRITING", "Column", "Sheet", "Style"]

_QUIET = Style(9, 14, grey=SOFT)
WRITING = 24.0
"""Between ruled lines to write on."""
_BETWEEN = 12.0
"""At least so far from a value to the label beside it."""
_LABEL_ROOM = 61.0
"""Beside the longest labels (渝快办编号, 代收人证件) and narrow enough that a local number stands in half a row."""


class Sheet:
    """The pages of one document, filled from the top. ``heading`` marks the top of every page after the first.

    ``air``: 1 for the normal distances, down to 0 for the closest, for a paper that would otherwise end with a few lines
    on one more page. Type sizes never shrink.
    """

    def __init__(self, heading: Callable[[], Sequence[Mark]], *, page: Page = A4, air: float = 1.0) -> None:
        self.page = page
        self.pages: list[list[Mark]] = [[]]
        self.y = page.top
        self._heading = heading
        self.tail: Tail | None = None
        self.cell_pad = (3.0 + 2.5 * air) * page.scale
        self._pair_gap = (0.5 + 3.5 * air) * page.scale
        self._shrink = (0.45 + 0.55 * air) * page.scale

    def long(self, length: float) -> float:
        """A length of the normal A4 page on this one."""
        return length * self.page.scale

    def mark(self, *marks: Mark) -> None:
        """Put marks on the current page."""
        self.pages[-1].extend(marks)

    @contextmanager
    def only_on(self, copy: Copy) -> Iterator[None]:
        """What is put on the current page inside stands on this copy alone."""
        marks = self.pages[-1]
        start = len(marks)
        yield
        own = marks[start:]
        marks[start:] = [Only(copy, mark) for mark in own if isinstance(mark, Text | Rule | Box)]

    def turn(self) -> None:
        """Begin the next page."""
        self.pages.append(list(self._heading()))
        self.y = self.page.next_top

    def need(self, height: float) -> None:
        """Turn the page when fewer than ``height`` points (of this page) are left."""
        if self.y + height > self.page.bottom and self.y > self.page.next_top:
            self.turn()

    def gap(self, height: float) -> None:
        """White space; none at the top of a page."""
        if self.y > self.page.next_top or len(self.pages) == 1:
            self.y += height * self._shrink

    def line(self, x: float, content: Rich, style: Style, *, align: str = "left") -> None:
        """One line at the cursor's height without moving it; ``align``: left (x is the start), right (the end), centre."""
        style = style.times(self.page.scale)
        spans = spans_of(content, bold=style.bold)
        size = sum(width(span.text, style.size, bold=span.bold) for span in spans)
        start = x - {"left": 0.0, "right": size, "centre": size / 2}[align]
        self.mark(Text(start, self.y + baseline(style), spans, style.size, style.grey))

    def paragraph(
        self,
        content: Rich,
        style: Style = BODY,
        *,
        indent: float = 0.0,
        x: float | None = None,
        room: float | None = None,
    ) -> None:
        """Lines that flow over pages; at least two lines stay together where there are two. ``x`` and ``room`` are points of
        this page; ``indent`` scales."""
        style, indent = style.times(self.page.scale), self.long(indent)
        start = self.page.left if x is None else x
        lines = wrap(content, style.size, self.page.room if room is None else room, bold=style.bold, indent=indent)
        self.need(style.leading * min(len(lines), 2))
        for number, line in enumerate(lines):
            self.need(style.leading)
            self.mark(Text(start + (0 if number else indent), self.y + baseline(style), line, style.size, style.grey))
            self.y += style.leading

    def height_of(self, content: Rich, style: Style, room: float | None = None) -> float:
        """How high a paragraph will be."""
        style = style.times(self.page.scale)
        lines = wrap(content, style.size, self.page.room if room is None else room, bold=style.bold)
        return len(lines) * style.leading

    def pairs(self, pairs: Sequence[tuple[str, Rich]], *, label: float = _LABEL_ROOM) -> None:
        """Labels with values, two to a row; a value too long for half a row takes a whole one. Empty values are left out."""
        page, value = self.page, VALUE.times(self.page.scale)
        half, label = page.room / 2, self.long(label)
        short = 0.0 if page.is_narrow else half - label - self.long(_BETWEEN)
        waiting: tuple[str, tuple[Line, ...]] | None = None
        for name, content in pairs:
            if not content:
                continue
            lines = wrap(content, value.size, short) if short else ((), ())
            if len(lines) > 1:
                if waiting:
                    self._pair_row([(page.left, label, *waiting)])
                    waiting = None
                if _torn(content, value.size, page.room - label):
                    self._pair_row([(page.left, page.room, name, ())])
                    self._pair_row([(page.left, 0.0, "", wrap(content, value.size, page.room))])
                    continue
                self._pair_row([(page.left, label, name, wrap(content, value.size, page.room - label))])
            elif waiting:
                self._pair_row([(page.left, label, *waiting), (page.left + half, label, name, lines)])
                waiting = None
            else:
                waiting = (name, lines)
        if waiting:
            self._pair_row([(page.left, label, *waiting)])

    def _pair_row(self, cells: list[tuple[float, float, str, tuple[Line, ...]]]) -> None:
        value, label = VALUE.times(self.page.scale), LABEL.times(self.page.scale)
        named = [(x, room, wrap(name, label.size, room - self.long(4)), lines) for x, room, name, lines in cells]
        count = max(max(len(lines), len(names)) for _, _, names, lines in named)
        self.need(min(count, 3) * value.leading)
        for number in range(count):
            self.need(value.leading)
            for x, room, names, lines in named:
                if number < len(names):
                    self.mark(Text(x, self.y + baseline(label), names[number], label.size, label.grey))
                if number < len(lines):
                    self.mark(Text(x + room, self.y + baseline(value), lines[number], value.size))
            self.y += value.leading
        self.y += self._pair_gap

    def panel(self, cells: Sequence[tuple[str, str, str]]) -> None:
        """What matters most in a frame: (label, big words, a note), beside each other or below where there is no room."""
        page, pad = self.page, self.long(12)
        beside, room = len(cells), (page.room - 2 * pad) / len(cells) - (self.long(10) if len(cells) > 1 else 0)
        widest = max(width(big, STRONG.size * page.scale, bold=True) for _, big, _ in cells)
        strong = STRONG.times(min(1.0, room / widest))
        if page.is_narrow or strong.size < 0.84 * STRONG.size:
            beside, room, strong = 1, page.room - 2 * pad, STRONG
        blocks = [[(label, _QUIET, 1.0), (big, strong, 1.0), (note, _QUIET, 0.0)] for label, big, note in cells]
        heights = [sum(self.height_of(text, style, room) for text, style, _ in block) for block in blocks]
        height = self.long(20) + (max(heights) if beside > 1 else sum(heights) + self.long(6) * (len(cells) - 1))
        self.need(height)
        top, low = self.y, self.y + self.long(9)
        self.mark(Box(page.left, top, page.room, height, 0.9, INK))
        for number, block in enumerate(blocks):
            self.y = top + self.long(9) if beside > 1 else low
            x = page.left + pad + (number * (room + self.long(10)) if beside > 1 else 0.0)
            for text, style, _ in block:
                self.paragraph(text, style, x=x, room=room)
            low = self.y + self.long(6)
        self.y = top + height

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[Rich]]) -> None:
        """A table whose head stands again on each page; on a strip every row is a block of its own. See ruled.py."""
        self.tail = draw_table(self, columns, rows)

    def carry_over(self) -> None:
        """Turn the page; the last rows of a table that ended right here go along under their head, so that what follows does
        not stand there alone."""
        tail = self.tail
        if tail is None or tail.low != self.y:
            self.turn()
        else:
            tail.to_next_page()

    def lines_to_write_on(self, count: int) -> None:
        """Ruled lines over the whole width."""
        self.need(count * self.long(WRITING))
        for _ in range(count):
            self.y += self.long(WRITING)
            self.mark(Rule(self.page.left, self.y, self.page.right, self.y, 0.5, SOFT))

    def squares(self, x: float, side: float, rows: tuple[tuple[bool, ...], ...]) -> None:
        """A QR at the cursor's height; ``side`` in points of this page."""
        self.mark(Squares(x, self.y, side, rows))

    def picture(self, x: float, width_: float, height: float, data: bytes) -> None:
        """A picture at the cursor's height, in points of this page."""
        self.mark(Picture(x, self.y, width_, height, data))


def _torn(content: Rich, size: float, room: float) -> bool:
    """Whether a number in it is too long for the room beside a label."""
    text = "".join(span.text for span in spans_of(content))
    return any(width(found[0], size) > room for found in NUMBER.finditer(text))
