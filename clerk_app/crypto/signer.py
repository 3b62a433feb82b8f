"""Two signatures on each message body, clerk's and window's, and the certificate that binds the clerk to the window.

The certificate is the window key's signature over the canonical {"clerk", "public_key"}: the gateway knows the window's
public key from enrolment, and so needs no list of clerks to check who accepted a case.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Protocol

from clerk_app.domain.canonical import Json, canonical_bytes
from clerk_app.ports import CipherSuite, Unlocked


class MessageSigner:
    """See ports.Signer. ``window_private``: 32 raw bytes, from enrolment. ``checkpoint``: the journal's newest signed one; it
    travels with each message, and the gateway keeps it, so that a journal forged later at the window is given away."""

    def __init__(
        self, suite: CipherSuite, clerk: Unlocked, window_private: bytes, checkpoint: Mapping[str, Json] | None = None
    ) -> None:
        self._suite, self._clerk, self._window = suite, clerk, window_private
        self._checkpoint = dict(checkpoint or {})
        claim: dict[str, Json] = {"clerk": clerk.login, "public_key": _text(clerk.signing_public)}
        self._certificate = {**claim, "window_signature": _text(suite.sign(window_private, canonical_bytes(claim)))}

    @property
    def suite_id(self) -> str:
        return self._suite.id

    def sign(self, body: bytes) -> Mapping[str, Json]:
        """{"window", "clerk": base64 signatures over ``body``, "certificate": {...}, "journal": a checkpoint where there is one}."""
        return ({"journal": dict(self._checkpoint)} if self._checkpoint else {}) | {
            "window": _text(self._suite.sign(self._window, body)),
            "clerk": _text(self._suite.sign(self._clerk.signing_private, body)),
            "certificate": dict(self._certificate),
        }


class Verifier(Protocol):
    """The one part of a suite that proving takes."""

    def verify(self, public: bytes, signature: bytes, data: bytes) -> bool: ...


def verify_signatures(suite: Verifier, body: bytes, signatures: Mapping[str, Json], window_public: bytes) -> str:
    """The login of the clerk who signed ``body`` at the window with that public key.

    Raises:
        ValueError: any part is missing, malformed or does not verify.
    """
    try:
        certificate = signatures["certificate"]
        clerk, public = certificate["clerk"], certificate["public_key"]
        if not isinstance(clerk, str) or not clerk or not isinstance(public, str):
            raise ValueError("the certificate names no clerk")
        claim = canonical_bytes({"clerk": clerk, "public_key": public})
        checks = (
            (window_public, _raw(certificate["window_signature"]), claim),
            (window_public, _raw(signatures["window"]), body),
            (_raw(public), _raw(signatures["clerk"]), body),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("the signatures are not of their form") from error
    if not all(suite.verify(*check) for check in checks):
        raise ValueError("a signature does not verify")
    return clerk


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _raw(text: Json) -> bytes:
    if not isinstance(text, str):
        raise TypeError("base64 is text")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error
