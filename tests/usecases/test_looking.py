"""The access log of sensitive data: each look at such a case, by kind, once in ten minutes; an ordinary case leaves none."""

from __future__ import annotations

import pytest

from clerk_app.domain.hall import Role
from clerk_app.errors import Refused
from clerk_app.ports import Store
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.looking import LOOKED, look_at_case
from tests.fakes.desk import a_desk, clock_of, fill, newborn, pension


def looks(desk: Desk) -> list[dict[str, str]]:
    with desk.store.begin(reading=True) as uow:
        return [dict(each.happening.detail) for each in uow.journal.entries() if each.happening.verb == LOOKED]


def test_a_look_at_sensitive_data_is_kept_by_kind_and_once_in_ten_minutes(store: Store) -> None:
    desk = a_desk(store)
    case = accept_draft(desk, fill(desk, pension()).id).case
    assert look_at_case(desk, case.id).case == case
    clock_of(desk).move(minutes=9)
    look_at_case(desk, case.local_number)
    assert looks(desk) == [{"kinds": "account"}]
    clock_of(desk).move(minutes=2)
    look_at_case(desk, case.id)
    assert len(looks(desk)) == 2


def test_an_ordinary_case_leaves_no_trace(store: Store) -> None:
    desk = a_desk(store)
    case = accept_draft(desk, fill(desk, newborn()).id).case
    look_at_case(desk, case.id)
    assert looks(desk) == []


def test_who_may_not_see_leaves_none_either(store: Store) -> None:
    case = accept_draft(a_desk(store), fill(a_desk(store), pension()).id).case
    admin = a_desk(store, role=Role.ADMIN)
    with pytest.raises(Refused):
        look_at_case(admin, case.id)
    assert looks(admin) == []
