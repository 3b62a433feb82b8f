"""The whole main job by keyboard, on the real catalogue, use cases and paper; the store refuses the GUI thread."""

from __future__ import annotations

import datetime as dt
import threading
from functools import partial
from pathlib import Path

import pytest

from clerk_app.domain.acts import last_act
from clerk_app.domain.case import CaseState, Move
from clerk_app.domain.paper import Form, PrintState
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.usecases.correction_term import usual_until
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.printing import settle
from clerk_app.usecases.queries import CaseDetail, case_detail
from tests.ui.hall import Place, card
from tests.ui.hands import Hands
from ui.main_window import MainWindow
from ui.screens.intake import receipt
from ui.services import LineState
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry, Line

PAGE = Path(__file__).parents[2] / "clerk_app" / "devices" / "sample_frames" / "page_payment_record.jpg"


def at_place(hands: Hands, place: str) -> bool:
    return hands.view.place == place


def to_form(hands: Hands) -> None:
    """From the ID card on the desk to an empty form, with 待遇申领 chosen by what people say."""
    hands.hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳")
    hands.rest()
    hands.go("item")
    hands.type("领养老金")
    hands.until(lambda: "待遇申领" in " ".join(hands.finds()[:1]))
    hands.press("Return")
    hands.rest()
    hands.press("1")
    hands.rest()
    hands.go("materials")
    hands.press("Down")
    hands.press("Down")
    hands.press("F6")
    hands.rest()
    hands.hall.eyes.page = Seen(SeenKind.PAGE, page_jpeg=PAGE.read_bytes())
    hands.press("Down")
    hands.press("F3")
    hands.rest()
    hands.go("form")


def to_receipt(hands: Hands) -> None:
    """A whole case, to the receipt."""
    to_form(hands)
    fill_form(hands)
    hands.go("confirm")
    hands.sign_and_wait()
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())


VALUES = {
    "phone": "13800000000",
    "account": "6217000000000000001",
    "date": "20100301",
    "number": "180",
    "name": "刘大明",
    "id_number": "500199196203142467",
}
"""What is typed into a field of this type."""


def fill_form(hands: Hands) -> None:
    for field, made in hands.form_fields():
        made.setFocus()
        if isinstance(made, Entry):
            if not made.text():
                hands.type(VALUES.get(field.type.value, "演示镇"))
        elif isinstance(made, Choices):
            hands.press("1")
    hands.rest()


def test_from_card_to_case_number_without_a_mouse_at_the_counter(window: MainWindow, hall: Place, hands: Hands) -> None:
    to_form(hands)
    fill_form(hands)
    hands.go("confirm")
    hands.consent()
    plan = hands.intake.session.plan
    assert plan is not None
    assert window.applicant.showing == plan.shown_sha256
    hands.sign_and_wait()
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "receipt")
    hands.until(lambda: hands.idle() and bool(hands.intake.receipt.papers.preview.images))
    (case,) = hall.store.state.cases.values()
    assert case.state is CaseState.ACCEPTED_DEFERRED
    assert hands.intake.receipt.number.text() == case.local_number
    assert hands.intake.receipt._numbers["前置回执"].text() == "排队中，有网就送"
    assert hands.intake.receipt._numbers["平台编号"].text() == "等渝快办发号"
    assert {job.form for job in hall.store.state.print_jobs.values()} >= {Form.F2, Form.F6}
    assert hall.store.state.drafts == {}
    assert (hall.line.nudges, hall.spool.nudges) == (1, 1)
    assert window.applicant.showing == ""
    hands.press("Ctrl+N")
    hands.until(lambda: hands.intake.at == "applicant")
    name = hands.field("applicant.name")
    assert isinstance(name, Entry)
    assert name.text() == "", "the last client stays on screen"


def test_accepting_early_says_what_is_missing_and_makes_no_case(hall: Place, hands: Hands) -> None:
    to_form(hands)
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "confirm")
    hands.rest()
    assert "还不能受理" in hands.view.say_line.text
    assert hall.store.state.cases == {}


def test_one_time_notice_is_asked_before_it_is_given(hall: Place, hands: Hands) -> None:
    hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳")
    hands.rest()
    hands.go("item")
    hands.type("领养老金")
    hands.until(lambda: "待遇申领" in " ".join(hands.finds()[:1]))
    hands.press("Return")
    hands.rest()
    hands.press("1")
    hands.rest()
    hands.go("materials")
    hands.press("Delete")  # the suggested waiver of the first paper is taken back
    hands.rest()
    hands.press("F8")
    hands.until(lambda: hands.intake._way.noticing)
    assert hall.store.state.cases == {}
    until = hands.intake._pages.notice.until
    assert until.text() == usual_until(hall.desk).isoformat()
    until.setFocus()
    until.line.selectAll()
    hands.type("20200101")
    hands.press("Ctrl+Return")
    hands.rest()
    assert "今天以后" in until.reason
    assert hall.store.state.cases == {}
    day = hall.desk.clock.now().legal_date + dt.timedelta(days=9)
    until.line.selectAll()
    hands.type(f"{day:%Y%m%d}")
    hands.press("Ctrl+Return")
    hands.until(lambda: hands.intake.at == "receipt")
    hands.until(hands.idle)
    (case,) = hall.store.state.cases.values()
    assert case.state is CaseState.CORRECTION_ASKED
    asked = last_act(case, Move.ASK_CORRECTION)
    assert asked is not None
    assert asked.text("until") == day.isoformat()
    assert {job.form for job in hall.store.state.print_jobs.values()} == {Form.F1, Form.F4}


def test_the_search_on_top_finds_by_initials_and_begins_with_the_item(hands: Hands) -> None:
    hands.press("Ctrl+K")
    assert isinstance(hands.focus, Line)
    hands.type("gljt")
    hands.until(lambda: hands.view.finder.isVisible() and bool(hands.view.finder.table.spoken()))
    assert "高龄津贴" in hands.view.finder.table.spoken()[0]
    hands.press("Return")
    hands.until(lambda: hands.intake.session.text("item") == "longevity-allowance")
    assert hands.intake.at == "item"


def test_every_place_opens_by_key_and_reads_off_the_gui_thread(hall: Place, hands: Hands) -> None:
    before = hall.store.begun
    for number, place in enumerate(("intake/applicant", "drafts", "delivery", "visits", "sync", "search", "stats"), 1):
        hands.press(f"Ctrl+{number}")
        hands.until(partial(at_place, hands, place))
        hands.until(hands.idle)
    assert hall.store.begun > before + 5


def test_a_page_under_the_clerks_eyes_is_not_pushed_away_by_the_camera(hall: Place, hands: Hands) -> None:
    to_form(hands)
    hands.press("Alt+Left")
    hands.until(lambda: hands.intake.at == "materials" and hands.idle())
    for _ in range(8):
        hands.press("Up")
    for _ in range(3):
        hands.press("Down")
    hands.press("Return")
    side = hands.intake.side
    hands.until(lambda: side._stack.currentIndex() == 1 and hands.idle())
    assert not side._page.pixmap().isNull()
    hall.eyes.shows(card())
    hands.until(lambda: "居民身份证" in side._seen_title.text())
    assert side._stack.currentIndex() == 1


def test_the_receipt_follows_the_printer_and_the_line(window: MainWindow, hall: Place, hands: Hands) -> None:
    to_receipt(hands)
    assert hands.intake._bar._summary.text() == "受理通知书等待打印"
    case_id = next(iter(hall.store.state.cases))
    hall.store.guarded = False
    for job in list(hall.store.state.print_jobs.values()):
        settle(hall.desk, job.id, PrintState.SENT)
        settle(hall.desk, job.id, PrintState.PRINTED)
    with hall.store.begin() as uow:
        uow.cases.set_numbers(case_id, gateway_receipt="QZ500199-20261121-000001")
        uow.commit()
    hall.store.guarded = True
    hall.line.tell(LineState(True, 0, 0, "在线 · 全部已送达"))
    hands.until(lambda: hands.intake._bar._summary.text() == "受理通知书已打印")
    assert hands.intake.receipt._numbers["前置回执"].text() == "QZ500199-20261121-000001"
    assert hands.intake.receipt._numbers["平台编号"].text() == "等渝快办发号"


def test_news_that_come_while_the_receipt_is_read_are_read_too(
    window: MainWindow, hall: Place, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The printer's last word often follows its last but one at once; nothing else would bring it up after that."""
    to_receipt(hands)
    was_read, may_answer = threading.Event(), threading.Event()

    def read_slowly(desk: Desk, number: str) -> CaseDetail:
        found = case_detail(desk, number)
        was_read.set()
        assert may_answer.wait(20)
        return found

    monkeypatch.setattr(receipt, "case_detail", read_slowly)
    window.status.paper.emit()
    assert was_read.wait(20)
    hall.store.guarded = False
    for job in list(hall.store.state.print_jobs.values()):
        settle(hall.desk, job.id, PrintState.SENT)
        settle(hall.desk, job.id, PrintState.PRINTED)
    hall.store.guarded = True
    window.status.paper.emit()
    may_answer.set()
    hands.until(lambda: hands.intake._bar._summary.text() == "受理通知书已打印")


def test_nothing_is_filled_in_on_a_page_that_nobody_sees(window: MainWindow, hall: Place, hands: Hands) -> None:
    """A doubtful field has to be looked at: a card read while another place is in front waits for F2 at the intake."""
    hands.view.go("drafts")
    hands.until(hands.idle)
    hall.eyes.shows(card())
    hands.until(hands.idle)
    assert hands.intake.session.text("applicant.name") == ""
    hands.view.go("intake")
    hands.press("F2")
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳")
