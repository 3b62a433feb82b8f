"""F17 好差评纸质评价表: for whoever rates on paper, at home or far away (data sheet §4 F17).

It bears no name, number or code of the case: who fills it in may leave the number out, and put the sheet in the box unnamed.
"""

from __future__ import annotations

from clerk_app.domain.rating import LEVELS, REASONS
from clerk_app.ports import PaperOrder
from printing.documents.words import sentence
from printing.lines import Span
from printing.marks import BODY, CELL, SMALL
from printing.sheet import ROOM, WRITING, Column, Sheet

_COLUMNS = (Column("满意程度", 76), Column("原因（可以多选，也可以不选）", 192), Column("", ROOM - 268))
_LEAST_LINES, _MOST_LINES = 2, 6


def draw(sheet: Sheet, order: PaperOrder) -> None:
    sheet.paragraph(sentence(order, "f17.opening"), indent=22)
    sheet.gap(6)
    sheet.pairs([("服务窗口", f"{order.hall.window} 号窗口"), ("评价日期", sentence(order, "f17.date"))])
    sheet.pairs([("办件编号", sentence(order, "f17.number"))])
    sheet.gap(6)
    if sheet.page.is_strip:
        _one_below_the_other(sheet)
    else:
        sheet.table(_COLUMNS, [_row(level) for level in sorted(LEVELS, reverse=True)])
    sheet.gap(8)
    advice, box = sentence(order, "f17.advice"), sentence(order, "f17.box", phone=order.hall.complaint_phone)
    below = sheet.height_of(advice, BODY) + sheet.height_of(box, SMALL) + sheet.long(8)
    sheet.need(below + sheet.long(_LEAST_LINES * WRITING))
    room = (sheet.page.bottom - sheet.y - below) / sheet.long(WRITING)
    sheet.paragraph(advice)
    sheet.lines_to_write_on(3 if sheet.page.is_strip else min(int(room), _MOST_LINES))
    sheet.gap(6)
    sheet.paragraph(box, SMALL)


def _one_below_the_other(sheet: Sheet) -> None:
    """A strip has no room for columns: each level, then its reasons."""
    for level in sorted(LEVELS, reverse=True):
        sheet.gap(4)
        sheet.paragraph([Span(f"□ {LEVELS[level]}", bold=True)])
        for words in REASONS[level].values():
            sheet.paragraph(f"□ {words}", CELL, indent=11)


def _row(level: int) -> tuple[str, str, str]:
    """A level and its reasons in two columns, each box with its words."""
    reasons = [f"□ {words}" for words in REASONS[level].values()]
    return f"□ {LEVELS[level]}", "\n".join(reasons[::2]), "\n".join(reasons[1::2])
