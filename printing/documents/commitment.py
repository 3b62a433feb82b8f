"""F7 告知承诺书: five things told, four promised; free to choose, free to withdraw (data sheet §4 F7, must-know 17).

An agent cannot promise: only the applicant signs.
"""

from __future__ import annotations

from clerk_app.domain.service_item import WayKind
from clerk_app.ports import PaperOrder
from printing.documents import facts, frame, party
from printing.documents.words import sentence
from printing.lines import Span
from printing.sheet import ROOM, Column, Sheet, Style

_COLUMNS = (Column("序", 30), Column("由承诺代替的材料", 170), Column("承诺内容", ROOM - 200))
_PART, _CLAUSE = Style(12, 20, bold=True), Style(10.5, 16)


def draw(sheet: Sheet, order: PaperOrder) -> None:
    promised = facts.given_rows(order, WayKind.COMMITMENT)
    frame.needs_rows(order, promised)
    frame.undersigned(sheet, order)
    frame.pairs(sheet, order, frame.who_and_what(order))
    sheet.gap(4)
    sheet.need(_PART.leading + 2 * _CLAUSE.leading)
    sheet.paragraph(f"{order.hall.name}告知", _PART)
    item = f"“{order.scheme.name}”"
    for key in ("f7.tell_what", "f7.tell_content", "f7.tell_how", "f7.tell_liability", "f7.tell_check"):
        sheet.paragraph(sentence(order, key, item=item), _CLAUSE, indent=21)
    sheet.gap(8)
    rows = []
    for number, row in enumerate(promised, 1):
        way = row.material.way(WayKind.COMMITMENT)
        points = facts.joined(row.material.review_points)
        content = (way.detail if way else "") or points or f"{row.material.name}所证明的内容属实"
        rows.append((str(number), row.material.name, party.said(order, content)))
    sheet.table(_COLUMNS, rows)
    sheet.gap(10)
    sheet.need(_PART.leading + 2 * _CLAUSE.leading)
    sheet.paragraph(party.said(order, "申请人承诺"), _PART)
    for key in ("f7.promise_1", "f7.promise_2", "f7.promise_3", "f7.promise_4"):
        sheet.paragraph(sentence(order, key), _CLAUSE, indent=21)
    sheet.paragraph(
        [Span(sentence(order, "f7.free"), bold=True), Span(sentence(order, "f7.withdraw"))], _CLAUSE, indent=21
    )
    frame.ending(sheet, order, ("承诺人签名",), sentence(order, "f7.agent"))
