"""The frame that every form shares (data sheet §4): office, name, document number, who applies for what. What stands at its end
(QR, clerk, seal, lines to sign on) is in closing.py; in whose name it is, in party.py."""

from __future__ import annotations

from collections.abc import Sequence

from clerk_app.domain.paper import FORM_NAMES, Copy, Form
from clerk_app.domain.time import iso_minutes
from clerk_app.errors import Refused
from clerk_app.ports import PaperOrder
from printing.documents import facts, party
from printing.documents.closing import ending
from printing.documents.titles import title_of
from printing.documents.words import sentence
from printing.glyphs import is_drawn, width
from printing.lines import Rich, Span
from printing.marks import INK, LABEL, SOFT, Box, Mark, Rule, Style, Text, baseline
from printing.page import Page
from printing.pictures import shape_of
from printing.sheet import Sheet

__all__ = [
    "addressee",
    "applied",
    "ending",
    "footer",
    "heading",
    "needs_rows",
    "opening",
    "pairs",
    "undersigned",
    "who_and_what",
]

_OFFICE = Style(12.5, 18, bold=True)
_TITLE = Style(21, 30, bold=True)
_TITLE_SPACING = 6.5
_QUIET = Style(9, 14, grey=SOFT)
_RUNNING = Style(8.5, 12, grey=SOFT)
_LOGO = 30.0
_NAME_HEIGHT = 20.0
_NAMING = frozenset({"受送达人", "委托人", "咨询人", "服务对象"})
"""Rows that name the applicant on forms without a line that addresses them."""
_COPY_TEXTS = {
    Copy.APPLICANT: "copy.applicant",
    Copy.KEPT: "copy.kept",
    Copy.FILE: "copy.file",
    Copy.SENDER: "copy.sender",
    Copy.RECEIVER: "copy.receiver",
    Copy.ASKER: "copy.asker",
    Copy.REGISTER: "copy.register",
}


def heading(order: PaperOrder, page: Page) -> Sequence[Mark]:
    """What stands on top of the second page and later ones: which paper this is, of which case."""
    if page.is_strip:
        return []
    sheet = Sheet(list, page=page)
    scale = min(1.0, 1.2 / page.scale)
    running = _RUNNING.times(scale)
    sample = f"{sentence(order, 'sample')}　" if facts.is_sample(order) else ""
    number = f"{sample}{'' if order.form is Form.F17 else order.case.local_number}"  # who rates may stay unnamed
    name = f"{title_of(order)}（续）"
    _ends(sheet, running, (f"{_office(order)}　{name}", name, title_of(order)), number)
    sheet.y += running.leading * page.scale
    own = order.case.document_numbers.get(order.form.value, "")
    _ends(sheet, running, ("　".join(part for part in (own, f"第 {order.copy_number} 次打印") if part),), "")
    for copy, text in whose_copies(order).items():
        with sheet.only_on(copy):
            sheet.line(page.right, text, running, align="right")
    low = sheet.y + running.leading * page.scale + 3
    return [*sheet.pages[0], Rule(page.left, low, page.right, low)]


def _ends(sheet: Sheet, style: Style, left: Sequence[str], right: str) -> None:
    """The first of the words that fits at the left, beside what stands at the right."""
    size = style.size * sheet.page.scale
    room = sheet.page.room - (width(right, size) + sheet.long(12) if right else 0.0)
    sheet.line(sheet.page.left, next((text for text in left if width(text, size) <= room), left[-1]), style)
    if right:
        sheet.line(sheet.page.right, right, style, align="right")


def needs_rows(order: PaperOrder, rows: Sequence[object]) -> None:
    """Raises Refused when the list that the paper is about is empty: an empty promise must not be signed."""
    if not rows:
        raise Refused(f"{FORM_NAMES[order.form]}里没有要写的材料，不用打印。", what_is_safe="办件没有变。")


def opening(sheet: Sheet, order: PaperOrder) -> None:
    """Office and print on top, title, document number."""
    _top(sheet, order)
    title = title_of(order)
    page, style = sheet.page, _TITLE.times(sheet.page.scale)
    spare = page.room - width(title, style.size, bold=True)
    spacing = min(sheet.long(_TITLE_SPACING), spare / len(title))
    size = width(title, style.size, bold=True) + spacing * (len(title) - 1)
    middle = (page.left + page.right) / 2
    spans = (Span(title, bold=True),)
    sheet.mark(Text(middle - size / 2, sheet.y + baseline(style), spans, style.size, INK, spacing, meant=title))
    sheet.y += style.leading
    if number := order.case.document_numbers.get(order.form.value, ""):
        sheet.line(middle, number, Style(11, 20, grey=0.2), align="centre")
        sheet.y += sheet.long(20)
    sheet.y += sheet.long(12)


def _top(sheet: Sheet, order: PaperOrder) -> None:
    """Logo and office at the left; which print, when and whose copy at the right, or below where the page is narrow."""
    page, left = sheet.page, sheet.page.left
    printed = f"第 {order.copy_number} 次打印　{iso_minutes(order.printed_at)}"
    whose = whose_copies(order)
    if order.office.logo and (shape := shape_of(order.office.logo)):
        high = sheet.long(_LOGO)
        wide = min(high * shape, sheet.long(90))
        sheet.picture(left, wide, wide / shape, order.office.logo)
        left += wide + sheet.long(8)
    beside = max(width(text, _QUIET.size * page.scale) for text in (printed, *whose.values())) + sheet.long(14)
    is_beside = not page.is_narrow
    top = sheet.y
    if is_beside:
        sheet.line(page.right, printed, _QUIET, align="right")
        sheet.y += sheet.long(18)
        for copy, text in whose.items():
            with sheet.only_on(copy):
                sheet.line(page.right, text, _QUIET, align="right")
        sheet.y = top
    room = page.right - left - (beside if is_beside else 0.0)
    sheet.paragraph(_office(order), _OFFICE, x=left, room=room)
    if order.office.second_line:
        sheet.paragraph(order.office.second_line, _QUIET, x=left, room=room)
    if facts.is_sample(order):
        text = sentence(order, "sample")
        wide = width(text, _QUIET.size * page.scale) + sheet.long(10)
        sheet.mark(Box(left, sheet.y + sheet.long(1), wide, sheet.long(15), 0.7, SOFT))
        sheet.line(left + sheet.long(5), text, Style(9, 17, grey=0.25))
        sheet.y += sheet.long(19)
    if not is_beside:
        sheet.paragraph(printed, _QUIET)
        start = low = sheet.y
        for copy, text in whose.items():
            sheet.y = start
            with sheet.only_on(copy):
                sheet.paragraph(text, _QUIET)
            low = max(low, sheet.y)
        sheet.y = low
    low = top + sheet.long(_LOGO + 2 if order.office.logo else 34)
    sheet.y = (max(sheet.y, low) if is_beside else sheet.y) + sheet.long(10)


def whose_copies(order: PaperOrder) -> dict[Copy, str]:
    """What each sheet says of whose it is (本联…)."""
    return {copy: sentence(order, _COPY_TEXTS[copy]) for copy in order.sheets if copy in _COPY_TEXTS}


def _office(order: PaperOrder) -> str:
    return order.office.header or order.hall.name


def addressee(sheet: Sheet, order: PaperOrder) -> None:
    """Whom the paper is for: 刘桂芳（公民身份号码 500199********2467）：, or a firm with its code."""
    _, number = party.name_and_number(order)
    _named(sheet, order, "", f"（{number}）：" if number else "：")


def undersigned(sheet: Sheet, order: PaperOrder) -> None:
    """Who promises: 承诺人 with the masked number, or the firm (承诺单位)."""
    _, number = party.name_and_number(order)
    _named(sheet, order, "承诺单位：" if party.is_firm(order) else "承诺人：", f"（{number}）" if number else "")


def _named(sheet: Sheet, order: PaperOrder, before: str, after: str) -> None:
    name, _ = party.name_and_number(order)
    sheet.paragraph([Span(before), Span(name, bold=True), Span(after)])
    if not party.is_firm(order):
        as_on_card(sheet, order)
    sheet.gap(3)


def pairs(sheet: Sheet, order: PaperOrder, rows: Sequence[tuple[str, Rich]]) -> None:
    """Labels with values; where one of them names the applicant (not the line above), the name as on the card right below."""
    naming = {"法定代表人"} if party.is_firm(order) else _NAMING
    at = next((at for at, (label, _) in enumerate(rows) if label in naming), None)
    if at is None or not _card_shape(order):
        sheet.pairs(rows)
        return
    sheet.pairs(rows[: at + 1])
    as_on_card(sheet, order)
    sheet.pairs(rows[at + 1 :])


def as_on_card(sheet: Sheet, order: PaperOrder) -> None:
    """A name that no font draws stands above as code points; here as the card itself shows it."""
    shape = _card_shape(order)
    if not shape:
        return
    label = "证件上的姓名："
    start = sheet.page.left + width(label, LABEL.size * sheet.page.scale) + sheet.long(2)
    wide = min(sheet.long(_NAME_HEIGHT) * shape, sheet.page.right - start)
    high = wide / shape
    sheet.need(high + sheet.long(4))
    sheet.line(sheet.page.left, label, Style(LABEL.size, high / sheet.page.scale, grey=LABEL.grey))
    sheet.picture(start, wide, high, order.name_picture)
    sheet.y += high + sheet.long(4)


def _card_shape(order: PaperOrder) -> float:
    """Width by height of the name on the card where a picture of it is needed and there; else 0."""
    name = order.application.applicant.name
    return shape_of(order.name_picture) if order.name_picture and not all(map(is_drawn, name)) else 0.0


def applied(order: PaperOrder, tail: str) -> Rich:
    """您于 2026 年 11 月 21 日提出的**item**… (a firm: 贵单位)"""
    day = facts.day_text(facts.received(order).legal_date)
    return [Span(f"{party.said(order, '您')}于 {day}提出的"), Span(order.scheme.name, bold=True), Span(tail)]


def who_and_what(order: PaperOrder) -> list[tuple[str, Rich]]:
    """Rows that every form carries: numbers, item with code, contact, identity check, agent. The acceptance notice of a
    life event lists its parts in a table of its own."""
    application = order.application
    person, agent, guardian = application.applicant, application.agent, application.guardian
    item = order.scheme.item
    code = facts.code_of(item) if item else order.scheme.id
    firm, elsewhere = application.organisation, application.elsewhere
    speaks = agent if firm and agent else person
    check = facts.identity_check(order, person)
    rows: list[tuple[str, Rich]] = [
        ("办件编号", order.case.local_number),
        ("渝快办编号", order.case.case_number),
        ("申请事项", f"{order.scheme.name}（编码 {code}）" if code else order.scheme.name),
        ("包含事项", "" if order.form is Form.F2 else "；".join(part.name for part in order.scheme.parts)),
        ("法定代表人", f"{person.name}（{facts.masked_number(person)}）　{check}" if firm else ""),
        ("联系人", f"{speaks.name} {facts.masked_phone(speaks)}" if speaks.phone else ""),
        ("身份核验", "" if firm else check),
        ("办理地", f"{elsewhere.place}（{elsewhere.scope}）" if elsewhere else ""),
    ]
    signature = application.signature
    if signature is not None and signature.thumb is not None:
        rows.append(("签字方式", signature.words))
    for label, other in (("经办人" if firm else "代办人", agent), ("监护人", guardian)):
        if other:
            contact = "　".join(part for part in (facts.masked_number(other), facts.masked_phone(other)) if part)
            rows.append((label, f"{other.name}（{contact}）　{facts.identity_check(order, other)}"))
    return rows


def footer(order: PaperOrder) -> str:
    """What a photocopy or a file is checked by."""
    parts = [f"校验 {order.check}"]
    if order.key_words:
        parts.append(sentence(order, "footer.key", print=order.key_words))
    return "　".join(parts)
