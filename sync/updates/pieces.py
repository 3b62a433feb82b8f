"""Cutting a file where its own bytes say so (content-defined, as rsync, casync and zchunk do): after an insertion the cuts behind it
fall where they fell before, so that most pieces of a new version are pieces of the old one.

A rolling sum over the last 32 bytes decides; numpy makes it in five doublings for all positions at once. The table is part of the
format: another one would only make updates larger, never wrong. A gateway only unpacks, and runs without numpy.
"""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST, USUAL, MOST = 32 * 1024, 128 * 1024, 512 * 1024
_REACH = 32
_MASK = (1 << 32) - (1 << (32 - USUAL.bit_length() + 1))
"""The top 17 bits: a cut every 128 KB on average."""
_STRETCH = 256 * 1024
_MEMORY = 64 * 1024 * 1024
RAW = b"\0"
PACKED = b"\1"


@cache
def _table() -> NDArray[np.uint32]:
    import numpy as np

    told = b"".join(hashlib.sha256(b"clerk-app pieces %d" % n).digest()[:4] for n in range(256))
    return np.frombuffer(told, dtype="<u4").astype(np.uint32)


def cuts(data: bytes | memoryview) -> list[int]:
    """Where the pieces of these bytes end, in order; the last is the end of the data. Empty data has no piece."""
    size = len(data)
    if size <= LEAST:
        return [size] if size else []
    ends, begin = list[int](), 0
    for at in _candidates(data):
        while at - begin > MOST:
            begin += MOST
            ends.append(begin)
        if at - begin >= LEAST and size > at:
            ends.append(at)
            begin = at
    while size - begin > MOST:
        begin += MOST
        ends.append(begin)
    ends.append(size)
    return ends


def _candidates(data: bytes | memoryview) -> Iterator[int]:
    import numpy as np

    table, mask = _table(), np.uint32(_MASK)
    whole = np.frombuffer(data, dtype=np.uint8)
    for start in range(0, len(whole), _STRETCH):
        before = max(start - _REACH + 1, 0)
        sums = table[whole[before : start + _STRETCH]]
        reach = 1
        while reach < _REACH:
            sums[reach:] += sums[:-reach] << np.uint32(reach)  # the right side is made before anything is added
            reach *= 2
        for at in np.flatnonzero((sums & mask) == 0):
            place = before + int(at) + 1
            if place > start and place >= _REACH:
                yield place


def split(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(SHA-256, bytes) of each piece, in order."""
    begin = 0
    for end in cuts(data):
        piece = data[begin:end]
        yield hashlib.sha256(piece).hexdigest(), piece
        begin = end


def pack(piece: bytes) -> bytes:
    """As it travels: compressed where that helps."""
    packed = lzma.compress(piece, format=lzma.FORMAT_ALONE, preset=6)
    return PACKED + packed if len(packed) < len(piece) else RAW + piece


def unpack(told: bytes, sha256: str, size: int) -> bytes:
    """The piece. Raises ValueError when it is not the one that was meant; never makes more than ``size`` bytes of it."""
    if told[:1] == PACKED:
        try:
            reader = lzma.LZMADecompressor(format=lzma.FORMAT_ALONE, memlimit=_MEMORY)
            piece = reader.decompress(told[1:], max_length=size + 1)
        except (lzma.LZMAError, EOFError) as error:
            raise ValueError("a piece does not unpack") from error
    else:
        piece = told[1:]
    if len(piece) != size or hashlib.sha256(piece).hexdigest() != sha256:
        raise ValueError("a piece is not the one that was meant")
    return piece
