"""特殊群体服务台账: the register of people who cannot come to the hall, kept only with their consent.

Source: the policy on 老弱病残孕 groups, the register, 网格化+政务服务 and 主动发现 (data sheet, capabilities 92 to 98). What a register
holds of a person's health is sensitive (个人信息保护法第 28、29 条): nothing is kept without a separate consent with an end.
The fields and the spans are proposals of this program (拟): no published form of such a register is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from clerk_app.domain.canonical import Json
from clerk_app.domain.people import age_on, birth_of, id_number_fault, name_fault

LONGEST_CONSENT_DAYS = 3 * 366
"""A consent is asked again after three years at the latest (拟; the law names no span, only 'as short as the purpose needs')."""


class Group(StrEnum):
    """老弱病残孕, the five groups that the policy names (D2, point 12)."""

    OLD = "old"
    FRAIL = "frail"
    ILL = "ill"
    DISABLED = "disabled"
    PREGNANT = "pregnant"


GROUP_NAMES: Mapping[Group, str] = {
    Group.OLD: "老年人",
    Group.FRAIL: "体弱、失能",
    Group.ILL: "病人",
    Group.DISABLED: "残疾人",
    Group.PREGNANT: "孕产妇",
}


class ConsentBy(StrEnum):
    """Who agreed to being kept in the register."""

    SELF = "self"
    GUARDIAN = "guardian"


class ConsentHow(StrEnum):
    """How the consent was given; who cannot write gives a thumbprint before a witness."""

    SIGNED = "signed"
    THUMBPRINT = "thumbprint"
    SPOKEN = "spoken"


HOW_NAMES: Mapping[ConsentHow, str] = {
    ConsentHow.SIGNED: "签字",
    ConsentHow.THUMBPRINT: "按手印",
    ConsentHow.SPOKEN: "口头同意",
}


@dataclass(frozen=True, slots=True)
class Consent:
    """单独同意. ``on``/``until``: ISO days, both ends in force. ``witness``: for a thumbprint or a spoken consent."""

    by: ConsentBy
    how: ConsentHow
    on: dt.date
    until: dt.date
    witness: str = ""

    def to_json(self) -> Json:
        return {
            "by": self.by.value,
            "how": self.how.value,
            "on": self.on.isoformat(),
            "until": self.until.isoformat(),
            "witness": self.witness,
        }

    @classmethod
    def from_json(cls, data: Json) -> Consent:
        """Raises ValueError, KeyError or TypeError when the data is none."""
        return cls(
            ConsentBy(data["by"]),
            ConsentHow(data["how"]),
            dt.date.fromisoformat(data["on"]),
            dt.date.fromisoformat(data["until"]),
            data["witness"],
        )


@dataclass(frozen=True, slots=True)
class RunsOut:
    """Something of this person that ends on a day, such as 养老待遇资格认证. ``item``: what renews it, an item's id or empty."""

    what: str
    on: dt.date
    item: str = ""

    def to_json(self) -> Json:
        return {"what": self.what, "on": self.on.isoformat(), "item": self.item}

    @classmethod
    def from_json(cls, data: Json) -> RunsOut:
        """Raises ValueError, KeyError or TypeError when the data is none."""
        return cls(data["what"], dt.date.fromisoformat(data["on"]), data["item"])


@dataclass(frozen=True, slots=True)
class Listed:
    """One person of the register. ``needs``: in the visitor's words (听力不好, 要轮椅); ``grid``/``grid_worker``: 网格 and 网格员."""

    id: str
    name: str
    document_number: str = ""
    groups: tuple[Group, ...] = ()
    needs: str = ""
    address: str = ""
    phone: str = ""
    grid: str = ""
    grid_worker: str = ""
    guardian: str = ""
    guardian_phone: str = ""
    consent: Consent | None = None
    runs_out: tuple[RunsOut, ...] = ()

    @property
    def birth(self) -> dt.date | None:
        """From the number; None when there is none in it."""
        try:
            return birth_of(self.document_number)
        except ValueError:
            return None

    def to_json(self) -> Json:
        plain = {name: getattr(self, name) for name in _PLAIN}
        return {
            "id": self.id,
            **plain,
            "groups": [group.value for group in self.groups],
            "consent": self.consent.to_json() if self.consent else None,
            "runs_out": [each.to_json() for each in self.runs_out],
        }

    @classmethod
    def from_json(cls, data: Json) -> Listed:
        """Raises ValueError, KeyError or TypeError when the data is none."""
        return cls(
            id=data["id"],
            **{name: data[name] for name in _PLAIN},
            groups=tuple(Group(each) for each in data["groups"]),
            consent=Consent.from_json(data["consent"]) if data["consent"] else None,
            runs_out=tuple(RunsOut.from_json(each) for each in data["runs_out"]),
        )


_PLAIN = (
    "name",
    "document_number",
    "needs",
    "address",
    "phone",
    "grid",
    "grid_worker",
    "guardian",
    "guardian_phone",
)


def listed_faults(person: Listed, today: dt.date) -> dict[str, str]:
    """Field → why it cannot be kept so, in the clerk's words; empty when all is right."""
    faults: dict[str, str] = {}
    if fault := name_fault(person.name):
        faults["name"] = fault
    if person.document_number and (fault := id_number_fault(person.document_number, today)):
        faults["document_number"] = fault
    if not person.groups:
        faults["groups"] = "请选是哪类特殊群体"
    if not person.address.strip():
        faults["address"] = "请写上门的地址"
    if fault := consent_fault(person, today):
        faults["consent"] = fault
    return faults


def consent_fault(person: Listed, today: dt.date) -> str:
    """Why this person may not be kept; empty when a separate consent is in force."""
    consent = person.consent
    if consent is None:
        return "还没有本人或监护人的单独同意，不能存进台账"
    if consent.on > today:
        return "同意的日期还没到"
    if consent.until < today:
        return "同意已到期，请重新征得同意或删除"
    if (consent.until - consent.on).days > LONGEST_CONSENT_DAYS:
        return "同意最长三年，到期再问一次"
    if consent.by is ConsentBy.GUARDIAN and not person.guardian.strip():
        return "由监护人同意的，请写监护人姓名"
    if consent.how is not ConsentHow.SIGNED and not consent.witness.strip():
        return "按手印或口头同意要有见证人，请写见证人姓名"
    return ""


def is_over(person: Listed, today: dt.date) -> bool:
    """True when nothing may be kept any more: no consent, or it ended."""
    return person.consent is None or person.consent.until < today


def who_is(person: Listed, today: dt.date) -> str:
    """82 岁 · 体弱、失能 · 样例社区 3 网格, as a visit's card shows it."""
    age = (f"{age_on(person.birth, today)} 岁",) if person.birth else ()
    groups = tuple(GROUP_NAMES[group] for group in person.groups)
    return " · ".join(each for each in (*age, *groups, person.needs, person.grid) if each)
