"""F17 and F18: ordered for a case, filled in by hand; every field of the data sheet stands on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.domain.paper import Form, Look, PaperSize
from clerk_app.domain.rating import LEVELS, REASONS
from clerk_app.errors import Refused
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.handwritten_papers import order_by_hand
from clerk_app.usecases.printing import order_of, reprint
from local_db.unit_of_work import SqlStore
from printing.paper import ReportlabPaper
from printing.preview import page_pictures
from printing.specimens.orders import Length, specimen
from tests.fakes.desk import SUITE, a_desk, fill, pension
from tests.printing.orders import ID_NUMBER, long_order, order
from tests.printing.reading import squeezed, text_of

PAPER = ReportlabPaper()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = SqlStore(tmp_path, bytes(range(32)), SUITE, create=True)
    yield a_desk(store)
    store.close()


def printed(form: Form) -> str:
    return squeezed(text_of(PAPER.render(replace(order(Form.F2), form=form)))).replace("＿", "_")


def test_the_rating_sheet_has_all_levels_and_reasons_and_names_nobody() -> None:
    text = printed(Form.F17)
    words = [*LEVELS.values(), *(each for level in REASONS.values() for each in level.values())]
    assert [each for each in words if f"□{each}" not in text] == []
    assert [
        each for each in ("办件编号", "可以不填", "评价日期", "建议", "评价箱", "12345", "样例") if each not in text
    ] == []
    plain = order(Form.F2)
    secret = (plain.application.applicant.name, plain.case.local_number, ID_NUMBER[-4:], "一式两份", plain.clerk_name)
    assert [each for each in secret if each in text] == []
    assert len(page_pictures(PAPER.render(replace(plain, form=Form.F17)), 40)) == 1


def test_the_visit_record_has_every_field_of_the_data_sheet() -> None:
    text = printed(Form.F18)
    wanted = (
        "服务对象刘桂芳",
        "500199********2467",
        "所在网格",
        "申请事项",
        "社会保障卡（银行账户）",
        "出发时间",
        "返回时间",
    )
    more = (
        "陪同人",
        "服务对象签名或按指印：",
        "上门人员签名：",
        "陪同人签名：",
        "不收费",
        "一式两份",
        "业务受理专用章",
    )
    assert [each for each in (*wanted, *more) if each not in text] == []
    before = (
        "社会保障卡（银行账户）已交",
        "无其他养老待遇证明告知承诺",
        "多地参保缴费凭证容缺后补",
        "居民身份证待联网核验",
    )
    assert [each for each in before if each not in text] == []
    assert ID_NUMBER not in text
    long = replace(long_order(Form.F2), form=Form.F18)
    every = text_of(PAPER.render(long))
    assert [material.name[:8] for material in long.scheme.materials if material.name[:8] not in every] == []


def test_ordered_once_for_a_case_and_again_as_a_reprint(desk: Desk) -> None:
    case = accept_draft(desk, fill(desk, pension()).id).case
    for form in (Form.F17, Form.F18):
        job = order_by_hand(desk, case.local_number, form)
        assert PAPER.render(order_of(desk, job.id)).startswith(b"%PDF")
        with pytest.raises(Refused, match="已经有"):
            order_by_hand(desk, case.id, form)
        assert reprint(desk, case.id, form, "写坏了").copy_number == 2
        assert ("访〔" in text_of(PAPER.render(order_of(desk, job.id)))) is (
            form is Form.F18
        )  # the rating sheet has no number
    with pytest.raises(Refused, match="不能单独要"):
        order_by_hand(desk, case.id, Form.F2)
    with desk.store.begin(reading=True) as uow:
        noted = [e.happening.detail for e in uow.journal.entries() if e.happening.verb == "print.by_hand"]
    assert noted == [{"form": "paper_rating"}, {"form": "visit_record"}]


@pytest.mark.parametrize("look", [Look(size, large) for size in PaperSize for large in (False, True)], ids=str)
def test_no_page_of_the_rating_sheet_names_a_case_or_a_person(look: Look) -> None:
    for length in Length:
        order = specimen(Form.F17, length, look)
        text = squeezed(text_of(PAPER.render(order)))
        person = order.application.applicant
        for secret in (
            order.case.local_number,
            "渝临",
            person.name,
            person.document_number[-4:],
            order.case.case_number,
        ):
            assert not secret or secret not in text
