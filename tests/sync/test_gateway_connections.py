"""Connections that would keep the others out: idle, mute, half-sent, unread; and what they leave behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import socket
import struct
import subprocess
import sys
import weakref
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from uvicorn.server import ServerState

from clerk_app.domain.canonical import Json
from sync.gateway import connections
from sync.gateway.connections import PeerProtocol
from tests.sync.hall import GatewayProcess, enrol, sample_case, signed_message
from tests.sync.test_gateway_crowded import half_sent


@pytest.fixture(scope="module")
def database() -> str:
    return ""


def test_idle_connections_keep_no_window_out(database: str, tmp_path: Path) -> None:
    """More of them than the gateway may open files."""
    with GatewayProcess(tmp_path / "gateway", database=database) as gateway, contextlib.ExitStack() as held:
        gateway.limit_open_files(150)
        window = enrol(gateway.url, gateway.token())
        kept = window.centre(gateway.url)
        idle = [held.enter_context(socket.create_connection(("127.0.0.1", gateway.port))) for _ in range(400)]
        for n in range(3):
            message = signed_message(window, sample_case(f"idle-{n}"))
            assert [each.status for each in window.centre(gateway.url, 5).send([message])] == ["stored"]
        assert kept.greet().server_ms > 0
        idle[0].settimeout(10)  # the one that had been idle longest made room
        assert idle[0].recv(1) == b""


def unread(gateway: GatewayProcess, held: contextlib.ExitStack, count: int) -> list[socket.socket]:
    """So many who ask for something large and never read it."""
    sockets = []
    for _ in range(count):
        line = held.enter_context(socket.socket())
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(10)
        line.connect(("127.0.0.1", gateway.port))
        line.sendall(b"GET /updates/targets/large HTTP/1.1\r\nHost: x\r\n\r\n")
        sockets.append(line)
    return sockets


def test_who_never_reads_an_answer_keeps_no_window_out(database: str, tmp_path: Path) -> None:
    with GatewayProcess(tmp_path / "gateway", database=database) as gateway, contextlib.ExitStack() as held:
        large = gateway.data / "updates" / "targets" / "large"
        large.parent.mkdir(parents=True)
        large.write_bytes(bytes(8_000_000))
        gateway.limit_open_files(150)
        window = enrol(gateway.url, gateway.token())
        unread(gateway, held, 150)
        for n in range(3):
            message = signed_message(window, sample_case(f"unread-{n}"))
            assert [each.status for each in window.centre(gateway.url, 10).send([message])] == ["stored"]


def test_half_sent_requests_keep_no_window_out_where_few_files_may_be_open(database: str, tmp_path: Path) -> None:
    with GatewayProcess(tmp_path / "gateway", database=database) as gateway:
        gateway.limit_open_files(150)
        window = enrol(gateway.url, gateway.token())
        with half_sent(gateway, 150):
            for n in range(3):
                message = signed_message(window, sample_case(f"few-{n}"))
                assert [each.status for each in window.centre(gateway.url, 10).send([message])] == ["stored"]


def test_an_answer_that_is_still_going_out_is_not_cut(database: str, tmp_path: Path) -> None:
    """However many silent ones come meanwhile, who reads slowly gets all of it."""
    with GatewayProcess(tmp_path / "gateway", database=database) as gateway, contextlib.ExitStack() as held:
        large = gateway.data / "updates" / "targets" / "large"
        large.parent.mkdir(parents=True)
        gateway.limit_open_files(150)
        for size in (300_000, 8_000_000):  # answered as far as the server knows, and not
            large.write_bytes(bytes(size))
            (slow,) = unread(gateway, held, 1)
            for _ in range(200):
                held.enter_context(socket.create_connection(("127.0.0.1", gateway.port)))
            got = slow.recv(65_536)
            while b"\r\n\r\n" not in got or len(got.partition(b"\r\n\r\n")[2]) < size:
                more = slow.recv(65_536)
                assert more, f"cut after {len(got)} of {size} bytes"
                got += more


@dataclass(eq=False)
class Visitor:
    idle: bool = False
    waiting: bool = False
    gone: bool = False

    def is_idle(self) -> bool:
        return self.idle

    def is_waiting(self) -> bool:
        return self.waiting

    def hang_up(self) -> None:
        self.gone = True


def test_idle_ones_make_room_first_then_those_that_keep_us_waiting_and_nobody_who_is_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "most_connections", lambda: 4)
    crowd = connections.Crowd()
    served, half, idle, used = Visitor(), Visitor(waiting=True), Visitor(idle=True), Visitor(idle=True)
    for each in (served, half, used, idle):
        crowd.joined(each)
    crowd.used(used)
    gone = []
    for _ in range(4):
        crowd.joined(Visitor())
        gone.append([each.gone for each in (idle, used, half, served)])
    assert gone == [[True, False, False, False], [True, True, False, False], *[[True, True, True, False]] * 2]
    newcomer = Visitor(idle=True)
    crowd.joined(newcomer)
    assert not newcomer.gone
    crowd.left(served)
    assert len(crowd) == 5


def test_who_speaks_no_http_fills_no_log(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "-m", "clerk_app", "gateway", "serve", "--data", str(tmp_path / "g"), "--port", "0"]
        process = subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, stderr=log)
        assert process.stdout is not None
        port = int(json.loads(process.stdout.readline())["port"])
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.sendall(b"no such thing\r\n\r\n")
                assert line.recv(100).startswith(b"HTTP/1.1 400")
        process.terminate()
        process.wait(20)
        process.stdout.close()
    assert (tmp_path / "log").read_text().count("Invalid HTTP request") == 1


def test_a_connection_that_was_reset_is_not_kept_until_its_time_is_up() -> None:
    """The timer of a kept connection held all of it: a minute of somebody's resets was gigabytes."""
    made: list[weakref.ref[PeerProtocol]] = []

    async def app(_scope: Json, _receive: object, send: uvicorn._types.ASGISendCallable) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def run() -> bool:
        config = uvicorn.Config(app, http=PeerProtocol, lifespan="off", log_config=None, timeout_keep_alive=3600)
        config.load()
        state, lost = ServerState(), asyncio.Event()

        class Watched(PeerProtocol):
            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                assert isinstance(exc, ConnectionError)
                lost.set()

        def make() -> PeerProtocol:
            protocol = Watched(config=config, server_state=state, app_state={})
            made.append(weakref.ref(protocol))
            return protocol

        server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await asyncio.wait_for(reader.readuntil(b"ok"), 10)
            line = writer.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            await asyncio.wait_for(lost.wait(), 10)
            await asyncio.sleep(0)
            gc.collect()
            return made[0]() is None

    assert asyncio.run(run())


def test_a_fault_of_ours_at_the_door_keeps_only_one_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the door's task the gateway would go on and take nobody in."""

    class FailingOnce(connections.Crowd):
        has_failed = False

        def joined(self, connection: connections.Connection, instead: connections.Connection | None = None) -> None:
            if not self.has_failed:
                self.has_failed = True
                raise RuntimeError
            super().joined(connection, instead)

    async def app(_scope: Json, _receive: object, send: uvicorn._types.ASGISendCallable) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def run() -> bytes:
        config = uvicorn.Config(app, http=PeerProtocol, lifespan="off", log_config=None)
        config.load()
        state = ServerState()
        door = connections.Door(lambda: PeerProtocol(config=config, server_state=state, app_state={}), None)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            door.open(listener)
            first, turned_away = await asyncio.open_connection(*listener.getsockname())
            assert await asyncio.wait_for(first.read(), 10) == b""
            turned_away.close()
            second, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = await asyncio.wait_for(second.readuntil(b"ok"), 10)
            writer.close()
            await door.close()
        return answer

    monkeypatch.setattr(PeerProtocol, "crowd", FailingOnce())
    assert asyncio.run(run()).endswith(b"ok")
