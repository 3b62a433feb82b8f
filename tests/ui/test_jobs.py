"""Background work: results in the GUI thread, lanes in order, errors of three kinds, nothing after cancelling."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.errors import AppError, StorageProblem
from tests.ui.hall import HandExecutor
from ui.jobs import Jobs


def _itself(number: int) -> int:
    return number


def _note(seen: list[object], number: int) -> None:
    seen.append(number)


def deliver() -> None:
    QCoreApplication.sendPostedEvents()


def test_work_runs_elsewhere_and_its_result_comes_back_to_the_gui_thread(
    qapp: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor
) -> None:
    threads: dict[str, int] = {}
    jobs = Jobs(pool, lambda error: None)

    def note(ident: int) -> None:
        threads.update(work=ident, done=threading.get_ident())

    jobs.run(threading.get_ident, note, owner=jobs)
    qtbot.waitUntil(lambda: "done" in threads)
    assert threads["work"] != threading.get_ident()
    assert threads["done"] == threading.get_ident()


def test_a_lane_starts_the_next_only_when_the_one_before_was_delivered(qapp: QApplication) -> None:
    executor = HandExecutor()
    seen: list[object] = []
    jobs = Jobs(executor, lambda error: None)
    for number in range(3):
        jobs.run(partial(_itself, number), partial(_note, seen), owner=jobs, lane="draft")
    for expected in range(3):
        assert len(executor.waiting) == 1, "the lane let another one start"
        executor.step()
        assert seen == list(range(expected))
        deliver()
        assert seen == list(range(expected + 1))
    assert jobs.pending() == 0


def test_a_failed_job_does_not_block_its_lane_and_says_so_calmly(qapp: QApplication) -> None:
    said: list[AppError] = []
    done: list[str | None] = []
    executor = HandExecutor()
    jobs = Jobs(executor, said.append)

    def full_disk() -> None:
        raise StorageProblem("磁盘满了。", what_is_safe="已存的都在。")

    jobs.run(full_disk, done.append, owner=jobs, lane="draft")
    jobs.run(lambda: "next", done.append, owner=jobs, lane="draft")
    for _ in range(2):
        executor.step()
        deliver()
    assert [error.sentence() for error in said] == ["磁盘满了。已存的都在。"]
    assert done == ["next"]


def test_a_bug_goes_to_the_excepthook_and_not_to_the_clerk(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[AppError] = []
    bugs: list[type[BaseException]] = []
    executor = HandExecutor()
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: bugs.append(kind))
    jobs = Jobs(executor, said.append)
    jobs.run(lambda: 1 // 0, lambda result: None, owner=jobs)
    executor.step()
    deliver()
    assert (bugs, said) == ([ZeroDivisionError], [])


def test_nobody_is_called_after_cancelling_or_when_the_owner_is_gone(qapp: QApplication) -> None:
    seen: list[object] = []
    ran: list[str] = []
    executor = HandExecutor()
    jobs, owner = Jobs(executor, lambda error: None), QObject()
    jobs.run(lambda: ran.append("cancelled"), seen.append, owner=jobs).cancel()
    jobs.run(lambda: ran.append("orphan"), seen.append, owner=owner)
    shiboken6.delete(owner)
    for _ in range(2):
        executor.step()
        deliver()
    assert seen == []
    assert ran == ["orphan"], "a cancelled job that had not begun must not begin"


def test_closing_lets_queued_saves_finish_first(qapp: QApplication) -> None:
    ran: list[object] = []
    ended: list[list[object]] = []
    executor = HandExecutor()
    jobs = Jobs(executor, lambda error: None)
    for number in range(2):
        jobs.run(partial(ran.append, number), lambda _: ran.append("told"), owner=jobs, lane="draft")
    jobs.close(lambda: ended.append(list(ran)))
    assert ended == []
    for _ in range(2):
        executor.step()
        deliver()
    assert ended == [[0, 1]]


def test_work_asked_for_after_the_executor_is_gone_is_dropped(qapp: QApplication) -> None:
    """A timer may fire once more while the program ends: nobody waits for the answer, and nothing is raised into Qt."""
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    seen: list[object] = []
    jobs = Jobs(executor, lambda error: None)
    job = jobs.run(partial(_itself, 1), partial(_note, seen), owner=jobs)
    deliver()
    assert job.cancelled
    assert jobs.pending() == 0
    assert seen == []
