"""The 国密 suite from set-up to the gateway and back: everything the window seals and signs is of the suite it was founded with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from clerk_app.crypto.vault_file import read_vault
from tests.e2e.conftest import PIN, Hall
from tests.e2e.test_offline import sample_cases


def test_a_window_founded_under_gm_1_works_with_the_same_gateway(tmp_path: Path) -> None:
    hall = Hall(tmp_path / "window", tmp_path / "gateway")
    url = hall.start_gateway()
    try:
        token = hall.run("gateway", "enrol", "500199", "03", "--data", str(hall.gateway_data), "--json")[0]["token"]
        told = ("--hall", "500199", "--window", "03", "--gateway", url, "--enrol", token, "--suite", "gm-1")
        done = hall.raw("init", *hall.at(), *told)
        assert done.returncode == 0, done.stderr.decode()
        assert "未经密码认证" in done.stderr.decode()
        hall.run("clerk", "add", "wangmin", "--role", "clerk", "--shown-as", "王敏", *hall.at(), stdin=PIN + "\n")
        vault = read_vault(hall.data)
        assert vault.suite == "gm-1"
        assert len(vault.slots[0].public_key) == 65  # an SM2 point

        answers = hall.run("case", "accept", "-", *hall.at(), stdin=sample_cases(hall, "pension-claim", 1))
        (summary,) = hall.run("sync", *hall.at())
        assert (summary["acknowledged"], summary["refused"], summary["waiting"]) == (1, 0, 0)
        held = {row["case_id"]: row for row in hall.dump()}
        assert set(held) == {answer["case_id"] for answer in answers}

        (papers,) = hall.run("recovery", "make", *hall.at())
        (made,) = hall.run("backup", str(tmp_path / "all.bak"), *hall.at())
        assert made["cases"] == 1
        there = ("--data", str(tmp_path / "there"), "--json")
        hall.run("restore", str(tmp_path / "all.bak"), *there, "--papers", stdin="\n".join(papers["papers"]) + "\n")
        assert read_vault(tmp_path / "there").suite == "gm-1"
        hall.run("recovery", "use", "wangmin", "--new-pc", *there, stdin="\n".join([*papers["papers"], PIN]) + "\n")
        (row,) = hall.run("case", "list", *there)
        assert row["gateway_receipt"] == held[row["case_id"]]["gateway_receipt"]
    finally:
        hall.stop_gateway()

    # the vault says intl-1, the database gm-1: a clear word, and nothing is touched
    mixed = tmp_path / "mixed"
    shutil.copytree(hall.data, mixed)
    told_otherwise = json.loads((mixed / "vault.json").read_bytes()) | {"suite": "intl-1"}
    (mixed / "vault.json").write_text(json.dumps(told_otherwise), "utf-8")
    before = (mixed / "clerk.db").read_bytes()
    done = hall.raw("case", "list", "--data", str(mixed), "--json")
    assert done.returncode == 4
    assert (mixed / "clerk.db").read_bytes() == before
