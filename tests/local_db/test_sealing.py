"""Promise 5 and the key hierarchy: nothing in the clear, one case erased alone, pages whole or loudly not."""

from __future__ import annotations

import os
import resource
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, text, update

from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.draft import Draft
from clerk_app.domain.journal import Happening
from clerk_app.domain.paper import Form, PrintJob
from clerk_app.domain.time import Stamp
from clerk_app.errors import StorageProblem
from clerk_app.ports import UnitOfWork
from local_db.schema import case_key, draft_value
from local_db.unit_of_work import SqlStore
from tests.contracts.test_store_contract import make_case, make_message

SUITE = InternationalSuite(os.urandom)
NAME, NUMBER, ADDRESS = "龚㛃䶮", "500199195803142127", "重庆市样例区演示街道"
PAGE = f"{NAME} {NUMBER}".encode() * 5000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    made = SqlStore(tmp_path / "data", os.urandom(32), SUITE, create=True)
    yield made
    made.close()


def work(store: SqlStore, case_id: str = "c1") -> None:
    """Everything that the main job writes."""
    with store.begin() as uow:
        uow.drafts.open(Draft(case_id, "wangmin", 5, 5, {"applicant.name": NAME, "applicant.address": ADDRESS}))
        uow.drafts.open(Draft("open" + case_id, "wangmin", 5, 5, {"applicant.document_number": NUMBER}))
        uow.attachments.put(case_id, PAGE, "image/jpeg")
        uow.commit()
    with store.begin() as uow:
        uow.cases.add(make_case(case_id, name=NAME, number=NUMBER))
        uow.outbox.add(make_message("m" + case_id, case_id))
        uow.print_jobs.add(PrintJob("j" + case_id, case_id, 1, Form.F2, 5, detail={"reason": f"{NAME}的材料齐全"}))
        uow.journal.append(Happening(Stamp(1), "wangmin", "case.accepted", case_id, 1))
        uow.drafts.close(case_id)
        uow.commit()


def test_nothing_lies_in_the_clear(store: SqlStore, tmp_path: Path) -> None:
    work(store, "case-zw-1")
    clear = [text.encode(coding) for text in (NAME, NUMBER, ADDRESS, "养老待遇申领") for coding in
             ("utf-8", "utf-16-le", "utf-16-be", "gb18030")]  # fmt: skip
    clear += [bytes_hash(PAGE).encode(), bytes.fromhex(bytes_hash(PAGE)), NUMBER[-6:].encode()]
    for moment in ("open", "closed"):
        files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
        assert any(path.suffix == ".blob" for path in files)
        if moment == "open":
            assert (tmp_path / "data" / "clerk.db-wal").stat().st_size > 10_000
        for path in files:
            data = path.read_bytes()
            assert not [needle for needle in clear if needle in data], path.name
            assert "zw" not in path.name
            assert bytes_hash(PAGE)[:8] not in str(path)
        store.close()


def test_destroying_a_case_key_erases_that_case_and_no_other(store: SqlStore) -> None:
    work(store, "c1")
    work(store, "c2")
    with store.begin() as uow:
        uow.attachments.transaction.destroy_key("c1")
        uow.commit()
    with store.begin(reading=True) as uow:
        for look in (
            lambda: uow.cases.get("c1"),
            lambda: uow.outbox.get("mc1"),
            lambda: uow.print_jobs.get("jc1"),
            lambda: uow.attachments.read("c1", bytes_hash(PAGE)),
        ):
            with pytest.raises(StorageProblem, match="清除"):
                look()
        assert uow.cases.get("c2") == make_case("c2", name=NAME, number=NUMBER)
        assert uow.attachments.read("c2", bytes_hash(PAGE)) == PAGE
        assert len(uow.journal.of_case("c1")) == 1  # it holds references only, and outlives the case


def test_a_key_made_anew_does_not_open_what_was_erased(store: SqlStore) -> None:
    work(store)
    with store.begin() as uow:
        uow.attachments.transaction.destroy_key("c1")
        uow.attachments.transaction.key_of("c1", create=True)
        uow.commit()
    with store.begin(reading=True) as uow, pytest.raises(StorageProblem, match="打不开"):
        uow.cases.get("c1")


def test_a_thrown_away_draft_loses_its_key(store: SqlStore) -> None:
    work(store)
    with store.begin() as uow:
        uow.drafts.close("openc1")
        uow.commit()
    with store.begin(reading=True) as uow:
        owners = uow.attachments.transaction.execute(text("SELECT owner FROM case_key")).scalars().all()
    assert owners == ["c1"]


def test_a_sealed_value_cannot_be_moved_to_another_place(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.drafts.open(Draft("d1", "wangmin", 5, 5, {"applicant.name": NAME, "agent.name": "李四"}))
        uow.commit()
    with store.begin() as uow:
        transaction = uow.attachments.transaction
        theirs = transaction.execute(text("SELECT sealed FROM draft_value WHERE key = 'agent.name'")).scalar_one()
        moved = update(draft_value).where(draft_value.c.key == "applicant.name").values(sealed=theirs)
        assert transaction.change(moved) == 1
        uow.commit()
    with store.begin(reading=True) as uow, pytest.raises(StorageProblem, match="打不开"):
        uow.drafts.get("d1")


def test_a_changed_journal_is_found(store: SqlStore) -> None:
    work(store, "c1")
    work(store, "c2")
    with store.begin() as uow:
        happening = text("UPDATE journal SET happening = replace(happening, 'wangmin', 'lisi') WHERE seq = 1")
        uow.attachments.transaction.change(happening)
        uow.commit()
    assert store.quick_check() == ("日志链断了，有记录被改动或缺失。",)


# --- pages


def blobs(folder: Path) -> list[Path]:
    return sorted((folder / "data" / "attachments").rglob("*.blob"))


def test_a_damaged_or_missing_page_is_said_and_found(store: SqlStore, tmp_path: Path) -> None:
    work(store)
    (path,) = blobs(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with store.begin(reading=True) as uow, pytest.raises(StorageProblem, match="已损坏"):
        uow.attachments.read("c1", bytes_hash(PAGE))
    path.write_bytes(whole[:-1])
    assert store.quick_check() == ("有 1 页材料的文件长度不对。",)
    path.unlink()
    assert store.quick_check() == ("有 1 页材料的文件不见了。",)
    with store.begin(reading=True) as uow, pytest.raises(StorageProblem, match="不见了"):
        uow.attachments.read("c1", bytes_hash(PAGE))
    path.write_bytes(whole)
    assert store.quick_check() == ()


def test_a_page_is_durable_before_the_row_that_names_it(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[bool, int]] = []
    real = os.fsync

    def watched(descriptor: int) -> None:
        real(descriptor)
        about = os.fstat(descriptor)
        synced.append((stat.S_ISDIR(about.st_mode), about.st_size if stat.S_ISREG(about.st_mode) else 0))

    monkeypatch.setattr(os, "fsync", watched)
    with store.begin() as uow:
        ref = uow.attachments.put("c1", PAGE, "image/jpeg")
        (path,) = blobs(tmp_path)
        assert bytes_hash(path.read_bytes()) == ref.blob_sha256
        assert (False, ref.blob_size) in synced
        assert synced[-1] == (True, 0), "the folder's new name comes last"


def test_what_a_rolled_back_act_left_is_swept_and_nothing_else(store: SqlStore, tmp_path: Path) -> None:
    work(store)
    (kept,) = blobs(tmp_path)
    with store.begin() as uow:
        uow.attachments.put("c9", b"never committed", "image/png")
    (kept.parent / "half.blob.new").write_bytes(b"a power cut came")
    assert len(blobs(tmp_path)) == 2
    assert store.sweep() == 2
    assert blobs(tmp_path) == [kept]
    assert [path for path in kept.parent.iterdir()] == [kept]  # noqa: C416 - a list, to compare
    assert store.quick_check() == ()


def test_a_thrown_away_drafts_page_goes_from_the_disk_only_after_the_commit(store: SqlStore, tmp_path: Path) -> None:
    with store.begin() as uow:
        uow.drafts.open(Draft("d1", "wangmin", 5, 5))
        uow.attachments.put("d1", PAGE, "image/jpeg")
        uow.commit()
    with store.begin() as uow:
        uow.drafts.close("d1")
    assert len(blobs(tmp_path)) == 1
    with store.begin() as uow:
        uow.drafts.close("d1")
        uow.commit()
    assert blobs(tmp_path) == []


# --- a full disk


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The system refuses any write beyond that size in a file: the real code path of a disk that takes no more."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_disk_that_takes_no_more_loses_nothing(store: SqlStore, tmp_path: Path) -> None:
    work(store)
    wal = (tmp_path / "data" / "clerk.db-wal").stat().st_size
    with files_no_larger_than(wal + 4096), store.begin() as uow, pytest.raises(StorageProblem, match="读写失败"):
        uow.attachments.put("c2", os.urandom(wal + 50_000), "image/jpeg")
    with files_no_larger_than(wal + 4096), store.begin() as uow:
        add_many(uow)
        with pytest.raises(StorageProblem, match="读写磁盘时出错"):
            uow.commit()
    with store.begin() as uow:
        assert uow.cases.count() == 1
        uow.cases.add(make_case("c3"))
        uow.commit()
    assert store.quick_check() == ()


def add_many(uow: UnitOfWork) -> None:
    for n in range(200):
        uow.cases.add(make_case(f"x{n}"))


def test_a_full_database(store: SqlStore) -> None:
    work(store)
    with store.begin() as uow:
        uow.attachments.transaction.execute(text("PRAGMA max_page_count = 1"))
        with pytest.raises(StorageProblem, match="磁盘满了"):
            add_many(uow)
    with store.begin(reading=True) as uow:
        assert uow.cases.count() == 1


def test_no_personal_datum_stands_in_a_drivers_message(store: SqlStore) -> None:
    with store.begin() as uow:
        transaction = uow.attachments.transaction
        row = {"owner": NAME, "wrapped": NUMBER.encode()}
        transaction.execute(insert(case_key), row)
        with pytest.raises(Exception, match="已经存过") as caught:
            transaction.execute(insert(case_key), row)
    told = f"{caught.value!r} {caught.value.__cause__} {caught.value.__cause__!r}"
    assert NAME not in told
    assert NUMBER not in told
