"""kill -9 at named points of an update: the old program starts, all cases are there, and the update goes through the next time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clerk_app import __version__
from clerk_app.bootstrap.applying import apply
from clerk_app.bootstrap.house import house, open_store
from clerk_app.bootstrap.updates import Updates
from clerk_app.domain.hall import Role
from clerk_app.domain.versions import INSTALLED, to_start
from clerk_app.launching.folder import program_folder
from clerk_app.settings import Settings
from local_db.unit_of_work import SqlStore
from tests.bootstrap.folder import PIN, found
from tests.bootstrap.test_rescue import all_of, work
from tests.sync.updates.publisher import Publisher
from tests.sync.updates.test_trust import tree_hash
from tests.sync.updates.victim import POINTS


def opened(data: Path) -> SqlStore:
    home = house(Settings(data))
    return open_store(home, home.vault.unlock("wangmin", PIN))


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path, dict[str, int]]:
    """All victims in one go: the folder of their data, the bundle, the tree that was signed, and how each ended."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLERK_APP_PIN", PIN)
        from clerk_app.crypto.vault import FileVault

        patch.setitem(FileVault.__init__.__kwdefaults__ or {}, "cost", {"time": 1, "memory_kib": 64, "lanes": 1})
        folder = tmp_path_factory.mktemp("killed")
        data = found(folder / "data", ("wangmin", Role.CLERK))
        store = opened(data)
        work(store, 3)
        store.close()
        publisher = Publisher(folder / "publisher")
        tree = publisher.publish("0.2.0", ballast=300_000)
        Updates(data).trusted.trust(publisher.root.read_bytes())
        bundle = publisher.bundle()
        for point in POINTS:
            shutil.copytree(data, folder / point)
            shutil.copytree(program_folder(data).path, program_folder(folder / point).path)
        done = subprocess.run(
            [sys.executable, "-m", "tests.sync.updates.victim", str(bundle), str(folder), *POINTS],
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        ends = {line.rpartition(" ")[0]: int(line.rpartition(" ")[2]) for line in done.stdout.splitlines()}
    return folder, bundle, tree, ends


@pytest.mark.parametrize("point", POINTS)
def test_killed_there_nothing_is_lost_and_the_next_time_it_goes_through(
    killed: tuple[Path, Path, Path, dict[str, int]], point: str
) -> None:
    folder, bundle, tree, ends = killed
    assert ends[point] == -9, "it never got to this point"
    data, program = folder / point, program_folder(folder / point)
    state, runs = to_start(program.read(), __version__, program.present())
    assert (runs, state.trial) == (INSTALLED, ""), "the next start is the old program"
    store = opened(data)
    before = all_of(store)
    assert store.quick_check() == ()
    store.close()
    assert len(before["cases"]) == 3  # type: ignore[arg-type]
    assert apply(data, "", bundle).version == "0.2.0"
    state, runs = to_start(program.read(), __version__, program.present())
    assert runs == "0.2.0"
    assert tree_hash(program.tree("0.2.0")) == tree_hash(tree)
    assert {path.name for path in program.path.iterdir()} <= {
        "trust",
        "update.lock",
        "versions",
        "versions.json",
        "versions.lock",
    }, "nothing half-done is left lying about"
    store = opened(data)
    assert all_of(store) == before
    store.close()
