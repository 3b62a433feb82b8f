"""The connections of one process: who they are, how long half a head is waited for, and how many may stay open.

Windows keep theirs between two rounds, and anybody can open one and say nothing, before TLS is agreed or after, send half a request,
or never read an answer. Where they come near to what the system lets a process open, the one that has been idle longest makes room
for the next, or one that keeps the gateway waiting; a window opens another when it has something to say.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from sync.gateway.arriving import HEAD_S
from sync.gateway.endpoints import PEER

if sys.platform != "win32":
    import resource

MOST_OPEN = 8192
OWN_FILES = 128
"""What database, pages and logs may have open beside the connections."""
_BREATH_S = 0.05
_log = logging.getLogger(__name__)
LINGER_S = 2.0
"""Who is hung up on has so long to hear it."""


class Connection(Protocol):
    """What making room needs to know."""

    def is_idle(self) -> bool:
        """Nothing is under way: whatever was asked is answered, and the answer is out."""
        ...

    def is_waiting(self) -> bool:
        """Only its other side can bring it on: half a request has come, or an answer is not read."""
        ...

    def hang_up(self) -> None: ...


class Crowd:
    """Open connections, the one that was used longest ago first; for the event loop's thread alone."""

    def __init__(self) -> None:
        self._open: dict[Connection, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    def joined(self, connection: Connection, instead: Connection | None = None) -> None:
        """One more, unless it stands ``instead`` of one that is known; where that is too many, another one goes."""
        if instead is not None:
            self.left(instead)
        self._open[connection] = None
        if len(self._open) > most_connections():
            self.make_room(connection)

    def make_room(self, newcomer: Connection | None = None) -> None:
        """The one goes that has been idle longest; where all are busy, one that keeps the gateway waiting. Never ``newcomer``, nor
        one whose answer is being worked on."""
        others = (each for each in self._open if each is not newcomer)
        goes = next((each for each in others if each.is_idle()), None)
        if goes is None:
            goes = next((each for each in self._open if each is not newcomer and each.is_waiting()), None)
        if goes is not None:
            del self._open[goes]
            goes.hang_up()

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


class Guest:
    """A connection until TLS is agreed: it may take its time, or say nothing at all."""

    def __init__(self, line: socket.socket) -> None:
        self.line, self.stays = line, True

    def is_idle(self) -> bool:
        """See Connection."""
        return True

    def is_waiting(self) -> bool:
        """See Connection."""
        return True

    def hang_up(self) -> None:
        """See Connection: to whoever reads from it, the other side is gone."""
        self.stays = False
        with contextlib.suppress(OSError):
            self.line.shutdown(socket.SHUT_RDWR)


class PeerProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """Tells the app who the client's certificate names, hangs up on half a head, and makes room for the next connection; ASGI servers
    do none of it by themselves."""

    crowd = Crowd()
    came_as: Guest | None = None
    """What stood for it in the crowd until TLS was agreed."""
    _head_due: asyncio.TimerHandle | None = None
    _gone_by: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        told = transport.get_extra_info("ssl_object")
        if told is not None:
            state: dict[str, Any] = self.app_state  # type: ignore[has-type]
            self.app_state = {**state, PEER: peer_of(told.getpeercert())}
        if self.came_as is None or self.came_as.stays:
            self.crowd.joined(self, self.came_as)
            self._expect_a_head()
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.crowd.used(self)
        if self.is_answering():
            self._forget_the_head()
        else:
            self._expect_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_the_head()
        if self._gone_by is not None:
            self._gone_by.cancel()
        self._unset_keepalive_if_required()  # uvicorn does so only where nothing went wrong, and 75 s keep 46 KB of each
        self.crowd.left(self)
        super().connection_lost(exc)

    def hang_up(self) -> None:
        """See Connection. Closing waits for the other side (unread bytes, the end of TLS), but not for ever."""
        if self.is_idle():
            self.transport.close()
            self._gone_by = asyncio.get_running_loop().call_later(LINGER_S, self.transport.abort)
        else:
            self.transport.abort()

    def is_answering(self) -> bool:
        """Whether a request is under way, its body too."""
        return self.cycle is not None and not self.cycle.response_complete

    def is_idle(self) -> bool:
        """See Connection."""
        return not self.is_answering() and self.transport.get_write_buffer_size() == 0

    def is_waiting(self) -> bool:
        """See Connection."""
        if self.is_answering():
            return bool(self.cycle.more_body or self.flow.write_paused)
        return not self.is_idle()

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


class Door:
    """Takes connections in from a listening socket, and knows each from its first moment on: servers tell only of those that TLS was
    agreed with, and a gateway that may open no more files could not tell which to let go."""

    def __init__(self, make: Callable[[], PeerProtocol], context: ssl.SSLContext | None) -> None:
        self._make, self._context = make, context
        self._crowd = PeerProtocol.crowd
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, listener: socket.socket) -> None:
        """From now on. ``listener``: bound and listening."""
        listener.setblocking(False)
        self._start(self._take_in(listener))

    async def close(self) -> None:
        """Nobody comes in any more; whoever is in stays."""
        tasks = tuple(self._tasks)
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take_in(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                line, _ = await loop.sock_accept(listener)
                self._let_in(line)
            except OSError:  # not one file more, or it was gone before we looked
                self._crowd.make_room()
                await asyncio.sleep(_BREATH_S)
            except Exception as error:  # noqa: BLE001 - the door's seam: without this task nobody would ever come in again
                _log.error("a connection was not taken in", extra={"told": {"kind": type(error).__name__}})
                await asyncio.sleep(_BREATH_S)
            await asyncio.sleep(0)  # however many come at once, the others go on

    def _let_in(self, line: socket.socket) -> None:
        guest = Guest(line)
        try:
            self._crowd.joined(guest)
        except BaseException:
            line.close()
            raise
        self._start(self._welcome(guest))

    async def _welcome(self, guest: Guest) -> None:
        loop, line = asyncio.get_running_loop(), guest.line
        try:
            line.setblocking(False)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is None:
                await loop.connect_accepted_socket(lambda: self._made(guest), line)
            else:
                patience = {"ssl_handshake_timeout": HEAD_S, "ssl_shutdown_timeout": LINGER_S}
                await loop.connect_accepted_socket(lambda: self._made(guest), line, ssl=self._context, **patience)
        except OSError:  # it left, or TLS was not agreed
            line.close()
        finally:
            self._crowd.left(guest)

    def _made(self, guest: Guest) -> PeerProtocol:
        protocol = self._make()
        protocol.came_as = guest
        return protocol


def peer_of(certificate: Any) -> tuple[str, str] | None:
    """(common name, serial number in lower-case hexadecimal) of a verified certificate, or None."""
    if not certificate:
        return None
    names = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    return (names[0] if names else "", str(certificate.get("serialNumber", "")).lower().lstrip("0"))
