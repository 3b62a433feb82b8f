"""F4 一次性告知书: everything that is missing or wrong, at once, with what would be right (data sheet §4 F4)."""

from __future__ import annotations

import datetime as dt

from clerk_app.domain.acts import last_act
from clerk_app.domain.case import Move
from clerk_app.domain.service_item import WAY_NAMES, Material, WayKind
from clerk_app.domain.time import iso_minutes
from clerk_app.ports import PaperOrder
from printing.documents import facts, frame
from printing.documents.words import sentence
from printing.lines import Rich
from printing.sheet import ROOM, Column, Sheet

_COLUMNS = (
    Column("序", 28),
    Column("材料", 104),
    Column("缺少或不符之处", 118),
    Column("应当怎样", 132),
    Column("样表和别的办法", ROOM - 382),
)
_UNTIL = "＿＿＿＿年＿＿月＿＿日前"  # papers of cases from before a day was always set
_EASIER = (WayKind.E_CERTIFICATE, WayKind.SHARED_DATA, WayKind.COMMITMENT, WayKind.DEFER)


def draw(sheet: Sheet, order: PaperOrder) -> None:
    frame.needs_rows(order, order.missing)
    frame.addressee(sheet, order)
    sheet.paragraph(frame.applied(order, sentence(order, "f4.opening")), indent=22)
    sheet.gap(8)
    known = {material.name: material for material in order.scheme.materials}
    rows = [
        (str(number), name, *_cells(known.get(name), name, reasons, order))
        for number, (name, reasons) in enumerate(order.missing, 1)
    ]
    sheet.table(_COLUMNS, rows)
    sheet.gap(10)
    frame.pairs(sheet, order, _pairs(order))
    notes = [sentence(order, "f4.once"), sentence(order, "f4.overdue"), sentence(order, "f4.clock")]
    if facts.is_permit(order):
        notes.append(sentence(order, "f4.law"))
    elif basis := facts.legal_basis(order):
        notes.append(sentence(order, "basis.law", basis="；".join(basis)))
    else:
        notes.append(sentence(order, "basis.guide"))
    frame.ending(sheet, order, ("申请人签收", "告知人签名"), *notes)


def _cells(material: Material | None, name: str, reasons: tuple[str, ...], order: PaperOrder) -> tuple[str, str, str]:
    """What is wrong; how it should be (form, copies, points of review); where a sample is and what else would do."""
    points = material.review_points if material else ()
    # The check of the materials adds the points of review to a missing paper: they stand in the next column.
    wrong = facts.beside(name, (reason for reason in reasons if reason not in points)) or ("缺少",)
    if material is None:
        return facts.joined(wrong), "—", "请问窗口"
    form = f"{material.form}，{material.copies} 份" if material.form else f"{material.copies} 份"
    should = facts.joined((form, material.spec, *points))
    ways = [WAY_NAMES[kind] for kind in _EASIER if material.way(kind) and not _barred(kind, order)]
    sample = "本窗口代填打印" if material.way(WayKind.FORM) else material.source_note or "样表在本窗口领取"
    return facts.joined(wrong), should, sample + (f"；也可以：{'、'.join(ways)}" if ways else "")


def _barred(kind: WayKind, order: PaperOrder) -> bool:
    """An agent cannot promise for the applicant (must-know 17)."""
    return kind is WayKind.COMMITMENT and order.application.agent is not None


def _pairs(order: PaperOrder) -> list[tuple[str, Rich]]:
    return [
        *frame.who_and_what(order),
        ("补正期限", _until(order)),
        ("咨询电话", order.hall.phone or "见窗口公示"),
        ("告知方式", f"{order.application.channel}当面书面告知"),
        ("告知时间", iso_minutes(order.dated)),
    ]


def _until(order: PaperOrder) -> str:
    """The day that was told, or a line to write it on."""
    act = last_act(order.case, Move.ASK_CORRECTION)
    until = act.text("until") if act else ""
    return f"{facts.day_text(dt.date.fromisoformat(until))}（含）前" if until else _UNTIL
