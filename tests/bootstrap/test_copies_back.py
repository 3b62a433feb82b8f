"""Rolling copies bring a window back: by the command, by hand, and as the spare of a key file that is damaged."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.bootstrap import housekeeper, moving, restored_before, safekeeping
from clerk_app.bootstrap.doctor import examine
from clerk_app.bootstrap.house import house, sign_in
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.bootstrap.people import make_recovery, remove_clerk, use_recovery
from clerk_app.cli import main
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.journal import Happening
from clerk_app.domain.numbering import COPIED
from clerk_app.domain.outbox import acknowledged
from clerk_app.domain.time import Stamp
from clerk_app.errors import AppError, KeyProblem
from clerk_app.settings import Settings
from local_db.unit_of_work import SqlStore
from tests.bootstrap import test_rescue
from tests.bootstrap.folder import PIN
from tests.bootstrap.test_rescue import all_of, key_of, opened, page

data, worked = test_rescue.data, test_rescue.worked


def copied(data: Path) -> Path:
    store = opened(data)
    made = safekeeping.rolling_copy(house(Settings(data)), store, force=True)
    store.close()
    assert made is not None
    return made


def next_of(store: SqlStore, *scopes: str) -> list[int]:
    with store.begin() as uow:
        return [uow.numbers.next(scope) for scope in scopes]


def blob_of(data: Path, case_id: str) -> Path:
    store = opened(data)
    with store.begin(reading=True) as uow:
        ref = uow.attachments.ref(case_id, bytes_hash(page(case_id)))
        path = uow.attachments.path(uow.attachments.file_name(ref.blob_sha256))
    store.close()
    return path


def test_a_copy_is_restored_by_the_command(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = copied(data)
    store = opened(data)
    before = all_of(store)
    store.close()
    new = tmp_path / "new"
    capsys.readouterr()
    assert main(["restore", str(copy), "--data", str(data), "--clerk", "admin", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["drafts"], told["unsent"], told["pages"], told["missing"]) == (12, 1, 8, 12, [])
    assert main(["restore", str(copy), "--data", str(new), "--clerk", "admin"]) == 0
    assert "跳过一段" in capsys.readouterr().out
    store = opened(new)
    assert all_of(store) == before
    assert store.quick_check() == ()
    today = house(Settings(new)).clock.now().legal_date
    day, local, later = next_of(store, "day", f"local:1:{today}", f"local:1:{today.year + 1}-01-01")
    assert (day, later) == (213, 1)
    assert local > 10_200, "in a block of the minute's own"
    with store.begin(reading=True) as uow:
        assert uow.config.get(COPIED) is None
    store.close()


def test_a_copy_alone_on_a_stick_says_what_it_lacks(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    copy = Path(shutil.copy(copied(data), stick))
    aside, new = tmp_path / "aside", tmp_path / "new"
    data.rename(aside)
    assert main(["restore", str(copy), "--data", str(new), "--clerk", "admin"]) == 4
    assert "没有它的钥匙文件" in capsys.readouterr().err
    shutil.copy(aside / "vault.json", stick)
    dry = ["restore", str(copy), "--data", str(aside), "--clerk", "admin", "--dry-run"]
    assert main(dry) == 0
    assert "材料页不见了" in capsys.readouterr().out, "its pages lie elsewhere"
    assert main(["restore", str(copy), "--data", str(new), "--old", str(aside), "--clerk", "admin"]) == 0
    store = opened(new)
    assert len(all_of(store)["pages"]) == 12  # type: ignore[arg-type]
    store.close()


def test_damaged_and_foreign_copies_are_refused_in_words(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = copied(data)
    raw = bytearray(copy.read_bytes())
    raw[len(raw) // 2] ^= 1
    copy.write_bytes(raw)
    command = ["restore", str(copy), "--data", str(tmp_path / "new"), "--clerk", "admin"]
    assert main(command) == 4
    copy.write_bytes(b"PK" + bytes(raw[2:4096]))
    assert main(command) == 4
    copy.write_bytes(b"")
    assert main(command) == 4
    assert not (tmp_path / "new" / "clerk.db").exists()
    assert "Traceback" not in capsys.readouterr().err


def test_a_copy_put_in_place_by_hand_repeats_no_number(data: Path) -> None:
    copy = copied(data)
    store = opened(data)
    today = house(Settings(data)).clock.now().legal_date
    with store.begin() as uow:  # handed out after the copy was made: printed, and lost with the disk
        given = [uow.numbers.next("day"), uow.numbers.next(f"local:1:{today}")]
        uow.commit()
    store.close()
    shutil.copy(copy, data / "clerk.db")
    desk = sign_in(house(Settings(data)), "wangmin", PIN)
    again = next_of(safekeeping.store_of(desk), "day", f"local:1:{today}")
    assert all(new > old for new, old in zip(again, given, strict=True))
    with desk.store.begin(reading=True) as uow:
        assert [entry.happening.verb for entry in uow.journal.entries()][-2:] == ["backup.restored", "sign_in"] or any(
            entry.happening.verb == "backup.restored" for entry in uow.journal.entries()
        )
    desk.store.close()
    desk = sign_in(house(Settings(data)), "wangmin", PIN)
    assert next_of(safekeeping.store_of(desk), "day") == [again[0]], (
        "only once, and what was rolled back is drawn again"
    )
    desk.store.close()


@pytest.mark.parametrize("how", ["gone", "broken", "flipped"])
def test_a_damaged_key_file_comes_back_from_its_spare(data: Path, how: str) -> None:
    copied(data)
    vault = data / "vault.json"
    whole = vault.read_bytes()
    if how == "gone":
        vault.unlink()
    elif how == "broken":
        vault.write_bytes(whole[:200])
    else:  # still of its form, but wangmin's slot does not open any more
        sealed = json.loads(whole)["slots"][1]["sealed"]
        other = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]
        vault.write_bytes(whole.replace(sealed.encode(), other.encode()))
    if how != "flipped":
        assert next(each.text for each in examine(data, "") if each.check == "密钥").startswith(
            "钥匙文件（vault.json）不见了"
        )
    with pytest.raises(KeyProblem, match="PIN 不对"):
        sign_in(house(Settings(data)), "wangmin", "000000")
    home = house(Settings(data))
    desk = sign_in(home, "wangmin", PIN)
    assert vault.read_bytes() == whole
    with desk.store.begin(reading=True) as uow:
        assert "keys.mended" in {entry.happening.verb for entry in uow.journal.entries()}
    assert "keys" in {each.kind for each in housekeeper.Housekeeper(home, lambda _bug: None).look(desk)}
    desk.store.close()


def test_the_spare_follows_every_change_of_people(data: Path) -> None:
    copied(data)
    spare = data / "copies" / "vault.json"
    remove_clerk(data, "wangmin", by="admin")
    assert spare.read_bytes() == (data / "vault.json").read_bytes()
    (data / "vault.json").unlink()
    with pytest.raises(KeyProblem, match="没有这个登录名"):
        sign_in(house(Settings(data)), "wangmin", PIN)
    sign_in(house(Settings(data)), "admin", PIN).store.close()


def test_a_newer_key_file_is_never_replaced_by_an_older_spare(data: Path) -> None:
    copied(data)
    newer = (data / "vault.json").read_bytes().replace(b'"format":2', b'"format":9')
    (data / "vault.json").write_bytes(newer)
    with pytest.raises(KeyProblem, match="更新版本"):
        house(Settings(data))
    assert (data / "vault.json").read_bytes() == newer


def test_the_hall_is_known_without_its_file(data: Path) -> None:
    hall = noted_hall(data)
    (data / "window.json").unlink()
    with pytest.raises(AppError, match=r"window\.json"):
        noted_hall(data)
    copied(data)
    sign_in(house(Settings(data)), "admin", PIN).store.close()
    assert noted_hall(data) == hall
    copied(data)
    (data / "window.json").write_bytes(b"{")
    assert noted_hall(data) == hall


def test_a_backup_is_written_for_all_but_the_page_that_is_gone(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    papers = make_recovery(data, 2, by="admin")
    blob_of(data, "c0005").unlink()
    short = blob_of(data, "c0006")
    short.write_bytes(short.read_bytes()[:-7])
    numbers = {each: f"渝临500199-W03G1-20261121-{each}" for each in ("c0005", "c0006")}
    (tmp_path / "stick").mkdir()
    home = house(Settings(data))
    desk = sign_in(home, "admin", PIN)
    with desk.store.begin() as uow:
        uow.config.set(safekeeping.SECOND, str(tmp_path / "stick"))
        uow.commit()
    words = safekeeping.second_copy(home, safekeeping.store_of(desk))
    assert words.startswith("第二份已更新。")
    assert all(number in words for number in numbers.values())
    file, new = tmp_path / "window.bak", tmp_path / "new"
    contents = moving.hand_over(home, desk, file)
    assert (contents.missing, contents.damaged, contents.pages) == ((numbers["c0005"],), (numbers["c0006"],), 11)
    assert main(["restore", str(file), "--data", str(data), "--clerk", "admin", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "有缺损" in told
    assert f"不见了，没有能备份：{numbers['c0005']}" in told
    assert main(["restore", str(file), "--data", str(new), "--old", str(data), "--clerk", "admin"]) == 0
    assert numbers["c0005"] in capsys.readouterr().out
    there, store = house(Settings(new)), opened(new)
    code = moving.arrival_code(there, file, there.vault.unlock("admin", PIN), store)
    blob_of(new, "c0007").unlink()
    with pytest.raises(AppError, match="没有通过检查"):  # what was whole has to have arrived
        moving.arrival_code(there, file, there.vault.unlock("admin", PIN), store)
    store.close()
    moving.confirm_and_wipe(home, desk, home.vault.unlock("admin", PIN), code)
    use_recovery(new, "admin", "135791", papers, moving_in=True)


def test_salvage_makes_accounts_and_hall_anew(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    papers = make_recovery(data, 2, by="admin")
    key = key_of(data)
    remove_clerk(data, "wangmin", by="admin")
    from local_db.engine import connect

    raw = connect(data / "clerk.db", key)
    raw.execute("DELETE FROM clerk")
    raw.execute("DELETE FROM config WHERE name = 'hall'")
    raw.close()
    new = tmp_path / "new"
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file() and path.suffix != ".lock"}
    typed = iter(f"{line}\n" for line in papers)
    monkey = pytest.MonkeyPatch()
    monkey.setattr("sys.stdin.readline", lambda: next(typed))
    assert main(["salvage", str(data), "--data", str(new), "--papers", "--json"]) == 3
    monkey.undo()
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["reopened"], told["enrolled"]) == (12, ["admin"], True)
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file() and path.suffix != ".lock"} == before
    desk = sign_in(house(Settings(new)), "admin", PIN)
    with desk.store.begin(reading=True) as uow:
        people = {clerk.login: (clerk.role.value, clerk.active) for clerk in uow.clerks.all()}
    assert people == {"admin": ("admin", True), "wangmin": ("clerk", False)}
    desk.store.close()


def test_a_lost_acknowledgement_goes_again_under_the_same_id(data: Path, tmp_path: Path) -> None:
    copy = copied(data)
    store = opened(data)
    with store.begin() as uow:
        (message,) = uow.outbox.load(["mc0001"])
        uow.outbox.save(acknowledged(message, "QZ-9"))
        uow.commit()
    store.close()
    assert main(["restore", str(copy), "--data", str(tmp_path / "new"), "--clerk", "admin"]) == 0
    store = opened(tmp_path / "new")
    with store.begin(reading=True) as uow:
        (again,) = uow.outbox.load(["mc0001"])
    assert (again.body, again.state.value) == (message.body, "waiting")
    store.close()


def test_doctor_names_a_case_without_its_message_and_the_second_copy_carries_it(data: Path, tmp_path: Path) -> None:
    store = opened(data)
    with store.begin() as uow:
        case = uow.cases.get("c0003")
        assert case is not None
        for n in (3, 6, 9, 12):  # acknowledged, pages and all
            (message,) = uow.outbox.of_case(f"c{n:04d}")
            uow.outbox.save(replace(message, blobs_done=frozenset(ref.blob_sha256 for ref in message.attachments)))
        uow.cases.save(replace(case, revision=2))
        uow.journal.append(Happening(Stamp(9), "wangmin", "person.corrected", "c0003", 2))
        uow.commit()
    store.close()
    finding = next(each for each in examine(data, "admin") if each.check == "办件与待发")
    assert (finding.state, "c0003" in finding.text) == ("fault", True)
    assert "补送" in finding.what_to_do
    store = opened(data)
    file = tmp_path / "second.bak"
    assert store.backup_to(file, 1, unsent_only=True).cases == 9, (
        "eight whose message waits, and the one that lost only an amendment"
    )
    store.close()


def test_a_backup_that_comes_back_twice_repeats_no_number_and_says_so(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "window.bak"
    assert main(["backup", str(file), "--data", str(data), "--clerk", "admin"]) == 0
    today = house(Settings(data)).clock.now().legal_date
    given, said = list[list[int]](), list[str]()
    for n in range(3):
        capsys.readouterr()
        command = ["restore", str(file), "--data", str(tmp_path / f"new{n}"), "--old", str(data), "--clerk", "admin"]
        assert main(command) == 0
        said.append(capsys.readouterr().err)
        store = opened(tmp_path / f"new{n}")
        given.append(next_of(store, "day", f"local:1:{today}"))
        store.close()
    assert all(len({row[at] for row in given}) == 3 for at in (0, 1))
    assert ["以前恢复过" in each for each in said] == [False, True, True]
    assert "2 次" in said[2]


def test_a_medium_that_cannot_be_written_does_not_stop_a_restore(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "window.bak"
    assert main(["backup", str(file), "--data", str(data), "--clerk", "admin"]) == 0

    def read_only(_path: Path, _data: bytes) -> None:
        raise OSError(30, "read-only")

    monkeypatch.setattr(restored_before, "write_durably", read_only)
    command = ["restore", str(file), "--data", str(tmp_path / "new"), "--old", str(data), "--clerk", "admin"]
    assert main(command) == 0
    assert not list(tmp_path.glob("*.restored"))
    (tmp_path / "window.bak.restored").write_bytes(b'{"not": "a list"')
    assert restored_before.restored_before(file) == ()


def test_a_backup_without_the_devices_secret_says_where_it_is_looked_for(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "window.bak"
    assert main(["backup", str(file), "--data", str(data), "--clerk", "admin"]) == 0
    capsys.readouterr()
    for more in (["--dry-run"], []):
        assert main(["restore", str(file), "--data", str(tmp_path / "new"), "--clerk", "admin", *more]) == 4
        said = capsys.readouterr().err
        assert "--old" in said
        assert "--papers" in said
    assert not (tmp_path / "new").exists()
