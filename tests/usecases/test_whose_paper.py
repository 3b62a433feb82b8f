"""Beside the seal stand the day of the act and the clerk who acted, whoever prints the paper again, and whenever."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clerk_app.domain.feed import FeedEntry, NewsKind, Scope
from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.paper import Form, PrintJob, PrintState
from clerk_app.domain.session import Session
from clerk_app.errors import Refused
from clerk_app.usecases.accept import accept_draft, give_notice
from clerk_app.usecases.counting_prints import FILE_FIRST, PAPER_FIRST, save_further, save_print
from clerk_app.usecases.deciding import Receiver, deliver
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.handwritten_papers import order_by_hand
from clerk_app.usecases.moves import withdraw
from clerk_app.usecases.news import apply
from clerk_app.usecases.printing import claim_next, order_of, order_to_save, reprint, settle
from printing.paper import ReportlabPaper
from tests.fakes.desk import clock_of, fill, pension
from tests.printing.reading import squeezed, text_of


@pytest.fixture(autouse=True)
def clerks(desk: Desk) -> None:
    with desk.store.begin() as uow:
        uow.clerks.add(Clerk("wangmin", "王敏", Role.CLERK))
        uow.clerks.add(Clerk("lihua", "李华", Role.CLERK))
        uow.commit()


def as_other(desk: Desk, role: Role = Role.CLERK) -> Desk:
    return replace(desk, session=Session("lihua", "李华", role))


def text(desk: Desk, job: PrintJob) -> str:
    return squeezed(text_of(ReportlabPaper().render(order_of(desk, job.id))))


def test_a_reprint_bears_the_day_of_the_act_and_says_apart_when_it_was_printed(desk: Desk) -> None:
    given = give_notice(desk, fill(desk, pension(materials={}), sign=False).id)
    clock_of(desk).move(days=3)
    for form in (Form.F1, Form.F4):
        told = text(as_other(desk), reprint(as_other(desk), given.case.id, form, "申请人弄丢了"))
        assert "业务受理专用章2026年11月23日" in told
        assert "第2次打印2026-11-2609:30" in told
        assert {Form.F1: "收件人：王敏", Form.F4: "告知人：王敏"}[form] in told
        assert "2026年11月26日" not in told
    assert "告知时间2026-11-2309:30" in told


def test_a_paper_names_who_acted_and_not_who_took_the_case(desk: Desk) -> None:
    taken = accept_draft(desk, fill(desk, pension()).id).case
    clock_of(desk).move(days=1)
    other = as_other(desk)
    (back,) = [job for job in withdraw(other, taken.id).jobs if job.form is Form.F12]
    clock_of(desk).move(days=1)
    for told in (text(desk, back), text(desk, reprint(desk, taken.id, Form.F12, "卡纸"))):
        assert "经办人：李华" in told
        assert "王敏" not in told
        assert "业务受理专用章2026年11月24日" in told


def test_who_hands_over_stands_on_the_delivery_receipt(desk: Desk) -> None:
    taken = accept_draft(desk, fill(desk, pension()).id).case
    with desk.store.begin() as uow:
        body = {"case_id": taken.id, "revision": 1, "result": "准予", "note": ""}
        apply(uow, FeedEntry(1, Scope.WINDOW, NewsKind.DECIDED, body), desk.clock.now())
        uow.commit()
    clock_of(desk).move(days=1)
    done = deliver(as_other(desk, Role.DELIVERY), taken.id, Receiver())
    (receipt,) = [job for job in done.jobs if job.form is Form.F13]
    told = text(desk, receipt)
    assert "送达人李华" in told
    assert "送达人：李华" in told
    assert "王敏" not in told


def test_a_paper_that_no_act_orders_names_who_ordered_it(desk: Desk) -> None:
    taken = accept_draft(desk, fill(desk, pension()).id).case
    clock_of(desk).move(days=1)
    job = order_by_hand(as_other(desk), taken.id, Form.F18)
    clock_of(desk).move(days=1)
    told = text(desk, job)
    assert "经办人：李华" in told
    assert "业务受理专用章2026年11月24日" in told


def test_the_journal_leads_to_the_reason_of_a_reprint(desk: Desk) -> None:
    taken = accept_draft(desk, fill(desk, pension()).id).case
    job = reprint(desk, taken.id, Form.F2, "冉样例弄丢了")
    with desk.store.begin(reading=True) as uow:
        (entry,) = [each for each in uow.journal.of_case(taken.id) if each.happening.verb == "print.again"]
        found = uow.print_jobs.get(entry.happening.detail["job"])
    assert found is not None
    assert (found.id, found.detail["why"]) == (job.id, "冉样例弄丢了")


def test_a_file_before_any_paper_is_the_first_print_and_the_paper_that_waits_the_second(desk: Desk) -> None:
    taken = accept_draft(desk, fill(desk, pension()).id).case
    with desk.store.begin(reading=True) as uow:
        (waits,) = [job for job in uow.print_jobs.of_case(taken.id) if job.form is Form.F2]
    first = save_further(desk, taken.id, Form.F2, "")
    assert "第1次打印" in squeezed(text_of(ReportlabPaper().render(order_to_save(desk, first.id))))
    claimed = claim_next(desk, lambda job: job.form is Form.F2)
    assert claimed is not None
    assert (claimed.job.id, claimed.job.copy_number, claimed.job.detail["why"]) == (waits.id, 2, FILE_FIRST)
    assert "第2次打印" in squeezed(text_of(ReportlabPaper().render(claimed.order)))
    assert claimed.order.dated == order_of(desk, first.id).dated  # the moment of the act, on both


@pytest.mark.parametrize("state", [PrintState.SENT, PrintState.PRINTED])
def test_a_file_after_a_paper_print_is_a_further_one_and_the_window_knows_why(desk: Desk, state: PrintState) -> None:
    taken = accept_draft(desk, fill(desk, pension()).id).case
    claimed = claim_next(desk, lambda job: job.form is Form.F2)
    assert claimed is not None
    settle(desk, claimed.job.id, state, spool_ref="a-1", printer="a")
    made = save_print(desk, claimed.job.id)
    assert (made.copy_number, made.detail["why"], made.is_file) == (2, PAPER_FIRST, True)
    assert "第2次打印" in squeezed(text_of(ReportlabPaper().render(order_to_save(desk, made.id))))
    with desk.store.begin(reading=True) as uow:
        (again,) = [each for each in uow.journal.of_case(taken.id) if each.happening.verb == "print.again"]
    assert (again.happening.detail["job"], again.happening.detail["copy"]) == (made.id, "2")
    further = reprint(desk, taken.id, Form.F2, "卡纸")
    assert (further.copy_number, further.is_file) == (3, False)


def test_a_second_file_wants_a_reason_of_its_own(desk: Desk) -> None:
    taken = accept_draft(desk, fill(desk, pension()).id).case
    first = save_further(desk, taken.id, Form.F2, "")
    order_to_save(desk, first.id)
    with pytest.raises(Refused, match="第 3 次打印"):  # the second is the paper that waits for its printer
        save_further(desk, taken.id, Form.F2, " ")
    second = save_further(desk, taken.id, Form.F2, "申请人弄丢了")
    assert order_to_save(desk, second.id).copy_number == 3
    assert save_further(desk, taken.id, Form.F2, "又丢了").copy_number == 4
    with desk.store.begin(reading=True) as uow:
        told = [e.happening.detail["job"] for e in uow.journal.of_case(taken.id) if e.happening.verb == "print.saved"]
        waiting = [job.id for job in uow.print_jobs.open() if job.state is PrintState.WAITING]
    assert told == [first.id, second.id]
    assert len(waiting) == 1  # a file is no order to a printer
    assert not {first.id, second.id} & set(waiting)
