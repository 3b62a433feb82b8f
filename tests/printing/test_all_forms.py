"""Every form of the data sheet §4, field by field, on every paper: the specimen of each is printed and read again with Poppler."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import pikepdf
import pytest

from clerk_app.domain.office import Office, OfficeText
from clerk_app.domain.paper import FORM_NAMES, Form, Look, PaperSize
from clerk_app.domain.people import mask_id
from printing.documents.words import shipped
from printing.paper import ReportlabPaper
from printing.specimens import people
from printing.specimens.orders import Length, specimen
from tests.printing.reading import specimen_pdf, squeezed, text_of

PAPER = ReportlabPaper()
LOOKS = [Look(size, large) for size in PaperSize for large in (False, True)]
NUMBER = "渝临500199-W03G1-20261121-0009"
ITEM, PERMIT = "城乡居民基本养老保险待遇申领（编码500120199001）", "公共场所卫生许可（样例）（编码000123041000）"

FRAME = (
    "重庆市演示区演示镇便民服务中心样例数据·仅供演示", NUMBER, "人：王敏（03号窗口）",
    "电话：023-00000000", "投诉：12345", "业务受理专用章", "2026年11月21日", "第1次打印2026-11-2109:46",
    "时间：",
)  # fmt: skip
"""What every form carries; the rating sheet alone names nobody and no case."""
OFFLINE = "离线受理号：办件编号由本窗口离线编发"
WITHOUT_OFFLINE = frozenset({Form.F14, Form.F15, Form.F16})
"""Lists of cases and a referral have no case number of their own to explain."""
TITLES = {**FORM_NAMES, Form.F10: "不予行政许可决定书"}
"""What the specimens are called: a refusal by what was refused."""

APPLICANT = ("刘桂芳", "500199********2467")
CONTACT = (
    f"办件编号{NUMBER}", "联系人刘桂芳138****3210", "身份核验身份证拍照识别·待联网核验",
    "标“待联网核验”的，现在还没有核对",
)  # fmt: skip
DATES = ("申请日期2026年11月21日", "受理日期2026年11月21日")
TWO = ("一式两份本联交申请人", "一式两份本联存档")


def slip(form: Form, number: str) -> tuple[str, ...]:
    """What is cut off says alone which paper of which case was received; its place on the other sheet."""
    return (
        f"{TITLES[form]}{number}{NUMBER}校验{specimen(form).check}",
        "沿虚线剪下，下联由窗口留存",
        "签收联贴在这里",
    )


FIELDS: dict[Form, tuple[str, ...]] = {
    Form.F1: (
        "您为办理“城乡居民基本养老保险待遇申领”交来的下列材料，本窗口已收到", "免交2份，不用再交纸质材料",
        "还缺少或者需要更换的材料有2份",
        *APPLICANT, *CONTACT, *TWO, ITEM, "演示收〔2026〕第310009号", "居民身份证", "免交", "待联网核验",
        "多地参保缴费凭证", "原件", "电子（高拍）", "收件时间2026-11-2109:46", "不代表已经受理", "5个工作日内",
        "申请人签名：", "收件人签名：",
    ),
    Form.F2: (
        "主要材料已收，缺少的1份材料容缺后补，现予受理",
        "最迟办结2026年11月27日（含）承诺5个工作日，不含特殊程序时间",
        "还要补交（容缺）2026年11月27日（含）前多地参保缴费凭证；逾期未补，本次申请将退回",
        *slip(Form.F2, "演示受〔2026〕第310009号"),
        *APPLICANT, *CONTACT, *TWO, ITEM, "演示受〔2026〕第310009号", "申请日期2026年11月21日",
        "受理日期2026年11月21日", "依据：", "2026年11月27日（含）", "承诺5个工作日，不含特殊程序时间",
        "法定时限20个工作日", "办理方式窗口·本人", "领取方式短信通知，本窗口领取", "收费不收费",
        "承办部门演示区人力社保局", "承办电话023-00000002", "容缺", "11月27日前补", "申请人签收：",
    ),
    Form.F3: (
        "公共场所卫生许可（样例）申请，经审查，决定不予受理", DATES[0], *slip(Form.F3, "演示不受〔2026〕第310009号"),
        *APPLICANT, *CONTACT, *TWO, PERMIT, "演示不受〔2026〕第310009号",
        "理由：不属于本机关职权范围。公共场所卫生许可由区卫生健康部门办理，不由本机关办理。",
        "依据的条款：《样例条例》第八条第二款。",
        "请向演示区卫生健康委员会（演示区样例路1号，023-00000003）申请", "依据：《样例条例》第一条",
        "《中华人民共和国行政许可法》第三十二条", "60日内向________（有管辖权的行政复议机关）申请行政复议",
        "6个月内依法向________（有管辖权的人民法院）提起行政诉讼",
        "决定日期2026年11月21日", "申请人签收：",
    ),
    Form.F4: (
        "等待补正的时间不计入办理时限", "依据：本事项办事指南", *slip(Form.F4, "演示补〔2026〕第310009号"),
        *APPLICANT, *CONTACT, *TWO, ITEM, "演示补〔2026〕第310009号", "一次告知如下", "社会保障卡（银行账户）缺少",
        "第2页没有经办机构印章", "卡面清楚，银行账户已激活", "样表在本窗口领取", "也可以：容缺", "全部需要补正的内容",
        "补正期限2026年12月11日（含）前", "按退件处理", "咨询电话023-00000000", "告知方式窗口当面书面告知", "告知时间2026-11-2109:46",
        "申请人签收：", "告知人签名：",
    ),
    Form.F5: (
        "为补齐“城乡居民基本养老保险待遇申领”交来的下列材料，本窗口已收到",
        *APPLICANT, *CONTACT, *TWO, ITEM, "演示补收〔2026〕第310009号", "补交时间2026-11-2109:46", "居民身份证",
        "户口簿", "社会保障卡（银行账户）", "材料已经补齐。受理日期为2026年11月21日", "申请人签名：", "收件人签名：",
    ),
    Form.F6: (
        "本人于2026年11月21日提出城乡居民基本养老保险待遇申领申请，本人承诺如下",
        *APPLICANT, *CONTACT, *TWO, ITEM, "演示容〔2026〕第310009号", "主要材料已经交齐", "多地参保缴费凭证",
        "纸质/电子化，1份", "2026年11月27日（含）", "补齐期限不超过本事项的承诺办结时限", "补交方式",
        "按退件处理；已经受理的，撤销受理", "承诺办结2026年11月27日（5个工作日）", "承诺人签名：",
    ),
    Form.F7: (
        "重庆市演示区演示镇便民服务中心告知", "申请人承诺1.", "代办人不能代为承诺",
        *APPLICANT, *CONTACT, *TWO, ITEM, "演示诺〔2026〕第310009号", "一、证明事项", "二、证明内容", "三、承诺方式",
        "四、不实承诺的责任", "五、核查权力", "信息共享、部门协查或者现场检查", "无其他养老待遇证明", "已经知晓",
        "已经符合", "内容真实", "愿意承担", "自主选择", "可以撤回承诺", "承诺人签名：",
    ),
    Form.F8: (
        f"办件编号{NUMBER}", "委托人委托受托人代为办理“城乡居民基本养老保险待遇申领”", "双方的身份证件已经核对",
        *APPLICANT, ITEM, "一份存入本件档案", "委托人刘桂芳（公民身份号码500199********2467）",
        f"受托人周代办（公民身份号码{mask_id(people.AGENT.document_number)}）", "电话138****3210", "电话139****4321",
        "双方关系母子", "【√】递交", "【√】签收", "【】修改", "【√】领取", "2026年12月31日（含）", "委托人签名：",
        "受托人签名：",
    ),
    Form.F9: (
        "申请，需要进行检测，现告知如下", "原因检测报告已经超过六个月，需要重新检测", *slip(Form.F9, "演示特〔2026〕第310009号"),
        *APPLICANT, *CONTACT, *TWO, PERMIT, "演示特〔2026〕第310009号", "程序名称检测", "依据《样例条例》第十二条",
        "10个工作日，到2026年12月4日", "不计算在办理期限内", "开始日期2026年11月21日", "原办结日期2026年11月27日",
        "顺延后办结2026年12月11日（含）", "申请人签收：",
    ),
    Form.F10: (
        "申请，经审查，决定不予行政许可。", *DATES, *slip(Form.F10, "演示不予〔2026〕第310009号"),
        *APPLICANT, *CONTACT, *TWO, PERMIT, "演示不予〔2026〕第310009号", "事实和理由：现场检测的结果不合格，不符合许可条件。",
        "依据的条款：《样例条例》第九条第（三）项。",
        "依据：《样例条例》第一条", "《中华人民共和国行政许可法》第三十八条",
        "申请行政复议", "提起行政诉讼", "决定日期2026年11月21日", "申请人签收：",
    ),
    Form.F11: (
        "申请，现已办结", *DATES, "承办部门演示区人力社保局", *slip(Form.F11, "演示结〔2026〕第310009号"),
        *APPLICANT, *CONTACT, *TWO, ITEM, "演示结〔2026〕第310009号", "办理结果：准予",
        "证照文书城乡居民基本养老保险待遇领取通知", "编号演示养〔2026〕00412", "有效期至长期",
        "领取方式短信通知，本窗口领取", "办结日期2026年11月21日", "申请人签收：",
    ),
    Form.F12: (
        "留存的材料原件当面退还", *DATES, *slip(Form.F12, "演示退〔2026〕第310009号"),
        *APPLICANT, *CONTACT, *TWO, ITEM, "演示退〔2026〕第310009号", "您已经提出撤回", "社会保障卡（银行账户）",
        "退件日期2026年11月21日", "撤回原因申请人想改到户籍地办理", "申请人签收：", "经办人签名：",
    ),
    Form.F13: (
        "下列文书、证照已送达", "收件人申请人本人",
        *APPLICANT, *CONTACT, ITEM, "一份存入本件档案", "演示达〔2026〕第310009号", "城乡居民基本养老保险待遇领取通知",
        "演示养〔2026〕00412", "受送达人刘桂芳", "【√】直接送达", "【】留置送达", "【】邮寄送达", "【】电子送达",
        "【】公告送达", "送达时间2026-11-2109:46", "送达人王敏", "受送达人（代收人）签名：", "送达人签名：",
    ),
    Form.F14: (
        "双方清点无误后签名", "渝临500199-W03G1-20261121-0009",
        "一式两份本联发出方留存", "一式两份本联接收方留存", "演示交〔2026〕第310009号", "发出方重庆市演示区演示镇便民服务中心03号窗口",
        "接收方演示区政务服务中心社会事务综合窗口", "件数1件", "纸质页数36页", "交接时间2026-11-2109:46",
        "城乡居民基本养老保险待遇申领", "刘*芳", "发出方签名：", "接收方签名：",
    ),
    Form.F15: (
        "不在本窗口办理，请到下面的地方办理", "咨询人刘桂芳公民身份号码500199********2467", f"引导编号{NUMBER}",
        "引导日期2026年11月21日", "首问窗口",
        "一份交咨询人", "演示引〔2026〕第310009号", "想办的事：不动产权证书遗失补办",
        "请到：演示区不动产登记中心（演示区样例路8号1楼3号窗口）", "电话023-00000004", "首问人王敏（03号窗口）",
        "首问人签名：",
    ),
    Form.F16: (
        "系统故障期间", "手工编号一直有效",
        "登记台账本机关留存", "演示应〔2026〕第310009号", "应急500199-W03G1-0001", "2026-11-2015:20", "刘*芳",
        "城乡居民基本养老保险待遇申领", "5份7页", "2026-11-2109:12王敏", "补录人签名：", "核对人签名：",
    ),
    Form.F17: (
        "重庆市演示区演示镇便民服务中心样例数据·仅供演示", "服务窗口03号窗口",
        "填不填由您自愿，写不写姓名都可以", "办件编号", "可以不填", "□非常满意", "□满意", "□基本满意", "□不满意",
        "□非常不满意", "□一窗受理一次办结", "□服务态度差效率低", "评价日期", "您的意见和建议", "评价箱", "12345",
    ),
    Form.F18: (
        "工作人员上门为下列服务对象办理事项", "陪同人____________陪同人身份____________", "由陪同人签名见证", "上门服务不收费",
        *APPLICANT, *CONTACT, *TWO, ITEM, "演示访〔2026〕第310009号", "所在网格", "上门日期", "出发时间", "到达时间",
        "离开时间", "返回时间", "陪同人", "社会保障卡（银行账户）", "□核对□带回□没有", "服务对象签名或按指印：",
        "上门人员签名：", "陪同人签名：",
    ),
}  # fmt: skip


COLUMNS: dict[Form, tuple[str, ...]] = {
    Form.F1: ("序材料名称原件/复印件份数页数形式备注", "3多地参保缴费凭证原件12电子（高拍）",
              "1居民身份证—免交—电子（证照）待联网核验"),
    Form.F2: ("序材料形式份数说明", "3社会保障卡（银行账户）高拍影像，1页1", "1居民身份证电子证照，免交—待联网核验"),
    Form.F4: ("序材料缺少或不符之处应当怎样样表和别的办法",
              "1社会保障卡（银行账户）缺少纸质，1份；卡面清楚，银行账户已激活样表在本窗口领取"),
    Form.F5: ("序交来的材料形式页数", "3社会保障卡（银行账户）高拍1"),
    Form.F6: ("序缺少的材料形式最迟补齐", "1多地参保缴费凭证纸质/电子化，1份2026年11月27日（含）"),
    Form.F7: ("序由承诺代替的材料承诺内容", "1无其他养老待遇证明本人没有领取其他基本养老保险待遇"),
    Form.F12: ("序返还的材料页数", "1社会保障卡（银行账户）1"),
    Form.F13: ("序文书、证照名称编号份数", "1城乡居民基本养老保险待遇领取通知演示养〔2026〕004121"),
    Form.F14: ("序办件编号事项申请人材料份数", "1渝临500199-W03G1-20261121-0009城乡居民基本养老保险待遇申领刘*芳3"),
    Form.F16: ("手工编号、受理时间申请人、事项材料补录编号、时间、人",),
    Form.F17: ("满意程度原因（可以多选，也可以不选）",),
    Form.F18: ("序材料名称上门前上门核对", "3社会保障卡（银行账户）已交□核对□带回□没有"),
}  # fmt: skip
"""Tables as they stand on A4: every name of a column, and a row with all its cells."""


@cache
def read(form: Form, look: Look, length: Length = Length.SHORT) -> str:
    return squeezed(text_of(specimen_pdf(form, length, look))).replace("＿", "_")


def wanted(form: Form) -> tuple[str, ...]:
    """Everything that has to stand on a specimen."""
    offline = () if form in WITHOUT_OFFLINE else (OFFLINE,)
    frame = () if form is Form.F17 else (*FRAME, *offline)
    checks = () if form is Form.F17 else (f"校验{specimen(form).check}",)
    return TITLES[form], *frame, *checks, *FIELDS[form]


def lacking(form: Form, look: Look) -> list[str]:
    text = read(form, look)
    return [field for field in wanted(form) if field not in text]


def test_all_eighteen_forms_are_here() -> None:
    assert [form.name for form in FIELDS] == [f"F{n}" for n in range(1, 19)]
    assert set(FIELDS) | {Form.VOID} == set(PAPER.forms()) == set(Form)


@pytest.mark.parametrize("form", FIELDS, ids=lambda form: form.name)
def test_every_field_of_the_data_sheet_stands_on_the_a4_page(form: Form) -> None:
    assert lacking(form, Look()) == []
    assert [row for row in COLUMNS.get(form, ()) if row not in read(form, Look())] == []


@pytest.mark.parametrize("look", LOOKS[1:], ids=lambda look: f"{look.size}{'-large' if look.large else ''}")
def test_the_content_is_the_same_on_every_paper(look: Look) -> None:
    missing = {form.name: lost for form in FIELDS if (lost := _unlabelled(form, look))}
    assert missing == {}


def _unlabelled(form: Form, look: Look) -> list[str]:
    """On a strip a value may stand behind the name of its column, on narrow pages lines break elsewhere: the words stay."""
    text = read(form, look)
    return [field for field in lacking(form, look) if not all(part in text for part in _halves(field))]


def _halves(field: str) -> tuple[str, ...]:
    return (field[: len(field) // 2], field[len(field) // 2 :])


@pytest.mark.parametrize("form", FIELDS, ids=lambda form: form.name)
def test_nobodys_number_stands_in_full(form: Form) -> None:
    secrets = (
        people.SHORT.document_number,
        people.AGENT.document_number,
        people.SHORT.phone,
        people.LONG.document_number,
    )
    for length in Length:
        text = read(form, Look(), length)
        assert [secret for secret in secrets if secret in text] == []


@pytest.mark.parametrize("form", [form for form in FIELDS if form not in (Form.F14, Form.F15, Form.F16, Form.F17)])
def test_a_name_that_no_font_draws_stands_as_code_points_beside_the_cards_own_picture(form: Form) -> None:
    order = specimen(form, Length.EXTREME)
    pdf = PAPER.render(order)
    assert "[U+323B1]" in squeezed(text_of(pdf))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pictures = [thing for page in document.pages for thing in page.get_images().values()]
    assert len(pictures) == len(form.copies)


def test_what_an_office_wrote_stands_in_its_words() -> None:
    own = Office(
        header="重庆市样例区行政审批局", second_line="样例区民生路 1 号", seal="行政审批专用章（1）", review_body="样例区人民政府",
        court="样例区人民法院", texts={"f3.law": OfficeText("依据：《样例办法》第九条。", "样例区文件")}, logo=people.name_on_card(),
    )  # fmt: skip
    text = squeezed(text_of(PAPER.render(replace(specimen(Form.F3), office=own))))
    told = (
        "重庆市样例区行政审批局",
        "样例区民生路1号",
        "行政审批专用章（1）",
        "向样例区人民政府申请行政复议",
        "向样例区人民法院提起",
        "《样例办法》第九条",
    )
    assert [each for each in told if each not in text] == []
    assert "便民服务中心申请" not in text
    assert shipped()["f3.law"].text not in text
