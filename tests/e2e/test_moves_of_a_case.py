"""Every move of a case by the command line, and what the gateway then holds: the newest content, the first receipt."""

from __future__ import annotations

import base64
import datetime as dt
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import PIN, Hall, environment

SECOND_PIN = "135791"
ITEM, PAPER = "rural-homestead", "village_minutes"  # a paper that only the applicant has


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Hall]:
    """A hall with an admin, a clerk, a second clerk and a chief representative."""
    made = Hall(tmp_path / "window", tmp_path / "gateway")
    url = made.start_gateway()
    token = made.run("gateway", "enrol", "500199", "03", "--data", str(made.gateway_data), "--json")[0]["token"]
    made.run("init", *made.at(), "--hall", "500199", "--window", "03", "--gateway", url, "--enrol", token)
    made.run("clerk", "add", "root", "--role", "admin", "--shown-as", "管理", *made.at(), stdin=PIN + "\n")
    for login, role in (("wangmin", "clerk"), ("lihua", "clerk"), ("boss", "chief")):
        pin = SECOND_PIN if login == "lihua" else PIN
        words = ("clerk", "add", login, "--role", role, "--shown-as", login, "--clerk", "root")
        made.run(*words, *made.at(), stdin=pin + "\n")
    yield made
    made.stop_gateway()


def as_clerk(hall: Hall, *words: str, stdin: str = "", login: str = "wangmin", code: int = 0) -> list[Any]:
    return hall.run("case", *words, "--clerk", login, *hall.at(), stdin=stdin, code=code)


def sample(hall: Hall, entry: str, *, seed: int = 1) -> dict[str, Any]:
    made: dict[str, Any] = as_clerk(hall, "template", entry, "--sample", "1", "--seed", str(seed))[0]
    return made


def test_the_gateway_holds_the_newest_content_and_the_first_receipt_after_every_move(staffed: Hall) -> None:
    ids = {}
    for number, name in enumerate(("withdrawn", "voided", "rated", "transferred"), 1):
        line = json.dumps(sample(staffed, "longevity-allowance", seed=number))
        ids[name] = as_clerk(staffed, "accept", "-", stdin=line)[0]["case_id"]
    staffed.run("sync", *staffed.at(), "--clerk", "wangmin")
    first = {row["case_id"]: row for row in staffed.dump()}

    assert as_clerk(staffed, "withdraw", ids["withdrawn"], "--reason", "改天")[0]["outcome"] == "撤回"
    refused = staffed.raw(
        "case", "void", ids["voided"], "--reason", "错了", "--second", "wangmin", "--clerk", "wangmin", *staffed.at()
    )
    assert refused.returncode == 4  # no second PIN given
    environment_of_two = {**environment(PIN), "CLERK_APP_SECOND_PIN": SECOND_PIN}
    words = (
        "case",
        "void",
        ids["voided"],
        "--reason",
        "错了",
        "--second",
        "lihua",
        "--clerk",
        "wangmin",
        *staffed.at(),
    )
    done = subprocess.run(staffed.command(*words), capture_output=True, env=environment_of_two, timeout=60, check=False)
    assert (done.returncode, json.loads(done.stdout)["state"]) == (0, "voided"), done.stderr.decode()
    as_clerk(staffed, "rate", ids["rated"], "--level", "5", "--reason", "510")
    as_clerk(staffed, "transfer", ids["transferred"], "--to", "样例区政务中心")
    staffed.run("sync", *staffed.at(), "--clerk", "wangmin")

    for row in staffed.dump():
        shown = as_clerk(staffed, "show", row["case_id"])[0]
        assert row["content_sha256"] == shown["content_sha256"] != first[row["case_id"]]["content_sha256"]
        assert row["gateway_receipt"] == first[row["case_id"]]["gateway_receipt"]
        assert row["attachments"] == first[row["case_id"]]["attachments"]
    for name in ("withdrawn", "voided"):
        words = ("gateway", "decide", ids[name], "--result", "准予", "--data", str(staffed.gateway_data), "--json")
        assert staffed.raw(*words).returncode == 3  # it ended at the counter: the back office decides it no more


def test_a_correction_brings_its_pages_and_a_key_makes_one_case(staffed: Hall) -> None:
    whole = sample(staffed, ITEM, seed=5)
    page = {"media_type": "image/jpeg", "base64": base64.b64encode(b"\xff\xd8 the plan").decode()}
    missing = {key: given for key, given in whole["materials"].items() if key != PAPER}
    lacking = {**whole, "materials": missing, "signature": None, "key": "小票 17"}
    taken = as_clerk(staffed, "receive", "-", stdin=json.dumps(lacking))[0]
    assert (taken["state"], taken["documents"]) == ("received", ["receipt_of_materials"])
    assert as_clerk(staffed, "receive", "-", stdin=json.dumps(lacking))[0]["case_id"] == taken["case_id"]
    assert [row["waits_for"] for row in as_clerk(staffed, "waiting")] == ["us"]
    next_month = (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).date().isoformat()
    asked = as_clerk(staffed, "notice", taken["case_id"], "--until", next_month)[0]
    assert asked["state"] == "correction_asked"
    brought = {PAPER: {**whole["materials"][PAPER], "pages": [page]}}
    done = as_clerk(
        staffed, "correct", taken["case_id"], "-",
        stdin=json.dumps({"materials": brought, "signature": {"kind": "paper"}}),
    )[0]  # fmt: skip
    assert done["state"] in ("accepted", "accepted_deferred")
    staffed.run("sync", *staffed.at(), "--clerk", "wangmin")
    (row,) = staffed.dump()
    shown = as_clerk(staffed, "show", taken["case_id"])[0]
    assert row["content_sha256"] == shown["content_sha256"]
    assert [act["what"] for act in shown["acts"]][:3] == ["收件", "要求补正", "收补正材料"]


def test_a_refused_line_says_what_would_be_shown(staffed: Hall) -> None:
    unsigned = {**sample(staffed, "longevity-allowance", seed=9), "signature": None}
    refused = as_clerk(staffed, "accept", "-", stdin=json.dumps(unsigned), code=3)[0]
    assert [row[0] for row in refused["shown"]][:2] == ["办什么事", "申请人"]
    strokes = [[[100, 100, 0, 500], [200, 200, 16, 500]]]
    signature = {"kind": "pad", "shown_sha256": refused["shown_sha256"], "strokes": strokes}
    assert as_clerk(staffed, "accept", "-", stdin=json.dumps({**unsigned, "signature": signature}))[0]["state"]
    on_paper = {**unsigned, "signature": {"kind": "paper"}}
    assert as_clerk(staffed, "accept", "-", stdin=json.dumps(on_paper))[0]["case_id"]
    assert as_clerk(staffed, "template", "longevity-allowance")[0]["signature"]["paper"] == {"kind": "paper"}


def test_only_a_chief_decides_on_the_spot_by_the_command_line(staffed: Hall) -> None:
    case = as_clerk(staffed, "accept", "-", stdin=json.dumps(sample(staffed, "social-card-password", seed=2)))[0]
    assert case["state"] == "accepted"
    as_clerk(staffed, "decide", case["case_id"], "--result", "准予", code=3)
    done = as_clerk(staffed, "decide", case["case_id"], "--result", "准予", "--deliver", login="boss")[0]
    assert (done["state"], done["documents"]) == ("delivered", ["completion_notice", "delivery_receipt"])
    staffed.run("sync", *staffed.at(), "--clerk", "wangmin")
    words = ("gateway", "decide", case["case_id"], "--result", "不予", "--data", str(staffed.gateway_data), "--json")
    assert staffed.raw(*words).returncode == 3


def test_a_special_procedure_and_a_broken_promise_by_the_command_line(staffed: Hall) -> None:
    case = as_clerk(staffed, "accept", stdin=json.dumps(sample(staffed, ITEM)))[0]
    begin = (
        "special",
        "begin",
        case["case_id"],
        "--kind",
        "site_survey",
        "--reason",
        "要现场看地",
        "--until",
        "2099-01-01",
    )
    assert staffed.raw("case", *begin, "--clerk", "wangmin", *staffed.at()).returncode == 3  # no basis, and far too far
    until = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)).isoformat()
    begun = as_clerk(staffed, *begin[:-1], until, "--basis", "部门现场踏勘通知")[0]
    assert (begun["state"], begun["documents"]) == ("special_procedure", ["special_notice"])
    assert begun["deadline"] > case["deadline"]
    row = as_clerk(staffed, "special", "list")[0]
    assert (row["case_id"], row["procedure"], row["until"], row["overdue"]) == (
        case["case_id"],
        "现场踏勘核查",
        until,
        False,
    )
    ended = as_clerk(staffed, "special", "end", case["case_id"], "--reason", "看过了，符合")[0]
    assert (ended["state"], ended["deadline"]) == ("under_review", case["deadline"])  # over on the same day: none lost
    assert as_clerk(staffed, "special", "list") == []
    staffed.run("sync", "--clerk", "wangmin", *staffed.at())
    held = next(each for each in staffed.dump() if each["case_id"] == case["case_id"])
    assert held["content_sha256"] == as_clerk(staffed, "show", case["case_id"])[0]["content_sha256"]
    check = ("case", "promise", "check", case["case_id"], "--found", "broken", "--reason", "假的", "--clerk", "wangmin")
    assert staffed.raw(*check, *staffed.at()).returncode == 3  # not a supervisor
