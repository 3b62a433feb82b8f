"""What is kept of one person at this window, as that person may see it (个人信息保护法第 45 条): nothing is masked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeptOf:
    """One case or draft of a person. ``values``: label and text of what is kept of them. ``why_not``: why it cannot be erased
    now, empty when it can; ``gone_by_itself``: the day on which a rule erases it, in words."""

    id: str
    number: str
    item: str
    as_whom: str
    state: str
    since: str
    values: tuple[tuple[str, str], ...]
    pages: int
    sensitive: tuple[str, ...]
    why_not: str
    gone_by_itself: str
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything kept of one person. ``number`` is masked; ``looks``: how often somebody looked at their full data here."""

    name: str
    number: str
    entries: tuple[KeptOf, ...]
    looks: int

    @property
    def erasable(self) -> tuple[KeptOf, ...]:
        """What can go now."""
        return tuple(each for each in self.entries if not each.why_not)


@dataclass(frozen=True, slots=True)
class Erased:
    """How much went, and what stays with its reasons: (number, why). ``listed``: entries of 特殊群体服务台账."""

    cases: int
    drafts: int
    stays: tuple[tuple[str, str], ...]
    listed: int = 0
