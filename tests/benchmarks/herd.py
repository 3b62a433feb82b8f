"""A district comes back after an outage: many windows with many cases each, all at once, against SQLite and PostgreSQL.

Loopback only. The windows are made in this process (their cases are signed and sealed before the clock starts), and come back as a
returning herd does: everybody at once, each waiting as long as the gateway asks (Retry-After) when it is refused for load.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, insert, select

from clerk_app.crypto.signer import MessageSigner
from clerk_app.errors import LineProblem
from clerk_app.ports import Enrolled, Unlocked
from sync import protocol
from sync.envelope import envelope_of
from sync.gateway import schema, windows
from sync.http_centre import HttpCentre
from tests.sync.gateway_main import open_here
from tests.sync.hall import SUITE, GatewayProcess, ShiftedClock, Window, sample_case, signed_message
from tests.sync.postgresql import serving

CASES_EACH, BATCH = 100, 20
AT_ONCE = 64
FILLER = {f"field{n}": {"value": "样例值" * 3, "origin": "typed", "at": n} for n in range(24)}
WINDOWS_PER_HALL = 25


@dataclass(slots=True)
class _Herdsman:
    """What all threads note together."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    statuses: Counter[str] = field(default_factory=Counter)
    finished: list[float] = field(default_factory=list)
    put_off: int = 0


def measure(count: int = 1000) -> Iterator[dict[str, str | int | float]]:
    """``count`` windows with 100 cases each: all in or RuntimeError; rate, the first and the last window done, how often put off."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, serving(Path(folder)) as fresh:
        for name, database in (("sqlite", ""), ("postgresql", fresh())):
            yield {"database": name, **_one(Path(folder) / name, database, count)}


def _one(data: Path, database: str, count: int) -> dict[str, int | float]:
    with GatewayProcess(data, database=database, tick_s=5.0) as gateway:
        herd = _enrolled(gateway, count)
        noted = _Herdsman()
        began_making = time.perf_counter()
        batches = {each.enrolled.window_id: _batches(each) for each in herd}
        making = time.perf_counter() - began_making
        began = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for future in [
                threads.submit(_deliver, gateway.url, each, batches[each.enrolled.window_id], noted, began)
                for each in herd
            ]:
                future.result()
        seconds = time.perf_counter() - began
        with closing(open_here(gateway.data)) as here, here.store.reading() as connection:
            held = int(connection.execute(select(func.count()).select_from(schema.case)).scalar() or 0)
    wanted = count * CASES_EACH
    if held != wanted or noted.statuses["stored"] != wanted:
        raise RuntimeError(f"{held} of {wanted} cases are there, {noted.statuses['stored']} were receipted")
    finished = sorted(noted.finished)
    return {
        "windows": count,
        "cases": wanted,
        "seconds": round(seconds, 1),
        "cases_per_s": round(wanted / seconds, 1),
        "first_window_s": round(finished[0], 1),
        "last_window_s": round(finished[-1], 1),
        "put_off": noted.put_off,
        "refused_for_good": 0,
        "making_s": round(making, 1),
    }


def _enrolled(gateway: GatewayProcess, count: int) -> list[Window]:
    """Windows by their rows, as an office would enrol them; each with keys of its own."""
    herd: list[Window] = []
    with closing(open_here(gateway.data)) as here:
        first = windows.enrol_token(here, "500199", "0")
        hall = windows.enrol(here, protocol.EnrolRequest(first, "500199", "0", SUITE.new_signing_pair()[1]))[0]
        rows, halls = [], []
        for number in range(count):
            code, seat = f"500199H{number // WINDOWS_PER_HALL}", f"{number % WINDOWS_PER_HALL + 1}"
            private, public = SUITE.new_signing_pair()
            window_id = f"{code}-W{seat}-G1"
            own = {"window_id": window_id, "hall": code, "window": seat, "generation": 1, "public_key": public}
            rows.append({**own, "enrolled_ms": 1, "revoked_ms": 0, "suite": SUITE.id})
            if seat == "1":
                halls.append(
                    {"code": code, "name": code, "short": code, "phone": "", "complaint_phone": "", "sample": 1}
                )
            clerk_private, clerk_public = SUITE.new_signing_pair()
            signer = MessageSigner(SUITE, Unlocked("wangmin", b"", clerk_private, clerk_public), private)
            keys = hall.gateway_sealing_public, hall.gateway_signing_public
            herd.append(Window(Enrolled(hall.hall, window_id, *keys), private, public, signer, ShiftedClock()))
        with here.store.transaction() as connection:
            connection.execute(insert(schema.hall), halls)
            connection.execute(insert(schema.window), rows)
    return herd


def _batches(window: Window) -> list[tuple[list[str], bytes]]:
    """(message ids, request body) of each batch, as the courier makes them."""
    own, sealing = window.enrolled.window_id, window.enrolled.gateway_sealing_public
    hall = own.partition("-")[0]
    made: list[tuple[list[str], bytes]] = []
    for start in range(0, CASES_EACH, BATCH):
        messages = [
            signed_message(window, sample_case(f"{own}-{n}", hall=hall, form=FILLER))
            for n in range(start, start + BATCH)
        ]
        envelopes = [envelope_of(each, own, lambda body, ctx: SUITE.seal_to(sealing, body, ctx)) for each in messages]
        made.append(([each.id for each in messages], protocol.batch_bytes(envelopes)))
    return made


def _deliver(url: str, window: Window, batches: list[tuple[list[str], bytes]], noted: _Herdsman, began: float) -> None:
    centre = HttpCentre(
        url,
        window.enrolled.window_id,
        sign=lambda data: SUITE.sign(window.private, data),
        seal=lambda body, _context: body,
        clock=window.clock,
        timeout_s=60,
    )
    pause = threading.Event()
    with closing(centre):
        for message_ids, body in batches:
            while True:
                try:
                    receipts = protocol.receipts_from_bytes(centre.ask("POST", protocol.MESSAGES, body), message_ids)
                    break
                except LineProblem as problem:
                    with noted.lock:
                        noted.put_off += 1
                    pause.wait((problem.retry_after_s or 1.0) + os.urandom(1)[0] / 255)
            with noted.lock:
                noted.statuses.update(each.status for each in receipts)
    with noted.lock:
        noted.finished.append(time.perf_counter() - began)
