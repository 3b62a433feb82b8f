"""补正期限: every notice says until when, whoever gives it and by whatever door; the day is the clerk's to set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from clerk_app.domain.acts import last_act
from clerk_app.domain.case import CaseState, Move
from clerk_app.domain.paper import Form
from clerk_app.errors import Refused
from clerk_app.usecases import moves
from clerk_app.usecases.accept import give_notice, receive_application, take_in
from clerk_app.usecases.completing import ask_correction
from clerk_app.usecases.correction_term import usual_until
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.printing import order_of
from clerk_app.usecases.writing import Accepted
from printing.paper import ReportlabPaper
from tests.fakes.desk import PAGES, clock_of, fill, pension
from tests.printing.reading import squeezed, text_of

INCOMPLETE = pension(materials={})
Door = Callable[[Desk, dt.date | None], Accepted]


def f4(desk: Desk, done: Accepted) -> str:
    (job,) = [job for job in done.jobs if job.form is Form.F4]
    return squeezed(text_of(ReportlabPaper().render(order_of(desk, job.id))))


def told(done: Accepted) -> str:
    act = last_act(done.case, Move.ASK_CORRECTION)
    assert act is not None
    return act.text("until")


def by_draft(desk: Desk, until: dt.date | None) -> Accepted:
    return give_notice(desk, fill(desk, INCOMPLETE, sign=False).id, until)


def at_once(desk: Desk, until: dt.date | None) -> Accepted:
    return receive_application(desk, INCOMPLETE, (), notice=True, until=until)


def later(desk: Desk, until: dt.date | None) -> Accepted:
    return ask_correction(desk, take_in(desk, fill(desk, INCOMPLETE, sign=False).id).case.id, until)


DOORS = pytest.mark.parametrize("door", [by_draft, at_once, later])


@DOORS
def test_the_usual_day_is_printed_where_nobody_set_another(desk: Desk, door: Door) -> None:
    done = door(desk, None)
    assert told(done) == "2026-12-14"  # 15 working days after Monday, 23 November
    assert "补正期限2026年12月14日（含）前" in f4(desk, done)
    assert "____" not in f4(desk, done).replace("＿", "_")


@DOORS
def test_the_day_that_was_set_is_printed_kept_and_held_to(desk: Desk, door: Door) -> None:
    done = door(desk, dt.date(2026, 11, 30))
    assert "补正期限2026年11月30日（含）前" in f4(desk, done)
    clock_of(desk).move(days=7)
    with pytest.raises(Refused, match="还没有到期"):
        moves.return_overdue(desk, done.case.id)
    clock_of(desk).move(days=1)
    assert moves.return_overdue(desk, done.case.id).case.state is CaseState.RETURNED


@DOORS
@pytest.mark.parametrize("day", [dt.date(2026, 11, 23), dt.date(2026, 11, 1), dt.date(2028, 1, 1)])
def test_a_day_that_nobody_can_keep_is_refused_and_nothing_is_taken(desk: Desk, door: Door, day: dt.date) -> None:
    with pytest.raises(Refused, match="补正期限"):
        door(desk, day)
    with desk.store.begin(reading=True) as uow:
        assert all(case.state is CaseState.RECEIVED for case in uow.cases.page())


def test_an_office_has_its_own_usual_days(desk: Desk) -> None:
    own = replace(desk, correction_days=5)
    assert usual_until(own) == dt.date(2026, 11, 30)
    assert told(by_draft(own, None)) == "2026-11-30"


def test_what_is_complete_gets_no_notice(desk: Desk) -> None:
    with pytest.raises(Refused, match="不需要一次性告知"):
        receive_application(desk, pension(), PAGES, notice=True)
