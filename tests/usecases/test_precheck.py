"""Before signing: findings that refuse nothing, and the rules about who stands beside the applicant that do."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from clerk_app.domain.application import Application, Given
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.feed import FeedEntry, NewsKind, Scope
from clerk_app.domain.form import field_fault, tidy
from clerk_app.domain.paper import Form
from clerk_app.domain.parties import Elsewhere, Mandate, Organisation
from clerk_app.domain.people import DocumentKind, Person, id_check_digit
from clerk_app.domain.precheck import Finding
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.service_item import FieldType, FormField, WayKind
from clerk_app.errors import BadInput, Refused
from clerk_app.usecases import intake
from clerk_app.usecases.accept import accept_draft, draft_values
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.knowing import person_hash
from clerk_app.usecases.moves import withdraw
from clerk_app.usecases.news import apply
from clerk_app.usecases.planning import Plan, plan
from clerk_app.usecases.printing import order_of
from printing.paper import ReportlabPaper
from tests.fakes.desk import OTHER_PAGE, PAGE, PERSON, a_desk, clock_of, fill, newborn, pension, signed
from tests.fakes.items import BIRTH, NEWBORN, PENSION, SmallCatalogue
from tests.printing.reading import squeezed, text_of

BIRTH_ALONE = {
    "item_id": "birth",
    "answers": {"married": "yes"},
    "materials": {
        "parents_id": Given(WayKind.CAPTURE, (bytes_hash(PAGE),), reason="电子证照调不出来"),
        "born_paper": Given(WayKind.CAPTURE, (bytes_hash(OTHER_PAGE),)),
    },
    "fields": {"child.name": "冉㛃"},
}


def person(birth: str, name: str = "样例") -> Person:
    first17 = "500199" + birth.replace("-", "") + "101"
    return Person(name, document_number=first17 + id_check_digit(first17)).with_known_from_number()


def look(desk: Desk, application: object, **extra: str) -> Plan:
    draft = fill(desk, application, sign=False)  # type: ignore[arg-type]
    if extra:
        draft = intake.save(desk, draft.id, {key.replace("__", "."): value for key, value in extra.items()})
    return plan(desk, draft)


def rules(view: Plan) -> set[str]:
    return {finding.rule for finding in view.findings} - {"repeat_elsewhere"}


def test_a_clean_application_has_only_what_waits_for_the_line(desk: Desk) -> None:
    view = look(desk, pension())
    assert [(finding.rule, finding.pending) for finding in view.findings] == [("repeat_elsewhere", True)]


@pytest.mark.parametrize(
    ("valid_to", "found"),
    [
        ("2026-11-22", {"card_expired"}),
        ("2026.11.22", {"card_expired"}),
        ("2026-11-23", set()),
        ("长期", set()),
        ("?", {"card_date"}),
    ],
)
def test_an_expired_card_is_seen_and_refuses_nothing(desk: Desk, valid_to: str, found: set[str]) -> None:
    draft = fill(desk, pension())
    draft = intake.save(desk, draft.id, {"card.valid_to": valid_to})
    view = plan(desk, signed(desk, draft))
    assert rules(view) == found
    assert view.obstacles == ()


def test_the_same_person_and_item_again_is_seen(desk: Desk) -> None:
    first = accept_draft(desk, fill(desk, pension()).id).case
    view = look(desk, pension())
    assert rules(view) == {"repeat"}
    assert first.local_number in view.findings[0].text
    assert rules(look(desk, newborn())) == set()  # the same person, another entry
    withdraw(desk, first.id)
    assert rules(look(desk, pension())) == set()  # what was taken back is no repetition
    other = dataclasses.replace(PERSON, document_number="50019919550820007X", birth="", sex="")
    assert rules(look(desk, pension(applicant=other.with_known_from_number()))) == set()


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        (newborn(), pension(**BIRTH_ALONE), "已有同一人同一事项的办件"),
        (pension(**BIRTH_ALONE), newborn(), f"里已有同一人的“{BIRTH.name}”"),
    ],
)
def test_a_part_by_itself_and_its_life_event_are_a_repetition(
    desk: Desk, first: Application, then: Application, words: str
) -> None:
    number = accept_draft(desk, fill(desk, first).id).case.local_number
    (seen,) = [each for each in look(desk, then).findings if each.rule == "repeat"]
    assert words in seen.text
    assert number in seen.text


def test_a_repetition_is_seen_by_a_passport_too(desk: Desk) -> None:
    guest = Person("ERIKSSON", DocumentKind.PASSPORT, "L898902C3", birth="1950-08-12", phone="13812343210")
    accept_draft(desk, fill(desk, pension(applicant=guest)).id)
    assert rules(look(desk, pension(applicant=guest))) == {"repeat"}
    assert rules(look(desk, pension(applicant=dataclasses.replace(guest, document_number="M898902C3")))) == set()


def test_fields_that_contradict_the_card_or_each_other_are_seen(desk: Desk) -> None:
    draft = fill(desk, pension(), sign=False)
    draft = intake.save(desk, draft.id, {"field.applicant.name": "冉别人"})
    assert "field_and_document" in rules(plan(desk, draft))


def test_one_person_cannot_be_two(desk: Desk) -> None:
    assert "same_person" in rules(look(desk, pension(agent=PERSON)))


def test_every_finding_says_what_to_do_and_where_it_comes_from(desk: Desk) -> None:
    accept_draft(desk, fill(desk, pension()).id)
    view = look(desk, pension(agent=PERSON), card__valid_to="2020-01-01")
    assert {"repeat", "same_person", "card_expired", "repeat_elsewhere"} <= {each.rule for each in view.findings}
    for finding in view.findings:
        assert isinstance(finding, Finding)
        assert all((finding.text, finding.what_to_do, finding.source))
        assert PERSON.document_number not in finding.text


# ------------------------------------------------------------------------------------------------ who stands beside


@pytest.mark.parametrize(
    ("birth", "guardian", "wrong"),
    [
        ("2015-06-01", None, "要由监护人"),
        ("2015-06-01", "1990-05-05", ""),
        ("2015-06-01", "2010-05-05", "监护人要年满 18 周岁"),
        ("2010-11-24", None, "要由监护人"),  # 16 tomorrow
        ("2010-11-23", None, ""),  # 16 today
        ("1990-01-01", None, ""),
    ],
)
def test_a_child_is_not_alone(desk: Desk, birth: str, guardian: str | None, wrong: str) -> None:
    own = newborn(applicant=person(birth), guardian=person(guardian, "监护") if guardian else None)
    view = look(desk, own)
    assert (wrong in "".join(view.beside)) if wrong else view.beside == ()


def test_an_agent_acts_under_a_mandate_with_scope_and_end(desk: Desk) -> None:
    agent = person("1990-05-05", "冉代办")
    own = pension(agent=agent, materials={**pension().materials, "mandate": Given(WayKind.FORM)})
    view = look(desk, own)
    assert view.application.mandate == Mandate(("递交", "签收"), "2026-11-30")
    assert ("委托代办", "递交、签收，至 2026-11-30") in view.shown
    done = accept_draft(desk, fill(desk, own).id)
    assert Form.F8 in {job.form for job in done.jobs}
    job = next(job for job in done.jobs if job.form is Form.F8)
    text = squeezed(text_of(ReportlabPaper().render(order_of(desk, job.id))))
    for words in (
        "委托人冉样例",
        "受托人冉代办",
        "【√】递交【√】签收",
        "2026年11月30日",
        "委托人签名：",
        "受托人签名：",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("reason", "enough"), [(".", False), ("……", False), ("a", False), ("啊啊啊", False), ("要原件", True)]
)
def test_a_sign_is_no_reason(desk: Desk, reason: str, enough: bool) -> None:
    page = Given(WayKind.CAPTURE, (bytes_hash(OTHER_PAGE),), reason=reason)
    view = look(desk, pension(materials={**pension().materials, "id_card": page}))
    assert any("可以免交" in text for text in view.obstacles) is not enough


@pytest.mark.parametrize(
    ("mandate", "wrong"),
    [
        (Mandate(("签收",), "2026-12-31"), "没有“递交”"),
        (Mandate(("递交", "全部"), "2026-12-31"), "请从"),
        (Mandate(("递交",), "2026-11-22"), "到期"),
        (Mandate(("递交",), "明年"), "没有填对"),
    ],
)
def test_a_mandate_that_does_not_hold_refuses(desk: Desk, mandate: Mandate, wrong: str) -> None:
    assert wrong in "".join(look(desk, pension(agent=person("1990-05-05", "冉代办"), mandate=mandate)).obstacles)


def test_an_organisation_is_checked_by_its_code(desk: Desk) -> None:
    good = look(desk, pension(organisation=Organisation("样例有限公司", "91500199MA9DEM01X3")))
    assert good.beside == ()
    assert ("申请单位", "样例有限公司　91500199MA9DEM01X3") in good.shown
    bad = look(desk, pension(organisation=Organisation("", "91500199MA9DEM01X4")))
    assert {"申请单位：请填写单位名称", "申请单位：统一社会信用代码的校验位不对"} == set(bad.beside)


def test_what_is_decided_elsewhere_says_where_and_under_which_scope(desk: Desk) -> None:
    wide = dataclasses.replace(PENSION, scope=("全渝通办", "川渝通办"))
    desk = dataclasses.replace(desk, catalogue=SmallCatalogue(wide, BIRTH, events=()))
    good = look(desk, pension(elsewhere=Elsewhere("川渝通办", "四川省广安市")))
    assert good.beside == ()
    assert ("在哪里办", "四川省广安市（川渝通办，本窗口代收）") in good.shown
    bad = look(desk, pension(elsewhere=Elsewhere("跨省通办", "贵州省")))
    assert "通办范围：全渝通办、川渝通办" in "".join(bad.obstacles)
    case = accept_draft(desk, fill(desk, pension(elsewhere=Elsewhere("全渝通办", "万州区"))).id).case
    assert (case.hall, case.content["elsewhere"]) == ("500199", {"scope": "全渝通办", "place": "万州区"})
    assert NEWBORN.id == "newborn"


# ---------------------------------------------------------------------------------------- promises, papers not needed

PROMISE = {
    "answers": {"elsewhere": "yes"},
    "materials": {"register": Given(WayKind.CAPTURE, (bytes_hash(PAGE),)), "proof": Given(WayKind.COMMITMENT)},
    "fields": {**pension().fields, "place": "成都"},
}


def tell(desk: Desk, **body: object) -> None:
    with desk.store.begin() as uow:
        apply(uow, FeedEntry(1, Scope.DISTRICT, NewsKind.PROMISE_BROKEN, body), desk.clock.now())
        uow.commit()


def test_after_a_broken_promise_there_is_no_further_one_until_trust_is_mended(desk: Desk) -> None:
    draft = fill(desk, pension(**PROMISE))
    tell(desk, people=[person_hash(PERSON)])
    with pytest.raises(Refused) as refused:
        accept_draft(desk, draft.id)
    assert any("不能再用告知承诺" in reason for reason in refused.value.reasons)
    assert "promise_broken" in rules(plan(desk, intake.load(desk, draft.id)))
    tell(desk, people=[person_hash(PERSON)], lifted=True)
    assert accept_draft(desk, draft.id).case.accepted_on == dt.date(2026, 11, 23)
    with desk.store.begin(reading=True) as uow:
        assert PERSON.document_number not in str(list(uow.journal.entries()))


@pytest.mark.parametrize("body", [{}, {"people": "all"}, {"people": [5]}, {"people": [], "lifted": "yes"}])
def test_a_list_that_is_none_changes_nothing(desk: Desk, body: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        tell(desk, **body)


def test_a_promise_is_never_proposed_by_the_window(desk: Desk) -> None:
    """Free choice (必知 17): only waivers and the window's own form are proposed."""
    view = look(desk, pension(answers={"elsewhere": "yes"}, materials={}))
    assert {row.given.way for row in view.rows if row.given} <= {WayKind.E_CERTIFICATE, WayKind.FORM}


def test_a_paper_that_need_not_be_given_needs_a_written_reason(desk: Desk) -> None:
    own = pension(materials={**pension().materials, "id_card": Given(WayKind.CAPTURE, (bytes_hash(OTHER_PAGE),))})
    draft = fill(desk, own)
    said = plan(desk, draft).application.materials["id_card"].reason
    assert said == intake.PAPER_REASONS[0]  # the applicant reads and signs that it was their choice
    assert any("申请人自愿交纸质件" in text for _, text in plan(desk, draft).shown)
    draft = intake.paper_reason(desk, draft.id, "id_card", "")
    assert any("可以免交" in text for text in plan(desk, draft).obstacles)
    draft = intake.paper_reason(desk, draft.id, "id_card", "电子证照照片看不清")
    assert not plan(desk, draft).signed  # what is said on it was not what was signed
    case = accept_draft(desk, signed(desk, draft).id).case
    assert case.content["materials"]["id_card"]["reason"] == "电子证照照片看不清"
    with desk.store.begin(reading=True) as uow:
        told = [
            each.happening for each in uow.journal.of_case(case.id) if each.happening.verb == "material.paper_asked"
        ]
    assert [dict(each.detail) for each in told] == [{"material": "id_card"}]


def test_an_older_clock_finds_no_card_expired(desk: Desk) -> None:
    clock_of(desk).move(days=-1)
    assert rules(look(desk, pension(), card__valid_to="2026-11-22")) == set()
    assert a_desk(desk.store).session.login == "wangmin"


def test_the_term_of_the_card_is_known_and_not_asked_again(desk: Desk) -> None:
    term = FormField("until", "证件有效期至", FieldType.DATE_OR_LONG, source="applicant.valid_to")
    item = dataclasses.replace(PENSION, fields=(*PENSION.fields, term))
    asks = dataclasses.replace(desk, catalogue=SmallCatalogue(item, events=()))
    draft = fill(asks, pension(), sign=False)
    assert term.id in [each.id for each in plan(asks, draft).fields]
    draft = intake.save(asks, draft.id, {"card.valid_to": "2031.11.20"})
    view = plan(asks, draft)
    assert term.id not in [each.id for each in view.fields]
    assert view.application.applicant.valid_to == "2031-11-20"
    case = accept_draft(asks, signed(asks, draft).id).case
    again = Application.from_json(case.content)
    assert (again.applicant.valid_to, draft_values(again, asks.clock.now())["card.valid_to"]) == ("2031-11-20",) * 2
    front = Seen(SeenKind.ID_FRONT, fields={"name": "别人", "id_number": "50019919550820007X"})
    other = intake.take_seen(asks, fill(asks, pension(), sign=False).id, front)
    assert other.text("card.valid_to") == ""


@pytest.mark.parametrize(
    ("typed", "kept", "fine"),
    [
        ("长期", "长期", True), ("20361231", "2036-12-31", True), ("2036年2月9日", "2036-02-09", True),
        ("36-12-31", "36-12-31", False), ("20360230", "20360230", False), ("以后", "以后", False),
    ],
)  # fmt: skip
def test_a_term_is_a_day_that_may_lie_ahead_or_without_end(typed: str, kept: str, fine: bool) -> None:
    term = FormField("until", "证件有效期至", FieldType.DATE_OR_LONG)
    today = dt.date(2026, 11, 23)
    assert (tidy(term, typed, today), field_fault(term, typed, today) == "") == (kept, fine)


def test_what_only_organisations_may_ask_for_is_refused_without_one(desk: Desk) -> None:
    item = dataclasses.replace(PENSION, applicant_types=("企业法人",))
    firms = dataclasses.replace(desk, catalogue=SmallCatalogue(item, events=()))
    view = look(firms, pension())
    assert view.beside == (f"“{PENSION.name}”只给单位办，请填写申请单位的名称和统一社会信用代码",)
    assert "organisation" in rules(view)
    assert look(firms, pension(organisation=Organisation("样例有限公司", "91500199MA9DEM01X3"))).beside == ()
    stub = dataclasses.replace(desk, catalogue=SmallCatalogue(dataclasses.replace(item, stub=True), events=()))
    assert look(stub, pension()).beside == ()  # 企业开办: there is no organisation yet; the department asks
