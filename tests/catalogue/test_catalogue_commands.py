"""clerk-app catalogue: key, sign, import, list, show and check as somebody at a terminal meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clerk_app.cli import main
from clerk_app.errors import EXIT_DONE, EXIT_REFUSED
from tests.catalogue.folder import SHIPPED, copy_to, spoil


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in ("catalogue", *words)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_published_here_used_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "source"
    source.mkdir()
    copy_to(source)
    spoil(source, "catalogue.json", lambda data: data.update(version="2026-12-01"))
    spoil(source, "items/longevity-allowance.json", lambda data: data["limits"]["promised"].update(count=8))
    key, package, data = tmp_path / "k", tmp_path / "p.package", tmp_path / "data"
    assert run(capsys, "key", key)[0] == EXIT_DONE
    assert run(capsys, "sign", source, "--key", key, "--out", package)[0] == EXIT_DONE
    code, _, told = run(capsys, "import", package, "--data", data)
    assert code == EXIT_REFUSED
    assert "还没有信任的目录签名人" in told
    code, out, _ = run(capsys, "import", package, "--data", data, "--trust", f"{key}.pub")
    assert code == EXIT_DONE
    assert out.splitlines() == [
        f"目录已换成 2026-12-01（原来是 {SHIPPED}）；已经在办的办件仍按开始时的规定。",
        "修改　高龄津贴：承诺时限（10 个工作日 → 8 个工作日）",
    ]
    code, out, _ = run(capsys, "import", package, "--data", data, "--json")
    assert json.loads(out) == {"before": "2026-12-01", "version": "2026-12-01", "changes": []}
    shown = json.loads(run(capsys, "show", "longevity-allowance", "--data", data)[1])
    assert shown["promised"]["count"] == 8
    (data / "catalogue" / "2026-12-01" / "package.json").write_bytes(b"{}")
    code, _, told = run(capsys, "search", "高龄", "--data", data)
    assert code == EXIT_DONE
    assert "现在用程序自带的目录" in told


def test_list_says_what_each_merge_saves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = [json.loads(line) for line in run(capsys, "list", "--data", tmp_path, "--json")[1].splitlines()]
    events = {entry["id"]: entry["saved"] for entry in entries if entry["kind"] == "life_event"}
    assert len(events) == 14
    assert events["newborn"]["fields"] > 20
    assert events["newborn"]["papers"] == 6
    assert not any("saved" in entry for entry in entries if entry["kind"] == "item")
    assert json.loads(run(capsys, "show", "newborn", "--data", tmp_path)[1])["saved"] == events["newborn"]


def test_check_tells_faults_apart_from_reminders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy_to(tmp_path)
    spoil(tmp_path, "items/pension-claim.json", lambda data: data.update(task_type="05"))
    code, out, _ = run(capsys, "check", tmp_path)
    assert code == EXIT_DONE
    assert out.startswith("提醒　items/pension-claim.json：codes.catalog")
    spoil(tmp_path, "items/pension-claim.json", lambda data: data.update(fee="10 元"))
    code, out, _ = run(capsys, "check", tmp_path, "--json")
    assert code == EXIT_REFUSED
    assert {json.loads(line)["level"] for line in out.splitlines()} == {"warning", "error"}
