"""The made-up people, items and hall of the specimens. Nobody lives in area 500199."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

from PIL import Image, ImageDraw, ImageFont

from clerk_app.domain.application import Given
from clerk_app.domain.conditions import ByAgent
from clerk_app.domain.hall import Hall
from clerk_app.domain.office import Office
from clerk_app.domain.parties import Elsewhere, Mandate, Organisation
from clerk_app.domain.people import IdentityMeans, Person, Verification, id_check_digit
from clerk_app.domain.service_item import (
    Department,
    LimitUnit,
    Material,
    ServiceItem,
    TimeLimit,
    Way,
    WayKind,
)
from clerk_app.domain.time import Stamp
from printing.fonts import REGULAR

DAY = dt.date(2026, 11, 21)
NOON = Stamp(1_795_225_560_000)  # 2026-11-21 09:46 at the window
FIVE_DAYS, TWENTY_DAYS = TimeLimit(LimitUnit.WORKDAY, 5), TimeLimit(LimitUnit.WORKDAY, 20)
HALL = Hall("500199", "重庆市演示区演示镇便民服务中心", "演示", "03", 1, "", "023-00000000", sample=True)
FAR_HALL = replace(
    HALL,
    name="重庆市演示土家族苗族自治县样例街道政务服务中心（公共就业和社会保障服务所）",
    phone="023-00000000、023-00000001 转 8203",
)


def number(first17: str) -> str:
    """A resident number with its right check digit."""
    return first17 + id_check_digit(first17)


SHORT = Person(
    "刘桂芳", document_number=number("50019919620314246"), phone="13800003210", address="重庆市演示区演示镇样例村 1 组",
    means=IdentityMeans.ID_CARD_SCAN, verification=Verification.PENDING_ONLINE,
)  # fmt: skip
LONG = Person(
    "阿卜杜热合曼·努尔买买提·吐尔逊", document_number=number("50019919910526237"), phone="13900001234",
    address="重庆市演示区演示镇样例村第三村民小组幸福大道样例小区二期 12 幢 3 单元 17-2",
    means=IdentityMeans.ID_CARD_CHIP, verification=Verification.VERIFIED,
)  # fmt: skip
UNDRAWN = "\U000323b1"
"""Beyond every bundled font (CJK extension H ends before it): stands on paper as its code point and the card's picture."""

EXTREME = replace(
    LONG,
    name=("龚㛃䶮𬭎𠅤" + UNDRAWN + "·" + "努尔买买提·" * 8)[:49] + "甲",
    address=("重庆市演示区演示镇样例村第三村民小组，" * 20)[:300],
)
AGENT = Person("周代办", document_number=number("50019919880101233"), phone="13900004321")
MANDATE = Mandate(("递交", "签收", "领取"), "2026-12-31", "母子")
OFFICE = Office(review_body="重庆市演示区人民政府", court="重庆市演示区人民法院")
"""Bodies of remedy, as an office has to name them; the short specimens leave them blank."""
FIRM = Organisation("重庆市演示区样例村幸福大道农产品种植养殖专业合作社（普通合伙）", "91500199MA0DEM0000")
ELSEWHERE = Elsewhere("全渝通办", "重庆市黔江区")

_PAGE = "a" * 64


_OF_A_PERMIT: dict[str, tuple[str, tuple[str, ...]]] = {
    "id-card": ("经营者居民身份证", ()),
    "household": ("营业执照", ()),
    "social-card": ("场所平面布局图", ("标明各功能间和面积",)),
    "alive": ("从业人员健康证明", ("在有效期内",)),
    "paid": ("卫生检测报告", ("由有资质的机构出具，六个月以内", "有检测机构印章")),
}


def item(count: int = 5, *, permit: bool = False) -> ServiceItem:
    """An item with so many materials; five are the usual ones, more are made up."""
    usual: tuple[Material, ...] = (
        Material("id-card", "居民身份证", form="纸质/电子化", ways=(Way(WayKind.E_CERTIFICATE), Way(WayKind.CAPTURE))),
        Material("household", "户口簿", form="纸质/电子化", ways=(Way(WayKind.SHARED_DATA), Way(WayKind.CAPTURE))),
        Material("social-card", "社会保障卡（银行账户）", form="纸质", originals=1, ways=(Way(WayKind.CAPTURE),),
                 review_points=("卡面清楚，银行账户已激活",)),
        Material("alive", "无其他养老待遇证明", form="纸质", photocopies=1,
                 ways=(Way(WayKind.CAPTURE), Way(WayKind.COMMITMENT, "本人没有领取其他基本养老保险待遇")),
                 review_points=("由原参保地出具，六个月以内",)),
        Material("paid", "多地参保缴费凭证", form="纸质/电子化", originals=1,
                 ways=(Way(WayKind.CAPTURE), Way(WayKind.DEFER, limit=FIVE_DAYS)),
                 review_points=("载明参保地、起止年月和缴费金额", "有经办机构印章")),
    )  # fmt: skip
    kinds = (WayKind.CAPTURE, WayKind.DEFER, WayKind.COMMITMENT, WayKind.E_CERTIFICATE)
    more = tuple(
        Material(
            f"m{n}", f"第 {n} 份材料（{'名称很长的样例，' * (n % 4)}原件）", form="纸质", originals=1, photocopies=n % 2,
            ways=tuple(Way(kind) for kind in kinds), review_points=("内容齐全，字迹清楚；", "有印章。")[: n % 3],
        )
        for n in range(len(usual) + 1, count + 1)
    )  # fmt: skip
    if permit:
        usual = tuple(
            replace(each, name=_OF_A_PERMIT[each.id][0], review_points=_OF_A_PERMIT[each.id][1]) for each in usual
        )
    mandate = Material("power", "授权委托书", form="纸质", when=ByAgent(True), ways=(Way(WayKind.FORM),))
    return ServiceItem(
        id="pension-claim",
        name="公共场所卫生许可（样例）" if permit else "城乡居民基本养老保险待遇申领",
        version="1",
        department=Department("演示区卫生健康委员会" if permit else "演示区人力社保局", phone="023-00000002"),
        task_type="01" if permit else "20",
        project_type="承诺件",
        catalog_code="000123041000" if permit else "500120199001",
        statutory=TWENTY_DAYS,
        promised=FIVE_DAYS,
        fee="不收费",
        legal_basis=("《样例条例》第一条",) if permit else (),
        materials=(*usual[:count], *more, mandate),
        origins={"materials": "拟"},
    )


def given(of: ServiceItem, only: WayKind | None = None) -> dict[str, Given]:
    """How each of the materials was given: in its usual way, or all in one."""
    usual = {
        "id-card": Given(WayKind.E_CERTIFICATE, verification=Verification.PENDING_ONLINE),
        "household": Given(WayKind.SHARED_DATA, verification=Verification.PENDING_ONLINE),
        "social-card": Given(WayKind.CAPTURE, (_PAGE,)),
        "alive": Given(WayKind.COMMITMENT),
        "paid": Given(WayKind.DEFER, until="2026-11-27"),
    }
    ways = (Given(WayKind.CAPTURE, (_PAGE,) * 3), Given(WayKind.DEFER, until="2026-11-27"), Given(WayKind.COMMITMENT))
    told = {m.id: usual.get(m.id) or ways[at % 3] for at, m in enumerate(of.materials) if m.id != "power"}
    if only is None:
        return told
    until = "2026-11-27" if only is WayKind.DEFER else ""
    fit = {m.id for m in of.materials if m.way(only)}
    return {key: Given(only, until=until) if key in fit else how for key, how in told.items()}


def name_on_card(name: str = "龚㛃䶮𬭎𠅤〇") -> bytes:
    """A strip as a card reader cuts it out of the card's picture: here drawn, since the people are made up. PNG."""
    font = ImageFont.truetype(str(REGULAR), 44)
    wide = int(font.getlength(name)) + 24
    picture = Image.new("L", (wide, 64), 236)
    draw = ImageDraw.Draw(picture)
    draw.text((12, 2), name, 30, font)
    # The sign that no font has: strokes, as the card's printer would have put them.
    for stroke in ((wide - 60, 14, wide - 20, 14), (wide - 40, 8, wide - 40, 50), (wide - 58, 50, wide - 22, 50)):
        draw.line(stroke, 30, 4)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
