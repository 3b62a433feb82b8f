"""How much is let in: a bucket for each window (and each address that is nobody yet), and a ceiling on requests at once.

Limits hold for one process; they keep one runaway from starving the others, and a returning herd from falling over each other.
``Retry-After`` is spread by chance and grows with the crowd, so that a thousand windows do not come back in the same second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from sync.protocol import Code

_MOST_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests a second and at once for each window; the same for strangers; requests in progress in one process."""

    window_rate: float = 500.0
    window_burst: int = 2000
    stranger_rate: float = 1.0
    stranger_burst: int = 60
    in_progress: int = 256


class Buckets:
    """Token buckets by name. Safe to use from several threads. ``now_ms``: a monotonic reading."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, float(burst)
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, int]] = {}

    def take(self, name: str, now_ms: int) -> bool:
        """Whether one more request is let in."""
        with self._lock:
            tokens, at_ms = self._held.get(name, (self._burst, now_ms))
            tokens = min(self._burst, tokens + max(now_ms - at_ms, 0) / 1000 * self._rate)
            if len(self._held) >= _MOST_KEPT:
                self._held.clear()  # who was within the limits stays so; memory stays bounded
            self._held[name] = (tokens - 1 if tokens >= 1 else tokens, now_ms)
            return tokens >= 1


def address_of(request: Request) -> str:
    """Where a request comes from, as far as the socket (or a proxy on this machine) tells."""
    return request.client.host if request.client else ""


_RETRY_S = {Code.FULL: 60, Code.BUSY: 2, Code.TOO_MANY: 5}


def retry_after_s(code: Code, in_progress: int, random: Callable[[int], bytes]) -> int:
    """Seconds to wait for these refusals, 0 for all others: at least the base, at most eight times as much, by chance and crowd."""
    base = _RETRY_S.get(code, 0)
    crowd = min(7, 1 + in_progress // 32)
    return base + base * crowd * random(1)[0] // 255 if base else 0
