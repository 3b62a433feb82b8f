"""How each state is reached, by what a clerk or an applicant does. A pose returns what is grabbed; None: the clerk's window."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from clerk_app.bootstrap.demo import PIN
from clerk_app.bootstrap.eyes import sample_page
from clerk_app.commands.case_json import read_case
from clerk_app.usecases import template
from clerk_app.usecases.accept import accept_application
from tests.ui.gallery.model import Model, lay
from ui.applicant_window import ApplicantWindow
from ui.screens.emergency import EmergencyScreen
from ui.screens.intake.items import ItemStep
from ui.screens.search.screen import SearchScreen
from ui.screens.settings.screen import SettingsScreen
from ui.screens.sync.screen import SyncScreen
from ui.screens.visits.screen import VisitsScreen

Pose = Callable[[Model], QWidget | None]


def keys(pose: Pose, *pressed: str) -> Pose:
    """A pose, then these keys."""

    def act(model: Model) -> QWidget | None:
        found = pose(model)
        model.come_to_front()
        for key in pressed:
            model.hands.press(key)
            model.rest()
        return found

    return act


def place(screen_id: str) -> Pose:
    def act(model: Model) -> None:
        model.go(screen_id)

    return act


def draft(name: str, step: str = "") -> Pose:
    def act(model: Model) -> None:
        model.draft(name, step)

    return act


def case(name: str) -> Pose:
    def act(model: Model) -> None:
        model.case(name)

    return act


def settings(page: str) -> Pose:
    def act(model: Model) -> None:
        screen = model.go("settings")
        assert isinstance(screen, SettingsScreen)
        screen.show_page(page)
        model.rest()

    return act


# --- sign-in ---------------------------------------------------------------------------------------------------------


def door(model: Model) -> None:
    """The sign-in page with 王敏 chosen."""
    page = model.window.sign_in
    model.hands.until(lambda: page.who.findData("wangmin") >= 0)
    page.who.setCurrentIndex(page.who.findData("wangmin"))
    model.come_to_front()
    page.pin.setFocus()
    model.rest()


def wrong_pin(model: Model) -> None:
    """Wrong until one has to wait."""
    door(model)
    page = model.window.sign_in
    while page.waiting_s < 2:
        model.hands.type("135791")
        model.hands.press("Return")
        model.hands.until(lambda: "正在" not in page.note and not page.pin.text() and model.hands.idle())
        if 0 < page.waiting_s < 2:
            model.hands.until(lambda: not page.waiting_s)


def lost(model: Model) -> None:
    """The right PIN, and nothing of the enrolment."""
    door(model)
    model.hands.type(PIN)
    model.hands.press("Return")
    model.hands.until(model.window.sign_in.again.isVisible)
    model.rest()


def enrolling(model: Model) -> None:
    """An administrator and a code that has not gone out yet."""
    page = model.window.sign_in
    QTest.mouseClick(page.again, Qt.MouseButton.LeftButton)
    page.enrolling.who.setCurrentIndex(page.enrolling.who.findData("zhangli"))
    model.hands.type(PIN)
    model.hands.press("Return")
    model.hands.press("Return")
    model.hands.type("3f0c81b2a7d94e65")
    model.rest()


def forgotten(model: Model) -> None:
    model.hands.until(lambda: not model.window.sign_in.waiting_s)
    QTest.mouseClick(model.window.sign_in.forgot, Qt.MouseButton.LeftButton)
    model.rest()


def locked(model: Model) -> None:
    model.draft("form")
    model.come_to_front()
    model.hands.press("Ctrl+L")
    model.hands.until(lambda: model.window.desk_view is None)
    model.rest()


def entered(login: str, then: Pose) -> Pose:
    """Through the sign-in page, in a room where nobody is signed in."""

    def act(model: Model) -> QWidget | None:
        model.sign_in(login)
        return then(model)

    return act


# --- intake ----------------------------------------------------------------------------------------------------------


def new_client(model: Model) -> None:
    model.hands.view.new_client()
    model.rest()


def card_read(model: Model) -> None:
    """The card that lies there is read into an empty applicant."""
    new_client(model)
    model.hands.until(lambda: bool(model.hands.intake.session.text("applicant.name")))
    model.rest()


def another_card(model: Model) -> None:
    """Somebody else's card while an applicant stands there."""
    model.draft("typing")
    lay(model.camera, "liu_guifang", ("4-front",))
    model.hands.until(lambda: "F2" in model.hands.intake.side._sentence.text())
    model.rest()


def doubtful(model: Model) -> None:
    """龚㛃䶮: a name that the machine is never sure of."""
    lay(model.camera, "gong_jieyan", ("4-front",))
    new_client(model)
    model.hands.until(lambda: model.hands.intake.session.text("applicant.document_number").endswith("0120"))
    model.rest()


def searching(words: str) -> Pose:
    """Step 2 of a new applicant with something typed into its search."""

    def act(model: Model) -> None:
        model.draft("item", "item")
        step = model.hands.intake.step("item")
        assert isinstance(step, ItemStep)
        model.come_to_front()
        step._search.setFocus()
        step._search.clear()
        model.hands.type(words)
        model.pause(0.3)
        model.rest()

    return act


def material_row(at: int, *pressed: str) -> Pose:
    """A row of the materials and keys on it."""

    def act(model: Model) -> None:
        model.draft("missing", "materials")
        model.come_to_front()
        for _ in range(9):
            model.hands.press("Up")
        for _ in range(at):
            model.hands.press("Down")
        for key in pressed:
            model.hands.press(key)
            model.pause(0.8)
            model.rest()

    return act


def refused_step(name: str) -> Pose:
    """Ctrl+Enter where something is still wrong."""

    def act(model: Model) -> None:
        model.draft(name)
        model.come_to_front()
        model.hands.press("Ctrl+Return")
        model.rest()

    return act


def confirm(model: Model) -> None:
    """What the applicant reads, and the question on the second screen."""
    model.draft("confirm", "confirm")
    model.hands.until(lambda: bool(model.window.applicant.showing) or _is_signed(model))
    model.rest()


def by_thumb(model: Model) -> None:
    """An applicant who cannot write: read to, witnessed, the finger to be pressed."""
    confirm(model)
    _call_witness(model)
    model.hands.press("1")
    model.hands.press("Tab")
    model.hands.press("1")
    model.rest()


def consent_aloud(model: Model) -> None:
    """The same for the consents, which come first."""
    consenting(model)
    _call_witness(model)
    model.rest()


def _call_witness(model: Model) -> None:
    model.come_to_front()
    model.hands.press("Shift+F4")
    model.hands.type("李见证")
    model.hands.press("Tab")
    model.hands.type("样例社区网格员")
    model.hands.press("Tab")


def _is_signed(model: Model) -> bool:
    return bool(model.hands.intake.session.plan and model.hands.intake.session.plan.signed)


def signed(model: Model) -> None:
    confirm(model)
    if not _is_signed(model):
        model.hands.sign()
    model.window.activateWindow()
    model.hands.until(lambda: _is_signed(model))
    model.rest()


def receipt(model: Model) -> None:
    """Accepted, with all three numbers."""
    if model.hands.intake.at != "receipt":
        signed(model)
        model.hands.press("F9")
    model.hands.until(lambda: model.hands.intake.at == "receipt")
    model.hands.until(lambda: model.hands.intake.receipt._numbers["平台编号"].text().startswith("DEMO"))
    model.rest()


def printer_off(model: Model) -> None:
    """Accepted, and the paper waits for its printer."""
    receipt_offline(model)
    model.hands.until(model.hands.intake.receipt.papers.waiting.isVisible)
    model.rest()


def receipt_offline(model: Model) -> None:
    signed(model)
    model.hands.press("F9")
    model.hands.until(lambda: model.hands.intake.at == "receipt")
    model.rest()


# --- the applicant's window ------------------------------------------------------------------------------------------


def quiet(model: Model) -> QWidget:
    model.window.applicant.be_quiet()
    model.window.applicant.show()
    return model.window.applicant


def reading(model: Model) -> ApplicantWindow:
    confirm(model)
    return model.window.applicant


def last_page(model: Model) -> ApplicantWindow:
    confirm(model)
    window = model.window.applicant
    while window.reading.page[0] < window.reading.page[1]:
        QTest.mouseClick(window.reading.forth, Qt.MouseButton.LeftButton)
        model.pause(0.1)
    return window


def with_name(model: Model) -> QWidget:
    """Signed in three strokes, not yet confirmed."""
    window = last_page(model)
    pad, button = window.reading.pad, Qt.MouseButton.LeftButton
    width, height = pad.width(), pad.height()
    strokes = (
        ((0.18, 0.22), (0.40, 0.20)), ((0.30, 0.12), (0.27, 0.42), (0.16, 0.66)), ((0.24, 0.36), (0.38, 0.64)),
        ((0.50, 0.24), (0.50, 0.52)), ((0.60, 0.16), (0.60, 0.66), (0.55, 0.62)),
        ((0.70, 0.24), (0.92, 0.22)), ((0.82, 0.14), (0.80, 0.44), (0.70, 0.68)), ((0.82, 0.40), (0.92, 0.66)),
    )  # fmt: skip
    for stroke in strokes:
        QTest.mousePress(pad, button, pos=QPoint(int(stroke[0][0] * width), int(stroke[0][1] * height)))
        for before, after in pairwise(stroke):
            for part in range(1, 9):
                x = before[0] + (after[0] - before[0]) * part / 8
                y = before[1] + (after[1] - before[1]) * part / 8
                model.hands._drag(pad, QPoint(int(x * width), int(y * height)))
        QTest.mouseRelease(pad, button)
    model.pause(0.1)
    return window


def bigger(model: Model) -> QWidget:
    window = reading(model)
    QTest.mouseClick(window.reading.bigger, Qt.MouseButton.LeftButton)
    model.pause(0.2)
    return window


def consenting(model: Model) -> QWidget:
    model.draft("sensitive", "confirm")
    if not model.window.applicant.consent.open:
        model.hands.press("F4")
    model.hands.until(lambda: model.window.applicant.consent.open)
    model.rest()
    return model.window.applicant


def rating(level: int = 0) -> Pose:
    def act(model: Model) -> QWidget:
        window = model.window.applicant
        window.be_quiet()
        window.ask_rating(model.stock.ids["finished"])
        if level:
            QTest.mouseClick(window.rating.levels[level], Qt.MouseButton.LeftButton)
        model.pause(0.2)
        return window

    return act


# --- places ----------------------------------------------------------------------------------------------------------


def palette(words: str) -> Pose:
    """Ctrl+K and something typed."""

    def act(model: Model) -> None:
        model.go("drafts")
        model.come_to_front()
        model.hands.press("Ctrl+K")
        model.hands.type(words)
        model.pause(0.4)
        model.rest()

    return act


def looking_for(words: str) -> Pose:
    def act(model: Model) -> None:
        screen = model.go("search")
        assert isinstance(screen, SearchScreen)
        screen.field.setFocus()
        model.come_to_front()
        screen.field.clear()
        model.hands.type(words)
        model.pause(0.3)
        model.rest()

    return act


def mending(model: Model) -> None:
    """The refused case, put right."""
    screen = model.go("sync")
    assert isinstance(screen, SyncScreen)
    at = next(at for at, row in enumerate(screen._rows) if row.sync == "refused")
    screen.table.choose(at)
    screen.table.opened.emit(at)
    model.rest()


def day_end(model: Model) -> None:
    screen = model.go("sync")
    assert isinstance(screen, SyncScreen)
    screen._on_day()
    model.rest()


def waiting_cases(model: Model) -> None:
    """Two more cases are taken; then 同步."""
    chance = random.Random(4)
    for entry in ("longevity-allowance", "social-card"):
        made = template.samples(model.desk, entry, {}, chance, sample_page)
        accept_application(model.desk, *read_case(made))
    model.window.services.line.nudge()
    model.rest()
    model.go("sync")


def delivering(model: Model) -> None:
    model.go("delivery")
    model.come_to_front()
    model.hands.press("Return")
    model.rest()


def slip(model: Model) -> None:
    """A number of the hand slips, about to be entered."""
    screen = model.go("emergency")
    assert isinstance(screen, EmergencyScreen)
    model.come_to_front()
    screen.table.setFocus()
    model.hands.press("Return")
    for entry, text in ((screen.day, "20261120"), (screen.time, "0940"), (screen.by, "李华")):
        entry.setFocus()
        model.hands.type(text)
    model.rest()


def person(model: Model) -> None:
    model.case("finished")
    model.come_to_front()
    model.hands.press("Ctrl+I")
    model.rest()


def register(model: Model) -> None:
    screen = model.go("visits")
    assert isinstance(screen, VisitsScreen)
    screen._show(day=False)
    model.rest()


def register_person(model: Model) -> None:
    register(model)
    model.hands.view.place_of("visits").register.table.opened.emit(0)  # type: ignore[attr-defined]
    model.rest()


def visit_form(which: str) -> Pose:
    """``_on_move``, ``_on_end`` of the second visit, or ``_on_plan`` of the suggested person."""

    def act(model: Model) -> None:
        screen = model.go("visits")
        assert isinstance(screen, VisitsScreen)
        if screen.in_register:
            screen._show(day=True)
            model.rest()
        assert screen._seen is not None
        subject = screen._seen.suggested[0][0].id if which == "_on_plan" else screen._seen.stops[1].visit.id
        getattr(screen, which)(subject)
        model.rest()

    return act


def at_the_bedside(model: Model) -> None:
    """The first visit's intake."""
    screen = model.go("visits")
    assert isinstance(screen, VisitsScreen)
    assert screen._seen is not None
    screen._on_begin(screen._seen.stops[0].visit.id)
    model.hands.until(lambda: model.hands.intake.session.plan is not None)
    model.rest()


def guide(model: Model) -> None:
    model.draft("materials", "materials")
    model.come_to_front()
    model.hands.press("Ctrl+G")
    model.rest()


def help_page(model: Model) -> None:
    model.go("drafts")
    model.come_to_front()
    model.hands.press("F1")
    model.pause(0.2)


def no_help(pose: Pose) -> Pose:
    """The help of an earlier picture is closed first."""

    def act(model: Model) -> QWidget | None:
        if model.hands.view._help.is_shown:
            model.hands.press("Escape")
        QApplication.processEvents()
        return pose(model)

    return act
