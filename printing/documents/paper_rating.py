"""F17 好差评纸质评价表: for whoever rates on paper, at home or far away (data sheet §4 F17).

It bears no name, number or code of the case: who fills it in may leave the number out, and put the sheet in the box unnamed.
"""

from __future__ import annotations

from clerk_app.domain.rating import LEVELS, REASONS
from clerk_app.ports import PaperOrder
from printing.documents.words import sentence
from printing.lines import Span
from printing.marks import CELL, SMALL
from printing.sheet import ROOM, Column, Sheet

_HALF = (ROOM - 78) / 2
_COLUMNS = (Column("满意程度", 78), Column("原因（可以多选，也可以不选）", _HALF), Column("", _HALF))


def draw(sheet: Sheet, order: PaperOrder) -> None:
    sheet.paragraph(sentence(order, "f17.opening"), indent=22)
    sheet.gap(6)
    sheet.pairs(
        [("服务窗口", f"{order.hall.name} {order.hall.window} 号窗口"), ("评价日期", sentence(order, "f17.date"))]
    )
    sheet.pairs([("办件编号", sentence(order, "f17.number"))])
    sheet.gap(6)
    if sheet.page.is_strip:
        _one_below_the_other(sheet)
    else:
        sheet.table(_COLUMNS, [row for level in sorted(LEVELS, reverse=True) for row in _rows(level)])
    sheet.gap(8)
    sheet.paragraph(sentence(order, "f17.advice"))
    sheet.lines_to_write_on(3)
    sheet.gap(6)
    sheet.paragraph(sentence(order, "f17.box", phone=order.hall.complaint_phone), SMALL)


def _one_below_the_other(sheet: Sheet) -> None:
    """A strip has no room for columns: each level, then its reasons."""
    for level in sorted(LEVELS, reverse=True):
        sheet.gap(4)
        sheet.paragraph([Span(f"□ {LEVELS[level]}", bold=True)])
        for words in REASONS[level].values():
            sheet.paragraph(f"□ {words}", CELL, indent=11)


def _rows(level: int) -> list[tuple[str, str, str]]:
    """Two reasons to a row, each box with its words; the level stands in its first row."""
    reasons = [f"□ {words}" for words in REASONS[level].values()]
    first = [f"□ {LEVELS[level]}", *[""] * len(reasons)]
    return [(mark, left, right) for mark, left, right in zip(first, reasons[::2], reasons[1::2], strict=False)]
