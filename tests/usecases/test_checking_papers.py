"""The check code tells which print a paper is, and whether somebody altered or made it up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clerk_app.crypto.paper_mark import KeyedMark
from clerk_app.domain.case import Case
from clerk_app.domain.feed import FeedEntry, NewsKind, Scope
from clerk_app.domain.paper import Copy, Form
from clerk_app.domain.paper_check import facts_of
from clerk_app.errors import Refused
from clerk_app.usecases.accept import accept_draft, give_notice
from clerk_app.usecases.checking_papers import facts_on, print_of_code, what_it_is
from clerk_app.usecases.counting_prints import save_further
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.looking import look_at_paper
from clerk_app.usecases.moves import withdraw
from clerk_app.usecases.news import apply
from clerk_app.usecases.printing import claim_next, order_of, order_to_save, reprint
from printing.paper import ReportlabPaper
from tests.fakes.desk import SUITE, clock_of, fill, pension
from tests.printing.reading import squeezed, text_of


def taken(desk: Desk) -> Case:
    return accept_draft(desk, fill(desk, pension()).id).case


def printed(desk: Desk, form: Form) -> str:
    """The code of the next print of a form that leaves the window."""
    claimed = claim_next(desk, lambda job: job.form is form)
    assert claimed is not None
    assert f"校验{claimed.order.check}" in squeezed(text_of(ReportlabPaper().render(claimed.order)))
    return claimed.order.check


def test_every_print_has_a_code_of_its_own_and_the_code_leads_to_it(desk: Desk) -> None:
    case = give_notice(desk, fill(desk, pension(materials={}), sign=False).id).case
    codes = {form: printed(desk, form) for form in (Form.F1, Form.F4)}
    again = reprint(desk, case.id, Form.F4, "卡纸")
    second = printed(desk, Form.F4)
    assert len({*codes.values(), second}) == 3
    found = print_of_code(desk, case.local_number, second.lower().replace("-", " "))
    assert found.id == again.id
    assert "第 2 次打印" in what_it_is(case, found)
    assert print_of_code(desk, case.local_number, codes[Form.F1]).form is Form.F1


def test_a_code_of_another_case_or_made_up_is_refused(desk: Desk) -> None:
    one, other = taken(desk), taken(desk)
    code = printed(desk, Form.F2)
    assert print_of_code(desk, one.local_number, code).case_id == one.id
    for number, wrong in ((other.local_number, code), (one.local_number, "AAAA-AAAA"), (one.local_number, "")):
        with pytest.raises(Refused, match=r"对不上|校验码应是"):
            print_of_code(desk, number, wrong)
    with pytest.raises(Refused, match="没有找到"):
        print_of_code(desk, "渝临500199-W03G1-20261123-9999", code)


def test_another_windows_paper_is_sent_there_and_not_called_false(desk: Desk) -> None:
    """A citizen once heard 没有找到 at the next window of the same hall."""
    case = taken(desk)
    code = printed(desk, Form.F2)
    other = replace(desk, hall=replace(desk.hall, window="17"))
    for number, here in (
        (case.local_number.replace(f"-W{case.window}G", "-W17G"), desk),  # never heard of here
        (case.local_number, other),  # lies here, was taken there
    ):
        wrong = code[:-1] + ("A" if code[-1] != "A" else "C")
        with pytest.raises(Refused, match="不是本窗口打的") as refused:
            print_of_code(here, number, wrong)
        assert "这不说明纸是假的" in refused.value.sentence()
    with pytest.raises(Refused, match="没有找到"):
        print_of_code(desk, "渝临500199-W", code)


ALTERED: dict[str, Callable[[Case], Case]] = {
    "name": lambda case: replace(case, content={**case.content, "applicant": {**case.content["applicant"], "name": "冉样利"}}),
    "number": lambda case: replace(case, local_number=case.local_number[:-1] + "8"),
    "day": lambda case: replace(case, deadline={**case.deadline, "day": "2026-12-31"}),
    "outcome": lambda case: replace(case, outcome="准予"),
    "materials": lambda case: replace(case, content={**case.content, "materials": {}}),
    "reason": lambda case: replace(case, content={**case.content, "acts": [{**case.content["acts"][0], "reason": "已经同意"}]}),
    "item": lambda case: replace(case, item=replace(case.item, name="别的事项")),
}  # fmt: skip


@pytest.mark.parametrize("what", ALTERED)
def test_whatever_is_altered_gives_another_code(desk: Desk, what: str) -> None:
    case = taken(desk)
    assert _code(desk, ALTERED[what](case)) != _code(desk, case)


def test_form_number_print_moment_and_key_are_in_the_code(desk: Desk) -> None:
    case = taken(desk)
    plain = _code(desk, case)
    assert plain == _code(desk, case)
    assert plain != _code(desk, case, form=Form.F1)
    assert plain != _code(desk, case, number="演示受〔2026〕第 2 号")
    assert plain != _code(desk, case, copy=2)
    assert plain != _code(desk, case, made_ms=2)
    assert plain != _code(desk, case, rows=(("a",),))
    assert plain != _code(replace(desk, paper_mark=KeyedMark(SUITE, b"\x08" * 32)), case), "another window's key"


def _code(desk: Desk, case: Case, form: Form = Form.F2, **told: object) -> str:
    facts = facts_of(form, case, **{"number": "一", "copy": 1, "made_ms": 1, **told})  # type: ignore[arg-type]
    return desk.paper_mark.mark(facts)


def test_what_became_of_the_case_since_does_not_void_the_papers_that_were_given(desk: Desk) -> None:
    case = taken(desk)
    code = printed(desk, Form.F2)
    with desk.store.begin() as uow:
        uow.cases.set_numbers(case.id, gateway_receipt="500199-1", case_number="500199000000000001")
        body = {"case_id": case.id, "revision": 1, "verification": "verified"}
        apply(uow, FeedEntry(1, Scope.WINDOW, NewsKind.VERIFIED, body), desk.clock.now())
        uow.commit()
    clock_of(desk).move(days=2)
    withdraw(desk, case.id)
    job = print_of_code(desk, case.local_number, code)
    order = look_at_paper(desk, job.id)
    assert order.check == code
    facts = dict(facts_on(order))
    assert facts["承诺办结"] == case.deadline["day"]
    assert facts["申请人"] == "冉样例（500199********0120）"
    assert "结果" not in facts, "as it was printed"


def test_a_file_bears_its_code_and_may_hold_the_applicants_sheet_alone(desk: Desk) -> None:
    case = taken(desk)
    whole = save_further(desk, case.id, Form.F2, "")
    order = order_to_save(desk, whole.id)
    assert print_of_code(desk, case.local_number, order.check).id == whole.id
    with pytest.raises(Refused, match="要写明原因"):
        save_further(desk, case.id, Form.F2, "")
    one = save_further(desk, case.id, Form.F2, "申请人弄丢了", (Copy.APPLICANT,))
    alone = order_to_save(desk, one.id)
    text = squeezed(text_of(ReportlabPaper().render(alone)))
    assert "本联交申请人" in text
    assert "本联存档" not in text
    assert "本联存档" in squeezed(text_of(ReportlabPaper().render(order)))
    assert alone.check != order.check


def test_a_reprint_of_the_applicants_sheet_is_for_this_once(desk: Desk) -> None:
    case = taken(desk)
    one = reprint(desk, case.id, Form.F2, "申请人弄丢了", copies=(Copy.APPLICANT,))
    assert order_of(desk, one.id).sheets == (Copy.APPLICANT,)
    both = reprint(desk, case.id, Form.F2, "存档联也脏了")
    assert order_of(desk, both.id).sheets == Form.F2.copies


def test_a_file_that_was_made_counts_though_its_writing_failed(desk: Desk) -> None:
    """The number was given out: the next file wants its reason, whether or not the first reached the disk."""
    case = taken(desk)
    save_further(desk, case.id, Form.F2, "")
    with pytest.raises(Refused, match="要写明原因"):
        save_further(desk, case.id, Form.F2, "")
