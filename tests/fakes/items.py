"""Small made-up items and a life event for tests of rules; what the product ships is tested from its own files."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from clerk_app.catalogue.places import find_places
from clerk_app.domain.conditions import Age, Answered, ByAgent, Facts
from clerk_app.domain.divisions import Place
from clerk_app.domain.life_event import Scheme, default_parts, merge, scheme_of_item
from clerk_app.domain.service_item import (
    Choice,
    Department,
    FieldType,
    FormField,
    LifeEvent,
    LifeEventPart,
    LimitUnit,
    Material,
    Need,
    Question,
    ServiceItem,
    TimeLimit,
    Way,
    WayKind,
)
from clerk_app.domain.situation import fix_answers
from clerk_app.errors import Refused
from clerk_app.ports import HitLike

YES_NO = (Choice("yes", "是"), Choice("no", "否"))
FIVE_DAYS = TimeLimit(LimitUnit.WORKDAY, 5)

ID_CARD = Material("id_card", "身份证", ways=(Way(WayKind.E_CERTIFICATE, "居民身份证"), Way(WayKind.CAPTURE)))
REGISTER = Material("register", "户口簿", ways=(Way(WayKind.CAPTURE),), review_points=("首页要有户主", "本人页要清楚"))
PROOF = Material(
    "proof",
    "缴费凭证",
    when=Answered("elsewhere", frozenset({"yes"})),
    ways=(Way(WayKind.CAPTURE), Way(WayKind.COMMITMENT, "在外地缴过费"), Way(WayKind.DEFER)),
)
PHOTO = Material("photo", "近照", need=Need.OPTIONAL, ways=(Way(WayKind.ON_SITE),))
MANDATE = Material("mandate", "授权委托书", when=ByAgent(wanted=True), ways=(Way(WayKind.FORM),))

NAME = FormField("applicant.name", "姓名", FieldType.NAME, source="applicant.name")
PHONE = FormField("applicant.phone", "联系电话", FieldType.PHONE, source="applicant.phone")
ACCOUNT = FormField("account", "发放账户", FieldType.ACCOUNT)
SINCE = FormField("since", "参保日期", FieldType.DATE)
PLACE = FormField("place", "参保地", FieldType.TEXT, when=Answered("elsewhere", frozenset({"yes"})))

PENSION = ServiceItem(
    "pension",
    "养老待遇申领",
    "2026-11-20",
    Department("人力社保"),
    "05",
    "承诺件",
    promised=FIVE_DAYS,
    min_age=60,
    questions=(Question("elsewhere", "在外地缴过费吗？", YES_NO, default="no"),),
    materials=(ID_CARD, REGISTER, PROOF, PHOTO, MANDATE),
    fields=(NAME, PHONE, ACCOUNT, SINCE, PLACE),
    delivery_ways=("本窗口领取", "邮寄"),
    sha256="1" * 64,
)

CHILD_NAME = FormField("child.name", "孩子姓名", FieldType.NAME)
PARENTS_ID = Material("parents_id", "父母身份证", ways=(Way(WayKind.E_CERTIFICATE), Way(WayKind.CAPTURE)))

BIRTH = ServiceItem(
    "birth",
    "出生登记",
    "2026-11-20",
    Department("公安"),
    "07",
    "即办件",
    questions=(Question("married", "已领结婚证？", YES_NO),),
    materials=(PARENTS_ID, Material("born_paper", "出生医学证明", ways=(Way(WayKind.CAPTURE),))),
    fields=(NAME, CHILD_NAME),
    delivery_ways=("邮寄", "本窗口领取"),
    sha256="2" * 64,
)
CARD = ServiceItem(
    "card",
    "社保卡申领",
    "2026-11-20",
    Department("人力社保"),
    "20",
    "承诺件",
    promised=TimeLimit(LimitUnit.WORKDAY, 10),
    questions=(Question("for_whom", "给谁办？", (Choice("self", "本人"), Choice("newborn", "孩子"))),),
    materials=(
        PARENTS_ID,
        Material(
            "own_id",
            "本人身份证",
            when=Answered("for_whom", frozenset({"self"})),
            ways=(Way(WayKind.CAPTURE),),
        ),
        Material("portrait", "照片", ways=(Way(WayKind.ON_SITE), Way(WayKind.DEFER))),
    ),
    fields=(NAME, CHILD_NAME, FormField("bank", "合作银行", FieldType.CHOICE, choices=(Choice("a", "甲行"),))),
    delivery_ways=("本窗口领取",),
    sha256="3" * 64,
)
CLAIM = ServiceItem(
    "claim",
    "生育费用报销",
    "2026-11-20",
    Department("医保"),
    "05",
    "承诺件",
    promised=FIVE_DAYS,
    fields=(NAME, FormField("cost", "费用", FieldType.MONEY)),
    sha256="4" * 64,
)
NEWBORN = LifeEvent(
    "newborn",
    "新生儿出生",
    "2026-11-20",
    "卫健",
    (
        LifeEventPart("birth"),
        LifeEventPart("card", answers={"for_whom": "newborn"}),
        LifeEventPart("claim", when=Answered("insured", frozenset({"yes"}))),
    ),
    FIVE_DAYS,
    questions=(Question("insured", "参加生育保险了吗？", YES_NO, default="no"),),
    sha256="5" * 64,
)
ADULT = Age(at_least=18)


class SmallCatalogue:
    """The items above as a ``clerk_app.ports.Catalogue``."""

    version, sha256 = "2026-11-20", "0" * 64

    def __init__(self, *items: ServiceItem, events: tuple[LifeEvent, ...] = (NEWBORN,)) -> None:
        self._items = {item.id: item for item in items or (PENSION, BIRTH, CARD, CLAIM)}
        self._events = {event.id: event for event in events}

    def places(self, text: str, limit: int = 8) -> tuple[Place, ...]:
        return find_places(text, limit)

    def items(self) -> tuple[ServiceItem, ...]:
        return tuple(self._items.values())

    def life_events(self) -> tuple[LifeEvent, ...]:
        return tuple(self._events.values())

    def item(self, item_id: str) -> ServiceItem:
        if item_id not in self._items:
            raise Refused("目录里没有这个事项。")
        return self._items[item_id]

    def life_event(self, event_id: str) -> LifeEvent:
        return self._events[event_id]

    def scheme(self, entry_id: str, chosen: Collection[str] | None = None, facts: Facts | None = None) -> Scheme:
        if entry_id in self._events:
            event = self._events[entry_id]
            parts = [fix_answers(self.item(part.item_id), part.answers) for part in event.parts]
            return merge(event, parts, default_parts(event, facts or Facts()) if chosen is None else chosen)
        return scheme_of_item(self.item(entry_id))

    def hash_of(self, entry_id: str) -> str:
        entry = self._items.get(entry_id) or self._events.get(entry_id)
        return entry.sha256 if entry else ""

    def scheme_at(
        self, entry_id: str, sha256: str, chosen: Collection[str] | None = None, facts: Facts | None = None
    ) -> Scheme:
        return self.scheme(entry_id, chosen, facts)

    def search(self, text: str, limit: int = 10) -> Sequence[HitLike]:
        raise AssertionError("no use case under test searches")

    def forget(self, item_id: str) -> None:
        """The entry leaves the catalogue."""
        del self._items[item_id]
