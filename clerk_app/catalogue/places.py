"""The 37 districts and counties of Chongqing and their 1,029 streets, towns and townships, found as one types an address.

``places.json``: code, name, initials, from the list of the data sheet §6.4, and the codes that are history. A card keeps the old
code for ever (必知 1): it is looked up here and never refused.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from clerk_app.domain.canonical import Json
from clerk_app.domain.divisions import Place

_FILE = Path(__file__).parent / "places.json"


@cache
def all_places() -> tuple[Place, ...]:
    """Districts and townships of today, then those that are history, in the order of their codes."""
    data = _data()
    names = {code: name for code, name, _ in data["units"]}
    today = [
        Place(code, name, "" if len(code) == 6 else names[code[:6]], initials) for code, name, initials in data["units"]
    ]
    return (*today, *(Place(each["code"], each["name"], "", "", _became(each)) for each in data["historical"]))


def find_places(text: str, limit: int = 8) -> tuple[Place, ...]:
    """Places whose name or initials hold what was typed, the nearest first. 万州分水, wzfs and 分水镇 all find 万州区分水镇."""
    wanted = "".join(text.split()).removeprefix("重庆市").lower()
    if not wanted:
        return ()
    found = [(rank, place.code, place) for place in all_places() if (rank := _rank(place, wanted)) is not None]
    return tuple(place for _, _, place in sorted(found, key=lambda each: each[:2])[:limit])


def place_of_code(code: str) -> Place | None:
    """The place behind the first six or nine digits of a code, of today or of history; None for one outside the list."""
    by_code = _by_code()
    return by_code.get(code[:9]) or by_code.get(code[:6])


@cache
def _by_code() -> dict[str, Place]:
    return {place.code: place for place in reversed(all_places())}


def _rank(place: Place, wanted: str) -> int | None:
    whole, letters = place.district + place.name, _initials_of_district(place) + place.initials
    stem = place.district.rstrip("区县") + place.name
    if place.name == wanted:
        return 0
    if place.name.startswith(wanted) or whole.startswith(wanted) or stem.startswith(wanted):
        return 1
    if wanted.isascii() and (place.initials.startswith(wanted) or letters.startswith(wanted)):
        return 2
    return 3 if wanted in whole else None


def _initials_of_district(place: Place) -> str:
    if not place.district:
        return ""
    home = _by_code().get(place.code[:6])
    return home.initials.rstrip("qx") if home else ""


def _became(each: Json) -> str:
    return str(each.get("merged_into") or each.get("status") or "历史")


@cache
def _data() -> Json:
    return json.loads(_FILE.read_text(encoding="utf-8"))
