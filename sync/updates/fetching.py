"""Which pieces of a release are not on this PC yet, and bringing them: in stretches that fit the line, each kept as soon as it is
whole, so that a cut or a crash costs at most the piece under way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from time import monotonic

from clerk_app.durable import make_folder
from sync.pace import FIRST_CHUNK, next_chunk
from sync.updates.contents import Contents, Piece
from sync.updates.faults import disk_trouble, not_what_was_signed, refused
from sync.updates.pieces import split, unpack
from sync.updates.sources import NoSuchFile, Source

Place = tuple[Path, int, int]
"""File, offset, size."""
_PART = ".part"


class PieceFolder:
    """Pieces that came already, one file each by its hash. What lies there is checked whenever it is read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    def has(self, piece: Piece) -> bool:
        """Whether it lies here, whole and undamaged."""
        return self.read(piece) is not None

    def read(self, piece: Piece) -> bytes | None:
        """The content; None when it is not there, or damaged: then it is removed, to be fetched again."""
        try:
            return unpack(self.path(piece.sha256).read_bytes(), piece.sha256, piece.size)
        except OSError:
            return None
        except ValueError:
            self.path(piece.sha256).unlink(missing_ok=True)
            return None

    def put(self, piece: Piece, told: bytes) -> None:
        """Keep a piece that was checked. Raises OSError."""
        path = self.path(piece.sha256)
        make_folder(path.parent)
        fresh = path.with_suffix(".new")
        try:
            fresh.write_bytes(told)
            fresh.replace(path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        path.with_suffix(_PART).unlink(missing_ok=True)

    def begun(self, piece: Piece) -> bytes:
        """What came of it before a cut."""
        try:
            told = self.path(piece.sha256).with_suffix(_PART).read_bytes()
        except OSError:
            return b""
        return told if len(told) < piece.stored else b""

    def keep_begun(self, piece: Piece, told: bytes) -> None:
        path = self.path(piece.sha256).with_suffix(_PART)
        with suppress(OSError):  # on a full disk it is fetched once more
            make_folder(path.parent)
            path.write_bytes(told)

    def forget(self, piece: Piece) -> None:
        self.path(piece.sha256).with_suffix(_PART).unlink(missing_ok=True)


def pieces_of_trees(trees: Iterable[Path], wanted: frozenset[str]) -> dict[str, Place]:
    """Where pieces of these hashes lie in programs that are on this PC: every file is cut anew and hashed, nothing is believed."""
    found: dict[str, Place] = {}
    for tree in trees:
        for folder, _folders, names in os.walk(tree):
            for name in sorted(names):
                path = Path(folder) / name
                if path.is_symlink() or len(found) == len(wanted):
                    continue
                with suppress(OSError):
                    found |= {sha256: place for sha256, place in _cut(path) if sha256 in wanted and sha256 not in found}
    return found


def _cut(path: Path) -> Iterator[tuple[str, Place]]:
    at = 0
    for sha256, piece in split(path.read_bytes()):
        yield sha256, (path, at, len(piece))
        at += len(piece)


def read_place(place: Place) -> bytes:
    """Raises OSError."""
    path, offset, size = place
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(size)


@dataclass(frozen=True, slots=True)
class Missing:
    """``pieces`` have to come; ``stored``: how many bytes that is. ``here``: where the others lie in programs on this PC."""

    pieces: tuple[Piece, ...]
    stored: int
    here: dict[str, Place]


def missing(contents: Contents, kept: PieceFolder, trees: Iterable[Path]) -> Missing:
    """What a release needs beyond what is here."""
    own = {piece.sha256: piece for piece in contents.pieces}
    absent = {sha256: piece for sha256, piece in own.items() if not kept.has(piece)}
    here = pieces_of_trees(trees, frozenset(absent))
    pieces = tuple(
        sorted(
            (piece for sha256, piece in absent.items() if sha256 not in here),
            key=lambda piece: (piece.pack, piece.offset),
        )
    )
    return Missing(pieces, sum(piece.stored for piece in pieces), here)


def fetch(
    pieces: Sequence[Piece],
    source: Source,
    kept: PieceFolder,
    *,
    go_on: Callable[[], bool] = lambda: True,
    progress: Callable[[int], None] = lambda _size: None,
) -> bool:
    """Bring these pieces; False when ``go_on`` said no, and the next call goes on there. ``progress``: bytes that came just now.

    Raises:
        Refused: something else came than was signed. LineProblem: the line; all whole pieces are kept. StorageProblem: no room.
    """
    size = FIRST_CHUNK
    try:
        for run in _runs(pieces):
            told = kept.begun(run[0])
            place, end, at = run[0].offset + len(told), run[-1].offset + run[-1].stored, 0
            try:
                while at < len(run):
                    if len(told) >= run[at].stored:
                        _take(run[at], told[: run[at].stored], kept)
                        told, at = told[run[at].stored :], at + 1
                        continue
                    if not go_on():
                        return False
                    began = monotonic()
                    more = source.stretch(f"packs/{run[at].pack}.pack", place, min(size, end - place))
                    size = next_chunk(len(more), max(int((monotonic() - began) * 1000), 1))
                    progress(len(more))
                    place += len(more)
                    told += more
            finally:
                if at < len(run) and told:
                    kept.keep_begun(run[at], told)
    except NoSuchFile as error:
        raise refused("更新里少了文件，不完整。没有采用。") from error
    except OSError as error:
        raise disk_trouble(error) from error
    return True


def _take(piece: Piece, told: bytes, kept: PieceFolder) -> None:
    try:
        unpack(told, piece.sha256, piece.size)
    except ValueError as error:
        kept.forget(piece)
        raise not_what_was_signed() from error
    kept.put(piece, told)


def _runs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces that lie one behind the other in one pack."""
    for _pack, group in groupby(pieces, key=lambda piece: piece.pack):
        run: list[Piece] = []
        for piece in group:
            if run and run[-1].offset + run[-1].stored != piece.offset:
                yield run
                run = []
            run.append(piece)
        if run:
            yield run
