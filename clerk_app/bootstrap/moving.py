"""Moving to another PC: everything into one file, the new PC says that all of it opens there, only then the old one is wiped.

What is written here between the two is not in the file, so it stops the wipe; but for what the line brought, which the new PC
gets from the gateway too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

from clerk_app.bootstrap.house import House
from clerk_app.bootstrap.safekeeping import BEFORE, NEWER, store_of
from clerk_app.crypto.vault_file import SPARE_FOLDER as COPIES
from clerk_app.domain.journal import CHECKPOINTS
from clerk_app.durable import destroy
from clerk_app.errors import Refused, StorageProblem
from clerk_app.ports import Unlocked
from clerk_app.usecases.desk import Desk
from local_db.backup_file import Contents, check_backup
from local_db.disk_words import disk_problem
from local_db.engine import FILE_NAME
from local_db.single_instance import FILE_NAME as LOCK_FILE
from local_db.single_instance import WindowLock
from local_db.unit_of_work import SqlStore, SqlUnitOfWork

HANDOVER = "handover"
KEY_FILES = ("vault.json", f"{COPIES}/vault.json", "device.secret", "setup.key", "vault.tries.json", "vault.tries.lock")
_NOT_COUNTED = (HANDOVER, CHECKPOINTS)
"""Settings that a handover and a sign-in write themselves."""


def hand_over(home: House, desk: Desk, target: Path) -> Contents:
    """Everything into one file for the replacement PC; this one goes on until the other has confirmed."""
    if not home.vault.has_recovery():
        raise Refused(
            "还没有做恢复钥匙，另一台电脑会打不开。",
            what_is_safe="没有写任何文件。",
            what_to_do="请先运行 clerk-app recovery make。",
        )
    store = store_of(desk)
    with store.begin() as uow:
        before = uow.fingerprint(_NOT_COUNTED)
    contents = store.backup_to(target, home.clock.now().utc_ms)
    with store.begin() as uow:  # nobody can write between this look and its commit
        still = uow.fingerprint(_NOT_COUNTED) == before
        if still:
            uow.journal.append(desk.happening("backup.made", cases=str(contents.cases), mac=contents.mac[:12]))
            uow.config.set(HANDOVER, {"mac": contents.mac, "state": uow.fingerprint(_NOT_COUNTED)})
            uow.commit()
    if not still:
        try:
            target.unlink(missing_ok=True)
        except OSError as error:
            raise disk_problem(error) from error
        raise Refused(
            "写移交文件的时候这台电脑上还有人在办件，文件没有留下。",
            what_is_safe="数据都在。",
            what_to_do="请先关掉这台电脑上的窗口程序，再移交一次。",
        )
    return contents


def arrival_code(home: House, path: Path, opened: Unlocked, store: SqlStore) -> str:
    """On the new PC: every unsent case opens here, pages too; the code says so to the old PC.

    Raises:
        StorageProblem: something does not open; then there is no code.
    """
    contents = check_backup(path, opened.database_key, home.suite, home.data)
    faults = store.quick_check(but_for=contents.hurt)
    if faults:
        raise StorageProblem("搬来的数据没有通过检查，不能确认。", what_to_do="请在旧电脑上再移交一次。")
    with store.begin(reading=True) as uow:
        for message in uow.outbox.queue(10**6):
            whole = uow.outbox.load([message.id])
            for ref in whole[0].attachments:
                if uow.attachments.file_name(ref.blob_sha256) not in contents.hurt:  # that one was told to the old PC
                    uow.attachments.read(whole[0].case_id, ref.sha256)
    return _code(home, opened, contents.mac)


def confirm_and_wipe(home: House, desk: Desk, opened: Unlocked, code: str) -> None:
    """On the old PC, with the new one's code: the keys are destroyed, then everything else.

    Raises:
        Refused: nothing was handed over, another code, or something was added since; nothing is wiped then.
        StorageProblem: a window is open on this folder.
    """
    with _window_closed(home.data), store_of(desk).begin() as uow:
        handed = uow.config.get(HANDOVER) or {}
        if not handed.get("mac") or code.strip().lower() != _code(home, opened, str(handed["mac"])):
            raise Refused(
                "确认码不对。", what_is_safe="这台电脑上的数据没有动。", what_to_do="请核对新电脑显示的确认码。"
            )
        if uow.fingerprint(_NOT_COUNTED) != handed["state"]:
            raise Refused(
                "移交以后这台电脑上又写了新的东西（收件、台账、人员、设置，或者有人看过个人信息）。",
                what_is_safe="这台电脑上的数据没有动。",
                what_to_do="请关掉这台电脑上的窗口程序，再移交一次，把新的也带过去。",
            )
        wipe_keys(home)  # under the write lock: whatever waits for it cannot take another case
    desk.store.close()
    wipe(home.data)


@contextmanager
def _window_closed(data: Path) -> Iterator[None]:
    """Nobody works here meanwhile. Raises StorageProblem with what to do about it."""
    try:
        lock = WindowLock(data).__enter__()
    except StorageProblem as error:
        if (data / LOCK_FILE).exists():
            raise StorageProblem(
                "这台电脑上的窗口程序还开着。",
                what_is_safe="这台电脑上的数据没有动，确认码仍然有效。",
                what_to_do="请先在那个窗口里办完或暂存，关掉它，再输一次确认码。关掉以后如果说又写了新的东西，就再移交一次。",
            ) from error
        raise
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


class LineStore:
    """A desk's store as courier and feed use it. What they write while a handover is under way keeps the old PC's seal good: the
    new PC gets the same from the gateway by itself, by its own outbox and its own place in the feed. Whatever else is written
    breaks the seal, and it stays broken."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def begin(self, *, reading: bool = False) -> SqlUnitOfWork:
        """See ports.Store."""
        return self._store.begin(reading=reading, at_entry=None if reading else _carry_seal)

    def quick_check(self) -> tuple[str, ...]:
        """See ports.Store."""
        return self._store.quick_check()

    def close(self) -> None:
        """See ports.Store."""
        self._store.close()


def _carry_seal(uow: SqlUnitOfWork) -> None:
    handed = uow.config.get(HANDOVER) or {}
    if not handed.get("state"):
        return
    if uow.fingerprint(_NOT_COUNTED) != handed["state"]:
        uow.config.set(HANDOVER, {**handed, "state": ""})
        return
    uow.before_commit(lambda: uow.config.set(HANDOVER, {**handed, "state": uow.fingerprint(_NOT_COUNTED)}))


def wipe_keys(home: House) -> None:
    """From now on nothing here opens, whatever a disk may keep of the rest. Raises StorageProblem."""
    home.vault.forget_device()
    try:
        for name in KEY_FILES:
            destroy(home.data / name)
    except OSError as error:
        raise _not_removed() from error


def wipe(data: Path) -> None:
    """Everything else that was kept: database, pages, and every copy. Raises StorageProblem."""
    try:
        for name in KEY_FILES:
            destroy(data / name)
        for path in (
            *data.glob(f"{FILE_NAME}*"),
            *data.glob(BEFORE),
            *data.glob(NEWER),
            data / "window.json",
            data / "window.pub",
            data / LOCK_FILE,
        ):
            path.unlink(missing_ok=True)
        for name in ("attachments", COPIES):
            if (data / name).exists():
                rmtree(data / name)
    except OSError as error:
        raise _not_removed() from error


def _not_removed() -> StorageProblem:
    return StorageProblem("有文件没有删掉。", what_to_do="请检查文件夹权限，再做一次。")


def _code(home: House, opened: Unlocked, mac: str) -> str:
    return home.suite.keyed_hash(home.suite.derive(opened.database_key, "handover"), mac.encode("ascii"))[:12]
