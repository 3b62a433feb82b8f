"""Attachment ciphertexts as files: appended with fsync, checked as a whole at the end, then renamed to their final name.

A file is named by the SHA-256 of its ciphertext, so names tell nothing and the same blob is kept once. Half a blob is its sender's:
nothing that a window sends can touch another's half, or a whole one.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from clerk_app.durable import make_folder, sync_folder, write_durably

_STRIPES = 64
RESERVE = 256 * 1024 * 1024
"""Bytes of the disk that no page takes: cases still come in, and somebody has time to make room."""
UNFINISHED = re.compile(r"[0-9a-f]{64}((\.[0-9A-Z-]+)?\.part|\.blob\.new)")
"""Names of halves, and of what a crash left in the middle of ``keep``. Whatever else lies there is not ours to sweep."""


class Blobs(Protocol):
    """Where ciphertexts of pages lie. ``held`` bytes are durable. Methods raise OSError when disk or store fails."""

    def lock(self, blob_sha256: str) -> threading.Lock:
        """Whoever appends to or finishes a blob holds this."""
        ...

    def held(self, blob_sha256: str, sender: str) -> int:
        """How many bytes of its half are here."""
        ...

    def append(self, blob_sha256: str, sender: str, offset: int, chunk: bytes) -> int:
        """Write to the sender's half at ``offset`` (which is what is held), durably; returns the new offset. What is left of the disk
        is for cases: as if it were full, before it is."""
        ...

    def keep(self, blob_sha256: str, sender: str, blob: bytes) -> None:
        """A whole blob that came in one piece and was proved: durable under its final name; the sender's half goes."""
        ...

    def read(self, blob_sha256: str) -> bytes:
        """A whole blob."""
        ...

    def read_half(self, blob_sha256: str, sender: str) -> bytes:
        """What the sender sent of it; where that is nothing, the whole one; where there is none either, nothing."""
        ...

    def read_piece(self, blob_sha256: str, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes of a whole blob from ``offset`` on, without reading the rest of it."""
        ...

    def finish(self, blob_sha256: str, sender: str) -> None:
        """The sender's half has all bytes and was proved: give it its final name; doing it twice changes nothing."""
        ...

    def drop(self, blob_sha256: str, sender: str) -> None:
        """Forget a half that proved wrong, so that it is asked for again."""
        ...

    def free(self) -> int | None:
        """Bytes of room; None where that cannot be told."""
        ...

    def sweep(self, before_ms: int) -> int:
        """Forget halves that nobody has added to since then (UTC), and what a crash left; how many. Who comes back begins anew."""
        ...


class BlobFiles:
    """See Blobs: on a disk of the gateway's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        make_folder(folder)
        self._make_folders()
        self._locks = tuple(threading.Lock() for _ in range(_STRIPES))

    def _make_folders(self) -> None:
        """All that there will ever be, made durable at once: not one of them while a page waits."""
        names = [f"{n:02x}" for n in range(256)]
        if not (self._folder / names[-1]).is_dir():
            for name in names:
                (self._folder / name).mkdir(mode=0o700, exist_ok=True)
            sync_folder(self._folder)

    def lock(self, blob_sha256: str) -> threading.Lock:
        """Whoever appends to or finishes a blob holds this."""
        return self._locks[int(blob_sha256[:8], 16) % _STRIPES]

    def held(self, blob_sha256: str, sender: str) -> int:
        """See Blobs."""
        part = self._part(blob_sha256, sender)
        return part.stat().st_size if part.exists() else 0

    def append(self, blob_sha256: str, sender: str, offset: int, chunk: bytes) -> int:
        """See Blobs."""
        self._leave_room(len(chunk))
        path = self._part(blob_sha256, sender)
        is_new = not path.exists()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.lseek(descriptor, offset, os.SEEK_SET)
            view = memoryview(chunk)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            sync_folder(path.parent)
        return offset + len(chunk)

    def keep(self, blob_sha256: str, sender: str, blob: bytes) -> None:
        """See Blobs. The file's name is made durable once, not first as a part and then again."""
        self._leave_room(len(blob))
        write_durably(self._whole(blob_sha256), blob)
        self.drop(blob_sha256, sender)

    def read(self, blob_sha256: str) -> bytes:
        """See Blobs."""
        return self._whole(blob_sha256).read_bytes()

    def read_half(self, blob_sha256: str, sender: str) -> bytes:
        """See Blobs."""
        for path in (self._part(blob_sha256, sender), self._whole(blob_sha256)):
            if path.exists():
                return path.read_bytes()
        return b""

    def read_piece(self, blob_sha256: str, offset: int, size: int) -> bytes:
        """See Blobs."""
        with self._whole(blob_sha256).open("rb", buffering=0) as file:
            file.seek(offset)
            return file.read(size)

    def finish(self, blob_sha256: str, sender: str) -> None:
        """See Blobs."""
        part, whole = self._part(blob_sha256, sender), self._whole(blob_sha256)
        if part.exists():
            part.replace(whole)
            sync_folder(whole.parent)

    def drop(self, blob_sha256: str, sender: str) -> None:
        """See Blobs."""
        self._part(blob_sha256, sender).unlink(missing_ok=True)

    def free(self) -> int | None:
        """See Blobs."""
        with suppress(OSError):
            return shutil.disk_usage(self._folder).free
        return None

    def _leave_room(self, size: int) -> None:
        """Raises OSError, as a disk that is full does."""
        if shutil.disk_usage(self._folder).free < RESERVE + size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def sweep(self, before_ms: int) -> int:
        """See Blobs."""
        gone = 0
        for path in self._folder.glob("*/*"):
            if not UNFINISHED.fullmatch(path.name):
                continue
            with self.lock(path.name), suppress(FileNotFoundError):  # another worker's sweep may be quicker
                if path.stat().st_mtime * 1000 < before_ms:
                    path.unlink()
                    gone += 1
        return gone

    def _whole(self, blob_sha256: str) -> Path:
        return self._folder / blob_sha256[:2] / f"{blob_sha256}.blob"

    def _part(self, blob_sha256: str, sender: str) -> Path:
        return self._folder / blob_sha256[:2] / f"{blob_sha256}.{sender}.part"
