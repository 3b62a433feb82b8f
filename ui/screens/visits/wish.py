"""What was filled in about a visit, and its being done. No Qt."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.time import short_chinese_date
from clerk_app.domain.visits import VisitState
from clerk_app.usecases import visiting
from clerk_app.usecases.desk import Desk


class Mode(StrEnum):
    PLAN = "plan"
    MOVE = "move"
    END = "end"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was filled in. ``day``/``at`` for PLAN and MOVE; ``state``, ``back_at``, ``companion``, ``note`` for END."""

    mode: Mode
    subject: str
    day: dt.date = dt.date.min
    at: str = ""
    items: tuple[str, ...] = ()
    bring: str = ""
    why: str = ""
    state: VisitState = VisitState.DONE
    back_at: str = ""
    companion: str = ""
    note: str = ""


def offered_items(desk: Desk, item: str) -> dict[str, str]:
    """The item that a suggestion is about, with its name; nothing when it names none or the catalogue has it no more."""
    hit = next(iter(desk.catalogue.search(item, 1)), None) if item else None
    return {item: hit.name} if hit is not None and hit.id == item else {}


def carry_out(desk: Desk, wish: Wish) -> str:
    """A job; what came of it, in words. Raises BadInput, Refused as the use cases do."""
    if wish.mode is Mode.PLAN:
        visiting.plan_visit(desk, wish.subject, wish.day, wish.at, wish.items, wish.bring, wish.why)
        return f"已安排：{short_chinese_date(wish.day)} {wish.at}。"
    if wish.mode is Mode.MOVE:
        visiting.move_visit(desk, wish.subject, wish.day, wish.at)
        return f"已改到 {short_chinese_date(wish.day)} {wish.at}。"
    visiting.finish(desk, wish.subject, wish.state, wish.back_at, wish.companion, wish.note)
    return "已记下这次上门。"
