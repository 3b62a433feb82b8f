"""How much goes at once, and how long an answer is waited for, follow what the line did before."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from clerk_app.errors import LineProblem
from sync import pace
from sync.http_line import HttpLine
from sync.pace import FIRST_CHUNK, LEAST_CHUNK, LEAST_PATIENCE_S, MOST_CHUNK, first_chunk, patience_s

GOOD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
BODY = b"x" * 20_000


@pytest.mark.parametrize(
    ("speed", "connections", "wanted"),
    [(0, 3, FIRST_CHUNK), (30_000, 3, LEAST_CHUNK), (100_000, 3, 49_152), (10**8, 3, MOST_CHUNK), (1, 1, LEAST_CHUNK)],
)
def test_the_first_stretch_is_what_the_line_carries(speed: int, connections: int, wanted: int) -> None:
    assert first_chunk(speed, connections) == wanted
    assert wanted % 4096 == 0


@pytest.mark.parametrize(
    ("size", "last", "took", "wanted"),
    [
        (16_384, 0, 0.0, 20.0),  # nothing is known: all the time there is
        (16_384, 16_384, 1.5, LEAST_PATIENCE_S),
        (16_384, 16_384, 3.0, 12.0),
        (32_768, 16_384, 1.5, 12.0),  # twice as much takes twice as long
        (4_096, 16_384, 3.0, 12.0),  # delay and loss do not shrink with the size
        (16_384, 16_384, 60.0, 20.0),
    ],
)
def test_patience(size: int, last: int, took: float, wanted: float) -> None:
    assert patience_s(size, last, took, 20.0) == wanted


@contextlib.contextmanager
def answering_then_silent(answers: int) -> Iterator[str]:
    """A gateway whose every connection gives so many answers and then none, without hanging up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve(client: socket.socket) -> None:
            left, got = answers, b""
            with client, contextlib.suppress(OSError):
                while data := client.recv(65_536):
                    got += data
                    if left and b"\r\n\r\n" in got and len(got.partition(b"\r\n\r\n")[2]) >= len(BODY):
                        left, got = left - 1, b""
                        client.sendall(GOOD)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def test_a_connection_that_died_without_a_word_is_found_out_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "LEAST_PATIENCE_S", 0.3)
    with answering_then_silent(1) as url:
        line = HttpLine(url, timeout_s=30)
        assert line.request("PUT", "/a", BODY, {}).status == 200
        began = time.monotonic()
        with pytest.raises(LineProblem, match="太久"):
            line.request("PUT", "/b", BODY, {})
        assert time.monotonic() - began < 15  # of 30
        assert line.request("PUT", "/c", BODY, {}).status == 200  # a new connection
        line.close()


def test_after_waiting_in_vain_a_line_gets_all_the_time_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that became slow must not be given up on again and again."""
    asked: list[tuple[int, float]] = []
    real = pace.patience_s

    def noted(size: int, last_size: int, last_took_s: float, most_s: float) -> float:
        asked.append((last_size, most_s))
        return min(real(size, last_size, last_took_s, most_s), 0.3)

    monkeypatch.setattr("sync.http_line.patience_s", noted)
    with answering_then_silent(1) as url:
        line = HttpLine(url, timeout_s=30)
        line.request("PUT", "/a", BODY, {})
        with pytest.raises(LineProblem):
            line.request("PUT", "/b", BODY, {})
        line.request("PUT", "/c", BODY, {})
        line.close()
    assert asked == [(0, 30), (len(BODY), 30), (0, 30)]
