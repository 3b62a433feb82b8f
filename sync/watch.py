"""Noticing at once that the line came or went, without sending anything: the idle connection, and the way to the gateway.

A gateway that ends hangs up; a cable that is pulled takes the way along; a line that goes silent is found out by the system's
keep-alive within some ten seconds. Each makes the worker look now instead of at its next round.
"""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

KEEPALIVE = (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3))


def keep_alive(sock: socket.socket) -> None:
    """Let the system probe a silent connection, where it can be told how often."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE:
        if (option := getattr(socket, name, None)) is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, option, value)


def is_quiet(sock: socket.socket | None) -> bool:
    """True while nothing happens on an idle connection: whatever comes on it unasked is its end."""
    if sock is None:
        return True
    try:
        readable, _, broken = select.select([sock], [], [sock], 0)
    except (OSError, ValueError):
        return False
    return not readable and not broken


def way_to(url: str) -> str:
    """This PC's own address on the way to the gateway; empty when there is no way. Nothing is sent."""
    parts = urlsplit(url)
    try:
        with socket.socket(
            socket.AF_INET6 if ":" in (parts.hostname or "") else socket.AF_INET, socket.SOCK_DGRAM
        ) as probe:
            probe.connect((parts.hostname or "", parts.port or 443))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


class Watch:
    """``changed`` is asked about once a second, by the worker's own thread, while nothing is sent."""

    def __init__(self, url: str, is_idle_and_well: Callable[[], bool]) -> None:
        self._url, self._is_well = url, is_idle_and_well
        self._way = way_to(url)

    def changed(self) -> bool:
        """Whether it is worth looking now."""
        way = way_to(self._url)
        moved, self._way = way != self._way, way
        return moved or not self._is_well()
