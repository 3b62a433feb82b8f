"""Orders to print: synthetic people only (area code 500199), short, long and with rare characters."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from clerk_app.domain.application import Application, Given
from clerk_app.domain.case import Case, CaseKind, CaseState, CatalogueVersion
from clerk_app.domain.conditions import ByAgent
from clerk_app.domain.deadlines import Deadline
from clerk_app.domain.hall import Hall
from clerk_app.domain.life_event import Scheme, merge, scheme_of_item
from clerk_app.domain.numbering import DocumentNumber, LocalNumber
from clerk_app.domain.paper import Form
from clerk_app.domain.people import IdentityMeans, Person, Verification, id_check_digit
from clerk_app.domain.service_item import (
    Department,
    LifeEvent,
    LifeEventPart,
    LimitUnit,
    Material,
    ServiceItem,
    TimeLimit,
    Way,
    WayKind,
)
from clerk_app.domain.time import Stamp
from clerk_app.ports import PaperOrder

RARE_NAMES = ("龚㛃䶮", "𬭎𫖯", "𠅤", "阿卜杜拉·艾合买提", "㐀𪨰𫠝", "𰀀甲")
LONG_NAME = "阿卜杜热合曼·" + "努尔买买提·" * 7 + "吐尔逊"
LONG_ADDRESS = ("重庆市演示区演示镇样例村第三村民小组幸福大道样例小区（二期），" * 12)[:300]
DAY = dt.date(2026, 11, 21)
NOON = Stamp(1_795_225_560_000)  # 2026-11-21 09:46 at the window
FIVE_DAYS = TimeLimit(LimitUnit.WORKDAY, 5)

HALL = Hall(
    code="500199", name="重庆市演示区演示镇便民服务中心", short="演示", window="03", generation=1, gateway="",
    phone="023-00000000", sample=True,
)  # fmt: skip


def number_with(first17: str) -> str:
    """A resident number with its right check digit."""
    return first17 + id_check_digit(first17)


ID_NUMBER = number_with("50019919620314246")
AGENT_NUMBER = number_with("50019919880101233")

ITEM = ServiceItem(
    id="pension-claim",
    name="城乡居民基本养老保险待遇申领",
    version="1",
    department=Department("演示区人力社保局"),
    task_type="20",
    project_type="承诺件",
    catalog_code="500120199001",
    statutory=TimeLimit(LimitUnit.WORKDAY, 20),
    promised=FIVE_DAYS,
    fee="不收费",
    materials=(
        Material("id-card", "居民身份证", "证件证书证明", "纸质/电子化", ways=(Way(WayKind.E_CERTIFICATE), Way(WayKind.CAPTURE))),
        Material("household", "户口簿", "证件证书证明", "纸质/电子化", ways=(Way(WayKind.SHARED_DATA), Way(WayKind.CAPTURE))),
        Material("social-card", "社会保障卡（银行账户）", form="纸质", originals=1, ways=(Way(WayKind.CAPTURE),),
                 review_points=("卡面清楚，银行账户已激活",)),
        Material("alive", "无其他养老待遇证明", form="纸质", photocopies=1,
                 ways=(Way(WayKind.CAPTURE), Way(WayKind.COMMITMENT, "本人没有领取其他基本养老保险待遇")),
                 review_points=("由原参保地出具，六个月以内",)),
        Material("paid", "多地参保缴费凭证", form="纸质/电子化", originals=1,
                 ways=(Way(WayKind.CAPTURE), Way(WayKind.DEFER, limit=FIVE_DAYS)),
                 review_points=("载明参保地、起止年月和缴费金额", "有经办机构印章")),
        Material("power", "授权委托书", form="纸质", when=ByAgent(True), ways=(Way(WayKind.FORM),)),
    ),
    origins={"materials": "拟"},
)  # fmt: skip

APPLICANT = Person(
    "刘桂芳", document_number=ID_NUMBER, phone="13800003210", address="重庆市演示区演示镇样例村 1 组",
    means=IdentityMeans.ID_CARD_SCAN, verification=Verification.PENDING_ONLINE,
)  # fmt: skip
AGENT = Person("周代办", document_number=AGENT_NUMBER, phone="13900004321")
PAGE = "a" * 64

GIVEN = {
    "id-card": Given(WayKind.E_CERTIFICATE, verification=Verification.PENDING_ONLINE),
    "household": Given(WayKind.SHARED_DATA, verification=Verification.PENDING_ONLINE),
    "social-card": Given(WayKind.CAPTURE, (PAGE,)),
    "alive": Given(WayKind.COMMITMENT),
    "paid": Given(WayKind.DEFER, until="2026-11-27"),
}
MISSING = (
    ("社会保障卡（银行账户）", ("缺少社会保障卡（银行账户）", "卡面清楚，银行账户已激活")),
    ("多地参保缴费凭证", ("第 2 页没有经办机构印章",)),
)

FORMS = (Form.F1, Form.F2, Form.F4, Form.F6, Form.F7)
_PREFIX = {Form.F1: "收", Form.F2: "受", Form.F4: "补", Form.F6: "容", Form.F7: "诺"}


def order(
    form: Form, *, person: Person = APPLICANT, agent: Person | None = None, scheme: Scheme | None = None
) -> PaperOrder:
    """A plain order for a form; tests change parts of it with ``dataclasses.replace``."""
    scheme = scheme or scheme_of_item(ITEM)
    application = Application(
        scheme.id,
        person,
        agent,
        parts=tuple(part.id for part in scheme.parts),
        materials={key: given for key, given in GIVEN.items() if any(m.id == key for m in scheme.materials)},
        delivery="短信通知，本窗口领取",
    )
    accepted = form not in (Form.F1, Form.F4)
    case = Case(
        id="0" * 32,
        kind=CaseKind.PACKAGE if scheme.parts else CaseKind.SINGLE,
        state=CaseState.ACCEPTED_DEFERRED if accepted else CaseState.CORRECTION_ASKED,
        revision=1,
        local_number=str(LocalNumber("500199", "03", 1, DAY, 9)),
        item=CatalogueVersion(scheme.id, scheme.name, scheme.version, scheme.sha256, scheme.is_sample),
        hall=HALL.code,
        window=HALL.window,
        clerk="wangmin",
        received_at=NOON.to_json(),
        accepted_on=DAY if accepted else None,
        deadline=Deadline(FIVE_DAYS, dt.date(2026, 11, 27)).to_json() if accepted else None,
        content=application.to_json(),
        document_numbers={form.value: str(DocumentNumber(f"演示{_PREFIX[form]}", 2026, 310009))},
    )
    return PaperOrder(
        form=form,
        case=case,
        application=application,
        scheme=scheme,
        hall=HALL,
        clerk_name="王敏",
        printed_at=NOON,
        until={"paid": "2026-11-27"},
        missing=MISSING if form in (Form.F1, Form.F4) else (),
        check="A7KM-3XRP",
    )


def long_order(form: Form) -> PaperOrder:
    """Sixty materials, a 50-character name, a 300-character address among the reasons."""
    ways = [WayKind.CAPTURE, WayKind.DEFER, WayKind.COMMITMENT, WayKind.E_CERTIFICATE]
    materials = tuple(
        Material(
            f"m{n}", f"第 {n} 份材料（{'很长的名称，' * (n % 4)}原件）", form="纸质", originals=1,
            ways=tuple(Way(kind) for kind in ways), review_points=("内容齐全，字迹清楚；", "有印章。")[: n % 3],
        )
        for n in range(1, 61)
    )  # fmt: skip
    person = replace(APPLICANT, name=LONG_NAME[:50], address=LONG_ADDRESS)
    plain = order(form, person=person, scheme=scheme_of_item(replace(ITEM, materials=materials)))
    given = {m.id: Given(ways[n % 4], until="2026-11-27" if n % 4 == 1 else "") for n, m in enumerate(materials)}
    if form in (Form.F6, Form.F7):
        given = {
            m.id: Given(WayKind.DEFER if form is Form.F6 else WayKind.COMMITMENT, until="2026-11-27") for m in materials
        }
    return replace(
        plain,
        application=replace(plain.application, materials=given),
        missing=tuple(
            (m.name, (f"缺少{m.name}", f"地址应为：{LONG_ADDRESS}" if n == 7 else "请补。"))
            for n, m in enumerate(materials)
        )
        if form in (Form.F1, Form.F4)
        else (),
    )


def life_event_order(form: Form) -> PaperOrder:
    """新生儿出生 in small: three items at once."""
    names = (
        ("hukou", "出生登记（户口）", "公安"),
        ("medical", "城乡居民基本医疗保险参保登记", "医保"),
        ("card", "社会保障卡申领", "人社"),
    )
    items = [replace(ITEM, id=key, name=name, department=Department(who)) for key, name, who in names]
    event = LifeEvent(
        "newborn", "新生儿出生一件事", "1", "卫生健康部门", tuple(LifeEventPart(i.id) for i in items), FIVE_DAYS
    )
    return order(form, scheme=merge(event, items, [item.id for item in items]))
