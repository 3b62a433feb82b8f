"""The line's judge: each promised case exactly once at the gateway, content hash, receipts, and every page byte for byte."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Protocol

from clerk_app.domain.canonical import bytes_hash
from clerk_app.domain.case import case_hash
from clerk_app.domain.journal import first_break
from local_db.unit_of_work import SqlStore
from sync.gateway import office
from tests.crash.line_victim import case_of, page_of
from tests.sync.gateway_main import open_here
from tests.sync.hall import SUITE, new_store


class _Read(Protocol):
    def __call__(self, blob_sha256: str) -> bytes: ...


def compare(window: Path, gateway_folder: Path, promised: Collection[str]) -> Iterator[str]:
    """Everything that is wrong between the two folders once nothing is on its way; nobody has them open. Raises AppError."""
    store = new_store(window)
    try:
        with contextlib.closing(open_here(gateway_folder)) as gateway:
            rows = list(office.dump(gateway))
            there = {str(row["case_id"]): row for row in rows}
            if len(there) != len(rows):
                yield "a case is at the gateway more than once"
            for intent in promised:
                if intent not in there:
                    yield f"{intent}: promised and not at the gateway"
            for case_id, row in there.items():
                page = bytes_hash(page_of(case_id))
                if row["content_sha256"] != case_hash(case_of(case_id)):
                    yield f"{case_id}: another content"
                if row["attachments"] != [page]:
                    yield f"{case_id}: not its page"
                yield from _both_sides(store, case_id, str(row["gateway_receipt"]), gateway.blobs.read)
        with store.begin(reading=True) as uow:
            if first_break(uow.journal.entries()) is not None:
                yield "the journal's chain is broken"
            if uow.outbox.open():
                yield "something is still waiting"
        yield from store.quick_check()
    finally:
        store.close()


def _both_sides(store: SqlStore, case_id: str, receipt: str, read: _Read) -> Iterator[str]:
    with store.begin(reading=True) as uow:
        case = uow.cases.get(case_id)
        if case is None:
            yield f"{case_id}: at the gateway and not here"
            return
        if case.gateway_receipt != receipt:
            yield f"{case_id}: another receipt"
        if len(uow.journal.of_case(case_id)) < 1:
            yield f"{case_id}: no journal entry"
        ref = uow.attachments.ref(case_id, bytes_hash(page_of(case_id)))
        try:
            sealed = read(ref.blob_sha256)
        except OSError:
            yield f"{case_id}: its page is not at the gateway"
            return
        if SUITE.open_blob(uow.attachments.key(case_id, ref.sha256), sealed) != page_of(case_id):
            yield f"{case_id}: other bytes in its page"
