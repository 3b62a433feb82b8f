"""Setting up a window: the hall as the gateway knows it, the window's own keys, the clerks."""

from __future__ import annotations

import base64
from dataclasses import replace

from clerk_app.domain.canonical import Json
from clerk_app.domain.hall import Clerk, Hall
from clerk_app.domain.journal import Happening
from clerk_app.domain.numbering import COPIED, SKIPPED
from clerk_app.errors import Refused, StorageProblem
from clerk_app.ports import Clock, Enrolled, Store

HALL, WINDOW_KEYS, GATEWAY_KEYS, WINDOW_ID = "hall", "window.keys", "gateway.keys", "window.id"
WINDOW_TLS = "window.tls"
"""PEM texts ``authority``, ``certificate``, ``key``; empty where the gateway speaks no TLS of its own."""
SETUP_ACTOR = "setup"


def enrolled(store: Store, clock: Clock, answer: Enrolled, window_private: bytes, window_public: bytes) -> None:
    """Keep what the enrolment brought, in one transaction."""
    with store.begin() as uow:
        uow.config.set(HALL, answer.hall.to_json())
        uow.config.set(WINDOW_ID, answer.window_id)
        uow.config.set(WINDOW_KEYS, {"private": _text(window_private), "public": _text(window_public)})
        uow.config.set(
            GATEWAY_KEYS,
            {"sealing": _text(answer.gateway_sealing_public), "signing": _text(answer.gateway_signing_public)},
        )
        uow.config.set(WINDOW_TLS, dict(answer.tls))
        uow.journal.append(
            Happening(clock.now(), SETUP_ACTOR, "window.enrolled", detail={"generation": str(answer.hall.generation)})
        )
        uow.commit()


def hall_of(store: Store) -> Hall:
    """The hall this folder is set up for. Raises StorageProblem when it never was."""
    with store.begin(reading=True) as uow:
        data = uow.config.get(HALL)
    if data is None:
        raise StorageProblem("这个数据文件夹还没有登记窗口。", what_to_do="请先运行 clerk-app init。")
    return Hall.from_json(data)


def restored(store: Store, clock: Clock, skip: int) -> None:
    """After a backup was put back: numbers that the lost days may have given out are passed over, and it is journalled."""
    with store.begin() as uow:
        if skip:
            uow.numbers.skip(skip, clock.now().legal_date.isoformat())
        uow.config.remove(COPIED)
        uow.journal.append(Happening(clock.now(), "restore", "backup.restored", detail={"skipped": str(skip)}))
        uow.commit()


def may_be_a_copy(store: Store, clock: Clock) -> bool:
    """At each sign-in: a copy that somebody put in the database's place by hand is taken as restored. True when it was one."""
    with store.begin(reading=True) as uow:
        is_copy = uow.config.get(COPIED) is not None
    if is_copy:
        restored(store, clock, SKIPPED)
    return is_copy


def keys_were_mended(store: Store, clock: Clock, login: str) -> None:
    """Trace of a key file that was damaged or gone and came back from its spare."""
    with store.begin() as uow:
        uow.journal.append(Happening(clock.now(), login, "keys.mended"))
        uow.commit()


def move_gateway(store: Store, hall: Hall) -> None:
    """The gateway has a new address (the demo's own one has a new port at each start)."""
    with store.begin() as uow:
        uow.config.set(HALL, hall.to_json())
        uow.commit()


def keys_of(store: Store) -> tuple[str, dict[str, bytes], dict[str, bytes]]:
    """Window id, the window's keys (private, public), the gateway's public keys (sealing, signing)."""
    with store.begin(reading=True) as uow:
        window_id, window, gateway = (uow.config.get(name) for name in (WINDOW_ID, WINDOW_KEYS, GATEWAY_KEYS))
    return str(window_id), _keys(window), _keys(gateway)


def tls_of(store: Store) -> dict[str, str]:
    """What this window trusts and shows over TLS, as in ``Enrolled.tls``; empty where there is none."""
    with store.begin(reading=True) as uow:
        return dict(uow.config.get(WINDOW_TLS) or {})


def renewed(store: Store, clock: Clock, certificate: str) -> None:
    """A new TLS certificate came; the key and the authority stay."""
    with store.begin() as uow:
        uow.config.set(WINDOW_TLS, {**(uow.config.get(WINDOW_TLS) or {}), "certificate": certificate})
        uow.journal.append(Happening(clock.now(), SETUP_ACTOR, "window.certificate_renewed"))
        uow.commit()


def sign_in(store: Store, clock: Clock, login: str, public_key: bytes = b"") -> Clerk:
    """The clerk behind an opened key slot; journalled. ``public_key``: of the slot, noted where a crash came before that.

    Raises Refused when the account was closed.
    """
    with store.begin() as uow:
        clerk = uow.clerks.get(login)
        if clerk is None or not clerk.active:
            raise Refused("这个账号已停用。", what_to_do="请找管理员。")
        if public_key and clerk.public_key != public_key:
            clerk = replace(clerk, public_key=public_key)
            uow.clerks.save(clerk)
        uow.journal.append(Happening(clock.now(), login, "sign_in"))
        uow.commit()
    return clerk


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _keys(data: Json) -> dict[str, bytes]:
    return {name: base64.b64decode(text) for name, text in (data or {}).items()}
