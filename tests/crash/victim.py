"""The process that dies: takes one intent a line, accepts it, and promises it once it is durable.

python -m tests.crash.victim FOLDER [--bug NAME] [--die POINT NTH] [--file-limit BYTES], first line of stdin: the key

It says what it promises on standard output, which the harness keeps: nothing of the promise log lies in the victim.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.journal import Happening
from clerk_app.domain.time import Stamp
from clerk_app.errors import AppError
from clerk_app.ports import UnitOfWork
from local_db import attachments, engine
from local_db.unit_of_work import SqlStore
from tests.contracts.test_store_contract import make_case, make_message

BUGS = (
    "promise-before-commit",
    "synchronous-normal",
    "no-unique-key",
    "page-after-commit",
    "journal-outside",
    "page-not-synced",
)
POINTS = ("before_commit", "after_commit", "after_page")


def page_of(intent: str) -> bytes:
    return f"{intent} 龚㛃䶮 ".encode() * 2000


def main() -> None:
    """Serve until killed or told nothing more."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bug", default="", choices=("", *BUGS))
    parser.add_argument("--die", nargs=2, default=("", "0"))
    parser.add_argument("--file-limit", type=int, default=0)
    args = parser.parse_args()
    victim = Victim(args.folder, bytes.fromhex(sys.stdin.readline()), args.bug, args.die[0], int(args.die[1]))
    if args.file_limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (args.file_limit, args.file_limit))
    for line in sys.stdin:
        victim.serve(line.strip())


class Victim:
    """One clerk's machine with at most one bug planted in it."""

    def __init__(self, folder: Path, key: bytes, bug: str, point: str, nth: int) -> None:
        self.bug, self._point, self._left = bug, point, nth
        self._late: list[tuple[Path, bytes]] = []
        if bug == "synchronous-normal":
            _weaken_sync()
        if bug == "page-after-commit":
            setattr(attachments, "write_durably", lambda path, data: self._late.append((path, data)))  # noqa: B010
        if bug == "page-not-synced":
            setattr(attachments, "write_durably", _write_loosely)  # noqa: B010
        self.store = SqlStore(folder, key, InternationalSuite(os.urandom))

    def serve(self, intent: str) -> None:
        """Promise, or say why not; the harness asks again after a failure or a death."""
        case_id = f"{random.SystemRandom().getrandbits(64):016x}" if self.bug == "no-unique-key" else intent
        try:
            self._accept(intent, case_id)
        except AppError as error:
            self._say(f"failed {intent} {type(error).__name__}")
            return
        if self.bug != "promise-before-commit":
            self._promise(intent)

    def _accept(self, intent: str, case_id: str) -> None:
        with self.store.begin() as uow:
            if uow.cases.get(case_id) is not None:
                return
            uow.attachments.put(case_id, page_of(intent), "image/jpeg")
            self._may_die("after_page")
            uow.numbers.next("day")
            uow.cases.add(make_case(case_id, name=intent))
            uow.outbox.add(make_message("m" + case_id, case_id))
            if self.bug != "journal-outside":
                self._journal(uow, case_id)
            if self.bug == "promise-before-commit":
                self._promise(intent)
            self._may_die("before_commit")
            uow.commit()
        self._may_die("after_commit")
        for path, data in self._late:
            path.write_bytes(data)
        self._late.clear()
        if self.bug == "journal-outside":
            with self.store.begin() as uow:
                self._journal(uow, case_id)
                uow.commit()

    def _journal(self, uow: UnitOfWork, case_id: str) -> None:
        jumping = Stamp(random.SystemRandom().randrange(4_000_000_000_000))  # the clock goes both ways
        uow.journal.append(Happening(jumping, "wangmin", "case.accepted", case_id, 1))

    def _may_die(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def _promise(self, intent: str) -> None:
        self._say(f"promised {intent} {bytes_hash(page_of(intent))}")

    def _say(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def _weaken_sync() -> None:
    real = engine.connect

    def weak(*given: Any, **more: Any) -> Any:
        connection = real(*given, **more)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    setattr(engine, "connect", weak)  # noqa: B010


def _write_loosely(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(data)
    fresh.replace(path)


if __name__ == "__main__":
    main()
