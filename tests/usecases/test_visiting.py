"""上门办 from the register to the case taken at the bedside, on the store in memory and on the encrypted one."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from clerk_app.domain.hall import Role
from clerk_app.domain.special_groups import Consent, ConsentBy, ConsentHow, Group, Listed, RunsOut
from clerk_app.domain.time import Stamp, Trust
from clerk_app.domain.visits import Surroundings, VisitState
from clerk_app.errors import BadInput, Refused
from clerk_app.usecases import visiting
from clerk_app.usecases.accept import accept_draft
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.intake import discard, load
from clerk_app.usecases.persons import correct, erase, kept_of
from tests.fakes.desk import PERSON, a_desk, clock_of, pension, put, signed

DAY = dt.date(2026, 11, 23)
CONSENT = Consent(ConsentBy.SELF, ConsentHow.SIGNED, dt.date(2026, 1, 5), dt.date(2027, 1, 4))
RAN = Listed(
    "", PERSON.name, PERSON.document_number, (Group.OLD,), "听力不好", PERSON.address, PERSON.phone, consent=CONSENT
)


def planned(desk: Desk, *items: str) -> tuple[Listed, str]:
    person = visiting.keep_person(desk, RAN)
    return person, visiting.plan_visit(desk, person.id, DAY, "10:30", items, "户口簿", "").id


def verbs(desk: Desk) -> list[str]:
    with desk.store.begin(reading=True) as uow:
        return [entry.happening.verb for entry in uow.journal.entries()]


def stop_of(desk: Desk) -> visiting.Stop:
    (stop,) = visiting.day_of(desk, DAY).stops
    return stop


def test_an_entry_is_kept_changed_and_each_look_is_journalled(desk: Desk) -> None:
    kept = visiting.keep_person(desk, RAN)
    visiting.keep_person(desk, dataclasses.replace(kept, needs="要轮椅"))
    assert [each.needs for each in visiting.register(desk)] == ["要轮椅"]
    assert verbs(desk) == ["register.new", "register.changed", "register.read"]
    with desk.store.begin(reading=True) as uow:
        told = "".join(str(entry.happening) for entry in uow.journal.entries())
    assert RAN.name not in told
    assert RAN.document_number not in told


def test_a_page_brought_up_to_date_under_the_same_eyes_is_one_look(desk: Desk) -> None:
    planned(desk)
    before = len(verbs(desk))
    assert visiting.register(desk, still=True) == visiting.register(desk)
    assert visiting.day_of(desk, DAY, still=True) == visiting.day_of(desk, DAY)
    assert verbs(desk)[before:] == ["register.read", "visit.day"]


def test_nobody_is_kept_without_consent(desk: Desk) -> None:
    with pytest.raises(BadInput, match="单独同意"):
        visiting.keep_person(desk, dataclasses.replace(RAN, consent=None))
    assert visiting.register(desk) == ()


@pytest.mark.parametrize("role", [Role.DELIVERY, Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR])
def test_other_roles_see_and_change_nothing(desk: Desk, role: Role) -> None:
    _, visit = planned(desk)
    stranger = a_desk(desk.store, role=role)
    for act in (
        lambda: visiting.register(stranger),
        lambda: visiting.keep_person(stranger, RAN),
        lambda: visiting.day_of(stranger, DAY),
        lambda: visiting.set_out(stranger, visit),
        lambda: visiting.finish(stranger, visit, VisitState.CANCELLED, note="x"),
        lambda: visiting.move_visit(stranger, visit, DAY, "11:00"),
    ):
        with pytest.raises(Refused, match="岗位"):
            act()


def test_a_visit_from_plan_to_the_case_taken_there(desk: Desk) -> None:
    _, visit = planned(desk, "pension")
    draft = visiting.set_out(desk, visit)
    assert draft.text("channel") == "上门"
    assert draft.text("item") == "pension"
    assert draft.text("applicant.name") == PERSON.name
    assert visiting.set_out(desk, visit).id == draft.id  # begun once, however often it is opened
    assert stop_of(desk).draft == draft.id
    with pytest.raises(BadInput, match="没办完"):
        visiting.finish(desk, visit, VisitState.DONE)
    signed(desk, put(desk, draft.id, pension(channel="上门")))
    case = accept_draft(desk, draft.id).case
    assert case.content["channel"] == "上门"
    clock_of(desk).move(minutes=70)
    ended = visiting.finish(desk, visit, VisitState.DONE, "11:20", "网格员周样例", "顺带教会了用老年卡")
    assert (ended.left_at, ended.back_at, ended.companion) == ("09:30", "11:20", "网格员周样例")
    stop = stop_of(desk)
    assert [each.local_number for each in stop.cases] == [case.local_number]
    assert stop.draft == ""
    with pytest.raises(Refused, match="记完"):
        visiting.set_out(desk, visit)


def test_done_wants_a_case_and_not_done_a_reason(desk: Desk) -> None:
    _, visit = planned(desk)
    draft = visiting.set_out(desk, visit)
    discard(desk, draft.id)
    with pytest.raises(BadInput, match="没有受理"):
        visiting.finish(desk, visit, VisitState.DONE)
    with pytest.raises(BadInput, match="为什么"):
        visiting.finish(desk, visit, VisitState.NOT_DONE, note=" ")
    assert visiting.finish(desk, visit, VisitState.NOT_DONE, note="家里没人").state is VisitState.NOT_DONE


def test_times_and_days_that_cannot_be(desk: Desk) -> None:
    person, visit = planned(desk)
    for day, at in ((DAY - dt.timedelta(1), "10:30"), (DAY, "25:00"), (DAY, "")):
        with pytest.raises(BadInput):
            visiting.move_visit(desk, visit, day, at)
        with pytest.raises(BadInput):
            visiting.plan_visit(desk, person.id, day, at, (), "", "")
    with pytest.raises(BadInput, match="同意已到期"):
        visiting.plan_visit(desk, person.id, dt.date(2027, 1, 5), "10:30", (), "", "")
    with pytest.raises(Refused):
        visiting.plan_visit(desk, person.id, DAY, "10:30", ("no-such-item",), "", "")
    assert visiting.move_visit(desk, visit, DAY, "15:20").at == "15:20"


def test_who_takes_the_consent_back_is_gone_with_all_visits_but_not_with_cases(desk: Desk) -> None:
    person, visit = planned(desk, "pension")
    draft = visiting.set_out(desk, visit)
    with pytest.raises(Refused, match="正在给"):
        visiting.forget_person(desk, person.id)
    signed(desk, put(desk, draft.id, pension()))
    case = accept_draft(desk, draft.id).case
    visiting.finish(desk, visit, VisitState.DONE)
    visiting.forget_person(desk, person.id)
    assert visiting.register(desk) == ()
    assert visiting.day_of(desk, DAY).stops == ()
    with desk.store.begin(reading=True) as uow:
        assert uow.cases.get(case.id) == case
    with pytest.raises(Refused, match="没有这位"):
        visiting.forget_person(desk, person.id)


def test_when_the_consent_ends_nothing_is_kept(desk: Desk) -> None:
    visiting.keep_person(desk, RAN)
    assert visiting.forget_ended(desk) == 0
    clock_of(desk).move(days=43)
    assert visiting.register(desk) == ()
    assert visiting.forget_ended(desk) == 0, "a clock that nobody vouches for"
    desk = dataclasses.replace(desk, clock=_Clock(dataclasses.replace(clock_of(desk).now(), trust=Trust.CHECKED)))
    assert visiting.forget_ended(desk) == 1
    with desk.store.begin(reading=True) as uow:
        assert uow.visits.people() == ()
    assert verbs(desk)[-1] == "register.ended"


def test_the_day_says_whom_to_offer_a_visit_and_what_to_look_at_first(desk: Desk) -> None:
    planned(desk, "pension")
    out = RunsOut("养老待遇资格认证", dt.date(2026, 12, 1), "pension")
    visiting.keep_person(desk, dataclasses.replace(RAN, name="何样例", runs_out=(out,)))
    seen = visiting.day_of(desk, DAY, Surroundings(3900, battery=58, catalogue_on=DAY))
    assert [(person.name, each.why) for person, each in seen.suggested] == [
        ("何样例", "养老待遇资格认证 12 月 1 日到期")
    ]
    assert [each.text for each in seen.checks if not each.fine] == ["电量 58%"]
    assert stop_of(desk).items == (desk.catalogue.scheme("pension").name,)


def test_a_guardians_consent_fills_the_guardian(desk: Desk) -> None:
    consent = dataclasses.replace(CONSENT, by=ConsentBy.GUARDIAN)
    person = visiting.keep_person(desk, dataclasses.replace(RAN, guardian="陈样例", consent=consent))
    visit = visiting.plan_visit(desk, person.id, DAY, "10:30", (), "", "")
    assert load(desk, visiting.set_out(desk, visit.id).id).text("guardian.name") == "陈样例"


def test_a_person_sees_corrects_and_takes_out_their_entry(desk: Desk) -> None:
    person, visit = planned(desk, "pension")
    (entry,) = kept_of(desk, PERSON.document_number).entries
    assert entry.item == "特殊群体服务台账"
    assert ("上门", "2026-11-23 10:30") in entry.values
    assert correct(desk, PERSON.document_number, {"phone": "13800009999"}, "核对了身份证") == 1
    assert [each.phone for each in visiting.register(desk)] == ["13800009999"]
    draft = visiting.set_out(desk, visit)
    assert erase(desk, PERSON.document_number).stays == (("特殊群体服务台账", "正在上门办理；记完这次上门就能删除"),)
    assert [each.id for each in visiting.register(desk)] == [person.id]
    with desk.store.begin(reading=True) as uow:
        assert uow.drafts.get(draft.id) is None
    visiting.finish(desk, visit, VisitState.NOT_DONE, note="本人不办了")
    assert erase(desk, PERSON.document_number).listed == 1
    with pytest.raises(Refused, match="没有这个人"):
        kept_of(desk, PERSON.document_number)


def test_a_clock_that_cannot_be_trusted_erases_nobody(desk: Desk) -> None:
    visiting.keep_person(desk, RAN)
    clock_of(desk).move(days=43)
    now = clock_of(desk).now()
    doubtful = dataclasses.replace(desk, clock=_Clock(dataclasses.replace(now, trust=Trust.SUSPECT)))
    assert visiting.forget_ended(doubtful) == 0
    checked = dataclasses.replace(desk, clock=_Clock(dataclasses.replace(now, trust=Trust.CHECKED)))
    assert visiting.forget_ended(checked) == 1


@dataclasses.dataclass
class _Clock:
    stamp: Stamp

    def now(self) -> Stamp:
        return self.stamp
