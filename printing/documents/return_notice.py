"""F12 退件通知书: taken back by the applicant, or papers that did not follow in time (data sheet §4 F12)."""

from __future__ import annotations

from clerk_app.domain.case import Move
from clerk_app.ports import PaperOrder
from printing.documents import acts, frame
from printing.documents.words import sentence
from printing.sheet import ROOM, Column, Sheet

_COLUMNS = (Column("序", 30), Column("返还的材料", ROOM - 100), Column("页数", 70))


def draw(sheet: Sheet, order: PaperOrder) -> None:
    act = acts.act_of(order, Move.WITHDRAW, Move.RETURN)
    frame.addressee(sheet, order)
    is_back = act.move is Move.WITHDRAW
    tail = sentence(order, "f12.withdraw") if is_back else sentence(order, "f12.overdue", reason=act.reason)
    sheet.paragraph(frame.applied(order, tail), indent=22)
    sheet.paragraph(sentence(order, "f12.back"), indent=22)
    sheet.gap(8)
    if rows := acts.given_back(order):
        sheet.table(_COLUMNS, rows)
        sheet.gap(8)
    reason = act.reason if is_back else ""
    frame.pairs(sheet, order, [*frame.who_and_what(order), *acts.dates(order, "退件日期", act), ("撤回原因", reason)])
    frame.ending(sheet, order, ("申请人签收", "经办人签名"))
