"""收件: each call is on disk at once; the plan is derived from the draft alone; the signature binds to what was shown."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from clerk_app.domain.application import Given
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.conditions import Answered
from clerk_app.domain.hall import Role
from clerk_app.domain.people import Verification
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.service_item import Question, WayKind
from clerk_app.domain.signing import Signature
from clerk_app.errors import BadInput, Refused
from clerk_app.ports import Store
from clerk_app.usecases import intake
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.planning import NOT_GIVEN, plan
from tests.fakes.desk import OTHER_PAGE, PAGE, PERSON, a_desk, clock_of, fill, newborn, pension, signed
from tests.fakes.items import BIRTH, YES_NO, SmallCatalogue

CARD = {
    "name": "冉样例",
    "sex": "女",
    "ethnicity": "土家族",
    "birth": "1960-03-15",
    "address": "重庆市演示区演示镇样例路 3 号",
    "id_number": "500199196003150120",
}


def journal(desk: Desk) -> list[str]:
    with desk.store.begin(reading=True) as uow:
        return [entry.happening.verb for entry in uow.journal.entries()]


def test_a_draft_is_kept_from_its_first_moment_and_field_by_field(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    clock_of(desk).move(minutes=1)
    intake.save(desk, draft.id, {"applicant.name": "冉"})
    intake.save(desk, draft.id, {"applicant.name": "冉样例", "applicant.phone": "138"})
    intake.save(desk, draft.id, {"applicant.phone": None})
    kept = intake.load(desk, draft.id)
    assert kept.section("applicant") == {"name": "冉样例"}
    assert kept.saved_ms == draft.saved_ms + 60_000
    assert intake.drafts(desk) == (kept,)
    assert journal(desk) == ["draft.open"]


def test_a_clerk_sees_only_her_own_drafts(desk: Desk) -> None:
    intake.open_draft(desk)
    other = dataclasses.replace(desk, session=dataclasses.replace(desk.session, login="other"))
    assert intake.drafts(other) == ()


def test_a_draft_given_up_is_gone_and_the_journal_knows(desk: Desk) -> None:
    draft = fill(desk, pension())
    intake.discard(desk, draft.id)
    assert intake.drafts(desk) == ()
    assert journal(desk) == ["draft.open", "draft.discard"]
    for gone in (
        lambda: intake.load(desk, draft.id),
        lambda: intake.save(desk, draft.id, {"step": "item"}),
        lambda: intake.discard(desk, draft.id),
        lambda: intake.add_page(desk, draft.id, "register", PAGE, "capture"),
    ):
        with pytest.raises(Refused, match="已经不在"):
            gone()


@pytest.mark.parametrize(
    "values",
    [
        {"field.account": 3},
        {"field.account": 1.5},
        {"answer.elsewhere": ["yes"]},
        {"applicant.name": 3},
        {"applicant.document_kind": "library card"},
        {"material.register": {"way": "telepathy"}},
        {"material.register": {"way": "capture", "pages": "abc"}},
        {"material.register": {"way": "capture", "x": 0.5}},
        {"signature": {"kind": "thumb", "shown_sha256": "x"}},
        {"field.place": "\ud800"},
    ],
)
def test_what_cannot_be_read_again_is_never_saved(desk: Desk, values: dict[str, Any]) -> None:
    """One bad value once made the whole draft unreadable for ever."""
    draft = fill(desk, pension())
    with pytest.raises(BadInput):
        intake.save(desk, draft.id, values)
    assert intake.load(desk, draft.id) == draft
    plan(desk, intake.load(desk, draft.id))


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CLERK, Role.CHIEF, Role.VISITOR)])
def test_only_who_may_take_cases_touches_a_draft(desk: Desk, role: Role) -> None:
    draft = intake.open_draft(desk)
    stranger = dataclasses.replace(desk, session=dataclasses.replace(desk.session, role=role))
    for attempt in (
        lambda: intake.open_draft(stranger),
        lambda: intake.load(stranger, draft.id),
        lambda: intake.drafts(stranger),
        lambda: intake.save(stranger, draft.id, {"step": "x"}),
        lambda: intake.choose(stranger, draft.id, "pension"),
        lambda: intake.add_page(stranger, draft.id, "register", PAGE, "capture"),
        lambda: intake.page_bytes(stranger, draft.id, "0" * 64),
        lambda: intake.discard(stranger, draft.id),
    ):
        with pytest.raises(Refused, match="岗位"):
            attempt()


def test_choosing_another_item_keeps_the_answers_but_sends_only_what_it_asks_for(desk: Desk) -> None:
    draft = fill(desk, pension())
    draft = intake.choose(desk, draft.id, "birth")
    view = plan(desk, draft)
    assert view.application.fields == {}  # the account number stays in the draft and goes to nobody
    assert view.application.answers == {}
    assert plan(desk, intake.choose(desk, draft.id, "pension")).application.fields["account"]
    with pytest.raises(Refused):
        intake.choose(desk, draft.id, "no-such-item")


# --- what the camera saw -----------------------------------------------------------------------------------------------


def test_a_card_fills_the_applicant_and_doubtful_fields_wait_for_a_look(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    draft = intake.take_seen(desk, draft.id, Seen(SeenKind.ID_FRONT, fields=CARD, doubtful=("id_number", "address")))
    person = plan(desk, draft).application.applicant
    assert (person.name, person.document_number, person.ethnicity) == ("冉样例", "500199196003150120", "土家族")
    assert plan(desk, draft).doubtful == ("address", "document_number")
    assert plan(desk, intake.looked_at(desk, draft.id, "address")).doubtful == ("document_number",)
    assert plan(desk, intake.looked_at(desk, draft.id, "document_number")).doubtful == ()


def test_another_card_leaves_nothing_of_the_earlier_person(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    intake.take_seen(desk, draft.id, Seen(SeenKind.ID_FRONT, fields=CARD))
    intake.save(desk, draft.id, {"applicant.phone": "13812343210"})
    other = {"name": "田样例", "id_number": "50019919550820007X"}  # its address could not be read
    person = plan(desk, intake.take_seen(desk, draft.id, Seen(SeenKind.ID_FRONT, fields=other))).application.applicant
    assert (person.name, person.sex, person.birth) == ("田样例", "男", "1955-08-20")
    assert (person.address, person.phone, person.ethnicity) == ("", "", "")


def test_the_same_card_seen_worse_takes_nothing_away(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    intake.take_seen(desk, draft.id, Seen(SeenKind.ID_FRONT, fields=CARD))
    again = Seen(SeenKind.ID_FRONT, fields={"id_number": CARD["id_number"]})
    assert plan(desk, intake.take_seen(desk, draft.id, again)).application.applicant.address == CARD["address"]


def test_a_code_seen_without_a_line_is_never_verified(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    draft = intake.take_seen(desk, draft.id, Seen(SeenKind.CODE, text="YKU-DEMO.x"))
    assert plan(desk, draft).application.applicant.verification is Verification.PENDING_ONLINE
    draft = intake.take_seen(desk, draft.id, Seen(SeenKind.ID_FRONT, fields=CARD))
    assert plan(desk, draft).application.applicant.verification is Verification.PENDING_ONLINE
    assert "YKU-DEMO" not in str(draft.values)  # the raw code is not stored


def test_what_claims_to_be_verified_is_not_believed(desk: Desk) -> None:
    """Promise 10: a JSON from elsewhere may say 已核验, this window has not seen it."""
    claimed = dataclasses.replace(PERSON, verification=Verification.VERIFIED)
    card = Given(WayKind.E_CERTIFICATE, verification=Verification.VERIFIED)
    view = plan(desk, fill(desk, pension(applicant=claimed, materials={"id_card": card}), sign=False))
    assert view.application.applicant.verification is Verification.PENDING_ONLINE
    assert view.application.materials["id_card"].verification is Verification.PENDING_ONLINE
    assert dict(view.shown)["现在不能核验"].startswith("申请人身份、身份证")


@pytest.mark.parametrize("kind", [SeenKind.PAGE, SeenKind.NOTHING])
def test_nothing_usable_changes_nothing(desk: Desk, kind: SeenKind) -> None:
    draft = intake.open_draft(desk)
    with pytest.raises(BadInput):
        intake.take_seen(desk, draft.id, Seen(kind))
    assert intake.load(desk, draft.id) == draft


# --- pages -------------------------------------------------------------------------------------------------------------


def test_pages_are_kept_in_order_once_each_and_read_back(desk: Desk) -> None:
    draft = intake.open_draft(desk)
    for page in (PAGE, OTHER_PAGE, PAGE):
        draft = intake.add_page(desk, draft.id, "register", page, "capture")
    assert draft.values["material.register"]["pages"] == [bytes_hash(PAGE), bytes_hash(OTHER_PAGE)]
    assert intake.page_bytes(desk, draft.id, bytes_hash(OTHER_PAGE)) == OTHER_PAGE
    draft = intake.add_page(desk, draft.id, "register", PAGE, "on_site")
    assert draft.values["material.register"]["pages"] == [bytes_hash(PAGE)]  # another way begins anew


# --- the plan ----------------------------------------------------------------------------------------------------------


def test_everything_that_is_missing_is_said_at_once(desk: Desk) -> None:
    agent = dataclasses.replace(PERSON, name="田样例", document_number="500199195508200071", birth="", sex="")
    wrong = {"register": Given(WayKind.CAPTURE, (bytes_hash(PAGE),), faults=("首页要有户主", "本人页要清楚"))}
    young = dataclasses.replace(PERSON, document_number="500199201506010131", birth="", sex="").with_known_from_number()
    application = pension(
        applicant=young, agent=agent, materials=wrong, answers={"elsewhere": "maybe"}, fields={"since": "2023-02-30"},
        delivery="信鸽",
    )  # fmt: skip
    draft = fill(desk, application, sign=False)
    draft = intake.save(desk, draft.id, {"doubtful": ["address"], "material.register": wrong["register"].to_json()})
    said = plan(desk, draft).obstacles
    for words in (
        "代办人：校验位不对",
        "要年满 60 周岁，申请人现在 11 周岁",
        "还没有回答：在外地缴过费吗？",
        "首页要有户主",
        "本人页要清楚",
        "发放账户：请填写发放账户",
        "参保日期：2023 年没有 2 月 30 日",
        "请看一眼识别结果：住址",
        "请选一种领取方式",
        "申请人还没有签字确认",
    ):
        assert any(words in reason for reason in said), words


def test_an_unknown_age_does_not_pass_an_age_limit(desk: Desk) -> None:
    passport = {"applicant.document_kind": "414", "applicant.document_number": "E12345678"}
    draft = fill(desk, pension())
    draft = intake.save(desk, draft.id, {**passport, "applicant.birth": None, "applicant.sex": None})
    assert any("请填写申请人的出生日期" in reason for reason in plan(desk, draft).obstacles)
    draft = intake.save(desk, draft.id, {"applicant.birth": "1960-03-15"})
    assert not any("周岁" in reason for reason in plan(desk, draft).obstacles)


def test_half_an_agent_is_an_agent(desk: Desk) -> None:
    draft = intake.save(desk, fill(desk, pension()).id, {"agent.document_number": "50019919550820007X"})
    view = plan(desk, draft)
    assert view.facts.agent
    assert "代办人：请填写姓名" in view.obstacles


def test_a_waiver_is_proposed_taken_back_and_not_proposed_again(desk: Desk) -> None:
    draft = fill(desk, pension(), sign=False)
    row = next(row for row in plan(desk, draft).rows if row.material.id == "id_card")
    assert row.suggested
    assert row.given == Given(WayKind.E_CERTIFICATE, verification=Verification.PENDING_ONLINE)
    view = plan(desk, intake.save(desk, draft.id, {"material.id_card": NOT_GIVEN}))
    assert next(row for row in view.rows if row.material.id == "id_card").given is None
    assert "缺少身份证" in view.obstacles


def test_questions_follow_the_answers_and_defaults_before_them(desk: Desk) -> None:
    view = plan(desk, fill(desk, newborn(answers={"married": "yes"}), sign=False))
    assert view.application.answers == {"insured": "no", "married": "yes"}
    assert view.application.parts == ("birth", "card")
    view = plan(desk, intake.save(desk, view.draft.id, {"answer.insured": "yes", "parts": None}))
    assert view.application.parts == ("birth", "card", "claim")


def test_a_question_that_a_default_answer_brings_up_is_asked(store: Store) -> None:
    first = Question("first", "一？", YES_NO, default="yes")
    second = Question("second", "二？", YES_NO, when=Answered("first", frozenset({"yes"})))
    item = dataclasses.replace(BIRTH, id="chain", questions=(first, second), materials=(), fields=())
    desk = a_desk(store, catalogue=SmallCatalogue(item))
    draft = fill(desk, pension(item_id="chain", answers={}, materials={}, fields={}), sign=False)
    assert "还没有回答：二？" in plan(desk, draft).obstacles
    draft = intake.save(desk, draft.id, {"answer.second": "no"})
    assert plan(desk, draft).application.answers == {"first": "yes", "second": "no"}
    view = plan(desk, intake.save(desk, draft.id, {"answer.first": "no"}))
    assert view.application.answers == {"first": "no"}  # what is no longer asked has no answer


def test_what_was_typed_is_kept_tidy(desk: Desk) -> None:
    view = plan(desk, fill(desk, pension(fields={"account": "6214 8300 1234 5678", "since": "090801"}), sign=False))
    assert view.application.fields == {"account": "6214830012345678", "since": "2009-08-01"}


# --- the signature -----------------------------------------------------------------------------------------------------


def test_signed_and_complete_is_acceptable(desk: Desk) -> None:
    view = plan(desk, fill(desk, pension()))
    assert view.signed
    assert view.obstacles == ()


@pytest.mark.parametrize(
    "edit",
    [
        {"answer.elsewhere": "yes"},
        {"field.account": "6214830012345678902"},
        {"field.account": "6214839912345678901"},  # behind the mask: the last four digits stay
        {"field.since": "2009-08-02"},
        {"delivery": "邮寄"},
        {"applicant.name": "冉样列"},
        {"applicant.document_number": "500199196003150104"},
        {"applicant.phone": "13812343211"},
        {"applicant.address": "别处"},
        {"applicant.ethnicity": "苗族"},
        {"agent.name": "田样例"},
        {"material.register": {"way": "capture", "pages": [bytes_hash(OTHER_PAGE)]}},  # as many pages, another one
        {"material.photo": {"way": "on_site", "pages": [bytes_hash(PAGE)]}},
        {"material.id_card": {"way": "capture", "pages": [bytes_hash(PAGE)]}},
        {"item": "claim"},
        {"parts": ["birth"], "item": "newborn"},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_any_edit_after_signing_voids_the_signature(desk: Desk, edit: dict[str, Any]) -> None:
    draft = fill(desk, pension())
    assert plan(desk, draft).signed
    changed = plan(desk, intake.save(desk, draft.id, edit))
    assert not changed.signed
    assert "内容在签字后改过，请申请人再看一遍、重新签字" in changed.obstacles
    assert plan(desk, signed(desk, changed.draft)).signed


def test_putting_it_back_as_it_was_makes_the_signature_good_again(desk: Desk) -> None:
    draft = fill(desk, pension())
    intake.save(desk, draft.id, {"field.since": "2010-01-01"})
    assert plan(desk, intake.save(desk, draft.id, {"field.since": "2009-08-01"})).signed


def test_what_changes_nothing_leaves_the_signature(desk: Desk) -> None:
    draft = fill(desk, pension())
    assert plan(desk, intake.save(desk, draft.id, {"step": "confirm", "field.since": "090801"})).signed


def test_an_empty_pad_is_no_signature(desk: Desk) -> None:
    draft = fill(desk, pension(), sign=False)
    sha = plan(desk, draft).shown_sha256
    assert not plan(desk, intake.save(desk, draft.id, {"signature": Signature("pad", sha).to_json()})).signed
    assert not plan(desk, intake.save(desk, draft.id, {"signature": Signature("pad", sha, ((),)).to_json()})).signed
    assert plan(desk, intake.save(desk, draft.id, {"signature": Signature("paper", sha).to_json()})).signed


def test_the_applicant_is_shown_everything_and_no_full_number(desk: Desk) -> None:
    later = Given(WayKind.DEFER, until="2026-11-26")
    answers, fields = {"elsewhere": "yes"}, {"account": "6214830012345678901", "since": "2009-08-01", "place": "成都"}
    application = pension(answers=answers, fields=fields)
    application = dataclasses.replace(application, materials={**application.materials, "proof": later})
    rows = dict(plan(desk, fill(desk, application)).shown)
    assert rows == {
        "办什么事": "养老待遇申领",
        "申请人": "冉样例　500199********0120",
        "收到材料": "户口簿 1 页",
        "免交材料": "身份证",
        "还要补交": "缴费凭证（11 月 26 日前）",
        "现在不能核验": "身份证（联网后自动核对）",
        "姓名": "冉样例",
        "联系电话": "13812343210",
        "发放账户": "***************8901",
        "参保日期": "2009-08-01",
        "参保地": "成都",
        "多久办好": "11 月 30 日前",
        "怎么取": "本窗口领取",
        "单独同意": "使用金融账户，只为办这件事",
    }


def test_the_next_day_shows_another_date_and_asks_for_a_new_signature(desk: Desk) -> None:
    draft = fill(desk, pension())
    clock_of(desk).move(days=1)
    assert not plan(desk, draft).signed
