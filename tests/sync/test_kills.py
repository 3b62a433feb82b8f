"""Both ends are killed at random points of a push; in the end every case is at the gateway exactly once, with its page."""

from __future__ import annotations

import base64
import json
import os
import random
from pathlib import Path

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.outbox import LEASE_MS
from sync.protocol import CHUNK
from tests.nursery import nursery
from tests.sync.hall import GatewayProcess, enrol, new_store, sample_case, take

CASES, KILLS = 24, 8


def test_kill_minus_nine_on_both_sides_loses_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261121)
    gateway = GatewayProcess(tmp_path / "gateway")
    with gateway:
        window = enrol(gateway.url, gateway.token())
        store, hashes, pages = new_store(tmp_path / "window"), {}, {}
        for n in range(CASES):
            page = os.urandom(CHUNK * 2) if n % 8 == 0 else b""
            hashes[f"k-{n}"] = take(store, window, sample_case(f"k-{n}"), [page] if page else [])
            pages[f"k-{n}"] = [bytes_hash(page)] if page else []
        store.close()
        told = {
            "folder": str(tmp_path / "window"),
            "window_id": window.enrolled.window_id,
            "private": base64.b64encode(window.private).decode(),
            "sealing": base64.b64encode(window.enrolled.gateway_sealing_public).decode(),
        }
        ended = 0
        for turn in range(60):
            # A killed courier leaves leases; its successor's clock is past them.
            shift = {"url": gateway.url, "shift_ms": turn * (LEASE_MS + 1000)}
            courier = nursery().start("tests.sync.courier_main", [json.dumps({**told, **shift})])
            steps = chance.randint(1, 6) if turn < KILLS else 10_000
            last = ""
            for line in courier.stdout:
                last, steps = line, steps - 1
                if steps == 0:
                    (gateway.kill if turn % 2 else courier.kill)()
            courier.communicate()
            if turn < KILLS and turn % 2:
                gateway.kill()
                gateway.start()
            if last.startswith("done") and turn >= KILLS:
                ended += 1
                if ended == 2:  # the first may have found leases of a killed one
                    break
        rows = gateway.dump()
    assert {row["case_id"]: row["content_sha256"] for row in rows} == hashes
    assert len(rows) == CASES
    assert {row["case_id"]: row["attachments"] for row in rows} == pages
    store = new_store(tmp_path / "window")
    with store.begin(reading=True) as uow:
        assert uow.outbox.open() == ()
        receipts = {row["case_id"]: row["gateway_receipt"] for row in rows}
        for case_id, receipt in receipts.items():
            case = uow.cases.get(case_id)
            assert case is not None
            assert case.gateway_receipt == receipt
    store.close()
