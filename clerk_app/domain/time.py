"""Time as this program keeps it: UTC plus offset plus a monotonic reading plus how far the clock can be trusted.

The legal date (the day printed on paper) is its own value, never derived again from an instant. See docs/adr/0009.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.canonical import Json


class Trust(StrEnum):
    """How far the PC's clock may be believed when the stamp was taken."""

    CHECKED = "checked"  # compared with the gateway's clock since this start, within tolerance
    UNCHECKED = "unchecked"  # offline since start
    SUSPECT = "suspect"  # jumped backwards, or far from the gateway's clock


SURE = "clock.sure_ms"
"""Where the store notes the last time that the gateway vouched for (milliseconds UTC): by the line, or in an answer on a stick."""
SURE_FOR_MS = 3 * 86_400_000
"""An unchecked clock this near to it is believed when something is to be erased (拟)."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """An instant. ``utc_ms``: milliseconds since 1970 UTC; ``offset_min``: minutes east of UTC;
    ``monotonic_ms``: a reading that never goes back within one boot."""

    utc_ms: int
    offset_min: int = 480
    monotonic_ms: int = 0
    trust: Trust = Trust.UNCHECKED

    @property
    def local(self) -> dt.datetime:
        """The wall time at the window."""
        zone = dt.timezone(dt.timedelta(minutes=self.offset_min))
        return dt.datetime.fromtimestamp(self.utc_ms / 1000, tz=zone)

    @property
    def legal_date(self) -> dt.date:
        """The calendar day at the window at this instant; store it where the law counts from it."""
        return self.local.date()

    def to_json(self) -> Json:
        return {
            "utc_ms": self.utc_ms,
            "offset_min": self.offset_min,
            "monotonic_ms": self.monotonic_ms,
            "trust": self.trust.value,
        }

    @classmethod
    def from_json(cls, data: Json) -> Stamp:
        """Raises ValueError or KeyError when the data is no stamp."""
        return cls(int(data["utc_ms"]), int(data["offset_min"]), int(data["monotonic_ms"]), Trust(data["trust"]))


def may_erase(now: Stamp, sure_ms: int) -> bool:
    """Whether this clock is good enough to erase by: checked since the start, or not suspect and near ``sure_ms`` (0: none known).
    The journal's own stamps prove nothing: a clock that was wrong at the start wrote them."""
    if now.trust is Trust.UNCHECKED:
        return abs(now.utc_ms - sure_ms) <= SURE_FOR_MS
    return now.trust is Trust.CHECKED


def iso_minutes(stamp: Stamp) -> str:
    """2026-11-21 09:46, as tables and papers show it."""
    return stamp.local.strftime("%Y-%m-%d %H:%M")


def chinese_date(day: dt.date) -> str:
    """2026 年 11 月 21 日, as sentences and papers show it."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def short_chinese_date(day: dt.date) -> str:
    """11 月 21 日."""
    return f"{day.month} 月 {day.day} 日"
