"""The USB way under attack: a carrier that writes what waits on a stick and takes receipts, a porter that brings sticks to the gateway.

python -m tests.crash.stick_victim carrier|porter JSON

carrier: "stick FOLDER" says {"files": [...]}; "receipt FILE" says {}. porter: "bring FILE" says {"answer": FILE}. A refusal says
{"error": ...}. Both die at any moment, and the line goes on beside the carrier: one case by both ways is still one case.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from clerk_app.domain.outbox import acknowledged
from clerk_app.errors import AppError
from local_db.unit_of_work import SqlStore
from sync.bundle.packing import WindowKeys, export
from sync.bundle.reply import reply_from_bytes, take_reply
from sync.gateway.sticks import take_bundle
from tests.sync.gateway_main import open_here
from tests.sync.hall import SUITE, ShiftedClock, new_store

BUGS = ("stick-counts",)
"""Planted here: what was written on a stick counts as delivered."""


def main() -> None:
    """Become one of the two."""
    kind, told = sys.argv[1], json.loads(sys.argv[2])
    orders = _carrier(told) if kind == "carrier" else _porter(told)
    for line in sys.stdin:
        order, _, path = line.strip().partition(" ")
        try:
            answer = orders[order](Path(path))
        except AppError as error:
            answer = {"error": type(error).__name__}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _carrier(told: dict[str, Any]) -> dict[str, Callable[[Path], dict[str, object]]]:
    private, sealing, signing = (base64.b64decode(told[name]) for name in ("private", "sealing", "signing"))
    store, clock = new_store(Path(told["folder"])), ShiftedClock()
    keys = WindowKeys(
        told["window_id"],
        SUITE,
        sign=lambda data: SUITE.sign(private, data),
        seal=lambda body, context: SUITE.seal_to(sealing, body, context),
        reply_key=lambda bundle_id: SUITE.derive(private, f"bundle-reply:{bundle_id}"),
    )

    def stick(folder: Path) -> dict[str, object]:
        done = export(store, keys, clock, lambda: os.urandom(16).hex(), [folder])
        if told["bug"] == "stick-counts":
            _believe(store)
        return {"files": [str(each) for each in done.files]}

    def receipt(file: Path) -> dict[str, object]:
        reply = reply_from_bytes(
            file.read_bytes(),
            SUITE,
            told["window_id"],
            keys.reply_key,
            lambda claim, signature: SUITE.verify(signing, signature, claim),
        )
        take_reply(store, clock, reply, lambda _uow, _entry: None, actor="wangmin")
        return {}

    return {"stick": stick, "receipt": receipt}


def _believe(store: SqlStore) -> None:
    with store.begin() as uow:
        uow.outbox.save_all([replace(acknowledged(each, "carried"), next_try_ms=0) for each in uow.outbox.queue(1000)])
        uow.commit()


def _porter(told: dict[str, Any]) -> dict[str, Callable[[Path], dict[str, object]]]:
    folder = Path(told["folder"])
    gateway = open_here(folder)

    def bring(file: Path) -> dict[str, object]:
        answer = file.with_suffix(".receipt")
        answer.write_bytes(take_bundle(gateway, folder, file).answer)
        return {"answer": str(answer)}

    return {"bring": bring}


if __name__ == "__main__":
    main()
