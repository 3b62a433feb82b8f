"""情形: what the answers of a situation do to an item, and all situations that can occur at all.

``fix_answers`` serves a life event whose part is always done in one situation (the social security card of a newborn is
never the parent's own): the question is then not asked. ``situations`` lists every combination, for checks and tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from clerk_app.domain.conditions import Age, AllOf, Always, Answered, AnyOf, ByAgent, Condition, Facts, Not
from clerk_app.domain.service_item import Question, ServiceItem

NEVER = AnyOf(())
"""The condition that never holds."""


def simplify(condition: Condition, answers: Mapping[str, str]) -> Condition:
    """The same condition with these answers known."""
    match condition:
        case Answered(question, values) if question in answers:
            return Always() if answers[question] in values else NEVER
        case Not(part):
            inner = simplify(part, answers)
            return NEVER if isinstance(inner, Always) else Always() if inner == NEVER else Not(inner)
        case AllOf(parts):
            left = tuple(part for part in (simplify(each, answers) for each in parts) if part != Always())
            if NEVER in left:
                return NEVER
            return AllOf(left) if len(left) > 1 else left[0] if left else Always()
        case AnyOf(parts):
            left = tuple(part for part in (simplify(each, answers) for each in parts) if part != NEVER)
            if Always() in left:
                return Always()
            return left[0] if len(left) == 1 else AnyOf(left)
    return condition


def fix_answers(item: ServiceItem, answers: Mapping[str, str]) -> ServiceItem:
    """The item in a situation settled beforehand: settled questions, and what can no longer be wanted, are gone."""
    if not answers:
        return item
    questions = tuple(replace(q, when=simplify(q.when, answers)) for q in item.questions if q.id not in answers)
    materials = tuple(replace(m, when=simplify(m.when, answers)) for m in item.materials)
    fields = tuple(replace(f, when=simplify(f.when, answers)) for f in item.fields)
    limits = tuple(replace(each, when=simplify(each.when, answers)) for each in item.limits_when)
    return replace(
        item,
        limits_when=tuple(each for each in limits if each.when != NEVER),
        questions=tuple(question for question in questions if question.when != NEVER),
        materials=tuple(material for material in materials if material.when != NEVER),
        fields=tuple(field for field in fields if field.when != NEVER),
    )


def situations(
    questions: Sequence[Question], conditions: Iterable[Condition], min_age: int | None = None
) -> Iterator[Facts]:
    """Every situation: all answers to all questions that are asked then, agent or not, ages either side of each bound.

    A question stands before those that depend on it; one that is not asked has no answer. Nobody is under ``min_age``.
    """
    least = min_age or 0
    bounds = {bound for condition in conditions for bound in _age_bounds(condition)}
    bounds |= {bound for question in questions for bound in _age_bounds(question.when)}
    ages = {max(35, least)} | {bound + step for bound in bounds for step in (-1, 0) if bound + step >= least}
    for age, agent in product(sorted(ages), (False, True)):
        for answers in _answers(questions, {}, age, agent):
            yield Facts(answers=answers, age=age, agent=agent)


def _answers(left: Sequence[Question], so_far: dict[str, str], age: int, agent: bool) -> Iterator[dict[str, str]]:
    if not left:
        yield so_far
        return
    question = left[0]
    if not question.when.holds(Facts(so_far, age, agent)):
        yield from _answers(left[1:], so_far, age, agent)
        return
    for choice in question.choices:
        yield from _answers(left[1:], {**so_far, question.id: choice.value}, age, agent)


def _age_bounds(condition: Condition) -> Iterator[int]:
    match condition:
        case Age(at_least, under):
            yield from (bound for bound in (at_least, under) if bound is not None)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _age_bounds(part)
        case Not(part):
            yield from _age_bounds(part)
        case Always() | Answered() | ByAgent():
            return
