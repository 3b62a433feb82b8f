"""The harness in short: the real store keeps every promise under each attack, and every planted bug is caught.

``clerk-app bench crash`` runs the same in length. Without gcc the power cuts are skipped, without strace the failing fsyncs:
both are listed in the report of the run.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.crash.harness import Harness, build_shim
from tests.crash.victim import POINTS

CODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
CUT = {"synchronous-normal", "page-not-synced"}


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = build_shim(tmp_path_factory.mktemp("shim"))
    if built is None:
        pytest.skip("no C compiler here: power cuts cannot be simulated")
    return built


@pytest.mark.slow
def test_kills_at_named_and_random_points(tmp_path: Path) -> None:
    harness = Harness(tmp_path)
    for point in POINTS:
        harness.kill_at(point, nth=3)
    for intents in (1, 4, 9):
        harness.kill_somewhen(intents)
    harness.two_at_once(10)
    clear = [text.encode(coding) for text in ("龚㛃䶮", "养老待遇申领", "500199195803142127") for coding in CODINGS]
    left = [path for path in harness.data.rglob("*") if path.is_file()]
    assert any(path.name.endswith("-wal") for path in left), "the crash left its log, which is looked at too"
    assert not [path.name for path in left if any(text in path.read_bytes() for text in clear)]
    assert harness.log.deaths == len(POINTS) + 4
    assert len(harness.log.promised) >= 20
    assert harness.verdict() == []


@pytest.mark.slow
def test_power_cuts(tmp_path: Path, shim: Path) -> None:
    harness = Harness(tmp_path, shim=shim)
    for intents in (1, 7, 15):
        harness.power_cut(intents)
    assert len(harness.log.promised) >= 23
    assert harness.verdict() == []


@pytest.mark.slow
def test_a_full_disk(tmp_path: Path) -> None:
    harness = Harness(tmp_path)
    harness.kill_somewhen(3)
    harness.disk_full((harness.data / "clerk.db").stat().st_size + 150_000)
    assert harness.log.failed > 0
    assert harness.verdict() == []
    before = len(harness.log.promised)
    harness.kill_somewhen(3)  # with room again it goes on
    assert len(harness.log.promised) >= before + 3
    assert harness.verdict() == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace here: fsync errors cannot be injected")
def test_failing_fsyncs(tmp_path: Path) -> None:
    harness = Harness(tmp_path)
    for nth in (1, 6, 15):
        harness.fsync_fails(nth)
    assert harness.log.failed > 0
    assert harness.verdict() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bug", "point"),
    [
        ("promise-before-commit", "before_commit"),
        ("no-unique-key", "after_commit"),
        ("page-after-commit", "after_commit"),
        ("journal-outside", "after_commit"),
    ],
)
def test_a_planted_bug_is_caught_by_a_kill(tmp_path: Path, bug: str, point: str) -> None:
    harness = Harness(tmp_path, bug=bug)
    harness.kill_at(point, nth=2)
    harness.kill_somewhen(2)  # the clerk asks again what got no answer
    assert harness.verdict() != []


@pytest.mark.slow
@pytest.mark.parametrize("bug", sorted(CUT))
def test_a_planted_bug_is_caught_by_a_power_cut(tmp_path: Path, shim: Path, bug: str) -> None:
    harness = Harness(tmp_path, bug=bug, shim=shim)
    harness.power_cut(5)
    assert harness.verdict() != []
