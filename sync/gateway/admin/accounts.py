"""Administrators of the gateway: their passwords (argon2id), growing pauses after wrong ones, and sessions with a CSRF token."""

from __future__ import annotations

import hmac
import math
import re
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update

from clerk_app.domain.canonical import bytes_hash
from clerk_app.errors import BadInput
from sync.gateway import deeds, schema
from sync.gateway.gateway import Gateway

SESSION_MS = 30 * 60_000
SHORTEST_PASSWORD = 10
FREE_TRIES, FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 3, 5_000, 15 * 60_000
_LOGIN = re.compile(r"[0-9A-Za-z_.-]{2,40}")
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("a password that nobody has")


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, and the token that each of their forms carries."""

    login: str
    csrf: str


def set_password(gateway: Gateway, login: str, password: str) -> None:
    """Make an administrator, or give one a new password; open sessions of that one end.

    Raises:
        BadInput: the login or the password will not do.
    """
    if not _LOGIN.fullmatch(login) or len(password) < SHORTEST_PASSWORD:
        raise BadInput(
            "登录名或密码不合要求。",
            what_is_safe="没有改动任何数据。",
            what_to_do=f"登录名用字母和数字，密码至少 {SHORTEST_PASSWORD} 位。",
        )
    table, sessions, now_ms = schema.admin, schema.session, gateway.clock.now().utc_ms
    values = {"password": _HASHER.hash(password), "tries": 0, "wait_until_ms": 0}
    with gateway.store.transaction() as connection:
        if connection.execute(update(table).where(table.c.login == login).values(**values)).rowcount == 0:
            connection.execute(insert(table).values(login=login, **values))
        connection.execute(delete(sessions).where(sessions.c.login == login))
        deeds.note(connection, now_ms, login, "admin.password_set", login)


def sign_in(gateway: Gateway, login: str, password: str) -> tuple[str, Session] | int:
    """(session token, session); or how many seconds to wait (0: just wrong). An unknown login costs as much time as a known one.

    A guess is counted before it is looked at, with the row locked: guesses side by side cannot get round the pause."""
    table, now_ms = schema.admin, gateway.clock.now().utc_ms
    mine = update(table).where(table.c.login == login)
    pause = 0
    with gateway.store.transaction() as connection:
        row = connection.execute(select(table).where(table.c.login == login).with_for_update()).first()
        if row is not None:
            is_pause = now_ms < row.wait_until_ms < now_ms + 2 * LONGEST_PAUSE_MS
            if is_pause:  # a clock that jumped back shuts nobody out for years
                return math.ceil(int(row.wait_until_ms - now_ms) / 1000)
            pause = _pause_ms(row.tries + 1)
            connection.execute(mine.values(tries=row.tries + 1, wait_until_ms=now_ms + pause))
    is_right = _is_right(row.password if row is not None else _NOBODY, password)
    if row is None:
        return 0
    if not is_right:
        with gateway.store.transaction() as connection:
            deeds.note(connection, now_ms, login, "admin.wrong_password", login)
        return pause // 1000
    token, session = gateway.random(32).hex(), Session(login, gateway.random(32).hex())
    sessions = schema.session
    with gateway.store.transaction() as connection:
        connection.execute(mine.values(tries=0, wait_until_ms=0))
        connection.execute(delete(sessions).where(sessions.c.until_ms < now_ms))
        row_of = {"token_sha256": bytes_hash(token.encode()), "login": login, "csrf": session.csrf}
        connection.execute(insert(sessions).values(**row_of, until_ms=now_ms + SESSION_MS))
        deeds.note(connection, now_ms, login, "admin.signed_in", login)
    return token, session


def _pause_ms(tries: int) -> int:
    """After that many wrong guesses in a row: 5 s from the third on, doubling to 15 minutes."""
    if tries < FREE_TRIES:
        return 0
    pause: int = FIRST_PAUSE_MS * 2 ** min(tries - FREE_TRIES, 10)
    return min(pause, LONGEST_PAUSE_MS)


def session_of(gateway: Gateway, token: str) -> Session | None:
    """Whose session this is; None when it is none or has ended. Each look prolongs it, by at most once a minute."""
    table, now_ms = schema.session, gateway.clock.now().utc_ms
    mine = table.c.token_sha256 == bytes_hash(token.encode())
    with gateway.store.reading() as connection:
        row = connection.execute(select(table).where(mine)).first()
    if row is None or not now_ms <= row.until_ms < now_ms + 2 * SESSION_MS:  # nor does it keep anybody in
        return None
    if row.until_ms < now_ms + SESSION_MS - 60_000:
        with gateway.store.transaction() as connection:
            connection.execute(update(table).where(mine).values(until_ms=now_ms + SESSION_MS))
    return Session(row.login, row.csrf)


def is_own_form(session: Session, csrf: str) -> bool:
    """Whether a form came from a page of this session."""
    return hmac.compare_digest(session.csrf.encode(), csrf.encode())


def sign_out(gateway: Gateway, token: str) -> None:
    """End a session; ending none is fine."""
    table = schema.session
    with gateway.store.transaction() as connection:
        connection.execute(delete(table).where(table.c.token_sha256 == bytes_hash(token.encode())))


def _is_right(held: str, password: str) -> bool:
    try:
        return _HASHER.verify(held, password)
    except (VerificationError, InvalidHashError):
        return False
