"""What stands in the way of a start, in a small window that a key closes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.front import open_window
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.cli import main
from clerk_app.errors import EXIT_ENVIRONMENT, AppError, StorageProblem
from clerk_app.settings import Settings
from local_db.single_instance import WindowLock
from tests.bootstrap.folder import found
from ui.plain_word import PlainWord


def test_a_fresh_folder_says_what_to_type_and_enter_closes(
    qapp_themed: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    with pytest.raises(StorageProblem) as refused:
        noted_hall(tmp_path)
    word = PlainWord(refused.value)
    qtbot.addWidget(word)
    word.show()
    told = "".join(made.text() for made in list[QLabel](word.findChildren(QLabel)))
    assert "还没有登记窗口" in told
    assert "clerk-app init" in told
    assert "clerk-app demo" in told
    QTest.keyClicks(word, "\r")
    qtbot.waitUntil(lambda: not word.isVisible())


def test_a_second_window_on_the_folder_is_told_so(tmp_path: Path) -> None:
    data = found(tmp_path / "d")
    with WindowLock(data), pytest.raises(StorageProblem, match="已经开着"):
        open_window(Settings(data))


def test_from_an_icon_the_reason_is_shown_and_the_exit_code_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[AppError] = []
    monkeypatch.setattr("clerk_app.commands.window.say_in_a_window", shown.append)
    asked = ["window", "--quit-at-once", "--data", str(tmp_path / "none")]
    assert main(asked) == EXIT_ENVIRONMENT
    assert shown == []
    assert main([*asked, "--from-icon"]) == EXIT_ENVIRONMENT
    assert [type(each) for each in shown] == [StorageProblem]
