"""What was weaker at one door than at the other: the draft of an errand ends with its act, and the disk's reserve holds for the
command line too."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from clerk_app.domain.application import Given
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import CaseState
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import Signature
from clerk_app.errors import Refused, StorageProblem
from clerk_app.usecases import intake
from clerk_app.usecases.accept import accept_application, accept_draft, give_notice, receive_application
from clerk_app.usecases.completing import Brought, correct, supplement
from clerk_app.usecases.desk import Desk
from local_db import drafts as sql_drafts
from local_db.unit_of_work import SqlStore
from tests.fakes.desk import OTHER_PAGE, PAGE, PAGES, fill, pension
from tests.usecases.test_moves import DEFERRED, case_of

REGISTER = Given(WayKind.CAPTURE, (bytes_hash(PAGE),), reason="申请人自愿交纸质件")


def test_the_draft_of_an_errand_ends_in_the_transaction_of_its_act(desk: Desk) -> None:
    case = give_notice(desk, fill(desk, pension(materials={}), sign=False).id).case
    draft = intake.open_draft(desk)
    wrong = Brought({"register": REGISTER}, draft_id=draft.id)  # its page was not handed over
    with pytest.raises(Refused):
        correct(desk, case.id, wrong)
    assert intake.load(desk, draft.id).id == draft.id
    brought = Brought({"register": REGISTER}, pages=[PAGES[0]], signature=Signature("paper", ""), draft_id=draft.id)
    assert correct(desk, case.id, brought).case.state is CaseState.ACCEPTED
    with pytest.raises(Refused, match="不在了"):
        intake.load(desk, draft.id)
    with desk.store.begin(reading=True) as uow:  # it was handed in, nobody left (不办了)
        assert "draft.discard" not in [entry.happening.verb for entry in uow.journal.of_case(draft.id)]


def test_so_it_is_with_papers_that_follow(desk: Desk) -> None:
    asked = pension(answers={"elsewhere": "yes"}, materials=DEFERRED, fields={**pension().fields, "place": "成都"})
    case = accept_draft(desk, fill(desk, asked).id).case
    draft = intake.open_draft(desk)
    proof = Given(WayKind.CAPTURE, (bytes_hash(OTHER_PAGE),))
    supplement(desk, case.id, Brought({"proof": proof}, pages=[PAGES[1]], draft_id=draft.id))
    assert case_of(desk, case.id).state is CaseState.ACCEPTED
    with pytest.raises(Refused, match="不在了"):
        intake.load(desk, draft.id)


def test_a_nearly_full_disk_takes_no_new_case_by_any_door(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    if not isinstance(desk.store, SqlStore):
        assert accept_application(desk, pension(signature=Signature("paper", "")), PAGES).case.accepted_on
        return
    waits = receive_application(desk, pension(), PAGES).case
    monkeypatch.setattr(sql_drafts, "disk_usage", lambda _: SimpleNamespace(free=sql_drafts.RESERVE - 1))
    for door in (
        lambda: intake.open_draft(desk),
        lambda: accept_application(desk, pension(signature=Signature("paper", "")), PAGES),
        lambda: receive_application(desk, pension(), PAGES),
    ):
        with pytest.raises(StorageProblem, match="快满"):
            door()
    done = correct(desk, waits.id, Brought(signature=Signature("paper", "")))  # what is open can be finished
    assert done.case.state is CaseState.ACCEPTED
