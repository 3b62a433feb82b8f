"""F9 特殊程序告知书: which procedure, why, on what basis, how long, and what it does to the promised day (data sheet §4 F9).

One form, two occasions: the notice when it begins, and the notice when it is over."""

from __future__ import annotations

import datetime as dt

from clerk_app.domain.acts import Act, last_act
from clerk_app.domain.case import Move
from clerk_app.domain.procedures import SPECIAL_NAMES, SpecialKind
from clerk_app.ports import PaperOrder
from printing.documents import acts, facts, frame
from printing.documents.words import sentence
from printing.lines import Rich, Span
from printing.sheet import Sheet


def draw(sheet: Sheet, order: PaperOrder) -> None:
    act = acts.act_of(order, Move.BEGIN_SPECIAL, Move.END_SPECIAL)
    is_over = act.move is Move.END_SPECIAL
    name = SPECIAL_NAMES[SpecialKind(act.code)] if act.code else ""
    frame.addressee(sheet, order)
    tail = sentence(order, "f9.over" if is_over else "f9.opening", name=name)
    sheet.paragraph(frame.applied(order, tail), indent=22)
    sheet.gap(6)
    counted = sentence(order, "f9.counted" if is_over else "f9.not_counted", days=act.detail.get("workdays", 0))
    sheet.paragraph([Span(counted, bold=True)], indent=22)
    sheet.gap(10)
    pairs: list[tuple[str, Rich]] = [("程序名称", name), *(_end(order, act) if is_over else _begin(order, act))]
    frame.pairs(sheet, order, [*frame.who_and_what(order), *pairs, *_days(act)])
    frame.ending(
        sheet, order, ("申请人签收", "告知人签名"), sentence(order, "f9.late") if act.detail.get("late") else ""
    )


def _begin(order: PaperOrder, act: Act) -> list[tuple[str, Rich]]:
    return [
        ("原因", act.reason),
        ("依据", act.text("basis")),
        ("所需时间", sentence(order, "f9.time", days=act.detail["workdays"], until=_day(act.text("until")))),
        ("开始日期", facts.day_text(act.day)),
    ]


def _end(order: PaperOrder, act: Act) -> list[tuple[str, Rich]]:
    begun = last_act(order.case, Move.BEGIN_SPECIAL)
    return [
        ("结果", act.reason),
        ("依据", begun.text("basis") if begun else ""),
        ("起止日期", f"{_day(act.text('since'))} 至 {facts.day_text(act.day)}"),
    ]


def _days(act: Act) -> list[tuple[str, Rich]]:
    """The promised day before and after; a promise without a day has neither."""
    return [
        ("原办结日期", _day(act.text("due_before"))),
        ("顺延后办结", [Span(f"{_day(act.text('due'))}（含）", bold=True)] if act.text("due") else ""),
    ]


def _day(iso: str) -> str:
    return facts.day_text(dt.date.fromisoformat(iso)) if iso else ""
