"""Promises 1 and 3 from outside: the real window dies by SIGKILL between any two steps, and inside accept."""

from __future__ import annotations

import json
import subprocess

import pytest

from clerk_app.bootstrap.house import open_desk
from clerk_app.usecases.intake import drafts
from clerk_app.usecases.queries import case_rows
from tests.e2e import nursery
from tests.e2e.conftest import PIN, Hall, environment
from tests.e2e.window_at_work import NAME, NUMBER, STEPS

KEPT = {
    "applicant": {"applicant.name": NAME, "applicant.document_number": NUMBER},
    "item": {"item": "pension-claim", "answer.paid_elsewhere": "yes"},
    "materials": {"item": "pension-claim"},
    "form": {"field.payout.account": "6217000000000000001"},
    "stroke": {"applicant.name": NAME},
    "confirm": {"applicant.name": NAME},
}


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_nothing_is_lost_and_nothing_doubled(
    offline: Hall, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = _run("tests.e2e.window_at_work", str(offline.data), step)
    assert process.returncode == -9, process.stderr.decode()[-2000:]
    monkeypatch.setenv("CLERK_APP_PIN", PIN)
    with open_desk(offline.data, "wangmin") as desk:
        open_drafts, cases = drafts(desk), case_rows(desk)
    if step in KEPT:
        assert cases == ()
        (draft,) = open_drafts
        assert {key: draft.values.get(key) for key in KEPT[step]} == KEPT[step]
        if step == "materials":
            assert draft.values["material.multi_place_payment_proof"]["way"] == "defer"
        if step == "stroke":
            assert [len(stroke) > 5 for stroke in draft.values["drawn"]["strokes"]] == [True]
            assert "signature" not in draft.values or not draft.values["signature"]
        if step == "confirm":
            assert draft.values["signature"]["kind"] == "pad"
        return
    if step == "receipt":
        shown = process.stdout.decode().strip()
        assert [row.local_number for row in cases] == [shown]
    assert len(cases) + len(open_drafts) == 1  # the draft or its case, never both, never neither


@pytest.mark.parametrize("step", ["applicant", "form"])
def test_killed_and_opened_again_the_window_stands_where_it_stood(offline: Hall, step: str) -> None:
    """Step, text and cursor come back by themselves after SIGKILL and a new sign-in."""
    killed = _run("tests.e2e.window_at_work", str(offline.data), step)
    assert killed.returncode == -9, killed.stderr.decode()[-2000:]
    again = _run("tests.e2e.window_again", str(offline.data))
    assert again.returncode == 0, again.stderr.decode()[-2000:]
    stands = json.loads(again.stdout.splitlines()[-1])
    assert (stands["step"], stands["name"]) == (step, NAME)
    with_prefix = {"applicant": "applicant.document_number", "form": "field."}[step]
    assert stands["focus"].startswith(with_prefix)


def _run(module: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    return nursery.run(list(words), b"", environment(PIN), module=module)
