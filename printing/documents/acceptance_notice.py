"""F2 受理通知书: taken and accepted, by when it will be done, what may still follow (data sheet §4 F2)."""

from __future__ import annotations

from clerk_app.domain.deadlines import Deadline
from clerk_app.domain.service_item import WAY_NAMES, LimitUnit, WayKind
from clerk_app.ports import PaperOrder
from printing.documents import facts, frame
from printing.documents.words import sentence
from printing.lines import Rich
from printing.sheet import ROOM, Column, Sheet

_COLUMNS = (Column("序", 30), Column("材料", 190), Column("形式", 113), Column("份数", 42), Column("说明", ROOM - 375))
_PART_COLUMNS = (
    Column("序", 30),
    Column("一并办理的事项", 236),
    Column("承办部门", 130),
    Column("承诺时限", ROOM - 396),
)
_SHORT = {
    WayKind.E_CERTIFICATE: "电子证照，免交",
    WayKind.SHARED_DATA: "数据共享，免交",
    WayKind.COMMITMENT: "告知承诺，免交",
}


def draw(sheet: Sheet, order: PaperOrder) -> None:
    deferred = facts.given_rows(order, WayKind.DEFER)
    frame.addressee(sheet, order)
    tail = sentence(order, "f2.opening_deferred", count=len(deferred)) if deferred else sentence(order, "f2.opening")
    sheet.paragraph(frame.applied(order, tail), indent=22)
    sheet.gap(10)
    _dates(sheet, order, deferred)
    sheet.gap(14)
    frame.pairs(sheet, order, _pairs(order))
    _parts(sheet, order)
    sheet.gap(8)
    rows = tuple(row for row in facts.rows(order) if row.given)
    if rows:
        sheet.table(_COLUMNS, [(str(number), *_cells(order, row)) for number, row in enumerate(rows, 1)])
    frame.ending(sheet, order, ("申请人签收",), _basis(order))


def _parts(sheet: Sheet, order: PaperOrder) -> None:
    """The items that a life event does at once, in one consolidated notice."""
    if not order.scheme.parts:
        return
    sheet.gap(4)
    sheet.table(
        _PART_COLUMNS,
        [
            (str(n), part.name, part.department.name, str(facts.limit_of(order, part)))
            for n, part in enumerate(order.scheme.parts, 1)
        ],
    )
    sheet.gap(10)


def _pairs(order: PaperOrder) -> list[tuple[str, Rich]]:
    accepted = order.case.accepted_on
    who = "代办" if order.application.agent else "本人"
    return [
        *frame.who_and_what(order),
        ("申请日期", facts.day_text(facts.received(order).legal_date)),
        ("受理日期", facts.day_text(accepted) if accepted else ""),
        ("办理方式", f"{order.application.channel} · {who}"),
        ("收费", _fee(order)),
        ("领取方式", order.application.delivery_words or order.scheme.delivery_ways[0]),
        ("牵头部门" if order.scheme.parts else "承办部门", order.scheme.department),
        ("承办电话", _phones(order)),
        ("法定时限", "、".join(dict.fromkeys(str(item.statutory) for item in facts.items_of(order) if item.statutory))),
    ]


def _phones(order: PaperOrder) -> str:
    """The departments' own telephones where the catalogue or this district has them."""
    return "、".join(dict.fromkeys(item.department.phone for item in facts.items_of(order) if item.department.phone))


def _fee(order: PaperOrder) -> str:
    fees = dict.fromkeys(
        item.fee if item.fee == "不收费" or not item.fee_basis else f"{item.fee}（{item.fee_basis}）"
        for item in facts.items_of(order)
    )
    return "；".join(fees)


def _basis(order: PaperOrder) -> str:
    basis = list(facts.legal_basis(order))
    if facts.is_permit(order):
        basis.append(sentence(order, "basis.permit"))
    return sentence(order, "basis.law", basis="；".join(basis)) if basis else sentence(order, "basis.guide")


def _cells(order: PaperOrder, row: facts.Row) -> tuple[str, ...]:
    given, material = row.given, row.material
    assert given is not None  # noqa: S101 - only given rows come here
    if given.way is WayKind.DEFER:
        day = facts.last_day(order, row)
        return (material.name, "容缺", "—", f"{facts.short_day(day)}前补" if day else "")
    if given.way in _SHORT:
        return (material.name, _SHORT[given.way], "—", row.mark)
    pages = f"，{len(given.pages)} 页" if given.pages else ""
    way = "高拍影像" if given.way is WayKind.CAPTURE else WAY_NAMES[given.way]
    return (material.name, f"{way}{pages}", str(material.copies), row.mark)


def _dates(sheet: Sheet, order: PaperOrder, deferred: tuple[facts.Row, ...]) -> None:
    """The two days that matter, in a frame: done by, and the deferred papers by."""
    cells: list[tuple[str, str, str]] = []
    if promised := facts.deadline_of(order):
        cells.append(("最迟办结", *_promise(order, promised)))
    elif order.case.accepted_on:
        cells.append(("什么时候办好", str(facts.limit_of(order, order.scheme)), sentence(order, "f2.limit_later")))
    days = sorted({day for row in deferred if (day := facts.last_day(order, row))})
    if days:
        names = "、".join(row.material.name for row in deferred[:3])
        names += f"等 {len(deferred)} 份，见下表" if len(deferred) > 3 else ""
        label = "还要补交（容缺）" if len(days) == 1 else "还要补交（容缺），最早一份"
        cells.append((label, f"{facts.day_text(days[0])}（含）前", sentence(order, "f2.deferred", names=names)))
    if cells:
        sheet.panel(cells)


def _promise(order: PaperOrder, promised: Deadline) -> tuple[str, str]:
    on_the_spot = promised.limit.unit is LimitUnit.ON_THE_SPOT
    note = sentence(order, "f2.limit_now") if on_the_spot else sentence(order, "f2.limit", promised=promised.limit)
    if promised.estimated:
        return f"{facts.day_text(promised.day)}（预估）", f"{note}；{sentence(order, 'f2.estimated')}"
    return f"{facts.day_text(promised.day)}（含）", note
