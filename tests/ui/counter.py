"""A counter on the real encrypted store, for walking the issue's ways with the keyboard."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.eyes import sample_page
from clerk_app.commands.case_json import read_case
from clerk_app.domain.case import Case
from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.ports import Clock
from clerk_app.usecases import template
from clerk_app.usecases.accept import accept_application
from clerk_app.usecases.queries import case_rows
from tests.ui.conftest import opened
from tests.ui.hall import PIN, GuardedSqlStore, Place, card, place
from tests.ui.hands import Hands
from ui.moves.panel import MovePanel
from ui.screens.search.screen import SearchScreen

T = TypeVar("T")
PAGE = Path(__file__).parents[2] / "clerk_app" / "devices" / "sample_frames" / "page_payment_record.jpg"


def counter(
    executor: Executor, folder: Path, *, role: Role = Role.CLERK, clock: Clock | None = None, colleague: bool = True
) -> Place:
    """A place on a real store; with a colleague whose cases one may find."""
    folder.mkdir(exist_ok=True)
    made = place(executor, role=role, store=GuardedSqlStore(folder), clock=clock)
    if colleague:
        with unguarded(made), made.store.begin() as uow:
            uow.clerks.add(Clerk("lihua", "李华", Role.CLERK))
            uow.commit()
    return made


def with_role(hall: Place, role: Role) -> Place:
    """The same window and store with another role at it."""
    desk = replace(hall.desk, session=replace(hall.desk.session, role=role))
    hall.desk = desk
    hall.services = replace(hall.services, sign_in=lambda login, pin: desk)
    return hall


@contextmanager
def unguarded(hall: Place) -> Iterator[None]:
    """The test itself may look into the store from its own thread."""
    before, hall.store.guarded = hall.store.guarded, False
    yield
    hall.store.guarded = before


def ask(hall: Place, question: Callable[[], T]) -> T:
    """The answer of a use case, read in the test's thread."""
    with unguarded(hall):
        return question()


@contextmanager
def signed_in(hall: Place, qtbot: QtBot) -> Iterator[Hands]:
    """A window with the clerk at it, closed as a clerk closes it."""
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        yield hands
    hall.store.close()


def taken(hall: Place, item: str, seed: int = 7) -> Case:
    """A case of a synthetic applicant, accepted through the same rules as at the counter."""
    with unguarded(hall):
        return accept_application(
            hall.desk, *read_case(template.samples(hall.desk, item, {}, random.Random(seed), sample_page))
        ).case


def only_case(hall: Place) -> Case:
    """The one case that is no part."""
    with unguarded(hall):
        (row,) = [row for row in case_rows(hall.desk) if not row.parent]
        with hall.store.begin(reading=True) as uow:
            found = uow.cases.get(row.case_id)
    assert isinstance(found, Case)
    return found


def begin(hands: Hands, item: str) -> None:
    """An applicant whose card lies there, and an item: step 2 is in front."""
    hands.hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳" and hands.idle())
    hands.intake.begin_with(item)
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.scheme) and hands.idle())


def shoot_missing(hands: Hands) -> None:
    """F3 for each paper that is required and not there, on the materials step."""
    hands.hall.eyes.page = Seen(SeenKind.PAGE, page_jpeg=PAGE.read_bytes())
    plan = hands.intake.session.plan
    assert plan is not None
    for row in plan.rows:
        if row.required and row.given is None:
            hands.press("F3")
            hands.rest()
            hands.until(hands.idle)
        hands.press("Down")


def search_of(hands: Hands) -> SearchScreen:
    screen = hands.view.place_of("search").widget
    assert isinstance(screen, SearchScreen)
    return screen


def show(hands: Hands, case: Case) -> SearchScreen:
    """The case in 查询."""
    hands.view.open_case(case.local_number)
    search = search_of(hands)
    hands.until(lambda: search._case is not None and search._case.case.id == case.id and hands.idle())
    return search


def menu(hands: Hands, case: Case) -> MovePanel:
    """查询, the case, F12."""
    search = show(hands, case)
    hands.press("F12")
    assert search.moves.menu.hasFocus()
    return search.moves


def choose(hands: Hands, panel: MovePanel, words: str) -> None:
    """The move whose line holds the words."""
    at = next(at for at, line in enumerate(panel.menu.spoken()) if words in line)
    hands.press(str(at + 1)) if at < 9 else panel.menu.choose(at)
    if at >= 9:
        hands.press("Return")


def fill(hands: Hands, panel: MovePanel, key: str, text: str) -> None:
    panel.answer(key).setFocus()
    hands.type(text)
