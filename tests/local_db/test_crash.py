"""Promise 1: what was said to be accepted is there after kill -9 at any moment; what was not is whole or not there at all."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.journal import first_break
from local_db.unit_of_work import SqlStore

ROOT = Path(__file__).parents[2]
KILLS = 12
KEY = os.urandom(32)
SUITE = InternationalSuite(os.urandom)


def write_until_killed(folder: Path, lines: int) -> list[str]:
    """Let the writer say so many numbers, kill it while it goes on, and return all that it said."""
    command = [sys.executable, "-m", "tests.local_db.crash_writer", str(folder)]
    writer = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write(KEY.hex() + "\n")
    writer.stdin.flush()
    said = [writer.stdout.readline() for _ in range(lines)]
    writer.kill()
    rest, _ = writer.communicate()
    return [line for line in "".join([*said, rest]).split("\n")[:-1] if line]


def test_kill_9_loses_no_accepted_case_and_leaves_none_in_halves(tmp_path: Path) -> None:
    SqlStore(tmp_path, KEY, SUITE, create=True).close()
    said: list[str] = []
    chance = random.Random(20261121)
    for _ in range(KILLS):
        said += write_until_killed(tmp_path, chance.randint(1, 25))
    assert len(said) >= KILLS
    assert len(set(said)) == len(said), "a number was given twice"
    store = SqlStore(tmp_path, KEY, SUITE)
    with store.begin(reading=True) as uow:
        there = {case.id for case in uow.cases.page(limit=10_000)}
        assert set(said) - there == set(), "said to be accepted, and gone"
        for case_id in there:
            assert [message.id for message in uow.outbox.of_case(case_id)] == ["m" + case_id]
            assert len(uow.journal.of_case(case_id)) == 1
            page = case_id.encode() * 2000
            assert uow.attachments.read(case_id, bytes_hash(page)) == page
        assert len(uow.outbox.open()) == len(there)
        assert sum(1 for _ in uow.journal.entries()) == len(there)
        assert first_break(uow.journal.entries()) is None
    assert store.quick_check() == ()
    store.close()
