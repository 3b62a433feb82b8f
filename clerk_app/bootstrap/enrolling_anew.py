"""A window whose own keys were lost with its settings (salvage from a damaged disk), or whose certificate has ended, is enrolled anew
where it stands.

Database, key slots, people and cases stay. What waits to be sent keeps its id, body and signatures: the gateway proves a message by the
window's earlier keys too, as long as they are not revoked, so each case arrives once. Local numbers go on under the next generation.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from clerk_app.bootstrap.catalogue import trust_key
from clerk_app.bootstrap.house import (
    PIN_VARIABLE,
    House,
    house,
    note_hall,
    only_login,
    open_store,
    pin_from_environment,
)
from clerk_app.bootstrap.line import is_shut_out
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.domain.hall import Hall
from clerk_app.errors import AppError
from clerk_app.settings import Settings
from clerk_app.usecases import setup
from clerk_app.usecases.people_of_window import SETUP_KEY, Acting, must_run_window
from local_db.unit_of_work import SqlStore
from sync.http_enrolment import HttpEnrolment


def _silent(_words: str) -> None:
    """Nobody watches."""


def enrol_anew(
    home: House,
    store: SqlStore,
    acting: Acting,
    gateway: str,
    token: str,
    hall: str,
    window: str,
    say: Callable[[str], None] = _silent,
) -> Hall:
    """New keys for the window of an open folder. ``acting``: an administrator (or whoever works there, where there is none).
    ``say``: what is being done, for a person.

    Raises:
        StorageProblem: the window has its keys, and the gateway takes its certificate (or cannot be asked).
        Refused: it is another window's folder, no right to, or the token is not good. LineProblem: no gateway there. The token is not
            used by any of these.
    """
    must_run_window(store, acting)
    say("正在问前置还认不认这个窗口")
    setup.may_enrol_anew(store, hall, window, _noted(home.data), lambda: is_shut_out(home, store, gateway))
    say("正在用登记码换新钥匙")
    private, public = home.suite.new_signing_pair()
    answer = HttpEnrolment().enrol(gateway, token, hall, window, public, home.suite.id)
    say("正在存下新钥匙")
    setup.enrolled(store, home.clock, answer, private, public, by=acting.login)
    note_hall(home.data, answer.hall)
    trust_key(home.data, answer.gateway_signing_public)
    return answer.hall


def enrol_anew_by_command(data: Path, gateway: str, token: str, hall: str, window: str, *, by: str) -> Hall:
    """clerk-app init on a folder with a database. ``by``: who gives the PIN in the environment; empty: the only clerk there is, or
    nobody where the first one is still to come. Raises as enrol_anew; KeyProblem: wrong PIN."""
    home = house(Settings(data))
    store, acting = _open(home, by)
    try:
        return enrol_anew(home, store, acting, gateway, token, hall, window)
    finally:
        store.close()


def open_by(home: House, login: str, pin: str) -> tuple[SqlStore, Acting]:
    """A folder that nobody can sign in to while its enrolment is lost, opened for who gives the PIN; the caller closes the store.
    Raises KeyProblem, StorageProblem; Refused when the account was closed."""
    opened = home.vault.unlock(login, pin)
    store = open_store(home, opened)
    try:
        return store, Acting(login, setup.sign_in(store, home.clock, login, opened.signing_public).role)
    except BaseException:
        store.close()
        raise


def _open(home: House, by: str) -> tuple[SqlStore, Acting]:
    if not home.vault.logins():
        return open_store(home, home.vault.unlock_setup()), SETUP_KEY
    if not (by or os.environ.get(PIN_VARIABLE)):
        raise setup.already_enrolled()
    return open_by(home, by or only_login(home), pin_from_environment())


def _noted(data: Path) -> Hall | None:
    try:
        return noted_hall(data)
    except AppError:
        return None
