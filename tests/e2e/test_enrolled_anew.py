"""A window whose own keys a damaged disk took: salvaged, enrolled anew where it stands, and every case arrives once."""

from __future__ import annotations

import json
from pathlib import Path

from clerk_app.bootstrap.house import house
from clerk_app.settings import Settings
from local_db.engine import connect
from tests.e2e.conftest import PIN, Hall

BY = ("--clerk", "wangmin")


def accept(hall: Hall, seed: int) -> str:
    (case,) = hall.run("case", "template", "longevity-allowance", "--sample", "1", "--seed", str(seed), *BY, *hall.at())
    line = json.dumps(case)
    return str(hall.run("case", "accept", "-", *BY, *hall.at(), stdin=line)[0]["case_id"])


def lose(folder: Path, what: str) -> None:
    """The rows are gone, as a damaged page takes them."""
    key = house(Settings(folder)).vault.unlock("wangmin", PIN).database_key
    raw = connect(folder / "clerk.db", key)
    raw.execute(what)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def token(hall: Hall, window: str = "03") -> str:
    words = ("gateway", "enrol", "500199", window, "--data", str(hall.gateway_data), "--json")
    return str(hall.run(*words)[0]["token"])


def init(hall: Hall, code: str, window: str = "03") -> tuple[str, ...]:
    url = f"http://127.0.0.1:{hall.port}"
    return ("init", *BY, "--hall", "500199", "--window", window, "--gateway", url, "--enrol", code, *hall.at())


def test_a_window_without_its_keys_is_enrolled_anew_and_loses_and_doubles_nothing(hall: Hall, tmp_path: Path) -> None:
    sent, also_sent, waiting = accept(hall, 1), accept(hall, 2), accept(hall, 3)
    hall.run("sync", "--once", *BY, *hall.at())
    late = accept(hall, 4)
    code = token(hall)
    whole = hall.raw(*init(hall, code))
    assert (whole.returncode, "已经登记过窗口" in whole.stderr.decode()) == (4, True), "keys that are there stay"
    lose(hall.data, "DELETE FROM config WHERE name = 'hall' OR name LIKE 'window.%'")
    lose(hall.data, f"UPDATE outbox SET state = 'waiting', receipt = '', is_open = 1 WHERE case_id = '{also_sent}'")
    damaged = hall.data.rename(tmp_path / "damaged")
    hall.data = tmp_path / "new"
    done = hall.raw("salvage", str(damaged), *BY, "--data", str(hall.data))
    assert (done.returncode, "clerk-app init --clerk" in done.stdout.decode()) == (3, True), done.stderr.decode()
    closed = hall.raw("case", "list", *BY, *hall.at())
    assert (closed.returncode, "clerk-app init --clerk" in closed.stderr.decode()) == (4, True), "said, not a bug"

    assert hall.raw(*init(hall, code), pin="000000").returncode == 4
    other = hall.raw(*init(hall, token(hall, "07"), window="07"))
    assert (other.returncode, "3 号窗口" in other.stderr.decode()) == (3, True)
    (told,) = hall.run(*init(hall, code))
    assert (told["window"], told["generation"]) == ("03", 2)
    again = accept(hall, 5)
    (summary,) = hall.run("sync", "--once", *BY, *hall.at())
    assert (summary["waiting"], summary["refused"]) == (0, 0)
    held = [row["case_id"] for row in hall.dump()]
    assert sorted(held) == sorted([sent, also_sent, waiting, late, again])
    cases = {case["case_id"]: case for case in hall.run("case", "list", *BY, *hall.at())}
    assert all(case["gateway_receipt"] for case in cases.values())
    assert "-W03G2-" in cases[again]["local_number"]
    assert "-W03G1-" in cases[late]["local_number"]
    findings = json.loads(hall.raw("doctor", *BY, *hall.at()).stdout)
    assert next(each["state"] for each in findings if each["check"].startswith("日志")) == "ok"
