"""The 37 divisions and 1,029 townships, found as one types; codes that are history stay known."""

from __future__ import annotations

import pytest

from clerk_app.catalogue import places
from clerk_app.catalogue.places import all_places, find_places, place_of_code
from clerk_app.domain.divisions import DISTRICTS, Place


def test_the_whole_list_is_there_once() -> None:
    today = [place for place in all_places() if not place.became]
    districts, townships = [p for p in today if len(p.code) == 6], [p for p in today if len(p.code) == 9]
    assert (len(districts), len(townships), len({p.code for p in today})) == (37, 1029, 37 + 1029)
    assert [(p.code, p.name) for p in districts] == [(d.code, d.name) for d in DISTRICTS]
    assert all(p.district and p.initials.isascii() for p in townships)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("万州区", "重庆市万州区"), ("重庆市万州区高笋塘", "重庆市万州区高笋塘街道"), ("高笋塘", "重庆市万州区高笋塘街道"),
        ("gstjd", "重庆市万州区高笋塘街道"), ("wzgst", "重庆市万州区高笋塘街道"), ("万州高笋塘", "重庆市万州区高笋塘街道"),
        ("ljxq", "重庆市两江新区"),
    ],
)  # fmt: skip
def test_places_are_found_as_one_types(typed: str, first: str) -> None:
    assert find_places(typed)[0].address == first


def test_codes_of_the_past_are_known_and_say_what_they_became() -> None:
    for code in ("500105", "500112"):
        old = place_of_code(code)
        assert old is not None
        assert "500157" in old.became
    assert place_of_code("500101001")
    assert place_of_code("500101999") == place_of_code("500101")
    assert place_of_code("110101") is None
    assert find_places("") == find_places("   ") == ()
    assert find_places("没有这个地方") == ()


def test_a_keystroke_looks_at_each_place_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    rank = places._rank

    def counted(place: Place, wanted: str) -> int | None:
        nonlocal looked
        looked += 1
        return rank(place, wanted)

    monkeypatch.setattr(places, "_rank", counted)
    for typed in ("wz", "wzg", "万州", "分水", "龙"):
        find_places(typed)
    assert looked == 5 * len(all_places())
    assert all_places() is all_places(), "the list is read once, not with each key"
