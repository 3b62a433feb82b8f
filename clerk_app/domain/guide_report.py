"""查错纠错: an error that a clerk found in a guide, as it travels to those who keep the catalogue. It belongs to no case.

    {"format": "report/1", "message_id", "kind": "catalogue.report", "report": {"item", "version", "sha256", "element",
     "wrong", "proposed", "hall", "window", "generation"}}

Nothing in it changes with the time: the same report from the same window is the same bytes and the same id, however often
it is made. Who reported is said by the signature, when by the journal. Personal data has no place in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from clerk_app.domain.canonical import Json, canonical_bytes, content_hash, parse_json
from clerk_app.domain.service_item import LifeEvent, ServiceItem

KIND = "catalogue.report"
LONGEST = 500
"""Characters of what is wrong, and of the words proposed instead."""

_OF_BOTH = frozenset({"name", "limits", "questions", "materials", "fields", "aliases"})
ITEM_ELEMENTS = _OF_BOTH | {
    *("codes", "department", "level", "task_type", "project_type", "applicant_types", "conditions", "min_age", "fee"),
    *("fee_basis", "result", "delivery_ways", "scope", "visits", "visits_reason", "legal_basis", "address", "phone"),
}
EVENT_ELEMENTS = _OF_BOTH | {"lead", "parts"}
"""The first name of a path: what a file of that kind says, and the 地址 and 电话 that a district adds."""

_PATH = re.compile(r"[a-z_]+(\.[A-Za-z0-9_.-]{1,60})?")
_IDENTITY_NUMBER = re.compile(r"(?<![0-9])([0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


@dataclass(frozen=True, slots=True)
class GuideReport:
    """One report. ``version`` and ``sha256``: of the entry as the clerk saw it. ``proposed`` may be empty."""

    item: str
    version: str
    sha256: str
    element: str
    wrong: str
    proposed: str
    hall: str
    window: str
    generation: int

    @property
    def id(self) -> str:
        """The same for the same report; message id and idempotency key."""
        return content_hash(self.to_json())[:32]

    @property
    def stream(self) -> str:
        """A stream of its own: it waits for no case, and no case for it."""
        return f"report:{self.id}"

    def to_json(self) -> dict[str, Json]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


def element_exists(entry: ServiceItem | LifeEvent, path: str) -> bool:
    """Whether ``path`` names an element of the entry: fee, limits.promised, materials.id_card. One that is missing in the
    guide is reported by its list alone (materials)."""
    if not _PATH.fullmatch(path):
        return False
    first, _, rest = path.partition(".")
    if first not in (ITEM_ELEMENTS if isinstance(entry, ServiceItem) else EVENT_ELEMENTS):
        return False
    ids: Mapping[str, set[str]] = {
        "materials": {each.id for each in entry.materials},
        "fields": {each.id for each in entry.fields},
        "questions": {each.id for each in entry.questions},
        "parts": {each.item_id for each in entry.parts} if isinstance(entry, LifeEvent) else set(),
    }
    known = ids.get(first)
    return not rest or known is None or any(rest == each or rest.startswith(f"{each}.") for each in known)


_WORDS: Mapping[str, str] = {
    "name": "名称",
    "department": "实施部门",
    "lead": "牵头部门",
    "conditions": "受理条件",
    "limits.promised": "承诺时限",
    "limits.statutory": "法定时限",
    "fee": "收费",
    "fee_basis": "收费依据",
    "result": "办理结果",
    "delivery_ways": "送达方式",
    "scope": "通办范围",
    "visits": "到现场次数",
    "legal_basis": "设定依据",
    "address": "地址",
    "phone": "电话",
    "aliases": "搜不到、叫法不对",
    "materials": "少列了一份材料",
    "questions": "少问了一种情形",
    "fields": "少了一个填写项",
    "parts": "少了一个联办事项",
}


def elements_of(entry: ServiceItem | LifeEvent) -> tuple[tuple[str, str], ...]:
    """(path, words) of everything in an entry that a clerk may call wrong: its own elements first, then each material,
    question, field and part by name."""
    own = [(path, words) for path, words in _WORDS.items() if element_exists(entry, path)]
    own += [(f"materials.{each.id}", f"材料：{each.name}") for each in entry.materials]
    own += [(f"questions.{each.id}", f"情形：{each.text}") for each in entry.questions]
    own += [(f"fields.{each.id}", f"填写项：{each.label}") for each in entry.fields]
    return tuple(own)


def looks_personal(text: str) -> bool:
    """Whether an identity number or a mobile number stands in it."""
    return bool(_IDENTITY_NUMBER.search(text) or _MOBILE.search(text))


def report_body(report: GuideReport) -> bytes:
    """Canonical bytes of the message."""
    whole = {"format": "report/1", "message_id": report.id, "kind": KIND, "report": report.to_json()}
    return canonical_bytes(whole)


def report_from_body(data: bytes) -> GuideReport:
    """Read a body from outside. Raises ValueError when it is no report, or not under its own id."""
    whole = parse_json(data)
    inner = whole.get("report") if isinstance(whole, dict) else None
    if not isinstance(inner, dict) or set(inner) != {each.name for each in fields(GuideReport)}:
        raise ValueError("this is no report")
    generation = inner["generation"]
    texts = {name: value for name, value in inner.items() if name != "generation"}
    if not all(isinstance(value, str) and len(value) <= LONGEST for value in texts.values()):
        raise ValueError("a report is made of texts")
    if not isinstance(generation, int) or isinstance(generation, bool) or not 1 <= generation <= 9999:
        raise ValueError("a generation is a positive whole number")
    report = GuideReport(**texts, generation=generation)
    if not report.item or not report.element or not report.wrong:
        raise ValueError("a report says where and what")
    if (whole.get("format"), whole.get("kind"), whole.get("message_id")) != ("report/1", KIND, report.id):
        raise ValueError("this is another format or another report")
    return report
