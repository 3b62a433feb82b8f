"""Driver: a scanner that types like a keyboard (键盘口扫码枪). Tells its bursts from a person's typing.

The screen hands over each key with its time; nothing here knows Qt.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FASTEST_TYPIST = 0.1  # seconds between keys; a scanner is far below, a person above
SHORTEST_CODE = 6  # characters
LONGEST_CODE = 4096  # characters; longer bursts are thrown away


@dataclass(slots=True)
class WedgeBuffer:
    """Collects one burst at a time."""

    _keys: list[str] = field(default_factory=list)
    _last: float = float("-inf")

    def key(self, text: str, at: float) -> str:
        """Feed one key (``\\r`` or ``\\n`` for Enter) pressed at ``at`` seconds; returns a whole code or ''."""
        if at - self._last > FASTEST_TYPIST:
            self._keys.clear()
        self._last = at
        if text in ("\r", "\n"):
            code = "".join(self._keys)
            self._keys.clear()
            return code if SHORTEST_CODE <= len(code) <= LONGEST_CODE else ""
        if len(self._keys) <= LONGEST_CODE:
            self._keys.append(text)
        return ""
