"""The journal outside: exported whole, and every kind of tampering said with its place."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from clerk_app.bootstrap.doctor import examine
from clerk_app.bootstrap.house import house, open_store, sign_in
from clerk_app.bootstrap.window_pub import own_key
from clerk_app.cli import main
from clerk_app.crypto.signer import verify_signatures
from clerk_app.domain.canonical import canonical_bytes, parse_json
from clerk_app.domain.hall import Role
from clerk_app.domain.journal import CHECKPOINTS, GENESIS, Happening, link
from clerk_app.domain.time import Stamp
from clerk_app.errors import BadInput, Refused
from clerk_app.settings import Settings
from clerk_app.usecases import setup
from clerk_app.usecases.journal_out import _entry, audit, export_journal, fault_of, proves, suite_of
from local_db.unit_of_work import SqlStore
from tests.bootstrap.folder import PIN, found
from tests.contracts.test_store_contract import make_case


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return found(tmp_path / "d", ("admin", Role.ADMIN), ("auditor", Role.AUDITOR), ("wangmin", Role.CLERK))


def exported(data: Path, login: str = "auditor") -> list[bytes]:
    home = house(Settings(data))
    desk = sign_in(home, login, PIN)
    try:
        _id, keys, _gateway = setup.keys_of(desk.store)
        rows = export_journal(desk, lambda body: home.suite.sign(keys["private"], body), keys["public"])
        return [canonical_bytes(row) for row in rows]
    finally:
        desk.store.close()


def verify(data: Path) -> Callable[[bytes, bytes, bytes], bool]:
    return house(Settings(data)).suite.verify


def test_an_export_proves_itself(data: Path) -> None:
    lines = exported(data)
    found = audit(lines, verify(data))
    assert found.whole, found.words
    assert found.entries == sum(b'"seq":' in line and b'"happening"' in line for line in lines) >= 7
    assert found.checkpoints >= 1
    for login in ("admin", "wangmin"):
        with pytest.raises(Refused, match="岗位"):
            exported(data, login)


@pytest.mark.parametrize(
    ("change", "at"),
    [
        (lambda rows: rows.pop(3), 3),
        (lambda rows: rows.insert(3, rows.pop(4)), 3),
        (lambda rows: rows[3]["happening"].update(actor="somebody"), 3),
        (lambda rows: rows.pop(-1), None),
        (lambda rows: rows[-1]["end"].update(entries=1), None),
        (lambda rows: rows[0].update(hall="500198"), 1),
        (lambda rows: rows[0].update(window="77"), 1),
        (lambda rows: [rows.pop(n) for n in range(len(rows) - 1, 0, -1) if "checkpoint" in rows[n]], None),
        (lambda rows: [rows.pop(n) for n in range(len(rows) - 1, 0, -1) if "checkpoint" not in rows[n]], None),
    ],
    ids=[
        "removed",
        "reordered",
        "changed",
        "end cut off",
        "end changed",
        "hall",
        "window",
        "no checkpoints",
        "all entries gone",
    ],
)
def test_tampering_shows(data: Path, change: Callable[[list[Any]], object], at: int | None) -> None:
    rows = [parse_json(line) for line in exported(data)]
    change(rows)
    found = audit([canonical_bytes(row) for row in rows], verify(data))
    assert not found.whole
    assert at is None or found.broken_at == at


def test_a_chain_forged_anew_meets_the_checkpoints(data: Path) -> None:
    rows = [parse_json(line) for line in exported(data)]
    previous = GENESIS
    for row in rows:
        if "seq" in row:
            happening = _entry(row).happening
            entry = link(
                row["seq"], previous, happening if row["seq"] != 2 else type(happening)(happening.at, "x", "y")
            )
            row |= {"previous": entry.previous, "digest": entry.digest}
            row["happening"] |= {"actor": entry.happening.actor, "verb": entry.happening.verb}
            row["happening"] |= {"detail": dict(entry.happening.detail)}
            previous = entry.digest
    found = audit([canonical_bytes(row) for row in rows], verify(data))
    assert not found.whole
    assert "检查点" in found.words


def test_whose_journal_it_is_needs_a_key_from_elsewhere(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, forged = tmp_path / "journal.jsonl", tmp_path / "forged.jsonl"
    file.write_bytes(b"\n".join(exported(data)))
    other = found(tmp_path / "other", ("admin", Role.ADMIN), ("auditor", Role.AUDITOR))
    forged.write_bytes(b"\n".join(exported(other)))  # whole in itself, signed by whoever made it
    nowhere = ("--data", str(tmp_path / "nowhere"))

    def verified(path: Path, *more: str) -> tuple[int, str]:
        return main(["journal", "verify", str(path), *more]), capsys.readouterr().out

    own = own_key(data)
    for more in (("--key", own, *nowhere), ("--key", own.lower().replace(" ", ""), *nowhere), ("--data", str(data))):
        code, said = verified(file, *more)
        assert (code, own in said, "是这把钥匙签的" in said) == (0, True, True)
        code, said = verified(forged, *more)
        assert code == 3
        assert "不是要认的那把钥匙" in said
    code, said = verified(file, *nowhere)
    assert (code, "没有核对是谁签的" in said, own in said) == (3, True, True)
    assert main(["journal", "verify", str(file), *nowhere, "--key", "3F2A"]) != 0
    assert "16 位" in capsys.readouterr().err


def test_an_export_of_the_earlier_format_is_read_and_says_what_it_does_not_prove(data: Path) -> None:
    home = house(Settings(data))
    store = opened(data)
    _id, keys, _gateway = setup.keys_of(store)
    store.close()
    rows = [parse_json(line) for line in exported(data)]
    rows[0]["format"] = "journal/1"
    end = {name: rows[-1]["end"][name] for name in ("entries", "digest", "at_ms")}
    rows[-1] = {
        "end": end,
        "signature": base64.b64encode(home.suite.sign(keys["private"], canonical_bytes(end))).decode(),
    }
    told = audit([canonical_bytes(row) for row in rows], verify(data))
    assert told.whole
    assert "旧格式" in told.words


def test_what_is_no_journal(data: Path) -> None:
    for lines in ([], [b"{}"], [b"not json"], [b'{"format":"journal/1"}'], [b"[1]"]):
        with pytest.raises(BadInput):
            audit(lines, verify(data))


def test_doctor_says_where(data: Path) -> None:
    def journal_state() -> tuple[str, str]:
        finding = next(each for each in examine(data, "wangmin") if each.check == "日志链")
        return finding.state, finding.text

    assert journal_state()[0] == "ok"
    store = opened(data)
    with store.begin() as uow:
        uow.attachments.transaction.execute(
            text("UPDATE journal SET happening = replace(happening, 'sign_in', 'sign_on') WHERE seq = 3")
        )
        uow.commit()
    store.close()
    assert journal_state() == ("fault", "从第 3 条起对不上：这一条被改过、移走或调换了。")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DELETE FROM journal WHERE seq > 6", "从第 7 条起对不上"),
        ("DELETE FROM journal", "从第 1 条起对不上"),
        ("UPDATE journal SET case_id = '' WHERE seq = 8", "从第 8 条起对不上"),
        (
            "DELETE FROM journal WHERE seq > 7; DELETE FROM config WHERE name = 'journal.head'",
            "c1在日志里没有收件的记录",
        ),
    ],
    ids=["end cut off", "all gone", "another case", "end and its note gone"],
)
def test_doctor_misses_no_end_after_the_last_checkpoint(data: Path, change: str, words: str) -> None:
    store = opened(data)
    with store.begin() as uow:
        uow.config.remove(CHECKPOINTS)
        while (last := uow.journal.last()) is None or last.seq < 7:
            uow.journal.append(Happening(Stamp(1), "wangmin", "sign_in"))
        uow.cases.add(make_case("c1"))
        uow.journal.append(Happening(Stamp(9), "wangmin", "case.accepted", "c1", 1))
        uow.journal.append(Happening(Stamp(9), "wangmin", "sign_in"))
        uow.commit()
    finding = next(each for each in examine(data, "wangmin") if each.check == "日志链")
    assert finding.state == "ok", finding.text
    with store.begin() as uow:
        uow.config.remove(CHECKPOINTS)  # as if it all lay after the last one
        for part in change.split(";"):
            uow.attachments.transaction.execute(text(part))
        uow.commit()
    store.close()
    finding = next(each for each in examine(data, "wangmin") if each.check == "日志链")
    assert finding.state == "fault"
    assert words in finding.text, finding.text


def test_a_journal_cut_behind_or_forged_inside_meets_its_own_checkpoints(data: Path) -> None:
    exported(data)
    home, store = house(Settings(data)), opened(data)
    _id, keys, _gateway = setup.keys_of(store)

    def fault() -> tuple[int, str] | None:
        with store.begin(reading=True) as uow:
            return fault_of(uow, lambda body, signature: home.suite.verify(keys["public"], signature, body))

    assert fault() is None
    with store.begin() as uow:
        uow.attachments.transaction.execute(text("DELETE FROM journal WHERE seq >= 5"))
        uow.commit()
    found_fault = fault()
    assert found_fault is not None
    assert found_fault[0] == 5
    with store.begin() as uow:
        marks = uow.config.get(CHECKPOINTS)
        entry = next(entry for entry in uow.journal.entries() if entry.seq == 4)
        forged = {"seq": 4, "digest": entry.digest, "at_ms": 1, "signature": base64.b64encode(b"0" * 64).decode()}
        uow.config.set(CHECKPOINTS, [*(mark for mark in marks if mark["seq"] < 4), forged])
        uow.commit()
    found_fault = fault()
    assert found_fault is not None
    assert found_fault[0] == 4
    store.close()


def opened(data: Path) -> SqlStore:
    home = house(Settings(data))
    return open_store(home, home.vault.unlock("admin", PIN))


def test_the_newest_checkpoint_travels_with_each_message(data: Path) -> None:
    home = house(Settings(data))
    desk = sign_in(home, "wangmin", PIN)
    _id, keys, _gateway = setup.keys_of(desk.store)
    signatures = desk.signer.sign(b"body")
    assert verify_signatures(home.suite, b"body", signatures, keys["public"]) == "wangmin"
    mark = signatures["journal"]
    assert proves(mark, keys["public"], home.suite.verify)
    assert not proves({**mark, "seq": mark["seq"] + 1}, keys["public"], home.suite.verify)
    assert not proves({"seq": 1}, keys["public"], home.suite.verify)
    with desk.store.begin(reading=True) as uow:
        assert {entry.seq: entry.digest for entry in uow.journal.entries()}[mark["seq"]] == mark["digest"]
    desk.store.close()


def test_an_auditor_elsewhere_checks_a_journal_of_the_other_suite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = found(tmp_path / "gm", ("admin", Role.ADMIN), ("auditor", Role.AUDITOR), suite_id="gm-1")
    lines, file = exported(data), tmp_path / "journal.jsonl"
    assert suite_of(lines) == "gm-1"
    file.write_bytes(b"\n".join(lines) + b"\n")
    nowhere = ("--data", str(tmp_path / "nowhere"))
    assert main(["journal", "verify", str(file), *nowhere, "--key", str(data / "window.pub")]) == 0
    assert "没有缺失或改动" in capsys.readouterr().out
    file.write_bytes(b"\n".join(lines[:2] + lines[3:]) + b"\n")
    assert main(["journal", "verify", str(file), *nowhere]) == 3
    file.write_bytes(lines[0].replace(b"gm-1", b"xx-9") + b"\n")
    assert main(["journal", "verify", str(file), *nowhere]) == 4
