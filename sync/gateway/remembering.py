"""Signatures that were proved lately are not proved again: a clerk's certificate comes with each of the day's messages."""

from __future__ import annotations

from typing import Protocol

SHORT = 600
"""Certificates and checkpoints are short; bodies are not worth remembering, for none comes twice."""
ROOM = 10_000


class Verifier(Protocol):
    """The one part of a cipher suite that proving a signature needs."""

    def verify(self, public: bytes, signature: bytes, data: bytes) -> bool:
        """False for anything but this key's signature of this data."""
        ...


class RememberingVerifier:
    """Only what was right is remembered, under key, signature and data together. Safe to use from several threads."""

    def __init__(self, suite: Verifier) -> None:
        self._suite = suite
        self._right: dict[tuple[bytes, bytes, bytes], None] = {}

    def verify(self, public: bytes, signature: bytes, data: bytes) -> bool:
        """See Verifier."""
        if len(data) > SHORT:
            return self._suite.verify(public, signature, data)
        key = (public, signature, data)
        if key in self._right:
            return True
        if not self._suite.verify(public, signature, data):
            return False
        if len(self._right) >= ROOM:
            self._right.clear()
        self._right[key] = None
        return True
