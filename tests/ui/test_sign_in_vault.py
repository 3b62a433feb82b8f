"""Signing in on a real vault: passphrases, the wait that survives a restart, a forgotten PIN, hand-over between two clerks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.people import add_clerk, make_recovery
from clerk_app.bootstrap.system import SystemClock
from clerk_app.crypto.tries import Tries
from clerk_app.crypto.vault import FileVault
from clerk_app.domain.hall import Role
from clerk_app.domain.journal import JournalEntry
from clerk_app.domain.time import Stamp
from tests.bootstrap.folder import PIN, found
from tests.ui.hands import Hands
from tests.ui.vault_window import lock, sign_in, window_on
from ui.screens.drafts import DraftsScreen

PHRASE = "山城 清晨 有雾 三月"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = {"time": 1, "memory_kib": 64, "lanes": 1}
    monkeypatch.setitem(FileVault.__init__.__kwdefaults__ or {}, "cost", cheap)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return found(tmp_path / "d", ("admin", Role.ADMIN), ("wangmin", Role.CLERK), ("lili", Role.CLERK))


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, data: Path) -> Iterator[Hands]:
    with window_on(data, qtbot) as made:
        yield made


def wrong(hands: Hands, number: int) -> None:
    """One more wrong PIN, which is the so-many-th."""
    page = hands.window.sign_in
    page.pin.setFocus()
    hands.type("000000")
    hands.press("Return")
    hands.until(lambda: f"第 {number} 次" in page.note)


def test_a_passphrase_opens_too_and_the_page_says_what_a_short_pin_is_worth_here(hands: Hands, data: Path) -> None:
    add_clerk(data, "zhou", "周", Role.CLERK, PHRASE, by="admin")
    page = hands.window.sign_in
    page.ask("zhou")
    hands.until(lambda: "没有系统钥匙库" in page.protection.text())
    hands.until(lambda: page.who.currentData() == "zhou")  # added after the window was opened
    hands.type(PHRASE)
    hands.press("Return")
    hands.until(lambda: hands.window.desk_view is not None and hands.idle())


def test_the_wait_is_counted_down_and_is_each_persons_own(hands: Hands) -> None:
    page = hands.window.sign_in
    page.ask("wangmin")
    hands.until(hands.idle)
    for number in (1, 2, 3):
        wrong(hands, number)
    assert page.waiting_s in (4, 5)
    before = page.waiting_s
    hands.type(PIN)
    hands.press("Return")  # nothing happens while it waits
    assert hands.window.desk_view is None
    hands.until(lambda: page.waiting_s < before)
    page.who.setCurrentIndex(page.who.findData("lili"))
    page.who.activated.emit(page.who.currentIndex())
    assert page.waiting_s == 0
    sign_in(hands, "lili")


class EarlierClock:
    """So many minutes ago, then later and later."""

    def __init__(self, minutes: int) -> None:
        self._real, self._ms = SystemClock(), minutes * 60_000

    def now(self) -> Stamp:
        return Stamp(self._real.now().utc_ms - self._ms)

    def move(self, minutes: int) -> None:
        self._ms -= minutes * 60_000


def test_the_wait_survives_a_restart(qapp_themed: QApplication, qtbot: QtBot, data: Path) -> None:
    clock = EarlierClock(70)
    tries = Tries(data, clock)
    for _ in range(7):  # seven wrong ones in the last hour, by a window that was closed since
        tries.begin("wangmin")
        clock.move(10)
    with window_on(data, qtbot) as hands:
        page = hands.window.sign_in
        page.ask("wangmin")
        hands.until(hands.idle)
        wrong(hands, 8)
        assert page.waiting_s > 100
        hands.type(PIN)
        hands.press("Return")
    with window_on(data, qtbot) as hands:
        page = hands.window.sign_in
        page.ask("wangmin")
        hands.until(hands.idle)
        page.pin.setFocus()
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: "连续输错 8 次" in page.note)
        assert page.waiting_s > 100
        assert hands.window.desk_view is None


def test_two_others_solve_a_forgotten_pin_at_the_window(hands: Hands, data: Path) -> None:
    papers = make_recovery(data, 3, by="admin")
    page = hands.window.sign_in
    page.ask("wangmin")
    hands.until(hands.idle)
    page.forgot.setFocus()
    hands.press("Space")
    for text in (papers[2], papers[0], "135791"):
        hands.type(text)
        hands.press("Return")
    hands.type("135792")
    hands.press("Return")
    assert "不一样" in page.rescue.note
    page.rescue.pins[1].clear()
    hands.type("135791")
    hands.press("Return")
    hands.until(lambda: "新的 PIN 可以用了" in page.note)
    sign_in(hands, "wangmin", "135791")
    entries = [entry.happening for entry in journal(hands)]
    assert any(each.verb == "pin.recovered" and each.detail["papers"] == "1+3" for each in entries)


def journal(hands: Hands) -> list[JournalEntry]:
    with hands.view.desk.store.begin(reading=True) as uow:
        return list(uow.journal.entries())


def test_a_colleague_sees_whose_draft_it_is_and_takes_it_over_with_a_trace(hands: Hands) -> None:
    sign_in(hands, "wangmin")
    hands.fill("applicant.name", "冉样例")
    hands.rest()
    lock(hands)
    sign_in(hands, "lili")
    assert hands.intake.session.text("applicant.name") == ""  # nothing of a colleague comes to the front by itself
    hands.press("Ctrl+2")
    hands.until(hands.idle)
    screen = hands.view.place_of("drafts")
    assert isinstance(screen, DraftsScreen)
    (row,) = screen.table.spoken()
    assert "冉样例" not in row
    assert "冉*例" in row
    assert "wangmin的" in row
    hands.press("Delete")
    assert "同事的" in hands.view.say_line.text
    hands.press("Return")
    hands.until(lambda: hands.intake.session.text("applicant.name") == "冉样例" and hands.idle())
    assert any(each.happening.verb == "draft.handed" for each in journal(hands))
    lock(hands)
    sign_in(hands, "wangmin")
    hands.rest()
    assert hands.intake.session.text("applicant.name") == ""
    assert "lili" in "".join(screen_rows(hands))


def screen_rows(hands: Hands) -> list[str]:
    hands.press("Ctrl+2")
    hands.until(hands.idle)
    screen = hands.view.place_of("drafts")
    assert isinstance(screen, DraftsScreen)
    return screen.table.spoken()


def test_a_window_that_was_closed_opens_where_it_was(qapp_themed: QApplication, qtbot: QtBot, data: Path) -> None:
    with window_on(data, qtbot) as hands:
        sign_in(hands, "wangmin")
        hands.fill("applicant.name", "冉样例")
        hands.rest()
        hands.field("applicant.phone").setFocus()
        hands.until(lambda: hands.intake.session.text("focus") == "applicant.phone")
        hands.rest()
    with window_on(data, qtbot) as hands:
        sign_in(hands, "wangmin")
        hands.until(lambda: hands.intake.session.text("applicant.name") == "冉样例" and hands.idle())
        field = hands.field("applicant.phone")
        hands.until(lambda: field.isAncestorOf(hands.focus) or field is hands.focus)
        hands.press("Ctrl+N")  # put aside for the next client: then it does not come back by itself
        hands.rest()
    with window_on(data, qtbot) as hands:
        sign_in(hands, "wangmin")
        hands.rest()
        assert hands.intake.session.text("applicant.name") == ""
        assert len(screen_rows(hands)) == 1
