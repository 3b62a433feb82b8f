"""What no reader of one file can see: data that contradicts itself, another file, or the rules of the counter.

Rules come from the data sheet: promise within the statutory limit, fee with basis, 到现场次数 with reason (§2.4);
容缺 within the promise (必知 16). Some findings only warn: the catalogue may be published with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from clerk_app.catalogue.check_life_event import event_problems
from clerk_app.catalogue.check_limits import beyond, limits_of_ways
from clerk_app.catalogue.check_situations import situation_problems
from clerk_app.catalogue.check_words import same_names, word_problems
from clerk_app.catalogue.loader import Files, read_folder
from clerk_app.catalogue.problems import Problem
from clerk_app.domain.codes import task_type_warning
from clerk_app.domain.conditions import questions_of
from clerk_app.domain.service_item import LifeEvent, LimitUnit, ServiceItem

_SAMPLE_MAIN = range(900, 1000)  # 主项 of demonstration codes


def check(folder: Path) -> tuple[Problem, ...]:
    """Every problem in a catalogue folder, in file order; empty when it may be published.

    Raises:
        StorageProblem: a file cannot be read from the disk.
    """
    return tuple(each for each in findings(folder) if not each.warning)


def findings(folder: Path) -> tuple[Problem, ...]:
    """As ``check``, with what only warns."""
    return findings_of(read_folder(folder))


def findings_of(files: Files) -> tuple[Problem, ...]:
    """The same for files that are read already."""
    problems = list(files.problems)
    for file, item in files.items.items():
        problems += (Problem(file, place, reason) for place, reason in _item_problems(item, files))
    by_id = {item.id: item for item in files.items.values()}
    for file, event in files.life_events.items():
        if all(part.item_id in by_id for part in event.parts):
            problems += (Problem(file, place, reason) for place, reason in event_problems(event, by_id))
    entries: dict[str, ServiceItem | LifeEvent] = {**files.items, **files.life_events}
    for file, entry in entries.items():
        problems += (Problem(file, place, reason) for place, reason in word_problems(entry, files.vocabulary))
    problems += same_names(entries)
    problems += _code_twice(files)
    problems += _unused_words(files)
    problems += (
        Problem(file, "codes.catalog", hint, warning=True)
        for file, item in files.items.items()
        if item.catalog_code and (hint := task_type_warning(item.catalog_code, item.task_type))
    )
    return tuple(sorted(set(problems)))


def _item_problems(item: ServiceItem, files: Files) -> Iterator[tuple[str, str]]:
    promises = [("limits.promised", item.promised)]
    promises += [(f"limits.when[{i}].promised", each.limit) for i, each in enumerate(item.limits_when)]
    for place, promised in promises:
        if item.statutory and beyond(promised, item.statutory):
            yield place, f"承诺时限（{promised}）超过了法定时限（{item.statutory}）"
    if item.statutory and not (item.promised.has_day and item.statutory.has_day):
        yield "limits.promised", "有法定时限，承诺时限就要写天数"
    if (item.project_type == "即办件") != (item.promised.unit is LimitUnit.ON_THE_SPOT):
        yield "limits.promised", "即办件应是当场办结，承诺件应写明时限"
    if not item.fee.strip():
        yield "fee", "没有写收多少；不收钱的请写“不收费”"
    elif item.fee.strip() != "不收费" and not item.fee_basis:
        yield "fee_basis", "收费却没有写收费依据"
    if item.visits and not item.visits_reason:
        yield "visits_reason", "要到现场却没有写原因"
    if not item.delivery_ways:
        yield "delivery_ways", "没有写结果怎么领（本窗口领取、邮寄送达）"
    if item.task_code and item.task_code[19:] != item.catalog_code:
        yield "codes.task", "实施编码后 12 位和基本编码不一样"
    if item.handle_code and item.handle_code[:31] != item.task_code:
        yield "codes.handle", "业务办理项编码前 31 位和实施编码不一样"
    if item.is_sample and item.catalog_code and not _is_sample_code(item.catalog_code):
        yield "codes.catalog", "样例事项的主项要用 900 到 999，免得和真实编码相同"
    yield from limits_of_ways(item.materials, item.promised)
    yield from _organisation_problems(item)
    yield from _vocabulary_problems(item, files)
    yield from _origin_gaps(item)
    wanted = [
        *((f"questions[{i}].when", question.when) for i, question in enumerate(item.questions)),
        *((f"materials[{i}].when", material.when) for i, material in enumerate(item.materials)),
        *((f"fields[{i}].when", each.when) for i, each in enumerate(item.fields)),
        *((f"limits.when[{i}].when", each.when) for i, each in enumerate(item.limits_when)),
    ]
    used = frozenset[str]().union(*(questions_of(condition) for _, condition in wanted))
    for index, question in enumerate(item.questions):
        if question.id not in used:
            yield f"questions[{index}]", f"问了 {question.id}，答案却不影响任何材料和字段"
    yield from situation_problems(item.questions, wanted, item.min_age)


def _organisation_problems(item: ServiceItem) -> Iterator[tuple[str, str]]:
    """An item for organisations alone has to ask which one it is; a stub leaves that to the department."""
    if "自然人" in item.applicant_types or item.stub:
        return
    asked = {each.id for each in item.fields}
    for needed, label in (("org.name", "单位名称"), ("org.uscc", "统一社会信用代码")):
        if needed not in asked:
            yield "fields", f"只给单位办的事项要问{label}（{needed}）"


def _vocabulary_problems(item: ServiceItem, files: Files) -> Iterator[tuple[str, str]]:
    for index, each in enumerate(item.fields):
        entry = files.vocabulary.fields.get(each.id)
        if entry and entry.type and entry.type is not each.type:
            yield f"fields[{index}].type", f"“{each.label}”的类型和词汇表不一样"
        if each.default and each.choices and each.default not in {choice.value for choice in each.choices}:
            yield f"fields[{index}].default", "默认值不在可选项里"


def _origin_gaps(item: ServiceItem) -> Iterator[tuple[str, str]]:
    wanted = ["name", "limits.promised", *(f"materials.{material.id}" for material in item.materials)]
    if item.statutory:
        wanted.append("limits.statutory")
    if item.legal_basis:
        wanted.append("legal_basis")
    if item.special:
        wanted.append("special_procedures")
    for path in wanted:
        if not any(path == known or path.startswith(f"{known}.") for known in item.origins):
            yield f"origins.{path}", "没有写来源标记"


def _is_sample_code(code: str) -> bool:
    return code[6:9].isdigit() and int(code[6:9]) in _SAMPLE_MAIN


def _code_twice(files: Files) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for file, item in files.items.items():
        if item.handle_code and seen.setdefault(item.handle_code, file) != file:
            yield Problem(file, "codes.handle", f"和 {seen[item.handle_code]} 的编码相同")


def _unused_words(files: Files) -> Iterator[Problem]:
    """A material or field of the vocabulary that no item and no life event asks for is a leftover or a misspelling.

    Silent while any file cannot be read: that file may be the one that uses it.
    """
    if files.problems:
        return
    entries: list[ServiceItem | LifeEvent] = [*files.items.values(), *files.life_events.values()]
    materials = {each.id for entry in entries for each in entry.materials}
    fields = {each.id for entry in entries for each in entry.fields}
    for name in files.vocabulary.materials.keys() - materials:
        yield Problem("vocabulary.json", f"materials.{name}", "没有一个事项要这个材料")
    for name in files.vocabulary.fields.keys() - fields:
        yield Problem("vocabulary.json", f"fields.{name}", "没有一个事项填这个字段", warning=True)
