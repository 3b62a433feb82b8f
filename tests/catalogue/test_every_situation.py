"""No dead end: every item and life event in every situation can be given, filled in and accepted."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import pytest

from clerk_app.catalogue.loader import load_catalogue
from clerk_app.domain.application import Given
from clerk_app.domain.conditions import Answered, AnyOf, ByAgent, Facts, Not
from clerk_app.domain.deadlines import WorkCalendar, promised_day
from clerk_app.domain.form import form_faults, group_text
from clerk_app.domain.life_event import Scheme
from clerk_app.domain.materials import answer_to, check, deferral_day, requirements
from clerk_app.domain.service_item import FieldType, FormField, LifeEvent, Material, WayKind
from clerk_app.domain.situation import fix_answers, simplify, situations

CATALOGUE = load_catalogue()
TODAY = dt.date(2026, 11, 21)
CALENDAR = WorkCalendar()
GOOD = {
    FieldType.NAME: "龚㛃䶮",
    FieldType.ID_NUMBER: "500199196203142467",
    FieldType.DATE: "1962-03-14",
    FieldType.DATE_OR_LONG: "长期",
    FieldType.PHONE: "13800000000",
    FieldType.MONEY: "12.50",
    FieldType.NUMBER: "180",
    FieldType.ACCOUNT: "6200000000000000000",
    FieldType.CARD_NUMBER: "A12345678",
    FieldType.YES_NO: "no",
    FieldType.TIME: "06:42",
    FieldType.DATE_TIME: "2026-11-20 06:42",
    FieldType.USCC: "12500199MB0DEM05XN",
}


def schemes() -> list[Scheme]:
    found = [CATALOGUE.scheme(item.id) for item in CATALOGUE.items()]
    for event in CATALOGUE.life_events():
        ids = [part.item_id for part in event.parts]
        found += [CATALOGUE.scheme(event.id, part) for size in (1, 2, len(ids)) for part in combinations(ids, size)]
    return found


def walk(scheme: Scheme):
    conditions = [m.when for m in scheme.materials] + [f.when for f in scheme.fields]
    return list(situations(scheme.questions, conditions, scheme.min_age))


def given(material: Material, scheme: Scheme, facts: Facts, kind: WayKind) -> tuple[Given, dt.date | None]:
    promised = promised_day(TODAY, scheme.limit(facts), CALENDAR)
    until = deferral_day(material, promised, TODAY, CALENDAR)
    if kind is WayKind.DEFER:
        assert until
        assert promised is None or until.day <= promised.day
        return Given(kind, until=until.day.isoformat()), until.day
    pages = ("page-1",) if kind in (WayKind.CAPTURE, WayKind.ON_SITE) else ()
    return Given(kind, pages=pages), None


def value(field: FormField) -> str:
    if field.members:
        return group_text([{each.id: value(each) for each in field.members}])
    return field.choices[0].value if field.choices else GOOD.get(field.type, "样例")


@pytest.mark.parametrize("scheme", schemes(), ids=lambda scheme: f"{scheme.id}-{len(scheme.parts)}")
def test_each_situation_can_be_accepted_by_each_way(scheme: Scheme) -> None:
    walked = walk(scheme)
    assert walked
    for facts in walked:
        needed = [row.material for row in requirements(scheme, facts) if row.required]
        turns = max((len(material.ways) for material in needed), default=1)
        assert all(material.ways for material in needed), facts
        for turn in range(turns):
            hands, days = {}, {}
            for material in needed:
                ways = [way.kind for way in material.ways if not (facts.agent and way.kind is WayKind.COMMITMENT)]
                assert ways, (material.id, facts)
                hands[material.id], day = given(material, scheme, facts, ways[turn % len(ways)])
                if day:
                    days[material.id] = day
            result = check(scheme, facts, hands, days)
            assert not result.missing, (facts, result.missing)
            assert answer_to(result).value in ("accept", "accept_deferred")
        values = {field.id: value(field) for field in scheme.fields}
        assert form_faults(scheme.fields, values, {}, facts, TODAY) == {}


@pytest.mark.parametrize("event", CATALOGUE.life_events(), ids=lambda event: event.id)
def test_whatever_parts_are_chosen_nothing_is_needed_that_cannot_be_given(event: LifeEvent) -> None:
    """Every choice of parts, in every situation: each needed paper has a way for this applicant, with an agent too, and 容缺 has a
    day. How each way is taken is walked above for one part, two parts and all."""
    ids = [part.item_id for part in event.parts]
    for chosen in (each for size in range(1, len(ids) + 1) for each in combinations(ids, size)):
        scheme = CATALOGUE.scheme(event.id, chosen)
        assert {part.id for part in scheme.parts} == set(chosen)
        assert scheme.delivery_ways
        seen = {question.id for question in scheme.questions}
        for facts in walk(scheme):
            assert set(facts.answers) <= seen
            for row in requirements(scheme, facts):
                ways = [way for way in row.material.ways if not (facts.agent and way.kind is WayKind.COMMITMENT)]
                assert ways or not row.required, (chosen, row.material.id, facts)


def test_situations_cover_what_the_questions_can_say() -> None:
    seen = {tuple(sorted(facts.answers.items())) for facts in walk(CATALOGUE.scheme("birth-registration"))}
    assert len(seen) == 2 * (1 + 2)  # mother or father; married, or not married and both or one
    assert not any("parents_known" in dict(each) for each in seen if dict(each)["parents_married"] == "yes")
    pension = walk(CATALOGUE.scheme("pension-claim"))
    assert min(facts.age or 0 for facts in pension) >= 60
    assert {facts.agent for facts in pension} == {True, False}


def test_the_mother_is_not_asked_about_herself() -> None:
    scheme = CATALOGUE.scheme("newborn")
    mother = Facts({"applicant_role": "mother", "parents_married": "yes"}, 29)
    asked = {field.id for field in scheme.fields if field.when.holds(mother)}
    assert "father.id_number" in asked
    assert not any(name.startswith("mother.") for name in asked)
    alone = Facts({"applicant_role": "mother", "parents_married": "no", "parents_known": "one"}, 29)
    assert not any(f.id.startswith(("father.", "mother.")) for f in scheme.fields if f.when.holds(alone))


@pytest.mark.parametrize("event", CATALOGUE.life_events(), ids=lambda event: event.id)
def test_settled_answers_mean_the_same_as_given_ones(event) -> None:
    for part in event.parts:
        item = CATALOGUE.item(part.item_id)
        fixed = fix_answers(item, part.answers)
        wanted = [field.when for field in item.fields] + [material.when for material in item.materials]
        for facts in situations(item.questions, wanted):
            if any(facts.answers.get(name) != answer for name, answer in part.answers.items()):
                continue
            left = Facts({k: v for k, v in facts.answers.items() if k not in part.answers}, facts.age, facts.agent)
            assert [m.id for m in item.materials if m.when.holds(facts)] == [
                m.id for m in fixed.materials if m.when.holds(left)
            ]
            assert [f.id for f in item.fields if f.when.holds(facts)] == [
                f.id for f in fixed.fields if f.when.holds(left)
            ]


def test_simplify_leaves_what_is_open() -> None:
    open_part = ByAgent(True)
    yes, no = Answered("q", frozenset({"yes"})), Not(Answered("q", frozenset({"yes"})))
    assert simplify(AnyOf((no, open_part)), {"q": "yes"}) == open_part
    assert simplify(AnyOf((no, open_part)), {"other": "yes"}) == AnyOf((no, open_part))
    assert simplify(yes, {"q": "no"}) == AnyOf(())
    assert not simplify(yes, {"q": "no"}).holds(Facts({"q": "yes"}))
