"""版本与更新 on a real window, a real vault and a real bundle, by keys: brought, put to use now or after work, taken back, held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.update_desk import UpdateDeskOfWindow
from clerk_app.bootstrap.updates import Updates
from clerk_app.crypto.vault import FileVault
from clerk_app.domain.hall import Role
from clerk_app.domain.releases import Policy
from clerk_app.domain.versions import Outcome, Versions
from clerk_app.launching.folder import ProgramFolder, program_folder
from tests.bootstrap.folder import found
from tests.sync.updates.publisher import Publisher
from tests.ui.hands import Hands
from tests.ui.vault_window import settings_page, sign_in, window_on
from ui.screens.settings.updates import UpdatesPage


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = {"time": 1, "memory_kib": 64, "lanes": 1}
    monkeypatch.setitem(FileVault.__init__.__kwdefaults__ or {}, "cost", cheap)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return found(tmp_path / "d", ("admin", Role.ADMIN), ("wangmin", Role.CLERK), ("shenji", Role.AUDITOR))


@pytest.fixture
def folder(data: Path) -> ProgramFolder:
    return program_folder(data)


@pytest.fixture
def bundle(data: Path, tmp_path: Path) -> Path:
    publisher = Publisher(tmp_path / "publisher")
    publisher.publish("0.2.0", notes="打印更快")
    Updates(data).trusted.trust(publisher.root.read_bytes())
    return publisher.bundle()


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, data: Path) -> Iterator[Hands]:
    with window_on(data, qtbot) as made:
        yield made


def page_of(hands: Hands) -> UpdatesPage:
    page = settings_page(hands, "updates")
    assert isinstance(page, UpdatesPage)
    return page


def brought(hands: Hands, bundle: Path) -> UpdatesPage:
    page = page_of(hands)
    page.take_file(bundle)
    hands.until(hands.idle)
    return page


def desk_of(hands: Hands) -> UpdateDeskOfWindow:
    updates = hands.window.services.updates
    assert isinstance(updates, UpdateDeskOfWindow)
    return updates


def test_a_file_is_brought_and_put_to_use_now(hands: Hands, bundle: Path, folder: ProgramFolder, data: Path) -> None:
    sign_in(hands, "wangmin")
    page = brought(hands, bundle)
    assert "0.2.0 已经准备好，核对过签名" in page.facts.texts()
    assert page.doing.go.text() == "现在装 0.2.0"
    assert folder.read().trial == ""
    page.doing.go.setFocus()
    hands.press("Space")
    hands.until(lambda: hands.window.closed)
    assert folder.read().trial == "0.2.0"
    assert list((data / "copies").glob("*.db")), "a copy of the data came first"
    assert desk_of(hands).start_again


def test_not_with_a_case_at_hand(hands: Hands, bundle: Path, folder: ProgramFolder) -> None:
    sign_in(hands, "wangmin")
    hands.fill("applicant.name", "冉样例")
    hands.until(lambda: bool(hands.intake.session.draft_id))
    page = brought(hands, bundle)
    page.doing.go.setFocus()
    hands.press("Space")
    hands.until(hands.idle)
    assert "还有一件没办完" in page.doing.note.text()
    assert folder.read().trial == ""
    assert not hands.window.closed


def test_after_work_by_itself(
    qapp_themed: QApplication, qtbot: QtBot, data: Path, bundle: Path, folder: ProgramFolder
) -> None:
    with window_on(data, qtbot) as hands:
        sign_in(hands, "wangmin")
        page = brought(hands, bundle)
        page.later.setFocus()
        hands.press("Space")
        hands.until(hands.idle)
        assert "关窗口时自动换上" in page.doing.note.text()
        assert folder.read().trial == ""
    assert folder.read().trial == "0.2.0"


def test_it_is_not_put_to_use_after_work_when_that_is_not_wished(
    qapp_themed: QApplication, qtbot: QtBot, data: Path, bundle: Path, folder: ProgramFolder
) -> None:
    folder.set_policy(Policy(by_itself=False))
    with window_on(data, qtbot) as hands:
        sign_in(hands, "wangmin")
        brought(hands, bundle)
    assert (folder.read().ready, folder.read().trial) == ("0.2.0", "")


def test_a_refused_file_says_why_and_what_is_safe(hands: Hands, bundle: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.clerkupdate"
    half.write_bytes(bundle.read_bytes()[:9000])
    sign_in(hands, "wangmin")
    page = brought(hands, half)
    assert "不完整" in page.doing.note.text()
    assert "窗口照常用" in page.doing.note.text()


def test_who_does_not_run_the_devices_only_looks(hands: Hands, bundle: Path) -> None:
    sign_in(hands, "shenji")
    page = page_of(hands)
    assert not page.doing.go.isEnabled()
    assert not page.rules.isVisible()


def test_the_administrator_holds_the_version(hands: Hands, folder: ProgramFolder) -> None:
    sign_in(hands, "admin")
    page = page_of(hands)
    page.metered.show_value("yes")
    page.pinned.show_value("yes")
    page.rules.go.setFocus()
    hands.press("Space")
    hands.until(hands.idle)
    assert (folder.policy().metered, folder.policy().pinned, folder.policy().pinned_by) == (True, "0.1.0", "本机")
    assert "本机固定在 0.1.0" in "".join(page.facts.texts())


def test_what_came_of_the_last_change_is_said(hands: Hands, folder: ProgramFolder) -> None:
    folder.change(lambda _state: Versions(failed=("0.2.0",), outcome=Outcome.ROLLED_BACK, about="0.2.0"))
    assert folder.read().about == "0.2.0"
    sign_in(hands, "wangmin")
    page = page_of(hands)
    assert "0.2.0 在这台电脑上打不开，已自动换回原来的版本" in page.doing.note.text()
