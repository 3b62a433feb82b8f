"""A backup: one file with the database as it lies (encrypted), the pages, the key slots, and a sealed list of all of it.

A zip without compression; nothing in it is in the clear but sizes and counts. It is written beside, read back whole, and only
then takes its name. Opening it on another PC needs the recovery key: the device secret is never in it.
"""

from __future__ import annotations

import hmac
import os
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from clerk_app.domain.canonical import Json, bytes_hash, canonical_bytes, parse_json
from clerk_app.durable import make_folder, sync_file, sync_folder
from clerk_app.errors import StorageProblem
from clerk_app.ports import CipherSuite
from local_db.attachments import FOLDER, SUFFIX
from local_db.copy_names import counts_in, numbers_of_pages, pages_in
from local_db.disk_words import disk_problem
from local_db.engine import FILE_NAME, check_copy, copy_database
from local_db.stopping import GoOn, always, look_up
from local_db.unsent_copy import copy_unsent

MANIFEST = "manifest.json"
KEY_FILES = ("vault.json", "window.json")
FORMAT = "clerk-app backup/1"
_STEP = 1024 * 1024
_LARGEST_LIST = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds. ``mac`` names it; ``unsent`` messages were not acknowledged when it was made; ``bytes`` in all;
    ``damaged``: local numbers of cases (or 暂存) with a page that was changed or broken already where it was copied from;
    ``missing``: with a page that was not there any more or could not be read; ``hurt``: the file names of both."""

    made_ms: int
    cases: int
    drafts: int
    unsent: int
    pages: int
    bytes: int
    mac: str
    damaged: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    hurt: frozenset[str] = frozenset()


def write_backup(
    folder: Path,
    key: bytes,
    suite: CipherSuite,
    target: Path,
    made_ms: int,
    *,
    owed: Sequence[str] | None = None,
    go_on: GoOn = always,
) -> Contents:
    """Back the data folder up while others work on it; ``owed``: only what is not acknowledged, and these cases (see
    unsent_copy).

    Raises:
        StorageProblem: the target is there already or cannot be written. A page that was changed comes along as it is, one that is
            missing here does not, and both are named: a backup with a warning is better than none.
        Stopped: nothing is left of it, and no other file was touched.
    """
    if target.exists():
        raise StorageProblem("这个备份文件已经有了，没有覆盖它。", what_to_do="请换一个文件名。")
    copy, fresh = (target.with_name(f"{target.name}.{ending}") for ending in ("db", "new"))
    try:
        make_folder(target.parent.resolve())
        if owed is None:
            copy_database(folder / FILE_NAME, key, copy, go_on=go_on)
        else:
            copy_unsent(folder / FILE_NAME, key, copy, owed, go_on)
        names = [(name, folder / name) for name in KEY_FILES if (folder / name).is_file()]
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as pack:
            listed = {FILE_NAME: _pack(pack, FILE_NAME, copy, suite, key)}
            listed |= {name: _pack(pack, name, path, suite, key) for name, path in names}
            hurt: dict[str, Json] = {"damaged": [], "missing": []}
            for name, sha256 in pages_in(copy, key):
                look_up(go_on)
                try:
                    sealed = _blob(folder, name).read_bytes()
                except OSError:  # gone, or on a sector that the disk has given up on
                    hurt["missing"].append(name)
                    continue
                listed[_place(name)] = _pack_page(pack, _place(name), sealed, suite, key)
                if bytes_hash(sealed) != sha256:
                    hurt["damaged"].append(name)
            body: dict[str, Json] = {"format": FORMAT, "made_ms": made_ms, **counts_in(copy, key), "files": listed}
            body |= {what: names for what, names in hurt.items() if names}
            pack.writestr(MANIFEST, canonical_bytes({**body, "mac": _mac(suite, key, body)}))
        sync_file(fresh)
        contents = check_backup(fresh, key, suite, target.parent, go_on)
        fresh.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise disk_problem(error) from error
    finally:
        for path in (copy, fresh):
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return contents


def check_backup(
    path: Path, key: bytes, suite: CipherSuite, room: Path | None = None, go_on: GoOn = always
) -> Contents:
    """Read a backup whole: its list is ours, every file is as listed, the database inside opens and is whole.

    ``room``: a folder where the database, encrypted as it is, may lie meanwhile; None: the system's temporary one. Nothing is
    written beside the backup: its medium may be read-only.

    Raises:
        StorageProblem: any of that is not so. KeyProblem: the database inside does not open with this key. Stopped.
    """
    try:
        aside = TemporaryDirectory(prefix="clerk-app-look-", dir=room)
    except OSError as error:
        raise disk_problem(error) from error
    try:
        inside = Path(aside.name) / FILE_NAME
        with _opened(path) as pack:
            body = _listed(pack)
            mac = str(body.pop("mac"))
            if body.get("format") != FORMAT or not hmac.compare_digest(mac, _mac(suite, key, body)):
                raise StorageProblem("这个备份不是这个窗口的，或被改动过。", what_is_safe="本机数据没有被改动。")
            files: Mapping[str, Json] = body["files"]
            if sorted([*files, MANIFEST]) != sorted(pack.namelist()):
                raise _not_whole()
            for name, listed in files.items():
                look_up(go_on)
                if _digest(pack, name, suite, key) != listed:
                    raise _not_whole()
            _take_out(pack, FILE_NAME, inside)
        check_copy(inside, key, go_on)
        damaged, missing = ([str(name) for name in body.get(what, [])] for what in ("damaged", "missing"))
        wanted = {name for name, _sha256 in pages_in(inside, key)}
        if not {*damaged, *missing} <= wanted or not {_place(name) for name in wanted - {*missing}} <= set(files):
            raise _not_whole()
        if counts_in(inside, key) != {name: body[name] for name in ("cases", "drafts", "unsent")}:
            raise _not_whole()
        hurt_cases, torn_cases = (tuple(numbers_of_pages(inside, key, names)) for names in (damaged, missing))
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        NotImplementedError,
    ) as error:
        raise _not_whole() from error
    except OSError as error:
        raise disk_problem(error) from error
    finally:
        with suppress(OSError):
            aside.cleanup()
    total = sum(int(listed["size"]) for listed in files.values())
    return Contents(
        body["made_ms"],
        body["cases"],
        body["drafts"],
        body["unsent"],
        len(wanted) - len(missing),
        total,
        mac,
        hurt_cases,
        torn_cases,
        frozenset({*damaged, *missing}),
    )


def take_out_keys(path: Path, folder: Path) -> None:
    """Only the key slots, to see whether they open. Raises StorageProblem."""
    _take(path, folder, [name for name in KEY_FILES if name != FILE_NAME])


def restore_backup(path: Path, folder: Path) -> None:
    """Put a checked backup into an empty folder, the database last. Raises StorageProblem."""
    if (folder / FILE_NAME).exists():
        raise StorageProblem(
            "这个文件夹里已经有数据库。", what_is_safe="里面的数据没有被改动。", what_to_do="请换一个空文件夹。"
        )
    with _opened(path) as pack:
        names = [name for name in pack.namelist() if name not in {MANIFEST, FILE_NAME}]
    _take(path, folder, [*names, FILE_NAME])


def _take(path: Path, folder: Path, names: Sequence[str]) -> None:
    try:
        with _opened(path) as pack:
            there = set(pack.namelist())
            for name in names:
                if name not in there:
                    continue
                target = folder / name
                if not target.resolve().is_relative_to(folder.resolve()):
                    raise _not_whole()  # a hostile name must not lead outside
                make_folder(target.parent.resolve())
                fresh = target.with_name(target.name + ".new")
                _take_out(pack, name, fresh)
                sync_file(fresh)
                fresh.replace(target)
                sync_folder(target.parent)
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise _not_whole() from error
    except OSError as error:
        raise disk_problem(error) from error


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise StorageProblem("没有这个备份文件。", what_to_do="请核对路径。") from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _not_whole() from error
    except OSError as error:
        raise disk_problem(error) from error


def _listed(pack: zipfile.ZipFile) -> dict[str, Json]:
    if pack.getinfo(MANIFEST).file_size > _LARGEST_LIST:
        raise _not_whole()
    body: dict[str, Json] = parse_json(pack.read(MANIFEST))
    return body


def _pack(pack: zipfile.ZipFile, name: str, path: Path, suite: CipherSuite, key: bytes) -> Json:
    pack.write(path, name)
    with path.open("rb") as file:
        return _digest_of(file, suite, key)


def _pack_page(pack: zipfile.ZipFile, place: str, sealed: bytes, suite: CipherSuite, key: bytes) -> Json:
    pack.writestr(place, sealed)
    return _digest_of(BytesIO(sealed), suite, key)


def _digest(pack: zipfile.ZipFile, name: str, suite: CipherSuite, key: bytes) -> Json:
    with pack.open(name) as file:
        return _digest_of(file, suite, key)


def _digest_of(file: IO[bytes], suite: CipherSuite, key: bytes) -> Json:
    """Size, and a keyed hash over the hashes of its megabytes."""
    size, sums = 0, b""
    while piece := file.read(_STEP):
        size += len(piece)
        sums += bytes.fromhex(suite.keyed_hash(key, piece))
    return {"size": size, "sum": suite.keyed_hash(key, sums)}


def _take_out(pack: zipfile.ZipFile, name: str, target: Path) -> None:
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as out, pack.open(name) as file:
        while piece := file.read(_STEP):
            out.write(piece)


def _mac(suite: CipherSuite, key: bytes, body: Mapping[str, Json]) -> str:
    return suite.keyed_hash(suite.derive(key, "backup"), canonical_bytes(dict(body)))


def _place(name: str) -> str:
    return f"{FOLDER}/{name[:2]}/{name}{SUFFIX}"


def _blob(folder: Path, name: str) -> Path:
    return folder / FOLDER / name[:2] / f"{name}{SUFFIX}"


def _not_whole() -> StorageProblem:
    return StorageProblem(
        "备份文件不完整或已损坏。", what_is_safe="本机数据没有被改动。", what_to_do="请用另一份备份。"
    )
