"""Damaged bundles and receipts, for minutes: nothing but a calm refusal may come of them, and no case may change.

Each is a true one with seeded damage: flips, cuts, insertions, stretches doubled or moved, marks planted.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from clerk_app.errors import BadInput, Refused
from sync.bundle.reply import reply_from_bytes
from tests.sync.hall import SUITE, GatewayProcess, enrol, new_store, sample_case, take
from tests.sync.test_bundles import bring, damaged, keys_of, write

Figures = dict[str, str | int | float]


def measure(minutes: float = 10.0, seed: int = 1) -> Iterator[Figures]:
    """Files tried, refused, and read in part; crashes and changed cases (0 is the goal: either ends the run with an error)."""
    with tempfile.TemporaryDirectory() as folder, GatewayProcess(Path(folder) / "gateway") as gateway:
        window, store = enrol(gateway.url, gateway.token()), new_store(Path(folder) / "window")
        for n in range(3):
            take(store, window, sample_case(f"fuzz-{n}"), [os.urandom(2000)])
        file = write(store, window, Path(folder) / "stick").files[0]
        answer, whole = bring(gateway, file).answer, file.read_bytes()
        before = [(row["case_id"], row["content_sha256"], row["attachments"]) for row in gateway.dump()]
        keys, tried, refused = keys_of(window), 0, 0
        until = time.monotonic() + minutes * 60
        bent = Path(folder) / "bent.bundle"
        while time.monotonic() < until:
            seed, tried = seed + 1, tried + 1
            bent.write_bytes(damaged(whole, seed, seed % 729))
            try:
                bring(gateway, bent)
            except (BadInput, Refused):
                refused += 1
            with contextlib.suppress(BadInput):
                reply_from_bytes(
                    damaged(answer, seed, seed % 729),
                    SUITE,
                    window.enrolled.window_id,
                    keys.reply_key,
                    lambda claim, signature: SUITE.verify(window.enrolled.gateway_signing_public, signature, claim),
                )
            if tried % 50 == 0:
                now = [(row["case_id"], row["content_sha256"], row["attachments"]) for row in gateway.dump()]
                if now != before:
                    raise RuntimeError("a damaged bundle changed a case")
        store.close()
        yield {"minutes": minutes, "tried": tried, "refused": refused, "read_in_part": tried - refused, "crashes": 0}
