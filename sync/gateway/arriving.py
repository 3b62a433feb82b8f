"""Requests that arrive slowly: patience by their rate, never by the clock alone, and an end to them where they crowd out others.

A bad line may take its time: a body goes on as long as it brings at least ``LEAST_RATE`` bytes a second beyond ``GRACE_S``. Who sends
half of many requests and then nothing is found out by that; and where the gateway is at its ceiling, the longest half-sent body of
the address that holds the most of them makes room.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from sync.gateway.windows import Denied
from sync.protocol import Code

HEAD_S = 30.0
"""A whole head, from its first byte (or from the connection's beginning)."""
GRACE_S = 30.0
LEAST_RATE = 256.0
"""Bytes a second; the worst line that is planned for (profile C) brings several thousand."""
YOUNG_S = 5.0
"""Who has been sending for less than this makes room for nobody, unless its address has a crowd of them."""
CROWD = 32


@dataclass(eq=False, slots=True)
class _Body:
    address: str
    began_s: float
    patience: asyncio.Timeout = field(repr=False)


class Arrivals:
    """The half-sent bodies of one process; for its event loop's thread alone."""

    def __init__(self, grace_s: float = GRACE_S, young_s: float = YOUNG_S) -> None:
        self._grace_s, self._young_s = grace_s, young_s
        self._bodies: set[_Body] = set()

    async def read(self, stream: AsyncIterator[bytes], address: str, limit: int) -> bytes:
        """The bytes as sent. Raises Denied: more than ``limit``, or too slow."""
        loop, pieces, size = asyncio.get_running_loop(), list[bytes](), 0
        began_s = loop.time()
        try:
            async with asyncio.timeout_at(began_s + self._grace_s) as patience:
                body = _Body(address, began_s, patience)
                self._bodies.add(body)
                try:
                    async for piece in stream:
                        size += len(piece)
                        if size > limit:
                            raise Denied(Code.TOO_LARGE)
                        pieces.append(piece)
                        patience.reschedule(began_s + self._grace_s + size / LEAST_RATE)
                finally:
                    self._bodies.discard(body)
        except TimeoutError:
            raise Denied(Code.BUSY) from None
        return b"".join(pieces)

    def make_room(self) -> bool:
        """End the longest half-sent body of the address that holds the most; whether there was one that is not young."""
        now_s = asyncio.get_running_loop().time()
        crowd = Counter(each.address for each in self._bodies)
        old = [each for each in self._bodies if crowd[each.address] > CROWD or now_s - each.began_s >= self._young_s]
        if not old:
            return False
        goes = max(old, key=lambda each: (crowd[each.address], now_s - each.began_s))
        self._bodies.discard(goes)
        goes.patience.reschedule(now_s)
        return True
