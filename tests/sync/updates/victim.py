"""``python -m tests.sync.updates.victim BUNDLE FOLDER POINT…``: for each point, a copy of the data folder FOLDER/POINT is updated by a
process that dies by SIGKILL there. One parent has loaded the program; each victim is a fork of it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import clerk_app.launching.folder as program_folder
from clerk_app.bootstrap import applying, updates
from clerk_app.durable import write_durably
from clerk_app.usecases import updating
from sync.updates import building
from sync.updates.fetching import PieceFolder


def die(*_anything: object, **_more: object) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def after(times: int, act: Callable[..., Any]) -> Callable[..., Any]:
    """``act`` as it is, until it was called so often; then death before the next."""
    left = [times]

    def counted(*given: Any, **named: Any) -> Any:
        if not left[0]:
            die()
        left[0] -= 1
        return act(*given, **named)

    return counted


def half_written(path: Path, data: bytes, **_named: object) -> None:
    """As write_durably, but the power goes between writing and renaming."""
    path.with_name(path.name + ".new").write_bytes(data[: len(data) // 2])
    die()


POINTS: dict[str, Callable[[], None]] = {
    "a piece came": lambda: setattr(PieceFolder, "put", after(1, PieceFolder.put)),
    "half a tree": lambda: setattr(building, "_write", after(2, building._write)),
    "the tree has its name": lambda: setattr(building, "write_durably", die),
    "it is whole": lambda: setattr(updates.Updates, "_rehearse", die),
    "it is ready": lambda: setattr(updates, "remove_folder", die),
    "while the data are copied": lambda: setattr(applying, "copied", die),
    "before the choice": lambda: setattr(updating, "put_to_use", die),
    "in the middle of the choice": lambda: setattr(program_folder, "write_durably", _second_time(half_written)),
}


def _second_time(act: Callable[..., Any]) -> Callable[..., Any]:
    """The first writing (made ready) is real, the second (chosen) is ``act``."""
    real, calls = write_durably, [0]

    def write(*given: Any, **named: Any) -> Any:
        calls[0] += 1
        return (real if calls[0] == 1 else act)(*given, **named)

    return write


def main(bundle: Path, folder: Path, points: list[str]) -> int:
    for point in points:
        child = os.fork()
        if not child:
            POINTS[point]()
            applying.apply(folder / point, "", bundle)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        print(point, os.waitstatus_to_exitcode(status), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
