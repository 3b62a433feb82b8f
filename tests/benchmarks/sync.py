"""Delivering cases of about 3 kB against a raw POST + fsync loop, and pages against raw write + fsync, each in the same run on the
same machine. A very long queue: waiting.py."""

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

from clerk_app.bootstrap.line import LANES, centre_of
from clerk_app.commands.case import read_case
from clerk_app.usecases.accept import accept_application
from clerk_app.usecases.template import samples
from sync.courier import Courier
from tests.benchmarks.bench_hall import opened_hall
from tests.sync.hall import OPENED, CountedIds, GatewayProcess, enrol, new_store, sample_case, take

CASES = 400
PAGES, PAGE = 60, 400_000


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
        centres = [centre_of(home, desk) for _ in range(LANES)]
        began = time.perf_counter()
        summary = Courier(desk.store, centres[0], home.clock, home.ids, more=centres[1:]).push_once()
        seconds = time.perf_counter() - began
        for centre in centres:
            centre.close()
        if summary.acknowledged != CASES:
            raise RuntimeError("not everything was acknowledged")
        raw = raw_rate(Path(folder), size // CASES)
        yield {
            "case_bytes": size // CASES,
            "cases_per_s": round(CASES / seconds, 1),
            "raw_post_fsync_per_s": round(raw, 1),
            "ratio": round(CASES / seconds / raw, 2),
            "goal_ratio": 1.5,
        }
    yield _pages()


def _pages() -> dict[str, str | int | float]:
    """Pages through courier and gateway, proved and durable there, against writing the same bytes with an fsync each."""
    ours = pages_rate()
    with tempfile.TemporaryDirectory() as folder:
        pages = [os.urandom(PAGE) for _ in range(PAGES)]
        began = time.perf_counter()
        for n, page in enumerate(pages):
            with (Path(folder) / f"raw-{n}").open("wb") as file:
                file.write(page)
                file.flush()
                os.fsync(file.fileno())
        raw = PAGES * PAGE / 1e6 / (time.perf_counter() - began)
    told = {"pages_mb_per_s": round(ours, 1), "raw_write_fsync_mb_per_s": round(raw, 1)}
    return {"page_bytes": PAGE, **told, "ratio": round(ours / raw, 2), "goal_ratio": 0.5}


def pages_rate() -> float:
    """Megabytes of pages a second through courier and gateway."""
    with tempfile.TemporaryDirectory() as folder, GatewayProcess(Path(folder) / "gateway") as gateway:
        window, store = enrol(gateway.url, gateway.token()), new_store(Path(folder) / "window")
        for n in range(PAGES):
            take(store, window, sample_case(f"page-{n:04d}"), [os.urandom(PAGE)])
        centres = [window.centre(gateway.url) for _ in range(LANES)]
        courier = Courier(store, centres[0], window.clock, CountedIds(), more=centres[1:])
        began = time.perf_counter()
        courier.push_once()
        seconds = time.perf_counter() - began
        if any(len(row["attachments"]) != 1 for row in gateway.dump()):
            raise RuntimeError("not every page arrived")
        store.close()
        OPENED.clear()
    return PAGES * PAGE / 1e6 / seconds


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


def raw_rate(folder: Path, size: int) -> float:
    """Requests a second of one connection to a server that writes each body and makes it durable before it answers."""
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
