"""The town: two windows and a gateway as processes, a relay that loses answers between them, and the oracle.

What a window's process answers is a promise; the oracle writes it down at that moment, and never looks into a process for it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import random
import shutil
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.outbox import LEASE_MS
from clerk_app.errors import Refused
from sync.gateway import office
from sync.gateway.sticks import take_bundle
from tests.chaos.gateway_main import BUG as GATEWAY_BUG
from tests.nursery import Child, nursery
from tests.sync.gateway_main import open_here
from tests.sync.hall import SUITE, GatewayProcess, Proxy, Window, enrol

JUMPS_MS = (0, 3 * 3_600_000, -3 * 3_600_000, 400 * 86_400_000)
TURNS = 12


@dataclass(slots=True)
class Promise:
    """One case as its window promised it. ``receipt``: the first that was shown."""

    window: int
    content: str
    pages: list[str]
    receipt: str = ""


@dataclass(slots=True)
class Log:
    """What was done, for the figures."""

    operations: dict[str, int] = field(default_factory=dict)

    def note(self, what: str) -> None:
        self.operations[what] = self.operations.get(what, 0) + 1


class Gate(GatewayProcess):
    """The gateway, perhaps with its bug."""

    module = "tests.chaos.gateway_main"
    bug = ""

    def arguments(self) -> Sequence[str]:
        return str(self.data), str(self.port), self.bug


class Town:
    """``bug``: one planted bug. Everything ends with ``close``."""

    def __init__(self, folder: Path, *, bug: str = "", seed: int = 1) -> None:
        self.folder, self.bug, self.log, self.chance = folder, bug, Log(), random.Random(seed)
        self.gateway = Gate(folder / "gateway")
        self.gateway.bug = bug if bug == GATEWAY_BUG else ""
        self.gateway.start()
        self.proxy = Proxy(self.gateway.port)
        self.windows: list[Window] = []
        self.clerks = [SUITE.new_signing_pair() for _ in range(2)]
        for number in ("01", "02"):
            self.windows.append(enrol(self.gateway.url, self.gateway.token(window=number), window=number))
        self.processes: list[Child | None] = [None, None]
        self.shifts = [0, 0]
        self.promises: dict[str, Promise] = {}
        self.decided: set[str] = set()
        self.sticks: list[tuple[int, Path]] = []
        self.answers: list[tuple[int, Path]] = []
        self.restored = False
        self.faults: list[str] = []

    # --- processes

    def window(self, n: int) -> Child:
        process = self.processes[n]
        if process is None:
            window, (private, public) = self.windows[n], self.clerks[n]
            told = {
                "folder": str(self.folder / f"window-{n}"),
                "url": self.proxy.url,
                "window": f"0{n + 1}",
                "window_id": window.enrolled.window_id,
                "private": _text(window.private),
                "sealing": _text(window.enrolled.gateway_sealing_public),
                "signing": _text(window.enrolled.gateway_signing_public),
                "clerk_private": _text(private),
                "clerk_public": _text(public),
                "shift_ms": self.shifts[n],
                "bug": self.bug if self.bug != GATEWAY_BUG else "",
                "seed": n,
            }
            process = self.processes[n] = nursery().start("tests.chaos.window_main", [json.dumps(told)])
        return process

    def begin(self, n: int, *command: Any) -> None:
        process = self.window(n)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(command) + "\n")
            process.stdin.flush()

    def answer(self, n: int) -> dict[str, Any]:
        """What it said; nothing when it died before."""
        process = self.window(n)
        line = process.stdout.readline()
        return dict(json.loads(line)) if line.strip() else {}

    def ask(self, n: int, *command: Any) -> dict[str, Any]:
        self.log.note(str(command[0]))
        self.begin(n, *command)
        return self.answer(n)

    def kill_window(self, n: int) -> None:
        process = self.processes[n]
        if process is not None:
            self.log.note("kill window")
            process.kill()
            process.communicate()
            self.processes[n] = None

    # --- what can happen

    def accept(self, n: int, case_id: str, page: bytes) -> None:
        self._promise(n, case_id, page, self.ask(n, "accept", case_id, page.hex()))

    def _promise(self, n: int, case_id: str, page: bytes, answer: dict[str, Any]) -> None:
        if "hash" in answer:
            before = self.promises.get(case_id)
            pages = before.pages if before else ([bytes_hash(page)] if page else [])
            self.promises[case_id] = Promise(n, answer["hash"], pages, before.receipt if before else "")

    def push(self, n: int, *, lose: int = 0, kill: str = "", after_s: float = 0.0) -> None:
        """``lose`` answers; ``kill`` window or gateway at some moment of it."""
        self.proxy.lose_answers = lose
        if not kill:
            self.ask(n, "push")
        else:
            self.begin(n, "push")
            threading.Event().wait(after_s)  # the attack: nobody knows the moment
            if kill == "window":
                self.kill_window(n)
            else:
                self.log.note("kill gateway")
                self.gateway.kill()
                self.answer(n)
                self.gateway.start()
        self.proxy.lose_answers = 0
        self._keep_receipts(n)

    def _keep_receipts(self, n: int) -> None:
        """A receipt that was shown once stays for ever, and what is receipted is at the gateway."""
        told = self.ask(n, "state")
        rows = {str(row["case_id"]): row for row in self.gateway.dump()}
        for case_id, case in told.get("cases", {}).items():
            if not case["receipt"]:
                continue
            if case_id not in rows and not self.restored:
                self.faults.append(f"{case_id}: receipted and not at the gateway")
            promise = self.promises.get(case_id)
            if promise is not None:
                if promise.receipt and promise.receipt != case["receipt"]:
                    self.faults.append(f"{case_id}: another receipt")
                promise.receipt = case["receipt"]

    def stick(self, n: int) -> None:
        folder = Path(tempfile.mkdtemp(prefix="stick-", dir=self.folder))
        self.sticks += [(n, Path(each)) for each in self.ask(n, "stick", str(folder)).get("files", [])]

    def bring(self, n: int) -> None:
        """One of the sticks, perhaps an old one, perhaps for the second time, arrives."""
        if self.sticks:
            self.log.note("bring")
            whose, file = self.sticks[n % len(self.sticks)]
            with contextlib.closing(open_here(self.gateway.data)) as opened:
                imported = take_bundle(opened, self.gateway.data, file)
            answer = self.folder / f"{os.urandom(4).hex()}.receipt"
            answer.write_bytes(imported.answer)
            self.answers.append((whose, answer))

    def settle(self, n: int) -> None:
        if self.answers:
            whose, file = self.answers[n % len(self.answers)]
            self.ask(whose, "receipt", str(file))
            self._keep_receipts(whose)

    def decide(self, n: int) -> None:
        there = sorted(case_id for case_id in self.promises if case_id not in self.decided)
        if there:
            self.log.note("decide")
            case_id = there[n % len(there)]
            with contextlib.closing(open_here(self.gateway.data)) as opened, contextlib.suppress(Refused):
                office.decide(opened, case_id, "准予")
                self.decided.add(case_id)

    def jump(self, n: int, shift_ms: int) -> None:
        self.shifts[n] = shift_ms
        self.ask(n, "jump", shift_ms)

    def back_up(self) -> None:
        self.log.note("backup")
        self.gateway.kill()
        shutil.rmtree(self.folder / "backup", ignore_errors=True)
        shutil.copytree(self.gateway.data, self.folder / "backup")
        self.gateway.start()

    def restore(self) -> None:
        if (self.folder / "backup").exists():
            self.log.note("restore")
            self.gateway.kill()
            shutil.rmtree(self.gateway.data)
            shutil.copytree(self.folder / "backup", self.gateway.data)
            self.gateway.start()
            self.restored = True
            self.decided.clear()  # what the office decided since then is gone with it; it will be decided again

    # --- the end

    def verdict(self) -> list[str]:
        """Everything that is wrong once all is well again and the line has run dry."""
        for n in (0, 1):
            self._run_dry(n)
        if not self.faults:
            self._decide_all()
        return [*self.faults, *self._compare()]

    def _run_dry(self, n: int) -> None:
        for turn in range(TURNS):
            self.jump(n, turn * (LEASE_MS + 1000))  # leases of the killed run out
            pushed = self.ask(n, "push")
            books = self.ask(n, "books")
            state = self.ask(n, "state")
            is_dry = not (state["waiting"] or state["refused"] or state["pages"]) and not pushed.get("trouble", True)
            if is_dry and not books.get("again", 1):
                if self.restored:
                    books["differences"] = [each for each in books["differences"] if each[1] != "lost"]
                if books["differences"]:
                    self.faults.append(f"window {n}: the books differ: {books['differences'][:3]}")
                return
        self.faults.append(f"window {n}: the line never ran dry")

    def _decide_all(self) -> None:
        with contextlib.closing(open_here(self.gateway.data)) as opened:
            office.tick(opened)
            for case_id in self.promises:
                try:
                    office.decide(opened, case_id, "准予")
                except Refused as refused:
                    self.faults.append(f"{case_id}: {refused.message}")
        for n in (0, 1):
            self.ask(n, "pull")

    def _compare(self) -> list[str]:
        rows, faults = self.gateway.dump(), list[str]()
        there = {str(row["case_id"]): row for row in rows}
        if len(there) != len(rows):
            faults.append("a case is at the gateway more than once")
        for n in (0, 1):
            state = self.ask(n, "state")
            if not state["journal"]:
                faults.append(f"window {n}: the journal's chain is broken")
            for case_id, promise in self.promises.items():
                if promise.window != n:
                    continue
                row, case = there.get(case_id), state["cases"].get(case_id)
                if row is None or case is None:
                    faults.append(f"{case_id}: promised and gone")
                    continue
                if row["content_sha256"] != promise.content:
                    faults.append(f"{case_id}: another content")
                if sorted(row["attachments"]) != sorted(promise.pages):
                    faults.append(f"{case_id}: not its pages")
                if row["gateway_receipt"] != case["receipt"]:
                    faults.append(f"{case_id}: two receipts")
                if promise.receipt and promise.receipt != row["gateway_receipt"]:
                    faults.append(f"{case_id}: the printed receipt is not true any more")
                if case["state"] != "finished":
                    faults.append(f"{case_id}: decided, and the window does not know ({case['state']})")
        return faults

    def close(self) -> None:
        for n in (0, 1):
            self.kill_window(n)
        self.gateway.kill()
        self.proxy.close()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
