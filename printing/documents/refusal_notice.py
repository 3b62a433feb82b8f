"""F10 不予决定通知书, for a permit 不予行政许可决定书: a negative decision with facts, reasons and remedies (data sheet §4 F10)."""

from __future__ import annotations

from clerk_app.domain.acts import GATEWAY
from clerk_app.domain.case import Move
from clerk_app.ports import PaperOrder
from printing.documents import acts, frame, party
from printing.documents.decline_notice import basis, told_basis, told_remedies
from printing.documents.titles import refused_in
from printing.documents.words import sentence
from printing.lines import Span
from printing.sheet import Sheet


def draw(sheet: Sheet, order: PaperOrder) -> None:
    act = acts.act_of(order, Move.FINISH)
    frame.addressee(sheet, order)
    sheet.paragraph(frame.applied(order, sentence(order, refused_in(order))), indent=22)
    sheet.gap(6)
    is_elsewhere = act.by == GATEWAY
    reason = act.reason or (sentence(order, "f10.no_reason") if is_elsewhere else "")
    sheet.paragraph([Span("事实和理由：", bold=True), Span(party.stopped(reason))], indent=22)
    told_basis(sheet, act)
    if is_elsewhere:
        sheet.paragraph(sentence(order, "f10.elsewhere", department=order.scheme.department), indent=22)
    sheet.gap(10)
    frame.pairs(sheet, order, [*frame.who_and_what(order), *acts.dates(order, "决定日期", act)])
    told_remedies(sheet, order)
    frame.ending(sheet, order, ("申请人签收",), basis(order, "f10.law"))
