"""特殊程序 (F9): begin and end by role, state and reason; the promised day stands still between them, as far as it was told."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from clerk_app.domain.acts import acts_of, last_act
from clerk_app.domain.application import Given
from clerk_app.domain.canonical import bytes_hash, parse_json
from clerk_app.domain.case import MOVES, Case, CaseState, Move, case_document
from clerk_app.domain.feed import FeedEntry, NewsKind, Scope
from clerk_app.domain.hall import Role
from clerk_app.domain.paper import Form
from clerk_app.domain.procedures import SPECIAL_NAMES, SPECIAL_SOURCES, SpecialKind, SpecialProcedure
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import Signature
from clerk_app.errors import Refused
from clerk_app.usecases import special
from clerk_app.usecases.accept import accept_draft, take_in
from clerk_app.usecases.completing import Brought, correct
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.news import apply
from clerk_app.usecases.special import Procedure
from tests.fakes.desk import PAGE, clock_of, fill, newborn, pension
from tests.fakes.items import PENSION, SmallCatalogue
from tests.usecases.test_decision_table import rules
from tests.usecases.test_moves import case_of, messages, printed, verbs, with_role

D = dt.date
SURVEY = Procedure(SpecialKind.TESTING, "要检测水质", "部门检测通知第 3 号", D(2026, 11, 27))


@pytest.fixture
def taken(desk: Desk) -> Case:
    """Accepted on Monday 2026-11-23; five working days: 2026-11-30."""
    case = accept_draft(desk, fill(desk, pension()).id).case
    assert case.deadline["day"] == "2026-11-30"
    return case


def test_row_f9_the_notice_tells_name_reason_basis_time_and_the_new_last_day(desk: Desk, taken: Case) -> None:
    clock_of(desk).move(days=1)
    done = special.begin(desk, taken.id, SURVEY)
    assert (done.case.state, done.case.revision) == (CaseState.SPECIAL_PROCEDURE, 2)
    # Told until Friday: Wednesday to Friday do not count, so three working days later than before.
    assert done.case.deadline == {**taken.deadline, "day": "2026-12-03"}
    assert messages(desk, taken.id)[-1] == ("case.special_begun", 2)
    assert verbs(desk, taken.id)[-1] == "case.special_procedure"
    text = printed(desk, done, Form.F9)
    for words in ("特殊程序告知书", "需要进行检测", "要检测水质", "部门检测通知第3号", "3个工作日，到2026年11月27日",
                  "开始日期2026年11月24日", "不计算在办理期限内", "原办结日期2026年11月30日", "顺延后办结2026年12月3日（含）",
                  "业务受理专用章", "申请人签收：", "演示特〔2026〕"):  # fmt: skip
        assert words in text
    with desk.store.begin(reading=True) as uow:
        told = parse_json(uow.outbox.of_case(taken.id)[-1].body)["case"]
        assert "水质" not in str(list(uow.journal.entries()))  # free text stays in the case, sealed
    assert told == case_document(done.case)


def test_the_end_gives_back_the_days_that_were_not_used(desk: Desk, taken: Case) -> None:
    clock_of(desk).move(days=1)
    special.begin(desk, taken.id, SURVEY)
    clock_of(desk).move(days=1)  # over on Wednesday: one working day
    done = special.end(desk, taken.id, "检测合格")
    assert (done.case.state, done.case.deadline["day"]) == (CaseState.UNDER_REVIEW, "2026-12-01")
    assert messages(desk, taken.id)[-1] == ("case.special_ended", 3)
    assert verbs(desk, taken.id)[-1] == "case.special_ended"
    text = printed(desk, done, Form.F9)
    for words in ("检测已经结束", "检测合格", "其中1个工作日不计算在办理期限内", "部门检测通知第3号",
                  "2026年11月24日至2026年11月25日", "原办结日期2026年12月3日", "顺延后办结2026年12月1日（含）"):  # fmt: skip
        assert words in text
    assert "超过告知日期" not in text
    assert case_of(desk, taken.id) == done.case


def test_past_the_day_that_was_told_the_clock_goes_on_by_itself(desk: Desk, taken: Case) -> None:
    clock_of(desk).move(days=1)
    special.begin(desk, taken.id, SURVEY)
    row = special.under_way(desk)[0]
    assert (row.name, row.until, row.overdue) == ("检测", D(2026, 11, 27), False)
    assert "冉例" not in row.applicant
    clock_of(desk).move(days=7)  # Tuesday 12-01: two working days longer than told
    assert special.under_way(desk)[0].overdue
    done = special.end(desk, taken.id, "检测合格")
    assert done.case.deadline["day"] == "2026-12-03"  # as told, and no day more
    assert last_act(done.case, Move.END_SPECIAL).detail["late"] is True  # type: ignore[union-attr]
    assert "超过告知日期的时间，已经照常计算" in printed(desk, done, Form.F9)
    assert special.under_way(desk) == ()


def test_a_second_procedure_and_a_correction_add_up(desk: Desk, taken: Case) -> None:
    special.begin(desk, taken.id, dataclasses.replace(SURVEY, until=D(2026, 11, 24)))
    clock_of(desk).move(days=1)
    special.end(desk, taken.id, "检测合格")  # one day
    special.begin(desk, taken.id, dataclasses.replace(SURVEY, kind=SpecialKind.EXPERT_REVIEW, until=D(2026, 11, 26)))
    clock_of(desk).move(days=1)
    assert special.end(desk, taken.id, "评审通过").case.deadline["day"] == "2026-12-02"  # two days
    with desk.store.begin() as uow:
        body = {"case_id": taken.id, "revision": 5, "reasons": ["请补一份证明"]}
        apply(uow, FeedEntry(1, Scope.WINDOW, NewsKind.CORRECTION, body), desk.clock.now())
        uow.commit()
    clock_of(desk).move(days=1)  # Thursday
    back = correct(desk, taken.id, Brought(signature=Signature("paper", ""))).case
    assert (back.accepted_on, back.deadline["day"]) == (D(2026, 11, 23), "2026-12-03")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"reason": " "}, "原因"), ({"basis": ""}, "依据"), ({"until": D(2026, 11, 23)}, "今天以后"),
        ({"until": D(2026, 11, 1)}, "今天以后"), ({"until": D(2028, 1, 1)}, "太远"),
    ],
)  # fmt: skip
def test_nothing_begins_without_reason_basis_and_a_day_ahead(desk: Desk, taken: Case, change: dict, why: str) -> None:
    with pytest.raises(Refused, match=why):
        special.begin(desk, taken.id, dataclasses.replace(SURVEY, **change))
    assert case_of(desk, taken.id) == taken


@pytest.mark.parametrize("role", [Role.DELIVERY, Role.ADMIN, Role.AUDITOR])
def test_other_roles_may_neither_begin_nor_end(desk: Desk, taken: Case, role: Role) -> None:
    with pytest.raises(Refused, match="岗位"):
        special.begin(with_role(desk, role), taken.id, SURVEY)
    special.begin(with_role(desk, Role.SUPERVISOR), taken.id, SURVEY)
    with pytest.raises(Refused, match="岗位"):
        special.end(with_role(desk, role), taken.id, "检测合格")
    assert special.end(with_role(desk, Role.CHIEF), taken.id, "检测合格").case.state is CaseState.UNDER_REVIEW


def test_states_are_kept(desk: Desk, taken: Case) -> None:
    received = take_in(desk, fill(desk, pension(), sign=False).id).case
    with pytest.raises(Refused, match="现在是“收件”"):
        special.begin(desk, received.id, SURVEY)
    with pytest.raises(Refused, match="现在是“已受理”"):
        special.end(desk, taken.id, "检测合格")
    special.begin(desk, taken.id, SURVEY)
    with pytest.raises(Refused, match="现在是“特殊程序”"):
        special.begin(desk, taken.id, SURVEY)
    with pytest.raises(Refused, match="结果"):
        special.end(desk, taken.id, " ")
    assert case_of(desk, taken.id).revision == 2
    assert (MOVES[Move.BEGIN_SPECIAL][1], MOVES[Move.END_SPECIAL][1]) == (
        CaseState.SPECIAL_PROCEDURE,
        CaseState.UNDER_REVIEW,
    )


def test_the_item_may_say_the_basis_and_then_the_clerk_need_not(desk: Desk, taken: Case) -> None:
    item = dataclasses.replace(PENSION, special=(SpecialProcedure(SpecialKind.TESTING, "检测办法第 2 条"),))
    knows = dataclasses.replace(desk, catalogue=SmallCatalogue(item, events=()))
    assert special.listed(knows, taken) == item.special
    with pytest.raises(Refused, match="依据"):  # another procedure than the one listed
        special.begin(knows, taken.id, dataclasses.replace(SURVEY, basis="", kind=SpecialKind.HEARING))
    done = special.begin(knows, taken.id, dataclasses.replace(SURVEY, basis=""))
    assert last_act(done.case, Move.BEGIN_SPECIAL).text("basis") == "检测办法第 2 条"  # type: ignore[union-attr]


def test_of_a_life_event_the_whole_goes_with_its_parts_and_a_part_alone(desk: Desk) -> None:
    whole_set = {**newborn().materials, "portrait": Given(WayKind.ON_SITE, (bytes_hash(PAGE),))}
    package = accept_draft(desk, fill(desk, newborn(materials=whole_set)).id)
    part = package.parts[0]
    days = [each.deadline["day"] for each in package.parts if each.deadline]
    alone = special.begin(desk, part.id, SURVEY)
    assert (alone.case.state, case_of(desk, package.case.id).state) == (
        CaseState.SPECIAL_PROCEDURE,
        CaseState.ACCEPTED,
    )
    special.end(desk, part.id, "检测合格")
    whole = special.begin(desk, package.case.id, SURVEY)
    assert [job.form for job in whole.jobs] == [Form.F9]
    assert {each.state for each in whole.parts} == {CaseState.SPECIAL_PROCEDURE}
    # The first part is under review and goes along; papers that are still awaited would keep a part behind.
    assert len(whole.parts) == len(package.parts) == 2
    ended = special.end(desk, package.case.id, "检测合格")
    assert {each.state for each in (ended.case, *ended.parts)} == {CaseState.UNDER_REVIEW}
    assert [each.deadline["day"] for each in ended.parts if each.deadline] == days  # over on the same day: none lost


def test_a_decision_of_the_department_ends_what_still_runs_here(desk: Desk, taken: Case) -> None:
    special.begin(desk, taken.id, SURVEY)
    clock_of(desk).move(days=1)
    with desk.store.begin() as uow:
        body = {"case_id": taken.id, "revision": 2, "result": "准予"}
        apply(uow, FeedEntry(1, Scope.WINDOW, NewsKind.DECIDED, body), desk.clock.now())
        uow.commit()
    done = case_of(desk, taken.id)
    assert (done.state, done.outcome) == (CaseState.FINISHED, "准予")
    assert [act.move for act in acts_of(done)][-2:] == [Move.END_SPECIAL, Move.FINISH]
    assert special.under_way(desk) == ()


def test_the_file_check_counts_the_told_days_and_no_more(desk: Desk, taken: Case) -> None:
    """案卷评查: the promised day is not passed without a special procedure; with one, not further than was told."""
    special.begin(desk, taken.id, SURVEY)  # told until 11-27: last day 12-04
    assert case_of(desk, taken.id).deadline["day"] == "2026-12-04"
    clock_of(desk).move(days=11)  # 12-04
    assert "late" not in rules(desk, case_of(desk, taken.id))
    clock_of(desk).move(days=1)
    assert "late" in rules(desk, case_of(desk, taken.id))
    assert "paper.F9" in rules(desk, case_of(desk, taken.id))


def test_every_procedure_has_a_name_and_a_source() -> None:
    assert set(SPECIAL_NAMES) == set(SPECIAL_SOURCES) == set(SpecialKind)
    assert "疑" in SPECIAL_SOURCES[SpecialKind.PUBLIC_NOTICE]
