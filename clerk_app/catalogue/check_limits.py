"""Limits against limits: which is longer, and what a 容缺 paper may take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clerk_app.domain.service_item import LimitUnit, Material, Need, TimeLimit, WayKind


def fewest_days(limit: TimeLimit) -> int:
    """The fewest calendar days that a limit is sure to take: for comparing limits of different units cautiously."""
    weeks, rest = divmod(limit.count, 5)
    return {
        LimitUnit.ON_THE_SPOT: 0,
        LimitUnit.LATER: 0,
        LimitUnit.DAY: limit.count,
        LimitUnit.WORKDAY: weeks * 7 + rest,
        LimitUnit.MONTH: limit.count * 30,
    }[limit.unit]


def beyond(one: TimeLimit, other: TimeLimit) -> bool:
    """Whether the first limit is longer than the second; a limit without days is never compared."""
    if not (one.has_day and other.has_day):
        return False
    return one.count > other.count if one.unit is other.unit else fewest_days(one) > fewest_days(other)


def limits_of_ways(materials: Iterable[Material], promised: TimeLimit) -> Iterator[tuple[str, str]]:
    """Materials that cannot be given at all, and 容缺 beyond the promise (必知 16)."""
    for index, material in enumerate(materials):
        place = f"materials[{index}].ways"
        if not material.ways:
            if material.need is Need.REQUIRED:
                yield place, f"{material.name}是必要材料，却没有任何提供方式"
            else:
                yield place, f"{material.name}没有任何提供方式"
        elif material.need is Need.REQUIRED and {way.kind for way in material.ways} == {WayKind.DEFER}:
            yield place, f"{material.name}只能容缺，补交时没有提供方式"
        defer = material.way(WayKind.DEFER)
        if defer and defer.limit and beyond(defer.limit, promised):
            yield place, f"{material.name}的容缺期限（{defer.limit}）超过了承诺时限（{promised}）"
