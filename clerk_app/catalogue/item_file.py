"""One file of ``items/`` → ``ServiceItem``. Names follow the national exchange tables (data sheet §2.4)."""

from __future__ import annotations

from collections.abc import Mapping

from clerk_app.catalogue.reading import ID, VERSION, Reading
from clerk_app.catalogue.vocabulary import KNOWN_VALUES, Vocabulary, read_choices, read_type
from clerk_app.domain.canonical import Json
from clerk_app.domain.codes import TASK_TYPES, catalog_code_problem, handle_code_problem, task_code_problem
from clerk_app.domain.procedures import SpecialKind, SpecialProcedure
from clerk_app.domain.service_item import (
    Department,
    FieldType,
    FormField,
    LimitUnit,
    LimitWhen,
    Material,
    Need,
    Question,
    ServiceItem,
    TimeLimit,
    Way,
    WayKind,
)

PROJECT_TYPES = ("即办件", "承诺件")
APPLICANT_TYPES = ("自然人", "企业法人", "事业法人", "社会组织法人", "非法人企业", "行政机关", "其他组织")
_NEEDED = ("format", "id", "name", "version", "department", "task_type", "project_type", "limits", "origins")
_NEEDED_OF_WHOLE = ("level", "materials", "fields", "fee", "visits")
"""What an item that is taken at the counter must say itself; a stub only names its department."""

_KNOWN = (
    *_NEEDED,
    *("codes", "level", "applicant_types", "conditions", "min_age", "questions", "materials", "fields", "fee"),
    *("fee_basis", "result", "delivery_ways", "scope", "visits", "visits_reason", "legal_basis", "aliases", "stub"),
    "special_procedures",
)


def read_item(data: bytes, vocabulary: Vocabulary, reading: Reading) -> ServiceItem | None:
    """Read an item file; None when there are faults, which are left in ``reading.problems``."""
    before = len(reading.problems)
    root = reading.root(data)
    if len(reading.problems) > before:
        return None
    reading.keys(root, "", _KNOWN, _NEEDED if root.get("stub") is True else (*_NEEDED, *_NEEDED_OF_WHOLE))
    codes = reading.object(root, "codes", "") or {}
    reading.keys(codes, "codes", ("catalog", "task", "handle"))
    limits = reading.object(root, "limits", "") or {}
    reading.keys(limits, "limits", ("statutory", "promised", "when"), ("promised",) if "limits" in root else ())
    item = ServiceItem(
        id=reading.text(root, "id", pattern=ID),
        name=reading.text(root, "name", filled=True),
        version=reading.text(root, "version", pattern=VERSION),
        department=_department(reading, root),
        task_type=reading.text(root, "task_type", one_of=TASK_TYPES),
        project_type=reading.text(root, "project_type", one_of=PROJECT_TYPES),
        catalog_code=_code(reading, codes, "catalog"),
        task_code=_code(reading, codes, "task"),
        handle_code=_code(reading, codes, "handle"),
        statutory=read_limit(reading, limits, "statutory", "limits"),
        promised=read_limit(reading, limits, "promised", "limits") or TimeLimit(LimitUnit.ON_THE_SPOT),
        conditions=reading.texts(root, "conditions"),
        min_age=reading.number(root, "min_age", most=150) if root.get("min_age") is not None else None,
        questions=read_questions(reading, root),
        materials=read_materials(reading, root, vocabulary),
        fields=read_fields(reading, root, vocabulary),
        fee=reading.text(root, "fee", default="不收费"),
        fee_basis=reading.text(root, "fee_basis"),
        result=reading.text(root, "result"),
        delivery_ways=reading.texts(root, "delivery_ways", default=("本窗口领取",)),
        scope=reading.texts(root, "scope"),
        visits=reading.number(root, "visits", default=1, most=9),
        visits_reason=reading.text(root, "visits_reason"),
        legal_basis=reading.texts(root, "legal_basis"),
        aliases=reading.texts(root, "aliases"),
        level=reading.text(root, "level"),
        applicant_types=_listed(reading, root, "applicant_types", APPLICANT_TYPES, ("自然人",)),
        stub=reading.truth(root, "stub"),
        origins=reading.origins(root),
        sha256=vocabulary.hash_with(root),
        limits_when=read_limits_when(reading, limits),
        special=_special(reading, root),
    )
    return item if len(reading.problems) == before else None


def read_limit(reading: Reading, data: Mapping[str, Json], key: str, place: str) -> TimeLimit | None:
    """A term {"unit": "工作日", "count": 5}; 当场 has no count; 另行通知 has no count and a text that is told instead."""
    entry = reading.object(data, key, place)
    if entry is None:
        return None
    where = f"{place}.{key}"
    reading.keys(entry, where, ("unit", "count", "text"), ("unit",))
    text = reading.text(entry, "unit", where, one_of=tuple(LimitUnit))
    if text not in tuple(LimitUnit):
        return None
    unit = LimitUnit(text)
    count = reading.number(entry, "count", where, most=366)
    if (unit in (LimitUnit.ON_THE_SPOT, LimitUnit.LATER)) != (count == 0):
        reading.wrong(f"{where}.count", "“当场”“另行通知”不写天数，其他单位要写 1 以上的整数")
        return None
    told = reading.text(entry, "text", where)
    if (unit is LimitUnit.LATER) != bool(told.strip()):
        reading.wrong(f"{where}.text", "“另行通知”要写明什么时候办好，其他单位不写")
        return None
    return TimeLimit(unit, count, told)


def read_limits_when(reading: Reading, limits: Mapping[str, Json]) -> tuple[LimitWhen, ...]:
    """Other promises by situation: [{"when": condition, "promised": term}, …]; the first that fits counts."""
    found: list[LimitWhen] = []
    for place, each in reading.objects(limits, "when", "limits"):
        reading.keys(each, place, ("when", "promised"), ("when", "promised"))
        limit = read_limit(reading, each, "promised", place)
        found.append(LimitWhen(reading.condition(each, "when", place), limit or TimeLimit(LimitUnit.ON_THE_SPOT)))
    return tuple(found)


def read_questions(reading: Reading, root: Mapping[str, Json]) -> tuple[Question, ...]:
    """The situation questions, in the order in which they are asked."""
    questions: list[Question] = []
    for place, each in reading.objects(root, "questions", ""):
        reading.keys(each, place, ("id", "text", "choices", "default", "when"), ("id", "text", "choices"))
        question = Question(
            id=reading.text(each, "id", place, pattern=ID),
            text=reading.text(each, "text", place, filled=True),
            choices=read_choices(reading, each, place),
            default=reading.text(each, "default", place),
            when=reading.condition(each, "when", place),
        )
        if "choices" in each and len(question.choices) < 2:
            reading.wrong(f"{place}.choices", "情形问题至少要有两个答案")
        if question.default and question.default not in {choice.value for choice in question.choices}:
            reading.wrong(f"{place}.default", "默认答案不在可选答案里")
        questions.append(question)
    reading.unique([question.id for question in questions], "questions")
    return tuple(questions)


def _special(reading: Reading, root: Mapping[str, Json]) -> tuple[SpecialProcedure, ...]:
    """特别程序 (§2.4): [{"kind", "basis", "workdays"}]; the basis is the office's to write, the program has none of its own."""
    found = list[SpecialProcedure]()
    for place, each in reading.objects(root, "special_procedures", ""):
        reading.keys(each, place, ("kind", "basis", "workdays"), ("kind",))
        kind = reading.text(each, "kind", place, one_of=tuple(SpecialKind))
        if kind in tuple(SpecialKind):
            basis, days = reading.text(each, "basis", place), reading.number(each, "workdays", place, most=366)
            found.append(SpecialProcedure(SpecialKind(kind), basis, days))
    reading.unique([each.kind for each in found], "special_procedures")
    return tuple(found)


def _department(reading: Reading, root: Mapping[str, Json]) -> Department:
    entry = reading.object(root, "department", "") or {}
    reading.keys(entry, "department", ("name", "address", "phone"), ("name",) if "department" in root else ())
    return Department(
        reading.text(entry, "name", "department", filled=True),
        reading.text(entry, "address", "department"),
        reading.text(entry, "phone", "department"),
    )


def _code(reading: Reading, codes: Mapping[str, Json], key: str) -> str:
    code = reading.text(codes, key, "codes")
    check = {"catalog": catalog_code_problem, "task": task_code_problem, "handle": handle_code_problem}[key]
    if code and (reason := check(code)):
        reading.wrong(f"codes.{key}", reason)
    return code


def _listed(
    reading: Reading, root: Mapping[str, Json], key: str, allowed: tuple[str, ...], default: tuple[str, ...]
) -> tuple[str, ...]:
    values = reading.texts(root, key, default=default)
    for value in values:
        if value and value not in allowed:
            reading.wrong(key, f"只能是：{'、'.join(allowed)}")
    return values


def read_materials(reading: Reading, root: Mapping[str, Json], vocabulary: Vocabulary) -> tuple[Material, ...]:
    """The materials, in the order in which they are listed at the counter."""
    materials: list[Material] = []
    for place, each in reading.objects(root, "materials", ""):
        reading.keys(
            each,
            place,
            ("id", "need", "when", "copies", "spec", "originals", "photocopies", "ways", "review_points", "note"),
            ("id", "ways"),
        )
        material_id = reading.text(each, "id", place, pattern=ID)
        entry = vocabulary.materials.get(material_id)
        if material_id and entry is None:
            reading.wrong(f"{place}.id", "词汇表里没有这个材料，请先在 vocabulary.json 里登记")
        need = reading.text(each, "need", place, Need.REQUIRED, one_of=tuple(Need))
        materials.append(
            Material(
                id=material_id,
                name=entry.name if entry else "",
                kind=entry.kind if entry else "",
                form=entry.form if entry else "",
                need=Need(need) if need in tuple(Need) else Need.REQUIRED,
                when=reading.condition(each, "when", place),
                source=entry.source if entry else "",
                source_note=entry.source_note if entry else "",
                copies=reading.number(each, "copies", place, 1, most=99),
                spec=reading.text(each, "spec", place, entry.spec if entry else ""),
                originals=reading.number(each, "originals", place, most=99),
                photocopies=reading.number(each, "photocopies", place, most=99),
                ways=_ways(reading, each, place),
                review_points=reading.texts(each, "review_points", place),
                note=reading.text(each, "note", place),
                sensitive=entry.sensitive if entry else "",
            )
        )
    reading.unique([material.id for material in materials], "materials")
    return tuple(materials)


def _ways(reading: Reading, material: Mapping[str, Json], place: str) -> tuple[Way, ...]:
    ways: list[Way] = []
    for where, each in reading.objects(material, "ways", place):
        reading.keys(each, where, ("kind", "detail", "limit"), ("kind",))
        kind = reading.text(each, "kind", where, one_of=tuple(WayKind))
        if kind not in tuple(WayKind):
            continue
        way = Way(WayKind(kind), reading.text(each, "detail", where), read_limit(reading, each, "limit", where))
        if (way.kind is WayKind.DEFER) != (way.limit is not None and way.limit.has_day):
            reading.wrong(f"{where}.limit", "容缺要写期限，其他方式不写期限")
        if way.kind in (WayKind.E_CERTIFICATE, WayKind.SHARED_DATA, WayKind.COMMITMENT) and not way.detail:
            reading.wrong(f"{where}.detail", "要写清证照种类、数据来源或承诺内容")
        ways.append(way)
    reading.unique([way.kind for way in ways], f"{place}.ways")
    return tuple(ways)


def read_fields(reading: Reading, root: Mapping[str, Json], vocabulary: Vocabulary) -> tuple[FormField, ...]:
    """The form fields, in the order in which they are asked."""
    fields: list[FormField] = []
    for place, each in reading.objects(root, "fields", ""):
        reading.keys(each, place, ("id", "type", "required", "when", "source", "group", "hint", "default"), ("id",))
        field_id = reading.text(each, "id", place, pattern=ID)
        entry = vocabulary.fields.get(field_id)
        if field_id and entry is None:
            reading.wrong(f"{place}.id", "词汇表里没有这个字段，请先在 vocabulary.json 里登记")
        kind = read_type(reading, each, place) or (entry.type if entry else None)
        if entry and kind is None:
            reading.wrong(f"{place}.type", "字段没有类型")
        source = reading.text(each, "source", place, entry.source if entry else "")
        if source and source not in KNOWN_VALUES:
            reading.wrong(f"{place}.source", "不认识的已知来源")
        fields.append(
            FormField(
                id=field_id,
                label=entry.label if entry else "",
                type=kind or FieldType.TEXT,
                required=reading.truth(each, "required", place, default=True),
                when=reading.condition(each, "when", place),
                source=source,
                choices=entry.choices if entry else (),
                group=reading.text(each, "group", place, entry.group if entry else ""),
                hint=reading.text(each, "hint", place, entry.hint if entry else ""),
                default=reading.text(each, "default", place),
                members=entry.members if entry else (),
                sensitive=entry.sensitive if entry else "",
            )
        )
    reading.unique([each.id for each in fields], "fields")
    return tuple(fields)
