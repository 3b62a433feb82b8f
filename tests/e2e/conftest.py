"""One enrolled hall with a real gateway process, for tests that run the program as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import nursery

PIN = "246810"


@dataclass
class Hall:
    """A window folder and its gateway; ``run`` starts the program and waits."""

    data: Path
    gateway_data: Path
    port: int = 0
    gateway: subprocess.Popen[bytes] | None = None

    def run(self, *words: str, stdin: str | bytes = "", pin: str = PIN, code: int = 0) -> list[Any]:
        """Run a command; its JSON lines. Fails when the exit code is another one."""
        done = self.raw(*words, stdin=stdin, pin=pin)
        assert done.returncode == code, (words, done.returncode, done.stderr.decode())
        return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]

    def raw(self, *words: str, stdin: str | bytes = "", pin: str = PIN) -> subprocess.CompletedProcess[bytes]:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        return nursery.run(list(words), data, environment(pin))

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "clerk_app", *words]

    def at(self) -> tuple[str, ...]:
        return ("--data", str(self.data), "--json")

    def start_gateway(self) -> str:
        words = ("gateway", "serve", "--data", str(self.gateway_data), "--port", str(self.port), "--json")
        self.gateway = subprocess.Popen(self.command(*words), stdout=subprocess.PIPE, env=environment(PIN))
        assert self.gateway.stdout is not None
        said = json.loads(self.gateway.stdout.readline())
        self.port = said["port"]
        return str(said["url"])

    def stop_gateway(self, *, kill: bool = False) -> None:
        if self.gateway is not None:
            self.gateway.kill() if kill else self.gateway.terminate()
            self.gateway.wait(20)
            assert self.gateway.stdout is not None
            self.gateway.stdout.close()
            self.gateway = None

    def dump(self) -> list[Any]:
        return self.run("gateway", "dump", "--data", str(self.gateway_data), "--json")


def environment(pin: str) -> dict[str, str]:
    return {**os.environ, "CLERK_APP_PIN": pin, "QT_QPA_PLATFORM": "offscreen"}


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """Hall 500199, window 03, clerk wangmin; the gateway runs."""
    with hall_in(tmp_path) as made:
        yield made


@contextmanager
def hall_in(folder: Path) -> Iterator[Hall]:
    """The same in any folder."""
    made = Hall(folder / "window", folder / "gateway")
    try:
        url = made.start_gateway()
        token = made.run("gateway", "enrol", "500199", "03", "--data", str(made.gateway_data), "--json")[0]["token"]
        made.run("init", *made.at(), "--hall", "500199", "--window", "03", "--gateway", url, "--enrol", token)
        made.run("clerk", "add", "wangmin", "--role", "clerk", "--shown-as", "王敏", *made.at(), stdin=PIN + "\n")
        yield made
    finally:
        made.stop_gateway()
