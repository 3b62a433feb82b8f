"""Backups, rolling copies and the second copy. The worker that looks after them: housekeeper.py; moving to another PC: moving.py.

data/copies/clerk-<n>-<ms>.db   rolling copies of the database, by time, count and room; <n> tells the order, whatever the clock
                                says; pages lie beside, never rewritten; keys for them: spare_keys.py
<second folder>/                a backup of what is not acknowledged, replaced whenever there is something new
"""

from __future__ import annotations

from pathlib import Path
from shutil import disk_usage

from clerk_app.bootstrap.house import House
from clerk_app.bootstrap.restored_before import forget_note, note_restored, restored_before
from clerk_app.bootstrap.spare_keys import is_good_vault, lay_beside, note_salt, put_keys
from clerk_app.crypto.vault_file import SPARE_FOLDER as COPIES
from clerk_app.errors import Refused, StorageProblem
from clerk_app.ports import Unlocked
from clerk_app.usecases import keeping, setup
from clerk_app.usecases.desk import Desk
from local_db.backup_file import Contents, check_backup, restore_backup, take_out_keys
from local_db.copy_back import is_copy, look_at_copy, restore_copy
from local_db.engine import FILE_NAME
from local_db.stopping import GoOn, always
from local_db.unit_of_work import SqlStore

KEPT_COPIES = 8
KEPT_DAYS = 14
KEPT_WHATEVER_AGE = 3
COPY_EVERY_MS = 4 * 3600 * 1000
ROOM_SHARE = 10
"""Rolling copies together take at most one tenth of the room that is free."""
SECOND = "backup.second"
SECOND_LEFT = "backup.second.left"
"""Former places whose copy is still to be removed."""
SECOND_NAMES = ("clerk-second.new.bak", "clerk-second.bak")
BEFORE = "clerk.before-*.db"
NEWER = "clerk.newer-*.db"


def back_up(home: House, desk: Desk, target: Path) -> Contents:
    """clerk-app backup FILE, with its trace in the journal. Raises StorageProblem."""
    contents = store_of(desk).backup_to(target, home.clock.now().utc_ms)
    with desk.store.begin() as uow:
        uow.journal.append(desk.happening("backup.made", cases=str(contents.cases), mac=contents.mac[:12]))
        uow.commit()
    return contents


def look_at_backup(home: House, path: Path, opened: Unlocked, pages_in: Path | None = None) -> Contents:
    """restore --dry-run: everything is read and checked, nothing is written where the backup lies. ``pages_in``: for a rolling
    copy, the data folder with its pages, where that is not the one it lies in."""
    if is_copy(path):
        return look_at_copy(path, opened.database_key, origin_of(path, pages_in), made_ms(path))
    return check_backup(path, opened.database_key, home.suite, home.data)


def bring_back(home: House, path: Path, folder: Path, opened: Unlocked, *, pages_in: Path | None = None) -> Contents:
    """Put a backup or a rolling copy into an empty folder; serials that the lost days may have given out are passed over, more of them
    each time that the same file comes back. ``pages_in``: as in look_at_backup.

    Raises:
        StorageProblem, KeyProblem: the backup is not whole or not ours; the folder is then as it was.
    """
    contents = look_at_backup(home, path, opened, pages_in)
    if is_copy(path):
        restore_copy(path, opened.database_key, origin_of(path, pages_in), folder)
        put_keys(home.data, folder)
    else:
        restore_backup(path, folder)
    store = SqlStore(folder, opened.database_key, home.suite)
    try:
        setup.restored(store, home.clock, len(restored_before(path)) + 1)
    finally:
        store.close()
    note_restored(path, home.clock.now())
    return contents


def keys_from(path: Path, folder: Path, *others: Path | None) -> None:
    """Only the key slots of a backup or a rolling copy, into an empty folder, so that papers or a PIN can open it. ``others``:
    where else to look for those of a copy. Raises StorageProblem."""
    if not is_copy(path):
        take_out_keys(path, folder)
        return
    for place in (path.parent, origin_of(path, None), *others):
        if place is not None and is_good_vault(place):
            put_keys(place, folder)
            return
    raise StorageProblem(
        "这是一份本机副本，旁边没有它的钥匙文件（vault.json）。",
        what_is_safe="没有改动任何文件。",
        what_to_do="请用 --old 指它原来的数据文件夹，或把 vault.json 放到副本旁边，再试一次。",
    )


def origin_of(path: Path, told: Path | None) -> Path | None:
    """The data folder whose pages belong to a rolling copy; None when it lies elsewhere and nobody said."""
    return told or (path.absolute().parent.parent if path.absolute().parent.name == COPIES else None)


def rolling_copy(home: House, store: SqlStore, *, force: bool = False, go_on: GoOn = always) -> Path | None:
    """A copy when the last one is old enough; older ones go by count, age and room. Raises StorageProblem, Stopped."""
    now = home.clock.now()
    now_ms = now.utc_ms
    with store.begin(reading=True) as uow:
        by_age = keeping.clock_will_do(uow, now)
    there = copies(home.data)
    last_ms = made_ms(there[-1]) if there else 0
    made: Path | None = None
    room = disk_usage(home.data).free // ROOM_SHARE
    if force or not 0 <= now_ms - last_ms < COPY_EVERY_MS:
        size = (home.data / FILE_NAME).stat().st_size
        if size <= room:
            made = next_copy(home.data, now_ms)
            store.copy_to(made, go_on)
            note_salt(home.data)
    lay_beside(home.data)
    _let_old_ones_go(home.data, now_ms, room, by_age=by_age)
    return made


def _let_old_ones_go(data: Path, now_ms: int, room: int, *, by_age: bool) -> None:
    """By count, age and room; the newest always stays, and some whatever their age. A copy from before a migration goes with the
    same term. ``by_age``: the clock is good enough to tell age."""
    kept = 0
    for n, path in enumerate(reversed(copies(data))):
        kept += path.stat().st_size
        too_old = by_age and n >= KEPT_WHATEVER_AGE and now_ms - made_ms(path) > KEPT_DAYS * keeping.DAY_MS
        if n and (n >= KEPT_COPIES or too_old or kept > room):
            path.unlink(missing_ok=True)
            forget_note(path)
    for path in (*data.glob(BEFORE), *data.glob(NEWER)):
        if by_age and now_ms - path.stat().st_mtime * 1000 > KEPT_DAYS * keeping.DAY_MS:
            path.unlink(missing_ok=True)


def copies(data: Path) -> list[Path]:
    """Rolling copies in the order of their making, which a clock that was set back does not change."""
    return sorted((data / COPIES).glob("clerk-*.db"), key=lambda path: (_serial(path), made_ms(path)))


def next_copy(data: Path, now_ms: int) -> Path:
    """The name of a copy that is made now: it comes after all others."""
    there = copies(data)
    return data / COPIES / f"clerk-{_serial(there[-1]) + 1 if there else 1:06d}-{now_ms}.db"


def _serial(path: Path) -> int:
    digits = path.stem.split("-")[1]
    return int(digits) if digits.isdigit() and path.stem.count("-") > 1 else 0


def second_copy(home: House, store: SqlStore, go_on: GoOn = always) -> str:
    """Where a second folder is set: a backup there of what is not acknowledged, and of no other case. It is written anew when
    nothing is owed too, so that what was in it goes. Words for a person. Raises StorageProblem; Stopped (the former copy stays)."""
    with store.begin(reading=True) as uow:
        told = uow.config.get(SECOND)
        counts = uow.outbox.counts()
        owed = counts.waiting or counts.refused or counts.attachments or uow.drafts.all()
    if not told:
        _clear_left(store)
        return "没有设第二份存放处：这台电脑的硬盘坏了，没送达的办件就没有了。请用 clerk-app backup --second 设一个。"
    folder = Path(str(told))
    if not folder.is_dir():
        if owed:
            return "第二份存放处现在不在（U 盘拔了，或网络盘断了）：没送达的办件只有一份。"
        return "没有未送达的办件。第二份存放处现在不在，那里的旧文件等插好后再换掉。"
    fresh, target = (folder / name for name in SECOND_NAMES)
    try:
        fresh.unlink(missing_ok=True)
        contents = store.backup_to(fresh, home.clock.now().utc_ms, unsent_only=True, go_on=go_on)
        hurt = words_of_hurt(contents)
        fresh.replace(target)
        forget_note(target)
    except OSError as error:
        raise StorageProblem("第二份没有写成。", what_is_safe="本机数据没有受影响。") from error
    _clear_left(store)
    return ("第二份已更新。" if owed else "第二份已更新：没有未送达的办件，里面不再有办件。") + hurt


def words_of_hurt(contents: Contents) -> str:
    """What is not whole in a backup because it was not whole here; empty when all of it is."""
    words = ""
    if contents.missing:
        words += f"注意：这几件有材料页不见了，没有能备份：{'、'.join(contents.missing)}。"
    if contents.damaged:
        words += f"注意：这几件有材料页在本机已经损坏，备份里也是坏的：{'、'.join(contents.damaged)}。"
    return f"{words}其余的都在。请联系管理员。" if words else ""


def set_second(desk: Desk, folder: Path | None) -> None:
    """Where the second copy goes; None: nowhere. What lies at the former place goes once the new one is written, or when that
    place is there again. Raises Refused when it lies on the same disk."""
    data = store_of(desk).folder
    if folder is not None:
        if not folder.is_dir():
            raise Refused("没有这个文件夹。", what_to_do="请先插好 U 盘或连上网络盘。")
        if folder.stat().st_dev == data.stat().st_dev:
            raise Refused("它和数据在同一块硬盘上，硬盘坏了会一起坏。", what_to_do="请选另一块硬盘、U 盘或网络盘。")
    place = str(folder.resolve()) if folder else ""
    with desk.store.begin() as uow:
        left = {*(uow.config.get(SECOND_LEFT) or []), str(uow.config.get(SECOND) or "")} - {"", place}
        uow.config.set(SECOND, place)
        uow.config.set(SECOND_LEFT, sorted(left))
        uow.journal.append(desk.happening("backup.second", on="yes" if folder else "no"))
        uow.commit()
    if folder is None:
        _clear_left(store_of(desk))


def _clear_left(store: SqlStore) -> None:
    """Remove second copies at former places; one that is not there now waits for the next time. Raises StorageProblem."""
    with store.begin(reading=True) as uow:
        left = [str(each) for each in uow.config.get(SECOND_LEFT) or []]
    away = [place for place in left if not Path(place).is_dir()]
    try:
        for place in set(left) - set(away):
            for name in SECOND_NAMES:
                (Path(place) / name).unlink(missing_ok=True)
    except OSError as error:
        raise StorageProblem(
            "原来那份第二份没有删掉。", what_is_safe="本机数据没有受影响。", what_to_do="请检查那里能不能写，再试一次。"
        ) from error
    if away != left:
        with store.begin() as uow:
            uow.config.set(SECOND_LEFT, away)
            uow.commit()


def store_of(desk: Desk) -> SqlStore:
    """The real store of a real desk."""
    if not isinstance(desk.store, SqlStore):
        raise TypeError("a desk of a data folder has its encrypted store")
    return desk.store


def made_ms(path: Path) -> int:
    """When a rolling copy was made, from its name; 0 for a name that is none."""
    digits = path.stem.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0
