"""The whole line under attack: client, sender and gateway killed alone and together, answers lost, old folders that send again.

Client and sender are two processes on one data folder. A round gives everybody work, waits a random moment, and kills some
of them; what got no answer is asked again, as a clerk would. At the end the line is let run dry and both sides are compared:
each promised case exactly once at the gateway, content hash, receipts, and every page byte for byte.
"""

from __future__ import annotations

import base64
import contextlib
import json
import random
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from clerk_app.domain.outbox import LEASE_MS
from clerk_app.errors import AppError
from sync.gateway.windows import enrol_token
from tests.crash.line_judge import compare
from tests.nursery import Child, nursery
from tests.sync.gateway_main import open_here
from tests.sync.hall import SUITE, Proxy, Window, enrol, new_store

WHO = ("client", "sender", "gateway")
JUMPS_MS = (0, 0, 3 * 3_600_000, -3 * 3_600_000, 400 * 86_400_000, -400 * 86_400_000)
PUSHES_TO_RUN_DRY = 6


@dataclass(slots=True)
class Log:
    """What was promised and what was done to the victims."""

    promised: dict[str, str] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WHO, 0))
    together: int = 0
    power_cuts: int = 0
    lost_answers: int = 0
    replays: int = 0
    jumps: int = 0
    asked: int = 0
    sticks: int = 0
    by_stick: int = 0  # deaths of who carries or brings one
    receipts: int = 0  # that came back by stick and were taken


class LineHarness:
    """One hall with one window. ``bug``: planted; ``shim``: gateway deaths are power cuts too, where it is given."""

    def __init__(self, folder: Path, *, seed: int = 1, bug: str = "", shim: Path | None = None) -> None:
        self.window_folder, self.gateway_folder, self._folder = folder / "window", folder / "gateway", folder
        self._bug, self._shim, self.chance = bug, shim, random.Random(seed)
        self.log = Log()
        self._nursery = nursery(shim, quiet=True)
        self._processes: dict[str, Child] = {}
        self._dead: list[Child] = []
        self._port, self._open = 0, list[str]()
        self._start_gateway(0)
        with contextlib.closing(open_here(self.gateway_folder)) as gateway:
            token = enrol_token(gateway, "500199", "03")
        self._window: Window = enrol(f"http://127.0.0.1:{self._port}", token)
        self._clerk = SUITE.new_signing_pair()
        self._proxy = Proxy(self._port)
        new_store(self.window_folder).close()

    @property
    def cuts(self) -> bool:
        """Whether the gateway's power can be cut here."""
        return self._shim is not None

    # --- attacks

    def round(self, *, kill: tuple[str, ...], intents: int = 4, cut: bool = False, after_s: float = 0.05) -> None:
        """Work, a moment, death for those named. ``cut``: the gateway's unsynced writes are lost with it."""
        self._start_all()
        if self.chance.random() < 0.3:
            self._proxy.lose_answers = self.chance.randrange(1, 3)
        wanted = [*self._open, *self._new_intents(max(0, intents - len(self._open)))]
        self._tell("client", "".join(f"{intent}\n" for intent in wanted))
        self._tell("sender", "push\n")
        answers, pushed = _Reader(self._out("client"), len(wanted)), _Reader(self._out("sender"), 1)
        threading.Event().wait(self.chance.uniform(0, after_s))  # the attack: nobody knows the moment
        for who in kill:
            self._kill(who, cut=cut)
        self.log.together += len(kill) > 1
        self._open = self._settle(wanted, answers.all())
        pushed.all()
        for dead in self._dead:
            dead.communicate()
        self._dead.clear()

    def carry(
        self, *, after_s: float = 0.05, kill: tuple[str, ...] = (), cut: bool = False, lost: bool = False
    ) -> None:
        """What waits goes on a stick while the line delivers the same; every stick so far, old ones again, is brought to the gateway
        in any order; the receipts come back. ``kill``: carrier, porter. ``cut``: the porter's death is a power cut at the gateway.
        ``lost``: there is no line meanwhile, and this stick never arrives."""
        self._start_all()
        stick = self._folder / f"stick{self.log.sticks}"
        stick.mkdir()
        self.log.sticks += 1
        self._start_carrier()
        if lost:
            self._answers("carrier", [f"stick {stick}"], None)
            shutil.rmtree(stick)
            return
        self._tell("sender", "push\n")
        pushed = _Reader(self._out("sender"), 1)
        self._answers("carrier", [f"stick {stick}"], after_s if "carrier" in kill else None)
        pushed.all()
        self._processes.pop("gateway").end()
        around = self._shadowed() if cut else {}
        self._start("porter", {"folder": str(self.gateway_folder)}, around, module="stick_victim")
        brought = [str(each) for each in self._folder.glob("stick*/*") if each.suffix not in (".receipt", ".part")]
        self.chance.shuffle(brought)
        self._answers("porter", [f"bring {each}" for each in brought], after_s if "porter" in kill else None)
        if cut:
            self._lose_unsynced()
        self._start_carrier()
        back = [f"receipt {each}" for each in self._folder.glob("stick*/*.receipt")]
        self.log.receipts += self._answers("carrier", back, None).count("{}")

    def put_aside(self) -> None:
        """The window's folder of this moment is put aside; later it wakes up and sends what was long acknowledged."""
        self.stop()
        aside = self._folder / "replay"
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(self.window_folder, aside)

    def verdict(self) -> list[str]:
        """Everything that is wrong once the line has run dry."""
        self._proxy.lose_answers = 0
        faults = self._run_dry(self.window_folder)
        if (self._folder / "replay").exists():
            self.log.replays += 1
            self._run_dry(self._folder / "replay")
        self.stop()
        try:
            return [*faults, *compare(self.window_folder, self.gateway_folder, self.log.promised)]
        except AppError as error:
            return [*faults, f"does not read: {error.message}"]

    def stop(self) -> None:
        """Everybody down, uncounted."""
        for process in self._processes.values():
            process.kill()
            process.communicate()
        self._processes.clear()
        self.log.lost_answers = self._proxy.lost

    def close(self) -> None:
        self.stop()
        self._proxy.close()

    # --- inside

    def _run_dry(self, folder: Path) -> list[str]:
        for n in range(PUSHES_TO_RUN_DRY):  # a killed sender leaves leases; its successor's clock is past them
            self.stop()
            self._start_gateway(0)
            self._start("sender", {**self._sender(folder), "shift_ms": n * (LEASE_MS + 1000)})
            self._tell("sender", "push\n" * 3)
            lines = _Reader(self._out("sender"), 3).all()
            if lines[-1:] == ["done 0"]:
                return []
        return ["the line never ran dry"]

    def _start_all(self) -> None:
        if "gateway" not in self._processes:
            self._start_gateway(self._jump(60_000))
        if "client" not in self._processes:
            clerk = {"clerk_private": _text(self._clerk[0]), "clerk_public": _text(self._clerk[1])}
            window = {"private": _text(self._window.private), "window_id": self._window.enrolled.window_id}
            told = {"folder": str(self.window_folder), "shift_ms": self._jump(), "bug": self._bug, **clerk, **window}
            self._start("client", told)
        if "sender" not in self._processes:
            self._start("sender", {**self._sender(self.window_folder), "shift_ms": self._jump()})

    def _sender(self, folder: Path) -> dict[str, str]:
        return {
            "folder": str(folder),
            "url": self._proxy.url,
            "window_id": self._window.enrolled.window_id,
            "private": _text(self._window.private),
            "sealing": _text(self._window.enrolled.gateway_sealing_public),
            "bug": self._bug,
        }

    def _jump(self, most: int = 2**62) -> int:
        jump = self.chance.choice([each for each in JUMPS_MS if abs(each) <= most])
        self.log.jumps += jump != 0
        return jump

    def _start_gateway(self, shift_ms: int) -> None:
        around = self._shadowed() if self._shim is not None else {}
        told = {"folder": str(self.gateway_folder), "port": self._port, "shift_ms": shift_ms, "bug": self._bug}
        self._start("gateway", told, around)
        self._port = int(json.loads(self._out("gateway").readline())["port"])

    def _shadowed(self) -> dict[str, str]:
        """A second tree that keeps of the gateway's folder what is synced from now on."""
        shadow = self._folder / "shadow"
        shutil.rmtree(shadow, ignore_errors=True)
        self.gateway_folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.gateway_folder, shadow)
        return {"CUT_ROOT": str(self.gateway_folder), "CUT_SHADOW": str(shadow)}

    def _lose_unsynced(self) -> None:
        shutil.rmtree(self.gateway_folder)
        shutil.move(self._folder / "shadow", self.gateway_folder)
        for stray in self.gateway_folder.rglob("*.cut"):
            stray.unlink()
        self.log.power_cuts += 1

    def _start_carrier(self) -> None:
        if "carrier" not in self._processes:
            signing = {"signing": _text(self._window.enrolled.gateway_signing_public)}
            self._start("carrier", {**self._sender(self.window_folder), **signing}, module="stick_victim")

    def _answers(self, who: str, orders: list[str], dies_within_s: float | None) -> list[str]:
        """Give orders and wait for all answers, or for a death at some moment; what dies is not asked again here."""
        self._tell(who, "".join(f"{order}\n" for order in orders))
        answers = _Reader(self._out(who), len(orders))
        if dies_within_s is not None:
            threading.Event().wait(self.chance.uniform(0, dies_within_s))  # the attack: nobody knows the moment
            self.log.by_stick += 1
        else:
            answers.all()
        if dies_within_s is None and who != "porter":
            return answers.all()
        process = self._processes.pop(who)
        process.kill()
        said = answers.all()
        process.communicate()
        return said

    def _start(
        self, kind: str, told: object, around: dict[str, str] | None = None, module: str = "line_victim"
    ) -> None:
        self._processes[kind] = self._nursery.start(f"tests.crash.{module}", [kind, json.dumps(told)], around)

    def _kill(self, who: str, *, cut: bool) -> None:
        process = self._processes.pop(who)
        process.kill()
        process.wait()
        self._dead.append(process)
        self.log.kills[who] += 1
        if who == "gateway" and cut and self._shim is not None:
            self._lose_unsynced()

    def _new_intents(self, count: int) -> list[str]:
        made = [f"i{self.log.asked + n:06d}" for n in range(count)]
        self.log.asked += count
        return made

    def _settle(self, wanted: list[str], answers: list[str]) -> list[str]:
        for line in answers:
            words = line.split()
            if len(words) == 3 and words[0] == "promised":
                self.log.promised[words[1]] = words[2]
        return [intent for intent in wanted if intent not in self.log.promised]

    def _tell(self, who: str, text: str) -> None:
        pipe = self._processes[who].stdin
        with contextlib.suppress(BrokenPipeError):
            pipe.write(text)
            pipe.flush()

    def _out(self, who: str) -> IO[str]:
        return self._processes[who].stdout


class _Reader:
    """Lines of a process that may die in between; ends at ``count`` lines or at its end."""

    def __init__(self, pipe: IO[str], count: int) -> None:
        self._pipe, self._count, self._lines = pipe, count, list[str]()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while len(self._lines) < self._count and (line := self._pipe.readline()):
            self._lines.append(line.strip())

    def all(self) -> list[str]:
        self._thread.join(60)
        return list(self._lines)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
