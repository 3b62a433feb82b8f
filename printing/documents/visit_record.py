"""F18 上门服务记录单: a clerk at the applicant's home; what is not known yet is written by hand (data sheet §4 F18).

Both sides sign; who cannot write gives a fingerprint, and a companion signs as a witness.
"""

from __future__ import annotations

from clerk_app.domain.service_item import WayKind
from clerk_app.ports import PaperOrder
from printing.documents import facts, frame, party
from printing.documents.words import sentence
from printing.sheet import ROOM, Column, Sheet

_COLUMNS = (Column("序", 28), Column("材料名称", 212), Column("上门前", 90), Column("上门核对", ROOM - 330))
_WAYS = {WayKind.DEFER: "容缺后补", WayKind.COMMITMENT: "告知承诺", WayKind.FORM: "现场填写"}
_BLANK = "＿" * 12


def draw(sheet: Sheet, order: PaperOrder) -> None:
    sheet.paragraph(sentence(order, "f18.opening"), indent=22)
    sheet.gap(6)
    named = ("服务对象", "　".join(part for part in party.name_and_number(order) if part))
    frame.pairs(sheet, order, [named, *frame.who_and_what(order)])
    times = [
        ("上门日期", sentence(order, "f17.date")),
        ("所在网格", _BLANK),
        ("出发时间", _BLANK),
        ("到达时间", _BLANK),
    ]
    sheet.pairs([*times, ("离开时间", _BLANK), ("返回时间", _BLANK), ("陪同人", _BLANK), ("陪同人身份", _BLANK)])
    sheet.gap(8)
    rows = facts.rows(order)
    frame.needs_rows(order, rows)
    sheet.table(
        _COLUMNS,
        [(str(number), row.material.name, _before(row), "□核对　□带回　□没有") for number, row in enumerate(rows, 1)],
    )
    frame.ending(
        sheet,
        order,
        ("服务对象签名或按指印", "上门人员签名", "陪同人签名"),
        sentence(order, "f18.finger"),
        sentence(order, "f18.free"),
    )


def _before(row: facts.Row) -> str:
    """How this material stood before the visit."""
    if row.given is None:
        return "还没有"
    if row.given.pages:
        return "已交"
    return row.mark or _WAYS.get(row.given.way, "免交" if row.waived else "—")
