"""Processes of the program without paying for its imports each time: one parent has loaded it, each command is a fork of it.

Every command still runs in a process of its own, with its own files, environment and exit code, through ``clerk_app.cli.main``;
so does a module of the tests, through its ``main``. Tests that look at start-up itself start the interpreter anew (``Hall.command``).
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

from clerk_app.catalogue.loader import load_catalogue
from clerk_app.crypto.vault import FileVault

TIMEOUT_S = 120


def run(
    arguments: list[str],
    stdin: bytes,
    environment: dict[str, str],
    *,
    module: str = "clerk_app.cli",
    cheap: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """``module.main(arguments)`` in a process of its own; raises subprocess.TimeoutExpired. ``cheap``: a PIN that it sets costs
    little to stretch, now and later."""
    wanted = {"arguments": arguments, "environment": environment, "module": module, "cheap": cheap}
    with _LOCK:
        return _parent().run(wanted, stdin)


LOADED = (
    "local_db.unit_of_work",
    "printing.paper",
    "pypinyin",
    "pypinyin.core",
    "sqlalchemy.dialects.sqlite",
    "sync.courier",
    "sync.http_centre",
)
"""What commands import only when they come to it."""
_LOCK = threading.Lock()
_PARENTS: dict[int, _Parent] = {}


def _parent() -> _Parent:
    """One for each test process."""
    found = _PARENTS.get(os.getpid())
    if found is None or found.process.poll() is not None:
        found = _PARENTS[os.getpid()] = _Parent()
    return found


class _Parent:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def run(self, wanted: dict[str, Any], stdin: bytes) -> subprocess.CompletedProcess[bytes]:
        with tempfile.TemporaryDirectory(prefix="clerk-command-") as folder:
            given, out, err = (Path(folder) / name for name in ("in", "out", "err"))
            given.write_bytes(stdin)
            wanted = {**wanted, "folder": folder, "at": str(Path.cwd())}
            watch = threading.Timer(TIMEOUT_S, self.process.kill)
            watch.start()
            try:
                _pipe(self.process.stdin).write(json.dumps(wanted).encode() + b"\n")
                _pipe(self.process.stdin).flush()
                answer = _pipe(self.process.stdout).readline()
            finally:
                watch.cancel()
            if not answer:
                raise subprocess.TimeoutExpired(wanted["arguments"], TIMEOUT_S)
            code = int(json.loads(answer)["code"])
            return subprocess.CompletedProcess(wanted["arguments"], code, out.read_bytes(), err.read_bytes())


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def main() -> None:
    """The parent: load the program, then fork for each line on standard input."""
    from clerk_app.commands import COMMANDS, module

    for name in COMMANDS:
        module(name)
    for name in LOADED:
        importlib.import_module(name)
    load_catalogue()  # read once: each child finds the program's own files in the loader's memory
    gc.collect()
    gc.freeze()
    for line in sys.stdin.buffer:
        wanted = json.loads(line)
        importlib.import_module(wanted["module"])
        child = os.fork()
        if not child:
            _be(wanted)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"code": os.waitstatus_to_exitcode(status)}) + "\n")
        sys.stdout.flush()


def _be(wanted: dict[str, Any]) -> None:
    """The child: files and environment of its own, then the command line as any other; never returns."""
    code = 70
    try:
        if wanted["cheap"]:
            cost = {"time": 1, "memory_kib": 64, "lanes": 1}
            FileVault.__init__.__kwdefaults__["cost"] = cost  # type: ignore[index]
        folder = Path(wanted["folder"])
        for number, name, flags in (
            (0, "in", os.O_RDONLY),
            (1, "out", os.O_WRONLY | os.O_CREAT),
            (2, "err", os.O_WRONLY | os.O_CREAT),
        ):
            os.dup2(os.open(folder / name, flags, 0o600), number)
        os.environ.clear()
        os.environ.update(wanted["environment"])
        os.chdir(wanted["at"])
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - lives as long as the process
        sys.argv = ["clerk-app", *wanted["arguments"]]
        code = importlib.import_module(wanted["module"]).main(wanted["arguments"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
