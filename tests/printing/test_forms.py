"""Each form is printed, opened again with other tools and read: fields, fonts, QR, rare names, and what must not be there."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pikepdf
import pytest
import zxingcpp

from clerk_app.domain.deadlines import Deadline
from clerk_app.domain.life_event import scheme_of_item
from clerk_app.domain.numbering import case_qr
from clerk_app.domain.paper import FORM_NAMES, Form
from clerk_app.domain.people import DocumentKind, Verification, mask_id
from clerk_app.domain.service_item import LimitUnit, TimeLimit
from clerk_app.errors import Refused
from clerk_app.ports import PaperOrder
from printing.documents import registry
from printing.paper import ReportlabPaper
from printing.preview import page_pictures
from tests.printing.orders import (
    AGENT,
    AGENT_NUMBER,
    APPLICANT,
    FIVE_DAYS,
    FORMS,
    HALL,
    ID_NUMBER,
    ITEM,
    LONG_ADDRESS,
    LONG_NAME,
    RARE_NAMES,
    life_event_order,
    long_order,
    order,
)
from tests.printing.reading import lines_of, squeezed, text_of

PAPER = ReportlabPaper()
CLOSERS = "，。；：！？、）》”"

EVERYWHERE = (
    "重庆市演示区演示镇便民服务中心", "刘桂芳", "500199********2467", "渝临500199-W03G1-20261121-0009",
    "城乡居民基本养老保险待遇申领（编码500120199001）", "138****3210", "2026年11月21日", "人：王敏（03号窗口）",
    "023-00000000", "投诉：12345", "业务受理专用章", "一式两份本联交申请人", "一式两份本联存档", "样例数据·仅供演示", "第1次打印",
    "2026-11-2109:46", "待联网核验", "离线受理号", "时间：", "第310009号",
)  # fmt: skip
FIELDS: dict[Form, tuple[str, ...]] = {
    Form.F1: ("材料名称", "原件/复印件", "份数", "页数", "形式", "备注", "社会保障卡（银行账户）", "原件11电子（高拍）",
              "收件时间2026-11-2109:46", "不代表已经受理", "5个工作日内", "免交2份", "有2份", "申请人签名：", "收件人签名："),
    Form.F2: ("现予受理", "申请日期2026年11月21日", "受理日期2026年11月21日", "依据：本事项办事指南", "最迟办结",
              "2026年11月27日（含）", "承诺5个工作日，不含特殊程序时间", "法定时限20个工作日", "办理方式窗口·本人", "收费不收费",
              "领取方式短信通知，本窗口领取", "承办部门演示区人力社保局", "还要补交（容缺）", "多地参保缴费凭证；逾期未补",
              "居民身份证电子证照，免交—待联网核验", "高拍影像，1页1", "11月27日前补", "申请人签收："),
    Form.F4: ("一次告知如下", "1社会保障卡（银行账户）缺少", "第2页没有经办机构印章", "卡面清楚，银行账户已激活",
              "纸质/电子化，1份", "有经办机构印章",
              "样表在本窗口领取", "也可以：容缺", "补正期限", "____年__月__日前", "按退件处理", "咨询电话023-00000000",
              "告知方式窗口当面书面告知", "告知时间2026-11-2109:46", "全部需要补正的内容", "申请人签收：", "告知人签名："),
    Form.F6: ("主要材料已经交齐", "多地参保缴费凭证", "纸质/电子化，1份", "2026年11月27日（含）",
              "补交方式", "不超过本事项的承诺办结时限",
              "按退件处理；已经受理的，撤销受理", "承诺办结2026年11月27日（5个工作日）", "承诺人签名："),
    Form.F7: ("一、证明事项", "二、证明内容", "三、承诺方式", "四、不实承诺的责任", "五、核查权力", "信息共享、部门协查或者现场检查",
              "无其他养老待遇证明", "本人没有领取其他基本养老保险待遇", "已经知晓",
              "已经符合", "内容真实", "愿意承担", "自主选择", "可以撤回承诺",
              "代办人不能代为承诺", "承诺人签名："),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_field_of_the_data_sheet_can_be_read(form: Form) -> None:
    text = squeezed(text_of(PAPER.render(order(form)))).replace("＿", "_")
    number = order(form).case.document_numbers[form.value]
    wanted = (
        *EVERYWHERE,
        *FIELDS[form],
        FORM_NAMES[form],
        squeezed(number),
        "校验A7KM-3XRP",
    )
    assert [field for field in wanted if field not in text] == []


def test_fields_and_registry_and_files_agree() -> None:
    """Forms of the intake are read here; those of the later moves in tests/usecases/test_moves.py, each out of its own act."""
    assert set(FIELDS) == set(FORMS)
    assert set(PAPER.forms()) == set(registry.DOCUMENTS) == set(Form)
    folder = Path(registry.__file__).parent
    rooms = {path.stem for path in folder.glob("*.py")} - {
        "__init__",
        "registry",
        "frame",
        "facts",
        "words",
        "acts",
        "closing",
        "party",
        "titles",
    }
    assert rooms == {form.value for form in registry.DOCUMENTS}


@cache
def kinds(form: Form) -> tuple[tuple[PaperOrder, bytes], ...]:
    """Orders and their papers, made once."""
    rare = order(form, agent=AGENT, person=replace(APPLICANT, name="龚㛃䶮𫠝"))
    return tuple((each, PAPER.render(each)) for each in (order(form), long_order(form), life_event_order(form), rare))


@pytest.mark.parametrize("form", FORMS)
def test_files_are_whole_with_every_font_embedded_and_nothing_personal_outside_the_page(form: Form) -> None:
    for each, pdf in kinds(form):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert document.check_pdf_syntax() == []
            fonts = [
                thing
                for thing in document.objects
                if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font"
            ]
            assert fonts
            for font in fonts:
                assert re.fullmatch(r"/[A-Z]{6}\+(NotoSansSC-(Regular|Bold)|HanaMinB)", str(font.BaseFont))
                assert len(font.FontDescriptor.FontFile2.read_bytes()) > 0
            information = " ".join(str(value) for value in document.docinfo.values())
            assert each.application.applicant.name not in information
            assert str(document.docinfo.Title) == f"{FORM_NAMES[form]} {each.case.local_number}"
            assert [float(n) for n in document.pages[0].MediaBox] == pytest.approx([0, 0, 595.28, 841.89], abs=0.01)


@pytest.mark.parametrize("form", FORMS)
def test_no_full_number_and_no_line_that_starts_with_punctuation(form: Form) -> None:
    for _, pdf in kinds(form):
        text = squeezed(text_of(pdf))
        assert not any(secret in text for secret in (ID_NUMBER, AGENT_NUMBER, APPLICANT.phone, AGENT.phone))
        assert mask_id(ID_NUMBER) in text
        lines = lines_of(pdf)
        assert len(lines) > 20
        assert [line for line in lines if line[0] in CLOSERS] == []


@pytest.mark.parametrize("form", FORMS)
def test_the_code_on_the_paper_holds_the_case_number_alone(form: Form) -> None:
    for each, pdf in kinds(form)[:2]:
        last = page_pictures(pdf, width=1000)[-1]
        picture = np.frombuffer(last.rgb, np.uint8).reshape(last.height, last.width, 3)
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [case_qr(each.case.local_number)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", RARE_NAMES)
def test_rare_names_copy_exactly_and_unknown_characters_are_spelled_out(form: Form, name: str) -> None:
    text = text_of(PAPER.render(order(form, person=replace(APPLICANT, name=name))))
    assert name.replace("\U00030000", "[U+30000]") in text
    assert "\ufffd" not in text


def test_the_fallback_font_is_the_one_that_draws_what_noto_lacks() -> None:
    pdf = PAPER.render(order(Form.F2, person=replace(APPLICANT, name="甲𫠝")))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        names = {
            str(thing.BaseFont)[8:]
            for thing in document.objects
            if isinstance(thing, pikepdf.Dictionary) and "/BaseFont" in thing
        }
    assert names == {"NotoSansSC-Regular", "NotoSansSC-Bold", "HanaMinB"}


@pytest.mark.parametrize("form", [Form.F1, Form.F2, Form.F4, Form.F6, Form.F7])
def test_long_papers_flow_with_repeated_heads_and_lose_nothing(form: Form) -> None:
    pdf = kinds(form)[1][1]
    text = squeezed(text_of(pdf))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = len(document.pages) // 2  # the applicant's copy, and that for the file
    assert pages > 1
    assert LONG_NAME[:50] in text
    assert f"第{pages}页，共{pages}页" in text
    assert text.count(f"{FORM_NAMES[form]}（续）") == 2 * (pages - 1)
    listed = {n for n in range(1, 61) if f"第{n}份材料" in text}
    taken = {
        n for n in range(1, 61) if n % 4 in (0, 1)
    }  # captured and waived ones: all that the receipt of materials lists
    assert listed == (taken if form is Form.F1 else set(range(1, 61)))


def test_a_300_character_address_stands_in_its_cell_whole() -> None:
    long = long_order(Form.F4)
    told = tuple(each for each in long.missing if LONG_ADDRESS in each[1][1])
    assert LONG_ADDRESS in "".join(lines_of(PAPER.render(replace(long, missing=told))))


def test_a_life_event_is_one_notice_that_names_its_parts() -> None:
    for form in FORMS:
        text = squeezed(text_of(PAPER.render(life_event_order(form))))
        assert "新生儿出生一件事" in text
        if form is Form.F2:
            assert "1出生登记（户口）公安5个工作日" in text
            assert "3社会保障卡申领人社5个工作日" in text
        else:
            assert "包含事项出生登记（户口）；城乡居民基本医疗保险参保登记；社会保障卡申领" in text


def test_the_same_order_gives_the_same_bytes() -> None:
    for form in FORMS:
        assert ReportlabPaper().render(long_order(form)) == kinds(form)[1][1]


def test_reprints_numbers_and_marks_follow_the_case() -> None:
    plain = order(Form.F2)
    reached = replace(plain, offline=False, copy_number=3, case=replace(plain.case, case_number="5001998800000001"))
    text = squeezed(text_of(PAPER.render(reached)))
    assert "第3次打印" in text
    assert "渝快办编号5001998800000001" in text
    assert "渝临500199-W03G1-20261121-0009" in text
    assert "离线受理号" not in text


def test_real_data_is_not_stamped_as_sample_and_verified_people_are_not_marked() -> None:
    plain = order(
        Form.F7,
        person=replace(APPLICANT, verification=Verification.VERIFIED),
        scheme=scheme_of_item(replace(ITEM, origins={})),
    )
    real = replace(
        plain,
        hall=replace(HALL, sample=False),
        case=replace(plain.case, item=replace(plain.case.item, sample=False)),
        application=replace(plain.application, materials={"alive": plain.application.materials["alive"]}),
    )
    text = squeezed(text_of(PAPER.render(real)))
    assert "样例数据" not in text
    assert "待联网核验" not in text
    assert "身份证拍照识别·已核验" in text


def test_a_deadline_past_the_known_calendar_is_an_estimate() -> None:
    plain = order(Form.F2)
    late = Deadline(TimeLimit(LimitUnit.WORKDAY, 40), dt.date(2027, 1, 19), estimated=True)
    text = squeezed(text_of(PAPER.render(replace(plain, case=replace(plain.case, deadline=late.to_json())))))
    assert "2027年1月19日（预估）" in text
    assert "2027年1月19日（含）" not in text
    at_once = Deadline(TimeLimit(LimitUnit.ON_THE_SPOT), dt.date(2026, 11, 21))
    assert "当场办理" in squeezed(
        text_of(PAPER.render(replace(plain, case=replace(plain.case, deadline=at_once.to_json()))))
    )


def test_only_a_permit_cites_the_licence_law() -> None:
    permit = scheme_of_item(replace(ITEM, task_type="01", legal_basis=("《样例条例》第一条",)))
    for form, sentence in (
        (Form.F1, "第三十二条）"),
        (Form.F2, "第三十二条第一款第（五）项"),
        (Form.F4, "第三十二条。"),
    ):
        assert sentence in squeezed(text_of(PAPER.render(order(form, scheme=permit))))
        assert "行政许可法" not in squeezed(text_of(PAPER.render(order(form))))
    assert "依据：《样例条例》第一条；" in squeezed(text_of(PAPER.render(order(Form.F2, scheme=permit))))


def test_an_agent_is_named_masked_and_is_not_offered_to_promise() -> None:
    materials = tuple(replace(m, ways=m.ways) for m in ITEM.materials)
    scheme = scheme_of_item(replace(ITEM, materials=materials))
    missing = (("无其他养老待遇证明", ("缺少无其他养老待遇证明",)),)
    alone = squeezed(text_of(PAPER.render(replace(order(Form.F4, scheme=scheme), missing=missing))))
    with_agent = squeezed(text_of(PAPER.render(replace(order(Form.F4, scheme=scheme, agent=AGENT), missing=missing))))
    assert "告知承诺" in alone
    assert "告知承诺" not in with_agent
    assert f"周代办（公民身份号码{mask_id(AGENT_NUMBER)}139****4321）" in with_agent
    signed = squeezed(text_of(PAPER.render(order(Form.F6, agent=AGENT))))
    assert "授权委托书" in signed
    assert "代办人签名：" in signed


def test_other_documents_are_called_by_their_own_name() -> None:
    person = replace(APPLICANT, document_kind=DocumentKind.PASSPORT, document_number="E12345678")
    text = squeezed(text_of(PAPER.render(order(Form.F2, person=person))))
    assert f"护照号码{mask_id('E12345678')}" in text
    assert "E12345678" not in text


@pytest.mark.parametrize("form", [Form.F3, Form.F5, Form.F10, Form.F11, Form.F12, Form.F13, Form.F15, Form.VOID])
def test_a_form_tells_of_an_act_and_is_refused_in_words_without_it(form: Form) -> None:
    with pytest.raises(Refused, match="没有这种文书要写的内容"):
        PAPER.render(replace(order(Form.F2), form=form))


@pytest.mark.parametrize("form", [Form.F4, Form.F6, Form.F7])
def test_an_empty_promise_or_notice_is_not_printed(form: Form) -> None:
    plain = order(form)
    empty = replace(plain, missing=(), application=replace(plain.application, materials={}))
    with pytest.raises(Refused, match="没有要写的材料"):
        PAPER.render(empty)


def test_every_sentence_has_its_source_and_is_used() -> None:
    folder = Path(registry.__file__).parent
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert [key for key, entry in texts.items() if not (entry["text"] and entry["source"])] == []
    assert [key for key in texts if not re.search(f"""["']{re.escape(key)}["']""", code)] == []
    assert FIVE_DAYS.count == 5
