"""One page that belongs to no case: a title, names with values, notes. For what a person asks to see of themselves, and for the
papers of the recovery key. It is never queued and never kept: made, handed to the printer, forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence

from printing.archive import Label
from printing.page import A4
from printing.pdf import paint
from printing.sheet import SMALL, Sheet, Style

_TITLE = Style(18, 28, bold=True)


def loose_sheet(title: str, pairs: Sequence[tuple[str, str]], notes: Sequence[str], office: str, day: str) -> bytes:
    """The PDF. ``office`` and ``day`` stand under the title; a pair with an empty value is a heading."""
    sheet = Sheet(list)
    sheet.line(A4.left + A4.room / 2, title, _TITLE, align="centre")
    sheet.y += 34
    sheet.paragraph(f"{office}　{day}", SMALL)
    sheet.gap(10)
    waiting: list[tuple[str, str]] = []
    for name, value in pairs:
        if value:
            waiting.append((name, value))
            continue
        sheet.pairs(waiting)
        waiting = []
        sheet.gap(8)
        sheet.paragraph(name, Style(11, 18, bold=True))
    sheet.pairs(waiting)
    sheet.gap(12)
    for note in notes:
        sheet.paragraph(note, SMALL)
    return paint(sheet.pages, A4, Label(title, office, "", "", "loose", "1"))
