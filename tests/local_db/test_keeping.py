"""Forgetting by rule: what is done and delivered goes after its term, what is not acknowledged never, the chain stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.case import CaseState
from clerk_app.domain.draft import Draft
from clerk_app.domain.journal import Happening, first_break
from clerk_app.domain.outbox import acknowledged
from clerk_app.domain.paper import Form, PrintJob, PrintState
from clerk_app.domain.time import Stamp, Trust
from clerk_app.errors import StorageProblem
from clerk_app.ports import Store, UnitOfWork
from clerk_app.usecases import keeping
from clerk_app.usecases.keeping import DAY_MS, forget_what_is_due
from local_db import drafts as drafts_room
from local_db.unit_of_work import SqlStore
from tests.contracts.test_store_contract import make_case, make_message
from tests.fakes.desk import StandingClock
from tests.fakes.fake_store import FakeStore

T0 = StandingClock().utc_ms
PAGE = "龚㛃䶮".encode() * 9000


@pytest.fixture(params=["sqlcipher", "fake"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = (
        FakeStore()
        if request.param == "fake"
        else SqlStore(tmp_path / "d", os.urandom(32), InternationalSuite(os.urandom), create=True)
    )
    yield made
    made.close()


def take(
    store: Store,
    case_id: str,
    *,
    state: CaseState = CaseState.FINISHED,
    sent: bool = True,
    parent: str = "",
    birth: str = "1958-03-14",
    consents: dict[str, Json] | None = None,
) -> None:
    with store.begin() as uow:
        case = replace(make_case(case_id), state=state, parent=parent)
        person = {**case.content["applicant"], "birth": birth}
        uow.cases.add(replace(case, content={**case.content, "applicant": person, "consents": consents or {}}))
        ref = uow.attachments.put(case_id, PAGE, "image/jpeg")
        message = replace(make_message(f"m{case_id}", case_id), attachments=(ref,), stream=parent or case_id)
        uow.outbox.add(message)
        uow.print_jobs.add(PrintJob(f"j{case_id}", case_id, 1, Form.F2, 5, state=PrintState.PRINTED))
        uow.journal.append(Happening(Stamp(T0), "wangmin", "case.accepted", case_id, 1))
        if sent:
            settle(uow, case_id)
        uow.commit()


def settle(uow: UnitOfWork, case_id: str) -> None:
    message = uow.outbox.load([f"m{case_id}"])[0]
    done = frozenset(ref.blob_sha256 for ref in message.attachments)
    uow.outbox.save(replace(acknowledged(message, "QZ-1"), blobs_done=done))
    uow.journal.append(Happening(Stamp(T0), "gateway", "sync.acknowledged", case_id, 1))


def content_of(store: Store) -> dict[str, bool]:
    with store.begin(reading=True) as uow:
        return {case.id: bool(case.content) for case in uow.cases.page(limit=100)}


class VouchedClock(StandingClock):
    """One that the gateway's clock bears out, or not."""

    trust = Trust.CHECKED

    def now(self) -> Stamp:
        return replace(super().now(), trust=self.trust)


def after(days: float, trust: Trust = Trust.CHECKED) -> VouchedClock:
    clock = VouchedClock(T0 + int(days * DAY_MS))
    clock.trust = trust
    return clock


def test_terms(store: Store) -> None:
    take(store, "ended")
    take(store, "open", state=CaseState.ACCEPTED_DEFERRED)
    take(store, "child", birth="2016-05-01")
    take(store, "unsent", sent=False)
    gone: dict[float, list[str]] = {}
    for days in (1, 6.9, 7, 29, 30, 179, 180, 5000):
        forget_what_is_due(store, after(days))
        gone[days] = sorted(name for name, kept in content_of(store).items() if not kept)
    assert gone[6.9] == []
    assert gone[7] == gone[29] == ["child"]
    assert gone[30] == gone[179] == ["child", "ended"]
    assert gone[180] == gone[5000] == ["child", "ended", "open"]  # what was never acknowledged stays for ever
    with store.begin(reading=True) as uow:
        assert uow.outbox.get("munsent") is not None
        assert uow.attachments.read("unsent", bytes_hash(PAGE)) == PAGE


def test_an_erased_case_leaves_numbers_and_journal(store: Store) -> None:
    take(store, "c1")
    take(store, "c2", sent=False)
    assert forget_what_is_due(store, after(31)).cases == 1
    assert forget_what_is_due(store, after(31)).cases == 0
    with store.begin(reading=True) as uow:
        case = uow.cases.get("c1")
        assert case is not None
        assert case.local_number
        assert case.content == {}
        assert uow.outbox.of_case("c1") == ()
        assert uow.print_jobs.of_case("c1") == ()
        assert [each.id for each in uow.cases.search("龚㛃䶮")] == ["c2"]
        assert [each.id for each in uow.cases.search("gjy")] == [
            each.id for each in uow.cases.search("gjy") if each.id == "c2"
        ]
        assert [each.id for each in uow.cases.search(case.local_number)] == ["c1"]
        assert uow.journal.of_case("c1")[-1].happening.verb == "case.erased"
        assert first_break(uow.journal.entries()) is None
    if isinstance(store, SqlStore):
        with store.begin(reading=True) as uow, pytest.raises(Exception, match="没有这一页"):
            uow.attachments.read("c1", bytes_hash(PAGE))
        assert len(list((store.folder / "attachments").glob("*/*.blob"))) == 1
        assert store.quick_check() == ()


def test_a_late_decision_about_an_erased_case_is_still_taken(store: Store) -> None:
    take(store, "c1", state=CaseState.DECIDED)
    forget_what_is_due(store, after(181))
    with store.begin() as uow:
        case = uow.cases.get("c1")
        assert case is not None
        uow.cases.save(replace(case, revision=case.revision + 1, state=CaseState.FINISHED, outcome="准予"))
        uow.commit()
    with store.begin(reading=True) as uow:
        case = uow.cases.get("c1")
        assert case is not None
        assert (case.outcome, case.content) == ("准予", {})


@pytest.mark.parametrize("what", ["part", "page", "paper", "clock"])
def test_what_is_still_under_way_keeps_the_whole_family(store: Store, what: str) -> None:
    take(store, "package")
    take(store, "part", parent="package", sent=what != "part")
    with store.begin() as uow:
        if what == "page":
            message = uow.outbox.get("mpart")
            assert message is not None
            uow.outbox.save(replace(message, blobs_done=frozenset()))
        if what == "paper":
            uow.print_jobs.add(PrintJob("again", "part", 1, Form.F2, 5))
        uow.commit()
    clock = after(400, Trust.SUSPECT if what == "clock" else Trust.CHECKED)
    assert forget_what_is_due(store, clock).cases == 0
    assert all(content_of(store).values())


@pytest.mark.parametrize("verb", ["case.supplemented", "person.corrected", "sync.mended", "news.result"])
def test_a_revision_whose_message_is_lost_keeps_the_case(store: Store, verb: str) -> None:
    """A damaged disk took the outbox row of the second revision; what the platform itself told needs none."""
    take(store, "c1")
    with store.begin() as uow:
        case = uow.cases.get("c1")
        assert case is not None
        uow.cases.save(replace(case, revision=2))
        uow.journal.append(Happening(Stamp(T0), "wangmin", verb, "c1", 2))
        uow.commit()
    stays_here = verb.startswith("news.")
    with store.begin(reading=True) as uow:
        assert uow.keeping.never_sent() == (() if stays_here else ("c1",))
    assert forget_what_is_due(store, after(400)).cases == stays_here


def test_an_acknowledgement_in_the_journal_says_sent_but_erases_nothing(store: Store) -> None:
    take(store, "c1")
    with store.begin() as uow:
        case = uow.cases.get("c1")
        assert case is not None
        uow.cases.save(replace(case, revision=2))
        uow.journal.append(Happening(Stamp(T0), "wangmin", "case.supplemented", "c1", 2))
        uow.journal.append(Happening(Stamp(T0), "gateway", "sync.acknowledged", "c1", 2))
        uow.commit()
    with store.begin(reading=True) as uow:
        assert uow.keeping.never_sent() == ()
    assert forget_what_is_due(store, after(400)).cases == 0


def test_a_clock_that_was_ahead_at_the_start_erases_nothing(store: Store) -> None:
    take(store, "c1")
    with store.begin() as uow:
        uow.drafts.open(Draft("d1", "wangmin", T0, T0, {}))
        uow.commit()
    ahead = after(400, Trust.UNCHECKED)
    assert forget_what_is_due(store, ahead) == keeping.Forgotten(0, 0, held=True)  # never a word with the gateway
    forget_what_is_due(store, after(0))
    with store.begin() as uow:  # signing in under the wrong clock vouches for nothing
        uow.journal.append(Happening(ahead.now(), "wangmin", "session.opened"))
        uow.commit()
    assert forget_what_is_due(store, ahead) == keeping.Forgotten(0, 0, held=True)
    assert content_of(store) == {"c1": True}
    assert forget_what_is_due(store, after(2, Trust.UNCHECKED)) == keeping.Forgotten(
        0, 0
    )  # nothing due, nothing to say
    forget_what_is_due(store, after(29))
    assert forget_what_is_due(store, after(31, Trust.UNCHECKED)) == keeping.Forgotten(
        1, 1
    )  # the line was here two days ago


def test_a_window_that_never_met_a_gateway_expires_drafts_by_the_days_it_lived_through(store: Store) -> None:
    take(store, "c1")
    with store.begin() as uow:
        uow.drafts.open(Draft("d1", "wangmin", T0, T0, {}))
        uow.journal.append(Happening(Stamp(T0), "wangmin", "draft.open", "d1"))
        uow.commit()
    for n in range(keeping.LIVED_DAYS + 1):
        with store.begin() as uow:
            uow.journal.append(Happening(Stamp(T0 + n * DAY_MS), "wangmin", "sign_in"))
            uow.journal.append(Happening(Stamp(T0 + n * DAY_MS + 5), "wangmin", "sign_in"))
            uow.commit()
        lived = n + 1 >= keeping.LIVED_DAYS
        told = forget_what_is_due(store, after(31, Trust.UNCHECKED))
        assert told == keeping.Forgotten(0, int(n + 1 == keeping.LIVED_DAYS), held=True), n
        with store.begin(reading=True) as uow:
            assert (not uow.drafts.all()) is lived
    assert content_of(store) == {"c1": True}, "of a case nobody but the gateway's clock decides"
    with store.begin() as uow:
        uow.drafts.open(Draft("d2", "wangmin", T0, T0, {}))
        uow.journal.append(Happening(Stamp(T0), "wangmin", "draft.open", "d2"))
        uow.commit()
    assert forget_what_is_due(store, after(31, Trust.SUSPECT)) == keeping.Forgotten(0, 0)
    assert forget_what_is_due(store, after(400, Trust.UNCHECKED)).drafts == 0, "a clock ahead is one day, not twenty"


def test_a_newborn_has_a_childs_term(store: Store) -> None:
    take(store, "born", consents={"child": {"by": "guardian", "how": "screen"}})
    assert forget_what_is_due(store, after(6.9)).cases == 0
    assert forget_what_is_due(store, after(7)).cases == 1


def test_drafts_age_out_by_rule_and_the_rule_can_be_set(store: Store) -> None:
    with store.begin() as uow:
        uow.drafts.open(Draft("old", "wangmin", T0, T0, {"applicant.name": "冉样例"}))
        uow.drafts.open(Draft("new", "wangmin", T0, T0 + 25 * DAY_MS, {}))
        uow.commit()
    assert forget_what_is_due(store, after(29)).drafts == 0
    assert forget_what_is_due(store, after(31)).drafts == 1
    with store.begin() as uow:
        assert [draft.id for draft in uow.drafts.all()] == ["new"]
        assert [entry.happening.verb for entry in uow.journal.of_case("old")] == ["draft.expired"]
        uow.config.set(keeping.TERMS, {"draft": 3, "ended": 0, "child": "no"})
        uow.commit()
    with store.begin(reading=True) as uow:
        assert keeping.terms_of(uow) == keeping.Terms(draft=3)
    assert forget_what_is_due(store, after(31)).drafts == 1


def test_a_new_intake_is_refused_before_the_disk_is_full_and_an_open_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqlStore(tmp_path, os.urandom(32), InternationalSuite(os.urandom), create=True)
    with store.begin() as uow:
        uow.drafts.open(Draft("d1", "wangmin", 5, 5, {}))
        uow.commit()
    left = drafts_room.RESERVE - 1
    monkeypatch.setattr(drafts_room, "disk_usage", lambda _path: type("Usage", (), {"free": left}))
    with store.begin() as uow, pytest.raises(StorageProblem, match="快满了"):
        uow.drafts.open(Draft("d2", "wangmin", 5, 5, {}))
    with store.begin() as uow:
        uow.drafts.save("d1", {"step": "confirm"}, 6)
        uow.attachments.put("d1", PAGE, "image/jpeg")
        uow.cases.add(make_case("d1"))
        uow.outbox.add(make_message("m1", "d1"))
        uow.drafts.close("d1")
        uow.commit()
    store.close()
