"""What can happen to a case: each act one transaction with revision, journal, message and paper; roles, states and reasons."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from clerk_app.domain.acts import acts_of, last_act
from clerk_app.domain.application import Given
from clerk_app.domain.canonical import bytes_hash, parse_json
from clerk_app.domain.case import Case, CaseState, Move, Outcome
from clerk_app.domain.conditions import Answered
from clerk_app.domain.feed import FeedEntry, NewsKind, Scope
from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.journal import first_break
from clerk_app.domain.paper import Form
from clerk_app.domain.parties import Elsewhere
from clerk_app.domain.rating import RatingState
from clerk_app.domain.refusing import VOID_WITHIN_MS, DeclineKind
from clerk_app.domain.service_item import LimitUnit, LimitWhen, Material, TimeLimit, Way, WayKind
from clerk_app.domain.signing import Signature
from clerk_app.errors import Bug, Refused, StorageProblem
from clerk_app.ports import Unlocked
from clerk_app.usecases import completing, deciding, emergency, intake, moves, rate
from clerk_app.usecases.accept import (
    Accepted,
    accept_application,
    accept_draft,
    decline_draft,
    give_notice,
    receive_application,
    refer_draft,
    take_in,
)
from clerk_app.usecases.completing import Brought
from clerk_app.usecases.deciding import Handing, Receiver, Result
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.news import apply
from clerk_app.usecases.printing import order_of
from clerk_app.usecases.witness import Witness, witness
from printing.paper import ReportlabPaper
from tests.fakes.desk import OTHER_PAGE, PAGE, PAGES, clock_of, fill, newborn, pension
from tests.fakes.faulty_store import FaultyStore
from tests.fakes.items import BIRTH as BIRTH_ITEM
from tests.fakes.items import PENSION, SmallCatalogue
from tests.printing.reading import squeezed, text_of

PAPER = ReportlabPaper()
ON_PAPER = Signature("paper", "")
PROOF = Given(WayKind.CAPTURE, (bytes_hash(OTHER_PAGE),))
DEFERRED = {
    "register": Given(WayKind.CAPTURE, (bytes_hash(PAGE),)),
    "proof": Given(WayKind.DEFER, until="2026-11-26"),
}


def with_role(desk: Desk, role: Role, login: str = "wangmin") -> Desk:
    return dataclasses.replace(desk, session=dataclasses.replace(desk.session, role=role, login=login))


def case_of(desk: Desk, case_id: str) -> Case:
    with desk.store.begin(reading=True) as uow:
        case = uow.cases.get(case_id)
    assert case is not None
    return case


def messages(desk: Desk, case_id: str) -> list[tuple[str, int]]:
    with desk.store.begin(reading=True) as uow:
        return [(message.kind, message.revision) for message in uow.outbox.of_case(case_id)]


def verbs(desk: Desk, case_id: str) -> list[str]:
    with desk.store.begin(reading=True) as uow:
        assert first_break(uow.journal.entries()) is None
        return [entry.happening.verb for entry in uow.journal.of_case(case_id)]


def printed(desk: Desk, done: Accepted, form: Form) -> str:
    """The paper as it comes out, read again."""
    job = next(job for job in done.jobs if job.form is form)
    return squeezed(text_of(PAPER.render(order_of(desk, job.id))))


@pytest.fixture
def taken(desk: Desk) -> Case:
    return accept_draft(desk, fill(desk, pension()).id).case


@pytest.fixture
def deferred(desk: Desk) -> Case:
    asked = pension(answers={"elsewhere": "yes"}, materials=DEFERRED, fields={**pension().fields, "place": "成都"})
    return accept_draft(desk, fill(desk, asked).id).case


@pytest.fixture
def waiting(desk: Desk) -> Case:
    return give_notice(desk, fill(desk, pension(materials={}), sign=False).id).case


# ----------------------------------------------------------------------------------------------- 不予受理, 引导, 收件


def test_a_draft_is_declined_with_reason_place_and_remedies(desk: Desk) -> None:
    draft = fill(desk, pension(), sign=False)
    basis, there = "《样例办法》第二条第一款", "户籍所在地的区县社保局"
    done = decline_draft(desk, draft.id, DeclineKind.NOT_OURS, "户籍不在本区", basis, there)
    assert (done.case.state, done.case.accepted_on, done.case.deadline) == (CaseState.DECLINED, None, None)
    assert messages(desk, draft.id) == [("case.declined", 1)]
    assert verbs(desk, draft.id) == ["draft.open", "case.declined"]
    text = printed(desk, done, Form.F3)
    for words in (
        "不予受理",
        "不属于本机关职权范围",
        "户籍不在本区。",
        "依据的条款：《样例办法》第二条第一款。",
        "请向户籍所在地的区县社保局申请",
        "60日",
        "6个月",
        "业务受理专用章",
    ):
        assert words in text
    assert "行政许可法" not in text  # no permit
    assert decline_draft(desk, draft.id, DeclineKind.NOT_OURS, "户籍不在本区", basis, "别处").case == done.case  # once
    with pytest.raises(Refused):
        accept_draft(desk, draft.id)


@pytest.mark.parametrize(
    ("kind", "reason", "basis", "instead", "said"),
    [
        (DeclineKind.NOT_MET, "  ", "《样例办法》第二条", "", "具体理由"),
        (DeclineKind.NOT_MET, "户籍不在本区", " ", "", "依据的条款"),
        (DeclineKind.NOT_NEEDED, "不用办", "。。", "", "依据的条款"),
        (DeclineKind.NOT_OURS, "不归我们管", "《样例办法》第二条", " ", "去哪里办"),
    ],
)
def test_nobody_is_sent_away_without_a_reason_a_provision_or_a_place_to_go(
    desk: Desk, kind: DeclineKind, reason: str, basis: str, instead: str, said: str
) -> None:
    draft = fill(desk, pension(), sign=False)
    with pytest.raises(Refused, match=said):
        decline_draft(desk, draft.id, kind, reason, basis, instead)
    with desk.store.begin(reading=True) as uow:
        assert uow.cases.count() == 0
        assert uow.drafts.get(draft.id) is not None


def test_a_referral_needs_no_item_of_ours(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    with pytest.raises(Refused, match="想办什么"):
        refer_draft(desk, draft.id, "区车管所")
    done = refer_draft(desk, draft.id, "区车管所，样例路 9 号，023-00000001", "换驾驶证")
    assert done.case.state is CaseState.NOT_OURS
    text = printed(desk, done, Form.F15)
    for words in ("换驾驶证", "区车管所，样例路9号，023-00000001", "首问人wangmin（03号窗口）"):
        assert words in text


def test_taking_in_gives_a_receipt_and_nothing_else(desk: Desk) -> None:
    done = take_in(desk, fill(desk, pension(), sign=False).id)
    assert (done.case.state, [job.form for job in done.jobs]) == (CaseState.RECEIVED, [Form.F1])
    assert messages(desk, done.case.id) == [("case.received", 1)]
    later = moves.decline(desk, done.case.id, DeclineKind.NOT_MET, "不满 60 周岁", "《样例办法》第五条")
    assert (later.case.state, later.case.revision) == (CaseState.DECLINED, 2)
    assert [job.form for job in later.jobs] == [Form.F3]


# ----------------------------------------------------------------------------------------------------- 补正, 容缺补齐


def test_after_a_correction_the_day_of_acceptance_is_the_day_all_is_there(desk: Desk, waiting: Case) -> None:
    """Rule 2 of §2.6."""
    clock_of(desk).move(days=2)
    brought = Brought({"register": Given(WayKind.CAPTURE, (bytes_hash(PAGE),))}, signature=ON_PAPER, pages=PAGES[:1])
    done = completing.correct(desk, waiting.id, brought)
    case = done.case
    assert (case.state, case.accepted_on) == (CaseState.ACCEPTED, dt.date(2026, 11, 25))
    assert case.deadline["day"] == "2026-12-02"
    assert [job.form for job in done.jobs] == [Form.F5, Form.F2]
    assert messages(desk, case.id) == [("case.correction_asked", 1), ("case.corrected", 2), ("case.accepted", 3)]
    assert [act.move for act in acts_of(case)] == [Move.ASK_CORRECTION, Move.RECEIVE_CORRECTION, Move.ACCEPT]
    text = printed(desk, done, Form.F5)
    assert "材料已经补齐。受理日期为2026年11月25日" in text
    assert "户口簿" in text


def test_a_correction_that_is_not_complete_waits_on_and_says_for_what(desk: Desk) -> None:
    asked = pension(answers={"elsewhere": "yes"}, materials={}, fields={**pension().fields, "place": "成都"})
    waiting = give_notice(desk, fill(desk, asked, sign=False).id).case
    half = Brought({"register": Given(WayKind.CAPTURE, (bytes_hash(PAGE),))}, pages=PAGES[:1])
    done = completing.correct(desk, waiting.id, half)
    assert (done.case.state, done.case.accepted_on) == (CaseState.CORRECTION_RECEIVED, None)
    assert [job.form for job in done.jobs] == [Form.F5]
    text = printed(desk, done, Form.F5)
    assert "材料还没有补齐" in text
    assert "缴费凭证缺少" in text
    rest = Brought({"proof": PROOF}, signature=ON_PAPER, pages=PAGES[1:])
    assert completing.correct(desk, waiting.id, rest).case.state is CaseState.ACCEPTED


def test_a_corrected_life_event_is_split_then(desk: Desk) -> None:
    draft = fill(desk, newborn(materials={"portrait": newborn().materials["portrait"]}), sign=False)
    package = give_notice(desk, draft.id).case
    given = {key: how for key, how in newborn().materials.items() if key != "portrait"}
    done = completing.correct(desk, package.id, Brought(given, signature=ON_PAPER, pages=PAGES))
    assert done.case.state is CaseState.ACCEPTED_DEFERRED
    assert [part.revision for part in done.parts] == [1, 1]
    assert [part.item.id for part in done.parts] == ["birth", "card"]
    filled = completing.supplement(
        desk, package.id, Brought({"portrait": Given(WayKind.ON_SITE, (bytes_hash(PAGE),))}, pages=PAGES[:1])
    )
    assert filled.case.state is CaseState.ACCEPTED
    assert [(part.item.id, part.state) for part in filled.parts] == [("card", CaseState.ACCEPTED)]
    assert messages(desk, filled.parts[0].id)[-1] == ("case.supplemented", 2)


def test_days_of_waiting_do_not_count_once_a_case_was_accepted(desk: Desk, taken: Case) -> None:
    """行政许可法 45 条, 必知 9: accepted on Monday, asked on Tuesday, complete on Thursday: two days later than promised."""
    assert taken.deadline["day"] == "2026-11-30"
    clock_of(desk).move(days=1)
    with desk.store.begin() as uow:
        body = {"case_id": taken.id, "reasons": ["户口簿不清楚"]}
        apply(uow, FeedEntry(1, Scope.WINDOW, NewsKind.CORRECTION, body), desk.clock.now())
        uow.commit()
    clock_of(desk).move(days=2)
    done = completing.correct(desk, taken.id, Brought({"register": PROOF}, signature=ON_PAPER, pages=PAGES[1:])).case
    assert (done.accepted_on, done.deadline["day"]) == (taken.accepted_on, "2026-12-02")


def test_a_part_is_corrected_by_itself_and_keeps_what_the_whole_gave(desk: Desk) -> None:
    package = accept_draft(desk, fill(desk, newborn()).id)
    part = package.parts[0]
    with desk.store.begin() as uow:
        body = {"case_id": part.id, "reasons": ["出生证不清楚"]}
        apply(uow, FeedEntry(1, Scope.WINDOW, NewsKind.CORRECTION, body), desk.clock.now())
        uow.commit()
    fresh = b"\xff\xd8 a clearer page"
    brought = Brought(
        {"born_paper": Given(WayKind.CAPTURE, (bytes_hash(fresh),))}, signature=ON_PAPER, pages=((fresh, "image/jpeg"),)
    )
    done = completing.correct(desk, part.id, brought).case
    assert (done.state, done.accepted_on) == (CaseState.ACCEPTED, part.accepted_on)
    assert done.content["fields"] == part.content["fields"]
    assert messages(desk, part.id)[-2:] == [("case.corrected", 3), ("case.accepted", 4)]
    with desk.store.begin(reading=True) as uow:
        assert uow.attachments.read(part.id, bytes_hash(fresh)) == fresh
    assert case_of(desk, package.case.id).revision == 1


def test_deferred_papers_come_in_and_the_promise_stays(desk: Desk, deferred: Case) -> None:
    assert deferred.state is CaseState.ACCEPTED_DEFERRED
    clock_of(desk).move(days=1)
    done = completing.supplement(desk, deferred.id, Brought({"proof": PROOF}, pages=PAGES[1:]))
    assert (done.case.state, done.case.accepted_on) == (CaseState.ACCEPTED, deferred.accepted_on)
    assert done.case.deadline == deferred.deadline
    assert messages(desk, deferred.id)[-1] == ("case.supplemented", 2)
    assert "容缺的材料已经补齐" in printed(desk, done, Form.F5)
    with desk.store.begin(reading=True) as uow:
        body = parse_json(uow.outbox.of_case(deferred.id)[-1].body)
        assert bytes_hash(OTHER_PAGE) in {page["sha256"] for page in body["attachments"]}


def test_one_of_two_deferred_papers_leaves_the_case_waiting_for_the_other(desk: Desk) -> None:
    extra = Material("extra", "另一份凭证", ways=(Way(WayKind.CAPTURE), Way(WayKind.DEFER)))
    item = dataclasses.replace(PENSION, materials=(*PENSION.materials, extra))
    desk = dataclasses.replace(desk, catalogue=SmallCatalogue(item, events=()))
    asked = pension(
        answers={"elsewhere": "yes"},
        materials={**DEFERRED, "extra": Given(WayKind.DEFER, until="2026-11-27")},
        fields={**pension().fields, "place": "成都"},
    )
    case = accept_draft(desk, fill(desk, asked).id).case
    first = completing.supplement(desk, case.id, Brought({"proof": PROOF}, pages=PAGES[1:]))
    assert first.case.state is CaseState.ACCEPTED_DEFERRED
    text = printed(desk, first, Form.F5)
    assert "材料还没有补齐" in text
    assert "另一份凭证最晚2026-11-27补交" in text
    assert moves.last_day_of(first.case) == dt.date(2026, 11, 27)
    second_paper = completing.supplement(desk, case.id, Brought({"extra": PROOF}, pages=PAGES[1:]))
    assert second_paper.case.state is CaseState.ACCEPTED
    numbers = [job.detail["number"] for job in (*first.jobs, *second_paper.jobs)]
    assert len(set(numbers)) == 2
    assert numbers[0].replace(" ", "") in printed(desk, first, Form.F5)  # each slip keeps its own 文号


@pytest.mark.parametrize(
    "materials", [{}, {"register": PROOF}, {"proof": Given(WayKind.CAPTURE)}, {"proof": Given(WayKind.FORM)}]
)
def test_what_cannot_count_changes_nothing(desk: Desk, deferred: Case, materials: dict[str, Given]) -> None:
    with pytest.raises(Refused):
        completing.supplement(desk, deferred.id, Brought(materials, pages=PAGES))
    assert case_of(desk, deferred.id) == deferred


# --------------------------------------------------------------------------------------------------- 撤回, 退件, 作废


def test_the_applicant_withdraws_and_gets_the_papers_back(desk: Desk, taken: Case) -> None:
    done = moves.withdraw(desk, taken.local_number, "想改天再办")
    assert (done.case.state, done.case.outcome) == (CaseState.WITHDRAWN, "撤回")
    text = printed(desk, done, Form.F12)
    for words in ("您已经提出撤回", "户口簿", "想改天再办"):
        assert words in text
    assert messages(desk, taken.id)[-1] == ("case.withdrawn", 2)
    with pytest.raises(Refused, match="已撤回"):
        moves.withdraw(desk, taken.id)


def test_a_life_event_withdrawn_takes_its_parts_along_and_a_part_alone_does_not(desk: Desk) -> None:
    first = accept_draft(desk, fill(desk, newborn()).id)
    assert {part.state for part in moves.withdraw(desk, first.case.id).parts} == {CaseState.WITHDRAWN}
    second = accept_draft(desk, fill(desk, newborn()).id)
    moves.withdraw(desk, second.parts[0].id)
    assert case_of(desk, second.case.id).state is CaseState.ACCEPTED_DEFERRED
    moves.withdraw(desk, second.parts[1].id)
    assert (case_of(desk, second.case.id).state, case_of(desk, second.case.id).outcome) == (CaseState.FINISHED, "撤回")


def test_nothing_is_returned_before_its_last_day_is_over(desk: Desk, deferred: Case) -> None:
    clock_of(desk).move(days=3)  # 2026-11-26, the last day
    with pytest.raises(Refused, match="还没有到期"):
        moves.return_overdue(desk, deferred.id)
    clock_of(desk).move(days=1)
    done = moves.return_overdue(desk, deferred.id)
    assert (done.case.state, done.case.outcome) == (CaseState.RETURNED, "终止")
    assert "到2026-11-26没有补齐材料" in printed(desk, done, Form.F12)


def test_a_notice_of_the_platform_has_no_day_here_and_needs_the_one_that_was_written(desk: Desk, taken: Case) -> None:
    body = {"case_id": taken.id, "revision": 1, "reasons": ["照片不清楚"]}
    with desk.store.begin() as uow:
        apply(uow, FeedEntry(1, Scope.WINDOW, NewsKind.CORRECTION, body), desk.clock.now())
        uow.commit()
    clock_of(desk).move(days=20)
    with pytest.raises(Refused, match="没有记下"):
        moves.return_overdue(desk, taken.id)
    assert moves.return_overdue(desk, taken.id, dt.date(2026, 12, 1)).case.state is CaseState.RETURNED


@pytest.fixture
def second(desk: Desk) -> str:
    with desk.store.begin() as uow:
        for login, role in (("wangmin", Role.CLERK), ("lihua", Role.CLERK), ("root", Role.ADMIN)):
            uow.clerks.add(Clerk(login, "李华", role, b"k"))
        uow.clerks.add(Clerk("gone", "走了", Role.CLERK, b"k", active=False))
        uow.commit()
    return "lihua"


def seen_by(desk: Desk, login: str = "lihua") -> Witness:
    """The second clerk has typed the PIN just now."""
    return witness(OpenVault(), desk.clock, login, "246810")


class OpenVault:
    """Opens every slot; the vault's own tests are in tests/crypto."""

    def unlock(self, login: str, pin: str) -> Unlocked:
        return Unlocked(login, b"", b"", b"k")


def test_a_case_is_voided_minutes_later_before_two_pairs_of_eyes(desk: Desk, taken: Case, second: str) -> None:
    clock_of(desk).move(minutes=5)
    done = moves.void(desk, taken.id, "选错了人", seen_by(desk))
    assert done.case.state is CaseState.VOIDED
    assert messages(desk, taken.id)[-1] == ("case.voided", 2)
    assert verbs(desk, taken.id)[-2:] == ["case.voided", "case.void_witnessed"]
    text = printed(desk, done, Form.VOID)
    for words in (
        "选错了人",
        "该次受理作废",
        taken.document_numbers["acceptance_notice"].replace(" ", ""),
        "复核人签名",
    ):
        assert words in text
    with desk.store.begin(reading=True) as uow:
        assert "选错了人" not in str([entry.happening for entry in uow.journal.entries()])


@pytest.mark.parametrize("login", ["wangmin", "root", "gone", "nobody"])
def test_one_pair_of_eyes_is_not_two(desk: Desk, taken: Case, second: str, login: str) -> None:
    with pytest.raises(Refused, match="另一位"):
        moves.void(desk, taken.id, "选错了人", seen_by(desk, login))
    assert case_of(desk, taken.id) == taken


def test_the_proof_of_a_second_pair_of_eyes_is_fresh_good_once_and_made_by_the_check_alone(
    desk: Desk, taken: Case, second: str
) -> None:
    with pytest.raises(Bug):
        Witness(second, b"k", desk.clock.now().utc_ms, object())
    proof = seen_by(desk)
    clock_of(desk).move(minutes=6)
    with pytest.raises(Refused, match="过时"):
        moves.void(desk, taken.id, "选错了人", proof)
    with desk.store.begin() as uow:
        uow.clerks.save(Clerk("lihua", "李华", Role.CLERK, b"another key"))
        uow.commit()
    with pytest.raises(Refused, match="另一位"):  # somebody else's slot under that login
        moves.void(desk, taken.id, "选错了人", seen_by(desk))
    with desk.store.begin() as uow:
        uow.clerks.save(Clerk("lihua", "李华", Role.CLERK, b"k"))
        uow.commit()
    other = accept_draft(desk, fill(desk, pension()).id).case
    proof = seen_by(desk)
    moves.void(desk, taken.id, "选错了人", proof)
    with pytest.raises(Refused, match="过时"):
        moves.void(desk, other.id, "选错了人", proof)


def test_later_it_is_too_late_to_void(desk: Desk, taken: Case, second: str) -> None:
    clock_of(desk).move(minutes=VOID_WITHIN_MS // 60_000 + 1)
    with pytest.raises(Refused, match="分钟"):
        moves.void(desk, taken.id, "选错了人", seen_by(desk))
    with pytest.raises(Refused, match="原因"):
        moves.void(desk, taken.id, " ", seen_by(desk))


# ------------------------------------------------------------------------------------------------ 决定, 送达, 评价, 转办

BIRTH = {
    "item_id": "birth",
    "answers": {"married": "yes"},
    "materials": {
        "parents_id": Given(WayKind.CAPTURE, (bytes_hash(PAGE),), reason="电子证照调不出来"),
        "born_paper": Given(WayKind.CAPTURE, (bytes_hash(OTHER_PAGE),)),
    },
    "fields": {"child.name": "冉㛃"},
}


@pytest.fixture
def birth(desk: Desk) -> Case:
    return accept_draft(desk, fill(desk, pension(**BIRTH)).id).case


def test_a_chief_decides_on_the_spot_and_hands_over(desk: Desk, birth: Case) -> None:
    chief = with_role(desk, Role.CHIEF)
    result = Result(Outcome.GRANTED, document="户口簿", document_number="样例 001")
    done = deciding.decide_on_the_spot(chief, birth.id, result, Receiver())
    assert (done.case.state, done.case.outcome, done.case.revision) == (CaseState.DELIVERED, "准予", 4)
    assert [act.move for act in acts_of(done.case)] == [Move.ACCEPT, Move.DECIDE, Move.FINISH, Move.DELIVER]
    assert [job.form for job in done.jobs] == [Form.F11, Form.F13]
    assert messages(desk, birth.id) == [("case.accepted", 1), ("case.decided", 3), ("case.delivered", 4)]
    for form in (Form.F11, Form.F13):
        assert "样例001" in printed(chief, done, form)


def test_acceptance_decision_and_end_are_one_action(desk: Desk) -> None:
    """Rule 7 of §2.6; what fails leaves the draft."""
    chief = with_role(desk, Role.CHIEF)
    draft = fill(desk, pension(**BIRTH))
    faulty = FaultyStore(desk.store)
    faulty.arm(0)
    with pytest.raises(StorageProblem):
        deciding.accept_and_decide(dataclasses.replace(chief, store=faulty), draft.id, Result(Outcome.GRANTED))
    for own, application in ((desk, pension(**BIRTH)), (chief, pension())):
        other = fill(desk, application)
        with pytest.raises(Refused):
            deciding.accept_and_decide(own, other.id, Result(Outcome.GRANTED))
        with desk.store.begin(reading=True) as uow:
            assert uow.cases.count() == 0
            assert uow.drafts.get(other.id) is not None
    faulty.arm(0, after=True)
    with pytest.raises(StorageProblem):
        deciding.accept_and_decide(
            dataclasses.replace(chief, store=faulty), draft.id, Result(Outcome.GRANTED), Receiver()
        )
    done = deciding.accept_and_decide(
        chief, draft.id, Result(Outcome.GRANTED), Receiver()
    )  # it was done: found, not doubled
    assert (done.case.state, done.case.revision) == (CaseState.DELIVERED, 4)
    assert {job.form for job in done.jobs} == {Form.F2, Form.F11, Form.F13}
    assert len(done.jobs) == 3


def test_what_is_taken_here_for_another_place_is_not_decided_here(desk: Desk) -> None:
    scoped = dataclasses.replace(BIRTH_ITEM, scope=("全渝通办",))
    chief = dataclasses.replace(with_role(desk, Role.CHIEF), catalogue=SmallCatalogue(scoped, events=()))
    draft = fill(chief, pension(**BIRTH, elsewhere=Elsewhere("全渝通办", "万州区")))
    case = accept_draft(chief, draft.id).case
    with pytest.raises(Refused, match="别处"):
        deciding.decide_on_the_spot(chief, case.id, Result(Outcome.GRANTED))
    assert not deciding.may_be_decided_here(chief, case)


def test_a_situation_that_is_promised_on_the_spot_is_decided_on_the_spot(desk: Desk) -> None:
    """备案即办: 承诺件 as a whole, 当场 in this situation, by the rules the case began with."""
    at_once = LimitWhen(Answered("elsewhere", frozenset({"no"})), TimeLimit(LimitUnit.ON_THE_SPOT))
    filing = dataclasses.replace(PENSION, limits_when=(at_once,))
    chief = dataclasses.replace(with_role(desk, Role.CHIEF), catalogue=SmallCatalogue(filing, events=()))
    case = accept_draft(chief, fill(chief, pension()).id).case
    assert deciding.may_be_decided_here(chief, case)
    assert not deciding.may_be_decided_here(desk, case)  # by other rules it is a 承诺件
    assert deciding.decide_on_the_spot(chief, case.id, Result(Outcome.GRANTED)).case.outcome == "准予"


def test_a_refusal_on_the_spot_says_why_and_what_can_be_done(desk: Desk, birth: Case) -> None:
    chief = with_role(desk, Role.CHIEF)
    with pytest.raises(Refused, match="理由"):
        deciding.decide_on_the_spot(chief, birth.id, Result(Outcome.REFUSED))
    with pytest.raises(Refused, match="依据的条款"):
        deciding.decide_on_the_spot(chief, birth.id, Result(Outcome.REFUSED, "出生证编号查无此号"))
    result = Result(Outcome.REFUSED, "出生证编号查无此号", basis="《样例办法》第七条")
    done = deciding.decide_on_the_spot(chief, birth.id, result)
    text = printed(chief, done, Form.F10)
    for words in (
        "不予确认决定书",
        "决定不予确认",
        "出生证编号查无此号。",
        "依据的条款：《样例办法》第七条。",
        "60日",
        "6个月",
    ):
        assert words in text


def test_only_a_chief_and_only_what_is_done_on_the_spot(desk: Desk, birth: Case, taken: Case) -> None:
    with pytest.raises(Refused, match="首席事务代表"):
        deciding.decide_on_the_spot(desk, birth.id, Result(Outcome.GRANTED))
    with pytest.raises(Refused, match="即办件"):
        deciding.decide_on_the_spot(with_role(desk, Role.CHIEF), taken.id, Result(Outcome.GRANTED))
    assert case_of(desk, taken.id) == taken


def finish(desk: Desk, case_id: str) -> None:
    with desk.store.begin() as uow:
        body = {"case_id": case_id, "revision": 1, "result": "准予", "note": "每月发放"}
        apply(uow, FeedEntry(1, Scope.WINDOW, NewsKind.DECIDED, body), desk.clock.now())
        uow.commit()


@pytest.mark.parametrize(
    ("receiver", "words"),
    [
        (Receiver(), "申请人本人"),
        (Receiver(Handing.AUTHORISED, "冉小样", "500199199508200078", "子女"), "子女"),
        (Receiver(Handing.MAIL, carrier="邮政", mail_number="SF1234"), "邮政SF1234"),
        (
            Receiver(Handing.LEFT, reason="认为金额不对", witness="李见证（样例村村委会）", place="样例村 1 组住处"),
            "拒收原因认为金额不对见证人李见证（样例村村委会）留置地点样例村1组住处",
        ),
        (
            Receiver(Handing.ANNOUNCED, reason="搬走了，电话不通", place="区政务服务网", since=dt.date(2026, 10, 20)),
            "公告原因搬走了，电话不通公告处区政务服务网公告日期2026年10月20日送达时间2026年11月19日",
        ),
    ],
)
def test_a_result_is_handed_over_against_a_signature(desk: Desk, taken: Case, receiver: Receiver, words: str) -> None:
    finish(desk, taken.id)
    done = deciding.deliver(with_role(desk, Role.DELIVERY), taken.id, receiver)
    assert (done.case.state, [job.form for job in done.jobs]) == (CaseState.DELIVERED, [Form.F11, Form.F13])
    text = printed(desk, done, Form.F13)
    assert words in text
    assert "500199199508200078" not in text
    assert "每月发放" in printed(desk, done, Form.F11)


@pytest.mark.parametrize("note", ["已经在别处领取", None])
def test_what_the_department_refused_is_handed_over_as_a_refusal_with_its_remedies(
    desk: Desk, taken: Case, note: str | None
) -> None:
    """It was once told by F11, which names no way to object (data sheet §4 F10)."""
    body = {"case_id": taken.id, "revision": 1, "result": "不予", "note": note}
    with desk.store.begin() as uow:
        apply(uow, FeedEntry(1, Scope.WINDOW, NewsKind.DECIDED, body), desk.clock.now())
        uow.commit()
    done = deciding.deliver(desk, taken.id, Receiver())
    assert [job.form for job in done.jobs] == [Form.F10, Form.F13]
    text = printed(desk, done, Form.F10)
    for words in (note or "承办部门的理由没有随结果传来", "60日", "6个月", "作出，由本窗口送达"):
        assert words in text


def test_the_way_of_service_is_ticked_and_signed_by_whoever_was_there(desk: Desk, taken: Case) -> None:
    finish(desk, taken.id)
    left = Receiver(Handing.LEFT, reason="认为金额不对", witness="李见证", place="住处")
    done = deciding.deliver(desk, taken.id, left)
    text = printed(desk, done, Form.F13)
    assert "【√】留置送达" in text
    assert text.count("【√】") == 1
    assert "见证人签名：" in text
    assert "受送达人（代收人）签名" not in text
    assert acts_of(done.case)[-1].reason == "认为金额不对"


def test_an_announcement_is_no_service_before_its_time(desk: Desk, taken: Case) -> None:
    finish(desk, taken.id)
    early = Receiver(Handing.ANNOUNCED, reason="找不到人", place="报纸", since=dt.date(2026, 10, 25))
    with pytest.raises(Refused, match="满 30 日，到 2026-11-24"):
        deciding.deliver(desk, taken.id, early)
    assert case_of(desk, taken.id).state is CaseState.FINISHED
    clock_of(desk).move(days=1)
    assert deciding.deliver(desk, taken.id, early).case.state is CaseState.DELIVERED


@pytest.mark.parametrize(
    "receiver",
    [
        Receiver(Handing.AUTHORISED, "冉小样"),
        Receiver(Handing.MAIL),
        Receiver(Handing.LEFT, reason="拒收", place="住处"),
        Receiver(Handing.ANNOUNCED, reason="找不到人", place="报纸"),
    ],
)
def test_nothing_is_handed_to_nobody(desk: Desk, taken: Case, receiver: Receiver) -> None:
    with pytest.raises(Refused, match="不能送达"):
        deciding.deliver(desk, taken.id, Receiver())
    finish(desk, taken.id)
    with pytest.raises(Refused, match="要写明"):
        deciding.deliver(desk, taken.id, receiver)


def test_one_service_one_rating_and_a_time_out_is_none(desk: Desk, taken: Case) -> None:
    silent = rate.not_rated(desk, taken.id)
    assert silent.content["rating"].keys() == {"state", "at", "window"}  # no level by default
    assert messages(desk, taken.id)[-1] == ("case.rated", 2)
    rated = rate.rate(desk, taken.id, 2, ["213"], "等了很久")  # 补评
    assert rate.rating_of(rated) is RatingState.RATED
    with pytest.raises(Refused, match="只评一次"):
        rate.rate(desk, taken.id, 5)
    with desk.store.begin(reading=True) as uow:
        told = [entry.happening for entry in uow.journal.of_case(taken.id) if "rating" in entry.happening.verb]
    assert [(each.verb, dict(each.detail)) for each in told] == [("rating.not_rated", {}), ("rating.rated", {})]


@pytest.mark.parametrize(("level", "reasons"), [(6, []), (0, []), (5, ["213"])])
def test_what_is_no_rating_is_refused(desk: Desk, taken: Case, level: int, reasons: list[str]) -> None:
    with pytest.raises(Refused):
        rate.rate(desk, taken.id, level, reasons)


def test_cases_go_over_together_with_one_list_or_not_at_all(desk: Desk, taken: Case, deferred: Case) -> None:
    with pytest.raises(Refused):
        moves.transfer(desk, [taken.id, "nothing"], "样例区政务中心")
    assert case_of(desk, taken.id) == taken
    with pytest.raises(Refused, match="页数"):
        moves.transfer(desk, [taken.id], "样例区政务中心", sheets=-3)
    done = moves.transfer(desk, [taken.id, deferred.local_number], "样例区政务中心", sheets=3)
    assert {each.case.state for each in done} == {CaseState.TRANSFERRED}
    text = printed(desk, done[0], Form.F14)
    for words in (taken.local_number, deferred.local_number, "样例区政务中心", "2件", "3页", "冉*例", "接收方签名"):
        assert words in text
    assert "冉样例" not in text  # a list that leaves the hall is masked


# ------------------------------------------------------------------------------------------------------------- 应急


def test_what_was_taken_by_hand_keeps_its_number_and_its_day(desk: Desk) -> None:
    numbers = emergency.reserve(desk, 2)
    assert numbers == ("应急500199-W03G1-0001", "应急500199-W03G1-0002")
    clock_of(desk).move(days=2)
    given = pension(signature=ON_PAPER)
    moment = dt.datetime(2026, 11, 23, 10, 5)  # noqa: DTZ001 - as a clerk writes it
    done = emergency.enter(desk, given, PAGES, number=numbers[0], taken_at=moment)
    case = done.case
    assert (case.accepted_on, case.deadline["day"]) == (dt.date(2026, 11, 23), "2026-11-30")
    assert case.local_number == "渝临500199-W03G1-20261125-0001"
    assert acts_of(case)[0].day == dt.date(2026, 11, 25)
    text = printed(desk, done, Form.F16)
    for words in (numbers[0], "2026-11-2310:05", case.local_number):
        assert words in text
    assert emergency.enter(desk, given, PAGES, number=numbers[0], taken_at=moment).case == case
    assert [(row.number, row.local_number) for row in emergency.ledger(desk)] == [
        (numbers[0], case.local_number),
        (numbers[1], ""),
    ]
    for number, at in (("应急500199-W03G1-0009", moment), (numbers[1], moment + dt.timedelta(days=9))):
        with pytest.raises(Refused):
            emergency.enter(desk, given, PAGES, number=number, taken_at=at)


# ------------------------------------------------------------------------------------------------------- for all of them


def test_the_same_key_again_answers_the_same_case_once(desk: Desk) -> None:
    given = pension(signature=ON_PAPER)
    first = accept_application(desk, given, PAGES, key="综窗 7")
    clock_of(desk).move(days=1)
    assert accept_application(desk, given, PAGES, key="综窗 7").case == first.case
    with pytest.raises(Refused, match="内容却不一样"):
        accept_application(desk, dataclasses.replace(given, delivery="邮寄"), PAGES, key="综窗 7")
    assert accept_application(desk, given, PAGES, key="综窗 8").case.id != first.case.id
    assert accept_application(desk, given, PAGES, key="a" * 32).case.id == "a" * 32


def test_a_sheet_signed_on_paper_is_bound_when_it_is_entered(desk: Desk) -> None:
    case = accept_application(desk, pension(signature=ON_PAPER), PAGES).case
    assert case.content["signature"]["shown_sha256"] == case.content["notes"]["shown_sha256"]
    with pytest.raises(Refused, match="还不能受理"):
        accept_application(desk, pension(signature=Signature("pad", "")), PAGES)
    received = receive_application(desk, pension(), PAGES)
    assert received.case.state is CaseState.RECEIVED


ACTS: list[tuple[str, Callable[[Desk, str], object]]] = [
    ("withdraw", moves.withdraw),
    ("transfer", lambda desk, case_id: moves.transfer(desk, [case_id], "那边")),
    ("rate", lambda desk, case_id: rate.rate(desk, case_id, 5)),
    ("void", lambda desk, case_id: moves.void(desk, case_id, "错了", seen_by(desk))),
]


@pytest.mark.parametrize(("name", "act"), ACTS)
def test_a_commit_that_fails_leaves_nothing_behind(
    desk: Desk, taken: Case, second: str, name: str, act: Callable[[Desk, str], object]
) -> None:
    faulty = FaultyStore(desk.store)
    faulty.arm(0)
    broken = dataclasses.replace(desk, store=faulty)
    before = (messages(desk, taken.id), verbs(desk, taken.id))
    with pytest.raises(StorageProblem):
        act(broken, taken.id)
    assert case_of(desk, taken.id) == taken
    assert (messages(desk, taken.id), verbs(desk, taken.id)) == before
    act(desk, taken.id)
    assert case_of(desk, taken.id).revision == 2


@pytest.mark.parametrize(("name", "act"), ACTS)
@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_who_sees_no_case_moves_none(
    desk: Desk, taken: Case, second: str, role: Role, name: str, act: Callable[[Desk, str], object]
) -> None:
    with pytest.raises(Refused, match="岗位"):
        act(with_role(desk, role), taken.id)
    assert case_of(desk, taken.id) == taken


def test_every_act_says_who_where_when_and_how_far_the_clock_is_trusted(desk: Desk, taken: Case) -> None:
    """Rule 4 of §2.6."""
    act = last_act(moves.withdraw(desk, taken.id, "不办了").case, Move.WITHDRAW)
    assert act is not None
    assert (act.by, act.window, act.reason, act.online) == ("wangmin", "03", "不办了", False)
    assert act.at == desk.clock.now()


def test_an_authorised_person_with_a_mistyped_number_gets_nothing(desk: Desk, taken: Case) -> None:
    finish(desk, taken.id)
    for number in ("500199199508200071", "500199 19951332 0071"):
        with pytest.raises(Refused, match="代领人的身份证号码"):
            deciding.deliver(desk, taken.id, Receiver(Handing.AUTHORISED, "冉小样", number, "子女"))
    assert case_of(desk, taken.id).state is CaseState.FINISHED
    passport = Receiver(Handing.AUTHORISED, "冉小样", "E12345678", "子女")
    assert deciding.deliver(desk, taken.id, passport).case.state is CaseState.DELIVERED
