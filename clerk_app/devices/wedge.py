"""Driver: a scanner that types like a keyboard (键盘口扫码枪). Tells its bursts from a person's typing.

The screen hands over each key with its time; nothing here knows Qt. What tells the two apart is the pace: a scanner sends a key every
1 to 30 ms, one like the other; the fastest typists reach 80 ms (150 words a minute) for a while, and single pairs of keys, rolled, 30.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LONGEST_GAP = 0.1  # seconds; after that a burst has ended
PACE = 0.05  # seconds a key over a whole burst that ends with Enter or Tab: nobody types a line at 240 words a minute
PACE_UNENDED = 0.03  # the same where nothing but the silence after it says that it is a code
SHORTEST_CODE, SHORTEST_UNENDED = 6, 8  # characters
LONGEST_CODE = 4096  # characters; longer bursts are thrown away
ENDS = ("\r", "\n", "\t")


@dataclass(slots=True)
class WedgeBuffer:
    """Collects one burst at a time."""

    _keys: list[str] = field(default_factory=list)
    _first: float = 0.0
    _last: float = float("-inf")

    def is_apart(self, at: float) -> bool:
        """Whether a key at ``at`` seconds belongs to another burst than the one before."""
        return at - self._last > LONGEST_GAP

    def key(self, text: str, at: float) -> str:
        """Feed one key (one of ``ENDS`` for Enter, line feed and Tab) pressed at ``at`` seconds; returns a whole code or ''."""
        if self.is_apart(at):
            self._keys.clear()
        if text in ENDS:
            code = self._code(SHORTEST_CODE, PACE)
            self._keys.clear()
            self._last = at
            return code
        if not text.isprintable():
            self._keys.clear()  # a person's Backspace or Ctrl with a letter
            return ""
        if not self._keys:
            self._first = at
        self._last = at
        if len(self._keys) <= LONGEST_CODE:
            self._keys.append(text)
        return ""

    def pause(self) -> str:
        """No key came for ``LONGEST_GAP``: a whole code from a scanner that sends no end, or ''."""
        code = self._code(SHORTEST_UNENDED, PACE_UNENDED)
        self._keys.clear()
        return code

    def _code(self, shortest: int, pace: float) -> str:
        code, gaps = "".join(self._keys), len(self._keys) - 1
        if not shortest <= len(code) <= LONGEST_CODE or self._last - self._first > pace * gaps:
            return ""
        return code
