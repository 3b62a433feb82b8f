"""一件事: the merge of several items into one form and one set of materials, so that nothing is asked twice.

Fields and materials meet by vocabulary id: the same id in two parts is the same thing. Intake, forms and paper work on a
``Scheme``, whether one item or a merged life event stands behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from clerk_app.domain.conditions import Always, AnyOf, Condition, Facts
from clerk_app.domain.service_item import (
    FormField,
    LifeEvent,
    LimitUnit,
    LimitWhen,
    Material,
    Need,
    Question,
    ServiceItem,
    TimeLimit,
    Way,
    WayKind,
    limit_in,
)

ITEM, LIFE_EVENT = "item", "life_event"


@dataclass(frozen=True, slots=True)
class Scheme:
    """What one application is made against. ``parts`` is empty for a single item.

    ``saved_fields`` and ``saved_papers`` count what the parts would have asked a second time each by itself.
    """

    id: str
    name: str
    kind: str
    version: str
    sha256: str
    promised: TimeLimit
    questions: tuple[Question, ...]
    materials: tuple[Material, ...]
    fields: tuple[FormField, ...]
    parts: tuple[ServiceItem, ...] = ()
    item: ServiceItem | None = None
    event: LifeEvent | None = None
    saved_fields: int = 0
    saved_papers: int = 0
    is_sample: bool = False
    limits_when: tuple[LimitWhen, ...] = ()

    def limit(self, facts: Facts) -> TimeLimit:
        """承诺时限 in this situation."""
        return limit_in(self.promised, self.limits_when, facts)

    @property
    def department(self) -> str:
        """Who is responsible: the item's department, or the lead of the life event."""
        return self.item.department.name if self.item else self.event.lead if self.event else ""

    @property
    def delivery_ways(self) -> tuple[str, ...]:
        """Ways to receive the result that every part offers, in the first part's order."""
        items = (self.item,) if self.item else self.parts
        first = items[0].delivery_ways if items else ()
        common = tuple(way for way in first if all(way in item.delivery_ways for item in items))
        return common or ("本窗口领取",)

    @property
    def scopes(self) -> tuple[str, ...]:
        """通办范围 that every part has, in the first part's order."""
        items = (self.item,) if self.item else self.parts
        first = items[0].scope if items else ()
        return tuple(scope for scope in first if all(scope in item.scope for item in items))

    @property
    def organisations_only(self) -> tuple[str, ...]:
        """Names of what only an organisation may apply for."""
        items = (self.item,) if self.item else self.parts
        return tuple(item.name for item in items if item.organisations_only)

    @property
    def min_age(self) -> int | None:
        """The strictest lower age bound for the applicant; a life event is judged part by part and has none."""
        return self.item.min_age if self.item else None


def scheme_of_item(item: ServiceItem) -> Scheme:
    """The scheme of a single item."""
    return Scheme(
        item.id,
        item.name,
        ITEM,
        item.version,
        item.sha256,
        item.promised,
        item.questions,
        item.materials,
        item.fields,
        item=item,
        is_sample=item.is_sample,
        limits_when=item.limits_when,
    )


def default_parts(event: LifeEvent, facts: Facts) -> tuple[str, ...]:
    """Item ids of the parts that are chosen unless the applicant leaves them out; unanswered questions take their default."""
    usual = {question.id: question.default for question in event.questions if question.default}
    facts = replace(facts, answers={**usual, **facts.answers})
    return tuple(part.item_id for part in event.parts if part.chosen and part.when.holds(facts))


def merge(event: LifeEvent, items: Sequence[ServiceItem], chosen: Collection[str]) -> Scheme:
    """Merge the chosen parts in the order of the life event.

    Args:
        items: the items of every part (others are ignored).
        chosen: ids of the parts wanted this time.

    Raises:
        ValueError: nothing is chosen, or a chosen part is unknown.
    """
    by_id = {item.id: item for item in items}
    unknown = set(chosen) - {part.item_id for part in event.parts}
    if unknown or not chosen:
        raise ValueError("一件事至少要选一个事项，且只能选它包含的事项")
    parts = tuple(by_id[part.item_id] for part in event.parts if part.item_id in chosen)
    questions: dict[str, Question] = {question.id: question for question in event.questions}
    fields: dict[str, FormField] = {}
    materials: dict[str, Material] = {}
    asked_fields = asked_papers = 0
    of_the_event = frozenset(questions)
    fields.update((each.id, each) for each in event.fields)
    materials.update((each.id, each) for each in event.materials)
    for part in parts:
        for question in part.questions:
            earlier = questions.setdefault(question.id, question)
            if question.id not in of_the_event:
                questions[question.id] = replace(earlier, when=_either(earlier, question))
        for form_field in part.fields:
            asked_fields += 1
            seen = fields.get(form_field.id)
            fields[form_field.id] = _join_fields(seen, form_field) if seen else form_field
        for material in part.materials:
            asked_papers += 1
            known = materials.get(material.id)
            materials[material.id] = _join_materials(known, material) if known else material
    return Scheme(
        event.id,
        event.name,
        LIFE_EVENT,
        event.version,
        event.sha256,
        event.promised,
        tuple(questions.values()),
        tuple(materials.values()),
        tuple(fields.values()),
        parts=parts,
        event=event,
        saved_fields=asked_fields - len({each.id for part in parts for each in part.fields}),
        saved_papers=asked_papers - len({each.id for part in parts for each in part.materials}),
        is_sample=event.is_sample or any(part.is_sample for part in parts),
        limits_when=event.limits_when,
    )


def _either(one: Material | FormField | Question, other: Material | FormField | Question) -> Condition:
    if one.when == other.when:
        return one.when
    if isinstance(one.when, Always) or isinstance(other.when, Always):
        return Always()
    return AnyOf((one.when, other.when))


def _join_fields(one: FormField, other: FormField) -> FormField:
    return replace(
        one, required=one.required or other.required, when=_either(one, other), source=one.source or other.source
    )


def _join_materials(one: Material, other: Material) -> Material:
    """The stricter need, the ways both allow; waiving needs only one side, since the same paper is held once."""
    waivers = [WayKind.E_CERTIFICATE, WayKind.SHARED_DATA]
    ways: dict[WayKind, Way] = {}
    for way in (*one.ways, *other.ways):
        in_both = one.way(way.kind) and other.way(way.kind)
        if way.kind in waivers or in_both:
            ways.setdefault(way.kind, _shorter(way, other.way(way.kind)))
    if not ways:
        ways = {way.kind: way for way in one.ways}
    return replace(
        one,
        need=Need.REQUIRED if Need.REQUIRED in (one.need, other.need) else Need.OPTIONAL,
        when=_either(one, other),
        ways=tuple(ways.values()),
        copies=max(one.copies, other.copies),
        review_points=tuple(dict.fromkeys((*one.review_points, *other.review_points))),
    )


def _shorter(one: Way, other: Way | None) -> Way:
    """The way with the shorter limit; no limit of its own means the promised day, which bounds every limit anyway."""
    if other is None or other.limit is None:
        return one
    if one.limit is None:
        return other
    tenths = {
        LimitUnit.ON_THE_SPOT: 0,
        LimitUnit.DAY: 10,
        LimitUnit.WORKDAY: 14,
        LimitUnit.MONTH: 304,
        LimitUnit.LATER: 0,  # no paper follows without a day: the catalogue refuses such a way
    }
    return min(one, other, key=lambda way: tenths[way.limit.unit] * way.limit.count if way.limit else 0)
