"""F14 材料交接单: cases and papers that go to another window, centre or department (data sheet §4 F14). Both sides sign."""

from __future__ import annotations

from clerk_app.domain.case import Move
from clerk_app.domain.time import iso_minutes
from clerk_app.ports import PaperOrder
from printing.documents import acts, frame
from printing.documents.words import sentence
from printing.lines import Rich
from printing.sheet import ROOM, Column, Sheet

_COLUMNS = (
    Column("序", 28),
    Column("办件编号", 190),
    Column("事项", ROOM - 338),
    Column("申请人", 70),
    Column("材料份数", 50),
)


def draw(sheet: Sheet, order: PaperOrder) -> None:
    act = acts.act_of(order, Move.TRANSFER)
    frame.needs_rows(order, order.rows)
    sheet.paragraph(sentence(order, "f14.opening"), indent=22)
    sheet.gap(6)
    sheets = act.detail.get("sheets", 0)
    pairs: list[tuple[str, Rich]] = [
        ("发出方", f"{order.hall.name} {order.hall.window} 号窗口"),
        ("接收方", act.text("to")),
        ("件数", f"{len(order.rows)} 件"),
        ("纸质页数", f"{sheets} 页" if sheets else "没有纸质材料"),
        ("交接时间", iso_minutes(act.at)),
    ]
    sheet.pairs(pairs)
    sheet.gap(6)
    sheet.table(_COLUMNS, [(str(number), *row) for number, row in enumerate(order.rows, 1)])
    frame.ending(sheet, order, ("发出方签名", "接收方签名"))
