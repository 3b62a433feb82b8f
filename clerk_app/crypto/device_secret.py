"""The device's own secret: a stolen data folder alone must not be enough to guess PINs at leisure.

ADD A KEEPER HERE: a class that fulfils DeviceSecret and one line in KEEPERS. A UKey or TPM keeps a key of its own inside and
gives back what it sealed; DPAPI comes through keyring's Windows back end. There are two so far: the desktop's key store (through
keyring, and only its real back ends: never one that writes plain text or asks on the terminal), and a file of this user
beside the vault. The vault notes which one it was founded with, and never changes over in silence: a keeper that is gone
is a KeyProblem, not a reason to take the next one.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from clerk_app.durable import destroy, write_durably
from clerk_app.errors import DiskProblem, KeyProblem, StorageProblem

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "clerk-app"
SECRET_BYTES = 32
FILE_NAME = "device.secret"
REAL_BACKENDS = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.Windows",
    "keyring.backends.macOS",
)


class DeviceSecret(Protocol):
    """Keeps one secret of 32 bytes per vault."""

    @property
    def kind(self) -> str:
        """Its name in KEEPERS, as the vault notes it."""
        ...

    @property
    def guards(self) -> bool:
        """True when a copy of the data folder does not hold the secret."""
        ...

    def read(self, vault_id: str) -> bytes:
        """KeyProblem when it is not there."""
        ...

    def keep(self, vault_id: str, secret: bytes) -> None:
        """StorageProblem when it cannot be kept."""
        ...

    def forget(self, vault_id: str) -> None:
        """The secret is gone for good; nothing happens when it was not there. StorageProblem when it could not be removed."""
        ...

    def words(self) -> str:
        """For the clerk: what protects the keys, and what is lost when nothing better is there."""
        ...


class FileSecret:
    """A file of mode 0600 in the data folder: it shuts out other users of the PC, not whoever takes the disk."""

    kind = "file"
    guards = False

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def read(self, vault_id: str) -> bytes:
        """See DeviceSecret."""
        try:
            secret = base64.b64decode(self._path.read_bytes(), validate=True)
        except (OSError, binascii.Error, ValueError) as error:
            raise _gone("数据文件夹里的设备密钥文件打不开。") from error
        if len(secret) != SECRET_BYTES:
            raise _gone("数据文件夹里的设备密钥文件已损坏。")
        return secret

    def keep(self, vault_id: str, secret: bytes) -> None:
        """See DeviceSecret."""
        try:
            write_durably(self._path, base64.b64encode(secret))
        except OSError as error:
            raise DiskProblem("设备密钥没有写成。", what_to_do="请检查磁盘空间和文件夹权限，再试一次。") from error

    def forget(self, vault_id: str) -> None:
        """See DeviceSecret."""
        try:
            destroy(self._path)
        except OSError as error:
            raise DiskProblem("设备密钥文件没有删掉。", what_to_do="请检查文件夹权限，再做一次。") from error

    def words(self) -> str:
        """See DeviceSecret."""
        return (
            "本机没有可用的系统钥匙库，设备密钥放在数据文件夹里，只有当前用户可读。"
            "整个文件夹如果被人拷走，就只剩 PIN 保护，请把这台电脑的硬盘加密，并使用较长的 PIN。"
        )


class KeyringSecret:
    """The desktop's own key store: a copied folder does not open on another PC."""

    kind = "keyring"
    guards = True

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def read(self, vault_id: str) -> bytes:
        """See DeviceSecret."""
        try:
            text = self._backend.get_password(SERVICE, vault_id)
            secret = base64.b64decode(text or "", validate=True)
        except Exception as error:  # the adapter's edge: each desktop raises its own kinds
            raise _gone("这台电脑的系统钥匙库打不开。") from error
        if len(secret) != SECRET_BYTES:
            raise _gone("这台电脑的系统钥匙库里没有本窗口的设备密钥。")
        return secret

    def keep(self, vault_id: str, secret: bytes) -> None:
        """See DeviceSecret."""
        try:
            self._backend.set_password(SERVICE, vault_id, base64.b64encode(secret).decode("ascii"))
        except Exception as error:  # as above
            raise StorageProblem("设备密钥没有存进系统钥匙库。", what_to_do="请先解锁系统钥匙库，再试一次。") from error

    def forget(self, vault_id: str) -> None:
        """See DeviceSecret."""
        try:
            if self._backend.get_password(SERVICE, vault_id) is not None:
                self._backend.delete_password(SERVICE, vault_id)
        except Exception as error:  # as above
            raise StorageProblem(
                "设备密钥没有从系统钥匙库里删掉。", what_to_do="请先解锁系统钥匙库，再做一次。"
            ) from error

    def words(self) -> str:
        """See DeviceSecret."""
        return "设备密钥存放在这台电脑的系统钥匙库里，数据文件夹拷到别的电脑上打不开。重装系统前请先移交或备份。"


def real_keyring() -> KeyringBackend | None:
    """The best real key store of this desktop, or None (headless, or only unsafe back ends)."""
    from keyring.backend import get_all_keyring

    real = []
    for backend in get_all_keyring():
        if not type(backend).__module__.startswith(REAL_BACKENDS):
            continue
        try:
            priority = float(backend.priority)
        except Exception:  # noqa: BLE001, S112 - a back end that cannot work here says so by raising anything at all
            continue
        if priority >= 1:
            real.append((priority, backend))
    return max(real, key=lambda pair: pair[0])[1] if real else None


Find = Callable[[], "KeyringBackend | None"]
Keeper = Callable[[Path, Find], DeviceSecret | None]


def _in_keyring(_folder: Path, find: Find) -> DeviceSecret | None:
    backend = find()
    return KeyringSecret(backend) if backend is not None else None


KEEPERS: Mapping[str, Keeper] = {
    KeyringSecret.kind: _in_keyring,
    FileSecret.kind: lambda folder, _find: FileSecret(folder),
}
"""Best first: a new vault takes the first one that is there. Each answers None when it cannot work on this PC."""


def device_secret_for(
    folder: Path, noted_kind: str = "", find_keyring: Find = real_keyring, keepers: Mapping[str, Keeper] = KEEPERS
) -> DeviceSecret:
    """The keeper for a vault: the one noted at its founding (see vault.noted_device), else the best that is there.

    Raises:
        KeyProblem: the keeper noted at the founding is not there now, or this version does not know it.
    """
    if noted_kind:
        found = keepers[noted_kind](folder, find_keyring) if noted_kind in keepers else None
        if found is None:
            raise _gone(
                "这台电脑的系统钥匙库现在不可用。"
                if noted_kind == KeyringSecret.kind
                else "保管设备密钥的硬件或钥匙库现在不可用。"
            )
        return found
    return next(found for make in keepers.values() if (found := make(folder, find_keyring)) is not None)


def _gone(message: str) -> KeyProblem:
    return KeyProblem(
        message,
        what_is_safe="办件数据没有被改动。",
        what_to_do=(
            "请用平时的用户登录本机再打开；还不行，请不要重装："
            "做过恢复钥匙的，请两位保管人运行 clerk-app recovery use 登录名 --new-pc。"
        ),
    )
