"""The catalogue versions that a data folder keeps: which is in use, whom it trusts, and every old one for its cases.

    catalogue/trusted.json          public keys whose packages are taken
    catalogue/current               the version in use; without it, the catalogue that comes with the program
    catalogue/waiting/<hash>.package   signed by a key that nobody here trusts yet; taken when an admin does
    catalogue/history.json          each import: version, hash, key, time, reason
    catalogue/<version>/package.json            a signed package, as it came
    catalogue/<version>/starter-<hash>.json.gz  a catalogue that came with the program while cases were taken by it

The switch is one rename of ``current``; a package is on disk before that. Old versions are never deleted.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from clerk_app.catalogue.check import findings_of
from clerk_app.catalogue.difference import Change, changes
from clerk_app.catalogue.loader import STARTER, Files, LoadedCatalogue, catalogue_of, folder_files, read_files
from clerk_app.catalogue.local import FILE as LOCAL_FILE
from clerk_app.catalogue.local import Local, read_local
from clerk_app.catalogue.package import LARGEST_BODY, LARGEST_PACKAGE, NotTrusted, Package, open_package
from clerk_app.catalogue.problems import CatalogueProblems
from clerk_app.catalogue.reading import VERSION, Reading
from clerk_app.domain.canonical import Json, bytes_hash, canonical_bytes, parse_json
from clerk_app.durable import make_folder, write_durably
from clerk_app.errors import BadInput, Refused, StorageProblem
from clerk_app.ports import CipherSuite

_PACKAGE = "package.json"
_WAITING = "waiting"
MOST_WAITING = 3
"""Packages by unknown hands that are kept for a key to come; more would only fill the disk."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: versions before and after, and what differs. ``changes`` is empty when it was there already."""

    before: str
    after: str
    changes: tuple[Change, ...]


class KeptCatalogues:
    """``catalogue/`` of one data folder."""

    def __init__(self, data: Path, suite: CipherSuite, starter: Path = STARTER) -> None:
        self._data, self._folder, self._suite, self._starter = data, data / "catalogue", suite, starter
        self._read_starter = cache(lambda: folder_files(starter))
        self._older = cache(self._find_older)
        self._loaded = cache(self._load_kept)

    def load(self) -> LoadedCatalogue:
        """The catalogue in use, with 地址 and 电话 of this district, and the older ones behind it.

        A package that cannot be read any more is told in ``notice``; the program's own catalogue then stands in.

        Raises:
            StorageProblem or CatalogueProblems: not even the program's own catalogue can be used.
        """
        files, notice = None, ""
        if version := self._current():
            try:
                files = read_files(self._package(version).files)
                if files.problems:
                    raise CatalogueProblems(files.problems)
            except (BadInput, StorageProblem):
                files, notice = None, f"目录 {version} 读不出来，现在用程序自带的目录。请管理员重新导入目录包。"
        elif (self._folder / "current").exists():
            notice = "看不出该用哪一版目录，现在用程序自带的目录。请管理员重新导入目录包。"
        files = files or read_files(self._read_starter())
        local, problem = self._local(files)
        catalogue = catalogue_of(files, older=self._older, local=local)
        catalogue.notice = notice or problem
        return catalogue

    def keep_starter(self, in_use: LoadedCatalogue) -> None:
        """Keep the program's own catalogue, so that cases taken by it still find it after the program was renewed.

        Raises:
            OSError: the disk is full or gone.
        """
        starter = self._read_starter()
        if self._current() and not in_use.notice:
            return
        path = self._folder / in_use.version / f"starter-{in_use.sha256[:12]}.json.gz"
        if not path.exists():
            make_folder(path.parent)
            value = {name: parse_json(data) for name, data in starter.items()}
            write_durably(path, gzip.compress(canonical_bytes(value), mtime=0))

    def trusted(self) -> tuple[bytes, ...]:
        """Public keys whose packages are taken. Raises StorageProblem when the list is damaged."""
        try:
            keys = parse_json((self._folder / "trusted.json").read_bytes())["keys"]
            return tuple(base64.b64decode(key, validate=True) for key in keys)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StorageProblem(
                "信任的目录签名人名单读不出来。",
                what_is_safe="正在用的目录没有动。",
                what_to_do="请管理员删去 catalogue/trusted.json，再用 --trust 重新加上。",
            ) from error

    def trust(self, public: bytes) -> None:
        """Trust one more key, durably. Raises StorageProblem."""
        keys = dict.fromkeys((*self.trusted(), public))
        text = [base64.b64encode(key).decode("ascii") for key in keys]
        self._write(self._folder / "trusted.json", canonical_bytes({"format": 1, "keys": text}))

    def put_aside(self, data: bytes) -> None:
        """Keep a package whose signer is not trusted yet, by its hash, the newest few; it is believed in nothing until then.

        Raises:
            StorageProblem: the disk.
        """
        if len(data) > LARGEST_PACKAGE:
            return
        self._write(self._folder / _WAITING / f"{bytes_hash(data)[:32]}.package", data)
        for old in self._waiting()[:-MOST_WAITING]:
            old.unlink(missing_ok=True)

    def take_waiting(self, *, at: str = "") -> tuple[Imported, ...]:
        """What waited and is signed by somebody trusted by now, oldest version first; what is no longer wanted goes.

        Raises:
            StorageProblem: the disk; what was not tried yet still waits.
        """
        tried: list[tuple[tuple[str, int], Path, bytes]] = []
        for path in self._waiting():
            data = _read(path, LARGEST_PACKAGE)
            try:
                tried.append((_order(open_package(data, self._suite, self.trusted()).version), path, data))
            except NotTrusted:
                continue
            except BadInput:
                path.unlink(missing_ok=True)
        done = list[Imported]()
        for _, path, data in sorted(tried):
            with contextlib.suppress(BadInput, Refused):  # older than the present one, or check finds faults
                done.append(self.take(data, at=at))
            path.unlink(missing_ok=True)
        return tuple(done)

    def _waiting(self) -> list[Path]:
        """Oldest first."""
        found = (self._folder / _WAITING).glob("*.package")
        return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))

    def take(self, data: bytes, *, downgrade: bool = False, reason: str = "", at: str = "") -> Imported:
        """Verify a package, keep it, and use it from the next load on.

        Args:
            downgrade: an older version is wanted; ``reason`` has to say why.
            at: ISO time for the history.

        Raises:
            BadInput: not signed by a trusted key, changed, damaged, or check finds problems (CatalogueProblems).
            Refused: older than the present one, or the same version with other content. StorageProblem: the disk.
        """
        package = open_package(data, self._suite, self.trusted())
        files = read_files(package.files)
        if problems := [each for each in findings_of(files) if not each.warning]:
            raise CatalogueProblems(problems)
        if files.version != package.version:
            raise BadInput("目录包的版本号和里面的不一样。", what_is_safe="正在用的目录没有动。")
        present, new = self.load(), catalogue_of(files)
        if _order(new.version) < _order(present.version):
            _must_want_older(downgrade, reason, present.version, new.version)
        if new.version == present.version and new.sha256 != present.sha256 and self._current():
            raise Refused(
                f"已经有内容不同的 {new.version} 版目录。",
                what_is_safe="正在用的目录没有动。",
                what_to_do="请发布人换一个版本号再发布。",
            )
        self._keep(package, new, reason, at)
        return Imported(present.version, new.version, changes(present, new))

    def _keep(self, package: Package, new: LoadedCatalogue, reason: str, at: str) -> None:
        try:
            self.keep_starter(self.load())
        except OSError as error:
            raise _disk() from error
        folder = self._folder / new.version
        self._write(folder / _PACKAGE, package.data)
        entry = {
            "version": new.version,
            "sha256": new.sha256,
            "key": base64.b64encode(package.key).decode("ascii"),
            "at": at,
            "reason": reason.strip(),
        }
        self._write(self._folder / "history.json", canonical_bytes([*self._history(), entry]))
        self._write(self._folder / "current", new.version.encode("ascii"))

    def renewed_ms(self) -> int | None:
        """When the newest catalogue came, UTC milliseconds; None while the shipped one is all there is."""
        for entry in reversed(self._history()):
            if isinstance(entry, dict) and str(entry.get("at", "")).isdigit():
                return int(entry["at"])
        return None

    def _history(self) -> list[Json]:
        try:
            past = parse_json((self._folder / "history.json").read_bytes())
        except (OSError, ValueError):
            return []
        return past if isinstance(past, list) else []

    def _current(self) -> str:
        try:
            version = (self._folder / "current").read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""
        return version if VERSION.fullmatch(version) else ""

    def _package(self, version: str) -> Package:
        """Verified anew at each load, so that a changed file on disk is noticed."""
        return open_package(_read(self._folder / version / _PACKAGE, LARGEST_PACKAGE), self._suite, self.trusted())

    def _local(self, files: Files) -> tuple[Local | None, str]:
        path = self._data / LOCAL_FILE
        if not path.exists():
            return None, ""
        reading = Reading(LOCAL_FILE)
        local = read_local(_read(path, LARGEST_PACKAGE), tuple(files.items.values()), reading)
        if not reading.problems:
            return local, ""
        return None, f"本地的地址电话没有用上：{reading.problems[0]}"

    def _find_older(self, entry_id: str, sha256: str) -> LoadedCatalogue | None:
        """The newest kept catalogue in which the entry had that hash."""
        for kept in self._kept():
            catalogue = self._loaded(kept)
            if catalogue is not None and catalogue.hash_of(entry_id) == sha256:
                return catalogue
        return None

    def _kept(self) -> Iterator[Path]:
        yield self._starter
        folders = [path for path in self._folder.glob("*/") if VERSION.fullmatch(path.name)]
        for folder in sorted(folders, key=lambda path: _order(path.name), reverse=True):
            yield from sorted([*folder.glob(_PACKAGE), *folder.glob("starter-*.json.gz")])

    def _load_kept(self, path: Path) -> LoadedCatalogue | None:
        """One kept catalogue; None when it cannot be used any more (the one who asks is told that it is not there)."""
        try:
            if path == self._starter:
                return catalogue_of(read_files(self._read_starter()))
            if path.name == _PACKAGE:
                return catalogue_of(read_files(self._package(path.parent.name).files))
            return catalogue_of(read_files(_starter_files(_read(path, LARGEST_PACKAGE))))
        except (BadInput, StorageProblem):
            return None

    def _write(self, path: Path, data: bytes) -> None:
        try:
            make_folder(path.parent)
            write_durably(path, data)
        except OSError as error:
            raise _disk() from error


def _starter_files(data: bytes) -> Mapping[str, bytes]:
    try:
        unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
        value = parse_json(unzip.decompress(data, LARGEST_BODY))
        return {str(name): canonical_bytes(part) for name, part in value.items()}
    except (ValueError, AttributeError, zlib.error) as error:
        raise BadInput("留存的目录读不出来。") from error


def _order(version: str) -> tuple[str, int]:
    day, _, count = version.partition(".")
    return day, int(count or 0)


def _must_want_older(downgrade: bool, reason: str, present: str, new: str) -> None:
    if not downgrade:
        raise Refused(
            f"目录包（{new}）比正在用的（{present}）旧。",
            what_is_safe="正在用的目录没有动。",
            what_to_do="确实要退回旧版的，请加 --downgrade 和 --reason。",
        )
    if not reason.strip():
        raise Refused("退回旧版目录要写明原因。", what_to_do="请用 --reason 写几个字。")


def _read(path: Path, largest: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(largest + 1)
    except OSError as error:
        raise StorageProblem(
            f"目录文件 {path.name} 读不出来。", what_is_safe="办件没有变。", what_to_do="请检查磁盘，或重新导入目录包。"
        ) from error


def _disk() -> StorageProblem:
    return StorageProblem(
        "目录没有写进磁盘。", what_is_safe="正在用的目录和办件没有动。", what_to_do="请检查磁盘空间后再导入。"
    )
