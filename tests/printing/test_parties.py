"""In whose name a paper is: a firm's to the firm, a person's to the person; and what the clerk is called on each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clerk_app.domain.acts import GATEWAY, Act, with_act
from clerk_app.domain.application import Given
from clerk_app.domain.case import Move
from clerk_app.domain.paper import Form, Look
from clerk_app.domain.people import Verification
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import THUMB, Signature, Thumbprint
from clerk_app.ports import PaperOrder
from printing.documents.words import shipped, to_firm
from printing.paper import ReportlabPaper
from printing.specimens import people
from printing.specimens.orders import Length, specimen
from tests.printing.golden import page_lines
from tests.printing.reading import specimen_pdf, squeezed, text_of

PAPER = ReportlabPaper()
FIRM = f"{people.FIRM.name}（统一社会信用代码{people.FIRM.uscc}）"
TO_THE_APPLICANT = (Form.F1, Form.F2, Form.F3, Form.F4, Form.F5, Form.F9, Form.F10, Form.F11, Form.F12, Form.VOID)
BY_THE_APPLICANT = (Form.F6, Form.F7, Form.F8, Form.F13)


def of_a_firm(form: Form, *, agent: bool = False) -> PaperOrder:
    order = specimen(form)
    by = people.AGENT if agent or form is Form.F8 else None
    return replace(order, application=replace(order.application, organisation=people.FIRM, agent=by))


def words(order: PaperOrder) -> str:
    return squeezed(text_of(PAPER.render(order)))


@pytest.mark.parametrize("form", TO_THE_APPLICANT, ids=lambda form: form.name)
def test_a_firms_paper_is_addressed_to_the_firm_and_signed_for_it(form: Form) -> None:
    text = words(of_a_firm(form))
    assert f"{FIRM}：" in text
    assert "法定代表人刘桂芳（公民身份号码500199********2467）" in text
    assert "刘桂芳（公民身份号码500199********2467）：" not in text
    assert "您" not in text.replace("通知您", "")
    assert "申请单位（法定代表人）签" in text
    assert "申请单位（经办人）签" in words(of_a_firm(form, agent=True))
    assert "经办人周代办" in words(of_a_firm(form, agent=True))


@pytest.mark.parametrize("form", BY_THE_APPLICANT, ids=lambda form: form.name)
def test_what_a_firm_promises_or_receives_it_does_in_its_own_name(form: Form) -> None:
    text = words(of_a_firm(form))
    assert people.FIRM.name in text
    assert people.FIRM.uscc in text
    assert "法定代表人" in text
    assert "本人" not in text.replace("由本人所签", "")
    signs = {
        Form.F6: "承诺单位盖章、法定代表人签名：",
        Form.F7: "承诺单位盖章、法定代表人签名：",
        Form.F8: "委托单位盖章、法定代表人签名：",
        Form.F13: "受送达单位（代收人）签名：",
    }
    assert signs[form] in text


def test_no_sentence_to_a_firm_speaks_to_a_person() -> None:
    to_persons = {"f15", "f17", "f18"}
    said = {key: to_firm(each.text) for key, each in shipped().items() if key.split(".")[0] not in to_persons}
    assert {key: text for key, text in said.items() if "您" in text or "贵单位本" in text or "单位本人" in text} == {}
    assert said["f7.agent"] == "本承诺须由法定代表人签名并盖单位公章，经办人不能代为承诺。"
    assert said["f8.opening"] == "委托单位委托受托人代为办理{item}。"


@pytest.mark.parametrize(
    ("form", "who"),
    [(Form.F1, "收件人"), (Form.F2, "受理人"), (Form.F3, "经办人"), (Form.F4, "告知人"), (Form.F5, "收件人"), (Form.F6, "经办人"),
     (Form.F7, "经办人"), (Form.F8, "经办人"), (Form.F9, "告知人"), (Form.F13, "送达人"), (Form.F15, "首问人")],
)  # fmt: skip
def test_the_clerk_is_called_by_what_they_did(form: Form, who: str) -> None:
    text = squeezed(text_of(specimen_pdf(form)))
    assert f"{who}：王敏（03号窗口）" in text
    assert ("受理人" in text) is (form is Form.F2)


@pytest.mark.parametrize("form", [Form.F14, Form.F15, Form.F16])
def test_a_list_and_a_referral_claim_no_case_number_of_their_own(form: Form) -> None:
    text = squeezed(text_of(specimen_pdf(form, Length.LONG)))
    assert "离线受理号" not in text
    assert ("引导编号" if form is Form.F15 else "首件编号") + "校验" in text
    assert "办件编号校验" not in text


@pytest.mark.parametrize(
    ("kind", "title", "told"),
    [("01", "不予行政许可决定书", "决定不予行政许可。"), ("05", "不予给付决定书", "决定不予给付。"),
     ("07", "不予确认决定书", "决定不予确认。"), ("20", "不予决定通知书", "决定不予办理。")],
)  # fmt: skip
def test_a_refusal_is_called_by_what_was_refused(kind: str, title: str, told: str) -> None:
    order = specimen(Form.F10)
    assert order.scheme.item is not None
    text = words(replace(order, scheme=replace(order.scheme, item=replace(order.scheme.item, task_type=kind))))
    assert title in text
    assert told in text
    assert ("第三十八条" in text) is (kind == "01")


@pytest.mark.parametrize("form", [Form.F3, Form.F10, Form.VOID])
def test_a_reason_ends_with_one_full_stop(form: Form) -> None:
    order = specimen(form)
    for reason in ("材料不实", "材料不实。", "材料不实；"):
        content = dict(order.case.content)
        content["acts"] = [{**act, "reason": reason} for act in content["acts"]]
        text = words(replace(order, case=replace(order.case, content=content)))
        assert "材料不实。" in text
        assert "材料不实。。" not in text


def test_a_paper_signed_here_is_an_original_whose_sheets_are_counted() -> None:
    order = specimen(Form.F1, Length.LONG)
    materials = {**order.application.materials, "power": Given(WayKind.FORM)}
    text = words(replace(order, application=replace(order.application, materials=materials)))
    assert "授权委托书原件1＿＿纸质（签字）" in text


@pytest.mark.parametrize("form", [Form.F11, Form.F13])
def test_what_the_platform_has_finished_waits_for_no_check(form: Form) -> None:
    order = specimen(form)
    assert order.application.applicant.verification is Verification.PENDING_ONLINE
    assert "待联网核验" in words(order)  # decided at this counter, without a line
    ended = Act(Move.FINISH, people.NOON, GATEWAY, "03", "", "准予", {"document": "领取通知", "document_number": "1"})
    acts = [act for act in order.case.content["acts"] if act["move"] != Move.FINISH.value]
    content = with_act({**order.case.content, "acts": []}, ended)
    content["acts"] = [*content["acts"], *acts]
    text = words(replace(order, case=replace(order.case, content=content)))
    assert "待联网核验" not in text
    assert "身份核验身份证拍照识别" in text


@pytest.mark.parametrize("look", [Look(), Look(large=True)], ids=["a4", "large"])
@pytest.mark.parametrize("form", [Form.F1, Form.F4, Form.F14])
def test_later_pages_say_which_paper_print_and_copy_they_are_of(form: Form, look: Look) -> None:
    pdf = specimen_pdf(form, Length.EXTREME, look)
    own = specimen(form, Length.EXTREME).case.document_numbers[form.value]
    pages = [squeezed(page) for page in text_of(pdf).split("\f") if page.strip()]
    count = len(pages) // len(form.copies)
    assert count > 1
    for at, page in enumerate(pages):
        copy = form.copies[at // count]
        whose = squeezed(shipped()[f"copy.{copy.value}"].text)
        assert "第12次打印" in page
        assert squeezed(own) in page
        assert [each for each in form.copies if squeezed(shipped()[f"copy.{each.value}"].text) in page] == [copy], whose


@pytest.mark.parametrize("form", [Form.F8, Form.F13, Form.F15])
def test_the_picture_of_a_name_stands_right_below_the_row_that_tells_it(form: Form) -> None:
    order = specimen(form)
    shown = replace(
        order,
        application=replace(
            order.application, applicant=replace(order.application.applicant, name="龚" + people.UNDRAWN)
        ),
        name_picture=people.name_on_card(),
    )
    lines = [(int(line.split()[2]), squeezed(line)) for line in page_lines(PAPER.render(shown))]
    (picture,) = {top for top, line in lines if "证件上的姓名" in line}
    named = [top for top, line in lines if "[U+323B1]" in line and top < picture]
    assert 0 < picture - max(named) < 25


def test_who_cannot_write_takes_a_result_with_a_finger_before_a_witness() -> None:
    order = specimen(Form.F13)
    assert "受送达人（代收人）签名" in words(order)
    finger = Signature(THUMB, "a" * 64, (), Thumbprint("王敏", "李见证", "样例社区网格员"))
    text = words(replace(order, application=replace(order.application, signature=finger)))
    assert "受送达人按指印" in text
    assert "见证人签名" in text
    assert "受送达人（代收人）签名" not in text
