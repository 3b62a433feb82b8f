"""A person's own data: seen, put right, taken out; what stays says why; the journal knows that it was, never what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clerk_app.domain.canonical import parse_json
from clerk_app.domain.hall import Role
from clerk_app.domain.message import MessageKind
from clerk_app.domain.outbox import acknowledged
from clerk_app.domain.paper import PrintState
from clerk_app.domain.people import Person
from clerk_app.errors import Refused
from clerk_app.ports import Store
from clerk_app.usecases import printing
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.moves import withdraw
from clerk_app.usecases.persons import correct, erase, kept_of, number_of
from tests.fakes.desk import PERSON, a_desk, fill, pension

NUMBER = PERSON.document_number
OTHER = Person("何䶮", document_number="50019919550820007X", phone="13900000000").with_known_from_number()


def accepted(desk: Desk, **change: object) -> str:
    return accept_draft(desk, fill(desk, pension(**change)).id).case.id


def verbs(store: Store) -> list[str]:
    with store.begin(reading=True) as uow:
        return [entry.happening.verb for entry in uow.journal.entries()]


def deliver(desk: Desk, case_id: str) -> None:
    """Everything of it is acknowledged, its pages are there, its papers are printed."""
    with desk.store.begin() as uow:
        for message in uow.outbox.of_case(case_id):
            done = acknowledged(message, "QZ-1")
            blobs = frozenset(ref.blob_sha256 for ref in message.attachments)
            uow.outbox.save(type(done)(**{n: getattr(done, n) for n in done.__slots__} | {"blobs_done": blobs}))
        uow.commit()
    while (claimed := printing.claim_next(desk)) is not None:
        printing.settle(desk, claimed.job.id, PrintState.PRINTED)


def test_everything_is_shown_in_full_and_the_look_is_journalled_without_content(store: Store) -> None:
    desk = a_desk(store)
    case_id = accepted(desk)
    fill(desk, pension(), sign=False)
    kept = kept_of(desk, NUMBER.lower())
    assert (kept.name, len(kept.entries)) == ("冉样例", 2)
    assert NUMBER not in kept.number
    case, draft = kept.entries
    assert ("联系电话", PERSON.phone) in case.values
    assert ("发放账户", "6214830012345678901") in case.values
    assert case.sensitive == ("金融账户",)
    assert (case.pages, case.as_whom, draft.is_draft) == (1, "申请人", True)
    assert number_of(desk, case_id) == NUMBER
    with store.begin(reading=True) as uow:
        looks = [each.happening for each in uow.journal.entries() if each.happening.verb == "person.looked"]
    assert [(each.case_id, dict(each.detail)) for each in looks] == [
        (case.id, {"kinds": "account"}),
        (draft.id, {"kinds": "account"}),
    ]
    assert kept.looks == 0  # the person's own look is no look of ours


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.DELIVERY])
def test_who_has_not_the_right_sees_and_changes_nothing(store: Store, role: Role) -> None:
    accepted(a_desk(store))
    other = a_desk(store, role=role)
    for act in (
        lambda: kept_of(other, NUMBER),
        lambda: correct(other, NUMBER, {"phone": "13900000001"}, "身份证"),
        lambda: erase(other, NUMBER),
        lambda: number_of(other, "1"),
    ):
        with pytest.raises(Refused, match="您的岗位不能"):
            act()


def test_of_somebody_unknown_there_is_nothing(store: Store) -> None:
    desk = a_desk(store)
    accepted(desk)
    with pytest.raises(Refused, match="没有这个人"):
        kept_of(desk, OTHER.document_number)
    with pytest.raises(Refused, match="没有这个人"):
        erase(desk, "")


def test_a_correction_makes_a_revision_that_is_sent_and_drafts_follow(store: Store) -> None:
    desk = a_desk(store)
    case_id = accepted(desk)
    draft = fill(desk, pension(), sign=False)
    assert correct(desk, NUMBER, {"phone": "13900000001", "name": ""}, "本人出示手机") == 2
    with store.begin(reading=True) as uow:
        case = uow.cases.get(case_id)
        later = uow.drafts.get(draft.id)
        sent = uow.outbox.of_case(case_id)
    assert case is not None
    assert later is not None
    assert case.content["applicant"]["phone"] == later.text("applicant.phone") == "13900000001"
    assert case.content["corrected"][0]["keys"] == ["phone"]
    assert [message.kind for message in sent][-1] == MessageKind.AMENDED.value
    assert parse_json(sent[-1].body)["case"]["revision"] == case.revision
    assert verbs(store).count("person.corrected") == 2
    with pytest.raises(Refused, match="没有要改的"):
        correct(desk, NUMBER, {"phone": "13900000001"}, "再来一次")


@pytest.mark.parametrize(
    ("changes", "reason", "words"),
    [
        ({}, "身份证", "要更正成什么"),
        ({"document_number": "1"}, "身份证", "要更正成什么"),
        ({"phone": "1"}, " ", "凭什么"),
        ({"name": "1234"}, "身份证", "姓名"),
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(
    store: Store, changes: dict[str, str], reason: str, words: str
) -> None:
    desk = a_desk(store)
    accepted(desk)
    before = verbs(store)
    with pytest.raises(Refused, match=words):
        correct(desk, NUMBER, changes, reason)
    assert verbs(store) == before


def test_what_is_not_ended_or_not_delivered_stays_with_its_reason(store: Store) -> None:
    desk = a_desk(store)
    case_id = accepted(desk)
    draft = fill(desk, pension(), sign=False)
    gone = erase(desk, NUMBER)
    assert (gone.cases, gone.drafts) == (0, 1)
    assert "还没有办结" in gone.stays[0][1]
    with store.begin(reading=True) as uow:
        assert uow.drafts.get(draft.id) is None
    withdraw(desk, case_id, "不办了")
    assert "还没有送达" in erase(desk, NUMBER).stays[0][1]
    deliver(desk, case_id)
    (entry,) = kept_of(desk, NUMBER).entries
    assert entry.why_not == ""
    assert "自动清除" in entry.gone_by_itself
    assert erase(desk, NUMBER).cases == 1
    with store.begin(reading=True) as uow:
        case = uow.cases.get(case_id)
    assert case is not None
    assert case.content == {}
    assert case.local_number
    with pytest.raises(Refused, match="没有这个人"):
        kept_of(desk, NUMBER)
    assert "person.erased" in verbs(store)


MOTHER = "500199199203042128"
IN_THE_FORM = {
    "mother.name": "覃样例",
    "mother.id_number": MOTHER,
    "mother.phone": "13912345678",
    "relief.members": '[{"id_number":"500199201503042136","name":"覃小样","health":"良好"},{"name":"欧阳样"}]',
}


@pytest.mark.parametrize(("number", "name", "told"), [(MOTHER, "覃样例", 3), ("500199201503042136", "覃小样", 3)])
def test_who_only_stands_in_the_form_is_told_so_and_is_put_right(
    store: Store, number: str, name: str, told: int
) -> None:
    desk = a_desk(store)
    case_id = accepted(desk)
    with store.begin() as uow:
        case = uow.cases.get(case_id)
        assert case is not None
        fields = {**case.content["fields"], **IN_THE_FORM}
        uow.cases.save(replace(case, revision=2, content={**case.content, "fields": fields}))
        uow.journal.append(desk.happening("case.supplemented", case_id, 2))
        uow.commit()
    (entry,) = kept_of(desk, number).entries
    assert (entry.as_whom, len(entry.values), entry.pages) == ("表里写到的人", told, 0)
    assert PERSON.phone not in {text for _label, text in entry.values}, (
        "what the case says of others is not theirs to see"
    )
    assert {name, number} <= {text for _label, text in entry.values}
    assert verbs(store)[-1] == "person.looked"
    assert erase(desk, number).stays == ((entry.number, "是别人申请的件，由申请人决定"),)
    assert correct(desk, number, {"name": "覃新名"}, "核对了身份证") == 1
    with store.begin(reading=True) as uow:
        right = uow.cases.get(case_id)
        assert right is not None
        assert uow.outbox.of_case(case_id)[-1].kind == MessageKind.AMENDED.value
    texts = str(right.content["fields"])
    assert name not in texts
    assert texts.count("覃新名") == 1
    assert "欧阳样" in texts
    assert right.content["applicant"]["name"] == PERSON.name


def test_who_stands_in_the_form_of_a_draft_is_told_so(store: Store) -> None:
    desk = a_desk(store)
    draft = fill(desk, pension(), sign=False)
    with store.begin() as uow:
        uow.drafts.save(draft.id, {f"field.{key}": text for key, text in IN_THE_FORM.items()}, 5)
        uow.commit()
    (entry,) = kept_of(desk, MOTHER).entries
    assert (entry.as_whom, entry.is_draft) == ("表里写到的人", True)
    assert correct(desk, MOTHER, {"phone": "13900000009"}, "核对了身份证") == 1
    with store.begin(reading=True) as uow:
        kept = uow.drafts.get(draft.id)
    assert kept is not None
    assert kept.text("field.mother.phone") == "13900000009"
    assert erase(desk, MOTHER).drafts == 0


def test_an_agent_cannot_take_out_the_applicants_case(store: Store) -> None:
    desk = a_desk(store)
    fill(desk, pension(agent=OTHER), sign=False)
    kept = kept_of(desk, OTHER.document_number)
    assert kept.entries[0].as_whom == "代办人"
    assert not any(text == "6214830012345678901" for _, text in kept.entries[0].values)
    assert erase(desk, OTHER.document_number).stays == (("暂存", "是申请人的暂存"),)
    with store.begin(reading=True) as uow:
        assert len(uow.drafts.all()) == 1
