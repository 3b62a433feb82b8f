"""归档 told to the platform: the gateway holds the archived revision under the first receipt."""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.case import CaseState, case_hash
from clerk_app.domain.hall import Role
from clerk_app.domain.paper import PrintState
from clerk_app.usecases import archiving
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.deciding import Receiver, deliver
from clerk_app.usecases.printing import settle
from local_db.unit_of_work import SqlStore
from sync.courier import Courier
from tests.fakes.desk import a_desk, fill, pension
from tests.sync.hall import CountedIds, GatewayProcess, Window
from tests.usecases.test_moves import finish


def test_the_gateway_holds_what_was_archived(gateway: GatewayProcess, window: Window, store: SqlStore) -> None:
    desk = replace(a_desk(store, role=Role.CLERK), hall=window.enrolled.hall, signer=window.signer)
    courier = Courier(store, window.centre(gateway.url), window.clock, CountedIds())
    case = accept_draft(desk, fill(desk, pension()).id).case
    assert courier.push_once().acknowledged == 1
    finish(desk, case.id)
    deliver(desk, case.id, Receiver())
    with store.begin(reading=True) as uow:
        jobs = uow.print_jobs.of_case(case.id)
    for job in jobs:
        settle(desk, job.id, PrintState.SENT, spool_ref="1")
        settle(desk, job.id, PrintState.PRINTED)
    archived = archiving.archive(desk, case.id).case
    assert archived.state is CaseState.ARCHIVED
    pushed = courier.push_once()
    assert (pushed.refused, pushed.waiting) == (0, 0)
    (row,) = [each for each in gateway.dump() if each["case_id"] == case.id]
    assert row["content_sha256"] == case_hash(archived)
    with store.begin(reading=True) as uow:
        held = uow.cases.get(case.id)
    assert held is not None
    assert held.gateway_receipt == row["gateway_receipt"]
