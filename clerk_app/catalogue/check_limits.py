"""Limits against limits: which is longer, what a 容缺 paper may take; and papers that not everybody can give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clerk_app.domain.service_item import WAY_NAMES, LimitUnit, Material, Need, TimeLimit, WayKind


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


_SURE = frozenset({WayKind.CAPTURE, WayKind.ON_SITE, WayKind.FORM, WayKind.SHARED_DATA})
"""Ways open to anybody: in the hand, made here, or looked up by the office. An e-certificate may not be there, an agent may not
promise, nor may one who broke a promise, and what is deferred has to be brought in the end."""
_SHORT = {WayKind.E_CERTIFICATE: "电子证照", WayKind.COMMITMENT: "承诺"}


def limits_of_ways(materials: Iterable[Material], promised: TimeLimit) -> Iterator[tuple[str, str]]:
    """Materials that somebody cannot give at all, more originals than copies, and 容缺 beyond the promise (必知 16)."""
    for index, material in enumerate(materials):
        place = f"materials[{index}].ways"
        kinds = {way.kind for way in material.ways}
        if not material.ways:
            if material.need is Need.REQUIRED:
                yield place, f"{material.name}是必要材料，却没有任何提供方式"
            else:
                yield place, f"{material.name}没有任何提供方式"
        elif material.need is Need.REQUIRED and kinds == {WayKind.DEFER}:
            yield place, f"{material.name}只能容缺，补交时没有提供方式"
        elif material.need is Need.REQUIRED and not kinds & _SURE:
            told = "、".join(_SHORT.get(kind, WAY_NAMES[kind]) for kind in WayKind if kind in kinds)
            yield (
                place,
                f"{material.name}是必要材料，却只能凭{told}，代办的、没有证照的、不能承诺的人就办不成；请加上高拍等方式",
            )
        for count, name, told in (
            (material.originals, "originals", "原件"),
            (material.photocopies, "photocopies", "复印件"),
        ):
            if count > material.copies:
                yield (
                    f"materials[{index}].{name}",
                    f"{material.name}的{told}（{count} 份）多于总份数（{material.copies} 份）",
                )
        defer = material.way(WayKind.DEFER)
        if defer and defer.limit and beyond(defer.limit, promised):
            yield place, f"{material.name}的容缺期限（{defer.limit}）超过了承诺时限（{promised}）"
