"""One window per data folder: two windows would take the same case twice. Commands beside it are kept apart by SQLite."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from clerk_app.errors import StorageProblem
from local_db.disk_words import disk_problem

FILE_NAME = "window.lock"


class WindowLock:
    """Held while the window is open; the system lets go of it when the process dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise disk_problem(error) from error
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise StorageProblem(
                "这个数据文件夹的窗口已经开着。",
                what_is_safe="数据没有受影响。",
                what_to_do="请切换到已打开的窗口（回执在那里的“同步”里导入）；如果看不见它，请注销再登录本机。",
            ) from error
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


if os.name == "nt":  # pragma: no cover - Windows only

    def _lock(descriptor: int) -> None:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:

    def _lock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
