"""A day at the real window with a camera, a printer and two crashes in it, then a search through everything that was written.

The short form (tests/e2e/test_leaks.py) goes by command and is in every run of the tests; this one takes minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from pypinyin import lazy_pinyin

from clerk_app.bootstrap.house import open_desk
from clerk_app.bootstrap.people import add_clerk
from clerk_app.domain.hall import Role
from tests.e2e.conftest import PIN, Hall, environment, hall_in
from tests.e2e.test_leaks import CODINGS, with_core_files_wanted
from tests.e2e.window_at_work import NAME, NUMBER
from tests.e2e.window_day import ADDRESS
from tests.printing.cups import SCHEDULER, scheduler_in

PAGE_FRAME = Path(__file__).parents[2] / "clerk_app" / "devices" / "sample_frames" / "page_payment_record.jpg"
Figures = dict[str, str | int | float]


def measure() -> Iterator[Figures]:
    """``found``: places where the person was found (0 is the goal); each is said. ``deaths``: how the window ended."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clerk-leaks-")))
        inside, outside = place / "inside", place / "outside"
        around = _surroundings(inside)
        if SCHEDULER.exists():
            (outside / "cups").mkdir(parents=True)
            cups = stack.enter_context(scheduler_in(outside / "cups"))
            cups.tray("window")
            cups.run("/usr/sbin/lpadmin", "-d", "window")
            around["CUPS_SERVER"] = cups.environment["CUPS_SERVER"]
        else:
            yield {"attack": "printing", "skipped": "no cupsd"}
            return
        camera = outside / "camera"
        camera.mkdir()
        shutil.copy(PAGE_FRAME, camera)
        hall = stack.enter_context(hall_in(inside))
        os.environ["CLERK_APP_PIN"] = PIN
        add_clerk(hall.data, "admin", "管理员", Role.ADMIN, PIN, by="wangmin")
        said, told = _day(hall, camera, around)
        held = {str(path.relative_to(inside)): path.read_bytes() for path in inside.rglob("*") if path.is_file()}
        held["what was said"] = said
        needles = _needles(hall, told)
        found = [(name, needle[:8].hex()) for name, data in held.items() for needle in needles if needle in data]
        for name, start in found:
            print(f"  {name}: {start}", flush=True)
        papers = list((outside / "cups" / "trays").rglob("*.pdf"))
        clear = [
            name for name, data in held.items() if data.startswith(b"SQLite format 3") and name.startswith("window")
        ]
        cores = [name for name in held if Path(name).name.startswith("core")]
        yield {
            "attack": "day at the window",
            "files": len(held),
            "bytes": sum(map(len, held.values())),
            "deaths": 2,
            "papers": len(papers),
            "needles": len(needles),
            "found": len(found),
            "clear_headers": len(clear),
            "core_files": len(cores),
            "goal_found": 0,
        }


def _surroundings(inside: Path) -> dict[str, str]:
    """Every place where a program might write without being told: all of it inside."""
    names = {"TMPDIR": "tmp", "HOME": "home", "XDG_CACHE_HOME": "cache", "XDG_CONFIG_HOME": "config",
             "XDG_DATA_HOME": "share", "XDG_RUNTIME_DIR": "run", "XDG_STATE_HOME": "state", "QT_LOGGING_TO_FILE": "qt"}  # fmt: skip
    made = {name: inside / folder for name, folder in names.items()}
    for path in made.values():
        path.mkdir(parents=True, mode=0o700)
    return {name: str(path) for name, path in made.items()}


def _day(hall: Hall, camera: Path, around: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    said, told = b"", dict[str, str]()
    cwd = hall.data.parent / "cwd"
    cwd.mkdir()
    path = {"PYTHONPATH": str(Path(__file__).parents[2])}
    for what, how in (("full", signal.SIGABRT), ("typing", signal.SIGKILL)):
        done = subprocess.run(
            [sys.executable, "-m", "tests.e2e.window_day", str(hall.data), str(camera), what],
            capture_output=True,
            timeout=900,
            env={**environment(PIN), **around, **path},
            cwd=cwd,
            check=False,
            preexec_fn=with_core_files_wanted,
        )
        if done.returncode != -how:
            raise RuntimeError(f"the window ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
        if what == "full":
            told = json.loads(done.stdout.splitlines()[-1])
        said += done.stderr
        at = (*hall.at(), "--clerk", "wangmin")
        said += hall.raw("sync", *at).stderr
        said += hall.raw("backup", str(hall.data.parent / f"{what}.bak"), *hall.at(), "--clerk", "admin").stderr
        said += hall.raw("backup", *hall.at(), "--clerk", "admin").stderr
        said += hall.raw("doctor", *at).stderr
    return said, told


def _needles(hall: Hall, told: dict[str, str]) -> list[bytes]:
    words = [NAME, NUMBER, NUMBER[6:], ADDRESS, "".join(lazy_pinyin(NAME)), " ".join(lazy_pinyin(NAME))]
    with open_desk(hall.data, "wangmin") as desk, desk.store.begin(reading=True) as uow:
        case = uow.cases.find(told["number"])
        if case is None:
            raise RuntimeError("the case that was promised is gone")
        page = uow.attachments.read(case.id, told["page"])
    pieces = [page[at : at + 48] for at in range(1_000, len(page) - 48, max(len(page) // 20, 1))]
    return [*(word.encode(coding) for word in words for coding in CODINGS), *pieces]
