"""Fuzzing in short; ``clerk-app bench fuzz`` runs the same for minutes (CLERK_APP_BENCH_SECONDS)."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from tests.local_db import fuzz


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "count"), [("database", 40), ("keys", 150), ("backup", 80), ("copy", 60)])
def test_damage_is_said_and_harms_and_tells_nothing(tmp_path: Path, kind: str, count: int) -> None:
    sound = fuzz.make_folder(tmp_path / "sound")
    found = [each for each in islice(fuzz.rounds(sound, tmp_path / "place", kind, 1), count) if each is not None]
    assert found == []
