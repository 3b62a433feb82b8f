"""Who may act at the counter: age and card of a legal representative, an agent and a guardian; the term of a mandate."""

from __future__ import annotations

import dataclasses

import pytest

from clerk_app.domain.application import Given
from clerk_app.domain.parties import Mandate, Organisation
from clerk_app.domain.people import DocumentKind, Person
from clerk_app.domain.sensitive import Consent, ConsentBy
from clerk_app.domain.service_item import WayKind
from clerk_app.usecases.desk import Desk
from tests.fakes.desk import pension
from tests.usecases.test_precheck import look, person, rules

FIRM = Organisation("样例有限公司", "91500199MA9DEM01X3")
MANDATE = Mandate(until="2026-12-31", relation="父女")
BY_FORM = {**pension().materials, "mandate": Given(WayKind.FORM)}


@pytest.mark.parametrize(
    ("birth", "refused", "asked"),
    [
        ("2018-11-23", True, False),  # 8
        ("2010-11-24", True, False),  # 16 tomorrow
        ("2010-11-23", False, True),  # 16 today: only who lives on own work
        ("2008-11-23", False, False),  # 18 today
    ],
)
def test_a_child_signs_for_no_enterprise_guardian_or_not(desk: Desk, birth: str, refused: bool, asked: bool) -> None:
    consents = {"account": Consent(ConsentBy.APPLICANT), "child": Consent(ConsentBy.GUARDIAN)}
    for guardian in (None, person("1985-05-05", "监护")):
        own = pension(applicant=person(birth), organisation=FIRM, consents=consents, guardian=guardian)
        view = look(desk, own)
        assert any("法定代表人要年满 16 周岁" in text for text in view.obstacles) is refused
        assert ("minor" in rules(view)) is asked


@pytest.mark.parametrize(
    ("birth", "refused", "asked"),
    [("2020-01-01", True, False), ("2010-11-23", False, True), ("2008-11-23", False, False)],
)
def test_an_agent_is_no_child(desk: Desk, birth: str, refused: bool, asked: bool) -> None:
    view = look(desk, pension(agent=person(birth, "冉代办"), mandate=MANDATE, materials=BY_FORM))
    assert any("代办人要年满 16 周岁" in text for text in view.obstacles) is refused
    assert ("minor" in rules(view)) is asked


def test_a_mandate_without_a_last_day_refuses_and_without_a_relation_is_seen(desk: Desk) -> None:
    agent = person("1990-05-05", "冉代办")
    endless = look(desk, pension(agent=agent, mandate=dataclasses.replace(MANDATE, until=""), materials=BY_FORM))
    assert "请写明委托到哪天" in endless.obstacles
    bare = look(desk, pension(agent=agent, mandate=dataclasses.replace(MANDATE, relation=" "), materials=BY_FORM))
    assert "mandate_relation" in rules(bare)
    whole = look(desk, pension(agent=agent, mandate=MANDATE, materials=BY_FORM))
    assert (rules(whole), whole.beside) == (set(), ())
    firm = look(desk, pension(agent=agent, organisation=FIRM, mandate=Mandate(until="2026-12-31"), materials=BY_FORM))
    assert "mandate_relation" not in rules(firm)  # a handler is of the house


def test_expired_cards_of_those_beside_are_seen_too(desk: Desk) -> None:
    def old(name: str) -> Person:
        return dataclasses.replace(person("1990-05-05", name), valid_to="2015-01-01")

    agent = look(desk, pension(agent=old("冉代办"), mandate=MANDATE, materials=BY_FORM))
    assert "代办人的身份证已于 2015-01-01 到期" in [each.text for each in agent.findings]
    guardian = look(desk, pension(guardian=old("监护")))
    assert "监护人的身份证已于 2015-01-01 到期" in [each.text for each in guardian.findings]
    guest = Person("ERIKSSON", DocumentKind.PASSPORT, "L898902C3", birth="1950-08-12", valid_to="2015-01-01")
    assert "证件已于 2015-01-01 到期" in [each.text for each in look(desk, pension(applicant=guest)).findings]
