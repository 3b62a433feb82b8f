"""What came back: numbers, outcomes, corrections, identity checks; nothing silent, nothing personal in the journal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clerk_app.domain.case import Case, CaseState, Move
from clerk_app.domain.feed import FeedEntry, IfUnknown, NewsKind, Scope, entry_from_json
from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.identity import identity_of
from clerk_app.domain.people import Verification
from clerk_app.errors import BadInput
from clerk_app.usecases.accept import Accepted, accept_draft
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.news import apply
from tests.fakes.desk import fill, newborn, pension


def tell(desk: Desk, kind: str, *, cursor: int = 1, **body: Any) -> None:
    with desk.store.begin() as uow:
        apply(uow, FeedEntry(cursor, Scope.WINDOW, kind, body), desk.clock.now())
        uow.commit()


def case_of(desk: Desk, case_id: str) -> Case:
    with desk.store.begin(reading=True) as uow:
        case = uow.cases.get(case_id)
    assert case is not None
    return case


def verbs(desk: Desk) -> list[str]:
    with desk.store.begin(reading=True) as uow:
        return [entry.happening.verb for entry in uow.journal.entries() if entry.happening.actor == "gateway"]


def move(desk: Desk, case_id: str, *moves: Move) -> None:
    with desk.store.begin() as uow:
        case = uow.cases.get(case_id)
        assert case is not None
        for each in moves:
            case = case.moved(each)
            uow.cases.save(case)
        uow.commit()


@pytest.fixture
def taken(desk: Desk) -> Case:
    return accept_draft(desk, fill(desk, pension()).id).case


@pytest.fixture
def package(desk: Desk) -> Accepted:
    return accept_draft(desk, fill(desk, newborn()).id)


def test_the_platform_number_is_kept_and_changes_no_revision(desk: Desk, taken: Case) -> None:
    for cursor in (1, 2):
        tell(desk, NewsKind.NUMBERED, cursor=cursor, case_id=taken.id, case_number="5000000124")
    case = case_of(desk, taken.id)
    assert (case.case_number, case.revision) == ("5000000124", 1)
    assert verbs(desk) == ["news.numbered"]


def test_another_number_for_the_same_case_is_a_persons_business(desk: Desk, taken: Case) -> None:
    """It once raised Bug, which would have stopped the feed for ever."""
    tell(desk, NewsKind.NUMBERED, cursor=1, case_id=taken.id, case_number="A")
    tell(desk, NewsKind.NUMBERED, cursor=2, case_id=taken.id, case_number="B")
    assert case_of(desk, taken.id).case_number == "A"
    assert verbs(desk)[-1] == "news.needs_person"


def test_a_decision_finishes_the_case_with_its_result_and_note(desk: Desk, taken: Case) -> None:
    tell(desk, NewsKind.DECIDED, case_id=taken.id, revision=1, result="准予", note="每月发放")
    case = case_of(desk, taken.id)
    assert (case.state, case.outcome, case.outcome_note, case.revision) == (CaseState.FINISHED, "准予", "每月发放", 2)


def test_the_same_decision_again_changes_nothing_another_one_needs_a_person(desk: Desk, taken: Case) -> None:
    tell(desk, NewsKind.DECIDED, cursor=1, case_id=taken.id, result="准予")
    before = case_of(desk, taken.id)
    tell(desk, NewsKind.DECIDED, cursor=2, case_id=taken.id, result="准予", note=None)
    tell(desk, NewsKind.DECIDED, cursor=3, case_id=taken.id, result="不予")
    assert case_of(desk, taken.id) == before
    assert before.outcome_note == ""
    assert verbs(desk) == ["news.decided", "news.decided_again", "news.needs_person"]


@pytest.mark.parametrize("end", [Move.WITHDRAW, Move.VOID])
def test_a_decision_on_a_case_that_ended_here_is_no_repetition(desk: Desk, taken: Case, end: Move) -> None:
    """Withdrawn at the window, granted over there: that is never brushed off as a duplicate (promise 4)."""
    move(desk, taken.id, end)
    before = case_of(desk, taken.id)
    tell(desk, NewsKind.DECIDED, case_id=taken.id, result="准予")
    assert case_of(desk, taken.id) == before
    assert verbs(desk) == ["news.needs_person"]


def test_a_deferred_case_is_finished_through_review(desk: Desk, package: Accepted) -> None:
    card = package.parts[1]
    assert card.state is CaseState.ACCEPTED_DEFERRED
    tell(desk, NewsKind.DECIDED, case_id=card.id, result="准予")
    assert (case_of(desk, card.id).state, case_of(desk, card.id).revision) == (CaseState.FINISHED, 3)


@pytest.mark.parametrize(("results", "whole"), [(("准予", "准予"), "准予"), (("准予", "不予"), "不予")])
def test_the_package_is_finished_when_its_last_part_is(
    desk: Desk, package: Accepted, results: tuple[str, str], whole: str
) -> None:
    """§2.8: finished when all parts are; one failing alone does not stop the others."""
    for cursor, (part, result) in enumerate(zip(package.parts, results, strict=True), 1):
        assert case_of(desk, package.case.id).state is not CaseState.FINISHED
        tell(desk, NewsKind.DECIDED, cursor=cursor, case_id=part.id, result=result)
    case = case_of(desk, package.case.id)
    assert (case.state, case.outcome) == (CaseState.FINISHED, whole)


@pytest.mark.parametrize("end", [Move.RETURN, Move.WITHDRAW])
def test_a_part_that_was_returned_or_withdrawn_does_not_keep_the_package_open_for_ever(
    desk: Desk, package: Accepted, end: Move
) -> None:
    birth, card = package.parts
    move(desk, card.id, end)
    tell(desk, NewsKind.DECIDED, case_id=birth.id, result="准予")
    assert case_of(desk, package.case.id).state is CaseState.FINISHED


def test_a_correction_comes_back_with_its_reasons(desk: Desk, taken: Case) -> None:
    tell(desk, NewsKind.CORRECTION, case_id=taken.id, revision=1, reasons=["户口簿不清楚", "账户不对"])
    case = case_of(desk, taken.id)
    assert (case.state, case.outcome_note) == (CaseState.CORRECTION_ASKED, "户口簿不清楚；账户不对")
    tell(desk, NewsKind.CORRECTION, cursor=2, case_id=taken.id, reasons=[])
    assert verbs(desk) == ["news.correction_asked", "news.needs_person"]


def test_an_identity_check_is_stored_and_a_mismatch_needs_a_person(desk: Desk, taken: Case) -> None:
    assert identity_of(taken) is Verification.MANUAL
    tell(desk, NewsKind.VERIFIED, cursor=1, case_id=taken.id, verification="mismatch")
    case = case_of(desk, taken.id)
    assert (identity_of(case), case.revision) == (Verification.MISMATCH, 2)
    assert case.content["applicant"] == taken.content["applicant"]  # what was signed stays
    tell(desk, NewsKind.VERIFIED, cursor=2, case_id=taken.id, verification="verified")
    assert identity_of(case_of(desk, taken.id)) is Verification.VERIFIED
    tell(desk, NewsKind.VERIFIED, cursor=3, case_id=taken.id, verification="mismatch")  # no way back from verified
    assert identity_of(case_of(desk, taken.id)) is Verification.VERIFIED
    assert verbs(desk) == ["news.identity", "news.needs_person", "news.identity", "news.needs_person"]


def test_news_of_somebody_elses_case_and_of_an_unknown_kind_change_nothing(desk: Desk, taken: Case) -> None:
    tell(desk, NewsKind.DECIDED, case_id="f" * 32, result="准予")
    tell(desk, "case.teleported", case_id=taken.id)
    assert case_of(desk, taken.id) == taken
    assert verbs(desk) == []


def test_a_notice_is_kept(desk: Desk) -> None:
    tell(desk, NewsKind.NOTICE, cursor=7, text="今天下午平台升级")
    with desk.store.begin(reading=True) as uow:
        assert uow.config.get("notice") == {"text": "今天下午平台升级", "cursor": 7}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (NewsKind.NUMBERED, {}),
        (NewsKind.NUMBERED, {"case_number": 5}),
        (NewsKind.DECIDED, {"result": "granted"}),
        (NewsKind.DECIDED, {"result": ["准予"]}),
        (NewsKind.DECIDED, {"result": "准予", "note": {"text": "x"}}),
        (NewsKind.CORRECTION, {}),
        (NewsKind.CORRECTION, {"reasons": "户口簿不清楚"}),
        (NewsKind.CORRECTION, {"reasons": [1]}),
        (NewsKind.VERIFIED, {"verification": "冉样例 500199196003150120"}),
        (NewsKind.NOTICE, {"text": ""}),
    ],
)
def test_a_wrong_body_is_bad_input_and_changes_nothing(
    desk: Desk, taken: Case, kind: str, body: dict[str, Any]
) -> None:
    with pytest.raises(BadInput) as bad:
        tell(desk, kind, case_id=taken.id, **body)
    assert "冉样例" not in bad.value.sentence()
    assert case_of(desk, taken.id) == taken
    assert verbs(desk) == []


@pytest.mark.parametrize("case_id", [None, 3, ""])
def test_a_case_id_that_is_none_is_bad_input(desk: Desk, case_id: Any) -> None:
    with pytest.raises(BadInput):
        tell(desk, NewsKind.DECIDED, case_id=case_id, result="准予")


GOOD = {"cursor": 3, "scope": "hall", "kind": "notice", "body": {}, "if_unknown": "keep"}


def test_a_feed_entry_is_read_strictly() -> None:
    assert entry_from_json(GOOD) == FeedEntry(3, Scope.HALL, "notice", {}, IfUnknown.KEEP)
    changes: tuple[dict[str, Any], ...] = (
        {"cursor": 0},
        {"cursor": True},
        {"cursor": "3"},
        {"scope": "city"},
        {"body": []},
        {"if_unknown": ""},
    )
    for change in changes:
        with pytest.raises(ValueError, match=r"."):
            entry_from_json({**GOOD, **change})


def test_a_result_to_hand_over_is_named_once(desk: Desk, taken: Case) -> None:
    for cursor in (1, 2):
        tell(
            desk,
            NewsKind.RESULT,
            cursor=cursor,
            case_id=taken.id,
            name="养老保险待遇核定表",
            number="样例001",
            copies=2,
        )
    case = case_of(desk, taken.id)
    assert case.content["results"] == [{"name": "养老保险待遇核定表", "number": "样例001", "copies": 2}]
    assert (case.state, case.revision) == (taken.state, 2)
    assert verbs(desk) == ["news.result"]
    with pytest.raises(BadInput):
        tell(desk, NewsKind.RESULT, cursor=3, case_id=taken.id, name="x", copies=0)


def test_an_answer_to_an_older_version_is_merged_by_rule_and_said(desk: Desk, taken: Case) -> None:
    """The window wrote revision 2 meanwhile; the decision was about 1. It stands, and what was written still goes."""
    with desk.store.begin() as uow:
        (first,) = uow.outbox.of_case(taken.id)
        newer = replace(taken, revision=2)
        uow.cases.save(newer)
        uow.outbox.add(replace(first, id="second", revision=2))
        uow.commit()
    tell(desk, NewsKind.DECIDED, case_id=taken.id, revision=1, result="准予", note="")
    assert case_of(desk, taken.id).state is CaseState.FINISHED
    assert verbs(desk) == ["news.older_answer", "news.decided"]
    with desk.store.begin(reading=True) as uow:
        assert [each.state.value for each in uow.outbox.of_case(taken.id)] == ["waiting", "waiting"]


def test_a_request_that_is_answered_already_asks_nobody_again(desk: Desk, taken: Case) -> None:
    move(desk, taken.id, Move.ASK_CORRECTION, Move.RECEIVE_CORRECTION)
    with desk.store.begin() as uow:
        (first,) = uow.outbox.of_case(taken.id)
        uow.outbox.add(replace(first, id="third", revision=3))
        uow.commit()
    tell(desk, NewsKind.CORRECTION, case_id=taken.id, revision=1, reasons=["缺身份证"])
    assert case_of(desk, taken.id).state is CaseState.CORRECTION_RECEIVED
    assert verbs(desk) == ["news.older_answer"]
    tell(desk, NewsKind.CORRECTION, cursor=2, case_id=taken.id, revision=3, reasons=["还缺一页"])
    assert case_of(desk, taken.id).state is CaseState.CORRECTION_ASKED


def test_a_list_of_clerks_closes_accounts_but_never_the_last_admin(desk: Desk) -> None:
    with desk.store.begin() as uow:
        uow.clerks.add(Clerk("lihua", "李华", Role.CLERK, b"k", True))
        uow.clerks.add(Clerk("root", "管理员", Role.ADMIN, b"k", True))
        uow.commit()
    rows = [
        {"login": "lihua", "name": "李花", "active": False},
        {"login": "root", "name": "管理员", "active": False},
        {"login": "nobody", "name": "别人", "active": True},
    ]
    tell(desk, NewsKind.CLERKS, clerks=rows)
    with desk.store.begin(reading=True) as uow:
        told = {clerk.login: (clerk.name, clerk.active) for clerk in uow.clerks.all()}
    assert told["lihua"] == ("李花", False)
    assert told["root"] == ("管理员", True)
    assert "nobody" not in told
    with pytest.raises(BadInput):
        tell(desk, NewsKind.CLERKS, cursor=2, clerks=[{"login": 3}])


def test_a_holiday_table_is_taken_or_kept(desk: Desk) -> None:
    taken: list[Any] = []

    def take(table: Any) -> int:
        taken.append(table)
        return 2027

    entry = FeedEntry(1, Scope.DISTRICT, NewsKind.CALENDAR, {"table": {"year": 2027}})
    with desk.store.begin() as uow:
        apply(uow, entry, desk.clock.now(), None, take)
        uow.commit()
    assert taken == [{"year": 2027}]
    assert verbs(desk) == ["news.calendar"]
