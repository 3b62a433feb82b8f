"""The main job from scan to result, without a window, and what the gateway holds afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clerk_app.bootstrap.gateway import DEMO_FOLDER
from clerk_app.durable import make_folder
from local_db.single_instance import WindowLock
from tests.e2e import nursery
from tests.e2e.conftest import environment


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The demo as a user starts it, once: its folder, and what each step said."""
    data = tmp_path_factory.mktemp("demo") / "demo"
    done = subprocess.run(
        [sys.executable, "-m", "clerk_app", "demo", "--headless", "--data", str(data), "--json"],
        capture_output=True,
        timeout=180,
        env=environment(""),
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return data, [json.loads(line) for line in done.stdout.splitlines()]


def test_demo_headless_walks_ten_steps_and_the_gateway_agrees(walked: tuple[Path, list[dict[str, Any]]]) -> None:
    data, steps = walked
    assert [step["step"] for step in steps] == list(range(1, 11))
    case_id = steps[6]["case_id"]

    def run(*words: str) -> list[dict[str, object]]:
        answer = nursery.run([*words, "--data", str(data), "--json"], b"", environment("246810"))
        assert answer.returncode == 0, answer.stderr.decode()
        return [json.loads(line) for line in answer.stdout.splitlines()]

    (held,) = run("gateway", "dump")
    (mine,) = run("case", "show", case_id)
    assert held["case_id"] == case_id
    assert held["content_sha256"] == mine["content_sha256"]
    assert held["gateway_receipt"] == mine["gateway_receipt"] != held["case_number"] == mine["case_number"]
    assert len(held["attachments"]) == 1  # type: ignore[arg-type]
    assert mine["state"] == "finished"
    assert mine["outcome"] == "准予"

    papers = [Path(path) for path in steps[7]["files"]]
    assert len(papers) == 2
    for path in papers:
        text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
        assert "龚㛃䶮" in text
        assert "500199196003150120" not in text
        assert str(mine["local_number"]) in text
        assert "样例" in text


def test_the_data_folder_says_nothing_of_the_person(walked: tuple[Path, list[dict[str, Any]]]) -> None:
    """Promise 5: a known name and number are found nowhere in the window's folder, nor in
    the gateway's, but in the exported sample papers."""
    data, _steps = walked
    secrets = ["龚㛃䶮".encode(), "龚㛃䶮".encode("utf-16-le"), b"500199196003150120", "样例路".encode()]
    looked = 0
    for folder, _names, files in os.walk(data):
        if Path(folder).name == "export":
            continue
        for name in files:
            content = (Path(folder) / name).read_bytes()
            looked += 1
            assert not any(secret in content for secret in secrets), name
    assert looked >= 4


def test_a_second_demo_on_one_folder_is_refused_and_touches_nothing(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    make_folder(data / DEMO_FOLDER)
    with WindowLock(data / DEMO_FOLDER):
        done = subprocess.run(
            [sys.executable, "-m", "clerk_app", "demo", "--headless", "--data", str(data)],
            capture_output=True,
            timeout=60,
            env=environment(""),
            check=False,
        )
    assert done.returncode == 4
    assert "已经开着" in done.stderr.decode()
    assert sorted(path.name for path in data.rglob("*") if path.is_file()) == ["window.lock"]
