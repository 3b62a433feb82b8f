"""When to print which (data sheet §4): all eighteen forms, each by the act that calls for it, and each opened and read again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from clerk_app.domain.application import Given
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import Outcome
from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.paper import FORM_NAMES, Form
from clerk_app.domain.procedures import SpecialKind
from clerk_app.domain.refusing import DeclineKind
from clerk_app.domain.service_item import WayKind
from clerk_app.domain.signing import Signature
from clerk_app.usecases import deciding, emergency, intake, moves, special
from clerk_app.usecases.accept import accept_draft, decline_draft, give_notice, refer_draft, take_in
from clerk_app.usecases.completing import Brought, correct
from clerk_app.usecases.deciding import Receiver, Result
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.handwritten_papers import order_by_hand
from clerk_app.usecases.printing import order_for_case
from clerk_app.usecases.special import Procedure
from printing.paper import ReportlabPaper
from tests.fakes.desk import PAGE, PAGES, clock_of, fill, pension
from tests.printing.reading import squeezed, text_of
from tests.usecases.test_decision_table import ELSEWHERE, REGISTER
from tests.usecases.test_moves import BIRTH, DEFERRED, seen_by, with_role
from tests.usecases.test_precheck import person

Made = tuple[str, list[Form]]
ON_PAPER = Signature("paper", "")


def forms(*done: object) -> list[Form]:
    return [job.form for each in done for job in each.jobs]  # type: ignore[attr-defined]


def received(desk: Desk) -> Made:
    done = take_in(desk, fill(desk, pension(), sign=False).id)
    return done.case.id, forms(done)


def accepted(desk: Desk) -> Made:
    done = accept_draft(desk, fill(desk, pension()).id)
    return done.case.id, forms(done)


def declined(desk: Desk) -> Made:
    done = decline_draft(
        desk, fill(desk, pension(), sign=False).id, DeclineKind.NOT_MET, "户籍不在本区", "《样例办法》第二条"
    )
    return done.case.id, forms(done)


def told(desk: Desk) -> Made:
    done = give_notice(desk, fill(desk, pension(materials={}), sign=False).id)
    return done.case.id, forms(done)


def corrected(desk: Desk) -> Made:
    case_id, _ = told(desk)
    given = Given(WayKind.CAPTURE, (bytes_hash(PAGE),), reason="申请人自愿交纸质件")
    return case_id, forms(correct(desk, case_id, Brought({"register": given}, pages=[PAGES[0]], signature=ON_PAPER)))


def deferred(desk: Desk) -> Made:
    done = accept_draft(desk, fill(desk, pension(**{**ELSEWHERE, "materials": DEFERRED})).id)
    return done.case.id, forms(done)


def promised(desk: Desk) -> Made:
    materials = {**REGISTER, "proof": Given(WayKind.COMMITMENT)}
    done = accept_draft(desk, fill(desk, pension(**{**ELSEWHERE, "materials": materials})).id)
    return done.case.id, forms(done)


def by_agent(desk: Desk) -> Made:
    materials = {**pension().materials, "mandate": Given(WayKind.FORM)}
    done = accept_draft(desk, fill(desk, pension(agent=person("1990-05-05", "冉代办"), materials=materials)).id)
    return done.case.id, forms(done)


def in_a_procedure(desk: Desk) -> Made:
    case_id, _ = accepted(desk)
    asked = Procedure(SpecialKind.HEARING, "有人提出听证", "听证通知第 1 号", dt.date(2026, 11, 30))
    return case_id, forms(special.begin(desk, case_id, asked))


def decided(outcome: Outcome) -> Callable[[Desk], Made]:
    def act(desk: Desk) -> Made:
        case = accept_draft(desk, fill(desk, pension(**BIRTH)).id).case
        result = Result(outcome, "" if outcome is Outcome.GRANTED else "编号查无此号", basis="《样例办法》第三条")
        return case.id, forms(deciding.decide_on_the_spot(with_role(desk, Role.CHIEF), case.id, result, Receiver()))

    return act


def withdrawn(desk: Desk) -> Made:
    case_id, _ = accepted(desk)
    return case_id, forms(moves.withdraw(desk, case_id))


def handed_over(desk: Desk) -> Made:
    case_id, _ = accepted(desk)
    return case_id, forms(*moves.transfer(desk, [case_id, accepted(desk)[0]], "区社保局", 3)[:1])


def referred(desk: Desk) -> Made:
    done = refer_draft(desk, intake.open_draft(desk).id, "区车管所", "换驾驶证")
    return done.case.id, forms(done)


def by_hand(desk: Desk) -> Made:
    (number,) = emergency.reserve(desk, 1)
    clock_of(desk).move(hours=3)
    taken = pension(signature=ON_PAPER)
    done = emergency.enter(desk, taken, PAGES, number=number, taken_at=dt.datetime(2026, 11, 23, 10, 0))  # noqa: DTZ001
    return done.case.id, forms(done)


def written(form: Form) -> Callable[[Desk], Made]:
    def act(desk: Desk) -> Made:
        case_id, _ = accepted(desk)
        return case_id, [order_by_hand(desk, case_id, form).form]

    return act


def voided(desk: Desk) -> Made:
    with desk.store.begin() as uow:
        uow.clerks.add(Clerk("lihua", "李华", Role.CLERK, b"k"))
        uow.commit()
    case_id, _ = accepted(desk)
    return case_id, forms(moves.void(desk, case_id, "选错了人", seen_by(desk)))


TABLE: dict[Form, tuple[Callable[[Desk], Made], list[Form]]] = {
    Form.F1: (received, [Form.F1]),
    Form.F2: (accepted, [Form.F2]),
    Form.F3: (declined, [Form.F3]),
    Form.F4: (told, [Form.F1, Form.F4]),
    Form.F5: (corrected, [Form.F5, Form.F2]),
    Form.F6: (deferred, [Form.F6, Form.F2]),
    Form.F7: (promised, [Form.F7, Form.F2]),
    Form.F8: (by_agent, [Form.F8, Form.F2]),
    Form.F9: (in_a_procedure, [Form.F9]),
    Form.F10: (decided(Outcome.REFUSED), [Form.F10, Form.F13]),
    Form.F11: (decided(Outcome.GRANTED), [Form.F11, Form.F13]),
    Form.F12: (withdrawn, [Form.F12]),
    Form.F13: (decided(Outcome.GRANTED), [Form.F11, Form.F13]),
    Form.F14: (handed_over, [Form.F14]),
    Form.F15: (referred, [Form.F15]),
    Form.F16: (by_hand, [Form.F2, Form.F16]),
    Form.F17: (written(Form.F17), [Form.F17]),
    Form.F18: (written(Form.F18), [Form.F18]),
    Form.VOID: (voided, [Form.VOID]),
}


@pytest.mark.parametrize("form", TABLE, ids=lambda form: form.name)
def test_each_form_comes_by_its_act_and_can_be_read(desk: Desk, form: Form) -> None:
    act, wanted = TABLE[form]
    case_id, made = act(desk)
    assert made == wanted
    text = squeezed(text_of(ReportlabPaper().render(order_for_case(desk, case_id, form))))
    assert {**FORM_NAMES, Form.F10: "不予确认决定书"}[form] in text  # a 行政确认


def test_no_form_is_left_out() -> None:
    assert set(TABLE) == set(Form)
    assert len(Form) == 18 + 1  # F1 to F18, and 作废, which the data sheet has no number for
