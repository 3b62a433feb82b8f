"""The processes that die on the line: a window that takes cases, a sender that delivers them, the gateway that takes them in.

python -m tests.crash.line_victim client|sender|gateway JSON

client: one intent a line on standard input; says "promised INTENT CASE_HASH PAGE_HASH" once it is durable, or "failed INTENT".
sender: one push for each line; says "done" or "trouble". gateway: says {"port": n}, then serves until it is killed.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from clerk_app.crypto.signer import MessageSigner
from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import Case
from clerk_app.domain.hall import Hall
from clerk_app.domain.journal import Happening
from clerk_app.domain.outbox import OutboxMessage
from clerk_app.errors import AppError, LineProblem
from clerk_app.ports import Enrolled, Receipt, Unlocked
from local_db.unit_of_work import SqlStore
from sync.courier import Courier
from sync.gateway.serve import serve
from sync.http_centre import HttpCentre
from tests.sync.gateway_main import open_here
from tests.sync.hall import (
    HALL,
    SUITE,
    WINDOW,
    CountedIds,
    ShiftedClock,
    Window,
    new_store,
    sample_case,
    signed_message,
)

BUGS = ("invented-receipt", "page-not-sent", "gateway-not-synced")
"""Planted on the line; victim.py plants its own in the store."""


CHUNK = 64 * 1024
"""Bytes of a page at once, as on a slow line: on this machine's own it would go in one piece, and no death would fall between two."""


def page_of(intent: str) -> bytes:
    """One page per intent, of another length each, the same again when it is asked again; some cross a chunk's border."""
    chance = random.Random(intent)
    return chance.randbytes(chance.choice((3_000, 20_000, 70_000, 140_000)))


def main() -> None:
    """Become one of the three."""
    kind, told = sys.argv[1], json.loads(sys.argv[2])
    clock = ShiftedClock()
    clock.shift_ms = told["shift_ms"]
    if kind == "gateway":
        gateway = replace(open_here(Path(told["folder"])), clock=clock)
        if told["bug"] == "gateway-not-synced":
            setattr(os, "fsync", lambda _descriptor: None)  # noqa: B010 - the pages
            event.listen(Pool, "checkout", _loosely)
        serve(gateway, told["port"], tick_s=0.2)
        return
    store = new_store(Path(told["folder"]))
    if kind == "client":
        _take_cases(store, told, clock)
    else:
        _send(store, told, clock)


def _take_cases(store: SqlStore, told: dict[str, Any], clock: ShiftedClock) -> None:
    clerk = Unlocked("wangmin", b"", _raw(told["clerk_private"]), _raw(told["clerk_public"]))
    signer = MessageSigner(SUITE, clerk, _raw(told["private"]))
    hall = Hall(HALL, "", "", WINDOW, 1, "", sample=True)
    window = Window(Enrolled(hall, told["window_id"], b"", b""), b"", b"", signer, clock)
    for line in sys.stdin:
        intent = line.strip()
        page = page_of(intent)
        try:
            _take(store, window, intent, page, Happening(clock.now(), "wangmin", "case.accepted", intent, 1))
        except AppError as error:
            _say(f"failed {intent} {type(error).__name__}")
            continue
        _say(f"promised {intent} {bytes_hash(page)}")


def case_of(intent: str) -> Case:
    return sample_case(intent, fields={"intent": intent})


def _take(store: SqlStore, window: Window, intent: str, page: bytes, happening: Happening) -> None:
    with store.begin() as uow:
        if uow.cases.get(intent) is not None:
            return
        ref = uow.attachments.put(intent, page, "image/jpeg")
        uow.cases.add(case_of(intent))
        uow.outbox.add(
            signed_message(window, case_of(intent), (ref,), {ref.sha256: uow.attachments.key(intent, ref.sha256)})
        )
        uow.journal.append(happening)
        uow.commit()


def _loosely(raw: Any, _record: object, _proxy: object) -> None:
    raw.execute("PRAGMA synchronous = OFF")


def _send(store: SqlStore, told: dict[str, Any], clock: ShiftedClock) -> None:
    private, sealing, bug = _raw(told["private"]), _raw(told["sealing"]), told["bug"]
    centre = HttpCentre(
        told["url"],
        told["window_id"],
        sign=lambda data: SUITE.sign(private, data),
        seal=lambda body, context: SUITE.seal_to(sealing, body, context),
        clock=clock,
        timeout_s=5.0,
    )
    if bug:
        _plant(centre, bug)
    courier = Courier(store, centre, clock, CountedIds(), batch=3, most_chunk=CHUNK)
    for _line in sys.stdin:
        try:
            summary = courier.push_once(at_once=True)
            _say("trouble" if summary.trouble else f"done {summary.waiting}")
        except AppError:
            _say("trouble")


def _plant(centre: HttpCentre, bug: str) -> None:
    """One lie in the sender, to see whether the judge notices."""
    send = centre.send

    def believing(messages: Sequence[OutboxMessage]) -> tuple[Receipt, ...]:
        try:
            return send(messages)
        except LineProblem:
            return tuple(Receipt(each.id, "stored", f"invented-{each.case_id}") for each in messages)

    if bug == "invented-receipt":
        setattr(centre, "send", believing)  # noqa: B010
    if bug == "page-not-sent":
        setattr(centre, "send_blob", lambda _blob_sha256, size, _offset, _chunk: size)  # noqa: B010


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _raw(text: str) -> bytes:
    return base64.b64decode(text)


if __name__ == "__main__":
    main()
