"""What a life event must agree on with its parts, and its parts with each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from clerk_app.catalogue.check_limits import beyond, limits_of_ways
from clerk_app.catalogue.check_situations import situation_problems
from clerk_app.domain.conditions import AnyOf, Facts, questions_of
from clerk_app.domain.life_event import default_parts
from clerk_app.domain.service_item import FormField, LifeEvent, Material, Question, ServiceItem, WayKind
from clerk_app.domain.situation import fix_answers, situations


def event_problems(event: LifeEvent, items: Mapping[str, ServiceItem]) -> Iterator[tuple[str, str]]:
    """Every contradiction of one life event, with its place in the event's file."""
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
    if not default_parts(event, Facts()):
        yield "parts", "没有一个默认要办的事项"
    elif any(not default_parts(event, facts) for facts in situations(event.questions, ())):
        yield "parts", "有的情形下没有一个要办的事项"
    merged: dict[str, Question] = {question.id: question for question in event.questions}
    of_the_event = frozenset(merged)
    for index, item in enumerate(parts):
        for question in item.questions:
            known = merged.setdefault(question.id, question)
            if question.id not in of_the_event and known.when != question.when:
                merged[question.id] = replace(known, when=AnyOf((known.when, question.when)))
            if {choice.value for choice in known.choices} != {choice.value for choice in question.choices}:
                yield f"parts[{index}]", f"情形问题 {question.id} 在各事项里的答案不一样"
        for limit in (event.promised, *(each.limit for each in event.limits_when)):
            if beyond(item.promised, limit):
                yield "limits.promised", f"一件事的时限（{limit}）短于{item.name}的时限（{item.promised}）"
    yield from _fields_disagree(event, parts)
    for number, case in enumerate((event.promised, *(each.limit for each in event.limits_when))):
        if number == 0 or case.has_day:
            yield from limits_of_ways(event.materials, case)
    wanted = [(f"questions[{i}].when", question.when) for i, question in enumerate(event.questions)]
    wanted += [(f"parts[{i}].when", part.when) for i, part in enumerate(event.parts)]
    yield from situation_problems(event.questions, wanted, None)
    shared = [(f"materials[{i}].when", each.when) for i, each in enumerate(event.materials)]
    shared += [(f"fields[{i}].when", each.when) for i, each in enumerate(event.fields)]
    shared += [(f"limits.when[{i}].when", each.when) for i, each in enumerate(event.limits_when)]
    yield from situation_problems(tuple(merged.values()), shared, None)
    used = frozenset[str]().union(*(questions_of(condition) for _, condition in (*wanted, *shared)))
    asked_by_parts = {question.id for item in parts for question in item.questions}
    for index, question in enumerate(event.questions):
        if question.id not in used | asked_by_parts:
            yield f"questions[{index}]", f"问了 {question.id}，答案却不影响任何事项、材料和字段"
    yield from _dead_ends(event, parts)


def _fields_disagree(event: LifeEvent, parts: Iterable[ServiceItem]) -> Iterator[tuple[str, str]]:
    seen: dict[str, tuple[FormField, int]] = {each.id: (each, -1) for each in event.fields}
    for index, item in enumerate(parts):
        for each in item.fields:
            first, _ = seen.setdefault(each.id, (each, index))
            if first.type is not each.type:
                yield f"parts[{index}]", f"“{each.label}”在各事项里的类型不一样（{first.type}、{each.type}）"


def _dead_ends(event: LifeEvent, parts: Iterable[ServiceItem]) -> Iterator[tuple[str, str]]:
    """Two parts may each be fine and yet leave a paper that no way serves both."""
    by_id: dict[str, list[Material]] = {}
    for group in (event.materials, *(item.materials for item in parts)):
        for material in group:
            by_id.setdefault(material.id, []).append(material)
    shared = {name: group for name, group in by_id.items() if len(group) > 1}
    for name, together in shared.items():
        common = set.intersection(*({way.kind for way in material.ways} for material in together))
        offered = {way.kind for material in together for way in material.ways}
        if not common and not offered & {WayKind.E_CERTIFICATE, WayKind.SHARED_DATA}:
            yield "parts", f"材料 {name} 在各事项里没有共同的提供方式"
