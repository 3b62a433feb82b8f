"""Where a repository's bytes come from: the gateway's line, or one bundle file. Neither is trusted; what comes is checked elsewhere."""

from __future__ import annotations

import zipfile
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self
from urllib.parse import quote

from clerk_app.errors import BadInput, StorageProblem
from sync.http_line import HttpLine, is_unheard_of, line_problem

PREFIX = "/updates/"
LARGEST_WHOLE = 8 * 1024 * 1024
UNTOUCHED = "正在用的版本没有动，窗口照常用。"


class NoSuchFile(Exception):
    """The repository has no file of that name."""


class Source(Protocol):
    """``path`` is relative to the repository: metadata/timestamp.json, packs/….pack."""

    def whole(self, path: str) -> bytes:
        """Raises NoSuchFile, LineProblem, BadInput."""
        ...

    def stretch(self, path: str, offset: int, length: int) -> bytes:
        """At most ``length`` bytes from ``offset`` on, at least one. Raises NoSuchFile, LineProblem, BadInput."""
        ...


class GatewaySource:
    """A gateway that serves a repository; by ranges, so that a cut costs one stretch. Belongs to one thread."""

    def __init__(self, line: HttpLine) -> None:
        self._line = line

    def whole(self, path: str) -> bytes:
        return self._get(path, {}, LARGEST_WHOLE)

    def stretch(self, path: str, offset: int, length: int) -> bytes:
        told = self._get(path, {"Range": f"bytes={offset}-{offset + length - 1}"}, length)
        if not told:
            raise line_problem("前置的回答不完整。")
        return told

    def _get(self, path: str, headers: dict[str, str], most: int) -> bytes:
        answer = self._line.request(
            "GET",
            PREFIX + quote(path),
            b"",
            {"Accept-Encoding": "identity", **headers},
            kind="application/octet-stream",
        )
        if answer.status == 404 and is_unheard_of(answer):
            raise NoSuchFile(path)
        if answer.status != (206 if headers else 200) or len(answer.body) > most:
            raise line_problem(f"前置没有正常回答（{answer.status}）。", answer.retry_after_s)
        return answer.body


class BundleSource:
    """One file that somebody carried here. Raises BadInput when it is none, or only half of one."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = zipfile.ZipFile(path)
            self._entries = {each.filename: each for each in self._file.infolist()}
        except FileNotFoundError as error:
            raise BadInput("没有这个文件。", what_is_safe=UNTOUCHED, what_to_do="请核对文件名，插好 U 盘。") from error
        except (zipfile.BadZipFile, ValueError, EOFError) as error:
            raise _half() from error
        except OSError as error:
            raise StorageProblem(
                "这个文件读不出来。", what_is_safe=UNTOUCHED, what_to_do="请换一个 U 盘再试。"
            ) from error
        self._open: dict[str, IO[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for each in self._open.values():
            each.close()
        self._file.close()

    def names(self) -> list[str]:
        """Every file in it."""
        return list(self._entries)

    def size(self, path: str) -> int:
        """Raises NoSuchFile."""
        return self._entry(path).file_size

    def whole(self, path: str) -> bytes:
        entry = self._entry(path)
        if entry.file_size > LARGEST_WHOLE:
            raise _half()
        return self._read(path, 0, entry.file_size)

    def stretch(self, path: str, offset: int, length: int) -> bytes:
        self._entry(path)
        told = self._read(path, offset, length)
        if not told:
            raise _half()
        return told

    def _entry(self, path: str) -> zipfile.ZipInfo:
        entry = self._entries.get(path)
        if entry is None:
            raise NoSuchFile(path)
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
            raise _half()
        return entry

    def _read(self, path: str, offset: int, length: int) -> bytes:
        try:
            if path not in self._open:
                self._open[path] = self._file.open(path)
            file = self._open[path]
            file.seek(offset)
            told = bytearray()
            while len(told) < length and (more := file.read(length - len(told))):
                told += more
        except (zipfile.BadZipFile, EOFError, ValueError) as error:
            raise _half() from error
        except OSError as error:
            raise StorageProblem(
                "这个文件读不出来。", what_is_safe=UNTOUCHED, what_to_do="请换一个 U 盘再试。"
            ) from error
        return bytes(told)


def _half() -> BadInput:
    return BadInput(
        "这个更新文件不完整，或者不是本程序的更新文件。",
        what_is_safe=UNTOUCHED,
        what_to_do="请重新拷一份，拷完再拔 U 盘。",
    )
