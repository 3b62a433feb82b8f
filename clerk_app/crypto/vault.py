"""The vault: key slots beside the database. A clerk's PIN with the device's secret opens the one database key.

    PIN ‖ device secret ──argon2id──► slot key ──opens──► database key + the clerk's signing key

The founding set-up key lies in ``setup.key`` until the first clerk has a slot; then it is overwritten and removed.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from clerk_app.crypto.device_secret import DeviceSecret
from clerk_app.crypto.tries import Tries
from clerk_app.crypto.vault_file import FILE_NAME, Slot, VaultFile, read_vault, write_vault
from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from clerk_app.durable import destroy, make_folder, write_durably
from clerk_app.errors import KeyProblem, Refused, StorageProblem
from clerk_app.ports import CipherSuite, Clock, Unlocked

SETUP_FILE = "setup.key"
SHORTEST_PIN = 6
LONGEST_PIN = 64
COST: Mapping[str, int] = {"time": 3, "memory_kib": 64 * 1024, "lanes": 1}
"""About 0.12 s on the two-core machine that we measured on, about half a second on an old counter PC."""

_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


class FileVault:
    """See ports.Vault. ``guarded``: files that a new vault must never be founded beside, for nothing could open them."""

    def __init__(
        self,
        folder: Path,
        suite: CipherSuite,
        device_secret: DeviceSecret,
        clock: Clock,
        *,
        cost: Mapping[str, int] = COST,
        guarded: tuple[str, ...] = ("clerk.db",),
    ) -> None:
        self._folder, self._suite, self._device, self._cost, self._guarded = folder, suite, device_secret, cost, guarded
        self._tries = Tries(folder, clock)

    def create(self) -> None:
        """See ports.Vault. A half-founded vault of a crash before the end is founded again."""
        for name in (FILE_NAME, *self._guarded):
            if (self._folder / name).exists():
                raise StorageProblem(
                    "这个数据文件夹里已经有数据，不能再初始化。",
                    what_is_safe="已有的数据没有被改动。",
                    what_to_do="请换一个空文件夹，或直接打开它。",
                )
        key, setup_key, vault_id = self._suite.new_key(), self._suite.new_key(), self._suite.new_key()[:16].hex()
        vault = VaultFile(
            id=vault_id,
            suite=self._suite.id,
            device=self._device.kind,
            check=self._check(key),
            setup=self._suite.seal(setup_key, key, _setup_context(vault_id)),
        )
        try:
            make_folder(self._folder)
            self._device.keep(vault_id, self._suite.new_key())
            write_durably(self._folder / SETUP_FILE, base64.b64encode(setup_key))
        except OSError as error:
            raise StorageProblem("数据文件夹写不进去。", what_to_do="请检查磁盘空间和文件夹权限，再试一次。") from error
        write_vault(self._folder, vault)

    def unlock(self, login: str, pin: str) -> Unlocked:
        """See ports.Vault."""
        vault = self._read()
        slot = vault.slot(login)
        if slot is None:
            raise KeyProblem(
                "没有这个登录名。", what_is_safe="数据没有受影响。", what_to_do="请核对登录名，或请管理员添加。"
            )
        device = self._device.read(vault.id)
        wrong = self._tries.begin(login)
        try:
            opened = self._open_slot(vault, slot, pin, device)
        except ValueError as error:
            raise KeyProblem(
                f"PIN 不对（连续第 {wrong + 1} 次）。",
                what_is_safe="数据没有受影响。",
                what_to_do="请再输一次；忘记 PIN 请找管理员。",
            ) from error
        self._tries.right(login)
        return opened

    def unlock_setup(self) -> Unlocked:
        """See ports.Vault. The result has no login and no signing key."""
        vault = self._read()
        gone = KeyProblem(
            "一次性初始化钥匙已经用掉了。",
            what_is_safe="数据没有受影响。",
            what_to_do="请用登录名和 PIN 打开；添加人员请找管理员。",
        )
        if not vault.setup:
            raise gone
        try:
            setup_key = base64.b64decode((self._folder / SETUP_FILE).read_bytes(), validate=True)
            key = self._suite.open(setup_key, vault.setup, _setup_context(vault.id))
        except (OSError, ValueError) as error:
            raise gone from error
        return Unlocked("", key, b"", b"")

    def add_slot(self, opened: Unlocked, login: str, pin: str) -> Unlocked:
        """See ports.Vault."""
        vault = self._read()
        login, pin = login.strip(), _tidy(pin)
        if not login or len(login) > 64 or not login.isprintable():
            raise Refused("登录名不能为空，也不能有看不见的字符。", what_to_do="请换一个登录名。")
        if vault.slot(login):
            raise Refused(
                "这个登录名已经有人用了。", what_is_safe="原来的人员没有改动。", what_to_do="请换一个登录名。"
            )
        if not (SHORTEST_PIN <= len(pin) <= LONGEST_PIN and pin.isascii() and pin.isdigit()):
            raise Refused(f"PIN 至少要 {SHORTEST_PIN} 位数字。", what_to_do="请重新设置一个 PIN。")
        if self._check(opened.database_key) != vault.check:
            raise KeyProblem("手里的钥匙不是这个数据文件夹的。", what_is_safe="数据没有被改动。")
        private, public = self._suite.new_signing_pair()
        slot = self._new_slot(vault, Unlocked(login, opened.database_key, private, public), pin)
        write_vault(self._folder, replace(vault, setup=b"", slots=(*vault.slots, slot)))
        self._destroy_setup()
        return Unlocked(login, opened.database_key, private, public)

    def logins(self) -> tuple[str, ...]:
        """See ports.Vault; in the order of adding."""
        return tuple(slot.login for slot in self._read().slots)

    def protection(self) -> str:
        """See ports.Vault."""
        return self._device.words()

    # --- inside

    def _read(self) -> VaultFile:
        vault = read_vault(self._folder)
        if vault.suite != self._suite.id:
            raise KeyProblem(
                "钥匙文件用的是另一种加密方式。", what_is_safe="数据没有被改动。", what_to_do="请升级程序后再打开。"
            )
        if vault.device != self._device.kind:
            raise KeyProblem(
                "设备密钥不在原来的地方。",
                what_is_safe="数据没有被改动。",
                what_to_do="请用平时的用户登录本机再打开；还不行，请联系技术支持。",
            )
        if not vault.setup and (self._folder / SETUP_FILE).exists():
            self._destroy_setup()  # a crash came between the first slot and the end of the set-up key
        return vault

    def _destroy_setup(self) -> None:
        try:
            destroy(self._folder / SETUP_FILE)
        except OSError as error:
            raise StorageProblem(
                "一次性初始化钥匙没有删掉。",
                what_is_safe="它已经失效，数据没有受影响。",
                what_to_do="请检查文件夹权限，再打开一次。",
            ) from error

    def _check(self, key: bytes) -> str:
        return self._suite.keyed_hash(self._suite.derive(key, "vault-check"), b"clerk-app vault")

    def _slot_key(self, pin: str, device: bytes, salt: bytes, cost: Mapping[str, int]) -> bytes:
        return self._suite.stretch(device + pin.encode("utf-8"), salt, cost)  # the device secret has a fixed length

    def _new_slot(self, vault: VaultFile, mine: Unlocked, pin: str) -> Slot:
        salt, cost = self._suite.new_key(), tuple(sorted(self._cost.items()))
        slot_key = self._slot_key(pin, self._device.read(vault.id), salt, dict(cost))
        secrets: Json = {
            "database_key": base64.b64encode(mine.database_key).decode("ascii"),
            "signing_private": base64.b64encode(mine.signing_private).decode("ascii"),
        }
        empty = Slot(mine.login, salt, cost, mine.signing_public, b"")
        return replace(empty, sealed=self._suite.seal(slot_key, canonical_bytes(secrets), _context(vault, empty)))

    def _open_slot(self, vault: VaultFile, slot: Slot, pin: str, device: bytes) -> Unlocked:
        slot_key = self._slot_key(_tidy(pin), device, slot.salt, dict(slot.cost))
        secrets = parse_json(self._suite.open(slot_key, slot.sealed, _context(vault, slot)))
        key = base64.b64decode(secrets["database_key"])
        if self._check(key) != vault.check:
            raise ValueError("the slot was made for another vault")
        return Unlocked(slot.login, key, base64.b64decode(secrets["signing_private"]), slot.public_key)


def noted_device(folder: Path) -> str:
    """Which keeper of the device secret a vault was founded with; empty when there is no vault yet. Raises KeyProblem."""
    return read_vault(folder).device if (folder / FILE_NAME).exists() else ""


def _tidy(pin: str) -> str:
    """Full-width digits are what an input method makes of digits."""
    return pin.strip().translate(_FULL_WIDTH)


def _setup_context(vault_id: str) -> bytes:
    return canonical_bytes(["vault/1", "setup", vault_id])


def _context(vault: VaultFile, slot: Slot) -> bytes:
    public = base64.b64encode(slot.public_key).decode("ascii")
    return canonical_bytes(["vault/1", "slot", vault.id, slot.login, public])
