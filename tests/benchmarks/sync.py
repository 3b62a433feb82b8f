"""Delivering cases of about 3 kB against a raw POST + fsync loop, and pages against raw write + fsync, each in the same run on the
same machine. A very long queue: waiting.py."""

from __future__ import annotations

import http.client
import http.server
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from clerk_app.bootstrap.line import LANES, centre_of
from clerk_app.commands.case import read_case
from clerk_app.usecases.accept import accept_application
from clerk_app.usecases.template import samples
from sync.courier import Courier
from tests.benchmarks.bench_hall import opened_hall
from tests.sync.hall import OPENED, CountedIds, GatewayProcess, enrol, new_store, sample_case, take

CASES = 1200
PAGES, PAGE = 150, 400_000
RAW, SLICES = 200, 5
"""The raw loop runs in slices, before and after ours: a disk changes its mood from one second to the next, and the median counts."""


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
        raw = RawLoop(Path(folder), size // CASES)
        raw.slices(SLICES)
        began = time.perf_counter()
        summary = Courier(desk.store, centres[0], home.clock, home.ids, more=centres[1:]).push_once()
        seconds = time.perf_counter() - began
        for centre in centres:
            centre.close()
        if summary.acknowledged != CASES:
            raise RuntimeError("not everything was acknowledged")
        raw.slices(SLICES)
        raw.close()
        yield {
            "case_bytes": size // CASES,
            **told("cases_per_s", CASES / seconds, "raw_post_fsync_per_s", raw.rates, 1.5),
        }
    yield {"page_bytes": PAGE, **pages_against_raw()}


def told(ours: str, rate: float, raw: str, rates: Sequence[float], goal: float) -> dict[str, str | int | float]:
    """Our rate, the raw loop's median, lowest and highest slice, and how they compare."""
    middle = statistics.median(rates)
    spread = f"{min(rates):.0f} to {max(rates):.0f}"
    return {
        ours: round(rate, 1),
        raw: round(middle, 1),
        "raw_slices": spread,
        "ratio": round(rate / middle, 2),
        "goal_ratio": goal,
    }


def pages_against_raw() -> dict[str, str | int | float]:
    """Pages through courier and gateway, proved and durable there, against writing the same bytes with an fsync each."""
    with tempfile.TemporaryDirectory() as folder:
        rates = [_raw_pages(Path(folder)) for _ in range(SLICES)]
        ours = pages_rate()
        rates += [_raw_pages(Path(folder)) for _ in range(SLICES)]
    return told("pages_mb_per_s", ours, "raw_write_fsync_mb_per_s", rates, 0.5)


def _raw_pages(folder: Path) -> float:
    """Megabytes a second of files written one after another, each durable before the next."""
    pages = [os.urandom(PAGE) for _ in range(PAGES // SLICES)]
    began = time.perf_counter()
    for n, page in enumerate(pages):
        with (folder / f"raw-{n}").open("wb") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
    seconds = time.perf_counter() - began
    for n in range(len(pages)):
        (folder / f"raw-{n}").unlink()
    return len(pages) * PAGE / 1e6 / seconds


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


class RawLoop:
    """Requests of one connection to a server that writes each body and makes it durable before it answers."""

    def __init__(self, folder: Path, size: int) -> None:
        handler = type("Sink", (_Sink,), {"path_on_disk": folder / "raw.bin"})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._line = http.client.HTTPConnection("127.0.0.1", self._server.server_port)
        self._body = os.urandom(size)
        self.rates: list[float] = []

    def slices(self, count: int) -> None:
        """Requests a second, once more for each slice."""
        for _ in range(count):
            began = time.perf_counter()
            for _ in range(RAW):
                self._line.request("POST", "/", self._body)
                self._line.getresponse().read()
            self.rates.append(RAW / (time.perf_counter() - began))

    def close(self) -> None:
        self._line.close()
        self._server.shutdown()
        self._server.server_close()
