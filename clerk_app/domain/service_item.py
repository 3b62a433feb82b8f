"""事项: items with their situations, materials, fields and limits, as frozen values read from catalogue files.

The element names follow the national exchange tables (data sheet §2.2–2.4). Each datum's origin tag (种 seed document,
证 public material, 识 general knowledge, 拟 sample, 疑 uncertain) is kept in ``origins`` by path; a datum tagged 拟 or 疑 is
sample data and is shown as 样例 on screen and paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from clerk_app.domain.conditions import Always, Condition, Facts
from clerk_app.domain.procedures import SpecialProcedure


class LimitUnit(StrEnum):
    """Legal days are not all workdays (must-know 11): each limit carries its unit."""

    ON_THE_SPOT = "当场"
    WORKDAY = "工作日"
    DAY = "自然日"
    MONTH = "月"
    LATER = (
        "另行通知"  # no number of days: yearly batches (年度批次), a national card cycle (全国制证周期), or not known
    )


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A term such as 5 工作日; ``count`` is 0 for 当场 and 另行通知; the latter says in ``text`` when (按年度批次)."""

    unit: LimitUnit
    count: int = 0
    text: str = ""

    @property
    def has_day(self) -> bool:
        """Whether a last day can be counted at all; otherwise only ``text`` can be told."""
        return self.unit is not LimitUnit.LATER

    @property
    def on_the_spot(self) -> bool:
        """当场."""
        return self.unit is LimitUnit.ON_THE_SPOT

    def __str__(self) -> str:
        if not self.has_day:
            return self.text or self.unit.value
        return "当场" if self.on_the_spot else f"{self.count} 个{self.unit}"


class Need(StrEnum):
    """材料必要性: 必要, 非必要, 情形 (only when its condition holds)."""

    REQUIRED = "必要"
    OPTIONAL = "非必要"


class WayKind(StrEnum):
    """The ways a material may be given (怎么给)."""

    E_CERTIFICATE = "e_certificate"  # 电子证照免交
    SHARED_DATA = "shared_data"  # 数据共享免交
    CAPTURE = "capture"  # 高拍
    ON_SITE = "on_site"  # 现场采集, such as a photograph
    FORM = "form"  # 窗口预填, 签字板签字: made by the window itself
    COMMITMENT = "commitment"  # 告知承诺
    DEFER = "defer"  # 容缺


WAY_NAMES: Mapping[WayKind, str] = {
    WayKind.E_CERTIFICATE: "电子证照免交",
    WayKind.SHARED_DATA: "数据共享免交",
    WayKind.CAPTURE: "高拍",
    WayKind.ON_SITE: "现场采集",
    WayKind.FORM: "窗口填写签字",
    WayKind.COMMITMENT: "告知承诺",
    WayKind.DEFER: "容缺",
}


@dataclass(frozen=True, slots=True)
class Way:
    """One allowed way. ``detail``: the certificate kind, the data source or the commitment text, by kind.

    ``limit``: for 容缺, how long the paper may follow; never beyond the promised limit (must-know 16).
    """

    kind: WayKind
    detail: str = ""
    limit: TimeLimit | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer or option: a stable value and what is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """A situation question (情形): a few plain questions whose answers switch materials, fields and limits."""

    id: str
    text: str
    choices: tuple[Choice, ...]
    default: str = ""
    when: Condition = field(default_factory=Always)


@dataclass(frozen=True, slots=True)
class Material:
    """材料, with the columns that Chongqing's own guide pages use."""

    id: str
    name: str
    kind: str = ""  # 类型: 证件证书证明 | 申请表格文书 | 其他
    form: str = ""  # 形式: 纸质 | 电子化 | 纸质/电子化
    need: Need = Need.REQUIRED
    when: Condition = field(default_factory=Always)
    source: str = ""  # 来源渠道: 申请人自备 | 政府部门核发 | 其他
    source_note: str = ""  # 来源说明
    copies: int = 1  # 份数
    spec: str = ""  # 规格
    originals: int = 0  # 原件份数
    photocopies: int = 0  # 复印件份数
    ways: tuple[Way, ...] = ()
    review_points: tuple[str, ...] = ()  # 审核要点: each is a sentence for the one-time notice when it fails
    note: str = ""
    sensitive: str = ""  # a kind of domain/sensitive.py; empty: ordinary

    def way(self, kind: WayKind) -> Way | None:
        """The allowed way of that kind, or None."""
        return next((way for way in self.ways if way.kind is kind), None)


class FieldType(StrEnum):
    """Types of form fields; each has one validation rule in domain/form.py and one widget."""

    NAME = "name"
    ID_NUMBER = "id_number"
    DOCUMENT_NUMBER = "document_number"  # of a person with another document; judged with that person
    DATE = "date"
    DATE_OR_LONG = "date_or_long"  # 2036-12-31, or 长期
    TEXT = "text"
    PHONE = "phone"
    MONEY = "money"
    NUMBER = "number"
    CHOICE = "choice"
    ADDRESS = "address"
    ACCOUNT = "account"
    CARD_NUMBER = "card_number"  # of a social-security card: letters and digits, masked like a number of a person
    YES_NO = "yes_no"
    TIME = "time"  # 06:42
    DATE_TIME = "date_time"  # 2026-11-20 06:42
    USCC = "uscc"  # 统一社会信用代码
    GROUP = "group"  # one entry for each member: household members, employees, shareholders


@dataclass(frozen=True, slots=True)
class FormField:
    """A typed field bound to the common vocabulary by ``id`` (so that 姓名 is the same field in every item).

    ``source``: where a known value comes from, such as ``applicant.name``; such a field is not asked again.
    ``members``: for a group, what is asked of each member; its value is one canonical JSON text (see domain/form.py).
    """

    id: str
    label: str
    type: FieldType
    required: bool = True
    when: Condition = field(default_factory=Always)
    source: str = ""
    choices: tuple[Choice, ...] = ()
    group: str = ""
    hint: str = ""
    default: str = ""
    members: tuple[FormField, ...] = ()
    sensitive: str = ""  # a kind of domain/sensitive.py; empty: ordinary


@dataclass(frozen=True, slots=True)
class Department:
    """The responsible department (实施部门) and what a district may edit of it: only 地址 and 电话 (D4 第9条)."""

    name: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class LimitWhen:
    """Another promised limit in some situation: 备案即办, 告知承诺当场, 急难型先行救助."""

    when: Condition
    limit: TimeLimit


def limit_in(promised: TimeLimit, limits_when: tuple[LimitWhen, ...], facts: Facts) -> TimeLimit:
    """The promised limit of a situation: the first that fits, else the usual one."""
    return next((each.limit for each in limits_when if each.when.holds(facts)), promised)


@dataclass(frozen=True, slots=True)
class ServiceItem:
    """事项, one versioned catalogue entry."""

    id: str
    name: str
    version: str
    department: Department
    task_type: str  # 事项类型 01…99
    project_type: str  # 办件类型: 即办件 | 承诺件
    catalog_code: str = ""  # 基本编码, 12
    task_code: str = ""  # 实施编码, 31
    handle_code: str = ""  # 业务办理项编码, 33
    statutory: TimeLimit | None = None  # 法定时限
    promised: TimeLimit = TimeLimit(LimitUnit.ON_THE_SPOT)  # 承诺时限, unless one of ``limits_when`` fits
    conditions: tuple[str, ...] = ()  # 受理条件, shown to the clerk
    min_age: int | None = None
    questions: tuple[Question, ...] = ()
    materials: tuple[Material, ...] = ()
    fields: tuple[FormField, ...] = ()
    fee: str = "不收费"
    fee_basis: str = ""  # 收费依据; wanted whenever there is a fee
    result: str = ""
    delivery_ways: tuple[str, ...] = ("本窗口领取",)
    scope: tuple[str, ...] = ()  # 通办范围
    visits: int = 1  # 到现场次数
    visits_reason: str = ""
    legal_basis: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    level: str = ""  # 办理层级, such as 乡镇
    applicant_types: tuple[str, ...] = ("自然人",)  # 服务对象
    stub: bool = False  # only named by our sources: taken and routed to the department, no papers or law of its own
    origins: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""  # of the file and of the vocabulary words in it; pinned in each case
    limits_when: tuple[LimitWhen, ...] = ()
    special: tuple[SpecialProcedure, ...] = ()  # 特别程序: what may stand the clock still

    def limit(self, facts: Facts) -> TimeLimit:
        """承诺时限 in this situation."""
        return limit_in(self.promised, self.limits_when, facts)

    @property
    def organisations_only(self) -> bool:
        """服务对象 leaves out 自然人. A stub does not know; and 企业开办, where there is no organisation yet, is a stub."""
        return not self.stub and "自然人" not in self.applicant_types

    @property
    def is_sample(self) -> bool:
        """True when any datum is sample or uncertain: the whole is then marked 样例."""
        return any("拟" in tag or "疑" in tag for tag in self.origins.values())


@dataclass(frozen=True, slots=True)
class LifeEventPart:
    """One part of a life event: an item by id, chosen by default or not, left out when its condition fails.

    ``answers`` settle questions of the item beforehand, since the life event leaves only one answer (a newborn's card).
    """

    item_id: str
    chosen: bool = True
    when: Condition = field(default_factory=Always)
    department: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """一件事: several items done at once with one form and one set of materials.

    ``materials`` and ``fields`` are what the event as a whole asks for, whichever parts are chosen; each part receives
    them too.
    """

    id: str
    name: str
    version: str
    lead: str  # 牵头部门
    parts: tuple[LifeEventPart, ...]
    promised: TimeLimit
    questions: tuple[Question, ...] = ()
    aliases: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""
    materials: tuple[Material, ...] = ()
    fields: tuple[FormField, ...] = ()
    limits_when: tuple[LimitWhen, ...] = ()

    @property
    def is_sample(self) -> bool:
        """As for items."""
        return any("拟" in tag or "疑" in tag for tag in self.origins.values())
