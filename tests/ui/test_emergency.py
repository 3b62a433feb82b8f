"""应急补录: from a number on a hand slip to a case, its receipt and the ledger; on the real store, by keyboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.paper import Form
from clerk_app.domain.service_item import FieldType
from clerk_app.domain.time import Stamp
from clerk_app.errors import BadInput
from clerk_app.usecases.emergency import ledger, reserve
from clerk_app.usecases.printing import order_of
from clerk_app.usecases.queries import case_detail
from printing.paper import ReportlabPaper
from tests.printing.reading import squeezed, text_of
from tests.ui.counter import begin, counter, only_case, shoot_missing, signed_in, unguarded
from tests.ui.hands import Hands
from ui.screens.emergency import EmergencyScreen, moment
from ui.widgets.entry import Entry

TYPED = {
    FieldType.TEXT: "务农",
    FieldType.PHONE: "13800000000",
    FieldType.ADDRESS: "重庆市演示区演示镇样例路18号2-3",
    FieldType.DATE: "2020-01-01",
    FieldType.CARD_NUMBER: "A12345678",
}


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    with signed_in(counter(pool, tmp_path), qtbot) as made:
        yield made


def screen(hands: Hands) -> EmergencyScreen:
    found = hands.view.place_of("emergency").widget
    assert isinstance(found, EmergencyScreen)
    return found


def opened_slip(hands: Hands, day: str = "20261120", time: str = "0940", by: str = "李华") -> EmergencyScreen:
    """Ctrl+J, the first number, its slip filled in, Ctrl+Jnter."""
    with unguarded(hands.hall):
        reserve(hands.hall.desk, 3)
    hands.press("Ctrl+J")
    place = screen(hands)
    hands.until(lambda: len(place.table.spoken()) == 3 and hands.idle())
    hands.press("Return")
    for entry, text in ((place.day, day), (place.time, time), (place.by, by)):
        entry.setFocus()
        hands.type(text)
    hands.press("Ctrl+Return")
    return place


def test_a_hand_slip_becomes_a_case_with_its_number_its_time_and_its_clerk(hands: Hands) -> None:
    opened_slip(hands)
    hands.until(lambda: hands.intake.at == "applicant" and bool(hands.intake.session.draft_id) and hands.idle())
    begin(hands, "social-card-password")
    plan = hands.intake.session.plan
    assert plan is not None
    for question in plan.questions:
        hands.intake.session.edit({f"answer.{question.id}": question.choices[0].value})
    hands.rest()
    hands.go("materials")
    shoot_missing(hands)
    hands.go("form")
    for field, made in hands.form_fields():
        if isinstance(made, Entry) and not made.text():
            made.setFocus()
            hands.type(TYPED.get(field.type, "1"))
        elif not isinstance(made, Entry):
            made.setFocus()
            hands.press("1")
    hands.rest()
    hands.go("confirm")
    assert not hands.window.applicant.showing, "the applicant is not here: nothing is put on their screen"
    hands.press("F8")
    hands.press("F12")
    hands.rest()
    assert "只补受理" in hands.view.say_line.text
    hands.press("F4")
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.signed))
    plan = hands.intake.session.plan
    assert plan is not None
    assert plan.signed, plan.obstacles
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
    case = only_case(hands.hall)
    kept = case.content["emergency"]
    assert kept["number"].startswith("应急500199-W03G1-")
    assert kept["taken_by"] == "李华"
    assert Stamp.from_json(kept["taken_at"]).local.strftime("%Y-%m-%d %H:%M") == "2026-11-20 09:40"
    assert case.accepted_on == dt.date(2026, 11, 20), "the days count from when it was taken"
    assert case.content["signature"]["kind"] == "paper"
    with unguarded(hands.hall):
        jobs = case_detail(hands.hall.desk, case.id).jobs
        (slip,) = [job for job in jobs if job.form is Form.F16]
        paper = squeezed(text_of(ReportlabPaper().render(order_of(hands.hall.desk, slip.id))))
        rows = ledger(hands.hall.desk)
    assert "李华" in paper
    assert [bool(row.case_id) for row in rows] == [True, False, False]
    hands.press("Ctrl+J")
    place = screen(hands)
    hands.until(lambda: any(case.local_number in line for line in place.table.spoken()) and hands.idle())
    assert "已补录 1 个" in place._count.text()
    assert case.local_number in place.table.spoken()[-1], "what is still open comes first"


def test_an_entry_begun_is_opened_again_and_waits_among_the_drafts(hands: Hands) -> None:
    place = opened_slip(hands)
    hands.until(lambda: hands.intake.at == "applicant" and bool(hands.intake.session.draft_id) and hands.idle())
    first = hands.intake.session.draft_id
    begin(hands, "social-card")
    hands.press("Ctrl+N")
    hands.until(hands.idle)
    hands.press("Ctrl+J")
    hands.until(lambda: any("补录了一半" in line for line in place.table.spoken()) and hands.idle())
    place.table.setFocus()
    hands.press("Ctrl+Return")
    hands.until(lambda: hands.intake.session.draft_id == first and hands.idle())
    assert hands.intake.session.text("item") == "social-card", "what was entered stays"
    hands.press("Ctrl+2")
    drafts = hands.view.place_of("drafts").widget
    hands.until(lambda: any("应急补录" in line for line in drafts.table.spoken()))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("day", "time", "by", "words"),
    [
        ("", "0940", "李华", "哪天收的"),
        ("20261120", "2577", "李华", "几点收的"),
        ("20261120", "", "李华", "几点收的"),
        ("20261120", "0940", "", "谁收的"),
        ("20261121", "2359", "李华", "不能晚于现在"),
    ],
)
def test_what_is_not_on_the_slip_is_asked_for(hands: Hands, day: str, time: str, by: str, words: str) -> None:
    place = opened_slip(hands, day, time, by)
    hands.until(lambda: words in place.fault.text() and hands.idle())
    with unguarded(hands.hall), hands.hall.store.begin(reading=True) as uow:
        assert uow.drafts.all() == ()


def test_a_moment_is_read_as_people_write_it() -> None:
    today = dt.date(2026, 11, 21)
    for day, time in (("20261120", "9:05"), ("2026-11-20", "0905"), ("20261120", "9：05")):
        assert moment(day, time, today).isoformat() == "2026-11-20T09:05:00"
    for text in ("24:00", "9", "ab:cd", "12345"):
        with pytest.raises(BadInput):
            moment("20261120", text, today)
