"""How fast the line is just now, how large the next stretch of a page should be, and how long the rest will take.

A stretch takes about a second and a half of its connection: a cut costs no more than that, and a fast line is not chopped into
needless requests. Plain figures in, plain figures out; time comes from outside.
"""

from __future__ import annotations

import threading
from collections import deque

FIRST_CHUNK, LEAST_CHUNK, MOST_CHUNK = 64 * 1024, 16 * 1024, 1024 * 1024
GOAL_MS = 1500
LEAST_PATIENCE_S, _TIMES_AS_LONG = 8.0, 4
SLOW_BPS = 100_000
"""Below this (bytes per second) the pill says 弱网."""
_WINDOW_MS = 10_000


def next_chunk(size: int, took_ms: int) -> int:
    """Bytes of the next stretch after one of ``size`` bytes took ``took_ms``: at most doubled, whole 4 KB."""
    fitting = size * GOAL_MS // max(took_ms, 1)
    wanted = min(max(min(fitting, size * 2), LEAST_CHUNK), MOST_CHUNK)
    return wanted // 4096 * 4096


def first_chunk(speed_bps: int, connections: int) -> int:
    """Bytes of a connection's first stretch: by what the cases before it told of the line, whole 4 KB; 64 KB where nothing is
    known."""
    if not speed_bps:
        return FIRST_CHUNK
    fitting = speed_bps * GOAL_MS // 1000 // connections
    return min(max(fitting, LEAST_CHUNK), MOST_CHUNK) // 4096 * 4096


def patience_s(size: int, last_size: int, last_took_s: float, most_s: float) -> float:
    """Seconds to wait for the answer to ``size`` bytes when the last ``last_size`` took ``last_took_s`` (0: not known).

    A connection that died without a word (a NAT box forgot it, the line was dark) costs that long and nothing else; who waits
    in vain must know nothing of the line any more, so that one that became slow gets all the time there is.
    """
    if not last_size:
        return most_s
    return min(most_s, max(LEAST_PATIENCE_S, _TIMES_AS_LONG * last_took_s * max(size / last_size, 1.0)))


def wait_text(size: int, speed_bps: int) -> str:
    """约 8 分钟; empty when there is nothing to go or the speed is not known yet."""
    if not size or not speed_bps:
        return ""
    seconds = size / speed_bps
    if seconds < 60:
        return "不到 1 分钟"
    if seconds < 5400:
        return f"约 {round(seconds / 60)} 分钟"
    return f"约 {round(seconds / 3600)} 小时"


def speed_text(speed_bps: int) -> str:
    """38 KB/s, 2.4 MB/s."""
    if speed_bps >= 1024 * 1024:
        return f"{speed_bps / 1024 / 1024:.1f} MB/s"
    return f"{max(speed_bps // 1024, 1)} KB/s"


class Speed:
    """Bytes that went, over the last ten seconds in which anything did. From any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._went: deque[tuple[int, int, int]] = deque()  # (when it ended, how long it took, bytes)
        self._last = 0

    def note(self, ended_ms: int, took_ms: int, size: int) -> None:
        """``size`` bytes took ``took_ms`` on one of the connections, ending at ``ended_ms`` (monotonic)."""
        with self._lock:
            self._went.append((ended_ms, max(took_ms, 1), size))
            while self._went and self._went[0][0] < ended_ms - _WINDOW_MS:
                self._went.popleft()
            begun = min(ended - took for ended, took, _ in self._went)
            whole = sum(each[2] for each in self._went)
            self._last = whole * 1000 // max(ended_ms - begun, 1)

    @property
    def bps(self) -> int:
        """Bytes per second, lately; 0 when nothing ever went."""
        with self._lock:
            return self._last
