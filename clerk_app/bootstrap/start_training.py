"""Opening 训练模式 beside a window: a program of its own, so nothing of the practice hall is loaded here."""

from __future__ import annotations

import subprocess
from pathlib import Path

from clerk_app.bootstrap.program import program
from clerk_app.errors import StorageProblem


def start_training(data: Path) -> None:
    """A training window of its own beside this one; it lives on by itself. StorageProblem when it cannot be started."""
    command = [*program(), "train", "--data", str(data)]
    try:
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise StorageProblem("训练窗口打不开。", what_is_safe="正式的办件没有受影响。") from error
