"""The crash harness: kills and power cuts against a victim, a promise log outside it, and a judge that compares contents.

A round asks the victim for intents until it dies, then looks; an intent that got no answer is asked again, as a clerk would.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from clerk_app.crypto.international import InternationalSuite
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.journal import first_break
from clerk_app.errors import AppError
from local_db.unit_of_work import SqlStore
from tests.contracts.test_store_contract import make_message
from tests.crash.victim import page_of
from tests.nursery import Child, nursery

ROOT = Path(__file__).parents[2]
SUITE = InternationalSuite(os.urandom)
Process = Child | subprocess.Popen[str]


@dataclass(slots=True)
class Log:
    """What was promised, kept outside of every victim. ``failed``: told that it did not work."""

    promised: dict[str, str] = field(default_factory=dict)
    failed: int = 0
    deaths: int = 0
    asked: int = 0


class Harness:
    """One data folder under attack. ``bug``: planted in every victim."""

    def __init__(self, folder: Path, *, bug: str = "", seed: int = 1, shim: Path | None = None) -> None:
        self.data, self.shadow, self.bug, self.shim = folder / "data", folder / "shadow", bug, shim
        self.key, self.log, self.chance = os.urandom(32), Log(), random.Random(seed)
        SqlStore(self.data, self.key, SUITE, create=True).close()
        self._open: str = ""

    # --- attacks

    def kill_at(self, point: str, nth: int = 1) -> None:
        """kill -9 at a named point, the nth time that it is passed."""
        self._run(200, "--die", point, str(nth))
        self._died()

    def kill_somewhen(self, intents: int) -> None:
        """kill -9 while it works, after so many answers."""
        self._run(intents, hard=True)
        self._died()

    def power_cut(self, intents: int) -> None:
        """After so many answers the power goes: what was not fsynced is gone."""
        if self.shim is None:
            raise ValueError("no shim")
        shutil.rmtree(self.shadow, ignore_errors=True)
        shutil.copytree(self.data, self.shadow)
        around = {"LD_PRELOAD": str(self.shim), "CUT_ROOT": str(self.data), "CUT_SHADOW": str(self.shadow)}
        self._run(intents, hard=True, around=around)
        shutil.rmtree(self.data)
        shutil.move(self.shadow, self.data)
        for stray in self.data.rglob("*.cut"):
            stray.unlink()
        self._died()

    def disk_full(self, limit: int) -> None:
        """No file may grow beyond so many bytes: SQLite and the pages meet it in the middle of things."""
        self._run(40, "--file-limit", str(limit))

    def fsync_fails(self, nth: int) -> None:
        """The nth and every later fsync answers EIO."""
        calls = "fsync,fdatasync"
        strace = [
            "strace",
            "-f",
            "--seccomp-bpf",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            f"trace={calls}",
            "-e",
            f"inject={calls}:error=EIO:when={nth}+",
        ]
        self._run(12, before=strace)

    def two_at_once(self, intents: int) -> None:
        """Two victims on one folder, asked in turn, both killed."""
        both = [self._start() for _ in range(2)]
        for n in range(intents):
            self._ask(both[n % 2], f"i{self.log.asked:06d}")
            self._open = ""
        for process in both:
            process.kill()
            process.communicate()
        self._died()

    # --- the judge

    def verdict(self) -> list[str]:
        """Everything that is wrong, by content: empty when every promise is kept and nothing is there in halves."""
        return list(self._faults())

    def _faults(self) -> Iterator[str]:
        try:
            store = SqlStore(self.data, self.key, SUITE)
        except AppError as error:
            yield f"does not open: {error.message}"
            return
        try:
            by_intent: dict[str, list[str]] = {}
            with store.begin(reading=True) as uow:
                cases = uow.cases.page(limit=1_000_000)
                for case in cases:
                    by_intent.setdefault(str(case.content["applicant"]["name"]), []).append(case.id)
                if first_break(uow.journal.entries()) is not None:
                    yield "the journal's chain is broken"
            for intent in self.log.promised:
                if intent not in by_intent:
                    yield f"{intent}: promised and gone"
            for intent, ids in by_intent.items():
                if len(ids) > 1:
                    yield f"{intent}: there {len(ids)} times"
                for case_id in ids:
                    yield from self._case_faults(store, intent, case_id)
            yield from store.quick_check()
        except AppError as error:
            yield f"does not read: {error.message}"
        finally:
            store.close()

    def _case_faults(self, store: SqlStore, intent: str, case_id: str) -> Iterator[str]:
        with store.begin(reading=True) as uow:
            messages = uow.outbox.of_case(case_id)
            if [message.body for message in messages] != [make_message("m" + case_id, case_id).body]:
                yield f"{intent}: not exactly its own message"
            if len(uow.journal.of_case(case_id)) != 1:
                yield f"{intent}: not exactly one journal entry"
            wanted = self.log.promised.get(intent, bytes_hash(page_of(intent)))
            try:
                if bytes_hash(uow.attachments.read(case_id, wanted)) != wanted:
                    yield f"{intent}: another page"
            except AppError as error:
                yield f"{intent}: {error.message}"

    # --- inside

    def _died(self) -> None:
        self.log.deaths += 1

    def _start(self, *more: str, around: dict[str, str] | None = None, before: list[str] | None = None) -> Process:
        module, told = "tests.crash.victim", [str(self.data), "--bug", self.bug, *more]
        process = (
            nursery(self.shim, quiet=True).start(module, told, around)
            if before is None
            else _under(before, module, told)
        )
        self._tell(process, self.key.hex())
        return process

    def _run(
        self,
        intents: int,
        *more: str,
        hard: bool = False,
        around: dict[str, str] | None = None,
        before: list[str] | None = None,
    ) -> None:
        process = self._start(*more, around=around, before=before)
        for _ in range(intents):
            if not self._ask(process, self._open or f"i{self.log.asked:06d}"):
                break
        if hard:
            self._open = f"i{self.log.asked:06d}"
            self.log.asked += 1
            self._tell(process, self._open)
            spin = self.chance.randrange(60_000)
            while spin:  # a delay without a clock: it dies at another place each time
                spin -= 1
            process.kill()
        rest, _ = process.communicate()
        for line in rest.splitlines():
            self._note(line)

    def _ask(self, process: Process, intent: str) -> bool:
        if intent != self._open:
            self.log.asked += 1
        self._open = intent
        self._tell(process, intent)
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            return False
        self._note(line)
        return True

    @staticmethod
    def _tell(process: Process, line: str) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # it died: the missing answer says so

    def _note(self, line: str) -> None:
        words = line.split()
        if len(words) == 3 and words[0] == "promised":
            self.log.promised[words[1]] = words[2]
            self._open = "" if self._open == words[1] else self._open
        elif words and words[0] == "failed":
            self.log.failed += 1


def _under(before: list[str], module: str, told: list[str]) -> subprocess.Popen[str]:
    """A victim that has to be started the long way, because something has to hold it from its first call."""
    return subprocess.Popen(
        [*before, sys.executable, "-m", module, *told],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def build_shim(folder: Path) -> Path | None:
    """The power-cut shim, built here and now; None where there is no compiler or no LD_PRELOAD."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    target = folder / "power_cut.so"
    source = Path(__file__).with_name("power_cut.c")
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(target), str(source), "-ldl", "-lpthread"]
    done = subprocess.run(command, capture_output=True, check=False)
    return target if done.returncode == 0 else None
