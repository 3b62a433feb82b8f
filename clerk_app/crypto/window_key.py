"""The window's own key over files that are kept: the same key that signs its messages, known to the gateway from enrolment."""

from __future__ import annotations

from clerk_app.ports import CipherSuite


class WindowKey:
    """See ports.FileSigner. ``private`` and ``public`` are raw bytes, from enrolment."""

    def __init__(self, suite: CipherSuite, private: bytes, public: bytes) -> None:
        self._suite, self._private, self._public = suite, private, public

    @property
    def public(self) -> bytes:
        return self._public

    def sign_file(self, data: bytes) -> bytes:
        """64 bytes over ``data``."""
        return self._suite.sign(self._private, data)


def file_key(suite: CipherSuite, private: bytes, public: bytes) -> WindowKey | None:
    """The key for signing PDF files; None where its kind cannot stand in one yet (SM2: no reader knows it)."""
    return WindowKey(suite, private, public) if suite.id == "intl-1" else None
