"""The first moments of the program, in real processes: which version runs, what counts against it, what is passed on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import platformdirs
import pytest

from clerk_app.domain.versions import Outcome, Versions, chosen, made_ready
from clerk_app.launching.folder import ProgramFolder, data_folder_of, program_folder
from tests.sync.updates.payload import make_tree

INSTALLED = """
import sys
from clerk_app.launching.start import start
code = start(sys.argv[1:])
heavy = {"PySide6", "numpy", "sqlalchemy", "tuf", "platformdirs", "cryptography"} & {name.partition(".")[0] for name in sys.modules}
assert not heavy, heavy
if code is None:
    print("installed")
sys.exit(code or 0)
"""


class Pc:
    def __init__(self, folder: Path) -> None:
        self.data = folder / "window"
        self.folder: ProgramFolder = program_folder(self.data, {})

    def put(self, version: str, **plan: object) -> None:
        make_tree(self.folder.tree(version), version, ballast=100, **plan)
        self.folder.list_of(version).write_bytes(b"whole")

    def on_trial(self, version: str, **plan: object) -> None:
        self.put(version, **plan)
        self.folder.change(lambda state: chosen(made_ready(state, version)))

    def words(self, *words: str) -> list[str]:
        return [sys.executable, "-c", INSTALLED, *words, "--data", str(self.data)]

    def run(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            self.words(*words), capture_output=True, text=True, timeout=60, env=clean(), cwd=Path.cwd(), check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout.strip()

    def starts(self) -> list[str]:
        log = self.data.parent / "starts.log"
        return log.read_text().split() if log.exists() else []


def clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CLERK_APP")}


@pytest.fixture
def pc(tmp_path: Path) -> Pc:
    return Pc(tmp_path)


def test_without_a_program_folder_the_installed_program_goes_on_and_nothing_is_written(pc: Pc) -> None:
    assert pc.run("window") == (0, "installed")
    assert not pc.folder.path.exists()


def test_a_new_version_that_dies_twice_is_taken_back_within_one_double_click(pc: Pc) -> None:
    pc.on_trial("0.2.0", window="crash")
    assert pc.run("window") == (0, "installed")
    assert pc.starts() == ["0.2.0", "0.2.0"]
    state = pc.folder.read()
    assert (state.trial, state.outcome, state.failed) == ("", Outcome.ROLLED_BACK, ("0.2.0",))
    assert pc.run("window") == (0, "installed")
    assert pc.starts() == ["0.2.0", "0.2.0"], "not tried again by itself"


def test_a_bug_at_the_start_counts_like_a_crash(pc: Pc) -> None:
    pc.on_trial("0.2.0", window="bug")
    assert pc.run() == (0, "installed")
    assert len(pc.starts()) == 2


def test_closing_it_without_signing_in_is_nothing_against_it(pc: Pc) -> None:
    pc.on_trial("0.2.0", window="close")
    for _ in range(3):
        assert pc.run("window") == (0, "")
    assert pc.folder.read().trial == "0.2.0"
    assert pc.folder.read().starts == 0


def test_another_command_runs_the_same_version_and_counts_for_nothing(pc: Pc) -> None:
    pc.on_trial("0.2.0", window="crash")
    for _ in range(3):
        pc.run("doctor-that-is-none")
    assert pc.folder.read().starts == 0
    assert pc.run("gateway", "serve") == (0, "installed")
    assert pc.run("update", "rollback") == (0, "installed"), "going back works without the new version"


def test_after_a_crash_of_both_the_count_goes_on(pc: Pc) -> None:
    """Launcher and version both killed, as by a power cut: the start is counted before it begins."""
    pc.on_trial("0.2.0", window="hang")
    for count in (1, 2):
        process = subprocess.Popen(pc.words("window"), env=clean(), start_new_session=True)
        _until((pc.data.parent / "hanging").exists)
        (pc.data.parent / "hanging").unlink()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert pc.folder.read().starts == count
    assert pc.run("window") == (0, "installed")


def test_being_told_to_stop_is_passed_on_and_is_no_bad_start(pc: Pc) -> None:
    pc.on_trial("0.2.0", window="hang")
    process = subprocess.Popen(pc.words("window"), env=clean())
    _until((pc.data.parent / "hanging").exists)
    process.terminate()
    assert process.wait(30) == 143
    assert pc.folder.read().starts == 0
    assert pc.starts() == ["0.2.0"]


def test_a_version_that_the_system_cannot_start_is_taken_back_at_once(pc: Pc) -> None:
    pc.on_trial("0.2.0")
    pc.folder.program("0.2.0").write_bytes(b"\x7fELF for another machine")
    assert pc.run("window") == (0, "installed")
    assert pc.folder.read().failed == ("0.2.0",)


def test_a_proven_version_takes_the_process_over_and_a_lost_one_is_replaced_by_the_one_before(pc: Pc) -> None:
    pc.put("0.2.0", window="close")
    pc.put("0.3.0", window="close")
    pc.folder.change(lambda _state: Versions(active="0.3.0", previous="0.2.0"))
    assert pc.run("window") == (0, "")
    pc.folder.program("0.3.0").unlink()
    assert pc.run("window") == (0, "")
    assert pc.starts() == ["0.3.0", "0.2.0"]


def test_a_version_without_its_list_is_not_whole(pc: Pc) -> None:
    pc.on_trial("0.2.0", window="close")
    pc.folder.list_of("0.2.0").unlink()
    assert pc.run("window") == (0, "installed")


@pytest.mark.parametrize("told", [b"", b"{", b"[]", b'{"active": "../../bin", "trial": 7, "starts": -1}', b"\xff" * 9])
def test_a_spoiled_state_file_means_the_installed_program(pc: Pc, told: bytes) -> None:
    pc.on_trial("0.2.0", window="crash")
    (pc.folder.path / "versions.json").write_bytes(told)
    assert pc.folder.read() == Versions()
    assert pc.run("window") == (0, "installed")


def test_the_state_survives_what_it_says(pc: Pc) -> None:
    wanted = Versions("0.3.0", "0.2.0", "0.5.0", "0.4.0", 1, ("0.1.9",), Outcome.TAKEN_BACK, "0.1.9")
    pc.folder.change(lambda _state: wanted)
    assert pc.folder.read() == wanted
    assert json.loads((pc.folder.path / "versions.json").read_bytes())["trial"] == "0.4.0"


def test_the_data_folder_is_found_as_the_parser_finds_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert data_folder_of(["window", "--data", "a"]) == Path("a")
    assert data_folder_of(["--data=b", "--json"]) == Path("b")
    assert data_folder_of([]) == Path(platformdirs.user_data_dir("clerk-app", appauthor=False))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_folder_of(["window"]) == Path(platformdirs.user_data_dir("clerk-app", appauthor=False))


def _until(holds, timeout_s: float = 30) -> None:
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
