"""A window whose own keys were lost with its settings (salvage from a damaged disk), or whose certificate has ended, is enrolled anew
where it stands.

Database, key slots, people and cases stay. What waits to be sent keeps its id, body and signatures: the gateway proves a message by the
window's earlier keys too, as long as they are not revoked, so each case arrives once. Local numbers go on under the next generation.
"""

from __future__ import annotations

import os
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


def enrol_anew(data: Path, gateway: str, token: str, hall: str, window: str, *, by: str) -> Hall:
    """clerk-app init on a folder with a database. ``by``: an administrator (or whoever works there, where there is none); empty: the
    only clerk there is, or nobody where the first one is still to come.

    Raises:
        StorageProblem: the window has its keys, and the gateway takes its certificate (or cannot be asked).
        Refused: it is another window's folder, no right to, or the token is not good.
        KeyProblem: wrong PIN. LineProblem: no gateway there. The token is not used by any of these.
    """
    home = house(Settings(data))
    store, acting = _open(home, by)
    try:
        must_run_window(store, acting)
        setup.may_enrol_anew(store, hall, window, _noted(data), lambda: is_shut_out(home, store, gateway))
        private, public = home.suite.new_signing_pair()
        answer = HttpEnrolment().enrol(gateway, token, hall, window, public, home.suite.id)
        setup.enrolled(store, home.clock, answer, private, public, by=acting.login)
    finally:
        store.close()
    note_hall(data, answer.hall)
    trust_key(data, answer.gateway_signing_public)
    return answer.hall


def _open(home: House, by: str) -> tuple[SqlStore, Acting]:
    if not home.vault.logins():
        return open_store(home, home.vault.unlock_setup()), SETUP_KEY
    if not (by or os.environ.get(PIN_VARIABLE)):
        raise setup.already_enrolled()
    login = by or only_login(home)
    opened = home.vault.unlock(login, pin_from_environment())
    store = open_store(home, opened)
    try:
        return store, Acting(login, setup.sign_in(store, home.clock, login, opened.signing_public).role)
    except BaseException:
        store.close()
        raise


def _noted(data: Path) -> Hall | None:
    try:
        return noted_hall(data)
    except AppError:
        return None
