"""Reading past SQLite: the same rows as SQLite gives, and a damaged page costs what stood on it and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete

from clerk_app.domain.case import Case
from clerk_app.domain.draft import Draft
from clerk_app.domain.hall import Clerk, Role
from clerk_app.domain.journal import Happening
from clerk_app.domain.message import MessageKind, message_body
from clerk_app.domain.outbox import acknowledged
from clerk_app.domain.time import Stamp
from local_db.engine import FILE_NAME, connect
from local_db.raw_pages import SIZE, RawPages
from local_db.raw_tables import RawTables
from local_db.salvage import salvage
from local_db.salvage_rebuild import rebuild
from local_db.schema import case as case_table
from local_db.schema import metadata
from local_db.unit_of_work import SqlStore
from tests.contracts.test_store_contract import SUITE, make_case, make_message

KEY = os.urandom(32)
CASES = 40
LONG = "重庆" * 6000
Rows = dict[str, dict[int, tuple[object, ...]]]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worked")
    store = SqlStore(folder, KEY, SUITE, create=True)
    with store.begin() as uow:
        uow.clerks.add(Clerk("wangmin", "王敏", Role.CLERK, b"key"))
        uow.config.set("hall", {"code": "500199"})
        for n in range(CASES):
            case = make_case(f"c{n:03d}")
            content = {**case.content, "fields": {"a": LONG if n % 7 == 0 else "1"}}
            uow.cases.add(replace(case, content=content))
            uow.outbox.add(make_message(f"m{n:03d}", f"c{n:03d}"))
            uow.journal.append(Happening(Stamp(n), "wangmin", "case.accepted", f"c{n:03d}", 1))
            uow.numbers.next(f"local:1:2026-11-{n % 9 + 1:02d}")
        uow.attachments.put("c001", b"page", "image/png")
        uow.drafts.open(Draft("d1", "wangmin", 5, 6, {"applicant.name": "冉样例"}))
        uow.commit()
    with store.begin() as uow:
        uow.cases.save(replace(make_case("c003"), revision=2))
        uow.commit()
    store.close()
    return folder


def by_sqlite(folder: Path) -> Rows:
    found: Rows = {}
    with closing(connect(folder / FILE_NAME, KEY, reading=True)) as look:
        for table in metadata.sorted_tables:
            names = ", ".join(f'"{column.name}"' for column in table.columns)
            rows = look.execute(f'SELECT rowid, {names} FROM "{table.name}"')
            found[table.name] = {row[0]: row[1:] for row in rows}
    return found


@contextmanager
def raw_of(folder: Path) -> Iterator[RawTables]:
    with closing(RawPages(folder / FILE_NAME, KEY)) as pages:
        yield RawTables(pages)


def by_page(raw: RawTables) -> Rows:
    return {
        table.name: {
            row_id: tuple(row.get(column.name) for column in table.columns) for row_id, row in raw.rows(table.name)
        }
        for table in metadata.sorted_tables
    }


def test_the_same_rows_as_sqlite(worked: Path) -> None:
    with raw_of(worked) as raw:
        assert by_page(raw) == by_sqlite(worked)
        assert not [name for name, table in raw.tables.items() if table.gaps]


def test_committed_pages_of_the_write_ahead_log_count_and_others_do_not(worked: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(worked, tmp_path / "d"))
    store = SqlStore(folder, KEY, SUITE)
    with store.begin() as uow:
        uow.cases.add(make_case("late"))
        uow.commit()
    shutil.copytree(folder, tmp_path / "live")  # as a power cut leaves it: the log is not folded
    store.close()
    log = tmp_path / "live" / f"{FILE_NAME}-wal"
    whole = log.read_bytes()
    with raw_of(tmp_path / "live") as raw:
        assert CASES + 1 in by_page(raw)["case"]
    log.write_bytes(whole[:-SIZE])  # its last frame is torn off, and with it the commit
    with raw_of(tmp_path / "live") as raw:
        assert by_page(raw) == by_sqlite(worked), "half a transaction is none"


def test_each_damaged_page_costs_only_what_stood_on_it(worked: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(worked, tmp_path / "d"))
    whole, raw_bytes = by_sqlite(worked), (worked / FILE_NAME).read_bytes()
    with raw_of(worked) as raw:
        own = {number: name for name, table in raw.tables.items() for number in table.leaves}
        leaves = {number: {row_id for row_id, _row in raw._records(number)} for number in own}
    costly, free = 0, 0
    for number in range(1, len(raw_bytes) // SIZE + 1):
        hurt = bytearray(raw_bytes)
        hurt[(number - 1) * SIZE + 200 : (number - 1) * SIZE + 264] = os.urandom(64)
        (folder / FILE_NAME).write_bytes(hurt)
        with raw_of(folder) as raw:
            rows = by_page(raw)
            gaps = {name: table.gaps for name, table in raw.tables.items() if table.gaps}
        for name, wanted in whole.items():
            lost = wanted.keys() - rows[name].keys()
            assert {row_id: wanted[row_id] for row_id in rows[name]} == rows[name]
            assert all(any(low < row_id <= high for low, high in gaps.get(name, ())) for row_id in lost), (number, name)
            if number in own and own[number] == name:
                assert lost == leaves[number], f"page {number} is a leaf of {name}"
                costly += bool(lost)
            elif len(lost) > 1:
                raise AssertionError(f"page {number} is no leaf of {name}, and {len(lost)} rows are lost")
            elif not lost and not (number in own and own[number] == name):
                free += name not in gaps
    assert costly >= 15
    assert free > 500


@pytest.mark.parametrize("with_copy", [False, True])
def test_one_sector_at_the_head_costs_nothing(worked: Path, tmp_path: Path, *, with_copy: bool) -> None:
    """The first bytes are the salt that every page is proved with; behind them stand SQLite's header and the schema."""
    folder = Path(shutil.copytree(worked, tmp_path / "d"))
    raw = bytearray((folder / FILE_NAME).read_bytes())
    salt = bytes(raw[:16])
    raw[:512] = os.urandom(512)
    (folder / FILE_NAME).write_bytes(raw)
    found = salvage(folder, KEY, SUITE, tmp_path / "new", salts=[salt] if with_copy else [])
    assert (found.cases, found.drafts, found.gaps, found.lost_cases) == (CASES, 1, {}, [])
    assert by_sqlite(tmp_path / "new")["case"] == by_sqlite(worked)["case"]


def test_a_file_cut_anywhere_gives_what_is_left(worked: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(worked, tmp_path / "d"))
    raw = (folder / FILE_NAME).read_bytes()
    (folder / FILE_NAME).write_bytes(raw[: len(raw) - SIZE // 2])
    found = salvage(folder, KEY, SUITE, tmp_path / "new")
    assert found.cases + len(found.lost_cases) + len(found.missing_cases) == CASES
    assert found.cases >= CASES - 6


@pytest.mark.parametrize("head", [True, False])
@pytest.mark.parametrize("share", [0.9, 0.6, 0.3, 0.05])
def test_what_stood_beyond_the_end_of_a_file_that_was_cut_short_comes_from_a_copy(
    worked: Path, tmp_path: Path, share: float, *, head: bool
) -> None:
    """A disk that fails or a copying that broke off leaves the beginning; inner pages name leaves that are no longer there. Also when
    the first page, which says how many there were, is gone too."""
    folder, copy = Path(shutil.copytree(worked, tmp_path / "d")), tmp_path / "copy.db"
    store = SqlStore(folder, KEY, SUITE)
    store.copy_to(copy)
    store.close()
    raw = bytearray((folder / FILE_NAME).read_bytes())
    salt = bytes(raw[:16])
    raw = raw[: int(len(raw) // SIZE * share) * SIZE]
    if not head:
        raw[:512] = os.urandom(512)
    (folder / FILE_NAME).write_bytes(raw)
    alone = salvage(folder, KEY, SUITE, tmp_path / "alone", salts=[salt])
    assert not alone.whole, "what is lost is never passed over in silence"
    found = salvage(folder, KEY, SUITE, tmp_path / "new", salts=[salt], copies=[copy])
    assert (found.cases, found.lost_cases, found.missing_cases, found.journal_from) == (CASES, [], [], None)
    assert by_sqlite(tmp_path / "new")["case"].keys() == by_sqlite(worked)["case"].keys()


def test_a_copy_fills_what_was_lost_and_brings_nothing_back_that_was_erased(worked: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(worked, tmp_path / "d"))
    copy = tmp_path / "copy.db"
    store = SqlStore(folder, KEY, SUITE)
    store.copy_to(copy)
    with store.begin() as uow:
        uow.keeping.erase(["c001"])
        uow.journal.append(Happening(Stamp(90), "keeping", "case.erased", "c001"))
        uow.drafts.close("d1")
        uow.journal.append(Happening(Stamp(91), "wangmin", "draft.discard", "d1"))
        uow.cases.add(make_case("late"))
        uow.journal.append(Happening(Stamp(92), "wangmin", "case.accepted", "late", 1))
        uow.commit()
    store.close()
    with raw_of(folder) as raw:
        tables = raw.tables
        hurt = [
            *tables["case"].leaves[:1],
            *tables["case_key"].leaves,
            *tables["draft"].leaves,
            *tables["outbox"].leaves[:2],
        ]
        hurt += [*tables["clerk"].leaves, *tables["config"].leaves, *tables["number"].leaves]
    whole = bytearray((folder / FILE_NAME).read_bytes())
    for number in hurt:
        whole[(number - 1) * SIZE : number * SIZE] = os.urandom(SIZE)
    (folder / FILE_NAME).write_bytes(whole)
    found = salvage(folder, KEY, SUITE, tmp_path / "new", copies=[tmp_path / "none.db", copy])
    assert found.filled.keys() >= {"case", "case_key", "clerk", "config", "number", "outbox"}
    assert found.drafts == 0, "the applicant took it along"
    assert found.numbers_lost
    new = SqlStore(tmp_path / "new", KEY, SUITE)
    with new.begin(reading=True) as uow:
        assert uow.config.get("hall") == {"code": "500199"}
        assert [clerk.login for clerk in uow.clerks.all()] == ["wangmin"]
        for n in range(CASES):
            case = uow.cases.get(f"c{n:03d}")
            assert bool(case and case.content) is (n != 1), n
        assert not uow.drafts.all()
        keys = uow.attachments.transaction
        with pytest.raises(Exception, match="已被清除"):
            keys.key_of("c001", create=False)
    new.close()
    assert found.lost_cases == ["late"], "its key stood on the page that was lost, and no copy has it"


def with_real_messages(folder: Path) -> list[Case]:
    store = SqlStore(folder, KEY, SUITE, create=True)
    cases = [replace(make_case(f"c{n}"), revision=2) for n in range(5)]
    with store.begin() as uow:
        for case in cases:
            uow.cases.add(case)
            for revision in (1, 2):
                sent = replace(case, revision=revision, content=case.content if revision == 2 else {"applicant": None})
                body = message_body(f"m{case.id}{revision}", MessageKind.ACCEPTED, sent, (), {})
                message = replace(make_message(f"m{case.id}{revision}", case.id), body=body, revision=revision)
                uow.outbox.add(acknowledged(message, "QZ-1") if revision == 1 else message)
            uow.journal.append(Happening(Stamp(5), "wangmin", "case.accepted", case.id, 1))
        uow.commit()
    store.close()
    return cases


def spoil(folder: Path, *names: str) -> None:
    with raw_of(folder) as raw:
        pages = [number for name in names for number in (raw.tables[name].root, *raw.tables[name].leaves)]
    whole = bytearray((folder / FILE_NAME).read_bytes())
    for number in pages:
        whole[(number - 1) * SIZE : number * SIZE] = os.urandom(SIZE)
    (folder / FILE_NAME).write_bytes(whole)


def test_a_case_is_made_anew_of_its_own_message(tmp_path: Path) -> None:
    cases = with_real_messages(tmp_path / "d")
    spoil(tmp_path / "d", "case")
    found = salvage(tmp_path / "d", KEY, SUITE, tmp_path / "new")
    assert (found.cases, found.rebuilt) == (5, [case.id for case in cases])
    assert (found.missing_cases, found.lost_cases, found.never_sent) == ([], [], [])
    new = SqlStore(tmp_path / "new", KEY, SUITE)
    with new.begin(reading=True) as uow:
        assert {case.id: replace(case, gateway_receipt="") for case in uow.cases.page()} == {c.id: c for c in cases}
        assert {case.gateway_receipt for case in uow.cases.page()} == {"QZ-1"}
        assert len(uow.cases.search("龚㛃䶮")) == 5
        assert uow.outbox.counts().waiting == 5
    new.close()


def test_what_is_sealed_under_a_lost_key_stops_nothing(tmp_path: Path) -> None:
    with_real_messages(tmp_path / "d")
    spoil(tmp_path / "d", "case_key")
    found = salvage(tmp_path / "d", KEY, SUITE, tmp_path / "new")
    assert (found.cases, len(found.lost_cases), found.rebuilt) == (0, 5, [])
    new = SqlStore(tmp_path / "new", KEY, SUITE)
    with new.begin(reading=True) as uow:
        assert len(uow.cases.page()) == 5
        assert [uow.outbox.of_case(case.id) for case in uow.cases.page()] == [()] * 5
        assert uow.outbox.queue() == ()
    new.close()


def test_what_was_erased_is_not_made_anew(tmp_path: Path) -> None:
    cases = with_real_messages(tmp_path / "d")
    store = SqlStore(tmp_path / "d", KEY, SUITE)
    with store.begin() as uow:  # its key is still there, as when a copy gave it back
        uow.journal.append(Happening(Stamp(6), "keeping", "case.erased", "c1", 2))
        uow.commit()
    store.close()
    spoil(tmp_path / "d", "case")
    found = salvage(tmp_path / "d", KEY, SUITE, tmp_path / "new")
    assert found.rebuilt == [case.id for case in cases if case.id != "c1"]


def test_a_case_of_an_older_copy_comes_forward_and_never_goes_back(tmp_path: Path) -> None:
    cases = with_real_messages(tmp_path / "d")
    store = SqlStore(tmp_path / "d", KEY, SUITE)
    with store.begin() as uow:
        uow.attachments.transaction.execute(delete(case_table).where(case_table.c.id == "c0"))
        uow.cases.add(replace(cases[0], revision=1, content={"applicant": None}))
        uow.cases.save(replace(cases[1], revision=3))
        uow.commit()
    assert rebuild(store, ["c0", "c1", "c2"]) == ["c0"]
    with store.begin(reading=True) as uow:
        held = {case.id: (case.revision, bool(case.content["applicant"])) for case in uow.cases.page()}
    assert held == {"c0": (2, True), "c1": (3, True), "c2": (2, True), "c3": (2, True), "c4": (2, True)}
    store.close()
