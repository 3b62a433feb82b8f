"""A paper printed again says what it said: it is of the revision it was made from, whatever became of the case since."""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.application import Given
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import CaseState
from clerk_app.domain.paper import Form, PrintJob
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import Signature
from clerk_app.usecases.accept import accept_draft, give_notice
from clerk_app.usecases.as_of import as_of
from clerk_app.usecases.completing import Brought, correct
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.moves import withdraw
from clerk_app.usecases.printing import order_for_case, order_of, reprint
from printing.paper import ReportlabPaper
from tests.fakes.desk import PAGE, PAGES, clock_of, fill, pension
from tests.printing.reading import squeezed, text_of

REGISTER = Given(WayKind.CAPTURE, (bytes_hash(PAGE),), reason="申请人自愿交纸质件")


def text(desk: Desk, job: PrintJob) -> str:
    return squeezed(text_of(ReportlabPaper().render(order_of(desk, job.id))))


def test_a_notice_printed_again_after_all_came_still_says_what_was_missing(desk: Desk) -> None:
    given = give_notice(desk, fill(desk, pension(materials={}), sign=False).id)
    notice = next(job for job in given.jobs if job.form is Form.F4)
    assert "户口簿缺少" in text(desk, notice)
    clock_of(desk).move(days=1)
    brought = Brought({"register": REGISTER}, pages=[PAGES[0]], signature=Signature("paper", ""))
    done = correct(desk, given.case.id, brought)
    assert done.case.state is CaseState.ACCEPTED
    again = reprint(desk, given.case.id, Form.F4, "申请人弄丢了")
    assert (again.revision, again.copy_number) == (1, 2)
    assert "户口簿缺少" in text(desk, again)
    order = order_for_case(desk, given.case.id, Form.F4)
    assert (order.case.state, order.case.revision, order.case.accepted_on) == (CaseState.CORRECTION_ASKED, 1, None)
    assert order.case.document_numbers == given.case.document_numbers  # the later papers' numbers are not its own


def test_an_acceptance_printed_again_after_the_withdrawal_is_still_an_acceptance(desk: Desk) -> None:
    case = accept_draft(desk, fill(desk, pension()).id).case
    with desk.store.begin() as uow:
        uow.cases.set_numbers(case.id, gateway_receipt="R-1", case_number="50000001")
        uow.commit()
    clock_of(desk).move(minutes=1)
    now = withdraw(desk, case.id).case
    with desk.store.begin(reading=True) as uow:
        now = uow.cases.get(case.id) or now
        then = as_of(uow, now, 1)
        assert (then.state, then.outcome, then.content) == (CaseState.ACCEPTED, "", case.content)
        assert (then.gateway_receipt, then.case_number) == ("R-1", "50000001")  # numbers go along
        assert as_of(uow, now, 2) is now


def test_what_was_never_sent_shows_what_was_sent_last(desk: Desk) -> None:
    case = accept_draft(desk, fill(desk, pension()).id).case
    clock_of(desk).move(minutes=1)
    now = withdraw(desk, case.id).case
    with desk.store.begin(reading=True) as uow:
        assert as_of(uow, now, 0) == now  # nothing older: the case itself
        later = replace(now, revision=9)  # seven answers came in after it was sent last
        assert as_of(uow, later, 8) == now
