"""A catalogue that came while the window was at work: what it changes and since when it lies here, for the clerk to see.

It is in use from the next sign-in on (or at once, when the window takes it up). What is under way keeps the rules it began with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from clerk_app.domain.canonical import Json
from clerk_app.domain.time import Stamp
from clerk_app.ports import UnitOfWork
from clerk_app.usecases.desk import Desk

NOTE = "catalogue.offered"
MOST_LINES = 200
"""Lines of what changed that are kept; a list longer than that nobody reads at a counter."""


class Taken(Protocol):
    """What taking a package did: versions before and after, and what differs, a line each when written as text."""

    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...
    @property
    def changes(self) -> Sequence[object]: ...


@dataclass(frozen=True, slots=True)
class Offered:
    """``changes``: lines for the clerk. ``more``: how many lines are not shown."""

    before: str
    version: str
    came: Stamp
    changes: tuple[str, ...]
    more: int = 0

    @property
    def headline(self) -> str:
        count = len(self.changes) + self.more
        what = f"有 {count} 处变化" if count else "内容没有变化"
        day = self.came.local.strftime("%m-%d %H:%M")
        return f"新的事项目录 {self.version} 已收到（{day}），{what}。下次登录起使用；正在办的仍按原来的规定。"


def note(uow: UnitOfWork, taken: Taken, now: Stamp) -> None:
    """Keep what came beside the cursor; the same package again changes nothing."""
    if taken.before == taken.after:
        return
    lines = [str(change) for change in taken.changes]
    told: Json = {
        "before": taken.before,
        "version": taken.after,
        "came": now.to_json(),
        "changes": lines[:MOST_LINES],
        "more": max(len(lines) - MOST_LINES, 0),
    }
    uow.config.set(NOTE, told)


def offered(desk: Desk) -> Offered | None:
    """What lies here and is not in use at this desk yet; None when the desk works with the newest."""
    with desk.store.begin(reading=True) as uow:
        told = uow.config.get(NOTE)
    if not isinstance(told, dict) or told["version"] == desk.catalogue.version:
        return None
    came = Stamp.from_json(told["came"])
    return Offered(told["before"], told["version"], came, tuple(told["changes"]), int(told["more"]))


def notice(desk: Desk) -> str:
    """The newest word of those who keep the catalogue; empty when there is none."""
    with desk.store.begin(reading=True) as uow:
        told = uow.config.get("notice")
    return str(told.get("text", "")) if isinstance(told, dict) else ""
