"""The window's hand on vault and copies (ports.Safekeeping): the rights, then the same steps that the commands take."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from shutil import disk_usage

from clerk_app.bootstrap.doctor import free_cases
from clerk_app.bootstrap.house import House
from clerk_app.bootstrap.housekeeper import LATE_MS, Housekeeper
from clerk_app.bootstrap.people import Hand, add_by, remove_by, set_pin_by
from clerk_app.bootstrap.safekeeping import (
    KEPT_COPIES,
    KEPT_DAYS,
    SECOND,
    back_up,
    copies,
    look_at_backup,
    made_ms,
    rolling_copy,
    second_copy,
    set_second,
    store_of,
    words_of_hurt,
)
from clerk_app.domain.canonical import canonical_bytes
from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.rights import Right
from clerk_app.durable import sync_file
from clerk_app.errors import BadInput, KeyProblem, StorageProblem
from clerk_app.ports import CopiesState, Protection, Room, Trial, Warned
from clerk_app.usecases import people_of_window as people
from clerk_app.usecases import setup
from clerk_app.usecases.desk import Desk, must
from clerk_app.usecases.journal_out import export_journal, fault_of
from local_db.backup_file import Contents
from local_db.drafts import RESERVE

SHUT_OUT = "前置不再接这个窗口，现在送不出去；办件都在本机，照样办。请管理员到“设置 · 登记”里填新的登记码。"
SECOND_FILES = "clerk-second*"


class VaultDesk:
    """See ports.Safekeeping. ``start`` and ``stop`` with each clerk who signs in. ``wants_enrolling``: what the line knows."""

    def __init__(self, home: House, keeper: Housekeeper, wants_enrolling: Callable[[], bool]) -> None:
        self._home, self._keeper, self._wants_enrolling = home, keeper, wants_enrolling
        self._at: Desk | None = None

    def start(self, desk: Desk) -> None:
        """A clerk signed in."""
        self._at = desk

    def stop(self) -> None:
        """Nobody is signed in."""
        self._at = None

    # --- people

    def people(self) -> tuple[tuple[Clerk, bool], ...]:
        """See ports.Safekeeping."""
        desk = self._desk(Right.PEOPLE)
        logins = set(self._home.vault.logins())
        return tuple((clerk, clerk.login in logins) for clerk in people.clerks(desk.store))

    def add(self, own: str, login: str, name: str, role: Role, pin: str) -> str:
        """See ports.Safekeeping."""
        hand = self._hand(own)
        add_by(self._home, hand, Clerk(login.strip(), name.strip() or login.strip(), role), pin)
        return self._home.vault.strength(pin)

    def change_role(self, own: str, login: str, role: Role) -> None:
        """See ports.Safekeeping."""
        hand = self._hand(own)
        people.change_role(hand.store, self._home.clock, login, role, hand.acting)

    def set_pin(self, own: str, login: str, pin: str) -> str:
        """See ports.Safekeeping. One's own needs no right."""
        desk = self._desk()
        if login != desk.session.login:
            must(desk, Right.PEOPLE)
        set_pin_by(self._home, self._open(desk, own), login, pin)
        return self._home.vault.strength(pin)

    def remove(self, own: str, login: str) -> None:
        """See ports.Safekeeping."""
        remove_by(self._home, self._hand(own), login)

    def make_recovery(self, own: str, people_count: int) -> tuple[str, ...]:
        """See ports.Safekeeping."""
        hand = self._hand(own)
        people.recovery_is_made(hand.store, self._home.clock, hand.acting, people_count)
        return self._home.vault.make_recovery(hand.opened, people_count)

    # --- protection, copies, room

    def protection(self) -> Protection:
        """See ports.Safekeeping."""
        vault = self._home.vault
        weak = bool(vault.strength("000000"))  # a PIN of digits alone is only weak where there is no key store
        return Protection(not weak, vault.protection(), self._home.suite.id, vault.has_recovery())

    def weakness(self, pin: str) -> str:
        """See ports.Safekeeping."""
        return self._home.vault.strength(pin)

    def copies(self) -> CopiesState:
        """See ports.Safekeeping."""
        desk = self._desk(Right.SAFEKEEPING)
        there, now_ms = copies(self._home.data), self._home.clock.now().utc_ms
        with desk.store.begin(reading=True) as uow:
            told, counts = str(uow.config.get(SECOND) or ""), uow.outbox.counts()
        folder = Path(told) if told else None
        written = [path.stat().st_mtime for path in folder.glob(SECOND_FILES)] if folder and folder.is_dir() else []
        return CopiesState(
            made_ms=tuple(made_ms(path) for path in there),
            size=sum(path.stat().st_size for path in there),
            kept_count=KEPT_COPIES,
            kept_days=KEPT_DAYS,
            overdue=not there or now_ms - made_ms(there[-1]) > LATE_MS,
            second=told,
            second_there=folder is not None and folder.is_dir(),
            second_ms=int(max(written, default=0) * 1000),
            unsent=counts.waiting + counts.refused,
        )

    def copy_now(self) -> str:
        """See ports.Safekeeping."""
        store = store_of(self._desk(Right.SAFEKEEPING))
        made = rolling_copy(self._home, store, force=True)
        return ("本机副本已做好。" if made else "空间不够，没有做本机副本。") + second_copy(self._home, store)

    def back_up(self, target: Path) -> Trial:
        """See ports.Safekeeping."""
        return _trial(back_up(self._home, self._desk(Right.SAFEKEEPING), target))

    def set_second(self, folder: Path | None) -> None:
        """See ports.Safekeeping."""
        set_second(self._desk(Right.SAFEKEEPING), folder)

    def try_restore(self, own: str, path: Path) -> Trial:
        """See ports.Safekeeping."""
        desk = self._desk(Right.SAFEKEEPING)
        return _trial(
            look_at_backup(self._home, path, self._home.vault.unlock(desk.session.login, own), self._home.data)
        )

    def room(self) -> Room:
        """See ports.Safekeeping."""
        self._desk(Right.SAFEKEEPING)
        free = disk_usage(self._home.data).free
        return Room(free_cases(self._home.data), free, _size(self._home.data), RESERVE)

    # --- journal

    def verify_journal(self) -> str:
        """See ports.Safekeeping."""
        desk = self._desk(Right.JOURNAL)
        public = self._window_keys(desk)["public"]
        with desk.store.begin(reading=True) as uow:
            fault = fault_of(uow, lambda data, signature: self._home.suite.verify(public, signature, data))
            last = uow.journal.last()
        if fault is not None:
            raise StorageProblem(
                fault[1], what_is_safe="办件没有受影响。", what_to_do="请保留现场，不要关机，联系审计员。"
            )
        return f"共 {last.seq if last else 0} 条，没有缺失或改动，签过名的检查点都对得上。"

    def export_journal(self, path: Path) -> int:
        """See ports.Safekeeping."""
        desk = self._desk(Right.JOURNAL)
        keys = self._window_keys(desk)
        rows = export_journal(desk, lambda data: self._home.suite.sign(keys["private"], data), keys["public"])
        count = 0
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                for row in rows:
                    file.write(canonical_bytes(row) + b"\n")
                    count += "seq" in row
            sync_file(path)
        except FileExistsError as error:
            raise BadInput("这个文件已经有了，没有覆盖它。", what_to_do="请换一个文件名。") from error
        except OSError as error:
            raise StorageProblem("日志没有导出成。", what_to_do="请检查路径和磁盘空间，再试一次。") from error
        return count

    def warnings(self) -> tuple[Warned, ...]:
        """See ports.Safekeeping."""
        shut_out = (Warned("enrolment", SHUT_OUT, "red"),) if self._wants_enrolling() else ()
        return (*shut_out, *self._keeper.warnings)

    # --- inside

    def _desk(self, right: Right | None = None) -> Desk:
        desk = self._at
        if desk is None:
            raise KeyProblem("还没有登录。", what_to_do="请先登录。")
        if right is not None:
            must(desk, right)
        return desk

    def _hand(self, own: str) -> Hand:
        return self._open(self._desk(Right.PEOPLE), own)

    def _open(self, desk: Desk, own: str) -> Hand:
        opened = self._home.vault.unlock(desk.session.login, own)
        return Hand(opened, people.Acting(desk.session.login, desk.session.role), store_of(desk))

    @staticmethod
    def _window_keys(desk: Desk) -> dict[str, bytes]:
        _window_id, keys, _gateway = setup.keys_of(desk.store)
        return keys


def _trial(found: Contents) -> Trial:
    return Trial(found.made_ms, found.cases, found.unsent, found.drafts, found.pages, words_of_hurt(found))


def _size(folder: Path) -> int:
    """Bytes of every file under a folder; what vanishes meanwhile counts nothing."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    total += _size(Path(entry.path)) if entry.is_dir(follow_symlinks=False) else entry.stat().st_size
                except FileNotFoundError:
                    continue
    except FileNotFoundError:
        return total
    return total
