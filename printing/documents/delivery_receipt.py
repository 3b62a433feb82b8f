"""F13 送达回证: what was handed over, to whom, how (data sheet §4 F13); one in the file."""

from __future__ import annotations

import datetime as dt

from clerk_app.domain.acts import Act
from clerk_app.domain.case import Move
from clerk_app.domain.people import mask_id
from clerk_app.domain.time import iso_minutes
from clerk_app.ports import PaperOrder
from printing.documents import acts, facts, frame, party
from printing.documents.words import sentence
from printing.lines import Rich
from printing.sheet import ROOM, Column, Sheet

_COLUMNS = (Column("序", 30), Column("文书、证照名称", 230), Column("编号", ROOM - 310), Column("份数", 50))
_WAYS = ("直接送达", "留置送达", "邮寄送达", "电子送达", "公告送达")
_HOW = {"applicant": ("直接送达", "申请人本人"), "authorised": ("直接送达", "代收人"), "mail": ("邮寄送达", ""),
        "electronic": ("电子送达", ""), "left": ("留置送达", ""), "announced": ("公告送达", "")}  # fmt: skip
_LEFT, _ANNOUNCED = "left", "announced"


def draw(sheet: Sheet, order: PaperOrder) -> None:
    act, end = acts.act_of(order, Move.DELIVER), acts.act_of(order, Move.FINISH)
    sheet.paragraph(sentence(order, "f13.opening"), indent=22)
    sheet.gap(6)
    result = order.scheme.item.result if order.scheme.item else ""
    name = end.text("document") or result or "办理结果"
    number = end.text("document_number") or "—"
    sheet.table(_COLUMNS, [("1", name, number, str(end.detail.get("copies", 1)))])
    sheet.gap(8)
    chosen, to = _HOW.get(act.text("how"), ("", ""))
    pairs: list[tuple[str, Rich]] = [
        ("受送达人", "　".join(part for part in party.name_and_number(order) if part)),
        ("送达方式", "　".join(f"【{'√' if way == chosen else '　'}】{way}" for way in _WAYS)),
        (
            "收件人",
            "" if act.text("name") else party.said(order, to),
        ),  # one who received for another stands in the next row
        ("代收人", act.text("name")),
        ("与本人关系", act.text("relation")),
        ("代收人证件", mask_id(act.text("document_number")) if act.text("document_number") else ""),
        ("邮件单号", " ".join(part for part in (act.text("carrier"), act.text("mail_number")) if part)),
        *_without_a_receiver(act),
        ("送达时间", iso_minutes(act.at) if not act.text("served_on") else _day(act.text("served_on"))),
        ("送达人", order.clerk_name),
    ]
    frame.pairs(sheet, order, [*frame.who_and_what(order), *pairs])
    how = act.text("how")
    own: tuple[str, ...] = ("受送达人（代收人）签名", "送达人签名")
    if how == "applicant" and _cannot_write(order):
        own = ("受送达人按指印", "见证人签名", "送达人签名")
    signers = {_LEFT: ("见证人签名", "送达人签名"), _ANNOUNCED: ("送达人签名",)}
    note = {_LEFT: "f13.left", _ANNOUNCED: "f13.announced"}.get(how)
    told = sentence(order, note) if note else ""
    frame.ending(sheet, order, signers.get(how, own), told)


def _cannot_write(order: PaperOrder) -> bool:
    """The applicant, who takes it in person, put a finger on paper when the case was taken: here too, before a witness."""
    signature = order.application.signature
    return signature is not None and signature.thumb is not None


def _without_a_receiver(act: Act) -> list[tuple[str, Rich]]:
    """留置 and 公告: why nobody signed, who saw it, where the paper is."""
    how, place = act.text("how"), act.text("place")
    if how == _LEFT:
        return [("拒收原因", act.reason), ("见证人", act.text("witness")), ("留置地点", place)]
    if how == _ANNOUNCED:
        return [("公告原因", act.reason), ("公告处", place), ("公告日期", _day(act.text("since")))]
    return []


def _day(iso: str) -> str:
    return facts.day_text(dt.date.fromisoformat(iso)) if iso else ""
