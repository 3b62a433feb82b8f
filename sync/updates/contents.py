"""The list of a release: which files it has, of which pieces each is made, and in which pack a piece lies. Its hash is signed; every
file's and every piece's hash stands in it, so nothing that it does not name can come in.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

LARGEST_LIST = 64 * 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """``stored`` bytes at ``offset`` of the pack ``pack``; ``size`` bytes of content."""

    sha256: str
    size: int
    pack: str
    offset: int
    stored: int


@dataclass(frozen=True, slots=True)
class FileEntry:
    """``pieces``: numbers in the list's own pieces."""

    path: str
    sha256: str
    size: int
    runs: bool
    pieces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """``links``: path of a symbolic link to the path it points at, relative to its own folder."""

    version: str
    platform: str
    files: tuple[FileEntry, ...]
    pieces: tuple[Piece, ...]
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(each.size for each in self.files)

    def piece_places(self) -> Iterator[tuple[Piece, FileEntry, int]]:
        """Each piece with a file that holds it and where in that file."""
        for entry in self.files:
            at = 0
            for number in entry.pieces:
                yield self.pieces[number], entry, at
                at += self.pieces[number].size


def to_bytes(contents: Contents) -> bytes:
    """Compressed JSON; equal contents give equal bytes."""
    packs = sorted({piece.pack for piece in contents.pieces})
    number = {name: at for at, name in enumerate(packs)}
    told = {
        "format": _FORMAT,
        "version": contents.version,
        "platform": contents.platform,
        "packs": packs,
        "pieces": [[p.sha256, p.size, number[p.pack], p.offset, p.stored] for p in contents.pieces],
        "files": [[f.path, f.sha256, f.size, int(f.runs), list(f.pieces)] for f in contents.files],
        "links": sorted(contents.links.items()),
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return lzma.compress(text, preset=6)


def from_bytes(data: bytes) -> Contents:
    """Raises ValueError for anything that is not a list whose files stay inside their folder."""
    try:
        reader = lzma.LZMADecompressor(memlimit=256 * 1024 * 1024)
        text = reader.decompress(data, max_length=LARGEST_LIST)
        if not reader.eof:
            raise ValueError("a list that large is not ours")
        told = json.loads(text)
        if told["format"] != _FORMAT:
            raise ValueError("a list of another kind")
        return _read(told)
    except (lzma.LZMAError, EOFError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ValueError("this is no list of a release") from error


def _read(told: Mapping[str, Any]) -> Contents:
    packs = [_hash(each) for each in told["packs"]]
    pieces = tuple(
        Piece(_hash(sha256), _count(size), packs[_count(pack)], _count(offset), _count(stored))
        for sha256, size, pack, offset, stored in told["pieces"]
    )
    files = tuple(
        FileEntry(_path(path), _hash(sha256), _count(size), bool(runs), tuple(_count(each) for each in numbers))
        for path, sha256, size, runs, numbers in told["files"]
    )
    links = {_path(path): _link(path, target) for path, target in told["links"]}
    contents = Contents(str(told["version"]), str(told["platform"]), files, pieces, links)
    for entry in files:
        if sum(pieces[number].size for number in entry.pieces) != entry.size:
            raise ValueError("the pieces of a file are not its size")
    names = [name.lower() for name in (*(entry.path for entry in files), *links)]
    folders = {str(parent).lower() for name in names for parent in PurePosixPath(name).parents}
    if len(set(names)) != len(names) or folders & set(names):
        raise ValueError("two files share a name")
    return contents


def _hash(text: Any) -> str:
    if not isinstance(text, str) or not _HASH.fullmatch(text):
        raise ValueError("no SHA-256")
    return text


def _count(number: Any) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**40:
        raise ValueError("no size")
    return number


def _path(text: Any) -> str:
    """A relative path of plain parts that means the same on every system."""
    if not isinstance(text, str) or not text or len(text) > 400:
        raise ValueError("no path")
    for part in text.split("/"):
        forbidden = part in {"", ".", ".."} or part != part.rstrip(" .") or _RESERVED.fullmatch(part)
        if forbidden or any(sign in '\\:*?"<>|' or ord(sign) < 32 for sign in part):
            raise ValueError("a path that leads elsewhere")
    return text


def _link(path: str, target: Any) -> str:
    """Where a link points must lie in the same tree."""
    if not isinstance(target, str) or not target or "\\" in target or target.startswith("/") or "\0" in target:
        raise ValueError("a link that leads elsewhere")
    depth = len(PurePosixPath(path).parent.parts)
    for part in target.split("/"):
        depth += -1 if part == ".." else int(part not in {"", "."})
        if depth < 0:
            raise ValueError("a link that leads elsewhere")
    return target
