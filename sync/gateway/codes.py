"""Who an identity code is: asked of the resolver that the composition root plugs in. Nothing of a code is kept or logged."""

from __future__ import annotations

from clerk_app.domain.identity import CodeAnswer, CodeStatus
from sync import code_wire
from sync.gateway.gateway import Gateway
from sync.gateway.windows import Denied, Window
from sync.protocol import Code


def resolve(gateway: Gateway, window: Window, suite: str, sealed: bytes) -> CodeAnswer:
    """Open a sealed code and have it resolved. Raises Denied when it does not open."""
    cipher = gateway.ciphers.get(suite)
    if cipher is None:
        raise Denied(Code.UNKNOWN_SUITE)
    try:
        plain = cipher.suite.open_sealed(cipher.keys.sealing_private, sealed, code_wire.context(window.window_id))
        code, scanned_ms = code_wire.plain_from_bytes(plain)
    except ValueError as error:
        raise Denied(Code.SEALED_WRONG) from error
    if gateway.resolver is None:
        return CodeAnswer(CodeStatus.UNSUPPORTED)
    return gateway.resolver.resolve(code, scanned_ms, gateway.clock.now().utc_ms, window.hall)
