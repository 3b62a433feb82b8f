"""ports.Visits: the same contract for the encrypted database and for the fake."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.crypto.guomi import GuomiSuite
from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.special_groups import Consent, ConsentBy, ConsentHow, Group, Listed
from clerk_app.domain.visits import Visit, VisitState, moved
from clerk_app.errors import Bug
from clerk_app.ports import Store
from local_db.unit_of_work import SqlStore
from tests.fakes.fake_store import FakeStore

DAY = dt.date(2026, 11, 21)
CONSENT = Consent(ConsentBy.SELF, ConsentHow.SIGNED, dt.date(2026, 1, 5), dt.date(2027, 1, 4))
LI = Listed("p1", "李样例䶮", "500199194403022120", (Group.OLD,), "听力不好", "样例路 18 号", consent=CONSENT)
CHEN = replace(LI, id="p2", name="陈样例")


@pytest.fixture(params=["sqlcipher", "sqlcipher under gm-1", "fake"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    suite = GuomiSuite(os.urandom) if "gm-1" in request.param else InternationalSuite(os.urandom)
    made: Store = FakeStore() if request.param == "fake" else SqlStore(tmp_path, os.urandom(32), suite, create=True)
    with made.begin() as uow:
        uow.visits.keep(LI)
        uow.visits.keep(CHEN)
        uow.visits.save(Visit("v1", "p1", DAY, "14:00"))
        uow.visits.save(Visit("v2", "p2", DAY, "09:10", ("pension-check",)))
        uow.visits.save(Visit("v3", "p1", DAY + dt.timedelta(1), "08:00"))
        uow.commit()
    yield made
    made.close()


def test_people_and_visits_are_read_in_their_order(store: Store) -> None:
    with store.begin(reading=True) as uow:
        assert uow.visits.people() == (LI, CHEN)
        assert uow.visits.person("p1") == LI
        assert uow.visits.person("px") is None
        assert [each.id for each in uow.visits.between(DAY, DAY)] == ["v2", "v1"]
        assert [each.id for each in uow.visits.between(DAY, DAY + dt.timedelta(1))] == ["v2", "v1", "v3"]
        assert [each.id for each in uow.visits.of_person("p1")] == ["v1", "v3"]
        assert uow.visits.visit("v2") == Visit("v2", "p2", DAY, "09:10", ("pension-check",))
        assert uow.visits.visit("vx") is None


def test_a_change_replaces(store: Store) -> None:
    with store.begin() as uow:
        uow.visits.keep(replace(LI, needs="要轮椅"))
        found = uow.visits.visit("v1")
        assert found is not None
        uow.visits.save(replace(moved(found, VisitState.SET_OUT), day=DAY + dt.timedelta(3)))
        uow.commit()
    with store.begin(reading=True) as uow:
        assert [each.needs for each in uow.visits.people()] == ["要轮椅", "听力不好"]
        assert [each.id for each in uow.visits.of_person("p1")] == ["v3", "v1"]
        assert [each.state for each in uow.visits.of_person("p1")] == [VisitState.PLANNED, VisitState.SET_OUT]


def test_forgetting_somebody_takes_their_visits_along_and_nobody_elses(store: Store) -> None:
    with store.begin() as uow:
        uow.visits.forget("p1")
        uow.visits.forget("px")
        uow.commit()
    with store.begin(reading=True) as uow:
        assert uow.visits.people() == (CHEN,)
        assert uow.visits.of_person("p1") == ()
        assert [each.id for each in uow.visits.between(DAY, DAY + dt.timedelta(9))] == ["v2"]


def test_a_block_left_without_commit_forgets_nobody(store: Store) -> None:
    with store.begin() as uow:
        uow.visits.forget("p1")
    with store.begin(reading=True) as uow:
        assert uow.visits.people() == (LI, CHEN)


def test_no_visit_without_its_person(store: Store) -> None:
    with store.begin() as uow, pytest.raises(Bug):
        uow.visits.save(Visit("v9", "px", DAY, "09:00"))
