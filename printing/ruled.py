"""Tables on a sheet: a head that stands again on each page, rows that break well, and blocks where there is no room for columns.

No row stands alone under a head, at the foot of a page or at the top of the next; a row taller than a page, or so tall that it
would leave half a page empty, is split between its lines. A cell that would run down the page as a narrow strip is set below its
row, as wide as the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from printing.glyphs import width
from printing.lines import Line, Rich, Span, spans_of, wrap
from printing.marks import CELL, HAIR, HEAD, INK, Rule, Text, baseline
from printing.tables import Column, fitted, set_aside

if TYPE_CHECKING:
    from printing.sheet import Sheet

_TALL, _LEAST_PART = 6, 3
"""A row of so many lines may be split at the foot of a page, so many of them on each side."""
_TAIL = 2
"""Rows of a table that go with the closing when nothing else would."""
Cells = Sequence[tuple[Line, ...]]


def draw_table(sheet: Sheet, columns: Sequence[Column], rows: Sequence[Sequence[Rich]]) -> Tail | None:
    """Put it on the sheet from the cursor down; its last rows, where they may still be carried to the next page."""
    own = None if sheet.page.is_strip else fitted(columns, rows, sheet.page.room, sheet.page.scale)
    if own is None:
        _blocks(sheet, columns, rows)
        return None
    short, below = set_aside(own, rows, sheet.page.scale)
    if any(below):
        own = fitted(columns, short, sheet.page.room, sheet.page.scale) or own
    return _Ruled(sheet, own, short, below).draw()


class _Ruled:
    """A table whose columns stand beside each other; widths in points of the page."""

    def __init__(
        self,
        sheet: Sheet,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Rich]],
        below: Sequence[Sequence[tuple[Span, ...]]],
    ) -> None:
        """``below``: for each row what stands under it across the table."""
        self.sheet, self.columns = sheet, columns
        scale = sheet.page.scale
        self.style, self.head_style, self.pad = CELL.times(scale), HEAD.times(scale), sheet.cell_pad
        room = 8 * scale
        self.heads = [wrap(each.title, self.head_style.size, each.width - room / 2) for each in columns]
        self.rows: list[Cells] = [
            [_lines(cell, self.style.size, column.width - room) for column, cell in zip(columns, row, strict=True)]
            for row in rows
        ]
        self.below = [
            tuple(line for cell in cells for line in _lines(cell, self.style.size, sheet.page.room - room))
            for cells in below
        ]
        self.head_height = max(len(lines) for lines in self.heads) * self.head_style.leading + sheet.long(5)
        self.tallest = sheet.page.bottom - sheet.page.next_top - self.head_height

    def draw(self) -> Tail | None:
        tall = [
            self._height(_count(cells)) + (self._height(len(below)) - self.pad if below else 0.0)
            for cells, below in zip(self.rows, self.below, strict=True)
        ]
        first = tall[0] if len(tall) > 1 and tall[0] + tall[1] > self.tallest / 4 else sum(tall[:2])
        self.sheet.need(self.head_height + min(first, self.tallest))
        self.head()
        before = None
        for at in range(len(self.rows)):
            if at == len(self.rows) - _TAIL and at >= _TAIL:
                if self.sheet.page.bottom - self.sheet.y < tall[-2] + tall[-1] <= self.tallest / 4:
                    self._turn()
                before = (len(self.sheet.pages), len(self.sheet.pages[-1]))
            self.row(at)
        is_whole = before is not None and before[0] == len(self.sheet.pages)
        return Tail(self, before[1], self.sheet.y) if before and is_whole else None

    def head(self) -> None:
        """The names of the columns over a rule."""
        sheet, style = self.sheet, self.head_style
        x, top = sheet.page.left, sheet.y
        for column, lines in zip(self.columns, self.heads, strict=True):
            for number, line in enumerate(lines):
                low = top + number * style.leading + baseline(style)
                sheet.mark(Text(x + sheet.long(3), low, line, style.size, style.grey))
            x += column.width
        sheet.y = top + self.head_height
        sheet.mark(Rule(sheet.page.left, sheet.y, sheet.page.right, sheet.y, 0.9, INK))

    def _part(self, cells: Cells, *, last: bool = True) -> None:
        """A row, or some lines of one, or of what stands under it; ``last``: a rule below."""
        sheet, style = self.sheet, self.style
        x, top = sheet.page.left, sheet.y + self.pad
        for at, lines in enumerate(cells):
            for number, line in enumerate(lines):
                sheet.mark(Text(x + sheet.long(3), top + number * style.leading + baseline(style), line, style.size))
            x += self.columns[at].width
        sheet.y = top + _count(cells) * style.leading + self.pad
        if last:
            sheet.mark(Rule(sheet.page.left, sheet.y, sheet.page.right, sheet.y))

    def row(self, at: int) -> None:
        """A whole row with what stands under it; over the end of the page where it must be."""
        below = self.below[at]
        self._flow(self.rows[at], last=not below)
        if below:
            self.sheet.y -= self.pad
            self._flow([below])

    def _flow(self, cells: Cells, *, last: bool = True) -> None:
        count = _count(cells)
        is_split = count >= _TALL and min(self._fits(), count - _LEAST_PART) >= _LEAST_PART
        high = self._height(count)
        if self.sheet.y + high > self.sheet.page.bottom and high <= self.tallest and not is_split:
            self._turn()
        done = 0
        while done < count:
            fits, left = self._fits(), count - done
            if fits < left < fits + _LEAST_PART and left >= 2 * _LEAST_PART:
                fits = left - _LEAST_PART
            if fits == 0:
                self._turn()
                continue
            self._part([cell[done : done + fits] for cell in cells], last=last and done + fits >= count)
            done += fits
            if done < count:  # what was kept back for the next page does not go on this one after all
                self._turn()

    def _turn(self) -> None:
        self.sheet.turn()
        self.head()

    def _fits(self) -> int:
        """Lines of a cell that the rest of this page takes."""
        return max(int((self.sheet.page.bottom - self.sheet.y - 2 * self.pad) // self.style.leading), 0)

    def _height(self, lines: int) -> float:
        return lines * self.style.leading + 2 * self.pad


@dataclass(frozen=True, slots=True)
class Tail:
    """The last rows of a table. ``marks``: how many the page had before them. ``low``: where they end."""

    table: _Ruled
    marks: int
    low: float

    def to_next_page(self) -> None:
        """Take them off this page; they begin the next one, under their head."""
        sheet = self.table.sheet
        del sheet.pages[-1][self.marks :]
        sheet.turn()
        self.table.head()
        for at in range(len(self.table.rows) - _TAIL, len(self.table.rows)):
            self.table.row(at)


def _lines(cell: Rich, size: float, room: float) -> tuple[Line, ...]:
    """A cell broken into lines; what stands on lines of its own (text with line ends) stays so."""
    parts = cell.split("\n") if isinstance(cell, str) else [cell]
    return tuple(line for part in parts for line in wrap(part, size, room))


def _count(cells: Cells) -> int:
    return max(len(lines) for lines in cells)


def _blocks(sheet: Sheet, columns: Sequence[Column], rows: Sequence[Sequence[Rich]]) -> None:
    """Every row by itself, each value with the name of its column."""
    page, size, pad = sheet.page, CELL.size * sheet.page.scale, sheet.cell_pad
    sheet.mark(Rule(page.left, sheet.y, page.right, sheet.y, 0.9, INK))
    for row in rows:
        sheet.y += pad
        # A column without a name belongs to the one before it; a number goes before what it counts.
        named = [(column.title, cell) for column, cell in zip(columns, row, strict=True) if cell and cell != "—"]
        named = [(title, cell.replace("\n", "　") if isinstance(cell, str) else cell) for title, cell in named]
        first: list[tuple[Span, ...]] = []
        if named and named[0][0] == "序" and len(named) > 1:
            first = [(*spans_of(named[0][1]), *spans_of(". "), *spans_of(named[1][1]))]
            named = named[2:]
        lines = [*first, *_packed(named, size, page.room)]
        high = sum(sheet.height_of(line, CELL) for line in lines) + pad
        sheet.need(min(high, (page.bottom - page.next_top) / 2))  # torn only where it is taller than half a page
        for line in lines:
            sheet.paragraph(line, CELL)
        sheet.y += pad
        sheet.mark(Rule(page.left, sheet.y, page.right, sheet.y, 0.5, HAIR))


def _packed(named: Sequence[tuple[str, Rich]], size: float, room: float) -> list[tuple[Span, ...]]:
    """Names with their values, as many to a line as it takes: paper on a roll is dear."""
    lines: list[tuple[Span, ...]] = []
    for title, cell in named:
        told = (*spans_of(f"{title}：" if title else ""), *spans_of(cell))
        joined = (*lines[-1], *spans_of("\u3000"), *told) if lines else told
        if lines and sum(width(span.text, size, bold=span.bold) for span in joined) <= room:
            lines[-1] = joined
        else:
            lines.append(told)
    return lines
