"""A data folder, opened: clock, ids, ciphers, vault, store, catalogue, and the desk of a clerk who signed in."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clerk_app.bootstrap.ballast import lay_down, let_go_if_full
from clerk_app.bootstrap.calendars import work_calendar
from clerk_app.bootstrap.catalogue import keep_starter, load_catalogue, trust_key
from clerk_app.bootstrap.noted import HALL_FILE, noted_hall
from clerk_app.bootstrap.office import office_or_shipped
from clerk_app.bootstrap.older_program import open_after_rollback
from clerk_app.bootstrap.system import SystemClock, SystemIds
from clerk_app.bootstrap.window_pub import keep_own_key
from clerk_app.catalogue.loader import LoadedCatalogue
from clerk_app.crypto.device_secret import device_secret_for
from clerk_app.crypto.paper_mark import KeyedMark
from clerk_app.crypto.signer import MessageSigner
from clerk_app.crypto.suites import DEFAULT, suite_by_id
from clerk_app.crypto.vault import FileVault, noted_device, noted_suite
from clerk_app.crypto.window_key import file_key
from clerk_app.domain.canonical import canonical_bytes
from clerk_app.domain.hall import Hall
from clerk_app.domain.session import Session
from clerk_app.durable import make_folder, write_durably
from clerk_app.errors import DiskProblem, KeyProblem
from clerk_app.ports import CipherSuite, Unlocked
from clerk_app.settings import Settings
from clerk_app.usecases import journal_out, setup
from clerk_app.usecases.desk import Desk
from local_db.engine import FILE_NAME as DATABASE
from local_db.engine import NewerDatabase
from local_db.unit_of_work import SqlStore
from sync.http_enrolment import HttpEnrolment

PIN_VARIABLE = "CLERK_APP_PIN"


@dataclass(frozen=True, slots=True)
class House:
    """What a data folder is opened with; no key yet."""

    settings: Settings
    clock: SystemClock
    ids: SystemIds
    suite: CipherSuite
    vault: FileVault

    @property
    def data(self) -> Path:
        return self.settings.data


def house(settings: Settings, *, moving_in: bool = False, suite_id: str = DEFAULT) -> House:
    """Wire a data folder. Opens nothing yet.

    ``moving_in``: it came from another PC, whose device secret stayed there. ``suite_id``: for a folder that has no vault yet;
    one that has keeps the suite it was founded with.
    """
    clock = SystemClock()
    suite = suite_by_id(noted_suite(settings.data) or suite_id, secrets.token_bytes)
    device = device_secret_for(settings.data, "" if moving_in else noted_device(settings.data))
    vault = FileVault(settings.data, suite, device, clock, seconds=time.thread_time)
    return House(settings, clock, SystemIds(), suite, vault)


def open_store(home: House, opened: Unlocked, *, create: bool = False) -> SqlStore:
    """The encrypted database of the folder. StorageProblem or KeyProblem in the clerk's words."""
    try:
        return SqlStore(home.data, opened.database_key, home.suite, create=create)
    except NewerDatabase as error:
        return open_after_rollback(home.data, opened.database_key, home.suite, error)


def found_window(data: Path, gateway: str, token: str, hall: str, window: str, suite_id: str = DEFAULT) -> Hall:
    """clerk-app init: enrol with the one-time token, found the vault and the database under the suite, for good.

    Raises:
        Refused: the token is not good. LineProblem: no gateway there. StorageProblem: the folder is in use already.
    """
    home = house(Settings(data), suite_id=suite_id)
    if home.settings.database.exists():
        raise setup.already_enrolled()
    private, public = home.suite.new_signing_pair()
    answer = HttpEnrolment().enrol(gateway, token, hall, window, public, home.suite.id)
    try:
        make_folder(data)
    except OSError as error:
        raise DiskProblem("建不了数据文件夹。", what_to_do="请检查磁盘和权限。") from error
    home.vault.create()
    store = open_store(home, home.vault.unlock_setup(), create=True)
    try:
        setup.enrolled(store, home.clock, answer, private, public)
    finally:
        store.close()
    lay_down(data)
    note_hall(data, answer.hall)
    trust_key(data, answer.gateway_signing_public)
    return answer.hall


def note_hall(data: Path, hall: Hall) -> None:
    """Keep hall and window beside the vault for the sign-in page."""
    write_durably(data / HALL_FILE, canonical_bytes(hall.to_json()))


def pin_from_environment() -> str:
    """CLERK_APP_PIN. Raises KeyProblem when it is not set."""
    pin = os.environ.get(PIN_VARIABLE, "")
    if not pin:
        raise KeyProblem("没有给出 PIN。", what_to_do="请把 PIN 放在环境变量 CLERK_APP_PIN 里。")
    return pin


def sign_in(home: House, login: str, pin: str, catalogue: LoadedCatalogue | None = None) -> Desk:
    """Unlock, open the store, and hand over the clerk's desk. The caller closes ``desk.store``."""
    let_go_if_full(home.data)
    opened = home.vault.unlock(login, pin)
    store = open_store(home, opened)
    try:
        clerk = setup.sign_in(store, home.clock, login, opened.signing_public)
        setup.may_be_a_copy(store, home.clock)
        if home.vault.mended:
            setup.keys_were_mended(store, home.clock, login)
        hall = setup.hall_of(store)
        if not (home.data / HALL_FILE).exists():
            note_hall(home.data, hall)
        _window_id, window_keys, _gateway = setup.keys_of(store)
        keep_own_key(home.data, window_keys["public"])
        journal_out.checkpoint(store, home.clock, lambda data: home.suite.sign(window_keys["private"], data))
        catalogue = catalogue or load_catalogue(home.data)
        keep_starter(home.data, catalogue)
        return Desk(
            store=store,
            catalogue=catalogue,
            calendar=work_calendar(home.data),
            clock=home.clock,
            ids=home.ids,
            hall=hall,
            session=Session(clerk.login, clerk.name, clerk.role),
            signer=MessageSigner(home.suite, opened, window_keys["private"], journal_out.newest_checkpoint(store)),
            paper_mark=KeyedMark(home.suite, opened.database_key),
            window_key=file_key(home.suite, window_keys["private"], window_keys["public"]),
            correction_days=office_or_shipped(home.data)[0].correction_days,
        )
    except BaseException:
        store.close()
        raise


@contextmanager
def open_desk_and_house(data: Path, login: str) -> Iterator[tuple[House, Desk]]:
    """For one command: house and desk, closed again at the end. ``login`` empty: the only clerk there is."""
    if not (data / DATABASE).exists():
        noted_hall(data)  # says what to do about a folder that was never set up
    home = house(Settings(data))
    who = login or only_login(home)
    desk = sign_in(home, who, pin_from_environment())
    try:
        yield home, desk
    finally:
        desk.store.close()


@contextmanager
def open_desk(data: Path, login: str) -> Iterator[Desk]:
    """For one command: the desk alone."""
    with open_desk_and_house(data, login) as (_home, desk):
        yield desk


def only_login(home: House) -> str:
    """The only person who can sign in here. Raises KeyProblem where there are several."""
    logins = home.vault.logins()
    if len(logins) != 1:
        raise KeyProblem("请写明谁在登录。", what_to_do="请加 --clerk 登录名。")
    return logins[0]
