"""Who would keep the others out: half-sent requests, half heads, guesses side by side, swelling batches, claimed numbers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
import uvicorn
from uvicorn.server import ServerState

from clerk_app.domain.canonical import Json, canonical_bytes
from clerk_app.domain.time import Stamp
from clerk_app.errors import StorageProblem
from sync import protocol
from sync.gateway import arriving, connections, health, intake
from sync.gateway.admin import accounts
from sync.gateway.arriving import Arrivals
from sync.gateway.connections import PeerProtocol
from sync.gateway.windows import Denied
from sync.gateway.windows import Window as Enrolled
from sync.protocol import Code
from sync.strict import gzipped, to_base64
from tests.sync.gateway_main import open_here
from tests.sync.hall import HALL, SUITE, GatewayProcess, Window, sample_case, signed_message
from tests.sync.test_gateway_hostile import batch, envelope, signed


@pytest.fixture(scope="module")
def database() -> str:
    return ""


@contextlib.contextmanager
def half_sent(gateway: GatewayProcess, count: int) -> Iterator[list[socket.socket]]:
    """So many requests of which the head and one byte of the body have come."""
    head = b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n{"
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_connection(("127.0.0.1", gateway.port))) for _ in range(count)]
        for each in sockets:
            each.sendall(head)
        yield sockets


def test_half_sent_requests_of_one_pc_keep_no_window_out(gateway: GatewayProcess, window: Window) -> None:
    with half_sent(gateway, 400) as sockets:
        for n in range(5):
            message = signed_message(window, sample_case(f"crowd-{n}"))
            assert [each.status for each in window.centre(gateway.url).send([message])] == ["stored"]
        sockets[0].settimeout(10)  # the longest of them made room, and was told
        assert sockets[0].recv(4000).startswith(b"HTTP/1.1 503 ")


async def _dripping(pieces: int, pause_s: float) -> AsyncIterator[bytes]:
    for _ in range(pieces):
        await asyncio.sleep(pause_s)
        yield b"x" * 100


def test_a_slow_body_has_time_by_its_rate_and_a_silent_one_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "LEAST_RATE", 50)  # each piece of 100 bytes buys two seconds
    arrivals = Arrivals(grace_s=0.3)
    assert len(asyncio.run(arrivals.read(_dripping(20, 0.05), "10.0.0.1", 10_000))) == 2000  # a second, not 0.3
    with pytest.raises(Denied) as slow:
        asyncio.run(arrivals.read(_dripping(1, 30), "10.0.0.1", 10_000))
    assert slow.value.code is Code.BUSY
    with pytest.raises(Denied) as large:
        asyncio.run(arrivals.read(_dripping(3, 0), "10.0.0.1", 250))
    assert large.value.code is Code.TOO_LARGE


def test_half_a_head_is_hung_up_on_and_a_slow_answer_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_S", 0.2)

    async def app(_scope: Json, _receive: object, send: uvicorn._types.ASGISendCallable) -> None:
        await asyncio.sleep(0.5)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def run() -> tuple[bytes, bytes, bytes]:
        config = uvicorn.Config(app, http=PeerProtocol, lifespan="off", log_config=None)
        config.load()
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: PeerProtocol(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        async with server:
            port = server.sockets[0].getsockname()[1]
            whole, answered = await asyncio.open_connection("127.0.0.1", port)
            silent, nothing = await asyncio.open_connection("127.0.0.1", port)
            half, begun = await asyncio.open_connection("127.0.0.1", port)
            answered.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            begun.write(b"GET / HTTP/1.1\r\nHost:")
            answer = await asyncio.wait_for(whole.readuntil(b"ok"), 10)
            told = answer, await asyncio.wait_for(half.read(), 10), await asyncio.wait_for(silent.read(), 10)
            for each in (answered, begun, nothing):
                each.close()
            return told

    answer, half, silent = asyncio.run(run())
    assert answer.endswith(b"ok")
    assert (half, silent) == (b"", b"")


def test_guesses_side_by_side_are_all_counted(gateway: GatewayProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = list[str]()
    together = threading.Barrier(12)
    with contextlib.closing(open_here(gateway.data)) as opened, ThreadPoolExecutor(12) as pool:
        here = replace(opened, clock=Still(opened.clock.now()))  # nobody waits a pause out, however slow the machine
        accounts.set_password(here, "guessed", "the right password")
        monkeypatch.setattr(accounts, "_is_right", lambda _held, password: looked_at.append(password))

        def guess(n: int) -> object:
            together.wait()
            while True:
                with contextlib.suppress(StorageProblem):  # a slow disk may keep one out for long; it knocks again
                    return accounts.sign_in(here, "guessed", f"wrong {n}")

        assert len(list(pool.map(guess, range(12)))) == 12
        assert len(looked_at) == accounts.FREE_TRIES
        assert accounts.sign_in(here, "guessed", "the right password") in range(1, 6)


@dataclass(frozen=True, slots=True)
class Still:
    """A clock that stands."""

    at: Stamp

    def now(self) -> Stamp:
        return self.at


def test_one_address_may_not_go_on_guessing(gateway: GatewayProcess) -> None:
    form = urlencode({"login": "nobody", "password": "wrong"}).encode()
    seen = list[int]()
    for _ in range(16):
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as line:
            head = f"POST /admin/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(form)}\r\n\r\n"
            line.sendall(head.encode() + form)
            seen.append(int(line.recv(4000).split()[1]))
    assert seen[0] == 403
    assert seen[-1] == 429


def figures(gateway: GatewayProcess, **headers: str) -> int:
    """The status that who asks for them gets."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as line:
        told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        line.sendall(f"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{told}\r\n".encode())
        return int(line.recv(4000).split()[1])


def test_figures_are_for_this_machine_alone_where_no_token_is_set(gateway: GatewayProcess) -> None:
    assert figures(gateway) == 200
    assert figures(gateway, X_Forwarded_For="10.1.2.3") == 403
    assert figures(gateway, X_Forwarded_For="10.1.2.3", Authorization="Bearer ") == 403


def test_figures_are_for_who_has_the_token_too(tmp_path: Path) -> None:
    gateway = GatewayProcess(tmp_path / "gateway")
    gateway.around[health.TOKEN] = "figures-please"
    with gateway:
        assert figures(gateway, X_Forwarded_For="10.1.2.3", Authorization="Bearer figures-please") == 200
        for wrong in ("Bearer figures-pleas", "Bearer ", "figures-please"):
            assert figures(gateway, X_Forwarded_For="10.1.2.3", Authorization=wrong) == 403


def test_a_claimed_receipt_cannot_push_the_counter_far(gateway: GatewayProcess, window: Window) -> None:
    (first,) = window.centre(gateway.url).send([signed_message(window, sample_case("claim-1"))])
    hall_day, _, number = first.receipt.rpartition("-")
    for n, far in enumerate(("99999999", str(int(number) + 3_600_000), "9999999999")):
        claiming = envelope(window, f"claim-{n + 2}", receipt=f"{hall_day}-{far}")
        _, answer, _ = signed(gateway, window, "POST", protocol.MESSAGES, batch(claiming))
        given = str(answer["receipts"][0]["receipt"])
        assert given.startswith(f"{hall_day}-")
        assert int(number) < int(given.rpartition("-")[2]) < int(number) + 600_000


def test_a_batch_that_swells_is_taken_in_parts(
    gateway: GatewayProcess, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small envelopes that open to a lot: all are taken, but not all are held at once."""
    monkeypatch.setattr(intake, "OPENED_LIMIT", 60_000)

    def swelling(n: int) -> Json:
        message = signed_message(window, sample_case(f"{window.enrolled.window_id}-s{n}", noise="x" * 25_000))
        fields = {
            **envelope(window, "any")["header"],
            "message_id": message.id,
            "stream": message.stream,
            "body_sha256": message.body_sha256,
            "encoding": "gzip",
        }
        sealed = SUITE.seal_to(window.enrolled.gateway_sealing_public, gzipped(message.body), canonical_bytes(fields))
        assert len(sealed) < 3000
        return {"header": fields, "signatures": dict(message.signatures), "sealed": to_base64(sealed)}

    own = Enrolled(window.enrolled.window_id, HALL, window.enrolled.hall.window, ((SUITE.id, window.public),))
    waiting, rounds = [swelling(n) for n in range(8)], list[int]()
    with contextlib.closing(open_here(gateway.data)) as here:
        while waiting and len(rounds) < 5:
            receipts = intake.take_batch(here, own, waiting)
            rounds.append(len(receipts))
            assert {(each.status, each.code) for each in receipts} <= {("stored", ""), ("refused", Code.HELD.value)}
            waiting = [one for one, each in zip(waiting, receipts, strict=True) if each.status != "stored"]
    assert rounds == [8, 5, 2]


class StandingClock:
    def __init__(self) -> None:
        self.monotonic_ms = 0

    def now(self) -> Stamp:
        return Stamp(0, monotonic_ms=self.monotonic_ms)


def test_figures_are_counted_for_one_asker_in_ten_seconds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Counting walks through all cases; whoever asks in between is told what was counted."""
    with contextlib.closing(open_here(tmp_path)) as gateway:
        clock = StandingClock()
        looked = list[int]()
        monkeypatch.setattr(health, "_count", lambda _gateway: looked.append(clock.monotonic_ms))
        counted = health._Counted(replace(gateway, clock=clock))
        for clock.monotonic_ms in (50_000, 50_001, 59_999, 60_000, 61_000):
            counted.refresh()
        assert looked == [50_000, 60_000]
