"""Processes born quickly: one with everything imported forks each of them, so that a birth costs no second start of Python.

A child is a process of its own all the same: its own memory, descriptors and locks, killed by SIGKILL. The nursery itself opens no
database and starts no thread of ours, so nothing but code is shared. ``python -m tests.nursery DESCRIPTOR``: the socket of its orders.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).parents[1]
ORDER_SIZE = 65_536


class Child:
    """One forked process, in the shape of ``subprocess.Popen``: what the harness needs of it. Held by descriptor, not by number."""

    def __init__(self, pid: int, stdin: int, stdout: int) -> None:
        self.pid = pid
        self._handle = os.pidfd_open(pid)
        self.stdin: IO[str] = os.fdopen(stdin, "w", encoding="utf-8")
        self.stdout: IO[str] = os.fdopen(stdout, "r", encoding="utf-8")

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def terminate(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGTERM)

    def wait(self, timeout_s: float | None = None) -> None:
        """Until it is gone, with its locks and descriptors. Raises TimeoutError."""
        if not select.select([self._handle], [], [], timeout_s)[0]:
            raise TimeoutError("it did not end")

    def communicate(self) -> tuple[str, None]:
        """No more orders; what it still says, once it is gone. Afterwards it is closed."""
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()
        rest = "" if self.stdout.closed else self.stdout.read()
        self.wait()
        self.stdout.close()
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        return rest, None

    def end(self) -> None:
        """Killed and closed, whatever it was doing."""
        self.kill()
        self.communicate()


class Nursery:
    """Where children come from. ``shim``: preloaded into all of them, asleep until CUT_ROOT is set. ``quiet``: what they say on
    standard error is nobody's business, for they are made to die."""

    def __init__(self, shim: Path | None, *, quiet: bool) -> None:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        around = {"LD_PRELOAD": str(shim)} if shim else {}
        with its:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.nursery", str(its.fileno())],
                cwd=ROOT,
                env={**os.environ, **around},
                pass_fds=(its.fileno(),),
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL if quiet else None,
            )
        self._orders = ours
        atexit.register(self.close)

    def start(
        self,
        module: str,
        arguments: Sequence[str],
        around: Mapping[str, str] | None = None,
        *,
        loaded: Sequence[str] = (),
    ) -> Child:
        """``module.main()`` under these arguments, with more environment around it; it speaks through pipes.

        ``loaded``: what it would import by itself later on, so that the nursery imports it once for all.
        """
        its_in, our_in = os.pipe()
        our_out, its_out = os.pipe()
        order = json.dumps([module, list(arguments), dict(around or {}), list(loaded)]).encode()
        if len(order) > ORDER_SIZE:
            raise ValueError("an order too long for one packet")
        handed = array.array("i", [its_in, its_out])
        self._orders.sendmsg([order], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handed)])
        os.close(its_in)
        os.close(its_out)
        answer = self._orders.recv(64)
        if not answer:
            raise RuntimeError("the nursery is gone")
        return Child(int(answer), our_in, our_out)

    def close(self) -> None:
        self._orders.close()
        self._process.wait()


@functools.cache
def nursery(shim: Path | None = None, *, quiet: bool = False) -> Nursery:
    """One of each kind, kept until the end."""
    return Nursery(shim, quiet=quiet)


def main() -> None:
    """Take orders until the other end closes."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are nobody's to collect
    orders = socket.socket(fileno=int(sys.argv[1]))
    while True:
        order, handed, _flags, _from = orders.recvmsg(ORDER_SIZE, socket.CMSG_SPACE(2 * array.array("i").itemsize))
        if not order:
            return
        module, arguments, around, loaded = json.loads(order)
        descriptors = array.array("i", handed[0][2])
        for name in (module, *loaded):
            importlib.import_module(name)
        gc.collect()
        gc.freeze()  # no child's collection walks through, and so copies, what all of them share
        pid = os.fork()
        if not pid:
            orders.close()
            _live(module, arguments, around, descriptors[0], descriptors[1])
        os.close(descriptors[0])
        os.close(descriptors[1])
        orders.send(str(pid).encode())


def _live(module: str, arguments: list[str], around: dict[str, str], stdin: int, stdout: int) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(stdin, 0)
    os.dup2(stdout, 1)
    os.close(stdin)
    os.close(stdout)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for its whole life
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    os.environ.update(around)
    sys.argv = [module, *arguments]
    status = 1
    try:
        importlib.import_module(module).main()
        sys.stdout.flush()
        status = 0
    finally:
        os._exit(status)  # never back into the nursery's own loop, whatever happened


if __name__ == "__main__":
    main()
