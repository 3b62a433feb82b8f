"""A list longer than a page: what follows comes when the end is in sight, nothing twice, and news never throw one back to the top."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.case import CaseState
from tests.ui.counter import search_of, signed_in, taken, unguarded
from tests.ui.hall import Place, place
from tests.ui.hands import Hands
from ui.screens.search.screen import PAGE
from ui.services import LineState

COUNT = 2 * PAGE + 30


def add(hall: Place, first: int, count: int, name: str = "样例甲") -> None:
    """Many cases from one that was taken by the rules."""
    like = taken(place(hall.services.executor), "social-card")  # type: ignore[arg-type]  # the pool itself
    content = {**like.content, "applicant": {**like.content["applicant"], "name": name}}
    with unguarded(hall), hall.store.begin() as uow:
        for n in range(first, first + count):
            uow.cases.add(replace(like, id=f"{n:032x}", local_number=f"{like.local_number}-{n}", content=content))
        uow.commit()


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor) -> Iterator[Hands]:
    hall = place(pool)
    hall.store.close = lambda: None
    add(hall, 0, COUNT)
    with signed_in(hall, qtbot) as made:
        made.press("Ctrl+6")
        made.until(lambda: made.idle() and len(search_of(made).found.rows) == PAGE)
        yield made


def to_the_end(hands: Hands) -> None:
    search_of(hands).table.setFocus()
    hands.press("Ctrl+End")
    hands.until(hands.idle)


def test_page_after_page_each_case_once(hands: Hands) -> None:
    search = search_of(hands)
    to_the_end(hands)
    hands.until(lambda: len(search.found.rows) == 2 * PAGE)
    add(hands.hall, COUNT, 5)  # taken meanwhile: the others have moved down by five
    to_the_end(hands)
    hands.until(lambda: len(search.found.rows) >= COUNT)
    to_the_end(hands)
    ids = [row.case_id for row in search.found.rows]
    assert len(ids) == len(set(ids)) == COUNT
    assert search.table.rows.rowCount() == COUNT
    assert not search.table.rows.canFetchMore(search.table.rootIndex())


def test_finds_go_on_too(hands: Hands) -> None:
    add(hands.hall, COUNT, 3, "另一位")
    search = search_of(hands)
    hands.press("F5")
    hands.until(lambda: search.found.rows[0].case_id == f"{COUNT + 2:032x}")
    search.field.setFocus()
    hands.type("样例甲")
    hands.until(
        lambda: hands.idle() and len(search.found.rows) == PAGE and search.found.rows[0].case_id == f"{COUNT - 1:032x}"
    )
    to_the_end(hands)
    hands.until(lambda: len(search.found.rows) == 2 * PAGE)
    to_the_end(hands)
    hands.until(lambda: len(search.found.rows) == COUNT)


def test_news_keep_ones_place_and_show_what_changed(hands: Hands) -> None:
    search = search_of(hands)
    to_the_end(hands)
    hands.until(lambda: len(search.found.rows) == 2 * PAGE)
    at = search.table.current()
    seen = search.found.rows[at].case_id
    with unguarded(hands.hall), hands.hall.store.begin() as uow:
        case = uow.cases.get(seen)
        uow.cases.save(replace(case, state=CaseState.VOIDED, revision=case.revision + 1))
        uow.commit()
    hands.hall.line.tell(LineState(True, 0, 0, "在线 · 全部已送达"))
    hands.until(lambda: hands.idle() and search.found.rows[at].state is CaseState.VOIDED)
    assert search.table.current() == at
    assert len(search.found.rows) == 2 * PAGE
