"""``vault.json``: its form, strictly read. Nothing in it is secret by itself; what is secret is sealed.

{"format": 2, "kind": "clerk-app vault", "id", "suite", "device": see device_secret.KEEPERS, "check",
 "setup": base64 or null, "slots": [{"login", "salt", "cost": {"time", "memory_kib", "lanes"}, "public_key", "sealed"}],
 "recovery": {"id", "sealed"} or null}

Format 1 had no recovery key; it is read, and written as 2 at the next change.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from clerk_app.durable import write_durably
from clerk_app.errors import DiskProblem, KeyProblem

FORMAT = 2
KIND = "clerk-app vault"
LARGEST = 4 * 1024 * 1024
FILE_NAME = "vault.json"
SPARE_FOLDER = "copies"
"""A second vault file lies here, beside the rolling copies. It is written before the first one, so that it never lags behind."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One clerk's way in. ``sealed``: database key and signing key under the key stretched from PIN and device secret."""

    login: str
    salt: bytes
    cost: tuple[tuple[str, int], ...]
    public_key: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Recovery:
    """The way in for two papers together. ``sealed``: the database key under the recovery secret; ``id``: 4 bytes."""

    id: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class VaultFile:
    """``check`` tells whether a database key belongs to this vault; ``setup``: the key under the one-time set-up key."""

    id: str
    suite: str
    device: str
    check: str
    setup: bytes
    slots: tuple[Slot, ...] = ()
    recovery: Recovery | None = None

    def slot(self, login: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.login == login), None)


def read_vault(folder: Path) -> VaultFile:
    """Read the file; where it is missing or damaged, the spare one beside the rolling copies.

    Raises:
        KeyProblem: there is none, or it is damaged, foreign or of a newer version, and there is no good spare.
    """
    try:
        return _read(folder / FILE_NAME)
    except NewerVault:
        raise
    except KeyProblem:
        if (spare := read_spare(folder)) is not None:
            return spare
        raise


def read_spare(folder: Path) -> VaultFile | None:
    """The spare vault file of a data folder, if there is a good one."""
    try:
        return _read(folder / SPARE_FOLDER / FILE_NAME)
    except KeyProblem:
        return None


def stands_on_spare(folder: Path) -> bool:
    """Whether the vault file itself is missing or damaged while the spare one is good."""
    try:
        _read(folder / FILE_NAME)
    except NewerVault:
        return False
    except KeyProblem:
        return read_spare(folder) is not None
    return False


class NewerVault(KeyProblem):
    """A newer program wrote this file; no older spare may take its place."""


def _read(path: Path) -> VaultFile:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise KeyProblem(
            "数据文件夹里没有钥匙文件。",
            what_is_safe="办件数据没有被改动。",
            what_to_do="请确认打开的是本窗口的数据文件夹；如果钥匙文件被移走，请把它放回原处。",
        ) from error
    except OSError as error:
        raise KeyProblem(
            "钥匙文件读不出来。",
            what_is_safe="办件数据没有被改动。",
            what_to_do="请检查文件夹权限和磁盘，再试一次。",
        ) from error
    try:
        if len(data) > LARGEST:
            raise ValueError("too large")
        return _from_json(parse_json(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise KeyProblem(
            "钥匙文件已损坏，或不是本程序的文件。",
            what_is_safe="办件数据没有被改动。",
            what_to_do="请不要删除任何文件，先把整个数据文件夹复制一份，再联系技术支持。",
        ) from error


def write_vault(folder: Path, vault: VaultFile) -> None:
    """Write the file durably, and its spare where there is a place for one. Raises StorageProblem; the older one is then untouched."""
    data = canonical_bytes(_to_json(vault))
    try:
        if (folder / SPARE_FOLDER).is_dir():
            write_durably(folder / SPARE_FOLDER / FILE_NAME, data)
        write_durably(folder / FILE_NAME, data)
    except OSError as error:
        raise DiskProblem(
            "钥匙文件没有写成。",
            what_is_safe="原来的钥匙仍然有效。",
            what_to_do="请检查磁盘空间和文件夹权限，再试一次。",
        ) from error


def _to_json(vault: VaultFile) -> Json:
    return {
        "format": FORMAT,
        "kind": KIND,
        "id": vault.id,
        "suite": vault.suite,
        "device": vault.device,
        "check": vault.check,
        "setup": _text(vault.setup) if vault.setup else None,
        "slots": [
            {
                "login": slot.login,
                "salt": _text(slot.salt),
                "cost": dict(slot.cost),
                "public_key": _text(slot.public_key),
                "sealed": _text(slot.sealed),
            }
            for slot in vault.slots
        ],
        "recovery": (
            {"id": vault.recovery.id.hex(), "sealed": _text(vault.recovery.sealed)} if vault.recovery else None
        ),
    }


def _from_json(data: Json) -> VaultFile:
    if data["kind"] != KIND or not _whole(data["format"]):
        raise ValueError("foreign")
    if data["format"] > FORMAT:
        raise NewerVault(
            "钥匙文件是更新版本的程序写的，本版读不了。",
            what_is_safe="办件数据没有被改动。",
            what_to_do="请升级程序后再打开。",
        )
    if data["format"] < 1:
        raise ValueError("not of its form")
    slots = tuple(_slot(each) for each in data["slots"])
    if len({slot.login for slot in slots}) != len(slots):
        raise ValueError("two slots for one login")
    return VaultFile(
        id=_word(data["id"]),
        suite=_word(data["suite"]),
        device=_word(data["device"]),
        check=_word(data["check"]),
        setup=_raw(data["setup"]) if data["setup"] is not None else b"",
        slots=slots,
        recovery=_recovery(data["recovery"]) if data["format"] > 1 and data["recovery"] is not None else None,
    )


def _slot(data: Json) -> Slot:
    cost = data["cost"]
    if set(cost) != {"time", "memory_kib", "lanes"} or not all(_whole(value) for value in cost.values()):
        raise ValueError("not a cost")
    return Slot(
        login=_word(data["login"]),
        salt=_raw(data["salt"]),
        cost=tuple(sorted(cost.items())),
        public_key=_raw(data["public_key"]),
        sealed=_raw(data["sealed"]),
    )


def _recovery(data: Json) -> Recovery:
    return Recovery(bytes.fromhex(_word(data["id"])), _raw(data["sealed"]))


def _whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _word(value: Json) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a word")
    return value


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _raw(text: Json) -> bytes:
    try:
        return base64.b64decode(_word(text), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
