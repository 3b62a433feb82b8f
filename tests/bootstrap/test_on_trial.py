"""Which sign-ins speak against a version on trial: those that may be its own fault, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from clerk_app import __version__
from clerk_app.bootstrap import window
from clerk_app.bootstrap.house import house
from clerk_app.bootstrap.programs import Programs
from clerk_app.domain.hall import Role
from clerk_app.domain.versions import Versions
from clerk_app.errors import Bug, DiskProblem, KeyProblem, Refused, StorageProblem
from clerk_app.launching.folder import program_folder
from clerk_app.launching.start import LAUNCHED_VARIABLE
from clerk_app.settings import Settings
from local_db import engine, upgrade
from local_db.disk_words import disk_problem
from local_db.faults import damaged, in_words
from local_db.schema import VERSION
from tests.bootstrap.folder import PIN, found


class Driver(Exception):
    """As the driver raises them."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.sqlite_errorname = name


class Idle:
    """Line and spooler, of which a sign-in that fails never hears."""

    def stop(self) -> None: ...


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    data = found(tmp_path / "d", ("wangmin", Role.CLERK))
    monkeypatch.setenv(LAUNCHED_VARIABLE, __version__)
    Programs(program_folder(data)).change(lambda _state: Versions(trial=__version__, starts=1))
    return window._Counter(house(Settings(data)), None, Idle(), Idle())  # type: ignore[arg-type]


def starts(counter: Any) -> int:
    return Programs(program_folder(counter._home.data)).read().starts


@pytest.mark.parametrize(
    "error",
    [
        KeyProblem("PIN 不对。"),
        Refused("这个账号已停用。"),
        disk_problem(OSError(28, "no room")),
        disk_problem(OSError(30, "read-only")),
        *(
            in_words(Driver(name))
            for name in (
                "SQLITE_FULL",
                "SQLITE_BUSY",
                "SQLITE_LOCKED",
                "SQLITE_IOERR_WRITE",
                "SQLITE_CANTOPEN",
                "SQLITE_READONLY",
                "SQLITE_NOMEM",
            )
        ),
    ],
)
def test_what_the_version_before_would_meet_too_does_not_count(
    counter: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(window, "sign_in", fail)
    for _ in range(3):
        with pytest.raises(type(error)):
            counter.sign_in("wangmin", PIN)
    assert starts(counter) == 1
    assert isinstance(error, KeyProblem | Refused | DiskProblem)


@pytest.mark.parametrize(
    "error",
    [Bug("x"), ValueError("x"), damaged(), StorageProblem("没有数据库文件。"), in_words(Driver("SQLITE_CORRUPT"))],
)
def test_what_may_be_its_own_fault_counts(counter: Any, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(window, "sign_in", fail)
    with pytest.raises(type(error)):
        counter.sign_in("wangmin", PIN)
    assert starts(counter) == 2


def test_a_migration_that_meets_its_own_rule_counts(counter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows alike where the new version wants one: to the clerk that is no 已经存过了."""

    def fail(_connection: object) -> None:
        raise IntegrityError("", {}, Driver("SQLITE_CONSTRAINT_UNIQUE"))

    monkeypatch.setattr(upgrade, "upgrade", fail)
    monkeypatch.setattr(engine, "VERSION", VERSION + 1)
    with pytest.raises(Bug, match="没有升级成"):
        counter.sign_in("wangmin", PIN)
    assert starts(counter) == 2
