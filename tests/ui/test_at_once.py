"""首席事务代表: accept and decide in one step from the intake."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.case import CaseState
from clerk_app.domain.hall import Role
from clerk_app.domain.paper import Form
from clerk_app.usecases.queries import case_detail
from tests.ui.counter import begin, choose, counter, only_case, shoot_missing, signed_in, unguarded
from tests.ui.hands import Hands
from ui.widgets.entry import Entry


def desk_of(role: Role, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    with signed_in(counter(pool, tmp_path, role=role), qtbot) as made:
        yield made


@pytest.fixture
def chief(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    yield from desk_of(Role.CHIEF, qtbot, pool, tmp_path)


@pytest.fixture
def clerk(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    yield from desk_of(Role.CLERK, qtbot, pool, tmp_path)


def to_confirm(hands: Hands, *, agree: bool = True) -> None:
    begin(hands, "social-card-password")
    plan = hands.intake.session.plan
    assert plan is not None
    hands.intake.session.edit({f"answer.{question.id}": question.choices[0].value for question in plan.questions})
    hands.rest()
    hands.go("materials")
    shoot_missing(hands)
    hands.go("form")
    for _, made in hands.form_fields():
        made.setFocus()
        if isinstance(made, Entry):
            if not made.text():
                hands.type("6217000000000000001")
        else:
            hands.press("1")
    hands.rest()
    hands.go("confirm")
    if not agree:
        return
    hands.consent()
    hands.window.activateWindow()
    hands.until(lambda: hands.window.isActiveWindow() and hands.idle())


def test_one_step_takes_decides_and_hands_over(chief: Hands) -> None:
    hands = chief
    to_confirm(hands)
    hands.press("F12")
    hands.until(lambda: hands.intake.moves.isVisible() and hands.idle())
    choose(hands, hands.intake.moves, "受理并当场办结")
    hands.press("1")
    hands.press("Ctrl+Return")
    hands.until(lambda: "签字" in hands.intake.moves.fault.text() and hands.idle())
    with unguarded(hands.hall), hands.hall.store.begin(reading=True) as uow:
        assert uow.cases.count() == 0, "nothing is taken that the applicant has not signed"
    hands.press("Esc")
    hands.press("Esc")
    hands.until(lambda: hands.intake.at == "confirm" and hands.idle())
    hands.press("F4")
    hands.sign_and_wait()
    step = hands.intake.step("confirm")
    assert step._sheet.at_once.isVisible()  # type: ignore[attr-defined]
    hands.press("F12")
    hands.until(lambda: hands.intake.moves.isVisible() and hands.idle())
    choose(hands, hands.intake.moves, "受理并当场办结")
    hands.press("1")
    hands.press("Ctrl+Return")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
    case = only_case(hands.hall)
    assert case.state is CaseState.DELIVERED
    with unguarded(hands.hall):
        forms = {job.form for job in case_detail(hands.hall.desk, case.id).jobs}
    assert {Form.F2, Form.F11, Form.F13} <= forms
    hands.qtbot.wait(0)
    listed = hands.intake.receipt.papers._table.spoken()
    assert len(listed) == len(forms), "what was ordered stands on the receipt page"


def test_only_a_chief_has_it(clerk: Hands) -> None:
    to_confirm(clerk)
    clerk.press("F12")
    clerk.until(lambda: clerk.intake.moves.isVisible() and clerk.idle())
    assert not any("当场办结" in line for line in clerk.intake.moves.menu.spoken())
