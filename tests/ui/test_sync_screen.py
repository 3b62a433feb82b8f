"""同步: pin, mend, sticks and the end of the day, with keys and without a network."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.eyes import sample_page
from clerk_app.commands.case import read_case
from clerk_app.domain.case import Case
from clerk_app.domain.outbox import Delivery, OutboxMessage, refused
from clerk_app.errors import StorageProblem
from clerk_app.ports import Arrived, BookDifference, BookReport, Exported
from clerk_app.usecases.accept import accept_application
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.template import samples
from tests.ui.conftest import opened
from tests.ui.hall import PIN, place
from tests.ui.hands import Hands
from ui.screens.sync.screen import SyncScreen
from ui.services import LineState

AtSync = tuple[Hands, list[Case]]


@dataclass
class FakeSticks:
    """Writes nothing; tells what it was asked."""

    answer: Exported = field(default_factory=lambda: Exported((Path("x.bundle"),), cases=2, pages=1, bytes=9))
    trouble: StorageProblem | None = None
    asked: list[tuple[Path, bool]] = field(default_factory=list)
    read: list[Path] = field(default_factory=list)

    def export(
        self,
        desk: Desk,
        folder: Path,
        cases: Sequence[str],
        *,
        fresh: bool,
        progress: Callable[[int, int, str], None],
        stopping: Callable[[], bool],
    ) -> Exported:
        self.asked.append((folder, fresh))
        progress(1, 2, "正在写 2 件")
        if self.trouble:
            raise self.trouble
        return self.answer

    def take_receipt(self, desk: Desk, file: Path) -> Arrived:
        self.read.append(file)
        return Arrived(2, 1, 3, 0, 0)


@pytest.fixture
def sticks() -> FakeSticks:
    return FakeSticks()


@pytest.fixture
def at_sync(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, sticks: FakeSticks) -> Iterator[AtSync]:
    """Two cases taken, the second refused; the screen in front."""
    hall = place(pool)
    object.__setattr__(hall.services, "sticks", sticks)
    with opened(hall, qtbot) as window:
        hands = Hands(window, hall, qtbot)
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        desk = hands.view.desk
        taken = pool.submit(_take_two, desk).result()
        hands.view.go("sync")
        hands.until(lambda: hands.idle() and len(screen_of(hands).table.spoken()) == 2)
        window.activateWindow()
        hands.until(hands.keyboard_is_here)
        yield hands, taken


def _take_two(desk: Desk) -> list[Case]:
    chance = random.Random(3)
    taken: list[Case] = []
    while len(taken) < 2:
        application, pages = read_case(samples(desk, "longevity-allowance", {}, chance, sample_page))
        if not pages:
            taken.append(accept_application(desk, application).case)
    with desk.store.begin() as uow:
        uow.outbox.save_all([refused(m, "R112", "居住地编码已停用") for m in uow.outbox.of_case(taken[1].id)])
        uow.commit()
    return taken


def screen_of(hands: Hands) -> SyncScreen:
    return cast("SyncScreen", hands.view._screens["sync"])


def states(hands: Hands, case_id: str) -> list[OutboxMessage]:
    """Straight from the store's memory, as the window's own thread may not touch it."""
    return [each for each in hands.hall.store.state.outbox.values() if each.case_id == case_id]


def test_a_refused_case_is_mended_with_the_keyboard(at_sync: AtSync) -> None:
    hands, taken = at_sync
    screen = screen_of(hands)
    assert "居住地编码已停用" in screen.table.spoken()[0]
    assert "更正后重送" in screen.table.spoken()[0]
    screen.table.choose(0)
    hands.press("Return")
    hands.until(lambda: hands.idle() and bool(screen.mend._texts))
    assert "居住地编码已停用" in screen.mend.reason.text()
    screen.mend.change("applicant.phone", "13900000000")
    screen.mend.confirm()
    hands.until(lambda: hands.idle() and screen.mend.fault.isVisible())
    assert "请写明" in screen.mend.fault.text()  # a reason is needed
    screen.mend.why.line.setText("电话少一位")
    screen.mend.confirm()
    hands.until(lambda: hands.idle() and screen.stack.currentIndex() == 0)
    assert [each.state for each in states(hands, taken[1].id)] == [Delivery.REPLACED, Delivery.WAITING]
    assert hands.hall.line.nudges


def test_a_waiting_case_is_put_first(at_sync: AtSync) -> None:
    hands, taken = at_sync
    screen = screen_of(hands)
    screen.table.choose(1)
    hands.press("Return")
    hands.until(lambda: hands.idle() and states(hands, taken[0].id)[0].priority > 0)


def test_what_is_said_of_the_line(at_sync: AtSync) -> None:
    hands, _taken = at_sync
    screen = screen_of(hands)
    hands.hall.line.tell(LineState(False, 1, 1, "离线 · 待同步 1", next_try="10:05:20"))
    hands.until(lambda: "10:05:20 再试" in screen._figures["waiting"][1].text())
    screen._on_hold()
    assert hands.hall.line.holds == 1
    hands.hall.line.tell(LineState(True, 1, 1, "已暂停 · 待同步 1", held=True))
    hands.until(lambda: screen.hold.text() == "接着送")
    screen._on_hold()
    assert hands.hall.line.resumes == 1


def test_a_stick_is_written_read_and_changed(at_sync: AtSync, sticks: FakeSticks, tmp_path: Path) -> None:
    hands, _taken = at_sync
    bar = screen_of(hands).stick
    bar.write(tmp_path)
    hands.until(lambda: hands.idle() and "已写 2 件" in bar.words.text())
    assert "回执回来才算送达" in bar.words.text()
    sticks.answer = replace(sticks.answer, left=5)
    bar.write(tmp_path)
    hands.until(lambda: hands.idle() and "还有 5 件放不下" in bar.words.text())
    assert bar.next.isVisible()
    sticks.trouble = StorageProblem("U 盘写不进去。", what_is_safe="办件都在本机，一件不少。")
    bar.write(tmp_path, fresh=True)
    hands.until(lambda: hands.idle() and "写不进去" in bar.words.text())
    assert sticks.asked == [(tmp_path, False), (tmp_path, False), (tmp_path, True)]
    bar.read(tmp_path / "a.receipt")
    hands.until(lambda: hands.idle() and "送达 2 件" in bar.words.text())
    assert "退回 1 件" in bar.words.text()


def test_the_day_ends_with_names_and_a_slip(at_sync: AtSync) -> None:
    hands, taken = at_sync
    screen = screen_of(hands)
    printed: list[tuple[object, ...]] = []

    def print_it(*sheet: object) -> str:
        printed.append(sheet)
        return "已打印。"

    object.__setattr__(hands.hall.services, "print_sheet", print_it)
    hands.hall.line.books = BookReport(1, 3, 2, (BookDifference("20261121", "m1", taken[0].id, "lost"),), 1)
    screen._on_day()
    hands.until(lambda: hands.idle() and screen.day.end is not None)
    spoken = screen.day.table.spoken()
    assert len(spoken) == 3
    assert all(any(case.local_number in line for line in spoken) for case in taken)
    assert "不一致" in screen.day.books.text()
    screen.day.print_slip(shift=True)
    hands.until(lambda: hands.idle() and bool(printed))
    title, _rows, notes = printed[0]
    assert title == "交接班单"
    assert any("已自动重送" in line for line in cast("tuple[str, ...]", notes))
    hands.press("Esc")
    hands.until(lambda: hands.idle() and screen.stack.currentIndex() == 0)


def test_a_receipt_that_opened_the_program_is_taken_in_after_signing_in(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, sticks: FakeSticks
) -> None:
    hall = place(pool)
    object.__setattr__(hall.services, "sticks", sticks)
    with opened(hall, qtbot, Path("R-0001.receipt")) as window:
        hands = Hands(window, hall, qtbot)
        assert not sticks.read
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and hands.idle())
        assert sticks.read == [Path("R-0001.receipt")]
        assert hands.view.place == "sync"
        assert "送达 2 件" in screen_of(hands).stick.words.text()
        window.lock()
        hands.until(lambda: window.locked and hands.idle())
        hands.type(PIN)
        hands.press("Return")
        hands.until(lambda: window.desk_view is not None and not window.locked and hands.idle())
        assert len(sticks.read) == 1  # once, not with each who signs in
