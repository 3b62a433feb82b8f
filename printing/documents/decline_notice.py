"""F3 不予受理通知书: ground, reason, provision, where to go instead, remedies (data sheet §4 F3). Seal and date are obligatory."""

from __future__ import annotations

from clerk_app.domain.acts import Act
from clerk_app.domain.case import Move
from clerk_app.domain.refusing import DECLINE_NAMES, DeclineKind
from clerk_app.ports import PaperOrder
from printing.documents import acts, facts, frame, party
from printing.documents.words import sentence
from printing.lines import Span
from printing.sheet import Sheet


def draw(sheet: Sheet, order: PaperOrder) -> None:
    act = acts.act_of(order, Move.DECLINE)
    frame.addressee(sheet, order)
    sheet.paragraph(frame.applied(order, sentence(order, "f3.opening")), indent=22)
    sheet.gap(6)
    ground = DECLINE_NAMES[DeclineKind(act.code)]
    sheet.paragraph([Span("理由：", bold=True), Span(f"{ground}。{party.stopped(act.reason)}")], indent=22)
    told_basis(sheet, act)
    if instead := act.text("instead"):
        sheet.paragraph(sentence(order, "f3.instead", instead=instead), indent=22)
    sheet.gap(10)
    frame.pairs(sheet, order, [*frame.who_and_what(order), *acts.dates(order, "决定日期", act)])
    told_remedies(sheet, order)
    frame.ending(sheet, order, ("申请人签收",), basis(order, "f3.law"))


def told_basis(sheet: Sheet, act: Act) -> None:
    """The provision that is not met, as whoever refused named it; cases refused before it was asked have none."""
    if basis := act.text("basis"):
        sheet.paragraph([Span("依据的条款：", bold=True), Span(party.stopped(basis))], indent=22)


def told_remedies(sheet: Sheet, order: PaperOrder) -> None:
    """Review and suit in the size of the text, with the bodies that the office named; else in general words."""
    review = order.office.review_body or sentence(order, "remedy.any_review")
    court = order.office.court or sentence(order, "remedy.any_court")
    told = sentence(order, "remedy.review", body=review) + sentence(order, "remedy.suit", court=court)
    sheet.gap(4)
    sheet.paragraph([Span("救济途径：", bold=True), Span(told)], indent=22)


def basis(order: PaperOrder, licence_law: str) -> str:
    """The item's own law; for permits the article of the licence law too (``licence_law``: its key); else the guide."""
    named = facts.legal_basis(order)
    told = sentence(order, "basis.law", basis="；".join(named)) if named else ""
    if facts.is_permit(order):
        return told + sentence(order, licence_law)
    return told or sentence(order, "basis.guide")
