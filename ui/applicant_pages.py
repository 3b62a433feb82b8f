"""What the applicant reads, cut into pages that fit: nothing scrolls, and even the longest text is shown whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics

Row = tuple[str, str]
Place = tuple[int, int]
"""Where a page begins: row number and character within its text."""

FIRST: Place = (0, 0)


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in pixels of what a value is called and of the value; ``stacked``: it stands above the value, on a narrow screen."""

    name: int
    value: int
    stacked: bool = False


def columns_in(inner: int, sign: int, between: int) -> Columns:
    """How ``inner`` pixels are shared, with signs ``sign`` pixels wide: beside each other where a value keeps ``LEAST_VALUE`` signs."""
    name = sign * NAME_SIGNS
    value = inner - name - between
    if value < sign * LEAST_VALUE:
        return Columns(inner, max(inner, sign * 4), stacked=True)
    return Columns(name, value)


NAME_SIGNS = 8
LEAST_VALUE = 7


def cut_into_pages(
    rows: Sequence[Row], metrics: QFontMetrics, columns: Columns, room: int, gap: int
) -> tuple[list[tuple[Row, ...]], list[Place]]:
    """Pages of rows, and where each begins. ``room`` from top to bottom, ``gap`` under each line: pixels."""
    pages: list[tuple[Row, ...]] = []
    starts: list[Place] = []
    page: list[Row] = []
    used = 0
    for place, row in _short(rows, metrics, columns, room, gap):
        height = _row_height(metrics, row, columns, gap) + gap
        if page and used + height > room:
            pages.append(tuple(page))
            page, used = [], 0
        if not page:
            starts.append(place)
        page.append(row)
        used += height
    pages.append(tuple(page))
    return pages, starts


def _short(
    rows: Sequence[Row], metrics: QFontMetrics, columns: Columns, room: int, gap: int
) -> Iterator[tuple[Place, Row]]:
    """A row taller than a page is cut into several."""
    for number, (title, text) in enumerate(rows):
        at, head = 0, title
        while at < len(text):
            take = len(text) - at
            while take > 1 and _row_height(metrics, (head, text[at : at + take]), columns, gap) > room:
                take = take * 3 // 4
            yield (number, at), (head, text[at : at + take])
            at, head = at + take, f"{title}（续）"


def breakable(text: str) -> str:
    """The text with places where a number or a word too long for its line may go on in the next one: around the stars of a masked
    number, and behind every fourth sign. Nothing else is seen of them."""
    return _LONG.sub(lambda found: _PIECE.sub(rf"\g<0>{_MAY_BREAK}", found[0]), text)


_MAY_BREAK = "\u200b"
_LONG = re.compile(r"[!-~]{8,}")
_PIECE = re.compile(r"\*+|[^*]{1,4}")


def _row_height(metrics: QFontMetrics, row: Row, columns: Columns, gap: int) -> int:
    name, value = _height(metrics, row[0], columns.name), _height(metrics, row[1], columns.value)
    return name + gap + value if columns.stacked else max(name, value)


def _height(metrics: QFontMetrics, text: str, width: int) -> int:
    return metrics.boundingRect(QRect(0, 0, width, 100_000), int(Qt.TextFlag.TextWordWrap), breakable(text)).height()
