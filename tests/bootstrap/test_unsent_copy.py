"""The second copy: only what is not acknowledged, small, encrypted, and enough to go on with on another PC."""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.bootstrap import safekeeping
from clerk_app.bootstrap.house import house, open_store, sign_in
from clerk_app.bootstrap.people import make_recovery, use_recovery
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.hall import Role
from clerk_app.domain.paper import Form, PrintJob
from clerk_app.domain.special_groups import Consent, ConsentBy, ConsentHow, Group, Listed
from clerk_app.domain.visits import Visit
from clerk_app.settings import Settings
from local_db.engine import connect
from local_db.schema import SEALED_UNDER, case_key, metadata
from local_db.unit_of_work import SqlStore
from local_db.unsent_copy import copy_unsent
from tests.bootstrap.folder import PIN, found
from tests.bootstrap.test_rescue import all_of, opened, page, work

CASES = 60


def test_the_disk_is_lost_and_a_new_pc_has_every_unsent_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, stick, new = (
        found(tmp_path / "d", ("admin", Role.ADMIN), ("wangmin", Role.CLERK)),
        tmp_path / "stick",
        tmp_path / "new",
    )
    stick.mkdir()
    papers = make_recovery(data, 2, by="admin")
    store = opened(data)
    work(store, CASES)
    home = house(Settings(data))
    with store.begin() as uow:
        for n in range(3, CASES + 1, 3):  # acknowledged, pages and all: only then is a case the gateway's alone
            (message,) = uow.outbox.load([f"mc{n:04d}"])
            uow.outbox.save(replace(message, blobs_done=frozenset(ref.blob_sha256 for ref in message.attachments)))
        uow.config.set(safekeeping.SECOND, str(stick))  # set_second refuses the same disk, and tests have only one
        uow.commit()
    before = all_of(store)
    assert safekeeping.second_copy(home, store) == "第二份已更新。"
    whole = store.backup_to(tmp_path / "whole.bak", 1)
    store.close()
    shutil.rmtree(data)  # the disk

    copy = stick / "clerk-second.bak"
    assert copy.stat().st_size < 0.75 * (tmp_path / "whole.bak").stat().st_size
    assert whole.cases == CASES
    assert not [text for text in ("龚㛃䶮", "冉样例", "500199195803142127") if text.encode() in copy.read_bytes()]
    aside = tmp_path / "aside"
    aside.mkdir()
    safekeeping.keys_from(copy, aside)
    there = house(Settings(aside), moving_in=True)
    unlocked = there.vault.unlock_recovery(papers)
    contents = safekeeping.bring_back(there, copy, new, unlocked)
    assert (contents.unsent, contents.cases, contents.pages) == (CASES * 2 // 3,) * 3
    use_recovery(new, "wangmin", "135791", papers, moving_in=True)

    desk = sign_in(house(Settings(new)), "wangmin", "135791")
    try:
        after = safekeeping.store_of(desk)
        with after.begin(reading=True) as uow:
            waiting = {message.case_id for message in uow.outbox.queue(1000)}
            assert uow.drafts.all() == before["drafts"]
            for case_id in waiting:
                assert uow.attachments.read(case_id, bytes_hash(page(case_id))) == page(case_id)
                assert uow.outbox.of_case(case_id) == before["messages"][case_id]  # type: ignore[index]
            assert len(uow.cases.search("龚㛃䶮", 100)) == CASES * 2 // 3
        assert waiting == {f"c{n:04d}" for n in range(1, CASES + 1) if n % 3}
        assert after.quick_check() == ()
    finally:
        desk.store.close()


def test_others_work_on_while_it_is_written(tmp_path: Path) -> None:
    data = found(tmp_path / "d", ("admin", Role.ADMIN))
    home = house(Settings(data))
    store = open_store(home, home.vault.unlock("admin", PIN))
    work(store, 3)
    with store.begin() as uow:
        uow.numbers.next("held")  # the write lock is taken, the copy is made all the same
        other = open_store(home, home.vault.unlock("admin", PIN))
        other.backup_to(tmp_path / "copy.bak", 1, unsent_only=True)
        other.close()
        uow.commit()
    store.close()


TODAY = dt.date(2026, 11, 22)


def listed(person_id: str, name: str) -> Listed:
    consent = Consent(ConsentBy.SELF, ConsentHow.SIGNED, TODAY, TODAY + dt.timedelta(300))
    return Listed(person_id, name, "500199194403022129", (Group.OLD,), address="样例路 18 号", consent=consent)


def test_the_register_and_its_visits_come_with_their_keys(tmp_path: Path) -> None:
    data = found(tmp_path / "d", ("admin", Role.ADMIN))
    home = house(Settings(data))
    unlocked = home.vault.unlock("admin", PIN)
    store = open_store(home, unlocked)
    work(store, 3)
    planned = Visit("v1", "p1", TODAY, "10:30", (), "", "")
    with store.begin() as uow:
        uow.visits.keep(listed("p1", "李样例"))
        uow.visits.save(planned)
        uow.commit()
    file, new = tmp_path / "second.bak", tmp_path / "new"
    store.backup_to(file, 1, unsent_only=True)
    store.close()
    new.mkdir()
    safekeeping.bring_back(home, file, new, unlocked)
    restored = SqlStore(new, unlocked.database_key, home.suite)
    with restored.begin() as uow:
        assert [person.name for person in uow.visits.people()] == ["李样例"]
        assert uow.visits.between(TODAY, TODAY) == (planned,)
        uow.visits.keep(replace(listed("p1", "李样例"), phone="13800000001"))  # and it can be written on
        uow.commit()
    restored.close()


def test_every_sealed_row_of_every_table_has_its_key_in_the_copy(tmp_path: Path) -> None:
    sealed = {
        table.name
        for table in metadata.sorted_tables
        if table is not case_key and {"sealed", "wrapped"} & {column.name for column in table.columns}
    }
    assert sealed <= set(SEALED_UNDER), "a new sealed table says whose key opens it, or its rows travel without keys"
    data = found(tmp_path / "d", ("admin", Role.ADMIN))
    home = house(Settings(data))
    key = home.vault.unlock("admin", PIN).database_key
    store = SqlStore(data, key, home.suite)
    work(store, 3)
    with store.begin() as uow:
        uow.visits.keep(listed("p1", "李样例"))
        uow.visits.save(Visit("v1", "p1", TODAY, "10:30", (), "", ""))
        uow.print_jobs.add(PrintJob("j1", "c0001", 1, Form.F2, 5))
        uow.commit()
    store.close()
    copy_unsent(data / "clerk.db", key, tmp_path / "copy.db")
    with closing(connect(tmp_path / "copy.db", key, reading=True)) as look:
        for table, owner in SEALED_UNDER.items():
            rows = [row[0] for row in look.execute(f'SELECT "{owner}" FROM "{table}"')]
            assert rows, f"nothing of {table} was there to be looked at"
            keys = {row[0] for row in look.execute("SELECT owner FROM case_key")}
            assert set(rows) <= keys, f"rows of {table} without keys"
