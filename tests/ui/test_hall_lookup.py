"""A citizen comes back to another window of the hall: 查询 asks the gateway, goes on with the case here, and says no in words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.domain.case import Case, case_document
from clerk_app.domain.hall import Role
from clerk_app.errors import LineProblem
from clerk_app.ports import FoundCase, TakenCase
from clerk_app.usecases.desk import Desk
from tests.ui.counter import counter, search_of, signed_in, taken, unguarded, with_role
from tests.ui.hall import Place, place
from tests.ui.hands import Hands

NO_LINE = LineProblem("连不上区县前置。", what_is_safe="本机的办件都在。", what_to_do="等网络恢复再查。")


@dataclass
class OtherWindows:
    """Stands for the gateway; the real one is asked in tests/e2e/test_two_windows.py."""

    case: Case
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    problem: LineProblem | None = None
    answers: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def opened(self, _desk: Desk) -> Iterator[OtherWindows]:
        if self.problem is not None:
            raise self.problem
        yield self

    def find(self, number: str, document_kind: str = "", *, reason: str = "returned") -> tuple[FoundCase, ...]:
        self.asked.append((number, document_kind, reason))
        self.answers.wait(5)
        wanted = self.case.content["applicant"]["document_number"]
        return (self._found(),) if number == wanted else ()

    def take(self, case_id: str, *, reason: str = "returned") -> TakenCase:
        assert case_id == self.case.id
        return TakenCase(self._found(), case_document(self.case), ())

    def _found(self) -> FoundCase:
        case = self.case
        return FoundCase(
            case.id, case.local_number, "HZ0001", "", "社会保障卡", "样*", case.state.value, case.revision, "05", "05", "", 0
        )  # fmt: skip


@pytest.fixture
def others(pool: ThreadPoolExecutor) -> OtherWindows:
    made = OtherWindows(taken(place(pool), "social-card"))
    made.answers.set()
    return made


def joined(hall: Place, others: OtherWindows) -> Place:
    hall.services = replace(hall.services, hall_cases=others.opened)
    return hall


@pytest.fixture
def hands(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path, others: OtherWindows
) -> Iterator[Hands]:
    with signed_in(joined(counter(pool, tmp_path), others), qtbot) as made:
        yield made


def look(hands: Hands, number: str) -> None:
    """Ctrl+6, the number, Ctrl+H, Ctrl+Enter."""
    hands.press("Ctrl+6")
    hands.type(number)
    hands.until(hands.idle)
    hands.press("Ctrl+H")
    assert search_of(hands).hall.isVisible()
    hands.press("Ctrl+Return")


def test_found_gone_on_with_and_shown_by_keyboard_alone(hands: Hands, others: OtherWindows) -> None:
    number = others.case.content["applicant"]["document_number"]
    look(hands, number)
    panel = search_of(hands).hall
    hands.until(lambda: hands.idle() and panel.table.hasFocus())
    assert others.asked == [(number, "111", "returned")], "the kind by the number's look, the reason first in line"
    assert "05 号窗口" in panel.table.spoken()[0]
    hands.press("Return")
    hands.until(lambda: hands.idle() and search_of(hands).case_id == others.case.id)
    assert panel.table.spoken() == [], "nobody comes back to what was found for somebody"
    with unguarded(hands.hall), hands.hall.store.begin(reading=True) as uow:
        assert uow.cases.get(others.case.id) == replace(others.case, gateway_receipt="HZ0001")
        verbs = [entry.happening.verb for entry in uow.journal.entries()]
    assert [verb for verb in verbs if verb in ("hall.looked_up", "case.taken_over")] == [
        "hall.looked_up",
        "case.taken_over",
    ]


def test_no_line_and_nothing_found_are_said_and_the_number_stays(hands: Hands, others: OtherWindows) -> None:
    others.problem = NO_LINE
    look(hands, "202611210001")
    panel = search_of(hands).hall
    hands.until(lambda: "连不上区县前置" in panel.words.text())
    assert panel.number.text() == "202611210001"
    others.problem = None
    hands.press("Ctrl+Return")
    hands.until(lambda: "没有查到" in panel.words.text())
    assert others.asked == [("202611210001", "", "returned")]
    hands.press("Esc")
    assert not panel.isVisible()


def test_esc_waits_no_longer(hands: Hands, others: OtherWindows) -> None:
    others.answers.clear()
    look(hands, others.case.content["applicant"]["document_number"])
    panel = search_of(hands).hall
    hands.until(lambda: bool(others.asked))
    hands.press("Esc")
    assert "没有等" in panel.words.text()
    others.answers.set()
    hands.until(hands.idle)
    assert panel.isVisible()
    assert panel.table.spoken() == [], "an answer that nobody waits for shows nobody's data"


def test_who_takes_no_cases_looks_and_takes_none(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path, others: OtherWindows
) -> None:
    hall = with_role(joined(counter(pool, tmp_path), others), Role.SUPERVISOR)
    with signed_in(hall, qtbot) as hands:
        look(hands, others.case.content["applicant"]["document_number"])
        panel = search_of(hands).hall
        hands.until(lambda: hands.idle() and panel.table.hasFocus())
        hands.press("Return")
        assert "您的岗位只能查看" in panel.words.text()
        with unguarded(hall), hall.store.begin(reading=True) as uow:
            assert uow.cases.get(others.case.id) is None
