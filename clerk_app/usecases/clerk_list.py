"""The hall's list of clerks as the gateway tells it: names put right and accounts closed at this window.

Nobody is let in by a list: a clerk's key slot is made at the window. The last account that manages people stays open, so that no
list can lock a window for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clerk_app.domain.acts import GATEWAY
from clerk_app.domain.canonical import Json
from clerk_app.domain.hall import Role
from clerk_app.domain.journal import Happening
from clerk_app.domain.time import Stamp
from clerk_app.errors import BadInput
from clerk_app.ports import UnitOfWork


def told_of_clerks(uow: UnitOfWork, body: Mapping[str, Json], now: Stamp) -> None:
    """Apply a list inside the caller's transaction. Raises BadInput when it is none; nothing was changed then."""
    rows = body.get("clerks")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _wrong()
    changed = 0
    for row in rows:
        login, name, active = row.get("login"), row.get("name"), row.get("active")
        if not isinstance(login, str) or not isinstance(name, str) or not isinstance(active, bool):
            raise _wrong()
        clerk = uow.clerks.get(login)
        if clerk is None:
            continue
        told = replace(clerk, name=name or clerk.name, active=active)
        others = [each for each in uow.clerks.all() if each.login != login and each.active and each.role is Role.ADMIN]
        if clerk.role is Role.ADMIN and not active and not others:
            told = replace(told, active=clerk.active)
        if told != clerk:
            uow.clerks.save(told)
            changed += 1
    uow.journal.append(Happening(now, GATEWAY, "news.clerks", detail={"changed": str(changed)}))


def _wrong() -> BadInput:
    return BadInput("前置传来的人员名单写法不对。", what_is_safe="本机的账号没有变。")
