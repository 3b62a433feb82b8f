"""Writing a small file so that it is either wholly there after a power cut or not there at all.

Shared ground like errors.py: the key files and the attachment store both stand on it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_durably(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write ``path`` atomically: a temporary file beside it, fsync, rename over, fsync of the folder.

    The temporary name is the target's with ``.new``; a leftover of an earlier crash is overwritten.

    Raises:
        OSError: the disk is full, gone or read-only; an older ``path`` is then untouched.
    """
    temporary = path.with_name(path.name + ".new")
    try:
        _write_synced(temporary, data, mode)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)  # a full disk must not be kept full by half a file
        raise
    sync_folder(path.parent)


def _write_synced(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make the content of a file that others wrote durable. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Windows has no handle for a folder: NTFS journals the rename itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder (and those above it) for this user only, durably. Raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def destroy(path: Path) -> None:
    """Overwrite a file and remove it; nothing happens when it is not there. Raises OSError.

    Overwriting is the best a program can do; a drive that remaps its cells may keep an old copy.
    """
    if not path.exists():
        return
    descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_BINARY", 0))
    try:
        os.write(descriptor, b"\0" * os.fstat(descriptor).st_size)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock file: whoever else holds it, in this process or another, is waited for; the system lets go of it when a
    process dies. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _hold(descriptor)
        yield
    finally:
        os.close(descriptor)


if os.name == "nt":  # pragma: no cover - Windows only

    def _hold(descriptor: int) -> None:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]

else:

    def _hold(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
