"""Where a case may be decided that is taken here (通办): the 37 districts and counties of Chongqing, the places of Sichuan, and the
other provinces, each with the initials that a clerk types.

Chongqing: data sheet §6.4, from the corrected list (37 units since 2026, 两江新区 in place of 江北 and 渝北)【证】. Sichuan's 21 cities
and prefectures and the names of the provinces are common knowledge【识】; finer places are typed behind one of them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class District:
    """``code``: six digits; ``initials``: wzq for 万州区."""

    code: str
    name: str
    initials: str


@dataclass(frozen=True, slots=True)
class Place:
    """A district, street, town or township of Chongqing. ``code``: six or nine digits; ``district``: empty for a district itself;
    ``became``: for a code that is history, what it is part of now."""

    code: str
    name: str
    district: str
    initials: str
    became: str = ""

    @property
    def address(self) -> str:
        """As an address begins: 重庆市万州区分水镇."""
        return f"重庆市{self.district}{self.name}"


DISTRICTS: tuple[District, ...] = (
    District("500101", "万州区", "wzq"),
    District("500102", "涪陵区", "flq"),
    District("500103", "渝中区", "yzq"),
    District("500104", "大渡口区", "ddkq"),
    District("500106", "沙坪坝区", "spbq"),
    District("500107", "九龙坡区", "jlpq"),
    District("500108", "南岸区", "naq"),
    District("500109", "北碚区", "bbq"),
    District("500110", "綦江区", "qjq"),
    District("500111", "大足区", "dzq"),
    District("500113", "巴南区", "bnq"),
    District("500114", "黔江区", "qjq"),
    District("500115", "长寿区", "csq"),
    District("500116", "江津区", "jjq"),
    District("500117", "合川区", "hcq"),
    District("500118", "永川区", "ycq"),
    District("500119", "南川区", "ncq"),
    District("500120", "璧山区", "bsq"),
    District("500151", "铜梁区", "tlq"),
    District("500152", "潼南区", "tnq"),
    District("500153", "荣昌区", "rcq"),
    District("500154", "开州区", "kzq"),
    District("500155", "梁平区", "lpq"),
    District("500156", "武隆区", "wlq"),
    District("500157", "两江新区", "ljxq"),
    District("500229", "城口县", "ckx"),
    District("500230", "丰都县", "fdx"),
    District("500231", "垫江县", "djx"),
    District("500233", "忠县", "zx"),
    District("500235", "云阳县", "yyx"),
    District("500236", "奉节县", "fjx"),
    District("500237", "巫山县", "wsx"),
    District("500238", "巫溪县", "wxx"),
    District("500240", "石柱土家族自治县", "sztjzzzx"),
    District("500241", "秀山土家族苗族自治县", "xstjzmzzzx"),
    District("500242", "酉阳土家族苗族自治县", "yytjzmzzzx"),
    District("500243", "彭水苗族土家族自治县", "psmztjzzzx"),
)

SICHUAN: tuple[tuple[str, str], ...] = (
    ("四川省成都市", "cds"),
    ("四川省自贡市", "zgs"),
    ("四川省攀枝花市", "pzhs"),
    ("四川省泸州市", "lzs"),
    ("四川省德阳市", "dys"),
    ("四川省绵阳市", "mys"),
    ("四川省广元市", "gys"),
    ("四川省遂宁市", "sns"),
    ("四川省内江市", "njs"),
    ("四川省乐山市", "lss"),
    ("四川省南充市", "ncs"),
    ("四川省眉山市", "mss"),
    ("四川省宜宾市", "ybs"),
    ("四川省广安市", "gas"),
    ("四川省达州市", "dzs"),
    ("四川省雅安市", "yas"),
    ("四川省巴中市", "bzs"),
    ("四川省资阳市", "zys"),
    ("四川省阿坝藏族羌族自治州", "abzzqzzzz"),
    ("四川省甘孜藏族自治州", "gzzzzzz"),
    ("四川省凉山彝族自治州", "lsyzzzz"),
)

PROVINCES: tuple[tuple[str, str], ...] = (
    ("四川省", "scs"),
    ("贵州省", "gzs"),
    ("云南省", "yns"),
    ("西藏自治区", "xzzzq"),
    ("广西壮族自治区", "gxzzzzq"),
    ("北京市", "bjs"),
    ("天津市", "tjs"),
    ("河北省", "hbs"),
    ("山西省", "sxs"),
    ("内蒙古自治区", "nmgzzq"),
    ("辽宁省", "lns"),
    ("吉林省", "jls"),
    ("黑龙江省", "hljs"),
    ("上海市", "shs"),
    ("江苏省", "jss"),
    ("浙江省", "zjs"),
    ("安徽省", "ahs"),
    ("福建省", "fjs"),
    ("江西省", "jxs"),
    ("山东省", "sds"),
    ("河南省", "hns"),
    ("湖北省", "hbs"),
    ("湖南省", "hns"),
    ("广东省", "gds"),
    ("海南省", "hns"),
    ("陕西省", "sxs"),
    ("甘肃省", "gss"),
    ("青海省", "qhs"),
    ("宁夏回族自治区", "nxhzzzq"),
    ("新疆维吾尔自治区", "xjwwezzq"),
)

WHOLE_CITY, WITH_SICHUAN = "全渝通办", "川渝通办"

_ENDINGS = ("市", "区", "县", "州", "盟", "旗", "镇", "乡", "街道", "村", "社区", "兵团")


def handed_on(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Of an item's 通办范围 those under which this window takes what another place decides (就近交件, data sheet §1 rows 11 to 16);
    the others only say whose residents an item is for."""
    return tuple(scope for scope in scopes if scope.endswith("通办") or "跨" in scope)


def places_under(scope: str) -> tuple[tuple[str, str], ...]:
    """(name, initials) of the places proposed under a scope. Elsewhere than within the city finer ones may be typed."""
    if scope == WITH_SICHUAN:
        return SICHUAN
    if is_within_the_city(scope):
        return tuple((district.name, district.initials) for district in DISTRICTS)
    return PROVINCES


def is_within_the_city(scope: str) -> bool:
    """Whether the place must be one of the 37."""
    return scope == WHOLE_CITY or "区县" in scope


def place_fault(scope: str, place: str) -> str:
    """Why it cannot be decided there, in a few words; empty when it can.

    Within the city the place is one of the 37. Elsewhere it begins with one of the proposed places (川渝通办: a city or prefecture of
    Sichuan; any other scope: a province), and a finer one, which no list here knows, may follow in characters.
    """
    if is_within_the_city(scope):
        if not place.strip():
            return "请选办理地"
        known = place in {district.name for district in DISTRICTS}
        return "" if known else "本市没有这个区县，请从名单里选"
    if not place.strip():
        return "请写办理地"
    begun = next((name for name, _ in places_under(scope) if place.startswith(name)), None)
    if begun is None:
        if scope == WITH_SICHUAN:
            return "不是四川的市州，请从名单里选，后面可以再写区县"
        return "不是外省的地名，请从省份名单里选，后面可以再写市县"
    finer = place.removeprefix(begun).strip()
    return "" if not finer or _is_written_as_a_place(finer) else "省市后面请写市、区、县的名字"


def _is_written_as_a_place(finer: str) -> bool:
    """Chinese characters only, ending as the names of divisions do."""
    return all("\u4e00" <= char <= "\u9fff" for char in finer) and finer.endswith(_ENDINGS)
