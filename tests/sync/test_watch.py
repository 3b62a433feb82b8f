"""A gateway that goes is seen within a second or two, without a request; held sending goes on when told; proxies are used."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_db.unit_of_work import SqlStore
from sync.http_line import HttpLine, proxy_for
from sync.pace import LEAST_CHUNK, MOST_CHUNK, Speed, next_chunk, wait_text
from sync.watch import Watch
from sync.worker import SyncWorker
from tests.sync.hall import CountedIds, GatewayProcess, Window, enrol, new_store, sample_case, take
from tests.sync.test_worker import Watch as Seen
from tests.sync.test_worker import apply


def test_a_dead_gateway_is_seen_at_once(tmp_path: Path) -> None:
    gateway, seen = GatewayProcess(tmp_path / "gateway"), Seen()
    with gateway:
        window = enrol(gateway.url, gateway.token())
        store = new_store(tmp_path / "window")
        centre = window.centre(gateway.url)
        watch = Watch(gateway.url, centre.is_quiet)
        worker = SyncWorker(
            store, centre, window.clock, CountedIds(), apply, seen, interrupt=centre.interrupt, changed=watch.changed
        )  # it looks by itself only every 15 s
        worker.start()
        seen.until(online=True, sending="")
        gateway.kill()
        began = time.monotonic()
        status = seen.until(online=False)
        assert time.monotonic() - began < 4
        assert status.next_try_ms > 0
        gateway.start()
        seen.until(online=True)
        assert worker.stop()
        store.close()


def test_held_sending_stays_held_until_it_is_told_to_go_on(
    gateway: GatewayProcess, window: Window, store: SqlStore
) -> None:
    seen = Seen()
    centre = window.centre(gateway.url)
    worker = SyncWorker(store, centre, window.clock, CountedIds(), apply, seen, interrupt=centre.interrupt, idle_s=0.1)
    worker.start()
    seen.until(online=True, sending="")
    worker.hold()
    seen.until(held=True)
    take(store, window, sample_case("held-1"))
    worker.nudge()
    seen.forget()
    seen.until(held=True)
    with store.begin(reading=True) as uow:
        assert uow.outbox.counts().waiting == 1
    worker.resume()
    seen.until(held=False, waiting=0, online=True, sending="")
    assert worker.stop()


@contextlib.contextmanager
def relay_proxy(target_port: int, asked: list[str]) -> Iterator[str]:
    """An HTTP proxy that passes everything to one place and notes what was asked for."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client, client.makefile("rb") as reading:
                        asked.append(reading.readline().decode())
                        path = asked[-1].split()[1].split("/", 3)[3]
                        while reading.readline().strip():
                            pass
                        line = http.client.HTTPConnection("127.0.0.1", target_port)
                        line.request("GET", f"/{path}")
                        body = line.getresponse().read()
                        line.close()
                        head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                        client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://u%40x:pw@127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def test_the_proxy_of_this_pc_is_used(gateway: GatewayProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    with relay_proxy(gateway.port, asked) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", "inside.example")
        line = HttpLine("http://gateway.example:8800")
        assert line.request("GET", "/v1/hello", b"", {}).status == 200
        line.close()
        assert asked == ["GET http://gateway.example:8800/v1/hello HTTP/1.1\r\n"]
        assert proxy_for("http", "inside.example") is None
        assert proxy_for("http", "127.0.0.1") is None  # never for the demo's own gateway
        assert proxy_for("http", "gateway.example") is not None


def test_stretches_fit_the_line() -> None:
    assert next_chunk(65536, 6000) == LEAST_CHUNK  # 11 KB/s
    assert next_chunk(65536, 3000) == 32768
    assert next_chunk(65536, 5) == 131072  # never more than doubled at once
    assert next_chunk(MOST_CHUNK, 1) == MOST_CHUNK
    speed = Speed()
    assert (speed.bps, wait_text(18_400_000, 0)) == (0, "")
    speed.note(2000, 2000, 65536)
    speed.note(2500, 2000, 65536)  # beside the first
    assert 50_000 < speed.bps < 55_000
    assert wait_text(18_400_000, 38_000) == "约 8 分钟"
    assert wait_text(10, 38_000) == "不到 1 分钟"
