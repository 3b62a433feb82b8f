"""Which questions an intake asks, and which of its answers count."""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.application import Application
from clerk_app.domain.conditions import Facts
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.service_item import Question
from clerk_app.usecases.desk import Desk


def situation_of(
    desk: Desk, application: Application, facts: Facts, pinned: str
) -> tuple[Scheme, tuple[Question, ...], Facts]:
    """The scheme, the questions asked and the answers that count; what is not asked has no answer and goes no further.

    Parts that the answers choose are settled first: a default answer may choose a part, which may ask more.
    """
    chosen = application.parts or None
    scheme = desk.catalogue.scheme_at(application.item_id, pinned, chosen, facts)
    questions, settled = _asked(scheme, application, facts)
    if scheme.event is not None and chosen is None:
        scheme = desk.catalogue.scheme_at(application.item_id, pinned, None, settled)
        questions, settled = _asked(scheme, application, facts)
    return scheme, questions, settled


def _asked(scheme: Scheme, application: Application, facts: Facts) -> tuple[tuple[Question, ...], Facts]:
    """Questions in order, each seeing only the answers before it; its own answer, or the default."""
    asked: list[Question] = []
    answers: dict[str, str] = {}
    for question in scheme.questions:
        if question.when.holds(replace(facts, answers=answers)):
            asked.append(question)
            if answer := application.answers.get(question.id) or question.default:
                answers[question.id] = answer
    return tuple(asked), replace(facts, answers=answers)
