"""Who stands beside the applicant: agents with a mandate, guardians of minors, organisations; by keyboard, with words."""

from __future__ import annotations

from clerk_app.domain.application import Application
from clerk_app.domain.parties import Mandate
from clerk_app.domain.people import Person, id_check_digit
from clerk_app.domain.recognition import Seen, SeenKind
from tests.ui.hall import LIU, card
from tests.ui.hands import Hands
from ui.screens.intake.applicant import ApplicantStep
from ui.widgets.entry import Entry


def number(birth: str, serial: str = "112") -> str:
    first = f"500199{birth}{serial}"
    return first + id_check_digit(first)


CHILD = number("20150501", "112")
MOTHER = number("19900312", "224")


def step(hands: Hands) -> ApplicantStep:
    made = hands.intake.step("applicant")
    assert isinstance(made, ApplicantStep)
    return made


def planned(hands: Hands) -> Application:
    assert hands.intake.session.plan is not None
    return hands.intake.session.plan.application


def entry(hands: Hands, key: str) -> Entry:
    made = hands.field(key)
    assert isinstance(made, Entry)
    return made


def choose_item(hands: Hands, item: str = "social-card") -> None:
    hands.intake.begin_with(item)
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.scheme))
    hands.rest()


def test_the_common_case_shows_nobody_beside(hands: Hands) -> None:
    hands.hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳" and hands.idle())
    for key in ("agent.name", "guardian.name", "organisation.name", "mandate.until"):
        assert not entry(hands, key).isVisible()
    hands.go("item")


def test_an_agent_acts_under_a_mandate_that_can_be_changed(hands: Hands) -> None:
    hands.hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳" and hands.idle())
    step(hands).beside.who.setFocus()
    hands.press("2")
    hands.rest()
    assert hands.focus is entry(hands, "agent.name").line
    hands.press("Ctrl+Return")
    hands.rest()
    assert hands.intake.at == "applicant"
    assert "代办人姓名" in hands.view.say_line.text
    hands.hall.eyes.shows(Seen(SeenKind.ID_FRONT, fields={"name": "冉小雨", "id_number": MOTHER}))
    hands.until(lambda: "按 F2 填入代办人" in hands.intake.side._sentence.text())
    hands.press("F2")
    hands.until(lambda: hands.intake.session.text("agent.document_number") == MOTHER)
    assert hands.intake.session.text("applicant.name") == LIU["name"]
    step(hands).beside.scope.setFocus()
    hands.press("4")
    entry(hands, "mandate.relation").setFocus()
    hands.type("女儿")
    hands.rest()
    choose_item(hands)
    mandate = planned(hands).mandate
    assert mandate == Mandate(("递交", "签收", "领取"), "2026-12-21", "女儿")
    hands.intake._onward.choose(0)
    step(hands).beside.scope.setFocus()
    hands.press("1")
    hands.press("Ctrl+Return")
    hands.rest()
    assert "没有“递交”" in hands.view.say_line.text
    step(hands).beside.who.setFocus()
    hands.press("1")
    hands.rest()
    assert planned(hands).agent is None
    assert planned(hands).mandate is None


def test_a_minor_needs_a_guardian_of_age(hands: Hands) -> None:
    hands.fill("applicant.name", "何小满")
    hands.fill("applicant.document_number", CHILD)
    hands.rest()
    assert entry(hands, "guardian.name").isVisible(), "under 16 the guardian is asked for"
    hands.press("Ctrl+Return")
    hands.rest()
    assert hands.intake.at == "applicant"
    hands.fill("guardian.name", "冉小雨")
    hands.fill("guardian.document_number", CHILD)
    hands.rest()
    assert entry(hands, "guardian.document_number").reason == "监护人要年满 18 周岁"
    entry(hands, "guardian.document_number").line.clear()
    hands.fill("guardian.document_number", MOTHER)
    hands.rest()
    choose_item(hands)
    guardian = planned(hands).guardian
    assert isinstance(guardian, Person)
    assert guardian.document_number == MOTHER
    assert hands.intake.session.plan is not None
    assert hands.intake.session.plan.beside == ()


def test_an_organisation_applies_with_its_code(hands: Hands) -> None:
    hands.hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳" and hands.idle())
    step(hands).beside._for.setFocus()
    hands.press("2")
    hands.rest()
    assert step(hands)._title.text() == "法定代表人信息"
    hands.type("演示样例有限公司")
    hands.fill("organisation.uscc", "92500199MA000000")
    hands.rest()
    hands.press("Ctrl+Return")
    hands.rest()
    assert hands.intake.at == "applicant"
    assert "统一社会信用代码" in hands.view.say_line.text


def test_an_expired_card_is_said_at_once(hands: Hands) -> None:
    hands.hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳" and hands.idle())
    hands.hall.eyes.shows(Seen(SeenKind.ID_BACK, fields={"valid_to": "2020.01.01", "authority": "样例"}))
    hands.until(lambda: "已于 2020-01-01 到期" in step(hands)._card.text())
    assert step(hands)._card.isVisible()
