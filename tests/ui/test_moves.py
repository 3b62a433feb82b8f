"""What can be done to a case: one menu in words, each move by keyboard, refusals said beside the answers; delivery; rating."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.eyes import sample_page
from clerk_app.commands.case_json import read_case
from clerk_app.domain.acts import last_act
from clerk_app.domain.application import Given
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import Case, CaseState, Move
from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.paper import Form
from clerk_app.domain.rating import RATING_SECONDS, RatingState
from clerk_app.domain.recognition import Seen, SeenKind
from clerk_app.domain.service_item import WayKind
from clerk_app.errors import KeyProblem
from clerk_app.ports import Unlocked
from clerk_app.usecases import template
from clerk_app.usecases.accept import accept_application, receive_application
from clerk_app.usecases.completing import ask_correction
from clerk_app.usecases.deciding import Handing
from clerk_app.usecases.rate import rating_of
from clerk_app.usecases.witness import witness
from tests.ui.conftest import opened
from tests.ui.hall import PIN, Place, card, place
from tests.ui.hands import Hands
from ui.moves.panel import MovePanel
from ui.screens.delivery import DeliveryScreen
from ui.screens.search.screen import SearchScreen
from ui.widgets.choices import Choices
from ui.widgets.entry import Entry

PAGE = Path(__file__).parents[2] / "clerk_app" / "devices" / "sample_frames" / "page_payment_record.jpg"
PROPOSED = (WayKind.E_CERTIFICATE, WayKind.SHARED_DATA, WayKind.FORM)
"""What the window would propose by itself, were it missing."""
WITNESS_PIN = "135790"


def make(hall: Place, item: str, *, waits: bool = False, deferred: bool = False, seed: int = 7) -> Case:
    """A case of a synthetic applicant. ``waits``: asked for correction; ``deferred``: 容缺."""
    hall.store.guarded = False
    wanted = {each.id: each for each in hall.desk.catalogue.scheme(item).materials}
    application, pages = read_case(template.samples(hall.desk, item, {}, random.Random(seed), sample_page))
    own = [key for key in application.materials if not any(wanted[key].way(kind) for kind in PROPOSED)]
    if waits:
        gone = own[0]
        application = replace(
            application,
            materials={key: given for key, given in application.materials.items() if key != gone},
            signature=None,
        )
        used = {page for given in application.materials.values() for page in given.pages}
        pages = [page for page in pages if bytes_hash(page[0]) in used]
        case = receive_application(hall.desk, application, pages).case
        case = ask_correction(hall.desk, case.id).case
    elif deferred:
        late = next(key for key, given in application.materials.items() if given.way is WayKind.DEFER)
        assert late
        case = accept_application(hall.desk, application, pages).case
    else:
        case = accept_application(hall.desk, application, pages).case
    hall.store.guarded = True
    return case


def case_of(hall: Place, case_id: str) -> Case:
    return hall.store.state.cases[case_id]


def search_of(hands: Hands) -> SearchScreen:
    screen = hands.view.place_of("search").widget
    assert isinstance(screen, SearchScreen)
    return screen


def menu(hands: Hands, case: Case) -> MovePanel:
    """Ctrl+6, the case, F12."""
    hands.view.open_case(case.local_number)
    search = search_of(hands)
    hands.until(lambda: search._case is not None and search._case.case.id == case.id and hands.idle())
    hands.press("F12")
    assert search.moves.menu.hasFocus()
    return search.moves


def choose(hands: Hands, panel: MovePanel, words: str) -> None:
    at = next(at for at, line in enumerate(panel.menu.spoken()) if words in line)
    hands.press(str(at + 1)) if at < 9 else panel.menu.choose(at)


def fill(hands: Hands, panel: MovePanel, key: str, text: str) -> None:
    panel.answer(key).setFocus()
    hands.type(text)


def signed_in(hall: Place, qtbot: QtBot) -> Iterator[Hands]:
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        yield hands


@pytest.fixture
def chief(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor) -> Iterator[Hands]:
    yield from signed_in(place(pool, role=Role.CHIEF), qtbot)


@pytest.fixture
def witnessed(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor) -> Iterator[Hands]:
    """With a second clerk whose PIN can be checked."""
    hall = place(pool)
    hall.store.guarded = False
    with hall.store.begin() as uow:
        uow.clerks.add(Clerk("lihua", "李华", Role.CLERK))
        uow.commit()
    hall.store.guarded = True

    class Slots:
        def unlock(self, login: str, pin: str) -> Unlocked:
            if (login, pin) != ("lihua", WITNESS_PIN):
                raise KeyProblem("PIN 不对。", what_is_safe="数据都锁着。", what_to_do="请等 2 秒再试。")
            return Unlocked(login, b"", b"", b"")

    clock = hall.desk.clock
    hall.services = replace(hall.services, check_pin=lambda login, pin: witness(Slots(), clock, login, pin))
    yield from signed_in(hall, qtbot)


def test_a_case_whose_message_was_lost_is_sent_again_by_keys(hall: Place, hands: Hands) -> None:
    hurt = make(hall, "social-card")
    hall.store.guarded = False
    with hall.store.begin() as uow:  # the amendment is here, its message is not
        uow.cases.save(replace(hurt, revision=2))
        uow.journal.append(hall.desk.happening("person.corrected", hurt.id, 2))
        uow.commit()
    hall.store.guarded = True
    panel = menu(hands, hurt)
    assert "补送" in panel.menu.spoken()[0], "the first thing to do"
    choose(hands, panel, "补送")
    hands.press("Ctrl+Return")
    hands.until(lambda: case_of(hall, hurt.id).revision == 3 and hands.idle())
    assert "sent_anew" in case_of(hall, hurt.id).content


def test_an_applicant_withdraws_without_giving_a_reason(hall: Place, hands: Hands) -> None:
    case = make(hall, "social-card")
    panel = menu(hands, case)
    assert not any("作废" in line for line in panel.menu.spoken()), "without a PIN to check nothing wants a witness"
    assert not any("当场办结" in line for line in panel.menu.spoken()), "only a chief decides"
    assert not any("补送" in line for line in panel.menu.spoken()), "nothing of it was lost"
    choose(hands, panel, "撤回")
    hands.press("Ctrl+Return")
    hands.until(lambda: case_of(hall, case.id).state is CaseState.WITHDRAWN and hands.idle())
    assert Form.F12 in {job.form for job in hall.store.state.print_jobs.values()}
    assert "已撤回" in hands.view.say_line.text


def test_declining_asks_where_to_go_only_when_another_office_is_right(hall: Place, hands: Hands) -> None:
    case = make(hall, "social-card", waits=True)
    panel = menu(hands, case)
    choose(hands, panel, "不予受理")
    kind = panel.answer("kind")
    assert isinstance(kind, Choices)
    hands.press("3")
    hands.press("Ctrl+Return")
    assert "具体理由" in panel.fault.text()
    assert case_of(hall, case.id).state is CaseState.CORRECTION_ASKED
    kind = panel.answer("kind")
    kind.setFocus()
    hands.press("2")
    fill(hands, panel, "reason", "户籍在外地")
    fill(hands, panel, "instead", "演示区公安局")
    hands.press("Ctrl+Return")
    assert "依据的条款" in panel.fault.text()
    fill(hands, panel, "basis", "《样例办法》第二条")
    hands.press("Ctrl+Return")
    hands.until(lambda: case_of(hall, case.id).state is CaseState.DECLINED and hands.idle())
    act = last_act(case_of(hall, case.id), Move.DECLINE)
    assert act is not None
    assert (act.reason, act.text("instead")) == ("户籍在外地", "演示区公安局")
    assert act.text("basis") == "《样例办法》第二条"


def test_voiding_wants_a_second_pair_of_eyes(witnessed: Hands) -> None:
    hands, hall = witnessed, witnessed.hall
    case = make(hall, "social-card")
    panel = menu(hands, case)
    choose(hands, panel, "作废")
    fill(hands, panel, "reason", "选错了人")
    fill(hands, panel, "second", "lihua")
    fill(hands, panel, "pin", "111111")
    hands.press("Ctrl+Return")
    hands.until(lambda: "PIN 不对" in panel.fault.text())
    assert case_of(hall, case.id).state is CaseState.ACCEPTED
    pin = panel.answer("pin")
    assert isinstance(pin, Entry)
    pin.line.clear()
    fill(hands, panel, "pin", WITNESS_PIN)
    hands.press("Ctrl+Return")
    hands.until(lambda: case_of(hall, case.id).state is CaseState.VOIDED and hands.idle())
    assert panel._values == {}, "no PIN stays behind"


def test_escape_goes_back_and_changes_nothing(hall: Place, hands: Hands) -> None:
    case = make(hall, "social-card")
    panel = menu(hands, case)
    choose(hands, panel, "撤回")
    assert panel.offer is not None
    hands.press("Esc")
    hands.press("Esc")
    assert search_of(hands).table.hasFocus()
    assert case_of(hall, case.id).revision == case.revision


def test_a_chief_decides_and_the_result_is_handed_to_somebody_authorised(chief: Hands) -> None:
    hands, hall = chief, chief.hall
    case = make(hall, "social-card-password")
    panel = menu(hands, case)
    choose(hands, panel, "当场办结")
    hands.press("1")
    hands.rest()
    panel.answer("now").setFocus()
    hands.press("2")
    hands.press("Ctrl+Return")
    hands.until(hands.idle)
    assert panel.fault.text() == ""
    assert case_of(hall, case.id).state is CaseState.FINISHED
    hands.press("Ctrl+3")
    screen = hands.view.place_of("delivery").widget
    assert isinstance(screen, DeliveryScreen)
    hands.until(lambda: bool(screen.table.spoken()) and hands.idle())
    hands.press("Return")
    hands.until(lambda: screen.moves.offer is not None and screen.moves.isVisible())
    hands.press("2")
    assert isinstance(screen.moves.answer("how"), Choices)
    hands.press("Ctrl+Return")
    assert "代领人姓名" in screen.moves.fault.text()
    fill(hands, screen.moves, "name", "冉小雨")
    fill(hands, screen.moves, "document_number", "500199199003122246")
    fill(hands, screen.moves, "relation", "女儿")
    hands.press("Ctrl+Return")
    hands.until(lambda: case_of(hall, case.id).state is CaseState.DELIVERED and hands.idle())
    act = last_act(case_of(hall, case.id), Move.DELIVER)
    assert act is not None
    assert (act.text("how"), act.text("relation")) == (Handing.AUTHORISED.value, "女儿")
    assert screen.table.spoken() == []
    assert not screen._side.isVisible()


def _shoot_missing(hands: Hands) -> None:
    hands.hall.eyes.page = Seen(SeenKind.PAGE, page_jpeg=PAGE.read_bytes())
    plan = hands.intake.session.plan
    assert plan is not None
    for row in plan.rows:
        late = row.given is not None and row.given.way is WayKind.DEFER
        if row.required and (row.given is None or late):
            hands.press("F3")
            hands.rest()
            hands.until(hands.idle)
        hands.press("Down")


def test_a_correction_comes_in_is_signed_again_and_accepted(hall: Place, hands: Hands) -> None:
    case = make(hall, "social-card", waits=True)
    panel = menu(hands, case)
    choose(hands, panel, "补正收件")
    hands.until(lambda: hands.intake.at == "materials" and hands.idle())
    assert "补正收件" in hands.view.say_line.text
    hands.press("Alt+Left")
    assert hands.intake.at == "materials", "applicant and item stand"
    _shoot_missing(hands)
    hands.go("form")
    hands.go("confirm")
    hands.sign_and_wait()
    hands.press("F9")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
    assert case_of(hall, case.id).state in (CaseState.ACCEPTED, CaseState.ACCEPTED_DEFERRED)
    assert len(hall.store.state.cases) == 1, "no second case came of it"
    assert hall.store.state.drafts == {}
    assert hands.intake.receipt.number.text() == case.local_number


def test_half_a_correction_is_kept_and_an_open_one_is_opened_again(hall: Place, hands: Hands) -> None:
    case = make(hall, "social-card", waits=True)
    choose(hands, menu(hands, case), "补正收件")
    hands.until(lambda: hands.intake.at == "materials" and hands.idle())
    draft_id = hands.intake.session.draft_id
    choose(hands, menu(hands, case), "补正收件")
    hands.until(lambda: hands.intake.at == "materials" and hands.idle())
    assert hands.intake.session.draft_id == draft_id
    hands.press("F8")
    hands.until(lambda: "没有交来任何东西" in hands.view.say_line.text)
    assert case_of(hall, case.id).state is CaseState.CORRECTION_ASKED
    _shoot_missing(hands)
    hands.press("F8")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
    assert case_of(hall, case.id).state is CaseState.CORRECTION_RECEIVED
    assert Form.F5 in {job.form for job in hall.store.state.print_jobs.values()}


def _deferred(hall: Place) -> Case:
    for seed in range(60):
        hall.store.guarded = False
        application, _ = read_case(template.samples(hall.desk, "pension-claim", {}, random.Random(seed), sample_page))
        hall.store.guarded = True
        if any(given.way is WayKind.DEFER for given in application.materials.values()):
            return make(hall, "pension-claim", deferred=True, seed=seed)
    raise AssertionError("no sample defers a paper")


def test_deferred_papers_come_in_through_the_intake(hall: Place, hands: Hands) -> None:
    case = _deferred(hall)
    assert case.state is CaseState.ACCEPTED_DEFERRED
    choose(hands, menu(hands, case), "容缺补齐")
    hands.until(lambda: hands.intake.at == "materials" and hands.idle())
    _shoot_missing(hands)
    hands.press("Ctrl+Return")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
    after = case_of(hall, case.id)
    assert after.state is CaseState.ACCEPTED
    ways = {Given.from_json(how).way for how in after.content["materials"].values()}
    assert WayKind.DEFER not in ways
    assert hall.store.state.drafts == {}


def test_the_applicant_rates_once_and_freely(hall: Place, hands: Hands) -> None:
    case = make(hall, "social-card")
    choose(hands, menu(hands, case), "请申请人评价")
    page = hands.window.applicant.rating
    hands.until(page.isVisible)
    QTest.mouseClick(page.levels[4], Qt.MouseButton.LeftButton)
    QTest.mouseClick(page.reasons["413"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(page.send, Qt.MouseButton.LeftButton)
    hands.until(lambda: rating_of(case_of(hall, case.id)) is RatingState.RATED and hands.idle())
    kept = case_of(hall, case.id).content["rating"]
    assert (kept["level"], kept["reasons"]) == (4, ["413"])
    hands.window.activateWindow()
    assert "请申请人评价" not in " ".join(menu(hands, case).menu.spoken())


def test_no_answer_in_time_is_not_rated_and_the_next_client_ends_it(hall: Place, hands: Hands) -> None:
    first, second = make(hall, "social-card", seed=1), make(hall, "social-card", seed=2)
    hands.view.invite_rating(first.id)
    page = hands.window.applicant.rating
    for _ in range(RATING_SECONDS):
        page.tick()
    hands.until(lambda: rating_of(case_of(hall, first.id)) is RatingState.NOT_RATED and hands.idle())
    assert not page.open
    hands.view.invite_rating(second.id)
    hands.view.new_client()
    hands.until(lambda: rating_of(case_of(hall, second.id)) is RatingState.NOT_RATED and hands.idle())
    hands.view.invite_rating(first.id)  # 补评 is possible, and declining again changes nothing
    page._no.click()
    hands.until(hands.idle)
    assert rating_of(case_of(hall, first.id)) is RatingState.NOT_RATED


def test_an_intake_may_end_in_a_referral_or_a_refusal_too(hall: Place, hands: Hands) -> None:
    hands.press("F12")
    hands.rest()
    assert "先填申请人" in hands.view.say_line.text
    hall.eyes.shows(card())
    hands.until(lambda: hands.intake.session.text("applicant.name") == "刘桂芳" and hands.idle())
    hands.intake.begin_with("social-card")
    hands.until(lambda: bool(hands.intake.session.plan and hands.intake.session.plan.scheme) and hands.idle())
    hands.press("F12")
    hands.until(lambda: hands.intake.moves.isVisible() and hands.idle())
    choose(hands, hands.intake.moves, "引导单")
    fill(hands, hands.intake.moves, "where", "演示区税务局，样例路 8 号")
    hands.press("Ctrl+Return")
    hands.until(lambda: hands.intake.at == "receipt" and hands.idle())
    (case,) = hall.store.state.cases.values()
    assert case.state is CaseState.NOT_OURS
    assert Form.F15 in {job.form for job in hall.store.state.print_jobs.values()}
    assert hall.store.state.drafts == {}
