"""The window's mark over what a paper says: a keyed hash under a key of its own, derived from the database key."""

from __future__ import annotations

from clerk_app.ports import CipherSuite

PURPOSE = "paper check code"


class KeyedMark:
    """See ports.PaperMark. The key goes with the database: through backups, a new PC, a new enrolment."""

    def __init__(self, suite: CipherSuite, database_key: bytes) -> None:
        self._suite, self._key = suite, suite.derive(database_key, PURPOSE)

    def mark(self, facts: bytes) -> str:
        """64 hexadecimal digits."""
        return self._suite.keyed_hash(self._key, facts)
