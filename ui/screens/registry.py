"""ADD A SCREEN HERE: one file in this folder and one line below; rail, shortcuts and badges follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from clerk_app.domain.hall import Role
from clerk_app.domain.rights import Right, may
from ui.context import Context, Screen
from ui.screens.delivery import DeliveryScreen
from ui.screens.drafts import DraftsScreen
from ui.screens.emergency import EmergencyScreen
from ui.screens.guide import GuideScreen
from ui.screens.intake.page import IntakeScreen
from ui.screens.person import PersonScreen
from ui.screens.search.screen import SearchScreen
from ui.screens.settings.screen import SettingsScreen
from ui.screens.stats import StatsScreen
from ui.screens.sync import SyncScreen
from ui.screens.visits.screen import VisitsScreen


@dataclass(frozen=True, slots=True)
class Entry:
    """``icon``: a name in icons.py. ``badge``: which count stands on the rail: drafts, waiting, or none.

    ``right``: who sees the place; None: everybody.
    """

    id: str
    label: str
    icon: str
    build: Callable[[Context], Screen]
    badge: str = ""
    right: Right | None = Right.SEE_CASES


SCREENS: tuple[Entry, ...] = (
    Entry("intake", "受理", "intake", IntakeScreen, right=Right.TAKE_CASES),
    Entry("drafts", "暂存", "drafts", DraftsScreen, badge="drafts", right=Right.TAKE_CASES),
    Entry("delivery", "出件", "delivery", DeliveryScreen),
    Entry("visits", "上门办", "visits", VisitsScreen, right=Right.VISITS),
    Entry("sync", "同步", "sync", SyncScreen, badge="waiting"),
    Entry("search", "查询", "search", SearchScreen),
    Entry("stats", "统计", "stats", StatsScreen),
)

EMERGENCY = Entry("emergency", "应急补录", "emergency", EmergencyScreen, right=Right.TAKE_CASES)
"""A place beside the rail: opened by its key and from 暂存."""

GUIDE = Entry("guide", "办事指南", "guide", GuideScreen)
"""A place beside the rail: opened by its key, about the item in front."""

SETTINGS = Entry("settings", "设置", "settings", SettingsScreen, right=None)
"""A place beside the rail: opened by the clerk's name."""

PERSON = Entry("person", "本人信息", "search", PersonScreen, right=Right.PERSON_DATA)
"""A place beside the rail, opened by its key: what is kept of one person; from 查询 of the case shown."""

BESIDE = (EMERGENCY, GUIDE, SETTINGS, PERSON)


def places_of(role: Role) -> tuple[Entry, ...]:
    """The places on this role's rail, in their order. An administrator and an auditor have no place of cases: theirs is 设置, with
    人员 or 日志 in front."""
    return tuple(entry for entry in SCREENS if _has(role, entry)) or (SETTINGS,)


def opens(role: Role, screen_id: str) -> bool:
    """Whether this role has the place, on the rail or beside it."""
    return any(_has(role, entry) for entry in (*SCREENS, *BESIDE) if entry.id == screen_id)


def _has(role: Role, entry: Entry) -> bool:
    return entry.right is None or may(role, entry.right)
