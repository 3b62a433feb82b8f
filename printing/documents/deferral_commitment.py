"""F6 容缺受理承诺书: the main papers are there, the rest follows by a day (data sheet §4 F6, must-know 16)."""

from __future__ import annotations

from clerk_app.domain.service_item import WayKind
from clerk_app.ports import PaperOrder
from printing.documents import facts, frame, party
from printing.documents.words import sentence
from printing.lines import Span
from printing.sheet import ROOM, Column, Sheet

_COLUMNS = (Column("序", 30), Column("缺少的材料", 190), Column("形式", 126), Column("最迟补齐", ROOM - 346))


def draw(sheet: Sheet, order: PaperOrder) -> None:
    deferred = facts.given_rows(order, WayKind.DEFER)
    frame.needs_rows(order, deferred)
    frame.undersigned(sheet, order)
    day = facts.day_text(facts.received(order).legal_date)
    item = Span(order.scheme.name, bold=True)
    sheet.paragraph(
        [Span(f"{party.said(order, '本人')}于 {day}提出"), item, Span(sentence(order, "f6.opening"))], indent=22
    )
    sheet.gap(4)
    clauses = ["f6.main", "f6.until", "f6.how", "f6.overdue"]
    if order.application.agent:
        clauses.append("f6.agent")
    for key in clauses:
        sheet.paragraph(sentence(order, key), indent=22)
    sheet.gap(10)
    rows = []
    for number, row in enumerate(deferred, 1):
        last = facts.last_day(order, row)
        form = f"{row.material.form or '纸质'}，{row.material.copies} 份"
        rows.append((str(number), row.material.name, form, f"{facts.day_text(last)}（含）" if last else "＿＿＿＿"))
    sheet.table(_COLUMNS, rows)
    sheet.gap(10)
    pairs = frame.who_and_what(order)
    if promised := facts.deadline_of(order):
        estimated = "，预估" if promised.estimated else ""
        pairs.append(("承诺办结", f"{facts.day_text(promised.day)}（{promised.limit}{estimated}）"))
    frame.pairs(sheet, order, pairs)
    frame.ending(sheet, order, ("承诺人签名", "代办人签名") if order.application.agent else ("承诺人签名",))
