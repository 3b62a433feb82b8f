"""One window in a process of its own: a JSON command a line on standard input, a JSON answer a line on standard output.

Planted bugs (``bug``) live here and in gateway_main.py: each breaks one promise of the line, to see whether the oracle notices.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from clerk_app.crypto.signer import MessageSigner
from clerk_app.domain.canonical import Json
from clerk_app.domain.case import case_hash
from clerk_app.domain.feed import FeedEntry
from clerk_app.domain.hall import Hall
from clerk_app.domain.journal import first_break
from clerk_app.domain.outbox import OutboxMessage
from clerk_app.errors import AppError, LineProblem
from clerk_app.ports import Enrolled, Receipt, UnitOfWork, Unlocked
from clerk_app.usecases import news
from local_db.schema import outbox
from local_db.unit_of_work import SqlStore
from sync.books import compare
from sync.bundle.packing import WindowKeys, export
from sync.bundle.reply import reply_from_bytes, take_reply
from sync.courier import Courier
from sync.http_centre import HttpCentre
from sync.news import pull_once
from tests.sync.hall import SUITE, CountedIds, ShiftedClock, Window, new_store, sample_case, signed_message, take

BUGS = ("key-at-send", "success-on-timeout", "cursor-before-apply", "purge-before-receipt")


class Lying(HttpCentre):
    """A centre with one planted bug."""

    bug = ""
    store: SqlStore
    window: Window

    def send(self, messages: Sequence[OutboxMessage]) -> tuple[Receipt, ...]:
        sent = list(messages)
        if self.bug == "key-at-send":
            sent = [self._renamed(each) for each in messages]
        if self.bug == "purge-before-receipt":
            with self.store.begin() as uow:
                uow.keeping._transaction.execute(delete(outbox).where(outbox.c.id.in_([each.id for each in messages])))
                uow.commit()
        try:
            receipts = super().send(sent)
        except LineProblem:
            if self.bug == "success-on-timeout":
                return tuple(
                    Receipt(each.id, "stored", f"QZ500199-20261121-9{n:05d}") for n, each in enumerate(messages)
                )
            raise
        return tuple(
            Receipt(each.id, receipt.status, receipt.receipt, receipt.code, receipt.reason)
            for each, receipt in zip(messages, receipts, strict=True)
        )

    def _renamed(self, message: OutboxMessage) -> OutboxMessage:
        with self.store.begin(reading=True) as uow:
            case = uow.cases.get(message.case_id)
            keys = {ref.sha256: uow.attachments.key(message.case_id, ref.sha256) for ref in message.attachments}
        assert case is not None
        if case.revision != message.revision:
            return message
        return signed_message(self.window, case, message.attachments, keys, message_id=os.urandom(8).hex())


class Counter:
    """One window's process: what it stands on and what it can be told."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.bug, self.clock, self.chance = told["bug"], ShiftedClock(), random.Random(told["seed"])
        self.clock.shift_ms = told["shift_ms"]
        self.private, self.sealing, self.signing = (_raw(told[name]) for name in ("private", "sealing", "signing"))
        clerk = Unlocked("wangmin", b"", _raw(told["clerk_private"]), _raw(told["clerk_public"]))
        hall = Hall("500199", "", "", told["window"], 1, "", sample=True)
        enrolled = Enrolled(hall, told["window_id"], self.sealing, self.signing)
        self.window = Window(enrolled, self.private, b"", MessageSigner(SUITE, clerk, self.private), self.clock)
        self.store = new_store(Path(told["folder"]))
        self.url = told["url"]

    def centre(self) -> Lying:
        centre = Lying(
            self.url,
            self.window.enrolled.window_id,
            sign=lambda data: SUITE.sign(self.private, data),
            seal=lambda body, context: SUITE.seal_to(self.sealing, body, context),
            clock=self.clock,
            timeout_s=5.0,
        )
        centre.bug, centre.store, centre.window = self.bug, self.store, self.window
        return centre

    def accept(self, case_id: str, page: str) -> Json:
        """A case with a page, or the next revision of one that is there; the answer is the promise."""
        with self.store.begin(reading=True) as uow:
            old = uow.cases.get(case_id)
        if old is None:
            case = sample_case(case_id, fields={"text": case_id})
            return {"hash": take(self.store, self.window, case, [bytes.fromhex(page)] if page else [])}
        newer = sample_case(case_id, revision=old.revision + 1, fields={"text": f"{case_id} {old.revision + 1}"})
        with self.store.begin() as uow:
            uow.cases.save(newer)
            uow.outbox.add(signed_message(self.window, newer))
            uow.commit()
        return {"hash": case_hash(newer)}

    def push(self) -> Json:
        first, second = self.centre(), self.centre()
        try:
            done = Courier(
                self.store, first, self.clock, CountedIds(), more=[second], batch=3, most_chunk=65536
            ).push_once(at_once=True)
        finally:
            first.close()
            second.close()
        return {"waiting": done.waiting, "refused": done.refused, "trouble": done.trouble is not None}

    def pull(self) -> Json:
        centre = self.centre()
        try:
            done = pull_once(self.store, centre, self._apply)
        finally:
            centre.close()
        return {"applied": done.applied}

    def _apply(self, uow: UnitOfWork, entry: FeedEntry) -> None:
        if self.bug == "cursor-before-apply" and entry.kind == "case.decided" and self.chance.random() < 0.7:
            return  # it died between the two
        news.apply(uow, entry, self.clock.now())

    def books(self) -> Json:
        centre = self.centre()
        try:
            report = compare(self.store, centre, self.clock, days=3000)
        finally:
            centre.close()
        return {"differences": [[each.message_id, each.how] for each in report.differences], "again": report.sent_again}

    def _keys(self) -> WindowKeys:
        return WindowKeys(
            self.window.enrolled.window_id,
            SUITE,
            sign=lambda data: SUITE.sign(self.private, data),
            seal=lambda body, context: SUITE.seal_to(self.sealing, body, context),
            reply_key=lambda bundle_id: SUITE.derive(self.private, f"bundle-reply:{bundle_id}"),
        )

    def stick(self, folder: str) -> Json:
        done = export(self.store, self._keys(), self.clock, lambda: os.urandom(16).hex(), [Path(folder)])
        return {"files": [str(each) for each in done.files]}

    def receipt(self, file: str) -> Json:
        reply = reply_from_bytes(
            Path(file).read_bytes(),
            SUITE,
            self.window.enrolled.window_id,
            self._keys().reply_key,
            lambda claim, signature: SUITE.verify(self.signing, signature, claim),
        )
        came = take_reply(self.store, self.clock, reply, self._apply, actor="wangmin")
        return {"acknowledged": came.acknowledged}

    def jump(self, shift_ms: int) -> Json:
        self.clock.shift_ms = shift_ms
        return {}

    def state(self) -> Json:
        """Everything that the oracle compares."""
        with self.store.begin(reading=True) as uow:
            cases = {
                case.id: {"receipt": case.gateway_receipt, "state": case.state.value, "number": case.case_number}
                for case in uow.cases.page(limit=10_000)
            }
            counts = uow.outbox.counts()
            receipted = [each.message_id for each in uow.outbox.receipted(0)]
            is_whole = first_break(uow.journal.entries()) is None
        waiting = {"waiting": counts.waiting, "refused": counts.refused, "pages": counts.attachments}
        return {"cases": cases, "receipted": receipted, "journal": is_whole, **waiting}


def main() -> None:
    counter = Counter(json.loads(sys.argv[1]))
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            answer = getattr(counter, name)(*arguments)
        except AppError as error:
            answer = {"error": type(error).__name__}
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


def _raw(text: str) -> bytes:
    return base64.b64decode(text)


if __name__ == "__main__":
    main()
