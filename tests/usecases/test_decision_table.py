"""Every row of the decision table of data sheet §4.1, with the papers it prints; then the seven rules of §2.6, the five-day list
and the checks before a file is closed."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from clerk_app.domain.acts import acts_of, with_act
from clerk_app.domain.application import Given
from clerk_app.domain.canonical import bytes_hash, parse_json
from clerk_app.domain.case import Case, CaseState, Move, Outcome, case_document
from clerk_app.domain.feed import FeedEntry, NewsKind, Scope
from clerk_app.domain.hall import Role
from clerk_app.domain.lint import case_faults
from clerk_app.domain.paper import Form, PrintState
from clerk_app.domain.people import Verification
from clerk_app.domain.refusing import DeclineKind
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import Signature
from clerk_app.errors import Refused
from clerk_app.usecases import archiving, deadlines_watch, figures, intake, queries
from clerk_app.usecases.accept import accept_draft, decline_draft, give_notice, refer_draft, take_in
from clerk_app.usecases.completing import Brought, correct
from clerk_app.usecases.deadlines_watch import confirm_deemed, following_papers, owed_answers, settle_identity
from clerk_app.usecases.deciding import Receiver, Result, decide_on_the_spot, deliver
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.news import apply
from clerk_app.usecases.printing import order_of, settle
from printing.paper import ReportlabPaper
from tests.fakes.desk import OTHER_PAGE, PAGE, PAGES, clock_of, fill, pension, signed
from tests.fakes.items import BIRTH, NEWBORN, PENSION, SmallCatalogue
from tests.printing.reading import squeezed, text_of
from tests.usecases.test_moves import BIRTH as BIRTH_APPLICATION
from tests.usecases.test_moves import DEFERRED, case_of, finish, with_role

REGISTER = {"register": Given(WayKind.CAPTURE, (bytes_hash(PAGE),))}
ELSEWHERE = {"answers": {"elsewhere": "yes"}, "fields": {**pension().fields, "place": "成都"}}
ON_PAPER = Signature("paper", "")


def forms(jobs: tuple[object, ...]) -> list[Form]:
    return [job.form for job in jobs]  # type: ignore[attr-defined]


# -------------------------------------------------------------------------------------------------------- §4.1, row by row


def test_row_1_all_there_and_done_on_the_spot(desk: Desk) -> None:
    accepted = accept_draft(desk, fill(desk, pension(**BIRTH_APPLICATION)).id)
    decided = decide_on_the_spot(with_role(desk, Role.CHIEF), accepted.case.id, Result(Outcome.GRANTED), Receiver())
    assert forms(accepted.jobs) + forms(decided.jobs) == [Form.F2, Form.F11, Form.F13]


def test_row_2_all_there_and_promised(desk: Desk) -> None:
    assert forms(accept_draft(desk, fill(desk, pension()).id).jobs) == [Form.F2]


def test_row_3_what_is_missing_may_follow(desk: Desk) -> None:
    done = accept_draft(desk, fill(desk, pension(**{**ELSEWHERE, "materials": DEFERRED})).id)
    assert (forms(done.jobs), done.case.state) == ([Form.F6, Form.F2], CaseState.ACCEPTED_DEFERRED)
    notice = next(job for job in done.jobs if job.form is Form.F2)
    assert "容缺后补" in squeezed(text_of(ReportlabPaper().render(order_of(desk, notice.id))))


def test_row_4_what_is_missing_may_be_promised(desk: Desk) -> None:
    materials = {**REGISTER, "proof": Given(WayKind.COMMITMENT)}
    assert forms(accept_draft(desk, fill(desk, pension(**{**ELSEWHERE, "materials": materials})).id).jobs) == [
        Form.F7,
        Form.F2,
    ]


def test_row_5_an_error_is_mended_on_the_spot(desk: Desk) -> None:
    """允许当场更正: what was found wrong stands in the draft until it is mended; then it is accepted, signed anew."""
    wrong = {"register": Given(WayKind.CAPTURE, (bytes_hash(PAGE),), faults=("首页要有户主",))}
    draft = fill(desk, pension(materials=wrong), sign=False)
    mended = {"way": "capture", "pages": [bytes_hash(PAGE)], "faults": ["首页要有户主"]}
    draft = intake.save(desk, draft.id, {"material.register": mended})
    with pytest.raises(Refused) as refused:
        accept_draft(desk, signed(desk, draft).id)
    assert "首页要有户主" in refused.value.reasons
    draft = intake.save(desk, draft.id, {"material.register": {**mended, "faults": []}})
    assert forms(accept_draft(desk, signed(desk, draft).id).jobs) == [Form.F2]


def test_row_6_missing_and_not_deferrable(desk: Desk) -> None:
    assert forms(give_notice(desk, fill(desk, pension(materials={}), sign=False).id).jobs) == [Form.F1, Form.F4]


def test_row_7_not_ours_or_not_needed(desk: Desk) -> None:
    declined = decline_draft(
        desk, fill(desk, pension(), sign=False).id, DeclineKind.NOT_NEEDED, "不用办，直接发", "《样例办法》第二条"
    )
    referred = refer_draft(desk, intake.open_draft(desk).id, "区车管所", "换驾驶证")
    assert (forms(declined.jobs), forms(referred.jobs)) == ([Form.F3], [Form.F15])


def test_row_8_what_the_platform_holds_is_not_handed_in(desk: Desk) -> None:
    done = take_in(desk, fill(desk, pension(), sign=False).id)
    text = squeezed(text_of(ReportlabPaper().render(order_of(desk, done.jobs[0].id))))
    assert "免交1份" in text


# ------------------------------------------------------------------------------------------------------ the rules of §2.6

PERMIT = dataclasses.replace(PENSION, task_type="01")


@pytest.fixture
def permits(desk: Desk) -> Desk:
    return dataclasses.replace(desk, catalogue=SmallCatalogue(PERMIT, BIRTH, events=()))


def test_rule_1_silence_for_five_days_accepts_a_licence_and_only_reddens_the_rest(desk: Desk, permits: Desk) -> None:
    permit = take_in(permits, fill(permits, pension(), sign=False).id).case
    tones = []
    for _ in range(6):
        clock_of(desk).move(days=1)
        row = owed_answers(permits)[0]
        tones.append((row.days, row.tone, row.deemed))
    # Tuesday to Sunday: days one to four, Friday; the weekend does not count.
    assert [tone for tone in tones if tone[0] == 4] == [(4, "red", False)] * 3
    assert tones[0] == (1, "green", False)
    assert tones[2] == (3, "amber", False)
    clock_of(desk).move(days=1)
    assert (owed_answers(permits)[0].days, owed_answers(permits)[0].deemed) == (5, False)
    supervisor = with_role(permits, Role.SUPERVISOR)
    with pytest.raises(Refused, match="没有到"):
        confirm_deemed(supervisor, permit.id)
    clock_of(desk).move(days=1)
    assert (owed_answers(permits)[0].days, owed_answers(permits)[0].deemed) == (6, True)
    assert not owed_answers(desk)[0].deemed  # the same silence for a 行政给付: red, and no more
    assert owed_answers(desk)[0].tone == "red"
    with pytest.raises(Refused, match="督导"):
        confirm_deemed(permits, permit.id)
    with pytest.raises(Refused):
        confirm_deemed(with_role(desk, Role.SUPERVISOR), permit.id)
    done = confirm_deemed(supervisor, permit.id)
    assert (done.case.accepted_on, done.case.deadline["day"]) == (dt.date(2026, 11, 23), "2026-11-30")
    assert forms(done.jobs) == [Form.F2]
    assert owed_answers(permits) == ()


def test_a_draft_in_which_somebody_applied_counts_among_the_five_days(desk: Desk) -> None:
    draft = fill(desk, pension(), sign=False)
    opened = intake.open_draft(desk)  # nobody applied for anything in it
    clock_of(desk).move(days=4)
    (row,) = owed_answers(desk)
    assert (row.case_id, row.draft, row.local_number, row.days, row.tone) == (draft.id, True, "", 4, "red")
    assert (row.item, row.deemed) == (PENSION.name, False)
    assert pension().applicant.name not in row.applicant
    assert (row.last_day, row.text.startswith("草稿（wangmin）还没有提交：第 4 个工作日")) == (
        dt.date(2026, 11, 30),
        True,
    )
    clock_of(desk).move(days=4)
    assert (owed_answers(desk)[0].days, owed_answers(desk)[0].text.endswith("请马上处理")) == (6, True)
    case = take_in(desk, draft.id).case
    assert [(each.case_id, each.draft) for each in owed_answers(desk)] == [(case.id, False)]
    intake.discard(desk, opened.id)


def test_rule_3_a_late_answer_is_found(desk: Desk) -> None:
    case = take_in(desk, fill(desk, pension(), sign=False).id).case
    clock_of(desk).move(days=10)
    done = correct(desk, case.id, Brought(signature=ON_PAPER)).case
    assert done.accepted_on == dt.date(2026, 12, 3)
    assert "five_days" in rules(desk, done)


def test_rule_6_an_ended_case_has_one_of_four_results() -> None:
    assert {outcome.value for outcome in Outcome} == {"准予", "不予", "撤回", "终止"}


# ------------------------------------------------------------------------------------------------ the lists, the identity


def test_papers_that_should_follow_are_listed_with_their_day(desk: Desk) -> None:
    deferred = accept_draft(desk, fill(desk, pension(**{**ELSEWHERE, "materials": DEFERRED})).id).case
    asked = give_notice(desk, fill(desk, pension(materials={}), sign=False).id).case
    clock_of(desk).move(days=4)
    rows = following_papers(desk)
    assert [(row.case_id, row.until, row.overdue) for row in rows] == [
        (deferred.id, dt.date(2026, 11, 26), True),
        (asked.id, dt.date(2026, 12, 14), False),
    ]
    assert {row.applicant for row in rows} == {"冉*例"}
    for role in (Role.ADMIN, Role.AUDITOR):
        with pytest.raises(Refused):
            following_papers(with_role(desk, role))


def test_a_mismatch_is_shown_until_a_person_has_compared(desk: Desk) -> None:
    case = accept_draft(desk, fill(desk, pension()).id).case
    with pytest.raises(Refused):
        settle_identity(desk, case.id, "当面核对过")  # nothing to settle
    with desk.store.begin() as uow:
        body = {"case_id": case.id, "verification": Verification.MISMATCH.value}
        apply(uow, FeedEntry(1, Scope.WINDOW, NewsKind.VERIFIED, body), desk.clock.now())
        uow.commit()
    detail = queries.case_detail(desk, case.id)
    assert (detail.identity, "不一致" in detail.row.attention) == ("核验不一致", True)
    settle_identity(desk, case.id, "当面核对过身份证和本人")
    detail = queries.case_detail(desk, case.id)
    assert (detail.identity, detail.row.attention) == ("人工核验", "")
    with desk.store.begin(reading=True) as uow:
        assert "当面" not in str(list(uow.journal.entries()))


def test_figures_of_the_day_know_no_limit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_AT_ONCE", 2)
    for _ in range(2):
        accept_draft(desk, fill(desk, pension()).id)
    clock_of(desk).move(days=1)
    for _ in range(5):
        accept_draft(desk, fill(desk, pension()).id)
    assert figures.today_figures(desk)["收件"] == 5


# ------------------------------------------------------------------------------------------- before the file is closed


def rules(desk: Desk, case: Case) -> set[str]:
    with desk.store.begin(reading=True) as uow:
        return {fault.rule for fault in archiving.faults_before_archiving(desk, uow, case)}


def print_all(desk: Desk, case_id: str) -> None:
    with desk.store.begin(reading=True) as uow:
        jobs = uow.print_jobs.of_case(case_id)
    for job in jobs:
        settle(desk, job.id, PrintState.SENT, spool_ref="1")
        settle(desk, job.id, PrintState.PRINTED)


def test_a_whole_file_is_archived_and_an_unfinished_one_says_what_is_missing(desk: Desk) -> None:
    case = accept_draft(desk, fill(desk, pension()).id).case
    assert rules(desk, case) == {"paper.F2"}
    finish(desk, case.id)
    with pytest.raises(Refused) as refused:
        archiving.archive(desk, case.id)
    assert set(refused.value.reasons) == {"受理通知书没有打印", "结果还没有送达"}
    deliver(desk, case.id, Receiver())
    print_all(desk, case.id)
    assert rules(desk, case_of(desk, case.id)) == set()
    archived = archiving.archive(desk, case.id).case
    assert archived.state is CaseState.ARCHIVED
    with desk.store.begin(reading=True) as uow:
        told = uow.outbox.of_case(case.id)[-1]
    assert (told.kind, told.revision) == ("case.archived", archived.revision)
    assert parse_json(told.body)["case"] == case_document(archived)


@pytest.fixture
def clean(desk: Desk) -> Case:
    case = accept_draft(desk, fill(desk, pension()).id).case
    finish(desk, case.id)
    deliver(desk, case.id, Receiver())
    print_all(desk, case.id)
    return case_of(desk, case.id)


def faulty(case: Case, rule: str) -> Case:
    """One fault planted in a clean file."""
    content = dict(case.content)
    acts = acts_of(case)
    match rule:
        case "five_days":
            early = {**case.received_at, "utc_ms": case.received_at["utc_ms"] - 14 * 86_400_000}
            return dataclasses.replace(case, received_at=early)
        case "before_received":
            return dataclasses.replace(case, accepted_on=dt.date(2026, 11, 20))
        case "signature":
            return dataclasses.replace(case, content={**content, "signature": None})
        case "signature_hash":
            return dataclasses.replace(
                case, content={**content, "signature": {**content["signature"], "shown_sha256": "0" * 64}}
            )
        case "decision_day":
            return dataclasses.replace(case, content={**content, "acts": [content["acts"][0], content["acts"][-1]]})
        case "outcome":
            return dataclasses.replace(case, outcome="")
        case "late":
            return dataclasses.replace(case, deadline={**case.deadline, "day": "2026-11-20"})
        case "delivery":
            left = [act.to_json() for act in acts if act.move is not Move.DELIVER]
            return dataclasses.replace(case, state=CaseState.ARCHIVED, content={**content, "acts": left})
        case "name":
            return dataclasses.replace(
                case, content={**content, "applicant": {**content["applicant"], "name": "冉别人"}}
            )
        case "complete_day":
            asked = dataclasses.replace(acts[0], move=Move.ASK_CORRECTION)
            came = dataclasses.replace(
                acts[0],
                move=Move.RECEIVE_CORRECTION,
                at=dataclasses.replace(acts[0].at, utc_ms=acts[0].at.utc_ms + 86_400_000),
                detail={"complete": True},
            )
            return dataclasses.replace(
                case, content={**content, "acts": [asked.to_json(), came.to_json(), *content["acts"][1:]]}
            )
        case "reason":
            nameless = dataclasses.replace(acts[0], move=Move.RETURN, reason=" ")
            return dataclasses.replace(case, content=with_act(content, nameless))
        case "notice_empty":
            asked = dataclasses.replace(acts[0], move=Move.ASK_CORRECTION)
            return dataclasses.replace(case, state=CaseState.CORRECTION_ASKED, content=with_act(content, asked))
    raise AssertionError(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "five_days", "before_received", "signature", "signature_hash", "decision_day", "outcome", "late", "delivery", "name",
        "complete_day", "reason", "notice_empty",
    ],
)  # fmt: skip
def test_each_fault_of_a_file_is_found_by_its_own_rule(desk: Desk, clean: Case, rule: str) -> None:
    every = set(Form)
    today = desk.clock.now().legal_date
    assert case_faults(clean, every, desk.calendar, today) == ()
    found = case_faults(faulty(clean, rule), every, desk.calendar, today)
    assert rule in {fault.rule for fault in found}
    assert all(fault.text and fault.source for fault in found)


def test_an_unfinished_case_past_its_day_is_late_and_one_that_waits_for_the_applicant_is_not(desk: Desk) -> None:
    case = accept_draft(desk, fill(desk, pension()).id).case
    clock_of(desk).move(days=30)
    assert "late" in rules(desk, case)
    waits = dataclasses.replace(case, state=CaseState.CORRECTION_ASKED)
    assert "late" not in rules(desk, waits)
    assert (PAGES[1][0], NEWBORN.id, deadlines_watch.RED_FROM) == (OTHER_PAGE, "newborn", 4)
