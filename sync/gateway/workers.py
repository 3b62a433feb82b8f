"""Several processes on one socket: stateless workers, for a machine with more than one core and a PostgreSQL behind it.

The parent holds no database; it starts the workers, starts one again that died, and passes SIGTERM and SIGINT on.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from clerk_app.errors import EnvironmentProblem

_log = logging.getLogger(__name__)
_MOST_RESTARTS = 20


def run_workers(count: int, work: Callable[[int], None]) -> None:
    """Run ``work(number)`` in ``count`` processes until this one is told to stop.

    Raises:
        EnvironmentProblem: the system cannot fork (Windows), or workers die as fast as they are started.
    """
    if not hasattr(os, "fork"):
        raise EnvironmentProblem("这个系统上只能用一个工作进程。", what_to_do="请去掉 --workers 再启动。")
    running = {_start(number, work): number for number in range(count)}
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for pid in running:
            os.kill(pid, signal.SIGTERM)

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    restarts = 0
    while running:
        pid, _status = os.wait()
        number = running.pop(pid, None)
        if number is None or stopping:
            continue
        restarts += 1
        if restarts > _MOST_RESTARTS:
            stop(signal.SIGTERM, None)
            raise EnvironmentProblem("前置的工作进程一再退出。", what_to_do="请看日志里的原因。")
        _log.warning("a worker ended and is started again")
        running[_start(number, work)] = number


def _start(number: int, work: Callable[[int], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_DFL)
    code = 1
    try:
        work(number)
        code = 0
    finally:
        sys.stdout.flush()
        os._exit(code)
