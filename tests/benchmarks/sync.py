"""Delivering cases of about 3 kB against a raw POST + fsync loop on the same machine in the same run."""

from __future__ import annotations

import http.client
import http.server
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from clerk_app.bootstrap.line import centre_of
from clerk_app.commands.case import read_case
from clerk_app.usecases.accept import accept_application
from clerk_app.usecases.template import samples
from sync.courier import Courier
from tests.benchmarks.bench_hall import opened_hall

CASES = 400


def measure() -> Iterator[dict[str, str | int | float]]:
    """Cases per second through courier and gateway (durable at both ends, no pages), and raw requests per second."""
    with tempfile.TemporaryDirectory() as folder, opened_hall(Path(folder)) as (home, desk, page):
        rng = random.Random(9)
        size = taken = 0
        while taken < CASES:
            application, pages = read_case(samples(desk, "longevity-allowance", {}, rng, page))
            if pages:
                continue
            accepted = accept_application(desk, application)
            with desk.store.begin(reading=True) as uow:
                size += len(uow.outbox.of_case(accepted.case.id)[0].body)
            taken += 1
        centre = centre_of(home, desk)
        began = time.perf_counter()
        summary = Courier(desk.store, centre, home.clock, home.ids).push_once()
        seconds = time.perf_counter() - began
        centre.close()
        if summary.acknowledged != CASES:
            raise RuntimeError("not everything was acknowledged")
        raw = _raw_rate(Path(folder), size // CASES)
        yield {
            "case_bytes": size // CASES,
            "cases_per_s": round(CASES / seconds, 1),
            "raw_post_fsync_per_s": round(raw, 1),
            "ratio": round(CASES / seconds / raw, 2),
            "goal_ratio": 1.5,
        }


class _Sink(http.server.BaseHTTPRequestHandler):
    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"
    path_on_disk: Path

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.path_on_disk.open("ab") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        return


def _raw_rate(folder: Path, size: int) -> float:
    handler = type("Sink", (_Sink,), {"path_on_disk": folder / "raw.bin"})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    line = http.client.HTTPConnection("127.0.0.1", server.server_port)
    body = os.urandom(size)
    began = time.perf_counter()
    for _ in range(CASES):
        line.request("POST", "/", body)
        line.getresponse().read()
    seconds = time.perf_counter() - began
    line.close()
    server.shutdown()
    server.server_close()
    return CASES / seconds
