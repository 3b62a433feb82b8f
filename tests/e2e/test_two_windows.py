"""A citizen comes back to another window of the hall: found there, gone on with there, and the first window is told."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.conftest import PIN, Hall
from tests.e2e.test_offline import sample_cases


def second_window(hall: Hall, folder: Path) -> Hall:
    other = Hall(folder, hall.gateway_data, cheap=True)
    token = hall.run("gateway", "enrol", "500199", "04", "--data", str(hall.gateway_data), "--json")[0]["token"]
    told = ("--hall", "500199", "--window", "04", "--gateway", f"http://127.0.0.1:{hall.port}", "--enrol", token)
    other.run("init", *other.at(), *told)
    other.run("clerk", "add", "lina", "--role", "clerk", "--shown-as", "李娜", *other.at(), stdin=PIN + "\n")
    return other


def test_taken_at_one_window_and_ended_at_another(hall: Hall, tmp_path: Path) -> None:
    other = second_window(hall, tmp_path / "other")
    sample = sample_cases(hall, "pension-claim", 1)
    number = json.loads(sample.splitlines()[0])["applicant"]["document_number"]
    (taken,) = hall.run("case", "accept", "-", *hall.at(), stdin=sample)
    case_id = taken["case_id"]
    nothing = other.run("hall", "find", number, *other.at())
    assert nothing == []  # it has not been delivered yet
    hall.run("sync", *hall.at())

    (found,) = other.run("hall", "find", number, *other.at())
    assert (found["case_id"], found["owner"]) == (case_id, "03")
    assert other.run("case", "list", *other.at()) == []
    for _ in range(2):  # a second time changes nothing
        other.run("hall", "take", case_id, *other.at())
    (row,) = other.run("case", "list", *other.at())
    assert (row["case_id"], row["local_number"]) == (case_id, taken["local_number"])  # the number on paper stays

    other.run("case", "withdraw", case_id, "--reason", "改天再来", "--clerk", "lina", *other.at())
    (summary,) = other.run("sync", *other.at())
    assert (summary["acknowledged"], summary["refused"]) == (1, 0)
    (held,) = hall.dump()
    (shown,) = other.run("case", "show", case_id, *other.at())
    assert held["gateway_receipt"] == shown["gateway_receipt"]

    hall.run("sync", *hall.at())
    (first,) = hall.run("case", "show", case_id, *hall.at())
    assert "转到本厅别的窗口续办" in json.dumps(first, ensure_ascii=False)
    hall.run("case", "withdraw", case_id, "--reason", "不办了", "--clerk", "wangmin", *hall.at())
    (late,) = hall.run("sync", *hall.at())
    assert (late["acknowledged"], late["refused"]) == (0, 1)  # kept aside, and said: one owner at a time
    assert len(hall.dump()) == 1

    written = hall.raw("gateway", "dump", "--data", str(hall.gateway_data), "--json").stdout.decode()
    assert number not in written


def test_without_a_line_nothing_is_pretended(hall: Hall) -> None:
    hall.stop_gateway()
    done = hall.raw("hall", "find", "500199199003078888", *hall.at())
    assert done.returncode == 4
    assert "连不上前置" in done.stderr.decode()
