"""The vault: key slots beside the database. A clerk's PIN with the device's secret opens the one database key.

    PIN ‖ device secret ──argon2id──► slot key ──opens──► database key + the clerk's signing key

The founding set-up key lies in ``setup.key`` until the first clerk has a slot; then it is overwritten and removed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from clerk_app.crypto.device_secret import DeviceSecret
from clerk_app.crypto.pins import acceptable, tidy
from clerk_app.crypto.recovery import open_recovery, seal_recovery
from clerk_app.crypto.slots import check_of, new_slot, open_slot
from clerk_app.crypto.tries import Tries, wait_after
from clerk_app.crypto.tuning import tuned_cost
from clerk_app.crypto.vault_file import (
    FILE_NAME,
    SPARE_FOLDER,
    Slot,
    VaultFile,
    read_spare,
    read_vault,
    stands_on_spare,
    write_vault,
)
from clerk_app.domain.canonical import canonical_bytes
from clerk_app.durable import destroy, make_folder, write_durably
from clerk_app.errors import DiskProblem, KeyProblem, Refused, StorageProblem
from clerk_app.ports import CipherSuite, Clock, Unlocked

SETUP_FILE = "setup.key"


class FileVault:
    """See ports.Vault. ``guarded``: files that a new vault must never be founded beside, for nothing could open them.

    ``seconds``: processor time of the calling thread, to tune a new slot to this machine; ``cost``: given instead, untuned.
    """

    def __init__(
        self,
        folder: Path,
        suite: CipherSuite,
        device_secret: DeviceSecret,
        clock: Clock,
        *,
        seconds: Callable[[], float] = lambda: 0.0,
        cost: Mapping[str, int] | None = None,
        guarded: tuple[str, ...] = ("clerk.db",),
    ) -> None:
        self._folder, self._suite, self._device, self._guarded = folder, suite, device_secret, guarded
        self._seconds, self._cost = seconds, cost
        self._tries = Tries(folder, clock)
        self.mended = False

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
            check=check_of(self._suite, key),
            setup=self._suite.seal(setup_key, key, _setup_context(vault_id)),
        )
        try:
            make_folder(self._folder)
            self._device.keep(vault_id, self._suite.new_key())
            write_durably(self._folder / SETUP_FILE, base64.b64encode(setup_key))
        except OSError as error:
            raise DiskProblem("数据文件夹写不进去。", what_to_do="请检查磁盘空间和文件夹权限，再试一次。") from error
        write_vault(self._folder, vault)

    def unlock(self, login: str, pin: str) -> Unlocked:
        """See ports.Vault."""
        vault = self._read()
        slot = vault.slot(login)
        if slot is None:
            raise KeyProblem(
                "没有这个登录名。", what_is_safe="数据没有受影响。", what_to_do="请核对登录名，或请管理员添加。"
            )
        # The form of the public key tells the suite, and it is sealed with the slot: a swapped suite is no wrong PIN.
        if len(slot.public_key) not in {0, len(self._suite.new_signing_pair()[1])}:
            raise KeyProblem(
                "钥匙文件被改过：里面写的加密方式和钥匙对不上。",
                what_is_safe="数据没有被改动，PIN 也没有算输错。",
                what_to_do="请不要再试，从备份里取回 vault.json，或联系技术支持。",
            )
        device = self._device.read(vault.id)
        wrong = self._tries.begin(login)
        try:
            opened = self._open_either(vault, slot, pin, device)
        except ValueError as error:
            raise KeyProblem(
                f"PIN 不对（连续第 {wrong + 1} 次）。",
                what_is_safe="数据没有受影响。",
                what_to_do="请再输一次；忘记 PIN 请找管理员。",
                retry_after_s=wait_after(wrong + 1) / 1000,
            ) from error
        self._tries.right(login)
        return opened

    def _open_either(self, vault: VaultFile, slot: Slot, pin: str, device: bytes) -> Unlocked:
        """By the slot, or by the spare file's slot of the same person where the two are not the same: one of them is damaged.

        Once something opened, a file that was missing or damaged is written anew from the one that is good: ``mended``.
        """
        try:
            opened, good = open_slot(self._suite, vault, slot, pin, device), vault
        except ValueError:
            good_spare = read_spare(self._folder)
            other = good_spare.slot(slot.login) if good_spare else None
            if good_spare is None or other is None or other == slot or good_spare.id != vault.id:
                raise
            opened, good = open_slot(self._suite, good_spare, other, pin, device), good_spare
        if good is not vault or stands_on_spare(self._folder):
            write_vault(self._folder, good)
            self.mended = True
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
        login = login.strip()
        self.must_be_good(login, pin)
        if vault.slot(login):
            raise Refused(
                "这个登录名已经有人用了。", what_is_safe="原来的人员没有改动。", what_to_do="请换一个登录名。"
            )
        pin = acceptable(pin)
        self._must_fit(opened, vault)
        private, public = self._suite.new_signing_pair()
        slot = self._new_slot(vault, Unlocked(login, opened.database_key, private, public), pin)
        write_vault(self._folder, replace(vault, setup=b"", slots=(*vault.slots, slot)))
        self._destroy_setup()
        return Unlocked(login, opened.database_key, private, public)

    def must_be_good(self, login: str, pin: str) -> None:
        """See ports.Vault."""
        login = login.strip()
        if not login or len(login) > 64 or not login.isprintable():
            raise Refused("登录名不能为空，也不能有看不见的字符。", what_to_do="请换一个登录名。")
        acceptable(pin)

    def renew_slot(self, opened: Unlocked, login: str, pin: str) -> Unlocked:
        """See ports.Vault."""
        vault, pin = self._read(), acceptable(pin)
        self._must_fit(opened, vault)
        if vault.slot(login) is None and not opened.signing_private:
            vault = replace(vault, slots=(*vault.slots, Slot(login, b"", (), b"", b"")))
        if opened.signing_private and opened.login == login:
            mine = opened
        else:
            private, public = self._suite.new_signing_pair()
            mine = Unlocked(login, opened.database_key, private, public)
        slot = self._new_slot(vault, mine, pin)
        slots = tuple(slot if each.login == login else each for each in vault.slots)
        write_vault(self._folder, replace(vault, slots=slots))
        self._tries.right(login)
        return mine

    def remove_slot(self, login: str) -> None:
        """See ports.Vault."""
        vault = self._read()
        left = tuple(slot for slot in vault.slots if slot.login != login)
        if not left:
            raise Refused("这是最后一个能打开数据的人，不能移除。", what_to_do="请先添加另一个人员。")
        if len(left) != len(vault.slots):
            write_vault(self._folder, replace(vault, slots=left))

    def make_recovery(self, opened: Unlocked, people: int) -> tuple[str, ...]:
        """See ports.Vault."""
        vault = self._read()
        self._must_fit(opened, vault)
        recovery, papers = seal_recovery(self._suite, vault, opened.database_key, people)
        write_vault(self._folder, replace(vault, recovery=recovery))
        return papers

    def has_recovery(self) -> bool:
        """See ports.Vault."""
        return self._read().recovery is not None

    def unlock_recovery(self, papers: Sequence[str]) -> Unlocked:
        """See ports.Vault."""
        vault = self._read(any_device=True)
        opened = Unlocked("", open_recovery(self._suite, vault, papers), b"", b"")
        self._must_fit(opened, vault)
        return opened

    def move_in(self, opened: Unlocked) -> None:
        """See ports.Vault."""
        vault = self._read(any_device=True)
        self._must_fit(opened, vault)
        try:
            self._device.keep(vault.id, self._suite.new_key())
        except OSError as error:
            raise DiskProblem("设备密钥没有写成。", what_to_do="请检查磁盘空间和文件夹权限，再试一次。") from error
        write_vault(self._folder, replace(vault, device=self._device.kind, slots=()))

    def forget_device(self) -> None:
        """See ports.Vault."""
        self._device.forget(self._read().id)

    def strength(self, pin: str) -> str:
        """See ports.Vault."""
        if self._device.guards or not tidy(pin).isdigit():
            return ""
        return "本机没有系统钥匙库：只用数字 PIN，整个文件夹被拷走后一天内就可能被猜出来。请改用 10 个字符以上的口令。"

    def logins(self) -> tuple[str, ...]:
        """See ports.Vault; in the order of adding."""
        return tuple(slot.login for slot in self._read().slots)

    def protection(self) -> str:
        """See ports.Vault."""
        return self._device.words()

    # --- inside

    def _must_fit(self, opened: Unlocked, vault: VaultFile) -> None:
        if check_of(self._suite, opened.database_key) != vault.check:
            raise KeyProblem("手里的钥匙不是这个数据文件夹的。", what_is_safe="数据没有被改动。")

    def _read(self, *, any_device: bool = False) -> VaultFile:
        vault = read_vault(self._folder)
        if vault.suite != self._suite.id:
            raise KeyProblem(
                "钥匙文件用的是另一种加密方式。", what_is_safe="数据没有被改动。", what_to_do="请升级程序后再打开。"
            )
        if vault.device != self._device.kind and not any_device:
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
            raise DiskProblem(
                "一次性初始化钥匙没有删掉。",
                what_is_safe="它已经失效，数据没有受影响。",
                what_to_do="请检查文件夹权限，再打开一次。",
            ) from error

    def _new_slot(self, vault: VaultFile, mine: Unlocked, pin: str) -> Slot:
        cost = self._cost or tuned_cost(self._suite.stretch, self._seconds)
        return new_slot(self._suite, vault, mine, pin, self._device.read(vault.id), cost)


def _is_founded(folder: Path) -> bool:
    return (folder / FILE_NAME).exists() or (folder / SPARE_FOLDER / FILE_NAME).exists()


def noted_device(folder: Path) -> str:
    """Which keeper of the device secret a vault was founded with; empty when there is no vault yet. Raises KeyProblem."""
    return read_vault(folder).device if _is_founded(folder) else ""


def noted_suite(folder: Path) -> str:
    """Which suite a vault was founded with; empty when there is no vault yet. Raises KeyProblem."""
    return read_vault(folder).suite if _is_founded(folder) else ""


def _setup_context(vault_id: str) -> bytes:
    return canonical_bytes(["vault/1", "setup", vault_id])
