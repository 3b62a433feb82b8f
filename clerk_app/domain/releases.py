"""What is offered to a window, and when it may be fetched and put to use: pure rules.

Sources: a hall may hold a version back (a pin); a metered line is only for cases; cases always go before a new program; a version
is changed with nobody at the counter and after a copy of the data that was read back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.versions import Version


@dataclass(frozen=True, slots=True)
class Release:
    """One signed release. ``schema``: the version of the database that it writes. ``notes``: what is new, for the clerk.
    ``target``: where its list of contents lies in the repository."""

    version: Version
    platform: str
    schema: int
    size: int
    target: str
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """How this window takes updates. ``pinned``: never beyond this version; ``pinned_by``: 前置 or 本机.

    ``metered``: this line costs money by the byte. ``by_itself``: what is ready is put to use after work, unasked.
    """

    pinned: str = ""
    pinned_by: str = ""
    metered: bool = False
    by_itself: bool = True


class Hold(StrEnum):
    """Why something does not happen now."""

    METERED = "metered"
    CASES_FIRST = "cases_first"
    CASE_OPEN = "case_open"
    NO_COPY = "no_copy"
    ON_TRIAL = "on_trial"
    PINNED = "pinned"


HOLD_WORDS = {
    Hold.METERED: "这条网络按流量计费，新版本没有自动下载。可以点“现在下载”，或用 U 盘。",
    Hold.CASES_FIRST: "先送办件，送完再下载新版本。",
    Hold.CASE_OPEN: "窗口上还有一件没办完，办完或暂存后再装。",
    Hold.NO_COPY: "没有做成检查过的备份，没有装。请先腾出磁盘空间。",
    Hold.ON_TRIAL: "上一个新版本还没有确认能用，先登录一次再说。",
    Hold.PINNED: "这个窗口固定在较早的版本，没有装。要装，请先解除固定。",
}


def offered(
    releases: Iterable[Release],
    *,
    platform: str,
    running: Version,
    policy: Policy,
    failed: Collection[str] = (),
) -> Release | None:
    """The newest release for this platform that is newer than what runs, not beyond the pin, and did not fail here before."""
    limit = Version.parse(policy.pinned) if policy.pinned else None
    good = [
        each
        for each in releases
        if each.platform == platform
        and each.version > running
        and (limit is None or each.version <= limit)
        and str(each.version) not in failed
    ]
    return max(good, key=lambda each: each.version, default=None)


def may_fetch(policy: Policy, *, waiting: int, by_hand: bool) -> Hold | None:
    """Whether the program itself may come over the line now. ``waiting``: messages and pages not delivered yet."""
    if policy.metered and not by_hand:
        return Hold.METERED
    if waiting and not by_hand:
        return Hold.CASES_FIRST
    return None


def may_apply(ready: str, policy: Policy, *, case_open: bool, copied: bool, on_trial: bool) -> Hold | None:
    """Whether the version ``ready`` may be put to use now."""
    if ready and policy.pinned and Version.parse(ready) > Version.parse(policy.pinned):
        return Hold.PINNED
    if on_trial:
        return Hold.ON_TRIAL
    if case_open:
        return Hold.CASE_OPEN
    if not copied:
        return Hold.NO_COPY
    return None
