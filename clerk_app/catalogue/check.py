"""What no reader of one file can see: data that contradicts itself, another file, or the rules of the counter.

Rules come from the data sheet: promise within the statutory limit, fee with basis, 到现场次数 with reason (§2.4);
容缺 within the promise (必知 16). Situations are not reasoned about: every one of them is walked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from clerk_app.catalogue.loader import Files, read_folder
from clerk_app.catalogue.problems import Problem
from clerk_app.domain.conditions import AllOf, Always, Answered, AnyOf, Condition, Not, questions_of
from clerk_app.domain.service_item import (
    FormField,
    LifeEvent,
    LimitUnit,
    Material,
    Need,
    Question,
    ServiceItem,
    TimeLimit,
    WayKind,
)
from clerk_app.domain.situation import fix_answers, situations

MOST_SITUATIONS = 20_000
_SAMPLE_MAIN = range(900, 1000)  # 主项 of demonstration codes


def check(folder: Path) -> tuple[Problem, ...]:
    """Every problem in a catalogue folder, in file order; empty when it may be published.

    Raises:
        StorageProblem: a file cannot be read from the disk.
    """
    files = read_folder(folder)
    problems = list(files.problems)
    for file, item in files.items.items():
        problems += (Problem(file, place, reason) for place, reason in _item_problems(item, files))
    by_id = {item.id: item for item in files.items.values()}
    for file, event in files.life_events.items():
        if all(part.item_id in by_id for part in event.parts):
            problems += (Problem(file, place, reason) for place, reason in _event_problems(event, by_id))
    problems += _code_twice(files)
    return tuple(sorted(set(problems)))


def fewest_days(limit: TimeLimit) -> int:
    """The fewest calendar days that a limit is sure to take: for comparing limits of different units cautiously."""
    weeks, rest = divmod(limit.count, 5)
    return {
        LimitUnit.ON_THE_SPOT: 0,
        LimitUnit.LATER: 0,
        LimitUnit.DAY: limit.count,
        LimitUnit.WORKDAY: weeks * 7 + rest,
        LimitUnit.MONTH: limit.count * 30,
    }[limit.unit]


def beyond(one: TimeLimit, other: TimeLimit) -> bool:
    """Whether the first limit is longer than the second; a limit without days is never compared."""
    if not (one.has_day and other.has_day):
        return False
    return one.count > other.count if one.unit is other.unit else fewest_days(one) > fewest_days(other)


def _item_problems(item: ServiceItem, files: Files) -> Iterator[tuple[str, str]]:
    if item.statutory and beyond(item.promised, item.statutory):
        yield "limits.promised", f"承诺时限（{item.promised}）超过了法定时限（{item.statutory}）"
    if item.statutory and not (item.promised.has_day and item.statutory.has_day):
        yield "limits.promised", "有法定时限，承诺时限就要写天数"
    if (item.project_type == "即办件") != (item.promised.unit is LimitUnit.ON_THE_SPOT):
        yield "limits.promised", "即办件应是当场办结，承诺件应写明时限"
    if item.fee.strip() not in ("", "不收费") and not item.fee_basis:
        yield "fee_basis", "收费却没有写收费依据"
    if item.visits and not item.visits_reason:
        yield "visits_reason", "要到现场却没有写原因"
    if item.task_code and item.task_code[19:] != item.catalog_code:
        yield "codes.task", "实施编码后 12 位和基本编码不一样"
    if item.handle_code and item.handle_code[:31] != item.task_code:
        yield "codes.handle", "业务办理项编码前 31 位和实施编码不一样"
    if item.is_sample and item.catalog_code and not _is_sample_code(item.catalog_code):
        yield "codes.catalog", "样例事项的主项要用 900 到 999，免得和真实编码相同"
    yield from _limits_of_ways(item)
    yield from _vocabulary_problems(item, files)
    yield from _origin_gaps(item)
    wanted = [
        *((f"questions[{i}].when", question.when) for i, question in enumerate(item.questions)),
        *((f"materials[{i}].when", material.when) for i, material in enumerate(item.materials)),
        *((f"fields[{i}].when", each.when) for i, each in enumerate(item.fields)),
    ]
    used = frozenset[str]().union(*(questions_of(condition) for _, condition in wanted))
    for index, question in enumerate(item.questions):
        if question.id not in used:
            yield f"questions[{index}]", f"问了 {question.id}，答案却不影响任何材料和字段"
    yield from _situation_problems(item.questions, wanted, item.min_age)


def _limits_of_ways(item: ServiceItem) -> Iterator[tuple[str, str]]:
    for index, material in enumerate(item.materials):
        place = f"materials[{index}].ways"
        if not material.ways:
            if material.need is Need.REQUIRED:
                yield place, f"{material.name}是必要材料，却没有任何提供方式"
            else:
                yield place, f"{material.name}没有任何提供方式"
        elif material.need is Need.REQUIRED and {way.kind for way in material.ways} == {WayKind.DEFER}:
            yield place, f"{material.name}只能容缺，补交时没有提供方式"
        defer = material.way(WayKind.DEFER)
        if defer and defer.limit and beyond(defer.limit, item.promised):
            yield place, f"{material.name}的容缺期限（{defer.limit}）超过了承诺时限（{item.promised}）"


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
    for path in wanted:
        if not any(path == known or path.startswith(f"{known}.") for known in item.origins):
            yield f"origins.{path}", "没有写来源标记"


def _situation_problems(
    questions: tuple[Question, ...], wanted: list[tuple[str, Condition]], min_age: int | None
) -> Iterator[tuple[str, str]]:
    asked = {question.id: {choice.value for choice in question.choices} for question in questions}
    earlier: set[str] = set()
    sound = True
    for index, question in enumerate(questions):
        later = questions_of(question.when) & set(asked) - earlier
        if later:
            sound = False
            yield f"questions[{index}].when", "问题只能取决于排在它前面的问题"
        earlier.add(question.id)
    for place, condition in wanted:
        for name, values in _answered(condition):
            if name not in asked:
                sound = False
                yield place, f"没有 {name} 这个情形问题"
            elif unknown := sorted(values - asked[name]):
                yield place, f"情形问题 {name} 没有 {'、'.join(unknown)} 这个答案"
    if not sound:
        return
    never = {place: condition for place, condition in wanted if not isinstance(condition, Always)}
    for count, facts in enumerate(situations(questions, [condition for _, condition in wanted], min_age)):
        if count >= MOST_SITUATIONS:
            yield "questions", "情形太多，请合并问题"
            return
        never = {place: condition for place, condition in never.items() if not condition.holds(facts)}
    for place in never:
        yield place, "这个条件在任何情形下都不会成立"


def _event_problems(event: LifeEvent, items: dict[str, ServiceItem]) -> Iterator[tuple[str, str]]:
    parts: list[ServiceItem] = []
    for index, part in enumerate(event.parts):
        item = items[part.item_id]
        for name, value in part.answers.items():
            question = next((question for question in item.questions if question.id == name), None)
            if question is None:
                yield f"parts[{index}].answers.{name}", f"{item.name}没有这个情形问题"
            elif value not in {choice.value for choice in question.choices}:
                yield f"parts[{index}].answers.{name}", "这个答案不在可选答案里"
        parts.append(fix_answers(item, part.answers))
    if not any(part.chosen for part in event.parts):
        yield "parts", "没有一个默认要办的事项"
    merged: dict[str, Question] = {question.id: question for question in event.questions}
    for index, item in enumerate(parts):
        for question in item.questions:
            known = merged.setdefault(question.id, question)
            if {choice.value for choice in known.choices} != {choice.value for choice in question.choices}:
                yield f"parts[{index}]", f"情形问题 {question.id} 在各事项里的答案不一样"
        if beyond(item.promised, event.promised):
            yield "limits.promised", f"一件事的时限（{event.promised}）短于{item.name}的时限（{item.promised}）"
    yield from _fields_disagree(parts)
    wanted = [(f"questions[{i}].when", question.when) for i, question in enumerate(event.questions)]
    wanted += [(f"parts[{i}].when", part.when) for i, part in enumerate(event.parts)]
    yield from _situation_problems(event.questions, wanted, None)
    yield from _dead_ends(parts)


def _fields_disagree(parts: Iterable[ServiceItem]) -> Iterator[tuple[str, str]]:
    seen: dict[str, tuple[FormField, int]] = {}
    for index, item in enumerate(parts):
        for each in item.fields:
            first, _ = seen.setdefault(each.id, (each, index))
            if first.type is not each.type:
                yield f"parts[{index}]", f"“{each.label}”在各事项里的类型不一样（{first.type}、{each.type}）"


def _dead_ends(parts: Iterable[ServiceItem]) -> Iterator[tuple[str, str]]:
    """Two parts may each be fine and yet leave a paper that no way serves both."""
    by_id: dict[str, list[Material]] = {}
    for item in parts:
        for material in item.materials:
            by_id.setdefault(material.id, []).append(material)
    shared = {name: group for name, group in by_id.items() if len(group) > 1}
    for name, group in shared.items():
        common = set.intersection(*({way.kind for way in material.ways} for material in group))
        offered = {way.kind for material in group for way in material.ways}
        if not common and not offered & {WayKind.E_CERTIFICATE, WayKind.SHARED_DATA}:
            yield "parts", f"材料 {name} 在各事项里没有共同的提供方式"


def _answered(condition: Condition) -> Iterator[tuple[str, frozenset[str]]]:
    match condition:
        case Answered(question, values):
            yield question, values
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _answered(part)
        case Not(part):
            yield from _answered(part)


def _is_sample_code(code: str) -> bool:
    return code[6:9].isdigit() and int(code[6:9]) in _SAMPLE_MAIN


def _code_twice(files: Files) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for file, item in files.items.items():
        if item.handle_code and seen.setdefault(item.handle_code, file) != file:
            yield Problem(file, "codes.handle", f"和 {seen[item.handle_code]} 的编码相同")
