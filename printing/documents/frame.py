"""The frame that every form shares (data sheet §4): office, name, document number, who applies for what, and at the end
the QR, the clerk, the place for the seal and the lines to sign on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import qrcode

from clerk_app.domain.numbering import case_qr, check_code
from clerk_app.domain.paper import FORM_NAMES, Form
from clerk_app.domain.time import iso_minutes
from clerk_app.errors import Refused
from clerk_app.ports import PaperOrder
from printing.documents import facts
from printing.documents.words import sentence
from printing.glyphs import width
from printing.lines import Rich, Span, wrap
from printing.sheet import (
    BODY,
    FAINT,
    INK,
    LEFT,
    RIGHT,
    ROOM,
    SMALL,
    SOFT,
    Box,
    Mark,
    Rule,
    Sheet,
    Squares,
    Style,
    Text,
    baseline,
)

_OFFICE = Style(12.5, 18, bold=True)
_TITLE = Style(21, 30, bold=True)
_TITLE_SPACING = 6.5
_QUIET = Style(9, 14, grey=SOFT)
_DESK = Style(10.5, 16.5)
_CLOSING, _SIGNING = 124.0, 28.0
_RUNNING = Style(8.5, 12, grey=SOFT)


def heading(order: PaperOrder) -> Sequence[Mark]:
    """What stands on top of the second page and later ones: which paper this is, of which case."""
    sheet = Sheet(list)
    sheet.line(LEFT, f"{order.hall.name}　{FORM_NAMES[order.form]}（续）", _RUNNING)
    sample = f"{sentence('sample')}　" if facts.is_sample(order) else ""
    sheet.line(RIGHT, f"{sample}{order.case.local_number}", _RUNNING, align="right")
    return [*sheet.pages[0], Rule(LEFT, sheet.y + 16, RIGHT, sheet.y + 16)]


def needs_rows(order: PaperOrder, rows: Sequence[object]) -> None:
    """Raises Refused when the list that the paper is about is empty: an empty promise must not be signed."""
    if not rows:
        raise Refused(f"{FORM_NAMES[order.form]}里没有要写的材料，不用打印。", what_is_safe="办件没有变。")


def opening(sheet: Sheet, order: PaperOrder) -> None:
    """Office and print on top, title, document number."""
    sheet.line(LEFT, order.hall.name, _OFFICE)
    printed = f"第 {order.copy_number} 次打印　{iso_minutes(order.printed_at)}"
    sheet.line(RIGHT, printed, _QUIET, align="right")
    sheet.y += 18
    if facts.is_sample(order):
        _sample_mark(sheet)
    if order.form is not Form.F17:  # it goes into a box, and nobody keeps a copy
        sheet.line(RIGHT, sentence("copies"), _QUIET, align="right")
    sheet.y += 26
    title = FORM_NAMES[order.form]
    size = width(title, _TITLE.size, bold=True) + _TITLE_SPACING * (len(title) - 1)
    spans = (Span(title, bold=True),)
    middle = (LEFT + RIGHT - size) / 2
    sheet.mark(Text(middle, sheet.y + baseline(_TITLE), spans, _TITLE.size, INK, _TITLE_SPACING, meant=title))
    sheet.y += _TITLE.leading
    if number := order.case.document_numbers.get(order.form.value, ""):
        sheet.line((LEFT + RIGHT) / 2, number, Style(11, 20, grey=0.2), align="centre")
        sheet.y += 20
    sheet.y += 12


def _sample_mark(sheet: Sheet) -> None:
    text = sentence("sample")
    sheet.mark(Box(LEFT, sheet.y + 1, width(text, _QUIET.size) + 10, 15, 0.7, SOFT))
    sheet.line(LEFT + 5, text, Style(9, 17, grey=0.25))


def addressee(sheet: Sheet, order: PaperOrder) -> None:
    """Whom the paper is for: 刘桂芳（公民身份号码 500199********2467）："""
    person = order.application.applicant
    number = facts.masked_number(person)
    sheet.paragraph([Span(person.name, bold=True), Span(f"（{number}）：" if number else "：")])
    sheet.gap(3)


def undersigned(sheet: Sheet, order: PaperOrder) -> None:
    """Who promises: 承诺人 with the masked number."""
    person = order.application.applicant
    number = facts.masked_number(person)
    spans = [Span("承诺人："), Span(person.name, bold=True), Span(f"（{number}）" if number else "")]
    sheet.paragraph(spans)
    sheet.gap(3)


def applied(order: PaperOrder, tail: str) -> Rich:
    """您于 2026 年 11 月 21 日提出的**item**…"""
    day = facts.day_text(facts.received(order).legal_date)
    return [Span(f"您于 {day}提出的"), Span(order.scheme.name, bold=True), Span(tail)]


def who_and_what(order: PaperOrder) -> list[tuple[str, Rich]]:
    """Rows that every form carries: numbers, item with code, contact, identity check, agent. The acceptance notice of a
    life event lists its parts in a table of its own."""
    person, agent = order.application.applicant, order.application.agent
    item = order.scheme.item
    code = facts.code_of(item) if item else order.scheme.id
    pairs: list[tuple[str, Rich]] = [
        ("办件编号", order.case.local_number),
        ("渝快办编号", order.case.case_number),
        ("申请事项", f"{order.scheme.name}（编码 {code}）"),
        ("包含事项", "" if order.form is Form.F2 else "；".join(part.name for part in order.scheme.parts)),
        ("联系人", f"{person.name} {facts.masked_phone(person)}" if person.phone else ""),
        ("身份核验", facts.identity_check(person)),
    ]
    if agent:
        contact = "　".join(part for part in (facts.masked_number(agent), facts.masked_phone(agent)) if part)
        pairs.append(("代办人", f"{agent.name}（{contact}）　{facts.identity_check(agent)}"))
    if elsewhere := order.application.elsewhere:
        pairs.append(("办理地", f"{elsewhere.place}（{elsewhere.scope}，本窗口代收）"))
    return pairs


def ending(sheet: Sheet, order: PaperOrder, signers: Sequence[str], *notes: str) -> None:
    """The form's own notes, what was not verified, what an offline number is; then the closing. A page that only has lines
    to sign on would prove nothing, so the notes go with the closing."""
    every = [note for note in notes if note]
    if facts.has_pending(order):
        every.append(sentence("offline.pending"))
    if order.offline:
        every.append(sentence("offline.number"))
    lines = sum(len(wrap(note, SMALL.size, ROOM)) for note in every)
    sheet.need(8 + lines * SMALL.leading + 14 + _CLOSING + 16 + _SIGNING * len(signers))
    sheet.gap(8)
    for note in every:
        sheet.paragraph(note, SMALL)
    _closing(sheet, order, signers)


def _closing(sheet: Sheet, order: PaperOrder, signers: Sequence[str]) -> None:
    """QR with number and check code, clerk, seal, date; then a line to sign on for each signer."""
    sheet.gap(14)
    top, right = sheet.y, LEFT + 279
    number = order.case.local_number
    sheet.line(LEFT, f"办件编号　校验 {check_code(number)}", _QUIET)
    sheet.mark(Squares(LEFT, top + 19, 80, qr_rows(case_qr(number))))
    sheet.y = top + 104
    sheet.line(LEFT, number, Style(8.5, 12, grey=SOFT))

    sheet.y = top
    sheet.line(right, f"受理人：{order.clerk_name}（{order.hall.window} 号窗口）", _DESK)
    sheet.y += _DESK.leading
    phone = f"电话：{order.hall.phone}" if order.hall.phone else "电话：（见窗口公示）"
    sheet.line(right, f"{phone}　投诉：{order.hall.complaint_phone}", _DESK)
    sheet.y += _DESK.leading + 4
    sheet.mark(Box(right, sheet.y, RIGHT - right, 58, 0.7, FAINT, dashed=True))
    sheet.line((right + RIGHT) / 2, "业务受理专用章", Style(10.5, 58, grey=FAINT), align="centre")
    sheet.y += 61
    sheet.line(RIGHT, facts.day_text(order.printed_at.legal_date), BODY, align="right")
    sheet.y = top + _CLOSING
    sheet.mark(Rule(LEFT, sheet.y, RIGHT, sheet.y, 0.7, FAINT, dashed=True))
    sheet.y += 16
    for signer in signers:
        _signature_line(sheet, signer)


def _signature_line(sheet: Sheet, signer: str) -> None:
    label = f"{signer}："
    sheet.line(LEFT, label, BODY)
    start = LEFT + width(label, BODY.size) + 4
    low = sheet.y + BODY.leading - 1
    sheet.mark(Rule(start, low, LEFT + 245, low, 0.7, INK))
    sheet.line(LEFT + 260, "时间：", BODY)
    sheet.mark(Rule(LEFT + 297, low, LEFT + 437, low, 0.7, INK))
    sheet.y += _SIGNING


@lru_cache(maxsize=16)
def qr_rows(text: str) -> tuple[tuple[bool, ...], ...]:
    """The QR matrix, error correction M, without its quiet zone: the paper around it is white."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text.encode("utf-8"))
    code.make(fit=True)
    return tuple(tuple(bool(cell) for cell in row) for row in code.get_matrix())
