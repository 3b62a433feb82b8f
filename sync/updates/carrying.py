"""One file that carries a repository: on a stick to a window without a line, or to a gateway that then serves it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path

from clerk_app.domain.releases import Release
from clerk_app.domain.versions import Version
from clerk_app.durable import make_folder, sync_folder, write_durably
from clerk_app.errors import BadInput, Refused, StorageProblem
from sync.updates.contents import Contents
from sync.updates.faults import not_what_was_signed
from sync.updates.pieces import unpack
from sync.updates.publishing import Repository
from sync.updates.sources import BundleSource, NoSuchFile
from sync.updates.trusted import SHIPPED, Trusted
from sync.updates.verdicts import in_words

ENDING = ".clerkupdate"
_PIECE = 1024 * 1024


def write_bundle(repository: Repository, target: Path, platform: str, since: str = "") -> int:
    """The newest release of a platform with all that a window needs to check it; bytes written. ``since``: leave out packs that a
    window with that version does not need.

    Raises:
        Refused: nothing is published for the platform. StorageProblem: no room, or the file is there already.
    """
    versions = [each["version"] for each in repository.releases() if each["platform"] == platform]
    if not versions:
        raise Refused("没有发布过这个平台的版本。", what_is_safe="没有写文件。")
    newest = repository.contents(max(versions, key=Version.parse), platform)
    if since:
        had = {piece.sha256 for piece in repository.contents(since, platform).pieces}
        kept = tuple(piece for piece in newest.pieces if piece.sha256 not in had)
        newest = Contents(newest.version, newest.platform, (), kept)
    names = repository.files_of([newest])
    if target.exists():
        raise StorageProblem("已经有这个文件。", what_is_safe="没有改动它。", what_to_do="请换一个文件名。")
    fresh = target.with_name(target.name + ".new")
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_STORED) as out:
            for name in names:
                out.write(repository.folder / name, name)
        with fresh.open("rb+") as file:
            os.fsync(file.fileno())
        fresh.replace(target)
        sync_folder(target.parent)
        return target.stat().st_size
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StorageProblem("更新文件没有写成。", what_to_do="请检查磁盘空间，或换一个 U 盘。") from error


def take_into(folder: Path, bundle: Path) -> tuple[Release, ...]:
    """Put a bundle into a gateway's folder, so that windows find it: checked by the same rules as in a window, packs piece by piece;
    the timestamp comes last. Returns what is offered then.

    The gateway is no authority for windows: this check spares them half a file or an older one. Without a root of its own the
    gateway follows the first one that it sees.

    Raises:
        Refused: as Trusted.look. StorageProblem: no room; what was offered before is offered still.
    """
    trusted = Trusted(folder / "trust", SHIPPED)
    with BundleSource(bundle) as source:
        if trusted.root() is None:
            try:
                trusted.trust(source.whole("metadata/1.root.json"))
            except NoSuchFile as error:
                raise BadInput("这个文件不是更新文件。", what_is_safe="前置上的更新没有动。") from error
        releases = trusted.look(source)
        if not releases:
            raise BadInput("这个文件里没有发布任何版本。", what_is_safe="前置上的更新没有动。")
        for name in source.names():
            if name.startswith("packs/"):
                _copy_pack(folder, source, name)
        for release in releases:
            _check_packs(trusted.contents(source, release), folder)
        _copy_rest(folder, source)
    return releases


def _copy_pack(folder: Path, source: BundleSource, name: str) -> None:
    target = folder / _plain(name)
    if target.exists():
        return
    fresh = target.with_name(target.name + ".new")
    with in_words():
        make_folder(target.parent)
        with fresh.open("wb") as out:
            at, size = 0, source.size(name)
            while at < size:
                told = source.stretch(name, at, _PIECE)
                out.write(told)
                at += len(told)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(target)
        sync_folder(target.parent)


def _check_packs(contents: Contents, folder: Path) -> None:
    """Every piece that lies here is the one that was signed; a pack that holds another goes again. Raises Refused."""
    for pack in {piece.pack for piece in contents.pieces}:
        path = folder / "packs" / f"{pack}.pack"
        if not path.is_file():
            continue
        with in_words(), path.open("rb") as file:
            for piece in (each for each in contents.pieces if each.pack == pack):
                file.seek(piece.offset)
                try:
                    unpack(file.read(piece.stored), piece.sha256, piece.size)
                except ValueError as error:
                    path.unlink()
                    raise not_what_was_signed() from error


def _copy_rest(folder: Path, source: BundleSource) -> None:
    """Targets, then metadata with the timestamp last: whoever reads meanwhile sees all of the old or all of the new."""
    names = [name for name in source.names() if name.startswith(("targets/", "metadata/"))]
    for name in _timestamp_last(names):
        target = folder / _plain(name)
        with in_words():
            make_folder(target.parent)
            write_durably(target, source.whole(name), mode=0o644)


def _timestamp_last(names: Iterable[str]) -> list[str]:
    def rank(name: str) -> tuple[bool, bool, str]:
        return name.endswith("timestamp.json"), name.startswith("metadata/"), name

    return sorted(names, key=rank)


def _plain(name: str) -> str:
    if ".." in name.split("/") or name.startswith("/") or "\\" in name or ":" in name:
        raise BadInput("这个文件不是更新文件。", what_is_safe="前置上的更新没有动。")
    return name
