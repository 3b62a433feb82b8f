"""What the program of a test payload does: the real command line under its version, and a window that plays its plan."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

PIN = "246810"


def run(program: str) -> int:
    """The exit code. ``program``: the path of the tree's executable."""
    tree = Path(program).resolve().parent
    version, plan = (tree / "VERSION").read_text(), json.loads((tree / "plan.json").read_text())
    words = sys.argv[1:]
    if words == ["--version"]:  # as the real program answers, without its imports
        print(f"clerk-app {plan.get('says', version)}")
        return int(plan.get("version_code", 0))
    import clerk_app

    clerk_app.__version__ = version
    if "schema" in plan:
        _newer_schema(int(plan["schema"]), fails=bool(plan.get("migration_fails")))
    if not words or words[0] in {"window", "--data"}:
        return _window(plan, Path(words[words.index("--data") + 1]), version)
    from clerk_app.cli import main

    return main(words)


def _window(plan: dict[str, object], data: Path, version: str) -> int:
    (data.parent / "starts.log").open("a").write(f"{version}\n")
    match plan.get("window", "sign_in"):
        case "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        case "bug":
            return 70
        case "close":
            return 0
        case "hang":
            (data.parent / "hanging").write_text(str(os.getpid()))
            signal.sigwait({signal.SIGTERM})
            return 143
    return _sign_in(plan, data)


def _sign_in(plan: dict[str, object], data: Path) -> int:
    """The window's services without its pixels: sign in, let the housekeeper look the database over, perhaps take something."""
    import clerk_app.bootstrap.housekeeper
    from clerk_app.bootstrap.front import JobThreads
    from clerk_app.bootstrap.window import services_for
    from clerk_app.domain.draft import Draft
    from clerk_app.launching.folder import program_folder
    from clerk_app.settings import Settings

    if plan.get("window") == "crash_after_sign_in":
        setattr(clerk_app.bootstrap.housekeeper, "this_version_works", lambda _data: None)  # noqa: B010 - it dies before that
    with JobThreads() as threads, services_for(Settings(data, camera=str(data / "none")), threads) as services:
        try:
            desk = services.sign_in("wangmin", PIN)
        except Exception:  # noqa: BLE001 - as the window: the clerk reads that it did not work, and closes it in an orderly way
            return 0
        if plan.get("take"):
            with desk.store.begin() as uow:
                uow.drafts.open(Draft("taken-since", "wangmin", 5, 6, {"applicant.name": "冉样例"}))
                uow.commit()
        if plan.get("window") == "crash_after_sign_in":
            os.kill(os.getpid(), signal.SIGKILL)
        end = time.monotonic() + 60
        while program_folder(data).read().trial and time.monotonic() < end:
            time.sleep(0.02)
    return 0


def _newer_schema(version: int, *, fails: bool) -> None:
    """A database of a version that does not exist yet: one more column, and the number."""
    from sqlalchemy import Connection

    import local_db.engine
    import local_db.upgrade

    def upgrade(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE draft ADD COLUMN colour TEXT NOT NULL DEFAULT ''")
        if fails:
            connection.exec_driver_sql("INSERT INTO draft (colour) VALUES (NULL)")
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")

    setattr(local_db.engine, "VERSION", version)  # noqa: B010 - a program that does not exist yet
    setattr(local_db.upgrade, "upgrade", upgrade)  # noqa: B010
