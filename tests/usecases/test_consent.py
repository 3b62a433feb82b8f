"""Sensitive kinds: found by type, mark and age; no acceptance without 单独同意; a child's by the guardian; traced without content."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from clerk_app.catalogue.loader import load_catalogue
from clerk_app.domain.application import Application
from clerk_app.domain.consents import kinds_in, missing_consents, who_consents
from clerk_app.domain.people import Person
from clerk_app.domain.sensitive import KIND_NAMES, PURPOSES, Consent, ConsentBy, SensitiveKind, mark_of
from clerk_app.errors import Refused
from clerk_app.ports import Store
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.consent import consent_rows, give_consent, refuse_consent, take_back_consent
from clerk_app.usecases.intake import load, plan
from clerk_app.usecases.journal_view import words_of
from tests.fakes.desk import PERSON, a_desk, fill, pension, signed

TODAY = dt.date(2026, 11, 23)
CHILD = Person("冉小例", document_number="500199201506010131").with_known_from_number()


def test_every_kind_has_a_name_and_a_purpose() -> None:
    assert set(KIND_NAMES) == set(PURPOSES) == set(SensitiveKind)


def test_without_consent_there_is_no_acceptance_and_with_it_there_is(store: Store) -> None:
    desk = a_desk(store)
    draft = fill(desk, pension(consents={}))
    assert plan(desk, draft).unconsented == (SensitiveKind.ACCOUNT,)
    with pytest.raises(Refused) as refused:
        accept_draft(desk, draft.id)
    assert refused.value.reasons == ("请申请人单独同意使用：金融账户",)
    assert consent_rows(plan(desk, draft), desk)[0] == ("金融账户", "只用来发放或代扣")
    draft = give_consent(desk, draft.id)
    assert not plan(desk, draft).signed  # what was signed did not say it yet
    signed(desk, draft)
    case = accept_draft(desk, draft.id).case
    assert case.content["consents"] == {"account": {"by": "applicant", "how": "screen"}}
    with store.begin(reading=True) as uow:
        (entry,) = [each for each in uow.journal.entries() if each.happening.verb == "consent.given"]
    assert dict(entry.happening.detail) == {"kinds": "account", "by": "applicant", "how": "screen"}
    assert words_of("consent.given") == "单独同意"


def test_refusing_and_taking_back_leave_it_unconsented_and_traced(store: Store) -> None:
    desk = a_desk(store)
    draft = fill(desk, pension(consents={}), sign=False)
    refuse_consent(desk, draft.id)
    give_consent(desk, draft.id, "paper")
    with pytest.raises(Refused, match="没有要单独同意"):
        give_consent(desk, draft.id)
    take_back_consent(desk, draft.id)
    assert plan(desk, load(desk, draft.id)).unconsented == (SensitiveKind.ACCOUNT,)
    with store.begin(reading=True) as uow:
        verbs = [each.happening.verb for each in uow.journal.entries() if each.happening.verb.startswith("consent")]
    assert verbs == ["consent.refused", "consent.given", "consent.taken_back"]


def test_no_value_no_kind(store: Store) -> None:
    desk = a_desk(store)
    draft = fill(desk, pension(consents={}, fields={"since": "2009-08-01"}), sign=False)
    assert plan(desk, draft).sensitive == ()


def test_a_child_is_one_by_age_and_only_the_guardian_consents() -> None:
    child = Application("pension", CHILD)
    assert kinds_in(child, {}, {}, TODAY) == (SensitiveKind.CHILD,)
    assert kinds_in(child, {}, {}, dt.date(2029, 6, 1)) == ()  # the fourteenth birthday
    assert who_consents(child, TODAY) is ConsentBy.GUARDIAN
    by_child = replace(child, consents={"child": Consent(ConsentBy.APPLICANT)})
    assert missing_consents(by_child, (SensitiveKind.CHILD,), TODAY) == (SensitiveKind.CHILD,)
    by_guardian = replace(child, consents={"child": Consent(ConsentBy.GUARDIAN)})
    assert missing_consents(by_guardian, (SensitiveKind.CHILD,), TODAY) == ()


def test_a_child_without_a_guardian_gives_no_consent(store: Store) -> None:
    desk = a_desk(store)
    draft = fill(desk, pension(consents={}, applicant=CHILD), sign=False)
    assert SensitiveKind.CHILD in plan(desk, draft).unconsented
    with pytest.raises(Refused, match="监护人"):
        give_consent(desk, draft.id)


def test_the_agent_consents_for_the_applicant() -> None:
    assert who_consents(Application("pension", PERSON, agent=PERSON), TODAY) is ConsentBy.AGENT


def test_the_shipped_vocabulary_marks_every_kind() -> None:
    catalogue = load_catalogue()
    fields = {mark_of(field) for item in catalogue.items() for field in item.fields}
    materials = {material.sensitive for item in catalogue.items() for material in item.materials}
    assert fields | materials == {"", *SensitiveKind}


def test_consents_survive_json_and_unknown_ones_are_refused() -> None:
    application = pension()
    assert Application.from_json(application.to_json()) == application
    with pytest.raises(ValueError, match="moods"):
        Application.from_json({**application.to_json(), "consents": {"moods": {"by": "applicant"}}})
    with pytest.raises(ValueError, match="paper"):
        Application.from_json({**application.to_json(), "consents": {"account": {"by": "applicant", "how": "nod"}}})
