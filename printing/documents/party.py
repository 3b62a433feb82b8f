"""In whose name a paper is: a person's, or an organisation's for which somebody acts (data sheet §4: 申请人 姓名/名称 + 证件号).

A firm's paper is addressed to the firm, by name and 统一社会信用代码, and says 贵单位; its legal representative or its agent (经办人)
signs for it."""

from __future__ import annotations

import re

from clerk_app.ports import PaperOrder
from printing.documents import facts
from printing.documents.words import to_firm

_SIGNERS = {
    "申请人签收": "申请单位（{who}）签收",
    "申请人签名": "申请单位（{who}）签名",
    "承诺人签名": "承诺单位盖章、法定代表人签名",
    "代办人签名": "经办人签名",
    "受送达人（代收人）签名": "受送达单位（代收人）签名",
}
_SENTENCE_END = re.compile(r"[。！？…]$")


def is_firm(order: PaperOrder) -> bool:
    return order.application.organisation is not None


def name_and_number(order: PaperOrder) -> tuple[str, str]:
    """Whom the paper is for, and the masked number or the organisation's code with what it is; empty when there is none."""
    firm = order.application.organisation
    if firm is not None:
        return firm.name, f"统一社会信用代码 {firm.uscc}"
    return order.application.applicant.name, facts.masked_number(order.application.applicant)


def in_brackets(order: PaperOrder) -> str:
    """刘桂芳（公民身份号码 500199********2467）."""
    name, number = name_and_number(order)
    return f"{name}（{number}）" if number else name


def said(order: PaperOrder, text: str) -> str:
    """A few words of a form as they are said to whom it is for: 您, or 贵单位."""
    return to_firm(text) if is_firm(order) else text


def signer(order: PaperOrder, label: str) -> str:
    """Who signs: the applicant, or who acts for the organisation."""
    if not is_firm(order) or label not in _SIGNERS:
        return label
    return _SIGNERS[label].format(who="经办人" if order.application.agent else "法定代表人")


def stopped(text: str) -> str:
    """A reason as somebody typed it, with its full stop."""
    tidy = text.strip().rstrip("；;，,.")
    return tidy if not tidy or _SENTENCE_END.search(tidy) else f"{tidy}。"
