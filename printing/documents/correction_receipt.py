"""F5 补正材料收件凭证: what came in later, whether all is there now, the new day of acceptance (data sheet §4 F5)."""

from __future__ import annotations

from clerk_app.domain.case import Move
from clerk_app.domain.service_item import WAY_NAMES
from clerk_app.domain.time import iso_minutes
from clerk_app.ports import PaperOrder
from printing.documents import acts, facts, frame
from printing.documents.words import sentence
from printing.lines import Span
from printing.sheet import ROOM, Column, Sheet

_COLUMNS = (Column("序", 30), Column("交来的材料", 250), Column("形式", 120), Column("页数", ROOM - 400))
_MISSING = (Column("序", 30), Column("材料", 190), Column("缺少或不符之处", ROOM - 220))


def draw(sheet: Sheet, order: PaperOrder) -> None:
    act = acts.act_of(order, Move.RECEIVE_CORRECTION, Move.SUPPLEMENT, Move.SUPPLEMENT_PART)
    frame.addressee(sheet, order)
    sheet.paragraph(sentence(order, "f5.opening", item=f"“{order.scheme.name}”"), indent=22)
    sheet.gap(8)
    names = {material.id: material.name for material in order.scheme.materials}
    brought = [key for key in act.detail.get("brought", []) if key in order.application.materials]
    rows = []
    for number, key in enumerate(brought, 1):
        given = order.application.materials[key]
        pages = str(len(given.pages)) if given.pages else "—"
        rows.append((str(number), names.get(key, key), WAY_NAMES[given.way], pages))
    if rows:
        sheet.table(_COLUMNS, rows)
        sheet.gap(8)
    _outcome(sheet, order, act.move, list(act.detail.get("missing", [])), names, complete=bool(act.detail["complete"]))
    sheet.gap(8)
    frame.pairs(sheet, order, [*frame.who_and_what(order), ("补交时间", iso_minutes(act.at))])
    late = sentence(order, "f5.late") if act.detail.get("late") else ""
    frame.ending(sheet, order, ("申请人签名", "收件人签名"), late)


def _outcome(
    sheet: Sheet, order: PaperOrder, move: Move, missing: list[list[object]], names: dict[str, str], *, complete: bool
) -> None:
    if complete and move is Move.RECEIVE_CORRECTION and order.case.accepted_on:
        text = sentence(order, "f5.complete", day=facts.day_text(order.case.accepted_on))
        sheet.paragraph([Span(text, bold=True)], indent=22)
    elif complete:
        sheet.paragraph([Span(sentence(order, "f5.deferred_complete"), bold=True)], indent=22)
    else:
        sheet.paragraph([Span(sentence(order, "f5.incomplete"), bold=True)], indent=22)
        sheet.gap(4)
        rows = []
        for number, (key, reasons) in enumerate(missing, 1):
            name = names.get(str(key), str(key))
            told = facts.beside(name, map(str, reasons)) if isinstance(reasons, list) else ()
            rows.append((str(number), name, facts.joined(told)))
        if rows:
            sheet.table(_MISSING, rows)
