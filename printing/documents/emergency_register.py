"""F16 应急（兜底）受理登记表: what was taken by hand while the system was down, and what became of it (data sheet §4 F16)."""

from __future__ import annotations

from clerk_app.ports import PaperOrder
from printing.documents import frame
from printing.documents.words import sentence
from printing.sheet import ROOM, Column, Sheet

_COLUMNS = (
    Column("手工编号、受理时间", 142),
    Column("申请人、事项", ROOM - 382),
    Column("材料", 52),
    Column("补录编号、时间、人", 188),
)


def draw(sheet: Sheet, order: PaperOrder) -> None:
    frame.needs_rows(order, order.rows)
    sheet.paragraph(sentence(order, "f16.opening"), indent=22)
    sheet.gap(6)
    rows = [
        (f"{own} {taken}", f"{who} {what}", papers, entered) for own, taken, who, what, papers, entered in order.rows
    ]
    sheet.table(_COLUMNS, rows)
    frame.ending(sheet, order, ("补录人签名", "核对人签名"), sentence(order, "f16.number"))
