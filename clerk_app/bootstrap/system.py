"""Time, ids and chance from the operating system: the only place that asks for them."""

from __future__ import annotations

import secrets
import threading
import time

from clerk_app.domain.time import Stamp, Trust

CHINA_MIN = 480
"""China has one legal time, UTC+8: the legal date must not hang on how a PC's time zone is set."""

JUMP_MS = 5 * 60_000
"""A wall clock that moved this far against the monotonic one since start has been changed by somebody."""


class SystemClock:
    """The PC's clock with its trust: checked against the gateway, unchecked, or suspect after a jump."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._start_wall, self._start_mono = time.time_ns() // 1_000_000, time.monotonic_ns() // 1_000_000
        self._trust = Trust.UNCHECKED

    def now(self) -> Stamp:
        """See ports.Clock."""
        wall, mono = time.time_ns() // 1_000_000, time.monotonic_ns() // 1_000_000
        with self._lock:
            drift = (wall - self._start_wall) - (mono - self._start_mono)
            trust = Trust.SUSPECT if abs(drift) > JUMP_MS else self._trust
        return Stamp(wall, CHINA_MIN, mono, trust)

    def compare(self, server_ms: int) -> None:
        """The gateway told its time: within ten minutes the clock counts as checked, else it is suspect."""
        near = abs(server_ms - time.time_ns() // 1_000_000) <= 2 * JUMP_MS
        with self._lock:
            self._trust = Trust.CHECKED if near else Trust.SUSPECT

    def seconds(self) -> float:
        """Monotonic seconds, for devices."""
        return time.monotonic()


class SystemIds:
    """Ids that sort by time of making (48 bits of milliseconds, 80 of chance), and chance."""

    def new_id(self) -> str:
        """See ports.Ids."""
        return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"

    def fraction(self) -> float:
        """See ports.Ids."""
        return secrets.randbelow(1 << 30) / (1 << 30)
