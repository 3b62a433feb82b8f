"""Papers: claimed once, settled as the spooler says, expired rather than late, reprinted only when asked for."""

from __future__ import annotations

import pytest

from clerk_app.domain.case import Case
from clerk_app.domain.hall import Role
from clerk_app.domain.paper import Form, PrintJob, PrintState
from clerk_app.errors import Refused
from clerk_app.ports import Store
from clerk_app.usecases import intake
from clerk_app.usecases.accept import accept_draft, give_notice
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.printing import (
    UNKNOWN,
    claim_next,
    handed_over,
    order_for_case,
    order_of,
    reprint,
    settle,
)
from tests.fakes.desk import a_desk, clock_of, fill, newborn, pension
from tests.fakes.faulty_store import FaultyStore
from tests.fakes.items import SmallCatalogue


@pytest.fixture
def taken(desk: Desk) -> Case:
    return accept_draft(desk, fill(desk, pension()).id).case


def jobs(desk: Desk, case_id: str) -> tuple[PrintJob, ...]:
    with desk.store.begin(reading=True) as uow:
        return uow.print_jobs.of_case(case_id)


def verbs(desk: Desk, case_id: str) -> list[str]:
    with desk.store.begin(reading=True) as uow:
        return [entry.happening.verb for entry in uow.journal.of_case(case_id)]


def test_a_job_is_taken_once_handed_over_and_printed(desk: Desk, taken: Case) -> None:
    claimed = claim_next(desk)
    assert claimed is not None
    assert (claimed.job.state, claimed.job.reason) == (PrintState.SENT, UNKNOWN)
    assert claimed.title == f"受理通知书 {taken.local_number}"
    assert claimed.order.case == taken
    assert claimed.order.offline
    assert claim_next(desk) is None  # nobody gets it a second time
    settle(desk, claimed.job.id, PrintState.SENT, spool_ref="spool-7", printer="HP")
    assert [job.spool_ref for job in handed_over(desk)] == ["spool-7"]
    settle(desk, claimed.job.id, PrintState.PRINTED)
    (job,) = jobs(desk, taken.id)
    assert (job.state, job.spool_ref, job.printer, job.reason) == (PrintState.PRINTED, "spool-7", "HP", "")
    assert handed_over(desk) == ()
    assert verbs(desk, taken.id)[-1] == "print.printed"


def test_when_the_program_dies_between_handing_over_and_noting_it_nothing_prints_twice(store: Store) -> None:
    faulty = FaultyStore(store)
    desk = a_desk(faulty)
    case = accept_draft(desk, fill(desk, pension()).id).case
    claimed = claim_next(desk)  # … and the program is gone here
    assert claimed is not None
    again = a_desk(store)
    assert claim_next(again) is None
    assert handed_over(again) == ()
    (job,) = jobs(again, case.id)
    assert (job.state, job.reason) == (PrintState.SENT, UNKNOWN)  # a person is asked


def test_a_claim_whose_commit_fails_is_no_claim(store: Store) -> None:
    faulty = FaultyStore(store)
    desk = a_desk(faulty)
    accept_draft(desk, fill(desk, pension()).id)
    faulty.arm(0)
    with pytest.raises(Exception, match="磁盘"):
        claim_next(desk)
    faulty.arm()
    assert claim_next(desk) is not None


@pytest.mark.parametrize("state", [PrintState.WAITING, PrintState.PRINTED])
def test_a_move_the_machine_does_not_know_changes_nothing(desk: Desk, taken: Case, state: PrintState) -> None:
    claimed = claim_next(desk)
    assert claimed is not None
    settle(desk, claimed.job.id, PrintState.PRINTED)
    before = jobs(desk, taken.id)
    settle(desk, claimed.job.id, PrintState.FAILED, reason="缺纸")
    settle(desk, "f" * 32, state)
    assert jobs(desk, taken.id) == before


def test_stale_papers_do_not_come_out_days_later(desk: Desk, taken: Case) -> None:
    """itpp-labs/pos-addons PR 682."""
    clock_of(desk).move(hours=12, minutes=1)
    assert claim_next(desk) is None
    (job,) = jobs(desk, taken.id)
    assert job.state is PrintState.FAILED
    assert "放得太久" in job.reason
    again = reprint(desk, taken.id, Form.F2, "上午停电")
    claimed = claim_next(desk)
    assert claimed is not None
    assert claimed.job.id == again.id


def test_papers_come_oldest_first(desk: Desk) -> None:
    first, second = (accept_draft(desk, fill(desk, pension()).id).case for _ in range(2))
    taken = [claim_next(desk), claim_next(desk)]
    assert [each.order.case.id for each in taken if each] == [first.id, second.id]


def test_a_reprint_is_counted_and_says_why_and_not_in_the_journal(desk: Desk, taken: Case) -> None:
    job = reprint(desk, taken.id, Form.F2, " 卡纸，冉样例要的 ")
    assert (job.copy_number, job.state, job.detail["why"]) == (2, PrintState.WAITING, "卡纸，冉样例要的")
    assert reprint(desk, taken.id, Form.F2, "又卡了").copy_number == 3
    with desk.store.begin(reading=True) as uow:
        entries = [entry for entry in uow.journal.of_case(taken.id) if entry.happening.verb == "print.again"]
    assert [entry.happening.detail["copy"] for entry in entries] == ["2", "3"]
    assert "冉样例" not in repr(entries)


def test_a_reprint_needs_a_reason_a_case_and_a_form_it_had(desk: Desk, taken: Case) -> None:
    for case_id, form, reason in ((taken.id, Form.F2, "  "), (taken.id, Form.F4, "x"), ("f" * 32, Form.F2, "x")):
        with pytest.raises(Refused):
            reprint(desk, case_id, form, reason)
    assert len(jobs(desk, taken.id)) == 1


def test_a_paper_that_cannot_be_made_holds_up_no_other(store: Store) -> None:
    catalogue = SmallCatalogue()
    desk = a_desk(store, catalogue=catalogue)
    gone = accept_draft(desk, fill(desk, pension()).id).case
    kept = accept_draft(desk, fill(desk, newborn()).id).case
    catalogue.forget("pension")
    claimed = claim_next(desk)
    assert claimed is not None
    assert claimed.order.case.id == kept.id
    (job,) = jobs(desk, gone.id)
    assert job.state is PrintState.FAILED
    assert job.reason


def test_the_preview_is_what_will_be_printed(desk: Desk, taken: Case) -> None:
    (job,) = jobs(desk, taken.id)
    order = order_of(desk, job.id)
    assert order == order_for_case(desk, taken.id, Form.F2)
    assert (order.form, order.copy_number, order.hall.code) == (Form.F2, 1, "500199")
    assert order.application.applicant.name == "冉样例"
    with pytest.raises(Refused, match="一次性告知书"):
        order_for_case(desk, taken.id, Form.F4)
    with pytest.raises(Refused):
        order_of(desk, "f" * 32)


def test_a_notice_prints_what_was_missing_and_a_deferral_its_day(desk: Desk) -> None:
    draft = intake.save(desk, fill(desk, pension(), sign=False).id, {"material.register": None})
    case = give_notice(desk, draft.id).case
    order = order_for_case(desk, case.id, Form.F4)
    assert order.missing == (("户口簿", ("缺少户口簿", "首页要有户主", "本人页要清楚")),)
    package = accept_draft(desk, fill(desk, newborn()).id).case
    assert order_for_case(desk, package.id, Form.F6).until == {"portrait": "2026-11-25"}


def test_only_who_may_see_cases_sees_papers(store: Store) -> None:
    case = accept_draft(a_desk(store), fill(a_desk(store), pension()).id).case
    for role in (Role.ADMIN, Role.AUDITOR):
        desk = a_desk(store, role=role)
        for attempt in (
            lambda desk=desk: order_for_case(desk, case.id, Form.F2),
            lambda desk=desk: reprint(desk, case.id, Form.F2, "x"),
            lambda desk=desk: order_of(desk, "x"),
        ):
            with pytest.raises(Refused, match="岗位"):
                attempt()
