"""What the forms read out of an order: dates, masked people, materials with how each was given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from clerk_app.domain.acts import GATEWAY, last_act
from clerk_app.domain.application import Given
from clerk_app.domain.case import Move
from clerk_app.domain.conditions import Facts
from clerk_app.domain.deadlines import Deadline
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.materials import WAIVERS, requirements
from clerk_app.domain.paper import Form
from clerk_app.domain.people import (
    VERIFICATION_NAMES,
    DocumentKind,
    IdentityMeans,
    Person,
    Verification,
    mask_id,
    mask_phone,
)
from clerk_app.domain.service_item import Material, ServiceItem, TimeLimit, WayKind
from clerk_app.domain.time import Stamp, chinese_date, short_chinese_date
from clerk_app.ports import PaperOrder

GLUE = "\u00a0"
PENDING = VERIFICATION_NAMES[Verification.PENDING_ONLINE]
PERMIT = "01"  # 行政许可

_MARKS_MATERIALS = frozenset({Form.F1, Form.F2, Form.F18})
"""Forms that say beside each material whether it is checked."""
_WITHOUT_MARKS = frozenset({Form.F8, Form.F14, Form.F15, Form.F16, Form.F17})

DOCUMENT_LABELS = {
    DocumentKind.RESIDENT_ID: "公民身份号码",
    DocumentKind.TEMPORARY_ID: "临时身份证号码",
    DocumentKind.HOUSEHOLD_REGISTER: "户口簿号码",
    DocumentKind.PASSPORT: "护照号码",
    DocumentKind.TAIWAN_PERMIT: "台湾居民来往大陆通行证号码",
    DocumentKind.HK_MACAO_PERMIT: "港澳居民来往内地通行证号码",
    DocumentKind.PERMANENT_RESIDENT: "外国人永久居留身份证号码",
    DocumentKind.HMT_RESIDENCE: "港澳台居民居住证号码",
}

MEANS_NAMES = {
    IdentityMeans.ID_CARD_SCAN: "身份证拍照识别",
    IdentityMeans.ID_CARD_CHIP: "身份证读卡",
    IdentityMeans.YUKUAI_CODE: "渝快码",
    IdentityMeans.SOCIAL_CARD: "社会保障卡",
    IdentityMeans.MANUAL: "人工录入",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A needed material and how it was given (None: not given)."""

    material: Material
    given: Given | None

    @property
    def waived(self) -> bool:
        return self.given is not None and self.given.way in WAIVERS

    @property
    def mark(self) -> str:
        """待联网核验 or another check that is still open; empty when verified or nothing is to be checked."""
        state = self.given.verification if self.given else None
        return VERIFICATION_NAMES[state] if state and state is not Verification.VERIFIED else ""

    def is_given(self, way: WayKind) -> bool:
        return self.given is not None and self.given.way is way


def received(order: PaperOrder) -> Stamp:
    """When the case was taken."""
    return Stamp.from_json(order.case.received_at)


def rows(order: PaperOrder) -> tuple[Row, ...]:
    """Every material that the situation calls for, and any other that was given, in catalogue order."""
    facts: Facts = order.application.facts(received(order).legal_date)
    materials = order.application.materials
    return tuple(
        Row(each.material, materials.get(each.material.id))
        for each in requirements(order.scheme, facts)
        if each.needed or each.material.id in materials
    )


def given_rows(order: PaperOrder, way: WayKind) -> tuple[Row, ...]:
    """Materials given in one way."""
    return tuple(row for row in rows(order) if row.is_given(way))


def last_day(order: PaperOrder, row: Row) -> dt.date | None:
    """The last day on which a 容缺 paper may follow."""
    text = order.until.get(row.material.id) or (row.given.until if row.given else "")
    return dt.date.fromisoformat(text) if text else None


def deadline_of(order: PaperOrder) -> Deadline | None:
    """The promised day; None while the case is only taken (收件)."""
    return Deadline.from_json(order.case.deadline) if order.case.deadline else None


def limit_of(order: PaperOrder, of: ServiceItem | Scheme) -> TimeLimit:
    """What is promised for it in the situation of this case, when it says no day too."""
    return of.limit(order.application.facts(order.case.accepted_on or received(order).legal_date))


def items_of(order: PaperOrder) -> tuple[ServiceItem, ...]:
    """The item, or the parts of the life event."""
    return (order.scheme.item,) if order.scheme.item else order.scheme.parts


def code_of(item: ServiceItem) -> str:
    """The most exact code that the catalogue has."""
    return item.handle_code or item.task_code or item.catalog_code or item.id


def is_permit(order: PaperOrder) -> bool:
    """Only permits stand under the Administrative Licence Law (行政许可法)."""
    return any(item.task_type == PERMIT for item in items_of(order))


def legal_basis(order: PaperOrder) -> tuple[str, ...]:
    """The catalogue's own legal basis, each once."""
    return tuple(dict.fromkeys(text for item in items_of(order) for text in item.legal_basis))


def is_sample(order: PaperOrder) -> bool:
    return order.scheme.is_sample or order.hall.sample or order.case.item.sample


def masked_number(person: Person) -> str:
    """公民身份号码 500199********2467."""
    return (
        f"{DOCUMENT_LABELS[person.document_kind]} {mask_id(person.document_number)}" if person.document_number else ""
    )


def identity_check(order: PaperOrder, person: Person) -> str:
    """身份证拍照识别 · 待联网核验; what the platform has finished waits for no check any more."""
    told = VERIFICATION_NAMES[person.verification]
    is_open = person.verification is Verification.PENDING_ONLINE
    return MEANS_NAMES[person.means] if is_open and is_settled(order) else f"{MEANS_NAMES[person.means]} · {told}"


def is_settled(order: PaperOrder) -> bool:
    """Whether the platform itself has finished the case: nothing of it is 待联网核验 then. What was decided at this counter
    without a line still is."""
    end = last_act(order.case, Move.FINISH)
    return end is not None and end.by == GATEWAY


def masked_phone(person: Person) -> str:
    return mask_phone(person.phone) if person.phone else ""


def day_text(day: dt.date) -> str:
    """2026 年 11 月 21 日, never torn by a line end."""
    return chinese_date(day).replace(" ", GLUE)


def short_day(day: dt.date) -> str:
    """11 月 27 日, never torn."""
    return short_chinese_date(day).replace(" ", GLUE)


def joined(parts: Iterable[str]) -> str:
    """Sentences as one, with one mark between them however each ended."""
    return "；".join(text for part in parts if (text := part.strip().rstrip("。；;")))


def beside(name: str, reasons: Iterable[str]) -> tuple[str, ...]:
    """Reasons as they stand beside the name of their material, where 缺少 says it all."""
    return tuple("缺少" if reason == f"缺少{name}" else reason for reason in reasons)


def has_pending(order: PaperOrder) -> bool:
    """Whether any 待联网核验 mark stands on this paper."""
    if order.form in _WITHOUT_MARKS or is_settled(order):
        return False
    people = (order.application.applicant, order.application.agent, order.application.guardian)
    if any(person is not None and person.verification is Verification.PENDING_ONLINE for person in people):
        return True
    return order.form in _MARKS_MATERIALS and any(row.mark == PENDING for row in rows(order))
