"""Backups, restore, salvage, handover: everything comes back, damage is said, and nothing is wiped too early."""

from __future__ import annotations

import json
import os
import random
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.bootstrap import housekeeper, moving, safekeeping
from clerk_app.bootstrap.house import house, open_store, sign_in
from clerk_app.bootstrap.people import make_recovery, use_recovery
from clerk_app.cli import main
from clerk_app.domain.canonical import Json, bytes_hash
from clerk_app.domain.draft import Draft
from clerk_app.domain.feed import FeedEntry, Scope
from clerk_app.domain.hall import Role
from clerk_app.domain.journal import Happening
from clerk_app.domain.outbox import acknowledged
from clerk_app.domain.special_groups import Listed
from clerk_app.domain.time import Stamp, Trust
from clerk_app.errors import AppError, KeyProblem, Refused, StorageProblem
from clerk_app.ports import Receipt
from clerk_app.settings import Settings
from clerk_app.usecases import keeping, news, visiting
from clerk_app.usecases.desk import Desk
from clerk_app.usecases.people_of_window import Acting, change_role, close_account
from local_db.backup_file import Contents, check_backup
from local_db.engine import connect
from local_db.salvage import salvage
from local_db.single_instance import WindowLock
from local_db.unit_of_work import SqlStore
from sync.settle import settle
from tests.bootstrap.folder import PIN, found
from tests.contracts.test_store_contract import make_case, make_message

NEW = "135791"


def page(case_id: str) -> bytes:
    return f"{case_id} 龚㛃䶮".encode() * 4000


def work(store: SqlStore, count: int = 12) -> None:
    for n in range(1, count + 1):
        case_id = f"c{n:04d}"
        with store.begin() as uow:
            ref = uow.attachments.put(case_id, page(case_id), "image/jpeg")
            uow.cases.add(make_case(case_id))
            message = make_message(f"m{case_id}", case_id)
            uow.outbox.add(
                type(message)(**{name: getattr(message, name) for name in message.__slots__} | {"attachments": (ref,)})
            )
            uow.numbers.next("day")
            uow.journal.append(Happening(Stamp(n), "wangmin", "case.accepted", case_id, 1))
            if n % 3 == 0:
                uow.outbox.save(acknowledged(uow.outbox.load([f"m{case_id}"])[0], f"QZ-{n:04d}"))
            uow.commit()
    with store.begin() as uow:
        uow.drafts.open(Draft("d1", "wangmin", 5, 6, {"applicant.name": "冉样例"}))
        uow.commit()


def all_of(store: SqlStore) -> dict[str, object]:
    """Everything that must come back, by content and not by count."""
    with store.begin(reading=True) as uow:
        cases = uow.cases.page(limit=10_000)
        return {
            "cases": cases,
            "messages": {case.id: uow.outbox.of_case(case.id) for case in cases},
            "pages": {case.id: uow.attachments.read(case.id, bytes_hash(page(case.id))) for case in cases},
            "drafts": uow.drafts.all(),
            "clerks": uow.clerks.all(),
        }


@pytest.fixture(scope="module")
def worked() -> list[Path]:
    """Where the folder with a day's work lies, once a test has made it."""
    return []


@pytest.fixture
def data(tmp_path: Path, worked: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not worked:
        made = found(tmp_path_factory.mktemp("worked") / "d", ("admin", Role.ADMIN), ("wangmin", Role.CLERK))
        store = opened(made)
        work(store)
        store.close()
        worked.append(made)
    return Path(shutil.copytree(worked[0], tmp_path / "d"))


def opened(folder: Path, pin: str = PIN) -> SqlStore:
    home = house(Settings(folder))
    return open_store(home, home.vault.unlock("admin", pin))


def key_of(folder: Path) -> bytes:
    return house(Settings(folder)).vault.unlock("admin", PIN).database_key


def test_a_backup_brings_everything_back(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = opened(data)
    before = all_of(store)
    store.close()
    file = tmp_path / "window.bak"
    assert main(["backup", str(file), "--data", str(data), "--clerk", "admin", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["drafts"], told["unsent"], told["pages"]) == (12, 1, 8, 12)
    raw = file.read_bytes()
    for clear in ("龚㛃䶮", "冉样例", "500199195803142127", "养老待遇申领"):
        assert clear.encode() not in raw
    assert b"SQLite format 3" not in raw
    assert PIN.encode() not in raw
    assert (data / "device.secret").read_bytes() not in raw
    assert main(["backup", str(file), "--data", str(data), "--clerk", "admin"]) == 4  # never over another
    new = tmp_path / "new"
    new.mkdir()
    dry = ["restore", str(file), "--data", str(data), "--clerk", "admin", "--json", "--dry-run"]
    assert main(dry) == 0
    assert json.loads(capsys.readouterr().out)["mac"] == told["mac"]
    shutil.copy(data / "device.secret", tmp_path / "kept.secret")
    home = house(Settings(data))
    safekeeping.bring_back(home, file, new, home.vault.unlock("admin", PIN))
    shutil.copy(tmp_path / "kept.secret", new / "device.secret")
    store = opened(new)
    assert all_of(store) == before
    with store.begin() as uow:
        assert uow.numbers.next("day") == 213  # 12 given out, 200 passed over
        uow.commit()
    assert store.quick_check() == ()
    store.close()


def test_restore_and_salvage_from_the_command_line(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = opened(data)
    before = all_of(store)
    store.close()
    file, aside = tmp_path / "window.bak", tmp_path / "aside"
    assert main(["backup", str(file), "--data", str(data), "--clerk", "admin"]) == 0
    assert main(["restore", str(file), "--data", str(data), "--clerk", "admin"]) == 4  # never over what is there
    data.rename(aside)
    assert main(["restore", str(file), "--data", str(data), "--old", str(aside), "--clerk", "admin"]) == 0
    assert "跳过一段" in capsys.readouterr().out
    saved = tmp_path / "saved"
    assert main(["salvage", str(data), "--data", str(saved), "--clerk", "admin", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cases"] == 12
    for folder in (data, saved):
        store = opened(folder)
        assert all_of(store) == before
        store.close()
        assert main(["case", "search", "龚", "--data", str(folder), "--clerk", "wangmin"]) == 0
        assert capsys.readouterr().out.count("养老待遇申领") == 12


def test_the_housekeeper_does_its_round_and_stops(data: Path) -> None:
    home = house(Settings(data))
    desk, bugs = sign_in(home, "wangmin", PIN), list[BaseException]()
    home.clock.compare(home.clock.now().utc_ms)
    keeper = housekeeper.Housekeeper(home, bugs.append)
    assert "没有设第二份" in keeper.round(desk)
    assert len(safekeeping.copies(data)) == 1
    keeper.start(desk)
    keeper.start(desk)  # another clerk
    keeper.stop(60)
    assert bugs == []
    assert [warned.kind for warned in keeper.look(desk)] == ["second"]  # unsent cases on one disk alone
    assert "check" not in {warned.kind for warned in keeper.warnings}
    desk.store.close()


def test_copies_are_made_whatever_else_fails(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise StorageProblem("有一条记录打不开，可能已损坏。")

    stick = tmp_path / "stick"
    stick.mkdir()
    home = house(Settings(data))
    desk = sign_in(home, "wangmin", PIN)
    with desk.store.begin() as uow:
        uow.config.set(safekeeping.SECOND, str(stick))
        uow.commit()
    for step in (visiting, "forget_ended"), (keeping, "forget_what_is_due"):
        monkeypatch.setattr(*step, broken)
    with pytest.raises(StorageProblem, match="打不开"):
        housekeeper.Housekeeper(home, lambda _bug: None).round(desk)
    assert safekeeping.copies(data)
    assert (stick / "clerk-second.bak").is_file()
    desk.store.close()


def test_restore_on_another_pc_with_papers(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = make_recovery(data, 2, by="admin")
    file, new = tmp_path / "window.bak", tmp_path / "new"
    assert main(["backup", str(file), "--data", str(data), "--clerk", "admin"]) == 0
    typed = iter(f"{line}\n" for line in papers)
    monkeypatch.setattr("sys.stdin.readline", lambda: next(typed))
    assert main(["restore", str(file), "--data", str(new), "--papers"]) == 0
    use_recovery(new, "admin", NEW, papers, moving_in=True)
    before, after = opened(data), opened(new, NEW)
    assert all_of(after)["pages"] == all_of(before)["pages"]
    before.close()
    after.close()


@pytest.mark.parametrize("where", ["list", "database", "page", "cut", "foreign", "extra"])
def test_a_backup_that_is_not_whole_is_refused_and_says_so(data: Path, tmp_path: Path, where: str) -> None:
    store, suite = opened(data), house(Settings(data)).suite
    file = tmp_path / "window.bak"
    store.backup_to(file, 5)
    store.close()
    raw = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as pack:
        name = {"list": "manifest.json", "database": "clerk.db"}.get(where) or next(
            each for each in pack.namelist() if each.endswith(".blob")
        )
        at = pack.getinfo(name).header_offset + 30 + len(name) + 2000 * (where != "list") + 40
    key = key_of(data)
    if where == "cut":
        file.write_bytes(raw[: len(raw) // 2])
    elif where == "foreign":
        key = os.urandom(32)
    elif where == "extra":
        with zipfile.ZipFile(file, "a") as pack:
            pack.writestr("../evil", b"x")
    else:
        raw[at] ^= 1
        file.write_bytes(raw)
    with pytest.raises(StorageProblem):
        check_backup(file, key, suite)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "window.bak"]


def test_broken_backups_crash_nothing_and_leak_nothing(data: Path, tmp_path: Path) -> None:
    store, suite, key = opened(data), house(Settings(data)).suite, key_of(data)
    file = tmp_path / "window.bak"
    store.backup_to(file, 5)
    store.close()
    whole, chance, refused, told = file.read_bytes(), random.Random(4), 0, list[str]()
    for _ in range(60):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            raw[chance.randrange(len(raw))] ^= chance.randint(1, 255)
        file.write_bytes(raw if chance.random() < 0.7 else raw[: chance.randrange(len(raw))])
        try:
            check_backup(file, key, suite)
        except (StorageProblem, KeyProblem) as problem:
            refused += 1
            told.append(problem.sentence())
    assert not [sentence for sentence in told if "龚" in sentence or "5001" in sentence]
    assert refused >= 55  # a flip in a zip's own unused fields changes nothing that counts


def test_a_changed_page_is_found_and_named(data: Path) -> None:
    store, suite = opened(data), house(Settings(data)).suite
    with store.begin(reading=True) as uow:
        ref = uow.attachments.ref("c0003", bytes_hash(page("c0003")))
        case = uow.cases.get("c0003")
        name = next(
            path for path in (data / "attachments").glob("*/*.blob") if bytes_hash(path.read_bytes()) == ref.blob_sha256
        )
    raw = bytearray(name.read_bytes())
    raw[len(raw) // 2] ^= 1  # the same length: only its hash tells
    name.write_bytes(raw)
    assert case is not None
    assert store.quick_check() == (f"有 1 页材料的文件被改动或已损坏（{case.local_number}）。",)
    contents = store.backup_to(data.parent / "hurt.bak", 5)
    assert contents.damaged == (case.local_number,)
    assert check_backup(data.parent / "hurt.bak", key_of(data), suite) == contents
    store.close()


def test_rolling_copies_come_by_time_and_go_by_count(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, store = house(Settings(data)), opened(data)
    now = [1_795_000_000_000]
    monkeypatch.setattr(type(home.clock), "now", lambda _self: Stamp(now[0], trust=Trust.CHECKED))
    for hours in (0, 1, 4, 9, 10, 20, 30, 40, 50, 60, 70, 80):
        now[0] = 1_795_000_000_000 + hours * 3_600_000
        safekeeping.rolling_copy(home, store)
    kept = safekeeping.copies(data)
    assert len(kept) == safekeeping.KEPT_COPIES
    now[0] += 20 * 24 * 3_600_000
    safekeeping.rolling_copy(home, store)
    assert len(safekeeping.copies(data)) == safekeeping.KEPT_WHATEVER_AGE  # all others are older than their term
    monkeypatch.setattr(safekeeping, "disk_usage", lambda _path: shutil._ntuple_diskusage(100, 90, 10))
    assert safekeeping.rolling_copy(home, store, force=True) is None  # no room: the last one is never given up
    assert len(safekeeping.copies(data)) == 1
    store.close()
    spare = data.parent / "spare"
    shutil.copytree(data, spare)
    shutil.copy(safekeeping.copies(data)[0], spare / "clerk.db")
    store = opened(spare)
    assert len(all_of(store)["pages"]) == 12  # type: ignore[arg-type]
    store.close()


def test_rolling_copies_outlive_a_wrong_clock(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, desk, day = house(Settings(data)), sign_in(house(Settings(data)), "wangmin", PIN), 24 * 3_600_000
    store, now = safekeeping.store_of(desk), [1_795_000_000_000]
    monkeypatch.setattr(type(home.clock), "now", lambda _self: Stamp(now[0]))
    for _ in range(5):
        now[0] += safekeeping.COPY_EVERY_MS
        safekeeping.rolling_copy(home, store)
    keeper = housekeeper.Housekeeper(home, lambda _bug: None)
    assert "copy" not in {each.kind for each in keeper.look(desk)}
    before = safekeeping.copies(data)
    now[0] += 400 * day
    keeper.round(desk)
    assert safekeeping.copies(data)[:-1] == before, "nobody vouches for this clock, so nothing is too old"
    assert next(each.text for each in keeper.look(desk) if each.kind == "clock").startswith(
        "有办件或草稿像是到期了，时间没有核对过"
    )
    now[0] -= 800 * day
    for n in range(2 * safekeeping.KEPT_COPIES):
        now[0] += safekeeping.COPY_EVERY_MS
        made = safekeeping.rolling_copy(home, store)
        assert made is not None
        assert safekeeping.copies(data)[-1] == made, "the copy that was just made stays"
        assert made.is_file()
        told = [each.text for each in keeper.look(desk) if each.kind == "copy"]
        assert (told != []) is (n < safekeeping.KEPT_COPIES - 1)
        assert all("比现在还晚" in text for text in told)
    store.close()


def test_a_second_copy_lies_on_another_disk_or_is_missed_aloud(data: Path, tmp_path: Path) -> None:
    home = house(Settings(data))
    desk = sign_in(home, "wangmin", PIN)
    store = safekeeping.store_of(desk)
    assert "没有设第二份" in safekeeping.second_copy(home, store)
    with pytest.raises(Refused, match="同一块"):
        safekeeping.set_second(desk, tmp_path)
    with store.begin() as uow:
        uow.config.set(safekeeping.SECOND, str(tmp_path / "stick"))
        uow.commit()
    assert "现在不在" in safekeeping.second_copy(home, store)
    (tmp_path / "stick").mkdir()
    assert safekeeping.second_copy(home, store) == "第二份已更新。"
    assert safekeeping.second_copy(home, store) == "第二份已更新。"
    contents = check_backup(tmp_path / "stick" / "clerk-second.bak", key_of(data), home.suite)
    assert contents.unsent == 8
    store.close()


def test_salvage_of_a_whole_folder_loses_nothing(data: Path, tmp_path: Path) -> None:
    report = salvage(data, key_of(data), house(Settings(data)).suite, tmp_path / "new")
    assert report.whole
    assert (report.cases, report.drafts, report.unsent, report.pages) == (12, 1, 8, 12)
    shutil.copy(data / "vault.json", tmp_path / "new")
    shutil.copy(data / "device.secret", tmp_path / "new")
    before, after = opened(data), opened(tmp_path / "new")
    assert all_of(after) == all_of(before)
    with after.begin(reading=True) as uow:
        assert len(uow.cases.search("gxy", limit=100)) in {0, 12}
        assert len(uow.cases.search("龚㛃䶮", limit=100)) == 12
    before.close()
    after.close()


def test_salvage_names_lost_cases_and_lost_messages(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = connect(data / "clerk.db", key_of(data))
    raw.execute("DELETE FROM \"case\" WHERE id IN ('c0002', 'c0003')")
    raw.execute("DELETE FROM outbox_blob WHERE message IN (SELECT seq FROM outbox WHERE case_id IN ('c0003', 'c0004'))")
    raw.execute("DELETE FROM outbox WHERE case_id IN ('c0003', 'c0004')")
    raw.close()
    assert main(["salvage", str(data), "--data", str(tmp_path / "new"), "--clerk", "admin"]) != 0
    told = capsys.readouterr().out
    assert "只留下编号的办件 2 件" in told
    assert "没有送出的记录、要人来办的办件 1 件" in told
    assert all(f"  {case_id}\n" in told for case_id in ("c0002", "c0003", "c0004"))


def test_salvage_from_a_file_with_damaged_pages(data: Path, tmp_path: Path) -> None:
    """Each page in turn is damaged in a copy: what can be read comes over, what cannot is named, nothing crashes."""
    size, suite, key = (data / "clerk.db").stat().st_size, house(Settings(data)).suite, key_of(data)
    chance, saved, told = random.Random(8), list[int](), list[str]()
    for n in range(14):
        hurt = tmp_path / f"hurt{n}"
        shutil.copytree(data, hurt)
        with (hurt / "clerk.db").open("r+b") as file:
            for _ in range(2):
                file.seek(4096 * chance.randrange(1, size // 4096) + 100)
                file.write(os.urandom(64))
        try:
            report = salvage(hurt, key, suite, tmp_path / f"new{n}")
        except AppError as problem:
            told.append(problem.message)
            continue
        saved.append(report.cases)
        assert report.whole == (report.cases == 12 and not report.gaps and not report.journal_from)
        store = SqlStore(tmp_path / f"new{n}", key, suite)
        with store.begin(reading=True) as uow:
            good = [case for case in uow.cases.page(limit=100) if case.content]
            assert len(good) == report.cases
            uow.cases.search("龚㛃䶮")
        store.close()
    assert all("读不出来" in message or "数据库打不开" in message for message in told)
    assert len(saved) >= 10
    assert sum(saved) >= len(saved) * 8


def test_handover_wipes_only_what_has_arrived(data: Path, tmp_path: Path) -> None:
    home = house(Settings(data))
    desk, unlocked = sign_in(home, "admin", PIN), home.vault.unlock("admin", PIN)
    file, new = tmp_path / "move.bak", tmp_path / "new"
    with pytest.raises(Refused, match="恢复钥匙"):
        moving.hand_over(home, desk, file)
    assert not file.exists()
    papers = home.vault.make_recovery(unlocked, 2)
    moving.hand_over(home, desk, file)
    new.mkdir()
    there = house(Settings(new), moving_in=True)
    safekeeping.keys_from(file, new)
    opened_there = there.vault.unlock_recovery(papers)
    safekeeping.bring_back(there, file, new, opened_there)
    store = open_store(there, opened_there)
    code = moving.arrival_code(there, file, opened_there, store)
    victim = next((new / "attachments").glob("*/*.blob"))
    kept = victim.read_bytes()
    victim.write_bytes(kept[:-1])
    with pytest.raises(StorageProblem):
        moving.arrival_code(there, file, opened_there, store)
    victim.write_bytes(kept)
    store.close()
    with pytest.raises(Refused, match="确认码不对"):
        moving.confirm_and_wipe(home, desk, unlocked, "000000000000")
    with desk.store.begin() as uow:
        uow.drafts.open(Draft("late", "wangmin", 7, 7, {}))
        uow.commit()
    with pytest.raises(Refused, match="又写了新的"):
        moving.confirm_and_wipe(home, desk, unlocked, code)
    with desk.store.begin() as uow:
        uow.drafts.close("late")
        uow.commit()
    with WindowLock(data), pytest.raises(StorageProblem, match="开着"):
        moving.confirm_and_wipe(home, desk, unlocked, code)
    desk.store.close()
    desk = sign_in(home, "admin", PIN)  # the confirming itself: a sign-in is nothing that was lost
    safekeeping.rolling_copy(home, safekeeping.store_of(desk), force=True)
    (data / "clerk.before-4.db").write_bytes(b"x")
    moving.confirm_and_wipe(home, desk, unlocked, code)
    left = sorted(path.name for path in data.iterdir())
    assert set(left) <= {"catalogue"}, "only what is nobody's data"
    use_recovery(new, "admin", NEW, papers, moving_in=True)
    store = opened(new, NEW)
    assert len(all_of(store)["pages"]) == 12  # type: ignore[arg-type]
    store.close()


def later_register(desk: Desk) -> None:
    with desk.store.begin() as uow:
        uow.visits.keep(Listed("p9", "赵样例"))
        uow.commit()


def later_role(desk: Desk) -> None:
    change_role(desk.store, desk.clock, "wangmin", Role.VISITOR, Acting("admin", Role.ADMIN))


def later_account(desk: Desk) -> None:
    close_account(desk.store, desk.clock, "wangmin", Acting("admin", Role.ADMIN))


def later_terms(desk: Desk) -> None:
    keeping.set_terms(desk, keeping.Terms(ended=9))


def later_number(desk: Desk) -> None:
    with desk.store.begin() as uow:
        uow.numbers.next("emergency")
        uow.commit()


def later_trace(desk: Desk) -> None:
    with desk.store.begin() as uow:
        uow.journal.append(desk.happening("person.looked", "c0001"))
        uow.commit()


def later_word(desk: Desk) -> None:
    """One more revision of a case, whatever number it bears."""
    with desk.store.begin() as uow:
        case = uow.cases.get("c0001")
        assert case is not None
        uow.cases.save(replace(case, revision=case.revision + 1, outcome="补录"))
        uow.commit()


LATER = [later_register, later_role, later_account, later_terms, later_number, later_trace, later_word]


def test_whatever_is_written_after_a_handover_stops_the_wipe(data: Path, tmp_path: Path) -> None:
    home = house(Settings(data))
    unlocked = home.vault.unlock("admin", PIN)
    home.vault.make_recovery(unlocked, 2)
    for n, write in enumerate(LATER):
        desk = sign_in(home, "admin", PIN)
        contents = moving.hand_over(home, desk, tmp_path / f"move{n}.bak")
        write(desk)
        with pytest.raises(Refused, match="又写了新的"):
            moving.confirm_and_wipe(home, desk, unlocked, moving._code(home, unlocked, contents.mac))
        desk.store.close()
        assert (data / "vault.json").is_file(), write.__name__


def from_the_line(desk: Desk) -> None:
    """A receipt and a decision, as the courier and the feed write them."""
    store = moving.LineStore(safekeeping.store_of(desk))
    with store.begin() as uow:
        settle(uow, Stamp(9), (Receipt("mc0001", "stored", "QZ-9001"),))
        uow.commit()
    body: Json = {"case_id": "c0001", "result": "准予", "revision": 1}
    with store.begin() as uow:
        news.apply(uow, FeedEntry(7, Scope.WINDOW, "case.decided", body), Stamp(10))
        uow.news.move_cursor(7)
        uow.commit()
    with store.begin() as uow:
        news.apply(uow, FeedEntry(8, Scope.WINDOW, "notice", {"text": "例行维护"}), Stamp(10))
        assert uow.cases.get("c0001") is not None  # and this one is rolled back


def test_what_the_line_brought_since_does_not_stop_the_wipe(data: Path, tmp_path: Path) -> None:
    """The new PC gets it from the gateway too; anything else still stops it, before or after what the line brought."""
    home = house(Settings(data))
    unlocked = home.vault.unlock("admin", PIN)
    home.vault.make_recovery(unlocked, 2)
    desk = sign_in(home, "admin", PIN)
    for n, writes in enumerate(((later_trace, from_the_line), (from_the_line, later_trace))):
        contents = moving.hand_over(home, desk, tmp_path / f"move{n}.bak")
        for write in writes:
            write(desk)
        with pytest.raises(Refused, match="又写了新的"):
            moving.confirm_and_wipe(home, desk, unlocked, moving._code(home, unlocked, contents.mac))
    contents = moving.hand_over(home, desk, tmp_path / "move.bak")
    from_the_line(desk)
    with WindowLock(data), pytest.raises(StorageProblem, match="还开着") as open_still:
        moving.confirm_and_wipe(home, desk, unlocked, moving._code(home, unlocked, contents.mac))
    assert "关掉它，再输一次确认码" in open_still.value.what_to_do
    moving.confirm_and_wipe(home, desk, unlocked, moving._code(home, unlocked, contents.mac))
    assert not (data / "vault.json").exists()


def test_a_case_taken_while_the_file_is_written_is_not_left_behind(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = house(Settings(data))
    desk = sign_in(home, "admin", PIN)
    home.vault.make_recovery(home.vault.unlock("admin", PIN), 2)
    really = SqlStore.backup_to

    def slow(store: SqlStore, target: Path, made_ms: int, *, unsent_only: bool = False) -> Contents:
        made = really(store, target, made_ms, unsent_only=unsent_only)
        later_number(desk)  # the copy is made already
        return made

    monkeypatch.setattr(SqlStore, "backup_to", slow)
    with pytest.raises(Refused, match="还有人在办件"):
        moving.hand_over(home, desk, tmp_path / "move.bak")
    assert not (tmp_path / "move.bak").exists()
    desk.store.close()


def test_a_wipe_leaves_no_copy_and_no_key(data: Path) -> None:
    home, store = house(Settings(data)), opened(data)
    made = safekeeping.rolling_copy(home, store, force=True)
    assert made is not None
    assert made.is_file()
    store.close()
    (data / "clerk.before-4.db").write_bytes(b"an older one")
    moving.wipe_keys(home)
    with pytest.raises(KeyProblem):
        house(Settings(data)).vault.unlock("admin", PIN)
    moving.wipe(data)
    left = sorted(path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file())
    assert [name for name in left if not name.startswith("catalogue/")] == []


def test_what_is_settled_leaves_the_second_copy(data: Path, tmp_path: Path) -> None:
    home, stick, other = house(Settings(data)), tmp_path / "stick", tmp_path / "other"
    stick.mkdir()
    desk = sign_in(home, "admin", PIN)
    store = safekeeping.store_of(desk)
    with store.begin() as uow:
        uow.config.set(safekeeping.SECOND, str(stick))  # set_second refuses the same disk, and tests have only one
        uow.commit()
    assert safekeeping.second_copy(home, store) == "第二份已更新。"
    second = stick / "clerk-second.bak"
    assert check_backup(second, key_of(data), home.suite).cases == 12  # pages of all are still owed
    with store.begin() as uow:
        for message in uow.outbox.queue(100):
            (whole,) = uow.outbox.load([message.id])
            blobs = frozenset(ref.blob_sha256 for ref in whole.attachments)
            uow.outbox.save(replace(acknowledged(whole, "QZ-1"), blobs_done=blobs))
        for n in range(3, 13, 3):
            (whole,) = uow.outbox.load([f"mc{n:04d}"])
            uow.outbox.save(replace(whole, blobs_done=frozenset(ref.blob_sha256 for ref in whole.attachments)))
        uow.drafts.close("d1")
        uow.commit()
    assert "里面不再有办件" in safekeeping.second_copy(home, store)
    found_there = check_backup(second, key_of(data), home.suite)
    assert (found_there.cases, found_there.drafts, found_there.pages) == (0, 0, 0)
    other.mkdir()
    stick.rename(tmp_path / "pulled out")  # changed while the stick is away: its copy goes when it is back
    with store.begin() as uow:
        uow.config.set(safekeeping.SECOND, str(other))
        uow.config.set(safekeeping.SECOND_LEFT, [str(stick)])
        uow.commit()
    safekeeping.second_copy(home, store)
    (tmp_path / "pulled out").rename(stick)
    assert second.is_file()
    safekeeping.second_copy(home, store)
    assert not second.exists()
    assert (other / "clerk-second.bak").is_file()
    safekeeping.set_second(desk, None)
    assert not (other / "clerk-second.bak").exists()
    store.close()


def test_the_copy_from_before_a_migration_goes_with_the_term(data: Path) -> None:
    home, store = house(Settings(data)), opened(data)
    home.clock.compare(home.clock.now().utc_ms)
    before = data / "clerk.before-4.db"
    for days, stays in (safekeeping.KEPT_DAYS - 1, True), (safekeeping.KEPT_DAYS + 1, False):
        before.write_bytes(b"an older one")
        made = home.clock.now().utc_ms / 1000 - days * 86_400
        os.utime(before, (made, made))
        safekeeping.rolling_copy(home, store)
        assert before.exists() is stays
    store.close()


def test_every_rescue_command_takes_relative_paths(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = house(Settings(data))
    home.vault.make_recovery(home.vault.unlock("admin", PIN), 2)
    monkeypatch.chdir(tmp_path)
    here = ["--data", "d", "--clerk", "admin"]
    for words in (
        ["backup", *here],
        ["backup", "window.bak", *here],
        ["restore", "window.bak", "--dry-run", *here],
        ["restore", "window.bak", "--old", "d", "--data", "new", "--clerk", "admin"],
        ["salvage", "d", "--data", "saved", "--clerk", "admin"],
        ["handover", "move.bak", *here],
        ["handover", "move.bak", "--arrived", *here],
    ):
        assert main(words) == 0, (words, capsys.readouterr().err)
    desk, bugs = sign_in(house(Settings(Path("d"))), "admin", PIN), list[BaseException]()
    keeper = housekeeper.Housekeeper(house(Settings(Path("d"))), bugs.append)
    keeper.round(desk)
    desk.store.close()
    assert bugs == []


def test_looking_at_a_backup_writes_nothing_beside_it(data: Path, tmp_path: Path) -> None:
    medium = tmp_path / "medium"
    medium.mkdir()
    store, home = opened(data), house(Settings(data))
    store.backup_to(medium / "window.bak", 5)
    store.close()
    before = medium.stat().st_mtime_ns
    assert safekeeping.look_at_backup(home, medium / "window.bak", home.vault.unlock("admin", PIN)).cases == 12
    assert medium.stat().st_mtime_ns == before
    assert not list(data.glob("clerk-app-look-*"))
