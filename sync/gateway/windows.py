"""Who may speak: one-time enrolment tokens, enrolled windows, and the check of a request's signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, or_, select, update

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.hall import Hall
from clerk_app.errors import BadInput, Refused
from clerk_app.ports import Enrolled
from sync import protocol
from sync.gateway import schema
from sync.gateway.gateway import Gateway
from sync.protocol import Code
from sync.strict import from_base64

SAMPLE_AREA = "500199"
SEEN_EVERY_MS = 60_000
_HALL, _WINDOW = re.compile(r"[0-9A-Z]{2,20}"), re.compile(r"[0-9A-Z]{1,6}")


class Denied(Exception):
    """A whole request is refused with a numbered code; the app turns it into an answer."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Window:
    """An enrolled window. ``public_keys``: (suite, key), its own first, then those of its other enrolments that were not revoked."""

    window_id: str
    hall: str
    window: str
    public_keys: tuple[tuple[str, bytes], ...]

    @property
    def suite(self) -> str:
        """What its requests are signed with."""
        return self.public_keys[0][0]


def _kin() -> Select[Any]:
    """All enrolments of the window that this one is an enrolment of; built once, for every request asks."""
    windows, asked = schema.window, schema.window.alias()
    kin = windows.join(asked, (windows.c.hall == asked.c.hall) & (windows.c.window == asked.c.window))
    return select(windows).select_from(kin).where(asked.c.window_id == bindparam("asked"))


_KIN = _kin()


def enrol_token(gateway: Gateway, hall: str, window: str, *, name: str = "", short: str = "", phone: str = "") -> str:
    """A fresh one-time token for one window of one hall. ``name``, ``short`` (机关简称), ``phone`` describe the hall.

    Raises:
        BadInput: hall or window is no code of digits and capital letters.
    """
    if not _HALL.fullmatch(hall) or not _WINDOW.fullmatch(window):
        raise BadInput(
            "大厅代码或窗口号不对。",
            what_is_safe="没有改动任何数据。",
            what_to_do="大厅代码是 2 到 20 位、窗口号是 1 到 6 位的数字或大写字母。",
        )
    token = gateway.random(16).hex()
    with gateway.store.transaction() as connection:
        _ensure_hall(connection, hall, name, short, phone)
        row = {"token_sha256": bytes_hash(token.encode()), "hall": hall, "window": window, "window_id": ""}
        connection.execute(insert(schema.token).values(**row, made_ms=gateway.clock.now().utc_ms))
    return token


def _ensure_hall(connection: Connection, code: str, name: str, short: str, phone: str) -> None:
    sample = code.startswith(SAMPLE_AREA)
    told = {field: value for field, value in (("name", name), ("short", short), ("phone", phone)) if value}
    if connection.execute(select(schema.hall.c.code).where(schema.hall.c.code == code)).first() is not None:
        if told:
            connection.execute(update(schema.hall).where(schema.hall.c.code == code).values(**told))
        return
    row = {
        "name": "演示政务服务中心（样例）" if sample else f"政务服务大厅 {code}",
        "short": "演示" if sample else code,
        "phone": "",
        **told,
    }
    connection.execute(insert(schema.hall).values(code=code, complaint_phone="12345", sample=int(sample), **row))


def enrol(gateway: Gateway, request: protocol.EnrolRequest) -> tuple[Enrolled, str]:
    """Use a token. The same token with the same key gets the same answer again (the first one may have been lost).

    Returns what the window needs, and its TLS certificate (PEM; empty when it asked for none).

    Raises:
        Denied: the token is unknown, used, or meant for another window; the suite is not spoken here; the CSR is none.
    """
    cipher = gateway.ciphers.get(request.suite)
    if cipher is None:
        raise Denied(Code.UNKNOWN_SUITE)
    digest = bytes_hash(request.token.encode())
    tokens, windows = schema.token, schema.window
    with gateway.store.transaction() as connection:
        row = connection.execute(select(tokens).where(tokens.c.token_sha256 == digest).with_for_update()).first()
        if row is None:
            raise Denied(Code.UNKNOWN_TOKEN)
        if (row.hall, row.window) != (request.hall, request.window):
            raise Denied(Code.FOREIGN_TOKEN)
        window_id = row.window_id
        if window_id:
            enrolled = connection.execute(select(windows).where(windows.c.window_id == window_id)).one()
            if (enrolled.public_key, enrolled.suite) != (request.signing_public, request.suite):
                raise Denied(Code.USED_TOKEN)
            generation = int(enrolled.generation)
        else:
            mine = (windows.c.hall == row.hall) & (windows.c.window == row.window)
            latest = connection.execute(select(func.max(windows.c.generation)).where(mine)).scalar()
            generation = int(latest or 0) + 1
            window_id = f"{row.hall}-W{row.window}-G{generation}"
            values = {"hall": row.hall, "window": row.window, "generation": generation, "revoked_ms": 0}
            connection.execute(
                insert(windows).values(
                    window_id=window_id,
                    public_key=request.signing_public,
                    enrolled_ms=gateway.clock.now().utc_ms,
                    suite=request.suite,
                    **values,
                )
            )
            connection.execute(update(tokens).where(tokens.c.token_sha256 == digest).values(window_id=window_id))
        told = connection.execute(select(schema.hall).where(schema.hall.c.code == row.hall)).one()
        certificate = _certify(gateway, connection, window_id, request.csr) if request.csr else ""
    hall = Hall(
        code=told.code,
        name=told.name,
        short=told.short,
        window=request.window,
        generation=generation,
        gateway="",
        phone=told.phone,
        complaint_phone=told.complaint_phone,
        sample=bool(told.sample),
    )
    return Enrolled(hall, window_id, cipher.keys.sealing_public, cipher.keys.signing_public), certificate


def renew(gateway: Gateway, window: Window, csr: str, shown: str) -> str:
    """A new TLS certificate for an enrolled window. ``shown``: serial number of the one it comes with, which holds until the new
    one is used for the first time: the answer may be lost. Raises Denied when the CSR is none."""
    with gateway.store.transaction() as connection:
        return _certify(gateway, connection, window.window_id, csr, shown)


def _certify(gateway: Gateway, connection: Connection, window_id: str, csr: str, shown: str = "") -> str:
    try:
        certificate, serial = gateway.authority.certify(window_id, csr)
    except ValueError:
        raise Denied(Code.BAD_ENVELOPE) from None
    windows = schema.window
    in_force = f"{shown} {serial}".strip()
    connection.execute(update(windows).where(windows.c.window_id == window_id).values(certificate=in_force))
    return certificate


def revoke(gateway: Gateway, window: str, hall: str = "") -> int:
    """Shut out a window, by its window id or by its number in a hall (all its enrolments). Returns how many were shut.

    Raises:
        Refused: there is no such window.
    """
    windows = schema.window
    meant = or_(windows.c.window_id == window, (windows.c.window == window) & (windows.c.hall == hall))
    with gateway.store.transaction() as connection:
        if connection.execute(select(windows.c.window_id).where(meant)).first() is None:
            raise Refused("没有这个窗口。", what_is_safe="没有改动任何数据。", what_to_do="请核对大厅代码和窗口号。")
        change = update(windows).where(meant & (windows.c.revoked_ms == 0))
        return connection.execute(change.values(revoked_ms=gateway.clock.now().utc_ms)).rowcount


def authenticate(
    gateway: Gateway,
    method: str,
    target: str,
    body_sha256: str,
    *,
    window_id: str,
    at: str,
    signature: str,
    peer: tuple[str, str] | None = None,
) -> Window:
    """The window that signed this request. ``body_sha256``: of the bytes as sent.

    ``peer``: (name, serial number) of its TLS certificate; None where TLS is not ours.

    Raises:
        Denied: unknown, wrong signature or certificate, revoked, or the clocks are too far apart (a replayed old request too).
    """
    rows = gateway.store.look(_KIN, {"asked": window_id})
    row = next((each for each in rows if each.window_id == window_id), None)
    if row is None:
        raise Denied(Code.UNKNOWN_WINDOW)
    if not (at.isascii() and at.isdigit() and len(at) <= 15):
        raise Denied(Code.BAD_SIGNATURE)
    cipher = gateway.ciphers.get(row.suite)
    if cipher is None:
        raise Denied(Code.UNKNOWN_SUITE)
    try:
        claim = protocol.request_claim(method, target, window_id, int(at), body_sha256)
        is_genuine = cipher.suite.verify(row.public_key, from_base64(signature), claim)
    except ValueError:
        is_genuine = False
    if not is_genuine:
        raise Denied(Code.BAD_SIGNATURE)
    if row.revoked_ms:
        raise Denied(Code.REVOKED_WINDOW)
    if peer is not None:
        _check_certificate(gateway, row, *peer)
    now_ms = gateway.clock.now().utc_ms
    if abs(int(at) - now_ms) > protocol.CLOCK_TOLERANCE_MS:
        raise Denied(Code.CLOCK)
    if abs(now_ms - row.seen_ms) > SEEN_EVERY_MS:
        _note_seen(gateway, window_id, now_ms)
    others = ((each.suite, each.public_key) for each in rows if not each.revoked_ms and each.window_id != window_id)
    return Window(row.window_id, row.hall, row.window, ((row.suite, row.public_key), *others))


def _check_certificate(gateway: Gateway, row: Row[*tuple[Any, ...]], name: str, serial: str) -> None:
    in_force = row.certificate.split()
    if name != row.window_id or serial not in in_force:
        raise Denied(Code.NO_CERTIFICATE)
    if len(in_force) > 1 and serial == in_force[-1]:  # the new one is in use: the old one ends
        windows = schema.window
        done = update(windows).where(windows.c.window_id == row.window_id, windows.c.certificate == row.certificate)
        gateway.store.together(lambda connection: connection.execute(done.values(certificate=serial)).rowcount)


def _note_seen(gateway: Gateway, window_id: str, now_ms: int) -> None:
    windows = schema.window
    seen = update(windows).where(windows.c.window_id == window_id).values(seen_ms=now_ms)
    gateway.store.together(lambda connection: connection.execute(seen).rowcount)
