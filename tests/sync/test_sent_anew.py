"""补送: a case whose message a damaged disk lost reaches the gateway, and once only, whether the lost message had arrived or not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete

from clerk_app.bootstrap.system import SystemIds
from clerk_app.domain.case import case_hash
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.sending_anew import send_lost
from local_db.schema import outbox
from local_db.unit_of_work import SqlStore
from sync.courier import Courier
from tests.fakes.desk import a_desk, fill, pension
from tests.sync.hall import CountedIds, GatewayProcess, Window


def push(store: SqlStore, window: Window, url: str) -> None:
    summary = Courier(store, window.centre(url), window.clock, CountedIds()).push_once(at_once=True)
    assert (summary.trouble, summary.refused, summary.waiting) == (None, 0, 0)


@pytest.mark.parametrize("arrived", [False, True])
def test_a_lost_message_goes_again_and_makes_no_second_case(
    gateway: GatewayProcess, window: Window, store: SqlStore, *, arrived: bool
) -> None:
    plain = a_desk(store)
    here = replace(plain.hall, window=window.enrolled.hall.window)
    desk = replace(plain, signer=window.signer, hall=here, ids=SystemIds())
    case = accept_draft(desk, fill(desk, pension()).id).case
    if arrived:
        push(store, window, gateway.url)
    before = len(gateway.dump())
    with store.begin() as uow:  # as a salvage leaves it: neither message nor receipt, and no word of either
        transaction = uow.attachments.transaction
        transaction.execute(delete(outbox).where(outbox.c.case_id == case.id))
        uow.cases.save(replace(case, revision=2, gateway_receipt=""))
        uow.journal.append(desk.happening("person.corrected", case.id, 2))
        uow.commit()
    again = send_lost(desk, case.id)
    push(store, window, gateway.url)
    rows = gateway.dump()
    (row,) = (each for each in rows if each["case_id"] == case.id)
    assert len(rows) == before + (not arrived)
    assert row["content_sha256"] == case_hash(again)
    assert len(row["attachments"]) == 1
    with store.begin(reading=True) as uow:
        assert uow.keeping.never_sent() == ()
        assert uow.cases.get(case.id).gateway_receipt == row["gateway_receipt"]  # type: ignore[union-attr]
