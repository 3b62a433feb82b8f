"""One enrolled hall with a real gateway process, for tests that run the program as a user would."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from clerk_app.bootstrap.house import house, note_hall, open_store
from clerk_app.bootstrap.noted import noted_hall
from clerk_app.settings import Settings
from clerk_app.usecases import setup
from tests.e2e import nursery
from tests.nursery import Child
from tests.nursery import nursery as children
from tests.sync.hall import SERVING

PIN = "246810"
GATEWAY = ("clerk_app.commands.gateway", "clerk_app.bootstrap.gateway", "sync.gateway.serve", *SERVING)


@dataclass
class Hall:
    """A window folder and its gateway; ``run`` starts the program and waits. ``cheap``: PINs set by it cost little to stretch."""

    data: Path
    gateway_data: Path
    port: int = 0
    gateway: Child | None = None
    cheap: bool = False

    def run(self, *words: str, stdin: str | bytes = "", pin: str = PIN, code: int = 0) -> list[Any]:
        """Run a command; its JSON lines. Fails when the exit code is another one."""
        done = self.raw(*words, stdin=stdin, pin=pin)
        assert done.returncode == code, (words, done.returncode, done.stdout.decode(), done.stderr.decode())
        return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]

    def raw(self, *words: str, stdin: str | bytes = "", pin: str = PIN) -> subprocess.CompletedProcess[bytes]:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        return nursery.run(list(words), data, environment(pin), cheap=self.cheap)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "clerk_app", *words]

    def at(self) -> tuple[str, ...]:
        return ("--data", str(self.data), "--json")

    def start_gateway(self) -> str:
        """The real command, in a process forked of one that has loaded it."""
        words = ("gateway", "serve", "--data", str(self.gateway_data), "--port", str(self.port), "--json")
        self.gateway = children().start("clerk_app.cli", words, environment(PIN), loaded=GATEWAY)
        said = json.loads(self.gateway.stdout.readline())
        self.port = said["port"]
        return str(said["url"])

    def stop_gateway(self, *, kill: bool = False) -> None:
        if self.gateway is not None:
            self.gateway.kill() if kill else self.gateway.terminate()
            self.gateway.wait(20)
            self.gateway.end()
            self.gateway = None

    def dump(self) -> list[Any]:
        return self.run("gateway", "dump", "--data", str(self.gateway_data), "--json")


def environment(pin: str) -> dict[str, str]:
    return {**os.environ, "CLERK_APP_PIN": pin, "QT_QPA_PLATFORM": "offscreen"}


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """Hall 500199, window 03, clerk wangmin: set up once by the real commands, copied for each test; nothing runs there.

    The clerk's PIN is stretched cheaply, which its slot in the vault records: what stretching costs is tests/crypto's to prove.
    """
    with hall_in(tmp_path_factory.mktemp("founded"), cheap=True) as made:
        pass
    return made


@pytest.fixture
def offline(founded: Hall, tmp_path: Path) -> Hall:
    """A hall of the test's own whose gateway does not run."""
    return copied(founded, tmp_path)


@pytest.fixture
def hall(offline: Hall) -> Iterator[Hall]:
    """The same, and the gateway runs."""
    with at_work(offline):
        yield offline


def copied(hall: Hall, folder: Path) -> Hall:
    shutil.copytree(hall.data, folder / "window", symlinks=True)
    shutil.copytree(hall.gateway_data, folder / "gateway", symlinks=True)
    return Hall(folder / "window", folder / "gateway", cheap=True)


@contextmanager
def at_work(hall: Hall) -> Iterator[None]:
    """Its gateway runs, and its window knows where."""
    try:
        there = replace(noted_hall(hall.data), gateway=hall.start_gateway())
        note_hall(hall.data, there)
        home = house(Settings(hall.data))
        store = open_store(home, home.vault.unlock("wangmin", PIN))
        setup.move_gateway(store, there)
        store.close()
        yield
    finally:
        hall.stop_gateway()


@contextmanager
def hall_in(folder: Path, *, cheap: bool = False) -> Iterator[Hall]:
    """One set up anew in any folder, by the real commands; its gateway runs."""
    made = Hall(folder / "window", folder / "gateway", cheap=cheap)
    try:
        url = made.start_gateway()
        token = made.run("gateway", "enrol", "500199", "03", "--data", str(made.gateway_data), "--json")[0]["token"]
        made.run("init", *made.at(), "--hall", "500199", "--window", "03", "--gateway", url, "--enrol", token)
        made.run("clerk", "add", "wangmin", "--role", "clerk", "--shown-as", "王敏", *made.at(), stdin=PIN + "\n")
        yield made
    finally:
        made.stop_gateway()
