"""A window that the gateway takes no more, or whose keys a damaged disk took, is enrolled anew from the window: a real gateway with
TLS, a real vault, hands on the keyboard.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clerk_app.bootstrap.gateway import gateway_office
from clerk_app.bootstrap.house import found_window, house
from clerk_app.bootstrap.line import LineDesk
from clerk_app.bootstrap.people import add_clerk
from clerk_app.crypto.vault import FileVault
from clerk_app.domain.hall import Role
from clerk_app.domain.time import Stamp
from clerk_app.settings import Settings
from clerk_app.usecases import setup
from clerk_app.usecases.queries import case_rows
from local_db.engine import connect
from local_db.unit_of_work import SqlStore
from sync.certificates import csr_for
from sync.gateway.authority import Authority
from tests.bootstrap.folder import PIN
from tests.ui.gallery.stock import take
from tests.ui.hands import Hands
from tests.ui.vault_window import lock, settings_page, sign_in, window_on
from ui.screens.settings.enrolment import EnrolmentPage
from ui.screens.settings.screen import SettingsScreen
from ui.screens.sync.screen import SyncScreen

HALL = "500199"
YEAR_MS = 366 * 86_400_000


@dataclass(frozen=True, slots=True)
class Gateway:
    data: Path
    url: str

    def code(self, window: str) -> str:
        with gateway_office(self.data) as office:
            return office.enrol_token(HALL, window, tls=True)

    def holds(self) -> set[str]:
        with gateway_office(self.data) as office:
            return {str(row["case_id"]) for row in office.dump()}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """The real command, serving TLS."""
    data = tmp_path_factory.mktemp("secured")
    command = [sys.executable, "-m", "clerk_app", "gateway", "serve", "--data", str(data), "--port", "0", "--json"]
    process = subprocess.Popen([*command, "--tls-name", "localhost"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    yield Gateway(data, str(json.loads(process.stdout.readline())["url"]))
    process.terminate()
    assert process.wait(20) in {0, -15}
    process.stdout.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = {"time": 1, "memory_kib": 64, "lanes": 1}
    monkeypatch.setitem(FileVault.__init__.__kwdefaults__ or {}, "cost", cheap)
    monkeypatch.setenv("CLERK_APP_PIN", PIN)


Opening = Callable[[str], tuple[Path, Callable[[], Hands]]]


@pytest.fixture
def founded(qapp_themed: QApplication, qtbot: QtBot, gateway: Gateway, tmp_path: Path) -> Iterator[Opening]:
    """A window of that number at the gateway with an administrator and a clerk, and what opens it."""
    with ExitStack() as opened:

        def found(window: str) -> tuple[Path, Callable[[], Hands]]:
            data = tmp_path / f"window-{window}"
            found_window(data, gateway.url, gateway.code(window), HALL, window)
            add_clerk(data, "zhangli", "张丽", Role.ADMIN, PIN, by="")
            add_clerk(data, "wangmin", "王敏", Role.CLERK, PIN, by="zhangli")
            return data, lambda: opened.enter_context(window_on(data, qtbot))

        yield found


class _LongAgo:
    def __init__(self, utc_ms: int) -> None:
        self._utc_ms = utc_ms

    def now(self) -> Stamp:
        return Stamp(self._utc_ms, monotonic_ms=0)


def end_certificate(data: Path, gateway: Gateway, window: str) -> None:
    """It was not opened for over a year."""
    home = house(Settings(data))
    store = SqlStore(data, home.vault.unlock("zhangli", PIN).database_key, home.suite)
    ago = Authority(gateway.data, _LongAgo(home.clock.now().utc_ms - 2 * YEAR_MS))
    with store.begin() as uow:
        told = uow.config.get(setup.WINDOW_TLS)
        certificate = ago.certify(str(uow.config.get(setup.WINDOW_ID)), csr_for(told["key"], window))[0]
        uow.config.set(setup.WINDOW_TLS, {**told, "certificate": certificate})
        uow.commit()
    store.close()


def lose_enrolment(data: Path) -> None:
    """The rows are gone, as a damaged page takes them."""
    raw = connect(data / "clerk.db", house(Settings(data)).vault.unlock("zhangli", PIN).database_key)
    raw.execute("DELETE FROM config WHERE name = 'hall' OR name LIKE 'window.%'")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def enrolment_page(hands: Hands) -> EnrolmentPage:
    page = settings_page(hands, "enrolment")
    assert isinstance(page, EnrolmentPage)
    return page


def text_into(hands: Hands, page: EnrolmentPage, **texts: str) -> None:
    for name, text in texts.items():
        getattr(page, name).line.clear()
        getattr(page, name).setFocus()
        hands.type(text)


def told(hands: Hands, page: EnrolmentPage, words: str) -> None:
    page.code.setFocus()
    hands.press("Return")
    hands.until(lambda: words in page.doing.note.text() and hands.idle())


def free_port() -> int:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        return int(nobody.getsockname()[1])


def test_a_window_that_is_shut_out_is_enrolled_anew_in_settings_and_goes_on_by_itself(
    founded: Opening, gateway: Gateway
) -> None:
    data, opening = founded("41")
    end_certificate(data, gateway, "41")
    hands = opening()
    sign_in(hands, "wangmin")
    case = take(hands.view.desk, "longevity-allowance", 4)
    hands.press("Ctrl+5")
    screen = hands.view.place_of("sync")
    assert isinstance(screen, SyncScreen)
    hands.until(lambda: "设置 · 登记" in screen.stuck.text())
    assert "clerk-app init --clerk" in screen.stuck.text()
    hands.until(hands.idle)
    lock(hands)

    sign_in(hands, "zhangli")
    hands.until(lambda: hands.window.services.line.status().wants_enrolling)
    hands.view.facts.show_reminders()  # as it looks by itself every few seconds
    assert "enrolment" in hands.view.header.reminders.kinds
    assert "设置 · 登记" in hands.view.say_line.text, "said by itself"
    page = enrolment_page(hands)
    hands.until(lambda: page.doing.isVisible() and hands.idle())
    assert page.gateway.text() == gateway.url, "filled in"
    code = gateway.code("41")
    text_into(hands, page, gateway=gateway.url, own="000000", code=code)
    told(hands, page, "PIN 不对")
    assert page.shown is not None
    page.show_state(replace(page.shown, wanted=False))  # the line that was begun again has not asked yet
    assert page.doing.isVisible(), "what somebody types in stays"
    text_into(hands, page, own=PIN, gateway="不是地址", code=code)
    told(hands, page, "前置地址")
    text_into(hands, page, own=PIN, gateway=f"https://localhost:{free_port()}", code=code)
    told(hands, page, "登记码没有用掉")
    text_into(hands, page, own=PIN, gateway=gateway.url, code="a" * 40)
    told(hands, page, "登记码（要抄全")  # without what proves the gateway
    text_into(hands, page, own=PIN, code=gateway.code("44"))
    told(hands, page, "给别的大厅或窗口的")  # another window's
    assert gateway.holds() == set()
    line = hands.window.services.line
    assert isinstance(line, LineDesk)
    assert line._worker is not None, "the line goes on after what failed"

    text_into(hands, page, own=PIN, code=code)
    hands.press("Return")
    hands.until(lambda: "已重新登记" in _said(hands) and hands.idle())
    hands.until(lambda: gateway.holds() == {case.id})
    hands.until(lambda: hands.window.services.line.status().text == "在线 · 全部已送达")
    settings = hands.view.place_of("settings")
    assert isinstance(settings, SettingsScreen)
    after = settings._now
    assert isinstance(after, EnrolmentPage), "at the same page as before"
    hands.until(lambda: "第 2 次登记" in "".join(after.facts.texts()))
    hands.view.facts.show_reminders()
    assert "enrolment" not in hands.view.header.reminders.kinds
    assert not after.doing.isVisible()
    lock(hands)

    sign_in(hands, "wangmin")
    second = take(hands.view.desk, "longevity-allowance", 5)
    hands.window.services.line.nudge()
    hands.until(lambda: second.id in gateway.holds())
    rows = {row.case_id: row for row in case_rows(hands.view.desk)}
    assert "-W41G2-" in rows[second.id].local_number
    assert "-W41G1-" in rows[case.id].local_number


def _said(hands: Hands) -> str:
    return hands.view.say_line.text if hands.window.desk_view is not None else ""


def test_a_window_that_is_well_says_so_and_asks_for_nothing(founded: Opening) -> None:
    _data, opening = founded("42")
    hands = opening()
    sign_in(hands, "zhangli")
    page = enrolment_page(hands)
    hands.until(lambda: "在线" in hands.window.services.line.status().text)
    hands.until(lambda: "第 1 次登记" in "".join(page.facts.texts()))
    assert page.well.isVisible()
    assert not page.doing.isVisible()
    assert "到期前自动换新" in "".join(page.facts.texts())


def test_where_the_enrolment_is_lost_an_administrator_finds_it_again_at_the_sign_in_page(
    founded: Opening, gateway: Gateway
) -> None:
    data, opening = founded("43")
    lose_enrolment(data)
    hands = opening()
    page = hands.window.sign_in
    hands.until(hands.idle)
    assert not page.again.isVisible()
    page.ask("wangmin")
    page.pin.setFocus()
    hands.type(PIN)
    hands.press("Return")
    hands.until(lambda: "没有登记信息" in page.note and hands.idle())
    assert "办件、暂存和材料都在" in page.note
    hands.until(page.again.hasFocus)
    note = page._note  # the whole of it is to be read, once Qt has laid the page out
    hands.until(
        lambda: note.height() >= note.heightForWidth(note.width()) and note.geometry().bottom() < page.again.y()
    )
    hands.press("Space")
    card = page.enrolling
    assert card.who.currentData() == "wangmin"
    assert card.gateway.text() == gateway.url, "filled in from what stands beside the vault"
    code = gateway.code("43")

    def fill(pin: str, token: str) -> None:
        for line, text in ((card.pin, pin), (card.code, token)):
            line.clear()
            line.setFocus()
            hands.type(text)
        hands.press("Return")

    fill(PIN, code)
    hands.until(lambda: "只有管理员" in card.note)
    card.who.setCurrentIndex(card.who.findData("zhangli"))
    fill("000000", code)
    hands.until(lambda: "PIN 不对" in card.note)
    fill(PIN, gateway.code("44"))
    hands.until(lambda: "登记码" in card.note and "正在" not in card.note)
    fill(PIN, code)
    hands.until(lambda: hands.window.desk_view is not None and hands.idle())
    assert hands.view.desk.session.login == "zhangli"
    hands.until(lambda: hands.window.services.line.status().text == "在线 · 全部已送达")
    assert "第 2 次登记" in "".join(enrolment_page(hands).facts.texts())
    lock(hands)
    sign_in(hands, "wangmin")
    assert not page.again.isVisible()
