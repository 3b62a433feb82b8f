"""第二双眼睛: proof that a second clerk stood by. Their own PIN opened their own key slot, a moment ago, on this PC.

A use case takes the proof, never a name: whoever calls it cannot say that somebody looked who did not.
"""

from __future__ import annotations

from typing import Protocol

from clerk_app.errors import Bug, Refused
from clerk_app.ports import Clock, UnitOfWork, Unlocked
from clerk_app.usecases.desk import Desk

FRESH_MS = 5 * 60_000
"""Ours (拟): a proof is of this act and no earlier one."""

_MADE_HERE = object()


class PinCheck(Protocol):
    """What of the vault is needed: it opens the slot or raises KeyProblem."""

    def unlock(self, login: str, pin: str) -> Unlocked: ...


class Witness:
    """Made by ``witness`` alone; good for one act within ``FRESH_MS``. Holds no secret."""

    __slots__ = ("_at_ms", "_login", "_public_key", "_used")

    def __init__(self, login: str, public_key: bytes, at_ms: int, made_by: object) -> None:
        if made_by is not _MADE_HERE:
            raise Bug("a witness is made by checking a PIN, not by hand")
        self._login, self._public_key, self._at_ms, self._used = login, public_key, at_ms, False

    @property
    def login(self) -> str:
        return self._login

    def spend(self, desk: Desk, uow: UnitOfWork) -> str:
        """The login of the second clerk, once. Raises Refused when the proof is old, spent, the first clerk's own, or of
        somebody who may not stand by here."""
        other = uow.clerks.get(self._login)
        age = desk.clock.now().utc_ms - self._at_ms
        if self._used or not 0 <= age <= FRESH_MS:
            raise Refused("在场确认已经过时了。", what_is_safe="办件没有变。", what_to_do="请那位同事再输一次 PIN。")
        known = other is not None and other.active and other.public_key in (b"", self._public_key)
        if not known or self._login == desk.session.login:
            raise Refused("要另一位窗口人员在场确认。", what_to_do="请另一位同事输入自己的登录名和 PIN。")
        self._used = True
        return self._login


def witness(vault: PinCheck, clock: Clock, login: str, pin: str) -> Witness:
    """Check the second clerk's PIN. Raises KeyProblem: wrong PIN, unknown login, or still waiting after wrong PINs."""
    opened = vault.unlock(login, pin)
    return Witness(opened.login, opened.signing_public, clock.now().utc_ms, _MADE_HERE)
