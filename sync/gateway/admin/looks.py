"""What the administrator's pages show: counts, numbers, times. References only; bodies stay sealed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, select

from sync.gateway import blobs, checkpoints, deeds, schema
from sync.gateway.forwarding import lacks_a_page
from sync.gateway.gateway import Gateway
from sync.protocol import REASONS, Code

LIMIT = 100
_CHINA = dt.timezone(dt.timedelta(hours=8))
DEEDS = {
    "admin.password_set": "设了管理员密码",
    "admin.wrong_password": "密码错误",
    "admin.signed_in": "登录",
    "window.enrolled": "发了登记码",
    "window.revoked": "停用了窗口",
    "case.decided": "办结（演示）",
    "case.looked_up": "查了本厅办件",
    "case.taken_over": "接办了别的窗口的办件",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """The front page's figures."""

    cases: int
    today: int
    waiting: int
    held: int
    lacking: int
    refused: int
    conflicts: int
    faults: int
    free: int | None = None
    """Bytes of room for pages; None where that cannot be told."""

    @property
    def is_nearly_full(self) -> bool:
        """Before pages are refused."""
        return self.free is not None and self.free < 8 * blobs.RESERVE

    @property
    def room(self) -> str:
        """3.4 GB."""
        return "—" if self.free is None else f"{self.free / 2**30:.1f} GB"


def china_time(utc_ms: int) -> str:
    """2026-11-22 09:30:00 in Chongqing, or a dash for never."""
    return f"{dt.datetime.fromtimestamp(utc_ms / 1000, tz=_CHINA):%Y-%m-%d %H:%M:%S}" if utc_ms else "—"


def counts(gateway: Gateway) -> Counts:
    """How things stand."""
    cases, forward, points = schema.case, schema.forward, schema.checkpoint
    midnight = dt.datetime.fromtimestamp(gateway.clock.now().utc_ms / 1000, tz=_CHINA).replace(
        hour=0, minute=0, second=0
    )
    since_ms = int(midnight.timestamp()) * 1000
    open_ones = select(func.count()).select_from(forward).where(forward.c.done_revision < forward.c.revision)
    queries = (
        select(func.count()).select_from(cases),
        select(func.count()).select_from(cases).where(cases.c.received_ms >= since_ms),
        open_ones,
        open_ones.where(forward.c.trouble != ""),
        select(func.count()).select_from(cases).where(cases.c.case_number.is_(None), lacks_a_page()),
        select(func.count()).select_from(schema.refusal),
        select(func.count()).select_from(schema.conflict),
        select(func.count()).select_from(points).where(points.c.fault != ""),
    )
    with gateway.store.reading() as connection:
        figures = (int(connection.execute(query).scalar() or 0) for query in queries)
        return replace(Counts(*figures), free=gateway.blobs.free())


def newest_cases(gateway: Gateway) -> list[Row[*tuple[Any, ...]]]:
    """Cases that cannot be handed on, then the newest; with what the platform's outbox says, and whether they are only samples."""
    cases, forward, halls = schema.case, schema.forward, schema.hall
    query = (
        select(cases, forward.c.trouble, forward.c.tries, lacks_a_page().label("lacks"), halls.c.sample)
        .join_from(cases, forward, forward.c.case_id == cases.c.case_id)
        .join(halls, halls.c.code == cases.c.hall)
    )
    newest = query.order_by(cases.c.received_ms.desc(), cases.c.ordinal.desc()).limit(LIMIT)
    held = newest.where(forward.c.trouble != "", forward.c.done_revision < forward.c.revision)
    with gateway.store.reading() as connection:
        first = connection.execute(held).all()
        named = {row.case_id for row in first}
        return [*first, *(row for row in connection.execute(newest) if row.case_id not in named)]


def is_sample(gateway: Gateway, case_id: str) -> bool:
    """Whether a case belongs to a demo hall, whose cases may be decided here."""
    cases, halls = schema.case, schema.hall
    query = (
        select(halls.c.sample).join_from(cases, halls, halls.c.code == cases.c.hall).where(cases.c.case_id == case_id)
    )
    with gateway.store.reading() as connection:
        return bool(connection.execute(query).scalar())


def refused(gateway: Gateway) -> list[dict[str, Any]]:
    """The newest refusals with their reasons in words."""
    table = schema.refusal
    with gateway.store.reading() as connection:
        rows = connection.execute(select(table).order_by(table.c.last_ms.desc()).limit(LIMIT)).all()
    known = {code.value: words for code, words in REASONS.items()}
    return [
        {**row._asdict(), "reason": known.get(row.code, ""), "is_conflict": row.code == Code.CONFLICT} for row in rows
    ]


def windows(gateway: Gateway) -> list[Row[*tuple[Any, ...]]]:
    """Every enrolment, the last seen first."""
    table = schema.window
    with gateway.store.reading() as connection:
        return list(connection.execute(select(table).order_by(table.c.seen_ms.desc(), table.c.window_id)).all())


def faults(gateway: Gateway) -> list[dict[str, Any]]:
    """Journals that contradict what they said before."""
    table = schema.checkpoint
    query = select(table).where(table.c.fault != "").order_by(table.c.received_ms.desc()).limit(LIMIT)
    with gateway.store.reading() as connection:
        rows = connection.execute(query).all()
    return [{**row._asdict(), "words": checkpoints.WORDS.get(row.fault, row.fault)} for row in rows]


def done(gateway: Gateway) -> list[dict[str, Any]]:
    """Who did what, the newest first."""
    return [{**each, "words": DEEDS.get(str(each["act"]), each["act"])} for each in deeds.newest(gateway, LIMIT)]
