"""Setting up a window: the hall as the gateway knows it, the window's own keys, the clerks."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

from clerk_app.domain.canonical import Json
from clerk_app.domain.hall import Clerk, Hall
from clerk_app.domain.journal import CHECKPOINTS, Happening
from clerk_app.domain.numbering import COPIED, gap_at
from clerk_app.errors import NotEnrolled, Refused, StorageProblem
from clerk_app.ports import Clock, Enrolled, Store, UnitOfWork

HALL, WINDOW_KEYS, GATEWAY_KEYS, WINDOW_ID = "hall", "window.keys", "gateway.keys", "window.id"
WINDOW_TLS = "window.tls"
"""PEM texts ``authority``, ``certificate``, ``key``; empty where the gateway speaks no TLS of its own."""
SETUP_ACTOR = "setup"
HOW_ANEW = (
    "请向区县前置要这个窗口的新登记码，由管理员在“设置 · 登记”里填上（登录不了的，登录页会给出“重新登记”）："
    "办件和人员都留着，没送达的会照常送出。也可以在这个文件夹上运行 clerk-app init --clerk 登录名 --hall 大厅编码 "
    "--window 窗口号 --gateway 地址 --enrol 登记码，PIN 放在 CLERK_APP_PIN 里。"
)


def enrolled(
    store: Store,
    clock: Clock,
    answer: Enrolled,
    window_private: bytes,
    window_public: bytes,
    *,
    by: str = SETUP_ACTOR,
) -> None:
    """Keep what the enrolment brought, in one transaction. Journal checkpoints under a key that this one replaces go: they can no
    longer be proved here, and the gateway has those that travelled. What the gateway did not take under the old keys goes at once."""
    with store.begin() as uow:
        uow.config.remove(CHECKPOINTS)
        uow.config.set(HALL, answer.hall.to_json())
        uow.config.set(WINDOW_ID, answer.window_id)
        uow.config.set(WINDOW_KEYS, {"private": _text(window_private), "public": _text(window_public)})
        uow.config.set(
            GATEWAY_KEYS,
            {"sealing": _text(answer.gateway_sealing_public), "signing": _text(answer.gateway_signing_public)},
        )
        uow.config.set(WINDOW_TLS, dict(answer.tls))
        uow.outbox.wait_no_longer()
        uow.journal.append(
            Happening(clock.now(), by, "window.enrolled", detail={"generation": str(answer.hall.generation)})
        )
        uow.commit()


def hall_of(store: Store) -> Hall:
    """The hall this folder is set up for. Raises NotEnrolled when it never was, or that was lost."""
    with store.begin(reading=True) as uow:
        data = uow.config.get(HALL)
    if data is None:
        raise _no_enrolment()
    return Hall.from_json(data)


def is_enrolled(uow: UnitOfWork) -> bool:
    """Whether everything is there that enrolling brought, so that the window can send."""
    hall, *keys = (uow.config.get(name) for name in (HALL, WINDOW_ID, WINDOW_KEYS, GATEWAY_KEYS))
    if hall is None or not all(keys):
        return False
    return bool(uow.config.get(WINDOW_TLS)) or not Hall.from_json(hall).gateway.startswith("https:")


def may_enrol_anew(
    store: Store, hall: str, window: str, noted: Hall | None, is_shut_out: Callable[[], bool] = lambda: False
) -> None:
    """Before a one-time code is spent on a folder with cases. ``noted``: what stands beside the vault, where the settings lost it.
    ``is_shut_out``: whether the gateway takes the certificate no more, asked only where the window has its keys.

    Raises:
        StorageProblem: the window has its keys, and they are good. Refused: hall and window are not those of this folder's cases.
    """
    with store.begin(reading=True) as uow:
        whole, kept, cases = is_enrolled(uow), uow.config.get(HALL), uow.cases.page(limit=1)
    if whole and not is_shut_out():
        raise already_enrolled()
    known = Hall.from_json(kept) if kept is not None else noted
    there = (known.code, known.window) if known else (cases[0].hall, cases[0].window) if cases else (hall, window)
    if there != (hall, window):
        raise Refused(
            f"这个数据文件夹是大厅 {there[0]} 的 {there[1]} 号窗口的，不能登记成别的窗口：里面的办件会送不出去。",
            what_is_safe="里面的数据没有动，登记码没有用掉。",
            what_to_do="请向区县前置要这个窗口的登记码。",
        )


def restored(store: Store, clock: Clock, times: int = 1) -> None:
    """After a backup was put back: numbers that the lost days may have given out are passed over, and it is journalled. ``times``: how
    often that backup was put back, as far as known, this time included; 0: it is no older state, nothing is passed over."""
    now = clock.now()
    gap = gap_at(now, times)
    with store.begin() as uow:
        if times:
            uow.numbers.skip(gap)
        uow.config.remove(COPIED)
        uow.journal.append(Happening(now, "restore", "backup.restored", detail={"skipped": str(gap.count)}))
        uow.commit()


def may_be_a_copy(store: Store, clock: Clock) -> bool:
    """At each sign-in: a copy that somebody put in the database's place by hand is taken as restored. True when it was one."""
    with store.begin(reading=True) as uow:
        is_copy = uow.config.get(COPIED) is not None
    if is_copy:
        restored(store, clock)
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
    """Window id, the window's keys (private, public), the gateway's public keys (sealing, signing). Raises NotEnrolled when a
    damaged disk took them."""
    with store.begin(reading=True) as uow:
        window_id, window, gateway = (uow.config.get(name) for name in (WINDOW_ID, WINDOW_KEYS, GATEWAY_KEYS))
    if not (window_id and window and gateway):
        raise _no_enrolment()
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


def already_enrolled() -> StorageProblem:
    """For a folder that needs no enrolment."""
    return StorageProblem(
        "这个数据文件夹已经登记过窗口。",
        what_is_safe="里面的数据没有动，登记码没有用掉。",
        what_to_do=(
            "请直接打开它，或用 --data 指一个空文件夹。只有登记信息丢了、或安全证书过期了的才能重新登记：请加 --clerk 管理员登录名，"
            "PIN 放在 CLERK_APP_PIN 里。"
        ),
    )


def _no_enrolment() -> NotEnrolled:
    return NotEnrolled(
        "这个数据文件夹里没有登记信息：没有登记完，或者丢在损坏的硬盘上了。现在打不开，也送不出去。",
        what_is_safe="办件、暂存和材料都在，没有动。",
        what_to_do=HOW_ANEW,
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _keys(data: Json) -> dict[str, bytes]:
    return {name: base64.b64decode(text) for name, text in (data or {}).items()}
