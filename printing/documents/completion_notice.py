"""F11 办结通知书: the result, the licence and its number, how it is handed over (data sheet §4 F11)."""

from __future__ import annotations

from clerk_app.domain.case import Move
from clerk_app.ports import PaperOrder
from printing.documents import acts, frame, party
from printing.documents.words import sentence
from printing.lines import Rich, Span
from printing.sheet import Sheet


def draw(sheet: Sheet, order: PaperOrder) -> None:
    act = acts.act_of(order, Move.FINISH)
    frame.addressee(sheet, order)
    sheet.paragraph(frame.applied(order, sentence(order, "f11.opening")), indent=22)
    sheet.gap(6)
    sheet.paragraph([Span("办理结果：", bold=True), Span(party.stopped(order.case.outcome), bold=True)], indent=22)
    if order.case.outcome_note:
        sheet.paragraph([Span("说明：", bold=True), Span(party.stopped(order.case.outcome_note))], indent=22)
    sheet.gap(10)
    result = order.scheme.item.result if order.scheme.item else ""
    pairs: list[tuple[str, Rich]] = [
        ("证照文书", act.text("document") or result),
        ("编号", act.text("document_number")),
        ("有效期至", act.text("valid_to")),
        ("领取方式", order.application.delivery),
        ("承办部门", order.scheme.department),
    ]
    frame.pairs(sheet, order, [*frame.who_and_what(order), *acts.dates(order, "办结日期", act), *pairs])
    frame.ending(sheet, order, ("申请人签收",))
