"""F15 首问负责引导单: not handled here; where to go, and who was asked first (data sheet §4 F15)."""

from __future__ import annotations

from clerk_app.domain.case import Move
from clerk_app.ports import PaperOrder
from printing.documents import acts, facts, frame, party
from printing.documents.words import sentence
from printing.lines import Rich, Span
from printing.sheet import Sheet


def draw(sheet: Sheet, order: PaperOrder) -> None:
    act = acts.act_of(order, Move.REFER)
    sheet.paragraph(sentence(order, "f15.opening"), indent=22)
    sheet.gap(6)
    matter = act.text("matter") or order.scheme.name
    sheet.paragraph([Span("想办的事：", bold=True), Span(matter)], indent=22)
    sheet.paragraph([Span("请到：", bold=True), Span(act.text("where"), bold=True)], indent=22)
    told = [("地址", act.text("address")), ("电话", act.text("phone"))]
    sheet.pairs([(label, text) for label, text in told if text])
    sheet.gap(8)
    pairs: list[tuple[str, Rich]] = [
        ("咨询人", _asker(order)),
        ("引导编号", order.case.local_number),
        ("引导日期", facts.day_text(act.day)),
        ("首问人", f"{order.clerk_name}（{order.hall.window} 号窗口）"),
    ]
    frame.pairs(sheet, order, pairs)
    frame.ending(sheet, order, ("首问人签名",), sentence(order, "f15.first"))


def _asker(order: PaperOrder) -> str:
    """Who asked, where a name was given: nobody has to."""
    name, number = party.name_and_number(order)
    return f"{name}　{number}".strip() if name else ""
