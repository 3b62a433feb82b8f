"""F8 授权委托书: who acts for whom, in what, until when (data sheet §4 F8); one in the file."""

from __future__ import annotations

import datetime as dt

from clerk_app.domain.parties import POWERS
from clerk_app.domain.people import Person
from clerk_app.errors import Refused
from clerk_app.ports import PaperOrder
from printing.documents import facts, frame
from printing.documents.words import sentence
from printing.lines import Rich, Span
from printing.sheet import Sheet


def draw(sheet: Sheet, order: PaperOrder) -> None:
    agent, mandate = order.application.agent, order.application.mandate
    if agent is None or mandate is None:
        raise Refused("没有代办人，不用打印授权委托书。", what_is_safe="办件没有变。")
    firm = order.application.organisation
    if firm:
        sheet.pairs([("委托单位", f"{firm.name}（统一社会信用代码 {firm.uscc}）")])
    frame.pairs(sheet, order, _who("法定代表人" if firm else "委托人", order.application.applicant))
    sheet.gap(4)
    sheet.pairs([*_who("受托人", agent), ("双方关系", mandate.relation)])
    sheet.gap(8)
    item = f"“{order.scheme.name}”"
    sheet.paragraph([Span(sentence(order, "f8.opening", item=item))], indent=22)
    powers = "　".join(f"【{'√' if power in mandate.scope else '　'}】{power}" for power in POWERS)
    sheet.paragraph(sentence(order, "f8.scope", scope=powers), indent=22)
    if mandate.until:
        day = facts.day_text(dt.date.fromisoformat(mandate.until))
        sheet.paragraph(sentence(order, "f8.until", day=day), indent=22)
    sheet.paragraph(sentence(order, "f8.true"), indent=22)
    sheet.gap(8)
    code = facts.code_of(order.scheme.item) if order.scheme.item else order.scheme.id
    sheet.pairs([("办件编号", order.case.local_number), ("委托事项", f"{order.scheme.name}（编码 {code}）")])
    frame.ending(sheet, order, ("委托单位盖章、法定代表人签名" if firm else "委托人签名", "受托人签名"))


def _who(label: str, person: Person) -> list[tuple[str, Rich]]:
    return [
        (label, f"{person.name}（{facts.masked_number(person)}）" if person.document_number else person.name),
        ("电话", facts.masked_phone(person)),
    ]
