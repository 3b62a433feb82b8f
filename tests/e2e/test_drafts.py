"""kill -9 while somebody types: every field that was saved is there when the folder is opened again."""

from __future__ import annotations

import subprocess
import sys

import pytest

from clerk_app.bootstrap.house import open_desk
from clerk_app.usecases.intake import drafts, load
from tests.e2e.conftest import PIN, Hall, environment

TYPIST = """
import sys
from pathlib import Path
from clerk_app.bootstrap.house import open_desk
from clerk_app.usecases.intake import open_draft, save
with open_desk(Path(sys.argv[1]), "wangmin") as desk:
    draft = open_draft(desk)
    print(draft.id, flush=True)
    for n in range(10_000):
        save(desk, draft.id, {f"field.typed.{n}": "龚㛃䶮" + str(n), "applicant.name": "龚㛃䶮" + str(n)})
        print(n, flush=True)
"""


@pytest.mark.parametrize("after", [1, 7, 40])
def test_killed_while_typing_every_saved_field_is_there(
    hall: Hall, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", TYPIST, str(hall.data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(PIN))
    assert process.stdout is not None
    draft_id = process.stdout.readline().decode().strip()
    for _ in range(after):
        process.stdout.readline()
    process.kill()
    rest = process.stdout.read().decode().split("\n")[:-1]
    process.stdout.close()
    process.wait()
    last = after - 1 + len(rest)
    monkeypatch.setenv("CLERK_APP_PIN", PIN)
    with open_desk(hall.data, "wangmin") as desk:
        assert [draft.id for draft in drafts(desk)] == [draft_id]
        values = load(desk, draft_id).values
    typed = {int(key.rsplit(".", 1)[1]): text for key, text in values.items() if key.startswith("field.typed.")}
    assert set(range(last + 1)) <= set(typed) <= set(range(last + 2))
    assert all(text == f"龚㛃䶮{n}" for n, text in typed.items())
    assert values["applicant.name"] == f"龚㛃䶮{max(typed)}"
