"""Situations are not reasoned about: every one of them is walked, and what never happens is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clerk_app.domain.conditions import AllOf, Always, Answered, AnyOf, Condition, Not, questions_of
from clerk_app.domain.service_item import Question
from clerk_app.domain.situation import situations

MOST_SITUATIONS = 20_000


def situation_problems(
    questions: Sequence[Question], wanted: Sequence[tuple[str, Condition]], min_age: int | None
) -> Iterator[tuple[str, str]]:
    """Questions out of order, unknown answers, and conditions (each with its place) that hold in no situation."""
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


def _answered(condition: Condition) -> Iterator[tuple[str, frozenset[str]]]:
    match condition:
        case Answered(question, values):
            yield question, values
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _answered(part)
        case Not(part):
            yield from _answered(part)
