"""What the later papers read out of the case's own acts."""

from __future__ import annotations

from clerk_app.domain.acts import Act, last_act
from clerk_app.domain.case import Move
from clerk_app.errors import Refused
from clerk_app.ports import PaperOrder
from printing.documents import facts
from printing.lines import Rich


def act_of(order: PaperOrder, *moves: Move) -> Act:
    """The newest act of these kinds. Raises Refused when the case has none: the paper would tell of nothing."""
    act = last_act(order.case, *moves)
    if act is None:
        raise Refused("这件办件没有这种文书要写的内容。", what_is_safe="办件没有变。")
    return act


def given_back(order: PaperOrder) -> list[tuple[str, ...]]:
    """Rows (number, material, pages) of everything that was handed in."""
    rows = [row for row in facts.rows(order) if row.given and row.given.pages]
    return [(str(n), row.material.name, str(len(row.given.pages))) for n, row in enumerate(rows, 1) if row.given]


def dates(order: PaperOrder, label: str, act: Act) -> list[tuple[str, Rich]]:
    """When it was applied for, accepted, and when this act was."""
    accepted = order.case.accepted_on
    return [
        ("申请日期", facts.day_text(facts.received(order).legal_date)),
        ("受理日期", facts.day_text(accepted) if accepted else ""),
        (label, facts.day_text(act.day)),
    ]
