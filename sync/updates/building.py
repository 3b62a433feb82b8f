"""A whole program out of pieces: built aside, every file checked against the signed list, made durable, then named in one step."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from shutil import disk_usage, rmtree

from clerk_app.durable import make_folder, sync_folder, write_durably
from clerk_app.errors import StorageProblem
from sync.updates.contents import Contents, FileEntry, Piece, to_bytes
from sync.updates.faults import disk_trouble, not_what_was_signed
from sync.updates.fetching import Missing, PieceFolder, read_place
from sync.updates.sources import UNTOUCHED

RESERVE = 256 * 1024 * 1024
"""What an update leaves free on the disk: cases come first."""


def check_room(folder: Path, needed: int) -> None:
    """Raises StorageProblem when the disk cannot hold so many more bytes and still has room for cases."""
    try:
        make_folder(folder)
        free = disk_usage(folder).free
    except OSError as error:
        raise disk_trouble(error) from error
    if free < needed + RESERVE:
        short = (needed + RESERVE - free) // 1024**2 + 1
        raise StorageProblem(
            f"磁盘空间不够放新版本，还差 {short} MB。",
            what_is_safe=UNTOUCHED,
            what_to_do="请先腾出空间，再试一次。",
        )


def build(contents: Contents, here: Missing, kept: PieceFolder, staging: Path, tree: Path, listed: Path) -> None:
    """Put the release together in ``staging`` and move it to ``tree``; ``listed``, written last, says that it is whole.

    Raises:
        Refused: a file is not the one that was signed. StorageProblem: no room. Nothing of a half-built tree counts then.
    """
    try:
        _remove(staging)
        listed.unlink(missing_ok=True)
        _remove(tree)
        make_folder(staging)
        for entry in contents.files:
            _write(staging / entry.path, entry, contents, here, kept)
        for path, target in contents.links.items():
            make_folder((staging / path).parent)
            (staging / path).symlink_to(target)
        for folder, _folders, _names in os.walk(staging, topdown=False):
            sync_folder(Path(folder))
        make_folder(tree.parent)
        staging.rename(tree)
        sync_folder(tree.parent)
        write_durably(listed, to_bytes(contents))
    except OSError as error:
        _remove(staging)
        raise disk_trouble(error) from error
    except BaseException:
        _remove(staging)
        raise


def remove_version(tree: Path, listed: Path) -> None:
    """First it does not count any more, then it goes. Raises StorageProblem."""
    try:
        listed.unlink(missing_ok=True)
        sync_folder(tree.parent)
        _remove(tree)
    except OSError as error:
        raise disk_trouble(error) from error


def remove_folder(folder: Path) -> None:
    """Pieces and half-built trees that nobody needs any more. Raises StorageProblem."""
    try:
        _remove(folder)
    except OSError as error:
        raise disk_trouble(error) from error


def _write(path: Path, entry: FileEntry, contents: Contents, here: Missing, kept: PieceFolder) -> None:
    make_folder(path.parent)
    whole = hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for number in entry.pieces:
            content = _content(contents.pieces[number], here, kept)
            whole.update(content)
            file.write(content)
        if whole.hexdigest() != entry.sha256:
            raise not_what_was_signed()
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o755 if entry.runs else 0o644)


def _content(piece: Piece, here: Missing, kept: PieceFolder) -> bytes:
    told = kept.read(piece)
    if told is None and piece.sha256 in here.here:
        told = read_place(here.here[piece.sha256])
    if told is None or hashlib.sha256(told).hexdigest() != piece.sha256:
        raise not_what_was_signed()
    return told


def _remove(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        rmtree(folder)
