"""Room put by for the day when the disk has no byte left: signing in, sending and printing need a little of it.

SQLite cannot even open its log on a full disk. So a file of nothing lies beside the database; it is let go when a clerk
signs in and the room has run out, and laid down again once there is plenty. New intake is refused long before that.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage

FILE = "ballast.bin"
SIZE = 24 * 1024 * 1024
"""For the log of a day's receipts and a few sheets of paper; one transaction needs some 100 KB."""
PLENTY = 20 * SIZE
HARDLY_ANY = SIZE // 4


def lay_down(data: Path) -> bool:
    """Take the room while there is plenty; True when it lies there whole. It holds nothing but zeros."""
    path = data / FILE
    with suppress(OSError):
        if path.exists() and path.stat().st_size >= SIZE:
            return True
        if disk_usage(data).free < PLENTY:
            return False
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        try:
            for _ in range(SIZE // (1 << 20)):  # really written: a file with holes keeps no room
                os.write(descriptor, bytes(1 << 20))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return True
    return False


def let_go_if_full(data: Path) -> bool:
    """Give the room back when hardly any is left; True when that was done."""
    with suppress(OSError):
        if disk_usage(data).free < HARDLY_ANY and (data / FILE).exists():
            (data / FILE).unlink()
            return True
    return False
