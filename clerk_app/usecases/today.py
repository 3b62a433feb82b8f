"""今天要有人办的: everything at this window that waits for a person, in one list, the most urgent first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clerk_app.domain.deadlines import workdays_between
from clerk_app.domain.lint import FIVE
from clerk_app.domain.time import short_chinese_date
from clerk_app.usecases.deadlines_watch import FollowingRow, OwedRow, following_papers, owed_answers
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.special import RunningRow, under_way

RED, AMBER, GREEN, GREY = "red", "amber", "green", "grey"
SOON = 1
"""Working days before a day that the applicant must keep (拟): then somebody calls."""


@dataclass(frozen=True, slots=True)
class DueRow:
    """One line. ``what``: whose turn it is; ``tone`` goes with ``text``; ``draft``: ``case_id`` is that of an intake not ended."""

    case_id: str
    local_number: str
    item: str
    applicant: str
    what: str
    text: str
    tone: str
    day: dt.date | None
    draft: bool = False


def due(desk: Desk) -> tuple[DueRow, ...]:
    """Answers owed (the five-day rule), papers that the applicant owes, procedures under way; red ones first, then by day.

    Raises:
        Refused: the role sees no cases.
    """
    today = desk.clock.now().legal_date
    rows = [_owed(row) for row in owed_answers(desk)]
    rows += [_following(desk, row, today) for row in following_papers(desk)]
    rows += [_running(desk, row, today) for row in under_way(desk)]
    order = (RED, AMBER, GREEN, GREY)
    return tuple(sorted(rows, key=lambda row: (order.index(row.tone), row.day or dt.date.max, row.local_number)))


def _owed(row: OwedRow) -> DueRow:
    what = "等督导确认" if row.deemed else "草稿，没有办完" if row.draft else "等窗口答复"
    text = f"{f'第 {row.days} 个工作日' if row.days else '今天收的'} · 最迟 {short_chinese_date(row.last_day)}"
    if row.deemed:
        text = "过了五个工作日，依法视为受理"
    elif row.days > FIVE:
        text = f"第 {row.days} 个工作日，过期了，请马上办"
    return DueRow(
        row.case_id,
        row.local_number,
        row.item,
        row.applicant,
        what,
        text,
        row.tone,
        row.last_day,
        row.draft,
    )


def _following(desk: Desk, row: FollowingRow, today: dt.date) -> DueRow:
    tone, text = _until(desk, row.until, today, late="到期没有补来，可以退件")
    return DueRow(row.case_id, row.local_number, row.item, row.applicant, "等申请人补材料", text, tone, row.until)


def _running(desk: Desk, row: RunningRow, today: dt.date) -> DueRow:
    tone, text = _until(desk, row.until, today, late="该结束了，期限在走")
    what = f"特殊程序：{row.name}"
    return DueRow(row.case_id, row.local_number, row.item, row.applicant, what, text, tone, row.until)


def _until(desk: Desk, day: dt.date | None, today: dt.date, *, late: str) -> tuple[str, str]:
    if day is None:
        return GREY, "日期在告知书上"
    if today > day:
        return RED, f"{short_chinese_date(day)}{late}"
    soon = workdays_between(today, day, desk.calendar) <= SOON
    return (AMBER if soon else GREEN), f"{short_chinese_date(day)}前"
