"""The pages of 设置 on a real vault and a real encrypted store, by keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.house import house, sign_in
from clerk_app.crypto.vault import FileVault
from clerk_app.domain.hall import Role
from clerk_app.errors import KeyProblem
from clerk_app.settings import Settings
from tests.bootstrap.folder import PIN, found
from tests.ui import vault_window
from tests.ui.hands import Hands
from tests.ui.vault_window import settings_page, window_on
from ui.screens.settings.copies import CopiesPage
from ui.screens.settings.journal import JournalPage
from ui.screens.settings.keeping import KeepingPage
from ui.screens.settings.own_pin import OwnPinPage
from ui.screens.settings.people import ADD, REMOVE, ROLE, PeoplePage
from ui.screens.settings.people import PIN as NEW_PIN
from ui.screens.settings.protection import ProtectionPage

NEW = "135791"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = {"time": 1, "memory_kib": 64, "lanes": 1}
    monkeypatch.setitem(FileVault.__init__.__kwdefaults__ or {}, "cost", cheap)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return found(tmp_path / "d", ("admin", Role.ADMIN), ("wangmin", Role.CLERK), ("shenji", Role.AUDITOR))


@pytest.fixture
def hands(qapp_themed: QApplication, qtbot: QtBot, data: Path) -> Iterator[Hands]:
    with window_on(data, qtbot) as made:
        yield made


def opens(data: Path, login: str, pin: str) -> bool:
    try:
        sign_in(house(Settings(data)), login, pin).store.close()
    except KeyProblem:
        return False
    return True


def typed(hands: Hands, page: PeoplePage, **texts: str) -> None:
    for name, text in texts.items():
        getattr(page, name).setFocus()
        hands.type(text)


def people(hands: Hands, what: str, at: int = 0) -> PeoplePage:
    page = settings_page(hands, "people")
    assert isinstance(page, PeoplePage)
    page.table.choose(at)
    page.what.setFocus()
    hands.press(str([ADD, ROLE, NEW_PIN, REMOVE].index(what) + 1))
    return page


def test_an_administrator_adds_somebody_who_can_sign_in(hands: Hands, data: Path) -> None:
    vault_window.sign_in(hands, "admin")
    page = people(hands, ADD)
    typed(hands, page, login="lili", name="李丽")
    page.role.show_value(Role.CHIEF.value)
    typed(hands, page, pin=NEW)
    hands.until(lambda: "没有系统钥匙库" in page.weak.text())  # said while the PIN is chosen, not after
    typed(hands, page, own="000000")
    hands.press("Return")
    hands.until(lambda: "PIN 不对" in page.doing.note.text())
    page.own.line.clear()
    typed(hands, page, own=PIN)
    hands.press("Return")
    hands.until(lambda: "已添加" in page.doing.note.text() and hands.idle())
    assert any("李丽" in line and "首席事务代表" in line for line in page.table.spoken())
    assert page.own.text() == ""
    vault_window.lock(hands)
    vault_window.sign_in(hands, "lili", NEW)
    assert hands.view.place.startswith("intake")
    hands.press("Ctrl+,")
    hands.until(hands.idle)


def test_another_post_a_new_pin_and_the_end_of_an_account(hands: Hands, data: Path) -> None:
    vault_window.sign_in(hands, "admin")
    page = people(hands, NEW_PIN, at=1)
    assert "wangmin" in page.whom.text()
    typed(hands, page, pin=NEW, own=PIN)
    hands.press("Return")
    hands.until(lambda: "新 PIN 可以用了" in page.doing.note.text() and hands.idle())
    assert opens(data, "wangmin", NEW)
    assert not opens(data, "wangmin", PIN)
    page = people(hands, ROLE, at=2)
    page.role.show_value(Role.ADMIN.value)
    typed(hands, page, own=PIN)
    hands.press("Return")
    hands.until(lambda: "先后做管理员和审计员" in page.doing.note.text())
    page.own.line.clear()
    page = people(hands, REMOVE, at=1)
    typed(hands, page, own=PIN)
    hands.press("Return")
    hands.until(lambda: "账号已停用" in page.doing.note.text() and hands.idle())
    assert not opens(data, "wangmin", NEW)


def test_a_clerk_changes_their_own_pin(hands: Hands, data: Path) -> None:
    vault_window.sign_in(hands, "wangmin")
    page = settings_page(hands, "own_pin")
    assert isinstance(page, OwnPinPage)
    for entry, text in ((page.old, PIN), (page.new, NEW), (page.again, "135792")):
        entry.setFocus()
        hands.type(text)
    hands.press("Return")
    assert "不一样" in page.doing.note.text()
    page.again.line.clear()
    hands.type(NEW)
    hands.press("Return")
    hands.until(lambda: "已换好" in page.doing.note.text() and hands.idle())
    assert opens(data, "wangmin", NEW)
    assert not opens(data, "wangmin", PIN)


def test_recovery_papers_are_shown_one_at_a_time_and_then_gone(hands: Hands, data: Path) -> None:
    vault_window.sign_in(hands, "admin")
    page = settings_page(hands, "protection")
    assert isinstance(page, ProtectionPage)
    assert "少了什么" in page.facts.texts()  # no key store here: what is lost is said
    page.own.setFocus()
    hands.type(PIN)
    hands.press("Return")
    hands.until(lambda: "第 1 张，共 2 张" in page.paper_title.text())
    one = page.paper.text()
    page.next.click()
    two = page.paper.text()
    page.next.click()
    hands.until(hands.idle)
    assert all((one, two))
    assert one != two
    assert page.paper.text() == ""
    assert page.shown.isHidden()
    hands.window.close()
    hands.until(lambda: hands.window.closed)
    opened = house(Settings(data)).vault.unlock_recovery((one, two))
    assert opened.database_key


def test_copies_are_made_and_a_backup_is_tried_out(hands: Hands, data: Path, tmp_path: Path) -> None:
    vault_window.sign_in(hands, "admin")
    page = settings_page(hands, "copies")
    assert isinstance(page, CopiesPage)
    assert any("没有设" in text for text in page.facts.texts())
    page.back_up(tmp_path / "whole.bak")
    hands.until(lambda: "读回检查过" in page.doing.note.text())
    page.own.setFocus()
    hands.type(PIN)
    page.try_restore(tmp_path / "whole.bak")
    hands.until(lambda: "是完整的" in page.trial.note.text())
    (tmp_path / "broken.bak").write_bytes((tmp_path / "whole.bak").read_bytes()[:-4000])
    hands.type(PIN)
    page.try_restore(tmp_path / "broken.bak")
    hands.until(lambda: page.trial.note.property("tone") == "red")
    page.set_second(tmp_path)  # the same disk
    hands.until(lambda: "同一块硬盘" in page.doing.note.text())


def test_the_terms_are_set_and_journalled(hands: Hands, data: Path) -> None:
    vault_window.sign_in(hands, "admin")
    page = settings_page(hands, "keeping")
    assert isinstance(page, KeepingPage)
    assert "就彻底没有了" in page.gone.text()
    page.entries["ended"].line.setText("0")
    page.doing.go.click()
    hands.until(lambda: "1 到 730" in page.doing.note.text())
    page.entries["ended"].line.setText("20")
    page.doing.go.click()
    hands.until(lambda: "已改" in page.doing.note.text() and hands.idle())
    vault_window.lock(hands)
    vault_window.sign_in(hands, "shenji")
    journal = settings_page(hands, "journal")
    assert isinstance(journal, JournalPage)
    assert any("改保存天数" in line and "办结 20" in line for line in journal.table.spoken())


def test_the_auditor_reads_proves_and_takes_the_journal(hands: Hands, data: Path, tmp_path: Path) -> None:
    vault_window.sign_in(hands, "shenji")
    assert hands.view.place == "settings"
    page = settings_page(hands, "journal")
    assert isinstance(page, JournalPage)
    assert any("添加人员" in line for line in page.table.spoken())
    page.doing.go.click()
    hands.until(lambda: "没有缺失或改动" in page.doing.note.text())
    page.export(tmp_path / "out.jsonl")
    hands.until(lambda: "已导出" in page.doing.note.text() and hands.idle())
    assert (tmp_path / "out.jsonl").read_bytes().count(b"\n") > 3
    page.export(tmp_path / "out.jsonl")
    hands.until(lambda: "没有覆盖它" in page.doing.note.text())
