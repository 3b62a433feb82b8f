"""Where a case taken here may be decided: the table and its rules."""

from __future__ import annotations

import pytest

from clerk_app.domain.divisions import DISTRICTS, PROVINCES, SICHUAN, handed_on, place_fault, places_under
from clerk_app.domain.parties import Elsewhere, elsewhere_faults


def test_the_city_has_thirty_seven_places_and_the_merged_ones_are_gone() -> None:
    assert len(DISTRICTS) == 37
    assert len({each.code for each in DISTRICTS}) == len({each.name for each in DISTRICTS}) == 37
    assert all(each.code.startswith("500") and len(each.code) == 6 for each in DISTRICTS)
    names = {each.name for each in DISTRICTS}
    assert "两江新区" in names
    assert not {"江北区", "渝北区"} & names
    assert len(SICHUAN) == 21
    assert len(PROVINCES) == 30, "all but Chongqing itself and the two special regions and Taiwan"


@pytest.mark.parametrize(
    ("scopes", "handed"),
    [
        (("全渝通办", "川渝通办"), ("全渝通办", "川渝通办")),
        (("户籍地",), ()),
        (("区县内",), ()),
        (("户籍市内跨区县可办",), ("户籍市内跨区县可办",)),
        (("居住地", "跨省通办"), ("跨省通办",)),
    ],
)
def test_only_a_joint_scope_lets_another_place_decide(scopes: tuple[str, ...], handed: tuple[str, ...]) -> None:
    assert handed_on(scopes) == handed


@pytest.mark.parametrize(
    ("scope", "place", "fault"),
    [
        ("全渝通办", "万州区", ""),
        ("全渝通办", "江北区", "本市没有这个区县，请从名单里选"),
        ("全渝通办", " ", "请选办理地"),
        ("川渝通办", "四川省广安市", ""),
        ("川渝通办", "", "请写办理地"),
        ("跨省通办", "贵州省遵义市", ""),
        ("跨省通办", "西藏自治区", ""),
        ("跨省通办", "内蒙古自治区阿拉善盟", ""),
        ("川渝通办", "四川省成都市武侯区", ""),
        ("川渝通办", "四川省", "不是四川的市州，请从名单里选，后面可以再写区县"),
        ("川渝通办", "北京市火星区", "不是四川的市州，请从名单里选，后面可以再写区县"),
        ("川渝通办", "火星", "不是四川的市州，请从名单里选，后面可以再写区县"),
        ("川渝通办", "万州区", "不是四川的市州，请从名单里选，后面可以再写区县"),
        ("跨省通办", "火星", "不是外省的地名，请从省份名单里选，后面可以再写市县"),
        ("跨省通办", "重庆市万州区", "不是外省的地名，请从省份名单里选，后面可以再写市县"),
        ("西南六省跨省通办", "火星", "不是外省的地名，请从省份名单里选，后面可以再写市县"),
        ("川渝通办", "四川省成都市火星", "省市后面请写市、区、县的名字"),
        ("跨省通办", "北京市<b>", "省市后面请写市、区、县的名字"),
    ],
)
def test_a_place_is_judged_by_its_scope(scope: str, place: str, fault: str) -> None:
    assert place_fault(scope, place) == fault
    told = elsewhere_faults(Elsewhere(scope, place), ("全渝通办", "川渝通办", "跨省通办"))
    assert bool(told) == bool(fault)


def test_what_is_proposed_holds_by_its_own_rule() -> None:
    for scope in ("全渝通办", "川渝通办", "跨省通办", "户籍市内跨区县可办"):
        assert all(not place_fault(scope, name) and initials.isascii() for name, initials in places_under(scope))
