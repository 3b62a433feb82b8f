"""ADD A SCREEN HERE: one file in this folder and one line below; rail, shortcuts and badges follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ui.context import Context, Screen
from ui.screens.delivery import DeliveryScreen
from ui.screens.drafts import DraftsScreen
from ui.screens.intake.page import IntakeScreen
from ui.screens.search import SearchScreen
from ui.screens.stats import StatsScreen
from ui.screens.sync import SyncScreen


@dataclass(frozen=True, slots=True)
class Entry:
    """``icon``: a name in icons.py. ``badge``: which count stands on the rail: drafts, waiting, or none."""

    id: str
    label: str
    icon: str
    build: Callable[[Context], Screen]
    badge: str = ""


SCREENS: tuple[Entry, ...] = (
    Entry("intake", "受理", "intake", IntakeScreen),
    Entry("drafts", "暂存", "drafts", DraftsScreen, badge="drafts"),
    Entry("delivery", "出件", "delivery", DeliveryScreen),
    Entry("sync", "同步", "sync", SyncScreen, badge="waiting"),
    Entry("search", "查询", "search", SearchScreen),
    Entry("stats", "统计", "stats", StatsScreen),
)
