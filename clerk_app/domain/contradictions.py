"""智能预审 inside one form: values that cannot all be right, by the ids of the common vocabulary. Pure; each row tells what was seen
and what to do, none refuses. ADD A RULE HERE: one function over ``Values`` and its name in ``RULES``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from clerk_app.domain.application import Application
from clerk_app.domain.ethnic_groups import is_ethnic_group
from clerk_app.domain.people import age_on, birth_of, id_number_fault, sex_of

OLDEST = 120
GROWN = 18
MOST_CHILDREN = 15
MOST_PAID_MONTHS = 60 * 12
LEAST_PAID_MONTHS = 15 * 12
SENSE = "本程序的常识核对【拟】"
_NUMBER = "GB 11643-1999，号码里有出生日期和性别"
_SEX_OF = {"mother": "女", "father": "男"}
_PARENTS = {"mother": "母亲", "father": "父亲"}
_LOOK = "请对照证件核对。"


@dataclass(frozen=True, slots=True)
class Values:
    """``texts``: what stands in the form by field id, known values too; ``conditions``: 受理条件 of the entry as its file has them."""

    application: Application
    texts: Mapping[str, str]
    labels: Mapping[str, str]
    conditions: tuple[str, ...]
    today: dt.date

    def text(self, key: str) -> str:
        return self.texts.get(key, "")

    def label(self, key: str) -> str:
        return self.labels.get(key, key)

    def date(self, key: str) -> dt.date | None:
        try:
            return dt.date.fromisoformat(self.text(key))
        except ValueError:
            return None

    def count(self, key: str) -> int | None:
        text = self.text(key)
        return int(text) if text.isascii() and text.isdigit() else None

    def number(self, key: str) -> str:
        """A citizen's number that can be one; empty otherwise."""
        text = self.text(key)
        return text if text and not id_number_fault(text, self.today) else ""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``rule``: a closed word. ``text``: what was seen. ``source``: where the rule comes from, with its tag."""

    rule: str
    text: str
    what_to_do: str
    source: str


Found = Iterator[Contradiction]


def _ages(seen: Values) -> Found:
    labels = {"applicant": "申请人", "agent": "代办人", "guardian": "监护人"}
    for who, person in seen.application.people().items():
        age = person.age_on(seen.today) if person is not None else None
        if age is not None and age > OLDEST:
            yield Contradiction("very_old", f"{labels[who]} {age} 周岁", "请核对出生日期和号码。", SENSE)


def _groups(seen: Values) -> Found:
    named = {key: text for key, text in seen.texts.items() if key.endswith(".ethnicity")}
    own = seen.application.applicant.ethnicity
    for key, text in ({"applicant.ethnicity": own} | named).items():
        if text and not is_ethnic_group(text):
            label = seen.labels.get(key, "申请人民族")
            yield Contradiction("ethnicity", f"{label}不是五十六个民族之一", _LOOK, "GB 3304 民族名称【识】")


def _parents(seen: Values) -> Found:
    applicant, role = seen.application.applicant, seen.application.answers.get("applicant_role", "")
    if applicant.sex and role in _SEX_OF and applicant.sex != _SEX_OF[role]:
        told = f"申请人说是{_PARENTS[role]}，证件上是{applicant.sex}"
        yield Contradiction("parent_sex", told, "是不是选错了？" + _LOOK, _NUMBER)
    for other in _SEX_OF:
        key = f"{other}.id_number"
        if role in _SEX_OF and other != role and seen.number(key) and seen.number(key) == applicant.document_number:
            yield Contradiction("same_number", f"{seen.label(key)}和申请人的一样", _LOOK, SENSE)
    for who, wanted in _SEX_OF.items():
        number = seen.number(f"{who}.id_number")
        if number and sex_of(number) != wanted:
            told = f"{seen.label(f'{who}.id_number')}里的性别是{sex_of(number)}"
            yield Contradiction("parent_sex", told, "是不是填反了？" + _LOOK, _NUMBER)


def _different_people(seen: Values) -> Found:
    own = seen.application.applicant.document_number
    parents = ("mother.id_number", "father.id_number")
    for one, other in (parents, ("child.id_number", parents[0]), ("child.id_number", parents[1])):
        if seen.number(one) and seen.number(one) == seen.number(other):
            yield Contradiction("same_number", f"{seen.label(one)}和{seen.label(other)}一样", _LOOK, SENSE)
    for key in ("spouse.id_number", "deceased.id_number", "sale.other_id"):
        if own and seen.number(key) == own:
            yield Contradiction("same_number", f"{seen.label(key)}和申请人的一样", _LOOK, SENSE)


def _child(seen: Values) -> Found:
    born, due = seen.date("child.birth"), seen.date("family.due_date")
    if born is not None:
        if age_on(born, seen.today) >= GROWN:
            told = f"{seen.label('child.birth')}是 {born.isoformat()}，已经成年"
            yield Contradiction("child_grown", told, "请核对出生日期；成年人请本人来办。", SENSE)
        for key in ("mother.id_number", "father.id_number"):
            number = seen.number(key)
            if number and born <= birth_of(number):
                told = f"{seen.label('child.birth')}早于{seen.label(key)}里的出生日期"
                yield Contradiction("child_before_parent", told, _LOOK, _NUMBER)
    elif due is not None and due < seen.today:
        told = f"{seen.label('family.due_date')}已经过了"
        yield Contradiction("due_past", told, "孩子已经出生的，请按已出生登记；没有的，请核对日期。", SENSE)


def _children(seen: Values) -> Found:
    for key in ("family.children_now", "family.birth_order"):
        count = seen.count(key)
        if count is not None and count > MOST_CHILDREN:
            yield Contradiction("children", f"{seen.label(key)}是 {count}", "请核对数字。", SENSE)


def _pension(seen: Values) -> Found:
    first, last, paid = seen.date("pension.paid_from"), seen.date("pension.paid_to"), seen.count("pension.paid_months")
    if last is not None and last > seen.today:
        yield Contradiction("paid_ahead", f"{seen.label('pension.paid_to')}晚于今天", "请核对日期。", SENSE)
    if paid is None:
        return
    label = seen.label("pension.paid_months")
    if paid > MOST_PAID_MONTHS:
        yield Contradiction("paid_months", f"{label}是 {paid}，超过 {MOST_PAID_MONTHS // 12} 年", "请核对月数。", SENSE)
    elif first is not None and last is not None and first <= last:
        span = (last.year - first.year) * 12 + last.month - first.month + 1
        if paid > span:
            told = f"{label}是 {paid}，可是起止日期之间只有 {span} 个月"
            yield Contradiction("paid_span", told, "请核对月数和起止日期；有补缴的，看缴费凭证。", SENSE)
    conditions = [text for text in seen.conditions if "缴费满 15 年" in text]
    if conditions and paid < LEAST_PAID_MONTHS:
        source = f"本事项受理条件：{conditions[0]}"
        yield Contradiction("paid_short", f"{label}是 {paid}，不到 15 年", "请核对条件；可以补缴的先补缴。", source)


def _organisation(seen: Values) -> Found:
    named, name = seen.text("org.legal_representative"), seen.application.applicant.name
    if seen.application.organisation is not None and named and name and named != name:
        told = f"{seen.label('org.legal_representative')}和申请人不是同一个人"
        yield Contradiction("representative", told, "单位办事，申请人写法定代表人，来的人写代办人。", SENSE)


RULES: tuple[Callable[[Values], Found], ...] = (
    _ages,
    _groups,
    _parents,
    _different_people,
    _child,
    _children,
    _pension,
    _organisation,
)


def contradictions(seen: Values) -> tuple[Contradiction, ...]:
    """Everything in one form that cannot all be right."""
    return tuple(found for rule in RULES for found in rule(seen))
