"""The whole line in short: client, sender and gateway die alone and together, and both sides agree afterwards.

``clerk-app bench crash`` runs the same in length. Without gcc the gateway's power cuts are skipped, which the run lists.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.harness import build_shim
from tests.crash.line_harness import WHO, LineHarness


@pytest.mark.slow
def test_client_sender_and_gateway_die_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    harness = LineHarness(tmp_path, seed=7)
    try:
        for kill in (("client",), ("gateway",), ("sender", "gateway"), WHO):
            harness.round(kill=kill, intents=4, after_s=0.4)
        harness.carry(kill=("carrier", "porter"), after_s=0.3)
        harness.round(kill=(), intents=4)
        harness.carry()
        harness.put_aside()  # an old folder that wakes up and sends again
        harness.round(kill=("sender",), intents=3)
        assert harness.verdict() == []
    finally:
        harness.close()
    assert len(harness.log.promised) >= 4
    assert (harness.log.replays, harness.log.sticks, harness.log.by_stick) == (1, 2, 2)
    assert harness.log.receipts >= 1
    assert harness.log.kills == {"client": 2, "sender": 3, "gateway": 3}


@pytest.mark.slow
def test_a_stick_that_counts_as_delivered_is_caught(tmp_path: Path) -> None:
    harness = LineHarness(tmp_path, bug="stick-counts")
    try:
        harness.round(kill=("gateway", "sender"), intents=8)  # at once: something still waits
        harness.carry(lost=True)
        assert harness.verdict() != []
    finally:
        harness.close()


@pytest.mark.slow
@pytest.mark.parametrize("bug", ["page-not-sent", "gateway-not-synced"])
def test_a_bug_planted_on_the_line_is_caught(tmp_path: Path, bug: str) -> None:
    shim = build_shim(tmp_path)
    if shim is None:
        pytest.skip("no C compiler here: the gateway's power cuts cannot be simulated")
    harness = LineHarness(tmp_path / "hall", bug=bug, shim=shim)
    try:
        for _ in range(2):
            harness.round(kill=("gateway",), intents=4, cut=True, after_s=1.0)
        assert harness.verdict() != []
    finally:
        harness.close()
