"""作废通知书: a case that was taken by mistake is undone; its earlier papers are void too (rule 5 of §2.6)."""

from __future__ import annotations

from clerk_app.domain.case import Move
from clerk_app.ports import PaperOrder
from printing.documents import acts, frame, party
from printing.documents.words import sentence
from printing.lines import Span
from printing.sheet import Sheet


def draw(sheet: Sheet, order: PaperOrder) -> None:
    act = acts.act_of(order, Move.VOID)
    frame.addressee(sheet, order)
    sheet.paragraph(frame.applied(order, sentence(order, "void.opening")), indent=22)
    sheet.gap(6)
    sheet.paragraph([Span("原因：", bold=True), Span(party.stopped(act.reason))], indent=22)
    sheet.gap(10)
    earlier = "；".join(dict.fromkeys(order.case.document_numbers[form] for form in _told(order)))
    frame.pairs(
        sheet, order, [*frame.who_and_what(order), *acts.dates(order, "作废日期", act), ("失效的文书", earlier)]
    )
    frame.ending(sheet, order, ("申请人签收", "经办人签名", "复核人签名"), sentence(order, "void.again"))


def _told(order: PaperOrder) -> list[str]:
    """The papers given before, by form."""
    return [form for form in order.case.document_numbers if form != order.form.value]
