"""The same work done by others on the same machine in the same run: PouchDB's replication for cases and pages, tus for pages.

They are installed from their registries into a folder of their own, never a dependency of the program; where that cannot be done,
the line says so. ``CLERK_APP_BENCH_PEERS`` names a folder to keep them in. Neither peer signs, encrypts or proves anything, and
neither waits for the disk before it answers: what is compared is what a user waits for.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks.sync import PAGE, PAGES, pages_rate
from tests.benchmarks.waiting import drained, fill
from tests.sync.hall import GatewayProcess, enrol

CASES, SIZE = 400, 3600
_NPM = ("express@4", "express-pouchdb@4.2.0", "pouchdb@9.0.0")
_PIP = ("tuspyserver==4.4.3", "tuspy==1.1.0", "uvicorn")
_HERE = Path(__file__).parent


def measure() -> Iterator[dict[str, str | int | float]]:
    """Cases a second and megabytes of pages a second, ours over theirs; the goal is three times as much."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        kept = Path(os.environ.get("CLERK_APP_BENCH_PEERS", "") or folder)
        ours_cases, ours_pages = _our_cases(folder / "ours"), pages_rate()
        if (node := _pouchdb(kept / "pouchdb")) is None:
            yield {"peer": "PouchDB", "installed": 0}
        else:
            with _served([*node, "server", _made(folder / "pouch-server")]) as url:
                cases = _asked([*node, "client", _made(folder / "pouch-cases"), str(CASES), str(SIZE), "0", url])
                yield _told("PouchDB", "cases_per_s", ours_cases, CASES / cases)
                pages = _asked([*node, "client", _made(folder / "pouch-pages"), str(PAGES), "100", str(PAGE), url])
                yield _told("PouchDB", "pages_mb_per_s", ours_pages, PAGES * PAGE / 1e6 / pages)
        if (python := _tus(kept / "tus")) is None:
            yield {"peer": "tus", "installed": 0}
        else:
            files = Path(_made(folder / "tus-files"))
            for n in range(PAGES):
                (files / f"page-{n:04d}").write_bytes(os.urandom(PAGE))
            with _served([*python, "server", _made(folder / "tus-server")]) as url:
                seconds = _asked([*python, "client", str(files), str(PAGES), url])
            yield _told("tus", "pages_mb_per_s", ours_pages, PAGES * PAGE / 1e6 / seconds)


def _told(peer: str, what: str, ours: float, theirs: float) -> dict[str, str | int | float]:
    return {"peer": peer, what: round(ours, 1), "theirs": round(theirs, 1), "ratio": round(ours / theirs, 2), "goal": 3}


def _our_cases(folder: Path) -> float:
    with GatewayProcess(folder / "gateway") as gateway:
        window = enrol(gateway.url, gateway.token())
        fill(folder / "window", window, CASES)
        return CASES / drained(folder / "window", window, gateway.url)["seconds"]


def _made(folder: Path) -> str:
    folder.mkdir(parents=True)
    return str(folder)


def _pouchdb(folder: Path) -> list[str] | None:
    """The command that runs pouchdb.js, with what it needs beside it; None where it cannot be installed."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules" / "express-pouchdb").is_dir():
        command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder), *_NPM]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
    shutil.copy(_HERE / "pouchdb.js", folder)
    return [node, str(folder / "pouchdb.js")]


def _tus(folder: Path) -> list[str] | None:
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True, check=False)
        command = [str(python), "-m", "pip", "install", "--quiet", *_PIP]
        if not python.exists() or subprocess.run(command, capture_output=True, check=False).returncode:
            return None
    return [str(python), str(_HERE / "tus_peer.py")]


@contextmanager
def _served(command: Sequence[str]) -> Iterator[str]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"
        finally:
            process.kill()


def _asked(command: Sequence[str]) -> float:
    """Seconds that the peer took."""
    done = subprocess.run(command, capture_output=True, check=True)
    return float(json.loads(done.stdout)["seconds"])
