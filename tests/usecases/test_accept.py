"""受理: one transaction for case, journal, message and papers; nothing visible before it is durable; nothing doubled."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from clerk_app.crypto.signer import verify_signatures
from clerk_app.domain.application import Application, Given
from clerk_app.domain.canonical import bytes_hash, parse_json
from clerk_app.domain.case import CaseKind, CaseState, case_document
from clerk_app.domain.draft import Draft, application_of
from clerk_app.domain.hall import Role
from clerk_app.domain.journal import first_break
from clerk_app.domain.outbox import OutboxMessage, due
from clerk_app.domain.paper import Form, PrintJob
from clerk_app.domain.people import Person
from clerk_app.domain.service_item import WayKind
from clerk_app.errors import Refused, StorageProblem
from clerk_app.ports import Store
from clerk_app.usecases import intake, writing
from clerk_app.usecases.accept import accept_application, accept_draft, draft_values, give_notice
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.planning import NOT_GIVEN, plan
from tests.fakes.desk import (
    OTHER_PAGE,
    PAGE,
    PAGES,
    PERSON,
    SUITE,
    a_desk,
    a_signer,
    clock_of,
    fill,
    newborn,
    pension,
    signed,
)
from tests.fakes.faulty_store import FaultyStore


@dataclasses.dataclass
class Seen:
    """Everything that somebody beside the counter could see."""

    cases: list[str]
    states: list[str]
    messages: list[OutboxMessage]
    jobs: list[PrintJob]
    verbs: list[str]
    drafts: int


def look(store: Store) -> Seen:
    with store.begin(reading=True) as uow:
        cases = uow.cases.page()
        return Seen(
            [case.id for case in cases],
            [case.state.value for case in cases],
            list(uow.outbox.open()),
            list(uow.print_jobs.open()),
            [entry.happening.verb for entry in uow.journal.entries()],
            len(uow.drafts.all()),
        )


def application_signed(desk: Desk, application: Application) -> Application:
    """As the command line hands it in: signed over what would be shown."""
    now = desk.clock.now()
    view = plan(desk, Draft("0" * 32, "", now.utc_ms, now.utc_ms, draft_values(application, now)))
    from_pad = {"kind": "pad", "shown_sha256": view.shown_sha256, "strokes": [[[1, 2, 3, 4]]]}
    return Application.from_json({**view.application.to_json(), "signature": from_pad})


def test_one_act_makes_the_case_its_message_its_journal_entry_and_its_paper(desk: Desk) -> None:
    draft = fill(desk, pension())
    accepted = accept_draft(desk, draft.id)
    seen = look(desk.store)
    assert seen.cases == [draft.id] == [accepted.case.id]
    assert seen.states == ["accepted"]
    assert seen.drafts == 0
    assert seen.verbs == ["draft.open", "case.accepted"]
    assert [(job.case_id, job.form, job.revision) for job in seen.jobs] == [(draft.id, Form.F2, 1)]
    assert [(m.case_id, m.kind, m.revision) for m in seen.messages] == [(draft.id, "case.accepted", 1)]
    case = accepted.case
    assert case.local_number == "渝临500199-W03G1-20261123-0001"
    assert case.document_numbers == {Form.F2.value: "演示受〔2026〕第 3010001 号"}
    assert case.deadline == {"unit": "工作日", "count": 5, "day": "2026-11-30", "estimated": False}
    assert str(case.accepted_on) == "2026-11-23"
    assert (case.item.id, case.item.version, case.item.sha256) == ("pension", "2026-11-20", "1" * 64)
    assert first_break(_journal(desk)) is None


def _journal(desk: Desk) -> list[Any]:
    with desk.store.begin(reading=True) as uow:
        return list(uow.journal.entries())


def test_the_message_carries_the_whole_case_and_both_signatures(store: Store) -> None:
    signer, window_public = a_signer()
    desk = dataclasses.replace(a_desk(store), signer=signer)
    case = accept_draft(desk, fill(desk, pension()).id).case
    (message,) = look(store).messages
    body = parse_json(message.body)
    assert body["case"] == json.loads(json.dumps(case_document(case)))
    assert body["message_id"] == message.id
    assert message.body_sha256 == bytes_hash(message.body)
    assert verify_signatures(SUITE, message.body, message.signatures, window_public) == "wangmin"
    assert [ref["sha256"] for ref in body["attachments"]] == [bytes_hash(PAGE)]
    with store.begin(reading=True) as uow:
        assert uow.attachments.read(case.id, bytes_hash(PAGE)) == PAGE
        assert bytes_hash(uow.attachments.blob_bytes(message.attachments[0].blob_sha256, 0, 10**6)) == (
            message.attachments[0].blob_sha256
        )


def test_the_journal_holds_nothing_personal(desk: Desk) -> None:
    accept_draft(desk, fill(desk, pension()).id)
    text = repr(_journal(desk))
    for datum in (PERSON.name, PERSON.document_number, PERSON.phone, PERSON.address, "6214830012345678901"):
        assert datum not in text


# --- promise 1: durable before visible ---------------------------------------------------------------------------------


def test_no_paper_and_no_message_is_ever_seen_without_its_case(store: Store) -> None:
    """odoo/odoo#60939: a receipt printed, no record behind it. Looked at after every single commit of the act."""
    faulty = FaultyStore(store)
    desk = a_desk(faulty)
    draft = fill(desk, newborn())
    glimpses: list[Seen] = []

    def watch() -> None:
        seen = look(store)
        glimpses.append(seen)
        assert {job.case_id for job in seen.jobs} <= set(seen.cases)
        assert {message.case_id for message in seen.messages} <= set(seen.cases)
        assert bool(seen.cases) != bool(seen.drafts)  # in the very commit that makes the case, the draft goes
        if seen.cases:
            assert len(seen.cases) == len(seen.messages) == 3
            assert seen.jobs

    faulty.arm()
    faulty.watch = watch
    accept_draft(desk, draft.id)
    assert (len(glimpses), faulty.commits) == (1, 1)


@pytest.mark.parametrize("act", [accept_draft, give_notice])
def test_a_commit_that_fails_leaves_nothing_behind(store: Store, act: Any) -> None:
    faulty = FaultyStore(store)
    desk = a_desk(faulty)
    draft = fill(desk, pension())
    if act is give_notice:
        draft = intake.save(desk, draft.id, {"material.register": None})
    before = look(store)
    for _ in range(2):
        faulty.arm(0)
        with pytest.raises(StorageProblem):
            act(desk, draft.id)
        assert faulty.commits == 1  # there is one commit to fail: the act is one transaction
        assert look(store) == before
        assert intake.load(desk, draft.id) == draft
    faulty.arm()
    case = act(desk, draft.id).case
    assert case.local_number.endswith("-0001")  # the number was not used up by the failures


def test_a_whole_application_that_fails_at_commit_leaves_nothing(store: Store) -> None:
    faulty = FaultyStore(store)
    desk = a_desk(faulty)
    application = application_signed(desk, pension())
    faulty.arm(0)
    with pytest.raises(StorageProblem):
        accept_application(desk, application, PAGES)
    assert faulty.commits == 1
    assert look(store) == Seen([], [], [], [], [], 0)


@pytest.mark.parametrize("whole", [pension, newborn])
def test_a_commit_that_happened_but_said_it_failed_is_found_again(store: Store, whole: Any) -> None:
    """After an fsync error the outcome is unknown: the same draft again gives the same case, message and number."""
    faulty = FaultyStore(store)
    desk = a_desk(faulty)
    draft = fill(desk, whole())
    faulty.arm(0, after=True)
    with pytest.raises(StorageProblem):
        accept_draft(desk, draft.id)
    after_failure = look(store)
    first = accept_draft(desk, draft.id)
    assert look(store) == after_failure
    assert accept_draft(desk, draft.id) == first
    assert first.case.id == draft.id
    assert first.case.local_number.endswith("-0001")
    assert {message.case_id for message in after_failure.messages} == {
        first.case.id,
        *(part.id for part in first.parts),
    }
    assert {job.id for job in first.jobs} == {job.id for job in after_failure.jobs}
    second = accept_draft(desk, fill(desk, pension()).id)
    assert second.case.local_number.endswith("-0002")


# --- refusing ----------------------------------------------------------------------------------------------------------


def test_acceptance_is_refused_with_all_reasons_at_once_and_nothing_changes(desk: Desk) -> None:
    draft = fill(desk, pension(materials={}, fields={}), sign=False)
    before = look(desk.store)
    with pytest.raises(Refused) as refused:
        accept_draft(desk, draft.id)
    reasons = "".join(refused.value.reasons)
    assert refused.value.reasons == plan(desk, draft).obstacles
    for words in ("缺少户口簿", "发放账户", "参保日期", "没有签字"):
        assert words in reasons
    assert PERSON.name not in refused.value.sentence() + reasons
    assert look(desk.store) == before


def test_an_edit_after_signing_is_refused(desk: Desk) -> None:
    draft = fill(desk, pension())
    intake.save(desk, draft.id, {"field.account": "6214839912345678901"})
    with pytest.raises(Refused) as refused:
        accept_draft(desk, draft.id)
    assert refused.value.reasons == ("内容在签字后改过，请申请人再看一遍、重新签字",)


@pytest.mark.parametrize("role", list(Role))
def test_roles(store: Store, role: Role) -> None:
    draft = fill(a_desk(store), pension())
    desk = a_desk(store, role=role)
    if role in (Role.CLERK, Role.CHIEF, Role.VISITOR):
        assert accept_draft(desk, draft.id).case.state is CaseState.ACCEPTED
    else:
        for act in (accept_draft, give_notice):
            with pytest.raises(Refused, match="岗位"):
                act(desk, draft.id)
        with pytest.raises(Refused, match="岗位"):
            accept_application(desk, pension(), PAGES)
        assert look(store).cases == []


def test_a_draft_that_never_was_is_refused(desk: Desk) -> None:
    with pytest.raises(Refused, match="已经不在"):
        accept_draft(desk, "f" * 32)


# --- deferring, promising, noticing ------------------------------------------------------------------------------------


def test_a_deferred_paper_makes_a_deferred_acceptance_with_its_commitment(desk: Desk) -> None:
    application = pension(answers={"elsewhere": "yes"}, fields={**pension().fields, "place": "成都"})
    later = Given(WayKind.DEFER, until="2026-11-26")
    application = dataclasses.replace(application, materials={**application.materials, "proof": later})
    accepted = accept_draft(desk, fill(desk, application).id)
    assert accepted.case.state is CaseState.ACCEPTED_DEFERRED
    assert [job.form for job in accepted.jobs] == [Form.F6, Form.F2]
    assert set(accepted.case.document_numbers) == {Form.F6.value, Form.F2.value}
    assert look(desk.store).verbs[-1] == "case.accepted_deferred"


def test_the_one_time_notice_lists_everything_and_waits_for_correction(desk: Desk) -> None:
    draft = fill(desk, pension(), sign=False)
    draft = intake.save(desk, draft.id, {"material.register": None, "material.id_card": NOT_GIVEN})
    accepted = give_notice(desk, draft.id)
    case = accepted.case
    assert case.state is CaseState.CORRECTION_ASKED
    assert (case.accepted_on, case.deadline) == (None, None)  # 补正: the clock has not begun
    assert [job.form for job in accepted.jobs] == [Form.F1, Form.F4]
    assert case.content["notes"]["missing"] == [
        ["身份证", ["缺少身份证"]],
        ["户口簿", ["缺少户口簿", "首页要有户主", "本人页要清楚"]],
    ]
    seen = look(desk.store)
    assert [message.kind for message in seen.messages] == ["case.correction_asked"]
    assert (seen.verbs[-1], seen.drafts) == ("case.correction_asked", 0)
    assert give_notice(desk, draft.id) == accepted  # again: the same
    with pytest.raises(Refused, match="还没有受理"):
        accept_draft(desk, draft.id)


def test_an_accepted_draft_gets_no_notice(desk: Desk) -> None:
    draft = fill(desk, pension())
    accept_draft(desk, draft.id)
    with pytest.raises(Refused, match="已经受理"):
        give_notice(desk, draft.id)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "材料是齐的"),
        ({"applicant.document_number": "500199196003150121"}, "核对申请人"),
        ({"agent.name": "田样例"}, "核对申请人"),
        ({"doubtful": ["name"]}, "核对申请人"),
        ({"item": ""}, "核对申请人"),
        ({"item": "birth", "answer.married": None}, "情况还没有问清"),
    ],
)
def test_no_notice_when_nothing_is_missing_or_the_case_is_not_clear(
    desk: Desk, values: dict[str, Any], words: str
) -> None:
    draft = intake.save(desk, fill(desk, pension()).id, values)
    with pytest.raises(Refused, match=words):
        give_notice(desk, draft.id)
    assert look(desk.store).cases == []


# --- a life event ------------------------------------------------------------------------------------------------------


def test_a_life_event_is_a_package_and_its_parts_each_with_its_own_message_after_the_package(desk: Desk) -> None:
    accepted = accept_draft(desk, fill(desk, newborn()).id)
    package, (birth, card) = accepted.case, accepted.parts
    assert (package.kind, birth.kind, card.kind) == (CaseKind.PACKAGE, CaseKind.PART, CaseKind.PART)
    assert birth.parent == card.parent == package.id
    assert (birth.local_number, card.local_number) == (f"{package.local_number}/1", f"{package.local_number}/2")
    assert (birth.state, card.state) == (CaseState.ACCEPTED, CaseState.ACCEPTED_DEFERRED)
    assert (birth.item.id, card.item.id) == ("birth", "card")
    assert card.deadline["day"] == "2026-12-07"
    messages = look(desk.store).messages
    assert [message.case_id for message in messages] == [package.id, birth.id, card.id]
    assert {message.stream for message in messages} == {package.id}
    assert len({message.id for message in messages}) == 3
    held_up = [dataclasses.replace(messages[0], next_try_ms=10**15), *messages[1:]]
    assert due(held_up, desk.clock.now().utc_ms) == ()
    assert [job.case_id for job in accepted.jobs] == [package.id] * len(accepted.jobs)  # one consolidated notice


def test_each_part_has_only_what_it_asks_for_and_the_answers_settled_for_it(desk: Desk) -> None:
    accepted = accept_draft(desk, fill(desk, newborn()).id)
    birth, card = (Application.from_json(part.content) for part in accepted.parts)
    assert (set(birth.materials), set(birth.fields)) == ({"parents_id", "born_paper"}, {"child.name"})
    assert (set(card.materials), set(card.fields)) == ({"parents_id", "portrait"}, {"child.name", "bank"})
    assert card.answers["for_whom"] == "newborn"  # asked of nobody, yet the department must know
    assert "for_whom" not in birth.answers
    shown = accepted.case.content["notes"]["shown_sha256"]
    assert all(part.content["notes"]["shown_sha256"] == shown for part in accepted.parts)


def test_pages_are_kept_once_and_shared(desk: Desk) -> None:
    accepted = accept_draft(desk, fill(desk, newborn()).id)
    package, birth, card = (message.attachments for message in look(desk.store).messages)
    assert {ref.sha256 for ref in package} == {bytes_hash(PAGE), bytes_hash(OTHER_PAGE)}
    assert {ref.sha256 for ref in birth} == {bytes_hash(PAGE), bytes_hash(OTHER_PAGE)}
    assert {ref.sha256 for ref in card} == {bytes_hash(PAGE)}
    assert {ref.blob_sha256 for ref in birth} == {ref.blob_sha256 for ref in package}
    with desk.store.begin(reading=True) as uow:
        for part in accepted.parts:
            assert uow.attachments.read(part.id, bytes_hash(PAGE)) == PAGE
        assert uow.outbox.counts().attachments == 2


def test_a_part_left_out_is_no_case(desk: Desk) -> None:
    one = newborn(parts=("birth",), materials={k: v for k, v in newborn().materials.items() if k != "portrait"})
    assert [part.item.id for part in accept_draft(desk, fill(desk, one).id).parts] == ["birth"]


# --- whole applications ------------------------------------------------------------------------------------------------


def test_a_whole_application_goes_through_the_same_rules(desk: Desk) -> None:
    by_draft = accept_draft(desk, fill(desk, pension()).id).case
    at_once = accept_application(desk, application_signed(desk, pension()), PAGES).case
    for name in ("item", "deadline", "state", "accepted_on", "window"):
        assert getattr(at_once, name) == getattr(by_draft, name)
    without = {**at_once.content, "signature": None}
    assert without == {**by_draft.content, "signature": None}
    with pytest.raises(Refused):
        accept_application(desk, pension(), PAGES)  # not signed


def test_a_page_that_was_not_handed_over_is_refused_and_a_stray_one_is_not_kept(desk: Desk) -> None:
    application = application_signed(desk, pension())
    with pytest.raises(Refused, match="材料页"):
        accept_application(desk, application, PAGES[1:])
    case = accept_application(desk, application, PAGES).case
    with desk.store.begin(reading=True) as uow:
        assert uow.outbox.counts().attachments == 1
        with pytest.raises(Exception, match="材料"):
            uow.attachments.ref(case.id, bytes_hash(OTHER_PAGE))


def test_the_channel_is_kept(desk: Desk) -> None:
    application = application_signed(desk, pension(channel="上门"))
    application = dataclasses.replace(application, channel="上门")
    assert accept_application(desk, application, PAGES).case.content["channel"] == "上门"


@pytest.mark.parametrize("whole", [pension, newborn])
def test_a_draft_holds_a_whole_application(whole: Any) -> None:
    agent = Person("田样例", document_number="50019919550820007X").with_known_from_number()
    application = whole(channel="上门", agent=agent, parts=("birth", "card"))
    desk = a_desk(FaultyStore(None))  # type: ignore[arg-type]
    now = desk.clock.now()
    assert application_of(Draft("d", "", 0, 0, draft_values(application, now))) == application


def test_document_numbers_run_on_and_end_with_the_block(desk: Desk) -> None:
    first, second = (accept_draft(desk, fill(desk, pension()).id).case for _ in range(2))
    assert [case.document_numbers[Form.F2.value][-4:] for case in (first, second)] == ["01 号", "02 号"]
    with desk.store.begin() as uow:
        for _ in range(9999 - 2):
            uow.numbers.next(f"paper:{Form.F2.value}:1:2026")
        uow.commit()
    draft = fill(desk, pension())
    with pytest.raises(Refused, match="文书号段用完"):
        accept_draft(desk, draft.id)
    assert intake.load(desk, draft.id) == draft
    clock_of(desk).move(days=40)
    assert accept_draft(desk, signed(desk, intake.load(desk, draft.id)).id).case.document_numbers == {
        Form.F2.value: "演示受〔2027〕第 3010001 号"
    }


def test_every_printed_form_has_its_own_number(desk: Desk) -> None:
    assert set(writing.NUMBERED_FORMS) >= {Form.F1, Form.F2, Form.F4, Form.F6, Form.F7}
    assert len(set(writing.NUMBERED_FORMS.values())) == len(writing.NUMBERED_FORMS)
