"""A catalogue that comes while the window is at work is said with what it changes; what is under way keeps its rules."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from clerk_app.domain.feed import FeedEntry, NewsKind, Scope
from clerk_app.usecases import offered_catalogue
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.news import apply
from clerk_app.usecases.offered_catalogue import MOST_LINES, offered


@dataclass(frozen=True)
class Import:
    before: str
    after: str
    changes: tuple[str, ...]


def come(desk: Desk, taken: Import, cursor: int = 1) -> None:
    body = {"version": taken.after, "package": base64.b64encode(b"p").decode()}
    with desk.store.begin() as uow:
        apply(uow, FeedEntry(cursor, Scope.DISTRICT, NewsKind.CATALOGUE, body), desk.clock.now(), lambda _p, _n: taken)
        uow.commit()


def test_what_came_is_offered_until_the_desk_works_with_it(desk: Desk) -> None:
    assert offered(desk) is None
    come(desk, Import(desk.catalogue.version, "2030-01-01", ("高龄津贴：承诺时限", "新增：公交卡")))
    told = offered(desk)
    assert told is not None
    assert (told.version, told.changes, told.came) == (
        "2030-01-01",
        ("高龄津贴：承诺时限", "新增：公交卡"),
        desk.clock.now(),
    )
    assert "有 2 处变化" in told.headline
    assert "正在办的仍按原来的规定" in told.headline
    come(desk, Import("2030-01-01", "2030-01-01", ()), 2)  # the same once more changes nothing
    assert offered(desk) == told
    come(desk, Import("2030-01-01", desk.catalogue.version, ()), 3)
    assert offered(desk) is None  # in use already


def test_a_very_long_list_is_cut_and_says_so(desk: Desk) -> None:
    come(desk, Import("1", "2", tuple(str(n) for n in range(MOST_LINES + 5))))
    told = offered(desk)
    assert told is not None
    assert (len(told.changes), told.more) == (MOST_LINES, 5)
    assert f"{MOST_LINES + 5} 处" in told.headline
    assert offered_catalogue.NOTE == "catalogue.offered"
