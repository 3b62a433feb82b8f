"""A database file page by page, past SQLite: what still opens when header, schema or inner pages are damaged.

SQLCipher 4 under a raw key: each page of 4096 bytes ends in 16 bytes of IV and an HMAC-SHA512 over ciphertext, IV and page number;
the first page begins with the salt of the HMAC key in the clear. The file is only read. Committed pages of the write-ahead log
lie over those of the file.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SIZE = 4096
USABLE = SIZE - 80
HEADER = 100
SALT = 16
LEAF, INNER, INDEX_LEAF, INDEX_INNER = 0x0D, 0x05, 0x0A, 0x02
_TREES = frozenset({LEAF, INNER, INDEX_LEAF, INDEX_INNER})
_MAC = 64
_WAL_HEAD, _FRAME_HEAD = 32, 24
_LOOKED_AT = 256

Value = int | float | str | bytes | None
Record = tuple[Value, ...]


class Unreadable(ValueError):
    """A page does not open, or what stands on it is not of SQLite's form."""


class RawPages:
    """One file, open for reading. ``salts``: further salts to try when the file's own first bytes are damaged.

    ``verified`` is False when no salt fits any page: contents are then proved by nothing but their own seals.

    Raises:
        OSError: the file cannot be read.
    """

    def __init__(self, path: Path, key: bytes, salts: Sequence[bytes] = ()) -> None:
        self._file = path.open("rb")
        self._key = key
        self._in_wal, self._wal = _wal_pages(path.with_name(path.name + "-wal"))
        self.count = max(-(-self._file.seek(0, 2) // SIZE), max(self._in_wal, default=0))
        self._mac_key: bytes | None = None
        own = [self._raw(1)[:SALT]] if self.count else []
        for salt in dict.fromkeys([*own, *salts]):
            if len(salt) == SALT and self._fits(_mac_key(key, salt)):
                self._mac_key = _mac_key(key, salt)
                break
        self.verified = self._mac_key is not None

    def close(self) -> None:
        self._file.close()
        if self._wal is not None:
            self._wal.close()

    def page(self, number: int, *, unproved: bool = False) -> bytes:
        """The usable bytes of a page; of page 1 the first 16 are zeros. ``unproved``: whatever its HMAC says. Raises Unreadable."""
        raw = self._raw(number)
        start = SALT if number == 1 else 0
        if len(raw) != SIZE or (self._mac_key and not unproved and not _is_whole(raw, start, number, self._mac_key)):
            raise Unreadable(number)
        opened = Cipher(algorithms.AES(self._key), modes.CBC(raw[USABLE : USABLE + 16])).decryptor()
        return bytes(start) + opened.update(raw[start:USABLE]) + opened.finalize()

    def _raw(self, number: int) -> bytes:
        file: BinaryIO = self._file
        at = (number - 1) * SIZE
        if self._wal is not None and number in self._in_wal:
            file, at = self._wal, self._in_wal[number]
        file.seek(at)
        try:
            return file.read(SIZE)
        except OSError:
            return b""  # a sector that the disk gives up on

    def _fits(self, mac_key: bytes) -> bool:
        step = max(self.count // _LOOKED_AT, 1)
        return any(
            len(raw := self._raw(number)) == SIZE and _is_whole(raw, SALT if number == 1 else 0, number, mac_key)
            for number in range(1, self.count + 1, step)
        )


def _mac_key(key: bytes, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in salt), 2, 32)


def _is_whole(raw: bytes, start: int, number: int, mac_key: bytes) -> bool:
    wanted = hmac.digest(mac_key, raw[start : SIZE - _MAC] + number.to_bytes(4, "little"), "sha512")
    return hmac.compare_digest(wanted, raw[SIZE - _MAC :])


def _wal_pages(path: Path) -> tuple[dict[int, int], BinaryIO | None]:
    """Where the last committed state of each page lies in the write-ahead log; its own checksums are left to the pages' HMACs."""
    try:
        file = path.open("rb")
    except OSError:
        return {}, None
    head = file.read(_WAL_HEAD)
    done: dict[int, int] = {}
    open_ones: dict[int, int] = {}
    at = _WAL_HEAD
    while len(head) == _WAL_HEAD and len(frame := file.read(_FRAME_HEAD)) == _FRAME_HEAD:
        if frame[8:16] != head[16:24] or len(file.read(SIZE)) != SIZE:
            break
        open_ones[int.from_bytes(frame[:4], "big")] = at + _FRAME_HEAD
        if frame[4:8] != b"\0\0\0\0":
            done |= open_ones
            open_ones = {}
        at += _FRAME_HEAD + SIZE
    return done, file


# --- what stands on a page


def kind_of(page: bytes, number: int) -> int:
    """LEAF, INNER, INDEX_LEAF, INDEX_INNER, or 0 for a page that is no part of a tree."""
    kind = page[HEADER if number == 1 else 0]
    return kind if kind in _TREES else 0


def children_of(page: bytes, number: int) -> list[tuple[int, int | None]]:
    """Of an inner page: each child, and the largest row id under it (None: the last child, or an index). Raises Unreadable."""
    start = HEADER if number == 1 else 0
    is_table = page[start] == INNER
    try:
        found = [
            (int.from_bytes(page[at : at + 4], "big"), _varint(page, at + 4)[0] if is_table else None)
            for at in _cells(page, start, 12)
        ]
        found.append((int.from_bytes(page[start + 8 : start + 12], "big"), None))
    except IndexError as error:
        raise Unreadable(number) from error
    return found


def records_of(pages: RawPages, page: bytes, number: int) -> Iterator[tuple[int, Record | None]]:
    """Of a leaf: row ids and rows in order; None for a row whose overflow is damaged. Raises Unreadable."""
    start = HEADER if number == 1 else 0
    for cell in _cells(page, start, 8):
        try:
            size, at = _varint(page, cell)
            row_id, at = _varint(page, at)
        except IndexError as error:
            raise Unreadable(number) from error
        try:
            yield _signed(row_id), _record(_payload(pages, page, at, size))
        except (Unreadable, IndexError, UnicodeDecodeError, OverflowError):
            yield _signed(row_id), None


def _cells(page: bytes, start: int, head: int) -> list[int]:
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    if start + head + 2 * count > USABLE:
        raise Unreadable
    where = [int.from_bytes(page[at : at + 2], "big") for at in range(start + head, start + head + 2 * count, 2)]
    if any(not start + head <= at < USABLE for at in where):
        raise Unreadable
    return where


def _payload(pages: RawPages, page: bytes, at: int, size: int) -> bytes:
    most = USABLE - 35
    local = size
    if size > most:
        least = (USABLE - 12) * 32 // 255 - 23
        local = least + (size - least) % (USABLE - 4)
        local = local if local <= most else least
    if at + local > USABLE or size > pages.count * USABLE:
        raise Unreadable
    found = bytearray(page[at : at + local])
    following = int.from_bytes(page[at + local : at + local + 4], "big") if size > local else 0
    while len(found) < size:
        if not 1 < following <= pages.count:
            raise Unreadable
        more = pages.page(following)
        following = int.from_bytes(more[:4], "big")
        found += more[4 : 4 + size - len(found)]
    return bytes(found)


_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


def _record(payload: bytes) -> Record:
    end, at = _varint(payload, 0)
    kinds: list[int] = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    for kind in kinds:
        if kind in _INTEGERS:
            size = _INTEGERS[kind]
            values.append(int.from_bytes(payload[at : at + size], "big", signed=True))
        elif kind in {0, 8, 9}:
            size = 0
            values.append(None if kind == 0 else kind - 8)
        elif kind >= 12:
            size = (kind - 12) // 2
            raw = payload[at : at + size]
            values.append(raw.decode("utf-8") if kind % 2 else raw)
        else:
            raise Unreadable  # a float, or a kind that SQLite keeps for itself: no table here has one
        at += size
    if at != len(payload):
        raise Unreadable
    return tuple(values)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for n in range(8):
        byte = data[at + n]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + n + 1
    return value << 8 | data[at + 8], at + 9


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value
