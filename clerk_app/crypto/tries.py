"""The growing delay after wrong PINs, kept in ``vault.tries.json`` so that a restart does not shorten it.

A try is written down before the PIN is looked at, so that pulling the plug in between does not give it back. Whoever can
delete the file has the whole folder and would guess elsewhere: against that stand argon2id and the device's secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clerk_app.domain.canonical import Json, canonical_bytes, parse_json
from clerk_app.durable import alone, write_durably
from clerk_app.errors import DiskProblem, KeyProblem
from clerk_app.ports import Clock

FILE_NAME = "vault.tries.json"
FREE_TRIES = 3
FIRST_WAIT_MS = 5_000
LONGEST_WAIT_MS = 15 * 60_000


def wait_after(wrong: int) -> int:
    """Milliseconds to wait after so many wrong PINs in a row: none for two, 5 s after the third, doubling to 15 min."""
    if wrong < FREE_TRIES:
        return 0
    return min(int(FIRST_WAIT_MS * 2 ** min(wrong - FREE_TRIES, 20)), LONGEST_WAIT_MS)


class Tries:
    """Counts wrong PINs by login."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path, self._clock = folder / FILE_NAME, clock

    def begin(self, login: str) -> int:
        """Write one more try down and return how many stood before it.

        Raises:
            KeyProblem: still waiting. StorageProblem: the try could not be written down.
        """
        with self._alone():
            return self._begin(login)

    def _begin(self, login: str) -> int:
        counts, now = self._read(), self._clock.now().utc_ms
        wrong, last_ms = counts.get(_name(login), (0, 0))
        if last_ms > now:  # the clock was set back: the wait begins anew from here and runs down, or it would never end
            last_ms = now
            counts[_name(login)] = (wrong, now)
            if wait_after(wrong):
                self._write(counts)
        left = last_ms + wait_after(wrong) - now
        if left > 0:
            raise KeyProblem(
                f"PIN 连续输错 {wrong} 次，请等 {-(-left // 1000)} 秒再试。",
                what_is_safe="数据没有受影响。",
                what_to_do="忘记 PIN 请找管理员。",
                retry_after_s=left / 1000,
            )
        counts[_name(login)] = (wrong + 1, now)
        self._write(counts)
        return wrong

    def right(self, login: str) -> None:
        """The PIN was right: the count is forgotten."""
        with self._alone():
            counts = self._read()
            if counts.pop(_name(login), None):
                self._write(counts)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two who try at once count as two. Raises StorageProblem."""
        try:
            held = alone(self._path.with_suffix(".lock"))
            held.__enter__()
        except OSError as error:
            raise _not_written() from error
        try:
            yield
        finally:
            held.__exit__(None, None, None)

    def _read(self) -> dict[str, tuple[int, int]]:
        try:
            data = parse_json(self._path.read_bytes())
            return {name: _pair(value) for name, value in data["logins"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}  # missing or damaged: the next try is written anew

    def _write(self, counts: dict[str, tuple[int, int]]) -> None:
        logins = {name: {"wrong": wrong, "last_ms": last_ms} for name, (wrong, last_ms) in counts.items()}
        try:
            write_durably(self._path, canonical_bytes({"format": 1, "logins": logins}))
        except OSError as error:
            raise _not_written() from error


def _not_written() -> DiskProblem:
    return DiskProblem(
        "数据文件夹写不进去，暂时不能登录。",
        what_is_safe="已有的数据没有受影响。",
        what_to_do="请清理磁盘空间或检查文件夹权限，再试一次。",
    )


def _pair(value: Json) -> tuple[int, int]:
    return int(value["wrong"]), int(value["last_ms"])


def _name(login: str) -> str:
    return hashlib.sha256(login.encode("utf-8", "surrogatepass")).hexdigest()[:16]
