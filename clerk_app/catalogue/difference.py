"""What a new catalogue changes, in words: entries that come and go, and which elements of the others are different."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clerk_app.catalogue.loader import LoadedCatalogue
from clerk_app.domain.service_item import FormField, LifeEvent, Material, ServiceItem

_ELEMENTS = {
    "name": "名称",
    "department": "实施部门",
    "lead": "牵头部门",
    "task_type": "事项类型",
    "project_type": "办件类型",
    "catalog_code": "基本编码",
    "task_code": "实施编码",
    "handle_code": "业务办理项编码",
    "statutory": "法定时限",
    "promised": "承诺时限",
    "limits_when": "分情形时限",
    "conditions": "受理条件",
    "min_age": "年龄条件",
    "questions": "情形",
    "fee": "收费",
    "fee_basis": "收费依据",
    "result": "办理结果",
    "delivery_ways": "送达方式",
    "scope": "通办范围",
    "visits": "到现场次数",
    "visits_reason": "到现场原因",
    "legal_basis": "设定依据",
    "aliases": "别名",
    "level": "办理层级",
    "applicant_types": "服务对象",
    "special": "特殊程序",
    "stub": "样例事项标记",
    "parts": "包含的事项",
    "origins": "来源标记",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One entry: ``kind`` is added, removed or changed; ``elements`` says in words what is different."""

    kind: str
    id: str
    name: str
    elements: tuple[str, ...] = ()

    def __str__(self) -> str:
        word = {"added": "新增", "removed": "取消", "changed": "修改"}[self.kind]
        return f"{word}　{self.name}" + (f"：{'、'.join(self.elements)}" if self.elements else "")


def changes(old: LoadedCatalogue, new: LoadedCatalogue) -> tuple[Change, ...]:
    """Every entry that differs, items first, each kind in the order added, removed, changed."""
    before, after = _entries(old), _entries(new)
    added = [Change("added", key, after[key].name) for key in after if key not in before]
    removed = [Change("removed", key, before[key].name) for key in before if key not in after]
    both = [key for key in after if key in before and before[key].sha256 != after[key].sha256]
    changed = [Change("changed", key, after[key].name, tuple(_elements(before[key], after[key]))) for key in both]
    return (*added, *removed, *changed)


def _entries(catalogue: LoadedCatalogue) -> dict[str, ServiceItem | LifeEvent]:
    entries: list[ServiceItem | LifeEvent] = [*catalogue.items(), *catalogue.life_events()]
    return {each.id: each for each in entries}


def _elements(old: ServiceItem | LifeEvent, new: ServiceItem | LifeEvent) -> Iterator[str]:
    """At least one phrase: an entry may also differ only by what it stands on (vocabulary, the items of an event)."""
    found = tuple(_own_elements(old, new))
    yield from found or ("所用的词汇或包含的事项有变化",)


def _own_elements(old: ServiceItem | LifeEvent, new: ServiceItem | LifeEvent) -> Iterator[str]:
    if type(old) is not type(new):
        yield "事项和一件事互换"
        return
    for field in dataclasses.fields(new):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before == after:
            continue
        if field.name == "materials":
            yield from _named("材料", before, after)
        elif field.name == "fields":
            yield from _named("填写项", before, after)
        elif field.name in ("promised", "statutory"):
            yield f"{_ELEMENTS[field.name]}（{before or '无'} → {after or '无'}）"
        elif field.name in _ELEMENTS:
            yield _ELEMENTS[field.name]


def _named(
    word: str, old: Iterable[Material] | Iterable[FormField], new: Iterable[Material] | Iterable[FormField]
) -> Iterator[str]:
    before, after = {each.id: each for each in old}, {each.id: each for each in new}
    for key, each in after.items():
        if key not in before:
            yield f"增加{word}“{_label(each)}”"
        elif before[key] != each:
            yield f"{word}“{_label(each)}”有变化"
    yield from (f"去掉{word}“{_label(each)}”" for key, each in before.items() if key not in after)
    if set(before) == set(after) and list(before) != list(after):
        yield f"{word}的顺序"


def _label(each: Material | FormField) -> str:
    return each.name if isinstance(each, Material) else each.label
