"""The connections of one process: who they are, how long half a head is waited for, and how many may stay open.

Windows keep theirs between two rounds, and anybody can open one and say nothing. Where they come near to what the system lets a
process open, the one that has been idle longest makes room for the next; a window opens another when it has something to say.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any, Protocol

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from sync.gateway.arriving import HEAD_S
from sync.gateway.endpoints import PEER

if sys.platform != "win32":
    import resource

MOST_OPEN = 8192
OWN_FILES = 128
"""What database, pages and logs may have open beside the connections."""


class Connection(Protocol):
    """What making room needs to know."""

    def is_answering(self) -> bool: ...

    def hang_up(self) -> None: ...


class Crowd:
    """Open connections, the one that was used longest ago first; for the event loop's thread alone."""

    def __init__(self) -> None:
        self._open: dict[Connection, None] = {}

    def joined(self, connection: Connection) -> None:
        """One more; where that is too many, the longest idle one goes."""
        self._open[connection] = None
        if len(self._open) > most_connections():
            idle = next((each for each in self._open if not each.is_answering()), None)
            if idle is not None:
                del self._open[idle]
                idle.hang_up()

    def used(self, connection: Connection) -> None:
        """It said something."""
        if connection in self._open:
            del self._open[connection]
            self._open[connection] = None

    def left(self, connection: Connection) -> None:
        """It is closed."""
        self._open.pop(connection, None)


def most_connections() -> int:
    """How many this process may keep open just now."""
    if sys.platform == "win32":
        return MOST_OPEN
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_OPEN if soft == resource.RLIM_INFINITY else max(16, min(soft - OWN_FILES, MOST_OPEN))


def open_as_many_as_allowed() -> None:
    """Raise this process's limit on open files as far as it is free to, and needs."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MOST_OPEN + OWN_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_OPEN + OWN_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class PeerProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """Tells the app who the client's certificate names, hangs up on half a head, and makes room for the next connection; ASGI servers
    do none of it by themselves."""

    crowd = Crowd()
    _head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        told = transport.get_extra_info("ssl_object")
        if told is not None:
            state: dict[str, Any] = self.app_state  # type: ignore[has-type]
            self.app_state = {**state, PEER: peer_of(told.getpeercert())}
        self.crowd.joined(self)
        self._expect_a_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.crowd.used(self)
        if self.is_answering():
            self._forget_the_head()
        else:
            self._expect_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_the_head()
        self.crowd.left(self)
        super().connection_lost(exc)

    def hang_up(self) -> None:
        """Once what is being said is out."""
        self.transport.close()

    def is_answering(self) -> bool:
        """Whether a request is under way, its body too."""
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_a_head(self) -> None:
        if self._head_due is None:
            self._head_due = asyncio.get_running_loop().call_later(HEAD_S, self._head_is_late)

    def _forget_the_head(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _head_is_late(self) -> None:
        self._head_due = None
        if not self.is_answering() and not self.transport.is_closing():
            self.transport.close()


def peer_of(certificate: Any) -> tuple[str, str] | None:
    """(common name, serial number in lower-case hexadecimal) of a verified certificate, or None."""
    if not certificate:
        return None
    names = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    return (names[0] if names else "", str(certificate.get("serialNumber", "")).lower().lstrip("0"))
