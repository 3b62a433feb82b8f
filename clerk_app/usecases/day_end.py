"""日结 and 交接班: what was taken today, and by name every case that is not yet at the gateway or not yet at the platform.

Nothing is closed by closing a day: what waits goes on waiting and is named again tomorrow. The slip is what the next clerk signs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from clerk_app.domain.case import CaseState
from clerk_app.domain.time import Stamp
from clerk_app.ports import BookReport
from clerk_app.usecases.desk import Desk, must_see_cases
from clerk_app.usecases.figures import today_figures
from clerk_app.usecases.queries import CaseRow, case_rows

_AT_ONCE = 500
HOW = {
    "lost": "前置没有，已自动重送",
    "foreign": "前置有，本机没有",
    "other": "两边内容不一样",
}
_ENDED_HERE = frozenset({CaseState.DECLINED, CaseState.NOT_OURS, CaseState.VOIDED})


@dataclass(frozen=True, slots=True)
class DayEnd:
    """One window at the end of a day or shift. ``open_drafts``: saved and not accepted. ``books``: the comparison with the
    gateway in words; ``differences``: one line for each."""

    day: str
    at: str
    clerk: str
    window: str
    figures: tuple[tuple[str, int], ...]
    not_at_gateway: tuple[CaseRow, ...]
    not_at_platform: tuple[CaseRow, ...]
    open_drafts: int
    books: str
    differences: tuple[str, ...]

    @property
    def is_clear(self) -> bool:
        """Everything is where it should be."""
        return not (self.not_at_gateway or self.not_at_platform or self.differences)


def day_end(desk: Desk, books: BookReport | None = None) -> DayEnd:
    """How this window stands now. ``books``: the newest comparison; None when there was none (no line)."""
    must_see_cases(desk)
    now = desk.clock.now()
    rows = _all_rows(desk)
    with desk.store.begin(reading=True) as uow:
        drafts = len(uow.drafts.all())
        named = {each.case_id for each in (books.differences if books else ())}
        numbers = {each: case.local_number for each in named if (case := uow.cases.get(each))}
    return DayEnd(
        day=now.legal_date.isoformat(),
        at=_clock(now),
        clerk=f"{desk.session.name}（{desk.session.login}）",
        window=f"{desk.hall.name} {desk.hall.window} 号窗口",
        figures=tuple(today_figures(desk).items()),
        not_at_gateway=tuple(row for row in rows if row.sync in {"waiting", "refused", "attachments"}),
        not_at_platform=tuple(row for row in rows if row.sync == "acknowledged" and row.state not in _ENDED_HERE),
        open_drafts=drafts,
        books=_books_text(books),
        differences=tuple(
            f"{each.day} {numbers.get(each.case_id, each.message_id)}：{HOW[each.how]}"
            for each in (books.differences if books else ())
        ),
    )


def close_day(desk: Desk, end: DayEnd, *, shift: bool) -> None:
    """Put on record that the slip was made: who, when, and how many cases it names. ``shift``: 交接班 instead of 日结."""
    verb = "shift.handed_over" if shift else "day.closed"
    counts = {"gateway": str(len(end.not_at_gateway)), "platform": str(len(end.not_at_platform))}
    with desk.store.begin() as uow:
        counts |= {"drafts": str(end.open_drafts), "differences": str(len(end.differences))}
        uow.journal.append(desk.happening(verb, "", 0, **counts))
        uow.commit()


def slip(end: DayEnd, *, shift: bool) -> tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The printed slip: title, names with values, and a line for each case that is not where it should be."""
    title = "交接班单" if shift else "日结单"
    rows = [("窗口", end.window), ("人员", end.clerk), ("时间", end.at)]
    rows += [(name, f"{count} 件") for name, count in end.figures]
    rows += [
        ("未到前置", f"{len(end.not_at_gateway)} 件"),
        ("未到平台", f"{len(end.not_at_platform)} 件"),
        ("暂存未办", f"{end.open_drafts} 份"),
        ("两边对账", end.books),
    ]
    notes: list[str] = []
    for words, cases in (("未到前置", end.not_at_gateway), ("未到平台", end.not_at_platform)):
        notes += [f"{words}：{row.local_number} {row.applicant} {row.item}（{row.sync_text}）" for row in cases]
    notes += [f"对账：{line}" for line in end.differences]
    if end.is_clear:
        notes.append("没有未送达的办件。")
    notes.append("交班人签字：____________    接班人签字：____________" if shift else "经办人签字：____________")
    return title, tuple(rows), tuple(notes)


def _all_rows(desk: Desk) -> list[CaseRow]:
    """Every case that is not through yet. A package stands for its parts where all of them are as far as it is."""
    rows: list[CaseRow] = []
    offset = 0
    while page := case_rows(desk, _AT_ONCE, offset):
        rows += [row for row in page if row.sync != "numbered"]
        offset += len(page)
    return rows


def _books_text(books: BookReport | None) -> str:
    if books is None:
        return "没有联网，没有对账"
    if not books.answered:
        return "前置版本较早，不能对账"
    text = f"本机 {books.ours} 条，前置 {books.theirs} 条"
    if not books.differences:
        return f"{text}，一致"
    kinds = Counter(each.how for each in books.differences)
    return text + "，不一致：" + "，".join(f"{HOW[how]} {count} 条" for how, count in sorted(kinds.items()))


def _clock(now: Stamp) -> str:
    return now.local.strftime("%Y-%m-%d %H:%M")
