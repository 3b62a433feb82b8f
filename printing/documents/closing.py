"""How a form ends: its notes, the QR with number and check code, the clerk, the place for the seal, and the lines to sign on.

A paper that the applicant only receives ends in a slip that is cut off and stays at the window; one that both sides sign is
signed on the paper itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import qrcode

from clerk_app.domain.numbering import case_qr
from clerk_app.domain.paper import Copy, Form
from clerk_app.ports import PaperOrder
from printing.documents import facts, party
from printing.documents.titles import title_of
from printing.documents.words import sentence
from printing.glyphs import width
from printing.marks import BODY, FAINT, HAIR, INK, SMALL, SOFT, Box, Mark, Rule, Squares, Style
from printing.sheet import Sheet

SLIPS = frozenset({Form.F2, Form.F3, Form.F4, Form.F9, Form.F10, Form.F11, Form.F12, Form.VOID})
"""Papers given to the applicant, whose receipt is signed on a slip that stays here."""

_WHO = {
    Form.F1: "收件人",
    Form.F2: "受理人",
    Form.F4: "告知人",
    Form.F5: "收件人",
    Form.F9: "告知人",
    Form.F13: "送达人",
    Form.F15: "首问人",
}
"""What the clerk is called who gave the paper: by what they did, 受理人 only where something was accepted; else 经办人."""

_NO_CASE_NUMBER = frozenset({Form.F14, Form.F15, Form.F16})
"""Lists of cases, and a referral: the number beside the QR leads to where the paper is kept and is nobody's 办件编号."""

_QUIET = Style(9, 14, grey=SOFT)
_DESK = Style(10.5, 16.5)
_NUMBER = Style(8.5, 12, grey=SOFT)
_QR, _SEAL, _SIGNING = 78.0, 58.0, 28.0
_BEFORE_DESK = 14.0


def ending(sheet: Sheet, order: PaperOrder, signers: Sequence[str], *notes: str) -> None:
    """The form's own notes, what was not verified, what an offline number is; then the closing. A page that only has lines
    to sign on would prove nothing, so the last notes go with the closing."""
    every = [note for note in notes if note]
    if facts.has_pending(order):
        every.append(sentence(order, "offline.pending"))
    if order.offline and order.form not in _NO_CASE_NUMBER:
        every.append(sentence(order, "offline.number"))
    signers = [party.signer(order, label) for label in signers]
    together, rest, last = _height(sheet, order, signers), every[:-1], every[-1:]
    together += sum(sheet.height_of(note, SMALL) for note in last)
    if not rest and sheet.y + together + sheet.long(8) > sheet.page.bottom:
        sheet.carry_over()
    sheet.gap(8)
    for note in rest:
        sheet.paragraph(note, SMALL)
    sheet.need(together)
    for note in last:
        sheet.paragraph(note, SMALL)
    sheet.gap(_BEFORE_DESK)
    _desk(sheet, order)
    _sign(sheet, order, signers)


def _height(sheet: Sheet, order: PaperOrder, signers: Sequence[str]) -> float:
    """How high the closing will be, measured on a sheet of its own."""
    trial = Sheet(list, page=sheet.page)
    trial.y = 0.0
    _desk(trial, order)
    return trial.y + _slip_height(sheet, order, signers) + sheet.long(_BEFORE_DESK)


def _slip_height(sheet: Sheet, order: PaperOrder, signers: Sequence[str]) -> float:
    """From the dashed line down."""
    trial = Sheet(list, page=sheet.page)
    trial.y = 0.0
    if order.form in SLIPS:
        _slip_head(trial, order)
    for signer in signers:
        _signature_line(trial, f"{signer}：")
    return trial.y + sheet.long(10)


def _desk(sheet: Sheet, order: PaperOrder) -> None:
    """QR with number and check code at the left; clerk, telephone, seal and date at the right, or below."""
    page, top, number = sheet.page, sheet.y, order.case.local_number
    sheet.line(page.left, f"{_number_name(order)}　校验 {order.check}", _QUIET)
    sheet.y += sheet.long(19)
    sheet.mark(Squares(page.left, sheet.y, sheet.long(_QR), qr_rows(case_qr(number))))
    sheet.y += sheet.long(_QR + 3)
    sheet.line(page.left, number, _NUMBER)
    low = sheet.y + sheet.long(_NUMBER.leading)
    right = page.left if page.is_narrow else page.left + page.room * 0.58
    sheet.y = low + sheet.long(8) if page.is_narrow else top
    room = page.right - right
    sheet.paragraph(
        f"{_WHO.get(order.form, '经办人')}：{order.clerk_name}（{order.hall.window} 号窗口）", _DESK, x=right, room=room
    )
    phone = f"电话：{order.hall.phone}" if order.hall.phone else "电话：（见窗口公示）"
    complaint = f"投诉：{order.hall.complaint_phone}"
    both = f"{phone}　{complaint}"
    told = [both] if width(both, _DESK.size * page.scale) <= room else [phone, complaint]
    for each in told:
        sheet.paragraph(each, _DESK, x=right, room=room)
    sheet.y += sheet.long(4)
    sheet.mark(Box(right, sheet.y, room, sheet.long(_SEAL), 0.7, FAINT, dashed=True))
    middle = Style(10.5, _SEAL, grey=FAINT)
    sheet.line(right + room / 2, order.office.seal, middle, align="centre")
    sheet.y += sheet.long(_SEAL + 3)
    sheet.line(page.right, facts.day_text(order.dated.legal_date), BODY, align="right")
    sheet.y = max(low, sheet.y + sheet.long(BODY.leading)) + sheet.long(5)


def _number_name(order: PaperOrder) -> str:
    if order.form is Form.F15:
        return "引导编号"
    return "首件编号" if order.form in _NO_CASE_NUMBER and len(order.rows) > 1 else "办件编号"


def seal_box(pages: Sequence[Sequence[Mark]]) -> tuple[int, Box] | None:
    """Page number (from 0) and frame of the place for the seal, for an electronic one; the rating sheet has none."""
    for number in range(len(pages) - 1, -1, -1):
        for mark in reversed(pages[number]):
            if isinstance(mark, Box) and mark.dashed:
                return number, mark
    return None


def _sign(sheet: Sheet, order: PaperOrder, signers: Sequence[str]) -> None:
    page = sheet.page
    is_slip = order.form in SLIPS
    if is_slip and not page.is_strip:  # at the foot of the sheet, where it is easily cut
        sheet.y = max(sheet.y, page.bottom - _slip_height(sheet, order, signers))
    if is_slip:
        with sheet.only_on(Copy.KEPT):
            _slip_place(sheet, order, signers)
        with sheet.only_on(Copy.APPLICANT):
            sheet.mark(Rule(0.0, sheet.y, page.width, sheet.y, 0.7, FAINT, dashed=True))
            _slip_head(sheet, order)
            _signatures(sheet, signers)
    else:
        sheet.mark(Rule(page.left, sheet.y, page.right, sheet.y))
        _signatures(sheet, signers)


def _signatures(sheet: Sheet, signers: Sequence[str]) -> None:
    sheet.y += sheet.long(10)
    for signer in signers:
        _signature_line(sheet, f"{signer}：")


def _slip_place(sheet: Sheet, order: PaperOrder, signers: Sequence[str]) -> None:
    """On the sheet that is kept, where the slip is glued in, or signed right there: one signature, whoever has no scissors."""
    page, top = sheet.page, sheet.y
    height = _slip_height(sheet, order, signers) - sheet.long(4)
    sheet.mark(Box(page.left, top, page.room, height, 0.5, HAIR))
    sheet.y += sheet.long(6)
    sheet.paragraph(
        sentence(order, "slip.place"), _NUMBER, x=page.left + sheet.long(8), room=page.room - sheet.long(16)
    )
    sheet.y = top


def _slip_head(sheet: Sheet, order: PaperOrder) -> None:
    """Which paper of which case the slip belongs to: it must tell that alone."""
    page, size = sheet.page, _NUMBER.size * sheet.page.scale
    own = order.case.document_numbers.get(order.form.value, "")
    number = f"{order.case.local_number}　校验 {order.check}"
    told = "　".join(part for part in (title_of(order), own) if part)
    cut = sentence(order, "slip.cut")
    sheet.y += sheet.long(3)
    whole = f"{told}　{number}"
    if width(whole, size) + width(cut, size) + sheet.long(8) <= page.room:
        sheet.line(page.right, cut, _NUMBER, align="right")
        sheet.paragraph(whole, _NUMBER)
    elif width(told, size) + width(cut, size) + sheet.long(8) <= page.room:
        sheet.line(page.right, cut, _NUMBER, align="right")
        sheet.paragraph(told, _NUMBER)
        sheet.paragraph(number, _NUMBER)
    else:
        for each in (cut, told, number):
            sheet.paragraph(each, _NUMBER)


def _signature_line(sheet: Sheet, label: str) -> None:
    page, size = sheet.page, BODY.size * sheet.page.scale
    lines = [(label, page.left, page.left + page.room * 0.52), ("时间：", page.left + page.room * 0.55, page.right)]
    if page.is_narrow:
        lines = [(text, page.left, page.right) for text, _, _ in lines]
    for number, (text, start, end) in enumerate(lines):
        if number and page.is_narrow:
            sheet.y += sheet.long(_SIGNING)
        sheet.line(start, text, BODY)
        begin = start + width(text, size) + sheet.long(4)
        if end - begin < sheet.long(90 if page.is_narrow else 60):  # too little to sign on: below its name
            sheet.y += sheet.long(_SIGNING)
            begin = start
        low = sheet.y + sheet.long(BODY.leading - 1)
        sheet.mark(Rule(begin, low, end, low, 0.7, INK))
    sheet.y += sheet.long(_SIGNING)


@lru_cache(maxsize=16)
def qr_rows(text: str) -> tuple[tuple[bool, ...], ...]:
    """The QR matrix, error correction M, without its quiet zone: the paper around it is white."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text.encode("utf-8"))
    code.make(fit=True)
    return tuple(tuple(bool(cell) for cell in row) for row in code.get_matrix())
