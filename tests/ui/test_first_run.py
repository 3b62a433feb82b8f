"""The first start by keys against a real gateway process; back and forth; killed at the worst moment nothing is half set up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.first_run import READY, FirstRunDesk, wanted
from clerk_app.bootstrap.gateway import GatewayProcess, gateway_office
from clerk_app.bootstrap.house import house
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.bootstrap.people import use_recovery
from clerk_app.settings import Settings
from ui.first_run import FirstRun

PIN = "135790"


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("district")
    gateway = GatewayProcess(folder)
    yield folder, gateway.url
    gateway.stop()


def token(folder: Path, window: str) -> str:
    with gateway_office(folder) as office:
        return office.enrol_token("500199", window, name="样例大厅")


def type_in(text: str) -> None:
    QTest.keyClicks(QApplication.focusWidget(), text)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)


def test_all_steps_by_keys(
    qapp_themed: QApplication, qtbot: QtBot, pool: ThreadPoolExecutor, district: tuple[Path, str], tmp_path: Path
) -> None:
    data = tmp_path / "window"
    page = FirstRun(FirstRunDesk(data), pool)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()

    def idle() -> None:
        qtbot.waitUntil(lambda: page.jobs.pending() == 0, timeout=20_000)

    def press(made: object) -> None:
        made.setFocus()  # type: ignore[attr-defined]
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
        idle()

    idle()
    for text in ("500199", "11", district[1], "no-such-token"):
        type_in(text)
    press(page.do)
    assert "登记码" in page.note.text()
    assert not data.exists(), "a token that is not good leaves nothing behind"
    page.enrolment[3].line.clear()
    page.enrolment[3].setFocus()
    type_in(token(district[0], "11"))
    press(page.do)
    assert page.at == 1, page.note.text()
    assert noted_hall(data).window == "11"
    press(page.back)
    assert page.at == 0
    assert not page.do.isVisible(), "what is enrolled is not enrolled twice"
    press(page.next)
    page.admin[0].setFocus()
    for text in ("chief", "Chief", PIN, PIN):
        type_in(text)
    press(page.do)
    assert page.at == 2, page.note.text()
    assert house(Settings(data)).vault.logins() == ("chief",)
    press(page.do)
    papers = []
    for _ in range(2):
        papers.append(page.code.text().replace("\n", "-"))
        press(page.next)
    assert page.at == 3
    press(page.back)
    assert papers[1] not in page.code.text().replace("\n", "-"), "the papers are shown once"
    press(page.next)
    press(page.do)
    assert page.note.text()
    press(page.next)
    press(page.do)
    assert "摄像头" in page.note.text() or "找到" in page.note.text()
    press(page.next)
    assert page.next.text().startswith("完成")
    press(page.next)
    assert page.done
    assert not wanted(data)
    use_recovery(data, "chief", "246802", papers)  # what was written down opens the window


KILLED = """
import os, signal, sys
from pathlib import Path
import clerk_app.bootstrap.first_run as first_run
real, where = getattr(first_run, sys.argv[1]), sys.argv[1]
def dying(*args, **more):
    if where == "found_window":
        import clerk_app.bootstrap.house as house
        house.note_hall = lambda *a: os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **more)
    real(*args, **more)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(first_run, sys.argv[1], dying)
first_run.FirstRunDesk(Path(sys.argv[2])).enrol("500199", sys.argv[3], sys.argv[4], sys.argv[5])
"""


@pytest.mark.parametrize(("where", "window", "whole"), [("found_window", "12", False), ("write_durably", "13", True)])
def test_killed_while_enrolling(
    district: tuple[Path, str], tmp_path: Path, where: str, window: str, whole: bool
) -> None:
    """In the middle of founding: nothing is there. After it: the whole window is, and only its people are missing."""
    data = tmp_path / "window"
    command = [sys.executable, "-c", KILLED, where, str(data), window, district[1], token(district[0], window)]
    done = subprocess.run(command, check=False, capture_output=True, env=dict(os.environ), timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert not data.exists()
    assert wanted(data)
    assert list(tmp_path.iterdir()) == ([data] if whole else [])
    desk = FirstRunDesk(data)
    if not whole:
        assert desk.hall_words() == ""
        desk.enrol("500199", window, district[1], token(district[0], window))
    assert "样例大厅" in desk.hall_words()
    assert not (data / READY).exists()
    desk.add_admin("chief", "Chief", PIN)
    assert not wanted(data)


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path, district: tuple[Path, str]) -> None:
    from clerk_app.errors import StorageProblem

    data = tmp_path / "window"
    data.mkdir()
    (data / "letter.txt").write_text("mine")
    with pytest.raises(StorageProblem, match="别的文件"):
        FirstRunDesk(data).enrol("500199", "14", district[1], token(district[0], "14"))
    assert [path.name for path in data.iterdir()] == ["letter.txt"]
