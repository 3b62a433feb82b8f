"""Client and gateway one protocol version apart, both ways, with the older one's real modules in its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_db.unit_of_work import SqlStore
from sync import protocol
from sync.books import compare
from sync.courier import Courier
from sync.news import pull_once
from tests.sync.hall import CountedIds, GatewayProcess, Window, enrol, sample_case, take, wait_until

OLDER = Path(__file__).parent / "older"
ZIP = OLDER / "line_of_protocol_1.zip"


def older(program: str, *arguments: str) -> subprocess.Popen[str]:
    """A program of the older release: its modules only, none of today's."""
    return subprocess.Popen(
        [sys.executable, str(OLDER / program), *arguments],
        env={**os.environ, "PYTHONPATH": str(ZIP)},
        cwd=OLDER,
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return out.strip().splitlines()[-1]


@pytest.fixture
def older_gateway(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    folder = tmp_path / "older-gateway"
    process = older("gateway_main.py", str(folder), "0")
    assert process.stdout is not None
    yield f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}", folder
    process.kill()
    process.communicate()


def test_the_older_modules_are_one_version_behind() -> None:
    code = "import sync.protocol as p; print(p.__file__, p.PROTOCOL)"
    env = {**os.environ, "PYTHONPATH": str(ZIP)}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=OLDER, capture_output=True, text=True, check=True)
    where, version = done.stdout.split()
    assert str(ZIP) in where
    assert int(version) == protocol.PROTOCOL - 1


def test_an_older_window_delivers_to_this_gateway(gateway: GatewayProcess) -> None:
    told = json.loads(said(older("client_main.py", gateway.url, gateway.token(window="91"), "91", "3")))
    rows = {row["case_id"]: row for row in gateway.dump() if row["case_id"].startswith("old-")}
    assert {case_id: row["content_sha256"] for case_id, row in rows.items()} == told["hashes"]
    assert [rows[f"old-{n}"]["gateway_receipt"] for n in range(3)] == told["receipts"]
    assert told["again"] == ["duplicate", told["receipts"][0]]
    assert told["numbered"] == sorted(rows)
    assert all(len(row["attachments"]) == 1 for row in rows.values())


def test_this_window_delivers_to_an_older_gateway(older_gateway: tuple[str, Path], store: SqlStore) -> None:
    url, folder = older_gateway
    token = said(older("gateway_main.py", str(folder), "token", "500199", "03"))
    window: Window = enrol(url, token)
    page = os.urandom(200_000)
    for n in range(3):
        take(store, window, sample_case(f"new-{n}"), [page] if n == 1 else [])
    centre = window.centre(url)
    assert 1 in centre.greet().versions
    pushed = Courier(store, centre, window.clock, CountedIds(), more=[window.centre(url)]).push_once()
    assert (pushed.acknowledged, pushed.refused, pushed.trouble) == (3, 0, None)
    report = compare(store, centre, window.clock)
    assert (report.answered, report.differences) == (False, ())  # it keeps no such book, and that breaks nothing
    numbered: set[str] = set()

    def all_numbered() -> bool:
        pull_once(store, centre, lambda _uow, entry: numbered.add(str(entry.body.get("case_id"))))
        return numbered == {"new-0", "new-1", "new-2"}

    wait_until(all_numbered, 15)
    with store.begin(reading=True) as uow:
        assert uow.outbox.open() == ()
