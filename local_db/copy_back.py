"""A rolling copy of the database, brought back by itself: it holds no pages, those lie in the folder it was made in."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import copyfile
from zipfile import is_zipfile

from clerk_app.domain.canonical import bytes_hash
from clerk_app.durable import make_folder, sync_file, sync_folder
from clerk_app.errors import StorageProblem
from local_db.attachments import FOLDER, SUFFIX
from local_db.backup_file import Contents
from local_db.copy_names import counts_in, numbers_of_pages, pages_in
from local_db.disk_words import disk_problem
from local_db.engine import FILE_NAME, check_copy, check_ours


def is_copy(path: Path) -> bool:
    """Whether a file is a copy of the database alone and no backup with a list."""
    try:
        return path.suffix == ".db" and path.is_file() and not is_zipfile(path)
    except OSError:
        return False


def look_at_copy(path: Path, key: bytes, origin: Path | None, made_ms: int) -> Contents:
    """Read it whole, and each page that it names where it lies. ``origin``: the data folder of the pages, if there is one.

    Raises:
        StorageProblem, KeyProblem: the copy is not whole, or not of this window.
    """
    check_ours(path)
    check_copy(path, key)
    count, missing, changed, size = 0, list[str](), list[str](), path.stat().st_size
    for name, sha256 in pages_in(path, key):
        count += 1
        state = _state(origin, name, sha256)
        if state == "gone":
            missing.append(name)
        elif state == "changed":
            changed.append(name)
        else:
            size += int(state)
    counts = counts_in(path, key)
    return Contents(
        made_ms,
        counts["cases"],
        counts["drafts"],
        counts["unsent"],
        count - len(missing),
        size,
        "",
        tuple(numbers_of_pages(path, key, changed)),
        tuple(numbers_of_pages(path, key, missing)),
    )


def restore_copy(path: Path, key: bytes, origin: Path | None, folder: Path) -> None:
    """Put a checked copy and its pages into an empty folder, the database last. Pages are linked where the disk can, for none is
    ever rewritten. Raises StorageProblem."""
    if (folder / FILE_NAME).exists():
        raise StorageProblem(
            "这个文件夹里已经有数据库。", what_is_safe="里面的数据没有被改动。", what_to_do="请换一个空文件夹。"
        )
    fresh = folder / f"{FILE_NAME}.new"
    try:
        make_folder(folder.resolve())
        if origin is not None:
            for name, _sha256 in pages_in(path, key):
                source, target = (place / FOLDER / name[:2] / f"{name}{SUFFIX}" for place in (origin, folder))
                if source.is_file():
                    make_folder(target.parent.resolve())
                    _bring(source, target)
        copyfile(path, fresh)
        fresh.chmod(0o600)
        sync_file(fresh)
        fresh.replace(folder / FILE_NAME)
        sync_folder(folder)
    except OSError as error:
        raise disk_problem(error) from error


def _state(origin: Path | None, name: str, sha256: str) -> str:
    try:
        raw = (origin / FOLDER / name[:2] / f"{name}{SUFFIX}").read_bytes() if origin else None
    except OSError:
        raw = None
    if raw is None:
        return "gone"
    return str(len(raw)) if bytes_hash(raw) == sha256 else "changed"


def _bring(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without links
        copyfile(source, target)
        target.chmod(0o600)
        sync_file(target)
    sync_folder(target.parent)
