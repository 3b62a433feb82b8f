"""What a paper is called: as its line in domain/paper.py says, and a refusal by what was refused (data sheet §4 F10)."""

from __future__ import annotations

from collections.abc import Mapping

from clerk_app.domain.paper import FORM_NAMES, Form
from clerk_app.ports import PaperOrder
from printing.documents import facts

REFUSALS: Mapping[str, tuple[str, str]] = {
    facts.PERMIT: ("不予行政许可决定书", "f10.permit"),
    "05": ("不予给付决定书", "f10.benefit"),
    "07": ("不予确认决定书", "f10.confirmation"),
}
"""By 事项类型 (data sheet §2.3): the name of the refusal, and the key of its first sentence; any other is 不予决定通知书."""


def title_of(order: PaperOrder) -> str:
    """The name that stands on the paper."""
    return _refusal(order)[0] if order.form is Form.F10 else FORM_NAMES[order.form]


def refused_in(order: PaperOrder) -> str:
    """The key of the sentence that refuses."""
    return _refusal(order)[1]


def _refusal(order: PaperOrder) -> tuple[str, str]:
    types = {item.task_type for item in facts.items_of(order)}
    general = (FORM_NAMES[Form.F10], "f10.opening")
    return REFUSALS.get(types.pop(), general) if len(types) == 1 else general
