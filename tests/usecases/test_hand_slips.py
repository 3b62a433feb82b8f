"""应急补录 from the window: one slip, one case, judged by the day it was taken."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from clerk_app.domain.deadlines import promised_day
from clerk_app.domain.signing import Signature
from clerk_app.errors import Refused
from clerk_app.ports import Store
from clerk_app.usecases import emergency, intake
from clerk_app.usecases.accept import draft_values
from tests.fakes.desk import OTHER_PAGE, PAGE, a_desk, pension

TAKEN = dt.datetime.fromisoformat("2026-11-16T09:40:00")


def entered(store: Store) -> tuple[str, str]:
    """A slip whose draft is filled in; its number and the draft."""
    desk = a_desk(store)
    (number,) = emergency.reserve(desk, 1)
    draft_id = emergency.begin_entry(desk, number, TAKEN, "李华")
    values = draft_values(replace(pension(), signature=None), desk.clock.now())
    own = {key: value for key, value in values.items() if key not in ("received_at", "channel", "signature")}
    intake.save(desk, draft_id, own)
    with desk.store.begin() as uow:
        for page in (PAGE, OTHER_PAGE):
            uow.attachments.put(draft_id, page, "image/jpeg")
        uow.commit()
    return number, draft_id


def test_the_days_count_from_the_taking(store: Store) -> None:
    desk = a_desk(store)
    _, draft_id = entered(store)
    view = intake.plan(desk, intake.load(desk, draft_id))
    assert view.scheme is not None
    limit = view.scheme.limit(view.facts)
    assert view.promised == promised_day(TAKEN.date(), limit, desk.calendar)
    assert view.promised != promised_day(desk.clock.now().legal_date, limit, desk.calendar)


def test_a_slip_is_entered_once(store: Store) -> None:
    desk = a_desk(store)
    number, draft_id = entered(store)
    view = intake.plan(desk, intake.load(desk, draft_id))
    intake.save(desk, draft_id, {"signature": Signature("paper", view.shown_sha256).to_json()})
    done = emergency.enter_draft(desk, draft_id)
    assert emergency.enter_draft(desk, draft_id).case.id == done.case.id, "trying again finds it"
    with pytest.raises(Refused, match="已经补录过"):
        emergency.begin_entry(desk, number, TAKEN, "李华")
    with pytest.raises(Refused, match="不是本窗口留的"):
        emergency.begin_entry(desk, "应急500199-W03G1-9999", TAKEN, "李华")
    assert [bool(row.case_id) for row in emergency.ledger(desk)] == [True]
    with desk.store.begin(reading=True) as uow:
        assert uow.cases.count() == 1
        assert uow.drafts.get(draft_id) is None
