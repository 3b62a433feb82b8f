"""The examination behind ``clerk-app doctor``: each check is one function and says what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clerk_app.bootstrap.calendars import work_calendar
from clerk_app.bootstrap.catalogue import load_catalogue
from clerk_app.bootstrap.house import House, house, sign_in
from clerk_app.bootstrap.line import centre_of, tls_identity
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.bootstrap.office import office_or_shipped
from clerk_app.bootstrap.safekeeping import KEPT_DAYS, SECOND, copies
from clerk_app.bootstrap.spool import system_printer
from clerk_app.crypto.vault_file import stands_on_spare
from clerk_app.devices.registry import open_source
from clerk_app.domain.time import Stamp, Trust, chinese_date
from clerk_app.errors import AppError, DeviceProblem, KeyProblem, Refused, ShutOut
from clerk_app.settings import Settings
from clerk_app.usecases import setup
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.journal_out import fault_of
from clerk_app.usecases.keeping import gone_for_good_on
from local_db.drafts import RESERVE
from sync.certificates import ends_ms

OK, WARNING, FAULT = "ok", "warning", "fault"
_NAMED = 20
CASE_SIZE = 500 * 1024
"""A case with a few captured pages, in bytes: what the footer's estimate divides by."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: ``state`` is ok, warning or fault."""

    check: str
    state: str
    text: str
    what_to_do: str = ""


def examine(data: Path, login: str) -> list[Finding]:
    """Every check that can be done; without a PIN in CLERK_APP_PIN the locked ones say so."""
    home = house(Settings(data))
    findings = [
        _disk(data),
        *_setup(data),
        _keys(home),
        _catalogue(data),
        _calendar(data, home),
        _camera(),
        _printer(),
        examine_office(data),
    ]
    pin = os.environ.get("CLERK_APP_PIN", "")
    if not pin:
        return [
            *findings,
            Finding("数据库", WARNING, "没有 PIN，没有检查。", "请加 --clerk，PIN 放在 CLERK_APP_PIN 里。"),
        ]
    try:
        logins = home.vault.logins()
        desk = sign_in(home, login or (logins[0] if len(logins) == 1 else ""), pin)
    except AppError as error:
        return [*findings, Finding("数据库", FAULT, error.message, error.what_to_do)]
    try:
        return [*findings, *_inside(home, desk)]
    finally:
        desk.store.close()


def free_cases(data: Path) -> int:
    """How many more cases the disk can hold, about, until intake refuses new ones: its reserve stays free."""
    free = shutil.disk_usage(data if data.exists() else data.parent).free
    return max(free - RESERVE, 0) // CASE_SIZE


def _disk(data: Path) -> Finding:
    try:
        count = free_cases(data)
    except OSError:
        return Finding("磁盘", FAULT, "数据文件夹打不开。", "请检查磁盘是否接好。")
    if count < 200:
        return Finding(
            "磁盘",
            FAULT if count < 20 else WARNING,
            f"大约只能再存 {count} 件。",
            "请先腾出一些空间，再同步。",
        )
    return Finding("磁盘", OK, f"大约还能存 {count} 件。")


def _setup(data: Path) -> Iterator[Finding]:
    try:
        hall = noted_hall(data)
        yield Finding("窗口", OK, f"{hall.name} · {hall.window} 号窗口，第 {hall.generation} 次登记。")
    except AppError as error:
        yield Finding("窗口", FAULT, error.message, error.what_to_do)


def _keys(home: House) -> Finding:
    try:
        home.vault.logins()
    except KeyProblem as error:
        return Finding("密钥", FAULT, error.message, error.what_to_do)
    if stands_on_spare(home.data):
        return Finding(
            "密钥",
            FAULT,
            "钥匙文件（vault.json）不见了或已损坏，现在靠副本旁的那一份。",
            "请用自己的 PIN 登录一次：打开以后会自己补回；再检查硬盘。",
        )
    words = home.vault.protection()
    return Finding("密钥", WARNING if "没有" in words else OK, words)


def _catalogue(data: Path) -> Finding:
    try:
        catalogue = load_catalogue(data)
    except AppError as error:
        return Finding("事项目录", FAULT, error.message, error.what_to_do)
    return Finding(
        "事项目录",
        OK,
        f"{catalogue.version} 版，事项 {len(catalogue.items())} 个，一件事 {len(catalogue.life_events())} 个。",
    )


def _calendar(data: Path, home: House) -> Finding:
    year = home.clock.now().legal_date.year
    try:
        calendar = work_calendar(data)
    except AppError as error:
        return Finding("节假日表", FAULT, error.message, error.what_to_do)
    if not calendar.knows(year):
        return Finding("节假日表", WARNING, f"没有 {year} 年的表，期限都按预估显示。", "请导入这一年的节假日表。")
    if not calendar.knows(year + 1):
        return Finding(
            "节假日表", WARNING, f"没有 {year + 1} 年的表，跨年的期限按预估显示。", "国务院办公厅公布后请导入。"
        )
    return Finding("节假日表", OK, f"{year}、{year + 1} 年都有。")


def _camera() -> Finding:
    try:
        open_source("0").close()
    except DeviceProblem as error:
        return Finding("摄像头", WARNING, error.message, error.what_to_do)
    return Finding("摄像头", OK, "第一个摄像头打得开。")


def examine_office(data: Path) -> Finding:
    """A refusal has to name where to turn to (data sheet §4 F3, F10)."""
    office, fault = office_or_shipped(data)
    if fault:
        return Finding("文书设置", WARNING, fault)
    named = (("行政复议机关", office.review_body), ("行政诉讼的法院", office.court))
    missing = "和".join(name for name, body in named if not body)
    if missing:
        return Finding(
            "文书设置",
            WARNING,
            f"没有填{missing}，不予受理、不予决定的文书上只能手写。",
            "请在“设置 · 打印”里填好，或者用 clerk-app print --set-office。",
        )
    return Finding("文书设置", OK, f"行政复议向{office.review_body}，行政诉讼向{office.court}。")


def _printer() -> Finding:
    printer = system_printer("")
    problem = printer.problem()
    return Finding("打印机", WARNING if problem else OK, problem or f"{printer.name} 就绪。")


def _inside(home: House, desk: Desk) -> Iterator[Finding]:
    faults = desk.store.quick_check()
    yield Finding(
        "数据库", FAULT if faults else OK, "；".join(faults) or "完整。", "请尽快备份并联系支持。" if faults else ""
    )
    verify = _verifier(home, desk)
    with desk.store.begin(reading=True) as uow:
        fault = fault_of(uow, verify)
        counts = uow.outbox.counts()
        lost = uow.keeping.never_sent()
    if fault is None:
        yield Finding("日志链", OK, "没有缺失或改动。")
    else:
        yield Finding("日志链", FAULT, fault[1], "请保留现场，联系审计员。")
    waiting = f"待同步 {counts.waiting} 条，退回 {counts.refused} 条，附件 {counts.attachments} 份。"
    yield Finding(
        "待同步", WARNING if counts.refused else OK, waiting, "退回的请到“同步”里处理。" if counts.refused else ""
    )
    yield Finding(
        "办件与待发",
        FAULT if lost else OK,
        f"有 {len(lost)} 件办件没有送出的记录：{'、'.join(lost[:_NAMED])}{'…' if len(lost) > _NAMED else ''}。"
        if lost
        else "每件办件都有送出的记录或在待发里。",
        "请办理人在“查询”里打开这几件核对，点“补送”（或 clerk-app case resend）；缺材料页的先从备份里找回。"
        if lost
        else "",
    )
    yield _recovery(home)
    yield from _copies(home, desk)
    yield from _certificate(home, desk)
    yield from _line(home, desk)


def _recovery(home: House) -> Finding:
    if home.vault.has_recovery():
        return Finding("恢复钥匙", OK, "已经做过，纸在保管人手里。")
    return Finding(
        "恢复钥匙", WARNING, "没有做。忘了 PIN 或换电脑就打不开数据。", "请运行 clerk-app recovery make，两人分开保管。"
    )


def _copies(home: House, desk: Desk) -> Iterator[Finding]:
    made = copies(home.data)
    if made:
        gone = gone_for_good_on(home.clock.now().legal_date, KEPT_DAYS)
        text = f"有 {len(made)} 份；今天清除的办件，到 {chinese_date(gone)} 最后一份副本也没有了（第二存放处要插着；手工备份除外）。"
        yield Finding("滚动副本", OK, text)
    else:
        yield Finding("滚动副本", WARNING, "还没有。", "窗口开着时会自动做；也可以运行 clerk-app backup。")
    with desk.store.begin(reading=True) as uow:
        second = uow.config.get(SECOND)
    if second and Path(str(second)).is_dir():
        yield Finding("第二份", OK, "没送达的办件在另一块盘上有一份。")
    elif second:
        yield Finding("第二份", WARNING, "存放处现在不在，没送达的办件只有一份。", "请插好 U 盘或连上网络盘。")
    else:
        yield Finding(
            "第二份", WARNING, "没送达的办件只在这块硬盘上。", "请用 clerk-app backup --second 设一个存放处。"
        )


def _verifier(home: House, desk: Desk) -> Callable[[bytes, bytes], bool]:
    _window_id, keys, _gateway = setup.keys_of(desk.store)
    return lambda data, signature: home.suite.verify(keys["public"], signature, data)


def _certificate(home: House, desk: Desk) -> Iterator[Finding]:
    """By this PC's clock; whether the gateway takes it is said under 区县前置."""
    identity = tls_identity(desk)
    if identity is None:
        return
    until_ms, now_ms = ends_ms(identity.certificate), home.clock.now().utc_ms
    until = chinese_date(Stamp(until_ms).legal_date)
    if until_ms > now_ms:
        yield Finding("安全证书", OK, f"到{until}为止，连得上前置时会提前自动换新。")
    else:
        text = f"{until}就过期了，前置不再接这个窗口：送不出去，办件都在本机。"
        yield Finding("安全证书", FAULT, text, setup.HOW_ANEW)


def _line(home: House, desk: Desk) -> Iterator[Finding]:
    centre = centre_of(home, desk)
    try:
        centre.greet()
        centre.news(0, 1)  # whoever answers takes this window's word, too
    except AppError as error:
        state = FAULT if isinstance(error, Refused | ShutOut) else WARNING
        yield Finding("区县前置", state, error.message, error.what_to_do)
        yield Finding("时钟", WARNING, "连不上前置，没有比对。")
        return
    finally:
        centre.close()
    yield Finding("区县前置", OK, "连得上。")
    if home.clock.now().trust is Trust.CHECKED:
        yield Finding("时钟", OK, "与前置一致。")
    else:
        yield Finding("时钟", FAULT, "与前置相差太多。", "请校准本机时间。")
