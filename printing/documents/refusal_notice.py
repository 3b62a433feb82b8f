"""F10 不予决定通知书: a negative decision with facts, reasons and remedies (data sheet §4 F10)."""

from __future__ import annotations

from clerk_app.domain.case import Move
from clerk_app.ports import PaperOrder
from printing.documents import acts, frame
from printing.documents.decline_notice import basis, told_remedies
from printing.documents.words import sentence
from printing.lines import Span
from printing.sheet import Sheet


def draw(sheet: Sheet, order: PaperOrder) -> None:
    act = acts.act_of(order, Move.FINISH)
    frame.addressee(sheet, order)
    sheet.paragraph(frame.applied(order, sentence(order, "f10.opening")), indent=22)
    sheet.gap(6)
    sheet.paragraph([Span("事实和理由：", bold=True), Span(act.reason)], indent=22)
    sheet.gap(10)
    sheet.pairs([*frame.who_and_what(order), *acts.dates(order, "决定日期", act)])
    told_remedies(sheet, order)
    frame.ending(sheet, order, ("申请人签收",), basis(order, "f10.law"))
