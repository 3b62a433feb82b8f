"""A window with its keys whose certificate the gateway takes no more: it ended while the window was not opened for a year, or a backup
brought back one that had been renewed since. TLS breaks off without a word then, so the gateway is asked on a connection that
shows none: it says what time it is, and by its clock the certificate counts.
"""

from __future__ import annotations

import ssl

from clerk_app.errors import LineProblem, Refused, ShutOut
from clerk_app.usecases.setup import HOW_ANEW
from sync import protocol
from sync.certificates import TlsIdentity, context_for, has_ended
from sync.http_line import SAFE, HttpLine, read_answer

_BROKEN_OFF = (ssl.SSLError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError)


def shut_out() -> ShutOut:
    """What the clerk reads."""
    return ShutOut("本窗口的安全证书过期了，前置不再接它：现在送不出去。", what_is_safe=SAFE, what_to_do=HOW_ANEW)


def was_broken_off(problem: LineProblem) -> bool:
    """Whether somebody was there and hung up, as against no line at all."""
    return isinstance(problem.__cause__, _BROKEN_OFF)


def has_ended_there(url: str, tls: TlsIdentity, timeout_s: float) -> bool:
    """Whether the certificate has ended by the clock of the gateway that its authority vouches for; False without an answer."""
    line = HttpLine(url, timeout_s, context_for(None, tls.authority))
    try:
        greeting = read_answer(line.request("GET", protocol.HELLO, b"", {}), protocol.greeting_from_bytes)
    except (LineProblem, Refused):
        return False
    finally:
        line.close()
    return has_ended(tls.certificate, greeting.server_ms)
