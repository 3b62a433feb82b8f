"""Making and signing a repository, on the publisher's own machine and without a network. Time comes from outside.

    metadata/   N.root.json, N.targets.json, N.snapshot.json, timestamp.json
    targets/    releases.json and the list of each release, each with its hash in front
    packs/      pieces, new ones of each release in a pack of their own

How long signatures hold: halls are without a line for weeks and publishers go on holiday, so a timestamp holds four months.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from clerk_app.domain.versions import Version
from clerk_app.durable import make_folder, write_durably
from clerk_app.errors import BadInput, Refused, StorageProblem
from sync.updates.contents import Contents, FileEntry, Piece, from_bytes, to_bytes
from sync.updates.pieces import pack, split
from sync.updates.signing_keys import (
    ENOUGH_ROOTS,
    NAMES,
    ROOTS,
    TARGETS,
    TIMESTAMP,
    make_key,
    read_key,
    retire_key,
    roots_at_hand,
)
from sync.updates.trusted import INDEX

ROOT_DAYS, TARGETS_DAYS, TIMESTAMP_DAYS = 5 * 365, 2 * 365, 120
LIST_ENDING = ".list"


class Repository:
    """A folder with a repository, and the folder with the keys that sign it; they should not lie on the same disk."""

    def __init__(self, folder: Path, keys: Path, passphrase: bytes) -> None:
        self.folder, self._keys, self._passphrase = folder, keys, passphrase

    def found(self, now: dt.datetime) -> None:
        """New keys and an empty repository. Raises StorageProblem when there is one already."""
        if (self.folder / "metadata").exists():
            raise StorageProblem("这个文件夹里已经有更新仓库。", what_is_safe="没有改动。")
        made = {name: make_key(self._keys, name, self._passphrase) for name in NAMES}
        root = Root(expires=_in(now, ROOT_DAYS), consistent_snapshot=True)
        for name in ROOTS:
            root.add_key(made[name].public_key, Root.type)
        root.roles[Root.type].threshold = ENOUGH_ROOTS
        root.add_key(made[TARGETS].public_key, Targets.type)
        for role in (Snapshot.type, Timestamp.type):
            root.add_key(made[TIMESTAMP].public_key, role)
        self._write("1.root.json", _signed(root, [made[name] for name in ROOTS]))
        self._publish(Targets(expires=_in(now, TARGETS_DAYS)), [], now)

    def add(self, tree: Path, version: str, platform: str, schema: int, notes: str, now: dt.datetime) -> Contents:
        """Sign a program folder as a release. What is in earlier packs is not stored again.

        Raises:
            Refused: not newer than what is published for this platform; KeyProblem, StorageProblem, BadInput.
        """
        releases = self.releases()
        wanted = Version.parse(version)
        if any(each["platform"] == platform and Version.parse(each["version"]) >= wanted for each in releases):
            raise Refused(
                "已经发布过这个版本或更新的版本。", what_is_safe="没有发布。", what_to_do="请换一个更大的版本号。"
            )
        known = self._pieces_published(platform)
        contents = _pack_tree(tree, version, platform, known, self.folder / "packs")
        target = f"releases/{platform}/{version}{LIST_ENDING}"
        release = {
            "version": version,
            "platform": platform,
            "schema": schema,
            "size": contents.size,
            "target": target,
            "notes": notes,
        }
        targets = self._current(Targets)
        self._put_target(targets, target, to_bytes(contents))
        self._publish(targets, [*releases, release], now)
        return contents

    def withdraw(self, version: str, now: dt.datetime) -> int:
        """Offer a version no more; who has it keeps it. Returns for how many platforms it was offered. Raises Refused."""
        releases, targets = self.releases(), self._current(Targets)
        left = [each for each in releases if each["version"] != version]
        if len(left) == len(releases):
            raise Refused("没有发布过这个版本。", what_is_safe="没有改动。")
        for each in releases:
            if each["version"] == version:
                targets.targets.pop(each["target"], None)
        self._publish(targets, left, now)
        return len(releases) - len(left)

    def renew(self, now: dt.datetime) -> None:
        """Say that all this still holds: new signatures with a new term, nothing else changed."""
        self._publish(self._current(Targets), self.releases(), now)

    def rotate(self, role: str, now: dt.datetime) -> int:
        """A new key in place of an old one: ``root-1`` … ``root-3``, ``targets`` or ``timestamp``. Returns the root's new version.

        The new root is signed by enough keys of the old one and of the new one, so that every window follows it by itself.
        """
        if role not in NAMES:
            raise BadInput("没有这种钥匙。", what_to_do=f"可以换的有：{'、'.join(NAMES)}。")
        before = roots_at_hand(self._keys, self._passphrase)
        old = read_key(self._keys, role, self._passphrase)
        root = self._current(Root)
        retire_key(self._keys, role, now.strftime("%Y%m%d-%H%M%S"))
        new = make_key(self._keys, role, self._passphrase)
        for place in _places(role):
            root.revoke_key(old.public_key.keyid, place)
            root.add_key(new.public_key, place)
        version = int(root.version) + 1
        root.version = version
        root.expires = _in(now, ROOT_DAYS)
        signers = {each.public_key.keyid: each for each in (*before, *([new] if role in ROOTS else []))}
        self._write(f"{version}.root.json", _signed(root, list(signers.values())))
        self.renew(now)
        return version

    def releases(self) -> list[dict[str, Any]]:
        """What is offered now, as the index holds it."""
        target = self._current(Targets).targets[INDEX]
        return list(json.loads(self._read_target(target))["releases"])

    def contents(self, version: str, platform: str) -> Contents:
        """The list of a release. Raises Refused when there is none."""
        for each in self.releases():
            if (each["version"], each["platform"]) == (version, platform):
                return from_bytes(self._read_target(self._current(Targets).targets[each["target"]]))
        raise Refused("没有发布过这个版本。", what_is_safe="没有改动。")

    def files_of(self, contents: Iterable[Contents]) -> list[str]:
        """Metadata and targets of the repository as it stands, and the packs that these lists name; timestamp last."""
        targets = self._current(Targets).targets.values()
        roots = sorted(
            (self.folder / "metadata").glob("*.root.json"), key=lambda path: int(path.name.partition(".")[0])
        )
        packs = {piece.pack for each in contents for piece in each.pieces}
        snapshot, target = self._current(Snapshot).version, self._current(Targets).version
        return [
            *(f"packs/{each}.pack" for each in sorted(packs)),
            *(f"targets/{_hashed(each)}" for each in targets),
            *(f"metadata/{path.name}" for path in roots),
            f"metadata/{target}.targets.json",
            f"metadata/{snapshot}.snapshot.json",
            "metadata/timestamp.json",
        ]

    # --- metadata -------------------------------------------------------------------------------------------------

    def _publish(self, targets: Targets, releases: list[dict[str, Any]], now: dt.datetime) -> None:
        """New targets, snapshot and timestamp; the timestamp last, so that a reader sees all of the old or all of the new."""
        index = json.dumps({"releases": releases}, ensure_ascii=False, sort_keys=True, indent=1).encode()
        self._put_target(targets, INDEX, index)
        is_new = not (self.folder / "metadata" / "timestamp.json").exists()
        snapshot, timestamp = (
            (Snapshot(), Timestamp()) if is_new else (self._current(Snapshot), self._current(Timestamp))
        )
        if not is_new:
            for each in (targets, snapshot, timestamp):
                each.version += 1
        targets.expires = _in(now, TARGETS_DAYS)
        keys, phrase = self._keys, self._passphrase
        said = _signed(targets, [read_key(keys, TARGETS, phrase)])
        self._write(f"{targets.version}.targets.json", said)
        snapshot.expires = _in(now, TARGETS_DAYS)
        snapshot.meta["targets.json"] = MetaFile(targets.version, len(said), {"sha256": _sha256(said)})
        signer = read_key(keys, TIMESTAMP, phrase)
        said = _signed(snapshot, [signer])
        self._write(f"{snapshot.version}.snapshot.json", said)
        timestamp.expires = _in(now, TIMESTAMP_DAYS)
        timestamp.snapshot_meta = MetaFile(snapshot.version, len(said), {"sha256": _sha256(said)})
        self._write("timestamp.json", _signed(timestamp, [signer]))

    def _current(self, kind: type[Any]) -> Any:
        """The newest metadata of a kind. Raises BadInput when this is no repository."""
        folder = self.folder / "metadata"
        try:
            if kind is Timestamp:
                path = folder / "timestamp.json"
            else:
                path = max(folder.glob(f"*.{kind.type}.json"), key=lambda path: int(path.name.partition(".")[0]))
            return Metadata.from_bytes(path.read_bytes()).signed
        except (OSError, ValueError, RepositoryError) as error:
            raise BadInput(
                "这个文件夹里没有更新仓库。", what_to_do="请先运行 clerk-app update publish init。"
            ) from error

    def _put_target(self, targets: Targets, name: str, data: bytes) -> None:
        target = TargetFile.from_data(name, data, ["sha256"])
        self._write_file(self.folder / "targets" / _hashed(target), data)
        targets.targets[name] = target

    def _read_target(self, target: TargetFile) -> bytes:
        try:
            return (self.folder / "targets" / _hashed(target)).read_bytes()
        except OSError as error:
            raise BadInput("更新仓库里少了文件。", what_to_do="请用完整的仓库。") from error

    def _pieces_published(self, platform: str) -> dict[str, Piece]:
        known: dict[str, Piece] = {}
        for each in self.releases():
            if each["platform"] == platform:
                known |= {piece.sha256: piece for piece in self.contents(each["version"], platform).pieces}
        return known

    def _write(self, name: str, data: bytes) -> None:
        self._write_file(self.folder / "metadata" / name, data)

    def _write_file(self, path: Path, data: bytes) -> None:
        try:
            make_folder(path.parent)
            write_durably(path, data, mode=0o644)
        except OSError as error:
            raise StorageProblem("更新仓库写不进去。", what_to_do="请检查磁盘空间和权限。") from error


def _pack_tree(tree: Path, version: str, platform: str, known: dict[str, Piece], packs: Path) -> Contents:
    """Cut every file, put new pieces into one new pack, and say which is where."""
    files: list[FileEntry] = []
    links: dict[str, str] = {}
    pieces: list[Piece] = []
    number: dict[str, int] = {}
    fresh = packs / "new.pack"
    try:
        make_folder(packs)
        name, whole = hashlib.sha256(), 0
        with fresh.open("wb") as out:
            for path in _paths(tree):
                relative = path.relative_to(tree).as_posix()
                if path.is_symlink():
                    links[relative] = path.readlink().as_posix()
                    continue
                data, numbers = path.read_bytes(), list[int]()
                for sha256, content in split(data):
                    if sha256 not in number:
                        piece = known.get(sha256)
                        if piece is None:
                            told = pack(content)
                            piece = Piece(sha256, len(content), "", whole, len(told))
                            out.write(told)
                            name.update(told)
                            whole += len(told)
                        number[sha256] = len(pieces)
                        pieces.append(piece)
                    numbers.append(number[sha256])
                runs = bool(path.stat().st_mode & 0o100)
                files.append(FileEntry(relative, _sha256(data), len(data), runs, tuple(numbers)))
            out.flush()
            os.fsync(out.fileno())
        packed = name.hexdigest()
        fresh.replace(packs / f"{packed}.pack") if whole else fresh.unlink()
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StorageProblem("程序文件夹读不出来，或者更新仓库写不进去。", what_to_do="请检查磁盘和权限。") from error
    placed = tuple(
        piece if piece.pack else Piece(piece.sha256, piece.size, packed, piece.offset, piece.stored) for piece in pieces
    )
    contents = Contents(version, platform, tuple(files), placed, links)
    try:
        return from_bytes(to_bytes(contents))
    except ValueError as error:
        raise BadInput("这个程序文件夹里有不能发布的文件名或链接。", what_is_safe="没有发布。") from error


def _paths(tree: Path) -> Iterable[Path]:
    for folder, folders, names in os.walk(tree):
        folders.sort()
        here = Path(folder)
        yield from (here / name for name in folders if (here / name).is_symlink())
        yield from (here / name for name in sorted(names))


def _places(role: str) -> tuple[str, ...]:
    if role in ROOTS:
        return (Root.type,)
    return (Targets.type,) if role == TARGETS else (Snapshot.type, Timestamp.type)


def _signed(signed: Any, signers: Iterable[CryptoSigner]) -> bytes:
    metadata: Metadata[Any] = Metadata(signed)
    for signer in signers:
        metadata.sign(signer, append=True)
    return metadata.to_bytes()


def _hashed(target: TargetFile) -> str:
    folder, slash, name = target.path.rpartition("/")
    return f"{folder}{slash}{target.hashes['sha256']}.{name}"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _in(now: dt.datetime, days: int) -> dt.datetime:
    return (now + dt.timedelta(days=days)).replace(microsecond=0)
