"""The short form of ``clerk-app bench chaos``: a fixed walk, one planted bug, and a town of hypothesis's own."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.chaos.machine import Chaos, scripted


def test_after_everything_all_books_agree(tmp_path: Path) -> None:
    assert scripted(tmp_path) == []


def test_success_on_time_out_is_caught(tmp_path: Path) -> None:
    assert scripted(tmp_path, "success-on-timeout") != []


def test_chaos() -> None:
    run_state_machine_as_test(
        Chaos,
        settings=settings(
            max_examples=1,
            stateful_step_count=6,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
