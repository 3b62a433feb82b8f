"""F1 收件回执: what was taken, counted; it is no acceptance (data sheet §4 F1). Both sides sign."""

from __future__ import annotations

from clerk_app.domain.service_item import Material, WayKind
from clerk_app.domain.time import iso_minutes
from clerk_app.ports import PaperOrder
from printing.documents import facts, frame
from printing.documents.words import sentence
from printing.lines import Span
from printing.sheet import ROOM, Column, Sheet

_COLUMNS = (
    Column("序", 28),
    Column("材料名称", 158),
    Column("原件/复印件", 66),
    Column("份数", 34),
    Column("页数", 34),
    Column("形式", 84),
    Column("备注", ROOM - 404),
)
_SHAPES = {
    WayKind.E_CERTIFICATE: "电子（证照）",
    WayKind.SHARED_DATA: "电子（共享）",
    WayKind.CAPTURE: "电子（高拍）",
    WayKind.ON_SITE: "电子（采集）",
    WayKind.FORM: "纸质（签字）",
}
_TAKEN = frozenset({WayKind.CAPTURE, WayKind.ON_SITE, WayKind.FORM})


def draw(sheet: Sheet, order: PaperOrder) -> None:
    taken = tuple(row for row in facts.rows(order) if row.given and (row.waived or row.given.way in _TAKEN))
    frame.addressee(sheet, order)
    sheet.paragraph(sentence(order, "f1.opening", item=f"“{order.scheme.name}”"), indent=22)
    sheet.paragraph([Span(sentence(order, "f1.not_acceptance"), bold=True)], indent=22)
    sheet.gap(8)
    frame.pairs(sheet, order, [*frame.who_and_what(order), ("收件时间", iso_minutes(facts.received(order)))])
    sheet.gap(8)
    if taken:
        sheet.table(_COLUMNS, [(str(number), *_cells(row)) for number, row in enumerate(taken, 1)])
    waived = sum(row.waived for row in taken)
    frame.ending(
        sheet,
        order,
        ("申请人签名", "收件人签名"),
        sentence(order, "f1.waived", count=waived) if waived else "",
        sentence(order, "f1.missing", count=len(order.missing)) if order.missing else "",
        sentence(order, "f1.five_days") + (sentence(order, "f1.deemed") if facts.is_permit(order) else ""),
    )


def _cells(row: facts.Row) -> tuple[str, ...]:
    material, given = row.material, row.given
    assert given is not None  # noqa: S101 - only given rows come here
    if row.waived:
        return (material.name, "—", "免交", "—", _SHAPES[given.way], row.mark)
    signed_here = given.way is WayKind.FORM
    pages = str(len(given.pages)) if given.pages else "＿＿" if signed_here else "—"
    return (material.name, _originals(material, given.way), str(material.copies), pages, _SHAPES[given.way], row.mark)


def _originals(material: Material, way: WayKind) -> str:
    """As the item's guide asks for it; what is signed here is an original, its sheets counted by hand."""
    if way is WayKind.FORM:
        return "原件"
    if material.originals and material.photocopies:
        return "原件、复印件"
    return "原件" if material.originals else "复印件" if material.photocopies else "—"
