"""With the gateway stopped everything at the counter works the same; delivery happens when it is back."""

from __future__ import annotations

import json
import random
import subprocess

from tests.e2e.conftest import PIN, Hall, environment


def sample_cases(hall: Hall, entry: str, count: int, seed: int = 1) -> str:
    done = hall.raw("case", "template", entry, "--sample", str(count), "--seed", str(seed), *hall.at())
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_taken_offline_delivered_once_when_the_gateway_is_back(hall: Hall) -> None:
    hall.stop_gateway()
    answers = hall.run("case", "accept", "-", *hall.at(), stdin=sample_cases(hall, "pension-claim", 3))
    assert [answer["local_number"][-4:] for answer in answers] == ["0001", "0002", "0003"]
    (summary,) = hall.run("sync", "--once", *hall.at(), code=4)
    assert summary["acknowledged"] == 0
    assert summary["waiting"] == 3
    assert "连不上" in summary["problem"]

    hall.start_gateway()
    (summary,) = hall.run("sync", *hall.at())
    assert (summary["acknowledged"], summary["waiting"]) == (3, 0)
    (again,) = hall.run("sync", *hall.at())
    assert again["sent"] == 0
    held = {row["case_id"] for row in hall.dump()}
    assert held == {answer["case_id"] for answer in answers}


def test_a_life_event_is_a_package_and_its_parts(hall: Hall) -> None:
    (answer,) = hall.run("case", "accept", "-", *hall.at(), stdin=sample_cases(hall, "newborn", 1))
    assert len(answer["parts"]) >= 3
    hall.run("sync", *hall.at())
    rows = hall.dump()
    assert rows[0]["case_id"] == answer["case_id"]
    assert "parent" not in rows[0]
    assert {row["case_id"] for row in rows[1:]} == {part["case_id"] for part in answer["parts"]}
    assert all(row["parent"] == answer["case_id"] for row in rows[1:])
    for part in answer["parts"]:
        decide = ("gateway", "decide", part["case_id"], "--result", "准予", "--data", str(hall.gateway_data), "--json")
        hall.run(*decide)
    hall.run("sync", *hall.at())
    (shown,) = hall.run("case", "show", answer["case_id"], *hall.at())
    assert shown["state"] == "finished"
    assert {part["state"] for part in shown["parts"]} == {"finished"}


def test_refused_lines_do_not_stop_the_others_and_write_nothing(hall: Hall) -> None:
    good = sample_cases(hall, "longevity-allowance", 1, seed=3).strip()
    wrong_number = json.loads(good)
    wrong_number["applicant"]["document_number"] = "500199196003150121"
    wrong_number["applicant"]["birth"] = "1961-03-15"
    unsigned = {**json.loads(good), "signature": None}
    lines = ["not json", json.dumps(wrong_number), "[1]", json.dumps(unsigned), '{"item": "nothing"}', good]
    done = hall.raw("case", "accept", "-", *hall.at(), stdin="\n".join(lines) + "\n")
    assert done.returncode == 3
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [True, True, True, True, True, False]
    assert any("校验位" in reason for reason in answers[1]["reasons"])
    assert any("签字" in reason for reason in answers[3]["reasons"])
    assert len(hall.run("case", "list", *hall.at())) == 1


def test_wrong_pin_foreign_database_and_missing_folder_are_calm(hall: Hall) -> None:
    wrong = hall.raw("case", "list", *hall.at(), pin="000000")
    assert wrong.returncode == 4
    assert "PIN 不对" in wrong.stderr.decode()
    missing = hall.raw("case", "list", "--data", str(hall.data / "nowhere"), "--json")
    assert missing.returncode == 4
    assert "还没有登记窗口" in missing.stderr.decode()
    database = hall.data / "clerk.db"
    kept = database.read_bytes()
    for other in (b"", b"SQLite format 3\0" + bytes(4096), bytes(8192)):
        database.write_bytes(other)
        done = hall.raw("case", "list", *hall.at())
        assert done.returncode == 4, done.stderr.decode()
        assert "Traceback" not in done.stderr.decode()
        assert database.read_bytes() == other
    database.write_bytes(kept)
    hall.run("case", "list", *hall.at(), pin=PIN)


def test_killed_inside_accept_nothing_shown_is_lost_and_nothing_doubled(hall: Hall) -> None:
    """kill -9 at random moments while cases stream in: every line that came out is in the store, once."""
    shown: dict[str, str] = {}
    rng = random.Random(11)
    for round_number in range(4):
        stdin = sample_cases(hall, "longevity-allowance", 40, seed=round_number)
        process = subprocess.Popen(
            hall.command("case", "accept", "-", *hall.at()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(PIN),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(stdin.encode())
        process.stdin.flush()
        for _ in range(rng.randrange(1, 12)):
            answer = json.loads(process.stdout.readline())
            shown[answer["case_id"]] = answer["local_number"]
        process.kill()
        rest = process.stdout.read()
        for line in rest.splitlines(keepends=True):
            if line.endswith(b"\n"):
                answer = json.loads(line)
                shown[answer["case_id"]] = answer["local_number"]
        process.stdin.close()
        process.stdout.close()
        process.wait()
    rows = hall.run("case", "list", *hall.at())
    stored = {row["case_id"]: row["local_number"] for row in rows}
    assert len(stored) == len(rows)
    assert shown.items() <= stored.items()
    assert len(set(stored.values())) == len(stored)
    hall.run("sync", *hall.at())
    assert {row["case_id"] for row in hall.dump()} == set(stored)
