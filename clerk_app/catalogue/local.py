"""What a district may change of its own: 地址 and 电话, and nothing else (渝府办发〔2024〕7号 第9条).

``local.json`` in the data folder:

    {"format": 1, "departments": {"民政": {"address": "…", "phone": "…"}}, "items": {"pension-claim": {"phone": "…"}}}

An item's own entry comes before its department's. Neither is part of an entry's hash: no case is changed by them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from clerk_app.catalogue.reading import Reading
from clerk_app.domain.canonical import Json
from clerk_app.domain.service_item import ServiceItem

FILE = "local.json"


@dataclass(frozen=True, slots=True)
class Local:
    """Address and phone by department name and by item id."""

    departments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def applied(self, item: ServiceItem) -> ServiceItem:
        """The item as this district shows it."""
        own = {**self.departments.get(item.department.name, {}), **self.items.get(item.id, {})}
        return replace(item, department=replace(item.department, **own)) if own else item


def read_local(data: bytes, items: Collection[ServiceItem], reading: Reading) -> Local:
    """Read the file; everything that is not an address or a phone of something known is a fault in ``reading``."""
    root = reading.root(data)
    reading.keys(root, "", ("format", "departments", "items"))
    departments = _part(reading, root, "departments", {item.department.name for item in items}, "目录里没有这个部门")
    return Local(departments, _part(reading, root, "items", {item.id for item in items}, "目录里没有这个事项"))


def _part(
    reading: Reading, root: Mapping[str, Json], key: str, known: Collection[str], unknown: str
) -> dict[str, dict[str, str]]:
    table = reading.object(root, key, "") or {}
    found: dict[str, dict[str, str]] = {}
    for name in table:
        place = f"{key}.{name[:60]}"
        if name not in known:
            reading.wrong(place, unknown)
            continue
        entry = reading.object(table, name, key) or {}
        for each in entry:
            if each not in ("address", "phone"):
                reading.wrong(f"{place}.{each[:60]}", "区县只能改地址和电话，其他要素统一管理")
        found[name] = {
            each: reading.text(entry, each, place, filled=True) for each in ("address", "phone") if each in entry
        }
    return found
