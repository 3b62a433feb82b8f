"""Updates as a hall lives through them: real gateway, real commands, real launcher, versions that are programs of their own."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from clerk_app.bootstrap.house import note_hall
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.domain.versions import Outcome, Versions
from clerk_app.launching.folder import program_folder
from local_db.schema import VERSION as SCHEMA
from local_db.single_instance import WindowLock
from tests.e2e.conftest import PIN, Hall, environment
from tests.sync.updates.publisher import Publisher


class Updating:
    """A hall with a publisher. ``window``: one double click, through the launcher, until the window is closed."""

    def __init__(self, hall: Hall, publisher: Publisher) -> None:
        self.hall, self.publisher = hall, publisher
        self.folder = program_folder(hall.data, {})
        hall.run("update", "trust", str(publisher.root), *hall.at())

    def release(self, version: str, **plan: object) -> None:
        """Published, and handed to the gateway."""
        self.publisher.publish(version, **plan)  # type: ignore[arg-type]
        words = ("--data", str(self.hall.gateway_data), "--json")
        told = self.hall.run("gateway", "release", str(self.publisher.bundle()), *words)[0]["releases"]
        assert told[-1].endswith(version)

    def apply(self, *more: str, code: int = 0) -> dict[str, object]:
        return dict(self.hall.run("update", "apply", *more, *self.hall.at(), code=code)[-1])

    def check(self) -> dict[str, object]:
        return dict(self.hall.run("update", "check", *self.hall.at())[0])

    def window(self) -> subprocess.CompletedProcess[bytes]:
        clean = {name: value for name, value in environment(PIN).items() if not name.startswith("CLERK_APP_L")}
        words = ("window", "--data", str(self.hall.data), "--quit-at-once")
        return subprocess.run(self.hall.command(*words), capture_output=True, timeout=180, env=clean, check=False)

    def launched(self, *words: str) -> list[dict[str, object]]:
        """A command through the launcher, so by the version in use."""
        done = subprocess.run(
            self.hall.command(*words, *self.hall.at()),
            capture_output=True,
            timeout=120,
            env=environment(PIN),
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]

    def take(self, count: int = 1) -> list[str]:
        words = ("case", "template", "any", "--sample", str(count), "--seed", "3", *self.hall.at())
        taken = self.hall.run("case", "accept", "-", *self.hall.at(), stdin=self.hall.raw(*words).stdout)
        assert len(taken) == count
        return [each["local_number"] for each in taken]

    def numbers(self) -> list[object]:
        return [row["local_number"] for row in self.launched("case", "list")]

    def starts(self) -> list[str]:
        log = self.hall.data.parent / "starts.log"
        return log.read_text().split() if log.exists() else []

    @property
    def state(self) -> Versions:
        return self.folder.read()


@pytest.fixture
def updating(hall: Hall, tmp_path: Path) -> Updating:
    return Updating(hall, Publisher(tmp_path / "publisher"))


def test_forward_with_waiting_cases_inside(updating: Updating) -> None:
    """Through the gateway, with a newer database; the same cases are there, and the old program is kept."""
    hall = updating.hall
    taken = updating.take(2)
    updating.release("0.2.0", schema=SCHEMA + 1, notes="新的受理单")
    found = updating.check()
    assert (found["running"], found["offered"], found["notes"], found["ready"]) == (
        "0.1.0",
        "0.2.0",
        "新的受理单",
        None,
    )
    copies = set((hall.data / "copies").glob("*.db"))
    assert updating.apply()["applied"] == "0.2.0"
    assert set((hall.data / "copies").glob("*.db")) - copies, "a copy of the data came first"
    assert updating.state.trial == "0.2.0"
    assert updating.window().returncode == 0
    assert (updating.state.active, updating.state.outcome) == ("0.2.0", Outcome.PROVEN)
    assert sorted(map(str, updating.numbers())) == sorted(taken)
    assert updating.starts() == ["0.2.0"]
    old = hall.raw("case", "list", *hall.at())  # the installed program, past the launcher
    assert old.returncode == 4
    assert "升级程序" in old.stderr.decode()


def test_a_new_version_that_crashes_at_the_start_is_gone_after_one_double_click(updating: Updating) -> None:
    taken = updating.take()
    updating.release("0.2.0", window="crash")
    updating.apply()
    assert updating.window().returncode == 0, "the installed window came up"
    assert updating.starts() == ["0.2.0", "0.2.0"]
    assert (updating.state.active, updating.state.failed) == ("", ("0.2.0",))
    assert updating.numbers() == taken
    assert updating.check()["offered"] is None, "what failed here is not offered again by itself"
    updating.release("0.3.0")
    assert updating.apply()["applied"] == "0.3.0"
    updating.window()
    assert updating.state.active == "0.3.0"


def test_it_crashes_after_it_changed_the_database_and_nothing_was_taken(updating: Updating) -> None:
    """Program and database go back together."""
    taken = updating.take()
    updating.publisher.publish("0.2.0", schema=SCHEMA + 1, window="crash_after_sign_in")
    updating.apply("--from", str(updating.publisher.bundle()))
    assert updating.window().returncode == 0
    assert updating.starts() == ["0.2.0", "0.2.0"]
    assert updating.numbers() == taken
    assert (updating.hall.data / f"clerk.newer-{SCHEMA + 1}.db").is_file()


def test_it_crashes_and_something_was_taken_nothing_of_it_is_lost(updating: Updating, tmp_path: Path) -> None:
    """The old program refuses the newer database in clear words; its cases come out by salvage, or forward with the mended version."""
    hall = updating.hall
    taken = updating.take()
    updating.publisher.publish("0.2.0", schema=SCHEMA + 1, window="crash_after_sign_in", take=True)
    updating.apply("--from", str(updating.publisher.bundle()))
    updating.window()
    assert updating.state.outcome is Outcome.ROLLED_BACK
    refused = hall.raw("case", "list", *hall.at())
    assert refused.returncode == 4
    assert "新版本已经收过件" in refused.stderr.decode()
    assert "一件没丢" in refused.stderr.decode()
    rescued = hall.run("salvage", str(hall.data), "--data", str(tmp_path / "rescued"), "--json")[0]
    assert (rescued["cases"], rescued["drafts"], rescued["lost_cases"]) == (1, 1, [])
    updating.publisher.publish("0.3.0", schema=SCHEMA + 1)
    assert updating.apply("--from", str(updating.publisher.bundle()))["applied"] == "0.3.0"
    assert updating.window().returncode == 0
    assert updating.state.active == "0.3.0"
    assert updating.numbers() == taken


def test_it_comes_up_but_cannot_bring_the_database_forward(updating: Updating) -> None:
    """Closing the window in an orderly way does not hide that nobody could sign in: twice, and the version from before runs again."""
    taken = updating.take()
    updating.publisher.publish("0.2.0", schema=SCHEMA + 1, migration_fails=True)
    updating.apply("--from", str(updating.publisher.bundle()))
    for _ in range(3):
        assert updating.window().returncode == 0
    assert updating.starts() == ["0.2.0", "0.2.0"]
    assert (updating.state.running, updating.state.failed) == ("", ("0.2.0",))
    assert updating.numbers() == taken


def test_by_stick_without_any_line_and_back_by_hand(updating: Updating) -> None:
    note_hall(updating.hall.data, replace(noted_hall(updating.hall.data), gateway="http://127.0.0.1:9"))
    assert updating.hall.raw("update", "check", *updating.hall.at()).returncode == 4, "no line, in words"
    updating.publisher.publish("0.2.0")
    assert updating.apply("--from", str(updating.publisher.bundle()))["applied"] == "0.2.0"
    assert updating.window().returncode == 0
    updating.publisher.publish("0.3.0")
    small = updating.publisher.bundle(since="0.2.0")
    assert updating.apply("--from", str(small))["applied"] == "0.3.0"
    updating.window()
    assert updating.state.active == "0.3.0"
    back = updating.hall.run("update", "rollback", *updating.hall.at())[0]
    assert (back["next"], back["outcome"]) == ("0.2.0", "taken_back")
    updating.window()
    assert updating.starts() == ["0.2.0", "0.3.0", "0.2.0"]


def test_a_hall_is_held_at_a_version_by_its_gateway(updating: Updating) -> None:
    hall, there = updating.hall, ("--data", str(updating.hall.gateway_data), "--json")
    updating.release("0.2.0")
    hall.run("gateway", "pin", "0.1.5", "--hall", "500199", *there)
    hall.run("gateway", "pin", "0.1.2", "--hall", "500238", *there)
    hall.run("sync", "--clerk", "wangmin", *hall.at())
    told = updating.check()
    assert (told["pinned"], told["offered"]) == ("0.1.5", None)
    assert updating.apply()["applied"] is None
    hall.run("gateway", "pin", "none", "--hall", "500199", *there)
    hall.run("sync", "--clerk", "wangmin", *hall.at())
    assert updating.check()["offered"] == "0.2.0"
    hall.run("update", "set", "--pin", "0.1.9", *hall.at())
    assert updating.check()["offered"] is None
    assert hall.raw("gateway", "pin", "newest", *there).returncode == 3


def test_unasked_it_costs_nothing_and_cases_go_first(updating: Updating) -> None:
    hall = updating.hall
    updating.release("0.2.0")
    hall.run("update", "set", "--metered", "yes", *hall.at())
    refused = updating.apply("--unasked", code=3)
    assert "按流量计费" in str(refused["error"])
    hall.run("update", "set", "--metered", "no", *hall.at())
    updating.take()
    refused = updating.apply("--unasked", code=3)
    assert "先送办件" in str(refused["error"])
    assert not (updating.folder.path / "pieces").exists()
    hall.run("sync", "--clerk", "wangmin", *hall.at())
    assert updating.apply("--unasked")["applied"] == "0.2.0"


def test_not_while_the_window_is_open_and_not_over_a_version_on_trial(updating: Updating) -> None:
    hall = updating.hall
    updating.publisher.publish("0.2.0")
    bundle = str(updating.publisher.bundle())
    with WindowLock(hall.data):
        assert "已经开着" in str(updating.apply("--from", bundle, code=4)["error"])
    assert updating.state.ready == ""
    updating.apply("--from", bundle)
    updating.publisher.publish("0.3.0")
    refused = updating.apply("--from", str(updating.publisher.bundle()), code=3)
    assert "还没有确认能用" in str(refused["error"])
    assert updating.state.trial == "0.2.0"
