"""The administrator's pages in a real browser without a screen (Debian's chromium), and what a forger of forms gets."""

from __future__ import annotations

import contextlib
import http.client
import shutil
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from clerk_app.errors import BadInput
from sync.gateway.admin import accounts, looks
from tests.sync.gateway_main import open_here
from tests.sync.hall import GatewayProcess, Window, enrol, sample_case, signed_message

LOGIN, PASSWORD = "guanli", "a long enough password"


@pytest.fixture(scope="module")
def administered(gateway: GatewayProcess) -> GatewayProcess:
    with contextlib.closing(open_here(gateway.data)) as here:
        accounts.set_password(here, LOGIN, PASSWORD)
    return gateway


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    assert chromium, "chromium is named in apt-packages.txt"
    assert driver, "chromium-driver is named in apt-packages.txt"
    options = Options()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("chromium")
    for each in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--window-size=1366,768",
    ):
        options.add_argument(each)
    options.add_argument(f"--user-data-dir={profile}")
    service = Service(driver)
    opened = webdriver.Chrome(options=options, service=service)
    yield opened
    opened.quit()


def field(browser: webdriver.Chrome, name: str) -> WebElement:
    return browser.find_element(By.NAME, name)


def text_of(browser: webdriver.Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "main").text


def go(browser: webdriver.Chrome, words: str) -> None:
    """Follow a link of the menu and wait for its page."""
    before = browser.find_element(By.TAG_NAME, "html")
    browser.find_element(By.LINK_TEXT, words).click()
    WebDriverWait(browser, 20).until(lambda _: before != browser.find_element(By.TAG_NAME, "html"))


def press(browser: webdriver.Chrome, words: str, within: WebElement | None = None) -> None:
    """Press the button with these words and wait for the next page."""
    before = browser.find_element(By.TAG_NAME, "html")
    (within or browser).find_element(By.XPATH, f".//button[normalize-space()='{words}']").click()
    WebDriverWait(browser, 20).until(lambda _: before != browser.find_element(By.TAG_NAME, "html"))


def sign_in(browser: webdriver.Chrome, url: str) -> None:
    browser.delete_all_cookies()
    browser.get(f"{url}/admin")
    assert browser.current_url.endswith("/admin/login")
    field(browser, "login").send_keys(LOGIN)
    field(browser, "password").send_keys(PASSWORD)
    press(browser, "登录")


def test_a_day_of_the_administrator_in_a_real_browser(
    administered: GatewayProcess, browser: webdriver.Chrome, window: Window
) -> None:
    gateway = administered
    window.centre(gateway.url).send([signed_message(window, sample_case("adm-1"))])
    with contextlib.closing(open_here(gateway.data)) as here:
        from sync.gateway import office

        office.tick(here)
    sign_in(browser, gateway.url)
    assert "收到办件" in text_of(browser)
    assert int(browser.find_element(By.ID, "cases").text) >= 1

    go(browser, "窗口")
    for name, value in (("hall", "500199"), ("window", "88"), ("phone", "023-1")):
        field(browser, name).send_keys(value)
    press(browser, "发登记码")
    code = browser.find_element(By.ID, "code").text
    newcomer = enrol(gateway.url, code, window="88")  # the code on the page is a real one
    go(browser, "窗口")
    press(browser, "停用", browser.find_element(By.XPATH, f"//tr[td[1]='{newcomer.enrolled.window_id}']"))
    assert "已停用" in text_of(browser)
    with pytest.raises(Exception, match="停用"):
        newcomer.centre(gateway.url).send([signed_message(newcomer, sample_case("adm-2"))])

    go(browser, "办件")
    receipt = next(row["gateway_receipt"] for row in gateway.dump() if row["case_id"] == "adm-1")
    row = browser.find_element(By.XPATH, f"//tr[td[1]='{receipt}']")
    Select(row.find_element(By.NAME, "result")).select_by_visible_text("准予")
    press(browser, "办结", row)
    assert "已办结" in text_of(browser)
    assert "准予" in browser.find_element(By.XPATH, f"//tr[td[1]='{receipt}']").text
    assert any(entry.kind == "case.decided" for entry in window.centre(gateway.url).news(0).entries)

    go(browser, "日志")
    assert "停用了窗口" in text_of(browser)
    assert "龚" not in browser.page_source  # nothing of any case's content on any page
    press(browser, "退出")
    browser.get(f"{gateway.url}/admin/windows")
    assert browser.current_url.endswith("/admin/login")


def test_a_refused_message_is_shown_with_its_reason(
    administered: GatewayProcess, browser: webdriver.Chrome, window: Window
) -> None:
    centre = window.centre(administered.url)
    centre.send([signed_message(window, sample_case("adm-3"))])
    centre.send([signed_message(window, sample_case("adm-3", other="x"))])
    sign_in(browser, administered.url)
    go(browser, "未收下的")
    assert "m-adm-3-1" in text_of(browser)
    assert "同一编号已有不同内容" in text_of(browser)


def post(gateway: GatewayProcess, path: str, cookie: str = "", **form: str) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    with contextlib.closing(connection):
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        connection.request("POST", path, urlencode(form), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.getheader("Set-Cookie") or ""


def test_what_came_in_after_all_is_refused_no_more(administered: GatewayProcess, window: Window) -> None:
    def told() -> dict[str, str]:
        with contextlib.closing(open_here(administered.data)) as here:
            mine = [each for each in looks.refused(here) if each["window_id"] == window.enrolled.window_id]
        return {str(each["message_id"]): str(each["code"]) for each in mine}

    prefix, centre = window.enrolled.window_id, window.centre(administered.url)
    first, second = (signed_message(window, sample_case(f"{prefix}-again{n}")) for n in (1, 2))
    centre.send([replace(each, signatures={}) for each in (first, second)])
    assert told() == {first.id: "R101", second.id: "R101"}
    assert [each.status for each in centre.send([first])] == ["stored"]
    assert told() == {second.id: "R101"}
    other = signed_message(window, sample_case(f"{prefix}-again1", more="别的内容"))
    centre.send([other])
    centre.send([first])
    assert told() == {second.id: "R101", first.id: "R114"}  # a conflict is not settled by what was here before


def test_forms_from_elsewhere_do_nothing(administered: GatewayProcess, window: Window) -> None:
    gateway, target = administered, window.enrolled.window_id
    status, _, _ = post(gateway, "/admin/revoke", window_id=target)
    assert status == 303  # nobody is signed in
    status, _, cookie = post(gateway, "/admin/login", login=LOGIN, password=PASSWORD)
    assert status == 303
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/admin"))
    session = cookie.split(";")[0]
    for csrf in ("", "0" * 64, "签"):
        status, said, _ = post(gateway, "/admin/revoke", session, window_id=target, csrf=csrf)
        assert (status, "没有执行" in said) == (403, True)
    (receipt,) = window.centre(gateway.url).send([signed_message(window, sample_case("adm-9"))])
    assert receipt.status == "stored"  # it was not shut out


def test_wrong_passwords_wait_longer_and_longer(administered: GatewayProcess) -> None:
    with contextlib.closing(open_here(administered.data)) as here:
        accounts.set_password(here, "slow", PASSWORD)
        for bad in ("x", "kurz", "短"):
            with pytest.raises(BadInput):
                accounts.set_password(here, "slow", bad)
    told = [post(administered, "/admin/login", login="slow", password="wrong") for _ in range(4)]
    assert [status for status, _, _ in told] == [403] * 4
    assert "不对" in told[0][1]
    assert "秒后再试" in told[3][1]
    assert post(administered, "/admin/login", login="slow", password=PASSWORD)[0] == 403  # even the right one waits
    assert post(administered, "/admin/login", login="nobody", password="x")[0] == 403


def test_a_zero_byte_in_a_form_is_no_fault_of_the_database(administered: GatewayProcess) -> None:
    assert post(administered, "/admin/login", login="no\0body", password="\0")[0] == 403


def test_what_a_stranger_may_look_at(administered: GatewayProcess) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", administered.port, timeout=10)
    with contextlib.closing(connection):
        for path, status in (("/admin/cases", 303), ("/healthz", 200), ("/readyz", 200), ("/metrics", 200)):
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode()
            assert answer.status == status
            assert "龚" not in body
    assert "clerk_gateway_cases" in body
