"""Damage done to a data folder's files by chance: nothing may crash, leak a known person, or harm what is there.

Each round takes a sound file, damages a copy (bits, bytes, cuts, joins, swapped stretches, fields of the JSON), and does what
the program does with it. Allowed is success, or a member of the error tree; anything else is a find.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clerk_app.crypto.device_secret import FileSecret
from clerk_app.crypto.international import InternationalSuite
from clerk_app.crypto.vault import FileVault
from clerk_app.domain.canonical import Json
from clerk_app.domain.draft import Draft
from clerk_app.domain.time import Stamp
from clerk_app.errors import AppError, Bug
from local_db.backup_file import check_backup, restore_backup, take_out_keys, write_backup
from local_db.copy_back import is_copy, look_at_copy, restore_copy
from local_db.salvage import salvage
from local_db.unit_of_work import SqlStore
from tests.contracts.test_store_contract import make_case, make_message

SUITE = InternationalSuite(os.urandom)
KEY = bytes(range(32))
NAME, NUMBER = "龚㛃䶮", "500199195803142127"
KNOWN = (NAME, NUMBER, "gongjieyan", "样例大道 7 号", NUMBER[-4:] + "样例")
COST = {"time": 1, "memory_kib": 64, "lanes": 1}
KINDS = ("database", "keys", "backup", "copy")
PIN = "246810"
COPY = "copies/clerk-000001-1.db"


class _Clock:
    def now(self) -> Stamp:
        return Stamp(1_795_000_000_000)


@dataclass(slots=True)
class Found:
    """One thing that must not be: ``seed`` repeats it."""

    kind: str
    seed: int
    what: str


def make_folder(folder: Path) -> Path:
    """A sound data folder with a vault, three cases with pages, and a draft; and a backup beside it."""
    vault = _vault(folder)
    vault.create()
    opened = vault.unlock_setup()
    vault.add_slot(opened, "wangmin", PIN)
    store = SqlStore(folder, opened.database_key, SUITE, create=True)
    with store.begin() as uow:
        for n in range(3):
            case = make_case(f"c{n}", name=NAME, number=NUMBER)
            uow.attachments.put(case.id, f"{NAME} {n}".encode() * 900, "image/jpeg")
            uow.cases.add(case)
            uow.outbox.add(make_message(f"m{n}", case.id))
        uow.drafts.open(Draft("d1", "wangmin", 1, 1, {"applicant.name": NAME, "applicant.address": "样例大道 7 号"}))
        uow.commit()
    (folder / "copies").mkdir()
    store.copy_to(folder / COPY)
    shutil.copy(folder / "vault.json", folder / "copies" / "vault.json")
    store.close()
    write_backup(folder, opened.database_key, SUITE, folder.parent / "sound.bak", 1)
    return folder


def rounds(sound: Path, place: Path, kind: str, first_seed: int) -> Iterator[Found | None]:
    """Endless: None for each round in which nothing was found."""
    key = _vault(sound).unlock("wangmin", PIN).database_key
    act = {"database": _database, "keys": _keys, "backup": _backup, "copy": _copy}[kind]
    seed = first_seed
    while True:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(sound, place)
        yield _round(kind, seed, lambda chance: act(sound, place, key, chance))
        seed += 1


def _round(kind: str, seed: int, act: Callable[[random.Random], str]) -> Found | None:
    try:
        harm = act(random.Random(f"{kind}{seed}"))
        return Found(kind, seed, harm) if harm else None
    except Bug as error:
        return Found(kind, seed, f"a bug: {error.message}")
    except AppError as error:
        text = error.sentence() + repr(error.__cause__) + repr(error.__context__)
        return Found(kind, seed, "a known person in a message") if any(each in text for each in KNOWN) else None
    except Exception as error:  # noqa: BLE001 - anything else is what is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Found(kind, seed, f"{type(error).__name__} in {where.name} ({Path(where.filename).name}:{where.lineno})")


def damage(data: bytes, chance: random.Random) -> bytes:
    """A few wounds of one or several sorts."""
    wounded = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5, 40))):
        at = chance.randrange(len(wounded)) if wounded else 0
        sort = chance.randrange(7)
        if not wounded:
            wounded += chance.randbytes(chance.randrange(64))
        elif sort == 0:
            wounded[at] ^= 1 << chance.randrange(8)
        elif sort == 1:
            wounded[at : at + chance.randrange(1, 400)] = chance.randbytes(chance.randrange(400))
        elif sort == 2:
            del wounded[at:]
        elif sort == 3:
            wounded += wounded[at : at + 4096]
        elif sort == 4:
            page = 4096 * chance.randrange(max(1, len(wounded) // 4096))
            wounded[at : at + 4096], wounded[page : page + 4096] = wounded[page : page + 4096], wounded[at : at + 4096]
        elif sort == 5:
            wounded[at : at + 512] = bytes(len(wounded[at : at + 512]))
        else:
            wounded[: min(100, len(wounded))] = chance.randbytes(min(100, len(wounded)))
    return bytes(wounded)


def _database(sound: Path, place: Path, key: bytes, chance: random.Random) -> str:
    victim = place / "clerk.db"
    pages = sorted((place / "attachments").rglob("*.blob"))
    if chance.random() < 0.2 and pages:
        victim = chance.choice(pages)
    victim.write_bytes(damage(victim.read_bytes(), chance))
    if chance.random() < 0.15:
        (place / "clerk.db-wal").write_bytes(chance.randbytes(chance.randrange(40_000)))
    before = victim.read_bytes()
    try:
        store = SqlStore(place, key, SUITE)
    except AppError as error:
        if victim.read_bytes() != before and victim.stat().st_size:
            return f"changed a file that it would not open: {error.message}"
    else:
        try:
            _look_at_everything(store)
        finally:
            store.close()
    target = place / "saved"
    if chance.random() < 0.3:
        (place / COPY).write_bytes(damage((place / COPY).read_bytes(), chance))
    found = salvage(place, key, SUITE, target, copies=[place / COPY], salts=[chance.randbytes(16)])
    again = SqlStore(target, key, SUITE)
    try:
        if again.quick_check() and not found.journal_from and not found.lost_pages:
            return "what was salvaged is not whole"
    finally:
        again.close()
    return ""


def _look_at_everything(store: SqlStore) -> None:
    with store.begin(reading=True) as uow:
        for case in uow.cases.page(limit=100):
            if case.content.get("applicant", {}).get("name", NAME) != NAME:
                raise ValueError("other content than was written")
            uow.outbox.of_case(case.id)
        uow.cases.search(NAME)
        uow.drafts.all()
    store.quick_check()
    with store.begin() as uow:
        uow.drafts.save("d1", {"applicant.name": "冉"}, 2)
        uow.commit()


def _keys(sound: Path, place: Path, key: bytes, chance: random.Random) -> str:
    name = chance.choice(("vault.json", "vault.json", "copies/vault.json", "device.secret", "vault.tries.json"))
    victim = place / name
    data = victim.read_bytes() if victim.exists() else b'{"format":1,"logins":{}}'
    victim.write_bytes(_json_damage(data, chance) if chance.random() < 0.6 else damage(data, chance))
    before = (place / "clerk.db").read_bytes()
    vault = _vault(place)
    try:
        vault.logins()
        opened = vault.unlock("wangmin", PIN)
        if opened.database_key != key:
            return "opened with another key"
    finally:
        if (place / "clerk.db").read_bytes() != before:
            return "the database was changed"  # noqa: B012 - the find counts more than the error
    return ""


def _json_damage(data: bytes, chance: random.Random) -> bytes:
    """Still JSON, with one value of another kind or size."""
    try:
        tree = json.loads(data)
    except ValueError:
        return damage(data, chance)
    spots = list(_spots(tree))
    if not spots:
        return damage(data, chance)
    holder, name = chance.choice(spots)
    dear = {"time": 10**9, "memory_kib": 10**9, "lanes": 1}
    odd: tuple[Json, ...] = (None, True, -1, 10**30, 1.5, "", "A" * 70_000, [], {}, [[[]]], dear, "／")
    holder[name] = chance.choice(odd)
    return json.dumps(tree).encode()


def _spots(tree: Json) -> Iterator[tuple[Json, Json]]:
    pairs: Iterable[tuple[Json, Json]] = (
        tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    )
    for name, value in list(pairs):
        yield tree, name
        yield from _spots(value)


def _backup(sound: Path, place: Path, key: bytes, chance: random.Random) -> str:
    victim, whole = place / "victim.bak", (sound.parent / "sound.bak").read_bytes()
    victim.write_bytes(damage(whole, chance))
    new = place / "new"
    take_out_keys(victim, place / "keys")
    check_backup(victim, key, SUITE)
    restore_backup(victim, new)
    store = SqlStore(new, key, SUITE)
    try:
        if store.quick_check():
            return "a damaged backup was taken for whole"
    finally:
        store.close()
    outside = [path for path in place.parent.iterdir() if path not in {place, sound, sound.parent / "sound.bak"}]
    return "wrote outside of its folder" if outside else ""


def _copy(sound: Path, place: Path, key: bytes, chance: random.Random) -> str:
    victim, new = place / COPY, place / "new"
    victim.write_bytes(damage(victim.read_bytes(), chance))
    if not is_copy(victim):
        return ""
    found = look_at_copy(victim, key, place, 1)
    restore_copy(victim, key, place, new)
    store = SqlStore(new, key, SUITE)
    try:
        if store.quick_check() or (found.cases, found.missing, found.damaged) != (3, (), ()):
            return "a damaged copy was taken for whole"
    finally:
        store.close()
    return ""


def _vault(folder: Path) -> FileVault:
    return FileVault(folder, SUITE, FileSecret(folder), _Clock(), cost=COST)
