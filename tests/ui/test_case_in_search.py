"""查询: a look at full numbers, several cases handed over at once, papers filled in by hand; on the real store, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from clerk_app.domain.hall import Role
from clerk_app.domain.paper import Form
from clerk_app.errors import StorageProblem
from clerk_app.usecases.queries import case_detail
from tests.ui.counter import choose, counter, fill, menu, search_of, show, signed_in, taken, unguarded, with_role
from tests.ui.hands import Hands
from ui.screens.search.unmasking import SHOWN_MS, grouped


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    with signed_in(counter(pool, tmp_path), qtbot) as made:
        yield made


@pytest.fixture
def supervisor(qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path) -> Iterator[Hands]:
    """A supervisor, and a case that a clerk took before."""
    hall = counter(pool, tmp_path)
    taken(hall, "social-card")
    again = with_role(hall, Role.SUPERVISOR)
    with signed_in(again, qtbot) as made:
        yield made


def looks(hands: Hands, case_id: str) -> list[dict[str, str]]:
    """The details of every journalled look."""
    with unguarded(hands.hall), hands.hall.store.begin(reading=True) as uow:
        return [
            dict(entry.happening.detail) for entry in uow.journal.of_case(case_id) if entry.happening.verb == "unmask"
        ]


def test_a_full_number_is_journalled_first_and_covers_itself_again(hands: Hands) -> None:
    case = taken(hands.hall, "social-card")
    number = case.content["applicant"]["document_number"]
    search = show(hands, case)
    applicant = search.view.applicant
    assert number not in applicant.text
    assert number[:6] in applicant.text
    search.table.setFocus()
    hands.press("Ctrl+M")
    hands.until(lambda: applicant.is_open and hands.idle())
    assert grouped(number) in applicant.text
    assert looks(hands, case.id) == [{}]
    assert search._case is not None
    assert "查看完整信息" in [what for _, what, _ in search._case.journal], "the case's life shows it too"
    hands.press("Ctrl+M")
    assert grouped(number) not in applicant.text
    hands.press("Ctrl+M")
    hands.until(lambda: applicant.is_open and hands.idle())
    assert applicant._cover.interval() == SHOWN_MS
    applicant._cover.timeout.emit()
    assert grouped(number) not in applicant.text, "it covers itself after a while"
    hands.press("Ctrl+M")
    hands.until(lambda: applicant.is_open and hands.idle())
    hands.press("Ctrl+7")
    assert grouped(number) not in applicant.text, "another place in front"
    assert len(looks(hands, case.id)) == 3


def test_a_look_that_cannot_be_journalled_shows_nothing(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    case = taken(hands.hall, "social-card")
    applicant = show(hands, case).view.applicant
    masked = applicant.text
    real = hands.hall.store.begin

    def full(*, reading: bool = False) -> object:
        if not reading:
            raise StorageProblem("磁盘满了。", what_is_safe="已存的都在。", what_to_do="请清理磁盘。")
        return real(reading=reading)

    monkeypatch.setattr(hands.hall.store, "begin", full)
    applicant.toggle()
    hands.until(lambda: "磁盘满了" in hands.view.say_line.text)
    assert applicant.text == masked
    monkeypatch.undo()


def test_a_supervisor_says_why_and_only_closed_words_reach_the_journal(supervisor: Hands) -> None:
    hands = supervisor
    hands.press("Ctrl+6")
    search = search_of(hands)
    hands.until(lambda: search._case is not None and hands.idle())
    assert search._case is not None
    case = search._case.case
    search.table.setFocus()
    hands.press("Ctrl+M")
    assert search.view.applicant.why.hasFocus()
    assert looks(hands, case.id) == []
    hands.press("Esc")
    assert not search.view.applicant.why.isVisible()
    search.table.setFocus()
    hands.press("Ctrl+M")
    hands.press("3")
    hands.until(lambda: search.view.applicant.is_open and hands.idle())
    assert looks(hands, case.id) == [{"reason": "complaint"}]


def test_cases_marked_in_the_list_go_over_with_one_list(hands: Hands) -> None:
    cases = [
        taken(hands.hall, item, seed) for seed, item in enumerate(("social-card", "pension-enrolment", "social-card"))
    ]
    hands.press("Ctrl+6")
    search = search_of(hands)
    hands.until(lambda: len(search.table.spoken()) == 3 and hands.idle())
    search.table.setFocus()
    search.table.choose(0)
    hands.press("Space")
    hands.press("Down")
    hands.press("Down")
    hands.press("Space")
    hands.until(hands.idle)
    assert "已选 2 件" in search.found.marks.text()
    assert [line.startswith("☑") for line in search.table.spoken()] == [True, False, True]
    hands.press("F12")
    fill(hands, search.moves, "to", "演示区档案中心")
    fill(hands, search.moves, "sheets", "6")
    hands.press("Ctrl+Return")
    hands.until(lambda: "2 件一起" in hands.view.say_line.text and hands.idle())
    with unguarded(hands.hall):
        details = [case_detail(hands.hall.desk, case.id) for case in cases]
    slips = [job for detail in details for job in detail.jobs if job.form is Form.F14]
    assert len(slips) == 1, "one list for both sides to sign"
    moved = [any(what == "转办" for _, what, _, _ in detail.acts) for detail in details]
    assert sorted(moved) == [False, True, True]
    assert not search.found.marks.isVisible()


def test_escape_takes_the_marks_away(hands: Hands) -> None:
    taken(hands.hall, "social-card")
    hands.press("Ctrl+6")
    search = search_of(hands)
    hands.until(lambda: len(search.table.spoken()) == 1 and hands.idle())
    search.table.setFocus()
    hands.press("Space")
    assert search.found.marks.isVisible()
    hands.press("Esc")
    assert not search.found.marks.isVisible()
    hands.press("F12")
    assert search.moves.menu.hasFocus(), "the menu of the one case again"


@pytest.mark.parametrize("form", [Form.F17, Form.F18])
def test_papers_filled_in_by_hand_are_ordered_once_from_the_menu(hands: Hands, form: Form) -> None:
    case = taken(hands.hall, "social-card")
    name = {Form.F17: "纸质评价表", Form.F18: "上门服务记录单"}[form]
    panel = menu(hands, case)
    choose(hands, panel, name)
    hands.press("Ctrl+Return")
    hands.until(lambda: name in hands.view.say_line.text and hands.idle())
    with unguarded(hands.hall):
        detail = case_detail(hands.hall.desk, case.id)
    assert [job.form for job in detail.jobs].count(form) == 1
    assert detail.case.revision == case.revision, "a paper is no act"
    hands.press("F12")
    assert not any(name in line for line in search_of(hands).moves.menu.spoken())


def test_no_full_number_is_in_the_list_or_anywhere_on_the_page(hands: Hands) -> None:
    case = taken(hands.hall, "social-card")
    number = case.content["applicant"]["document_number"]
    search = show(hands, case)
    texts = search.table.spoken() + [each.text() for each in list[QLabel](search.findChildren(QLabel))]
    assert not any(number in text or grouped(number) in text for text in texts)


def test_an_older_case_stays_in_front_though_the_list_begins_with_others(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.screens.search.screen.PAGE", 2)
    hall = counter(pool, tmp_path / "hall", colleague=False)
    cases = [taken(hall, "social-card-password", seed) for seed in (1, 2, 3)]
    with signed_in(hall, qtbot) as hands:
        for asked in (cases[0].local_number, cases[0].id):
            hands.view.open_case(asked)
            search = search_of(hands)
            hands.until(
                lambda: len(search_of(hands).found.rows) == 3 and hands.idle()
            )  # the rest came as it was in sight
            assert search.case_id == cases[0].id
            assert search.table.current() == -1, "it was not among the first"
            hands.press("F5")
            hands.until(hands.idle)
            assert search.case_id == cases[0].id
        hands.press("Down")
        hands.until(hands.idle)
        assert search.case_id == cases[2].id
